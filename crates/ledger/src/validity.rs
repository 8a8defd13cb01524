//! Validity, view by view, as each party checks it on what it sees.
//!
//! A party that signs runs [`check`] on its tear-off and signs exactly the scopes that it returns; a party that relies on
//! a transaction runs it too and then requires the signatures that it lists.

mod checked;
mod checking;
mod discharge;
mod keys;
mod meaning;
mod origin;
mod refusal;
mod requirements;
mod sealing;
mod standing;

pub use checked::{Checked, Requirement};
pub use checking::{check, check_header, check_opened};
pub use meaning::{Meaning, audiences, fact_value, input_token};
pub use origin::{Owed, as_read};
pub use refusal::Invalid;
pub use requirements::{issue_requirements, opened_value};
pub use sealing::{ENVELOPE_INFO, envelopes};
pub use standing::{Home, Standing};

use deed::Party;

use crate::envelope::EnvelopeKey;
use crate::signature::{PublicKey, Suite};

/// The keys of the members in force, as the network map has them.
pub trait Directory {
    /// The party's signing key of this suite.
    fn key(&self, party: &Party, suite: Suite) -> Option<PublicKey>;
    /// The party's key for sealed envelopes.
    fn envelope_key(&self, party: &Party) -> Option<EnvelopeKey>;
}
