//! The repository tidies itself: every wall of the house is a test here. Each says why it stands and what to do when it
//! is hit; each has shown, on a planted breach, that it can fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a wall that can't be checked must fail"
)]

mod breach;
mod repository;
mod source;
mod tokens;

mod dead;
mod directions;
mod documents;
mod finished;
mod formats;
mod forms;
mod machine;
mod promises;
mod providers;
mod purity;
mod sizes;
mod tools;
mod verifier;
mod words;
