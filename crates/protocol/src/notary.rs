//! The notary: uniqueness and time.

pub mod store;
