//! Whole networks in virtual time: worlds by seed, bugs put in on purpose, tricks.

mod oracles;
mod seeds;
mod tricks;
