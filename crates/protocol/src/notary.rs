//! The notary: uniqueness and time. It sees tokens and hashes, never what they stand for.

mod current;
mod machine;
mod marks;
mod past;
mod request;
mod statements;
pub mod store;

pub use current::{Known, MarksRoot};
pub use machine::{Notary, NotaryError};
pub use request::{Authority, NotaryRefusal, Request, Submission, Verdict};
pub use statements::Registered;
