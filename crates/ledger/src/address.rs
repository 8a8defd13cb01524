//! Addresses: the one-time keys that a party gives out, vouched for by its signature.
//!
//! Without the signature a drafter could put its own key into somebody else's fact. One signature covers a sheet of
//! keys (a Merkle root), so that vouching costs a fraction of a signature for each payment. It says what the keys are for:
//! whoever can make a fact be shown must not be able to have it used up, nor the other way round.

use deed::Party;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::control::OneTimeKey;
use crate::digest::{Digest, NetworkId};
use crate::limits::SHEET_ADDRESSES_MAX;
use crate::signature::{KeyError, PublicKey, SigningKey, Suite};
use crate::tree::{TreePlace, root};

/// What a one-time key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Purpose {
    /// To use a fact up.
    #[n(0)]
    Control,
    /// To show a fact.
    #[n(1)]
    Holder,
}

/// A sheet of one-time keys under one signature of their owner.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Sheet {
    /// Who can use the keys.
    #[cbor(n(0), with = "codec::party")]
    pub party: Party,
    /// The signature suite.
    #[n(1)]
    pub suite: Suite,
    /// What the keys are for.
    #[n(2)]
    pub purpose: Purpose,
    /// The keys.
    #[cbor(n(3), with = "codec::hashes")]
    pub keys: Vec<OneTimeKey>,
    /// The owner's signature over the root of the keys.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub signature: Vec<u8>,
}

/// The vouching for one key of a sheet: its path in the sheet instead of all the other keys.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Voucher {
    /// Who can use the key.
    #[cbor(n(0), with = "codec::party")]
    pub party: Party,
    /// The signature suite.
    #[n(1)]
    pub suite: Suite,
    /// What the key is for.
    #[n(2)]
    pub purpose: Purpose,
    /// The key's place in the sheet.
    #[n(3)]
    pub place: TreePlace,
    /// The owner's signature.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub signature: Vec<u8>,
}

impl Sheet {
    /// Signs a sheet of keys.
    ///
    /// # Errors
    /// [`KeyError::Signing`].
    pub fn sign(
        key: &SigningKey,
        network: &NetworkId,
        party: &Party,
        purpose: Purpose,
        keys: Vec<OneTimeKey>,
    ) -> Result<Self, KeyError> {
        let suite = key.public().suite();
        let root = root(SHEET, &keys);
        let signature = key.sign_bytes(&message(network, party, suite, purpose, &root))?;
        Ok(Self {
            party: party.clone(),
            suite,
            purpose,
            keys,
            signature,
        })
    }

    /// Whether the owner's signature verifies.
    #[must_use]
    pub fn verifies(&self, key: &PublicKey, network: &NetworkId) -> bool {
        let keys = 1..=SHEET_ADDRESSES_MAX as usize;
        let root = root(SHEET, &self.keys);
        let message = message(network, &self.party, self.suite, self.purpose, &root);
        keys.contains(&self.keys.len())
            && self.suite == key.suite()
            && key.verifies(&message, &self.signature)
    }

    /// The voucher for the key at `index`.
    #[must_use]
    pub fn voucher(&self, index: u32) -> Option<Voucher> {
        Some(Voucher {
            party: self.party.clone(),
            suite: self.suite,
            purpose: self.purpose,
            place: TreePlace::of(&self.keys, index as usize)?,
            signature: self.signature.clone(),
        })
    }
}

impl Voucher {
    /// Whether the owner, whose signing key is `key`, vouches for the one-time key `vouched`, for the voucher's purpose.
    #[must_use]
    pub fn verifies(&self, vouched: &OneTimeKey, key: &PublicKey, network: &NetworkId) -> bool {
        let sheet = self.place.root(SHEET, *vouched);
        self.place.count <= SHEET_ADDRESSES_MAX
            && self.suite == key.suite()
            && sheet.is_some_and(|sheet| {
                let message = message(network, &self.party, self.suite, self.purpose, &sheet);
                key.verifies(&message, &self.signature)
            })
    }
}

const SHEET: u8 = 0x33;

fn message(
    network: &NetworkId,
    party: &Party,
    suite: Suite,
    purpose: Purpose,
    sheet: &Digest,
) -> Vec<u8> {
    let mut message = b"pvn addresses/2\0".to_vec();
    message.extend_from_slice(network.bytes());
    message.extend(codec::encode(&(party.as_str(), suite, purpose, sheet)));
    message
}
