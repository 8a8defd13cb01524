//! What a validator proposes to be ordered, before anybody knows the time or the place that it will have.

use ledger::Digest;
use ledger::codec::{self, DecodeError};
use ledger::log_keys::LogKeys;
use minicbor::{Decode, Encode};

use super::agreed::{Agreed, NotAgreed, map_pinned_by};
use super::check::Asked;
use super::machine::Block;
use super::request::Request;

/// A block's content: what its leader's clients asked, and what its leader knows of time and map.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Proposal {
    /// The leader's clock, in milliseconds since 1970-01-01 UTC.
    #[n(0)]
    pub reading_ms: u64,
    /// A checkpoint of the network map newer than the one pinned, as the registrar signed it; empty if there is none.
    #[cbor(n(1), with = "codec::text")]
    pub map: String,
    /// What is asked.
    #[cbor(n(2), with = "codec::list")]
    pub requests: Vec<Request>,
    /// Hashes of statements to be registered.
    #[cbor(n(3), with = "codec::list")]
    pub statements: Vec<Digest>,
    /// A decision on who keeps the log from the next block on, a signed note; empty if there is none.
    #[cbor(n(4), with = "codec::text")]
    pub decision: String,
}

impl Proposal {
    /// Reads a proposal: nothing but its one encoding.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn read(bytes: &[u8]) -> Result<Self, DecodeError> {
        codec::decode(bytes)
    }

    /// The proposal's one encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// What is agreed after this proposal of a leader. It asks no clock, so that all validators judge it alike, and for ever.
    ///
    /// # Errors
    /// [`NotAgreed`]: an honest validator votes for no such block.
    pub fn follow(
        &self,
        before: &Agreed,
        leader: usize,
        registrar: &LogKeys,
    ) -> Result<Agreed, NotAgreed> {
        let map = match self.map.as_str() {
            "" => None,
            note => Some(map_pinned_by(note, registrar)?),
        };
        before.after(leader, self.reading_ms, map)
    }

    /// The proposal as a block in its place.
    #[must_use]
    pub fn block(&self, number: u64, agreed: Agreed) -> Block<'_> {
        Block {
            number,
            agreed,
            requests: Asked::Requests(&self.requests),
            statements: &self.statements,
            keeps_current: true,
            decision: Some(self.decision.as_str()).filter(|note| !note.is_empty()),
        }
    }
}
