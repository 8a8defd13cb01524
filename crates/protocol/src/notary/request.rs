//! What a client asks of the notary, and what it answers.

use ledger::certificate::Certificate;
use ledger::codec;
use ledger::control::Control;
use ledger::spent::Spent;
use ledger::transaction::IdOpening;
use ledger::{Digest, Token, TransactionId};
use minicbor::{Decode, Encode};

/// The authority to use up one token: the policy and blinding value that give it, and the controllers' signatures.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Authority {
    /// The fact's control policy.
    #[n(0)]
    pub control: Control,
    /// The blinding value.
    #[n(1)]
    pub rho: Digest,
    /// The controllers' signatures over token and id.
    #[cbor(n(2), with = "codec::list")]
    pub signatures: Vec<minicbor::bytes::ByteVec>,
}

/// A transaction to certify. It shows the notary tokens and hashes, and the bytes that are published anyway.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Submission {
    /// Opens the id: header, tokens, view roots.
    #[n(0)]
    pub opening: IdOpening,
    /// For each view, the authority to use up each consumed token, in the header's order.
    #[cbor(n(1), with = "codec::lists")]
    pub authorities: Vec<Vec<Authority>>,
    /// For each view that publishes something, the bytes of its public part.
    #[cbor(n(2), with = "codec::list")]
    pub public: Vec<Option<minicbor::bytes::ByteVec>>,
    /// Blinds what the batch says about the tokens.
    #[n(3)]
    pub r: Digest,
    /// The secret of each key token, in the header's order.
    #[cbor(n(4), with = "codec::list")]
    pub keys: Vec<Digest>,
}

/// A request to the notary.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all requests are of the large variant"
)]
pub enum Request {
    /// Certify a transaction.
    #[n(0)]
    Certify(#[n(0)] Submission),
    /// Spend a cancel token of a transaction: its 32-byte secret.
    #[n(1)]
    Cancel(#[n(0)] TransactionId, #[n(1)] Digest),
    /// Was this id certified?
    #[n(2)]
    Status(#[n(0)] TransactionId),
}

impl Request {
    /// The transaction that it is about.
    #[must_use]
    pub fn id(&self) -> TransactionId {
        match self {
            Self::Certify(submission) => submission.opening.id(),
            Self::Cancel(id, _) | Self::Status(id) => *id,
        }
    }

    /// Entries of the map's log that the notary must have seen to grant it.
    #[must_use]
    pub fn map_size(&self) -> Option<u64> {
        match self {
            Self::Certify(submission) => Some(submission.opening.header.terms.map_size),
            Self::Cancel(..) | Self::Status(_) => None,
        }
    }
}

/// Why the notary says no. Each is a stable code.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, thiserror::Error)]
pub enum NotaryRefusal {
    /// A token that the transaction uses up or refers to is used up already.
    #[n(0)]
    #[error("the token {token} was used up by another transaction")]
    TokenUsed {
        /// The token.
        #[n(0)]
        token: Token,
        /// What it was spent on, blinded.
        #[n(1)]
        spent_on: Digest,
        /// That it was.
        #[n(2)]
        proof: Box<Spent>,
    },
    /// Too late.
    #[n(1)]
    #[error("the transaction's window closed at {until_ms} and it is {now_ms}")]
    TooLate {
        /// End of the window, ms.
        #[n(0)]
        until_ms: u64,
        /// Agreed time, ms.
        #[n(1)]
        now_ms: u64,
    },
    /// Too early.
    #[n(2)]
    #[error("the transaction's window opens at {from_ms} and it is {now_ms}: is your clock right?")]
    TooEarly {
        /// Start of the window, ms.
        #[n(0)]
        from_ms: u64,
        /// Agreed time, ms.
        #[n(1)]
        now_ms: u64,
    },
    /// Another network or notary, a format or size that isn't allowed.
    #[n(3)]
    #[error("the transaction is not acceptable here: {reason}")]
    Malformed {
        /// What is wrong.
        #[cbor(n(0), with = "codec::text")]
        reason: String,
    },
    /// No authority over a token.
    #[n(4)]
    #[error("no authority to use up the token {token}: {reason}")]
    NotAuthorised {
        /// The token.
        #[n(0)]
        token: Token,
        /// What is wrong.
        #[cbor(n(1), with = "codec::text")]
        reason: String,
    },
    /// The bytes to be published aren't there or aren't those committed.
    #[n(5)]
    #[error("view {view}: the public part is missing or is not the one committed")]
    NotPublished {
        /// The view.
        #[n(0)]
        view: u32,
    },
    /// Not yet: the notary has not seen the directory that the transaction asks for.
    #[n(6)]
    #[error(
        "the transaction asks for entry {needed} of the network map and the notary has seen {known}"
    )]
    MapBehind {
        /// Entries that the transaction asks for.
        #[n(0)]
        needed: u64,
        /// Entries that the notary has seen.
        #[n(1)]
        known: u64,
    },
    /// Not now: the notary can't read its own record of it. Nothing is decided; ask again.
    #[n(7)]
    #[error("the notary can't answer this now: {reason}")]
    NotNow {
        /// What keeps it.
        #[cbor(n(0), with = "codec::text")]
        reason: String,
    },
}

impl NotaryRefusal {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TokenUsed { .. } => "token_used",
            Self::TooLate { .. } => "window_closed",
            Self::TooEarly { .. } => "window_not_open",
            Self::Malformed { .. } => "not_acceptable",
            Self::NotAuthorised { .. } => "not_authorised",
            Self::NotPublished { .. } => "public_part_missing",
            Self::MapBehind { .. } => "map_behind",
            Self::NotNow { .. } => "not_now",
        }
    }
}

/// The notary's answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Verdict {
    /// Certified, now or earlier.
    #[n(0)]
    Certified(#[n(0)] Certificate),
    /// Refused.
    #[n(1)]
    Refused(#[n(0)] NotaryRefusal),
    /// To [`Request::Cancel`]: the token is spent and the transaction can't be certified any more.
    #[n(2)]
    Cancelled,
    /// To [`Request::Status`]: not certified at this agreed time, in milliseconds since 1970-01-01 UTC. The notary's time
    /// never runs backwards: once it is past the window's end, the transaction never will be.
    #[n(3)]
    Unknown(#[n(0)] u64),
}
