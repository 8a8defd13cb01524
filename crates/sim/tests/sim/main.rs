//! Whole networks in virtual time: worlds by seed, bugs put in on purpose, tricks.

mod linkage;
mod oracles;
mod seeds;
mod tricks;
