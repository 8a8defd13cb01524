//! What nodes say to each other. Every message is idempotent: it may come twice, late, or not at all.

use deed::Party;
use ledger::address::{Purpose, Sheet};
use ledger::bundle::{Place, ProofBundle};
use ledger::business_key::BusinessKey;
use ledger::certificate::Certificate;
use ledger::codec;
use ledger::envelope::Envelope;
use ledger::fact::{FactRef, Opening};
use ledger::signature::{Attestation, ScopedSignature};
use ledger::tearoff::TearOff;
use ledger::transaction::IdOpening;
use ledger::{ContractId, Digest, TransactionId};
use minicbor::{Decode, Encode};

/// A message from one node to another.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum Message {
    /// Asks for one-time keys of a party that the receiver hosts.
    #[n(0)]
    WantAddresses(#[cbor(n(0), with = "codec::party")] Party, #[n(1)] Purpose),
    /// One-time keys, vouched for.
    #[n(1)]
    Addresses(#[n(0)] Sheet),
    /// A transaction to check and sign, as far as the receiver may see it.
    #[n(2)]
    Propose(#[n(0)] Proposal),
    /// The receiver's proposal is checked and signed; or, to another signer whose driver keeps quiet, all signatures known.
    #[n(3)]
    Signed(
        #[n(0)] TransactionId,
        #[cbor(n(1), with = "codec::list")] Vec<ScopedSignature>,
    ),
    /// The receiver's proposal is refused: the rule's code, the reason with its figures, and the input that it is about.
    #[n(4)]
    Declined(
        #[n(0)] TransactionId,
        #[cbor(n(1), with = "codec::text")] String,
        #[cbor(n(2), with = "codec::text")] String,
        #[n(3)] Option<FactRef>,
    ),
    /// A transaction was certified.
    #[n(5)]
    Final(#[n(0)] Finality),
    /// What a certified transaction publishes, to the portals.
    #[n(6)]
    Disclose(#[n(0)] Disclosure),
    /// What a certified transaction shows an observer.
    #[n(7)]
    Observe(#[n(0)] Observation),
    /// Asks for the secrets of business keys that a party of the receiver's keeps.
    #[n(8)]
    WantKeys(#[n(0)] KeysWanted),
    /// The secrets of business keys.
    #[n(9)]
    Keys(#[n(0)] KeysGiven),
}

impl Message {
    /// Entries of the map's log by which those who signed what it brings are known: before its receiver has them, it can't
    /// tell a stranger's signature from a newcomer's.
    #[must_use]
    pub fn map_size(&self) -> Option<u64> {
        match self {
            Self::Propose(proposal) => Some(proposal.seen.header.terms.map_size),
            Self::Final(finality) => Some(finality.seen.as_ref()?.header.terms.map_size),
            Self::Observe(observation) => Some(observation.opening.header.terms.map_size),
            Self::Disclose(disclosure) => Some(disclosure.certificate.entry.map.size),
            Self::WantAddresses(..)
            | Self::Addresses(_)
            | Self::WantKeys(_)
            | Self::Keys(_)
            | Self::Signed(..)
            | Self::Declined(..) => None,
        }
    }
}

/// Business keys that somebody wants to take.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct KeysWanted {
    /// Who keeps them.
    #[cbor(n(0), with = "codec::party")]
    pub keeper: Party,
    /// Whose keys they are.
    #[n(1)]
    pub contract: ContractId,
    /// The keys.
    #[cbor(n(2), with = "codec::list")]
    pub keys: Vec<BusinessKey>,
}

/// A business key with its secret, used or not.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct KeyGiven {
    /// The key.
    #[n(0)]
    pub key: BusinessKey,
    /// The secret; nothing if the contract lets the receiver draft no such facts.
    #[n(1)]
    pub secret: Option<Digest>,
}

/// Business keys, as they were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct KeysGiven {
    /// Who keeps them.
    #[cbor(n(0), with = "codec::party")]
    pub keeper: Party,
    /// Whose keys they are.
    #[n(1)]
    pub contract: ContractId,
    /// The keys.
    #[cbor(n(2), with = "codec::list")]
    pub keys: Vec<KeyGiven>,
}

/// A transaction to check and sign.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Proposal {
    /// The transaction, as far as the receiver may see it.
    #[n(0)]
    pub seen: TearOff,
    /// Proofs of consumed and referenced facts that the receiver may not know.
    #[cbor(n(1), with = "codec::list")]
    pub evidence: Vec<ProofBundle>,
    /// The signatures of the sender's own parties: who asks signs first.
    #[cbor(n(2), with = "codec::list")]
    pub signatures: Vec<ScopedSignature>,
}

/// A certified transaction.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Finality {
    /// The transaction.
    #[n(0)]
    pub id: TransactionId,
    /// As far as the receiver may see it, when it was not asked to sign.
    #[n(1)]
    pub seen: Option<TearOff>,
    /// Everybody's signatures.
    #[cbor(n(2), with = "codec::list")]
    pub signatures: Vec<ScopedSignature>,
    /// The notary's certificate.
    #[n(3)]
    pub certificate: Certificate,
}

/// A published fact with its place.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Disclosed {
    /// Where it stands.
    #[n(0)]
    pub place: Place,
    /// Its published fields.
    #[n(1)]
    pub fact: Opening,
}

/// That a party vouches for a view.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Vouching {
    /// Who.
    #[cbor(n(0), with = "codec::party")]
    pub party: Party,
    /// Its signature, as far as strangers are shown it.
    #[n(1)]
    pub attestation: Attestation,
}

/// What a certified transaction publishes.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Disclosure {
    /// The published facts.
    #[cbor(n(0), with = "codec::list")]
    pub facts: Vec<Disclosed>,
    /// Those who vouch for them.
    #[cbor(n(1), with = "codec::list")]
    pub vouching: Vec<Vouching>,
    /// The notary's certificate.
    #[n(2)]
    pub certificate: Certificate,
}

/// An envelope of one view.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct SealedView {
    /// The view, by ordinal.
    #[n(0)]
    pub view: u32,
    /// For whom it is sealed.
    #[cbor(n(1), with = "codec::party")]
    pub observer: Party,
    /// The envelope.
    #[n(2)]
    pub envelope: Envelope,
}

/// What a certified transaction shows an observer.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Observation {
    /// Header and view roots.
    #[n(0)]
    pub opening: IdOpening,
    /// The envelopes for the receiver's parties.
    #[cbor(n(1), with = "codec::list")]
    pub envelopes: Vec<SealedView>,
    /// The signatures over these views.
    #[cbor(n(2), with = "codec::list")]
    pub signatures: Vec<ScopedSignature>,
    /// The notary's certificate.
    #[n(3)]
    pub certificate: Certificate,
}

/// A 32-byte number nobody can guess, given to a state machine with its input.
pub type Entropy = Digest;
