//! The notary: uniqueness and time. It sees tokens and hashes, never what they stand for.

mod agreed;
mod alone;
mod authorities;
mod check;
mod current;
mod machine;
mod marks;
mod past;
mod proposal;
mod request;
mod round;
mod statements;
pub mod store;

pub use agreed::{Agreed, NotAgreed, map_pinned_by};
pub use alone::Notary;
pub use authorities::Change;
pub use check::{Asked, Checked, check};
pub use current::{Known, MarksRoot};
pub use machine::{Block, Decided, Machine, NotaryError, Prepared, Published};
pub use proposal::Proposal;
pub use request::{Authority, NotaryRefusal, Request, Submission, Verdict};
pub use statements::Registered;
