//! A cluster of validators in one process, in virtual time, from one seed: the engine and everything of ours on it are what runs in
//! production, and only the network, the clock and the disk are simulated.

mod asked;
mod bodies;
mod ordering;
mod real;
mod soak;
mod storms;
mod town;
