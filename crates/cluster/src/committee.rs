//! The validators of an epoch: who orders, who cosigns, and how many are needed.

use commonware_codec::{Copying, DecodeExt as _, Encode as _};
use commonware_cryptography::Signer as _;
use commonware_cryptography::ed25519::{PrivateKey, PublicKey};
use commonware_utils::ordered::Set;
use deed::Party;
use ledger::authorities::{Authorities, Validator};
use ledger::log_keys::LogKeys;
use tlog::Origin;

/// A validator's own consensus key. Votes must be signed deterministically and at once, so it is a key in a file.
#[derive(Clone)]
pub struct ConsensusKey(PrivateKey);

impl ConsensusKey {
    /// The key of a seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        PrivateKey::decode(Copying(seed)).ok().map(Self)
    }

    /// The public key, by which others know it.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&self.0.public_key().encode());
        bytes
    }

    pub(crate) fn signer(&self) -> &PrivateKey {
        &self.0
    }
}

/// The validators of one epoch of one log, and from which size of it on they sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committee {
    authorities: Authorities,
    from: u64,
    /// In the order of their consensus keys, as the engine counts them.
    validators: Vec<Validator>,
    keys: Set<PublicKey>,
}

/// Why authorities make no committee.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitteeError {
    /// The log's founder alone keeps it.
    #[error("the log was handed over to nobody yet")]
    Nobody,
    /// One body alone orders for itself.
    #[error("one validator is no cluster")]
    Alone,
    /// Bytes that are no key.
    #[error("the consensus key of {party} is not one")]
    Key {
        /// Whose.
        party: Party,
    },
}

impl Committee {
    /// Those who keep a log now.
    ///
    /// # Errors
    /// [`CommitteeError`].
    pub fn of(log: &LogKeys) -> Result<Self, CommitteeError> {
        let epoch = log.epochs().last().ok_or(CommitteeError::Nobody)?;
        let (authorities, from) = (epoch.authorities.clone(), epoch.from);
        let mut validators = authorities.validators().to_vec();
        if validators.len() == 1 {
            return Err(CommitteeError::Alone);
        }
        validators.sort_by_key(|validator| validator.consensus);
        let key = |one: &Validator| {
            let party = one.party.clone();
            public_key(&one.consensus).ok_or(CommitteeError::Key { party })
        };
        let keys: Vec<PublicKey> = validators.iter().map(key).collect::<Result<_, _>>()?;
        Ok(Self {
            authorities,
            from,
            validators,
            keys: Set::from_iter_dedup(keys),
        })
    }

    /// The log that they keep.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        self.authorities.origin()
    }

    /// The least size of the log whose checkpoints they sign.
    #[must_use]
    pub fn from(&self) -> u64 {
        self.from
    }

    /// Which committee of the log they are.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.authorities.epoch()
    }

    /// How many must cosign a checkpoint.
    #[must_use]
    pub fn needed(&self) -> usize {
        self.authorities.needed()
    }

    /// The validators, in the order of their consensus keys.
    #[must_use]
    pub fn validators(&self) -> &[Validator] {
        &self.validators
    }

    pub(crate) fn keys(&self) -> &Set<PublicKey> {
        &self.keys
    }

    pub(crate) fn place_of(&self, key: &PublicKey) -> Option<usize> {
        self.keys.iter().position(|known| known == key)
    }

    /// What votes of these authorities, and of no other log or epoch, are signed under.
    pub(crate) fn namespace(&self) -> Vec<u8> {
        format!("pvn-notary/1\n{}", self.authorities).into_bytes()
    }
}

/// A public key from its bytes, if they are one.
pub(crate) fn public_key(bytes: &[u8; 32]) -> Option<PublicKey> {
    PublicKey::decode(Copying(bytes)).ok()
}
