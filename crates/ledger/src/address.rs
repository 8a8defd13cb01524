//! Addresses: the one-time keys that a recipient gives out, vouched for by its signature.
//!
//! Without the signature a drafter could put its own key into somebody else's fact. One signature covers a sheet of
//! keys (a Merkle root), so that vouching costs a fraction of a signature for each payment.

use deed::Party;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::control::OneTimeKey;
use crate::digest::{Digest, NetworkId};
use crate::limits::SHEET_ADDRESSES_MAX;
use crate::signature::{KeyError, PublicKey, SigningKey, Suite};
use crate::tree::{TreePlace, root};

/// A sheet of one-time keys under one signature of their owner.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Sheet {
    /// Who can use the keys.
    #[cbor(n(0), with = "codec::party")]
    pub party: Party,
    /// The signature suite.
    #[n(1)]
    pub suite: Suite,
    /// The keys.
    #[cbor(n(2), with = "codec::hashes")]
    pub keys: Vec<OneTimeKey>,
    /// The owner's signature over the root of the keys.
    #[cbor(n(3), with = "minicbor::bytes")]
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
    /// The key's place in the sheet.
    #[n(2)]
    pub place: TreePlace,
    /// The owner's signature.
    #[cbor(n(3), with = "minicbor::bytes")]
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
        keys: Vec<OneTimeKey>,
    ) -> Result<Self, KeyError> {
        let suite = key.public().suite();
        let signature = key.sign_bytes(&message(network, party, suite, &root(SHEET, &keys)))?;
        Ok(Self {
            party: party.clone(),
            suite,
            keys,
            signature,
        })
    }

    /// Whether the owner's signature verifies.
    #[must_use]
    pub fn verifies(&self, key: &PublicKey, network: &NetworkId) -> bool {
        let keys = 1..=SHEET_ADDRESSES_MAX as usize;
        keys.contains(&self.keys.len())
            && self.suite == key.suite()
            && key.verifies(
                &message(network, &self.party, self.suite, &root(SHEET, &self.keys)),
                &self.signature,
            )
    }

    /// The voucher for the key at `index`.
    #[must_use]
    pub fn voucher(&self, index: u32) -> Option<Voucher> {
        Some(Voucher {
            party: self.party.clone(),
            suite: self.suite,
            place: TreePlace::of(&self.keys, index as usize)?,
            signature: self.signature.clone(),
        })
    }
}

impl Voucher {
    /// Whether the owner, whose signing key is `key`, vouches for the one-time key `vouched`.
    #[must_use]
    pub fn verifies(&self, vouched: &OneTimeKey, key: &PublicKey, network: &NetworkId) -> bool {
        let sheet = self.place.root(SHEET, *vouched);
        self.place.count <= SHEET_ADDRESSES_MAX
            && self.suite == key.suite()
            && sheet.is_some_and(|sheet| {
                let message = message(network, &self.party, self.suite, &sheet);
                key.verifies(&message, &self.signature)
            })
    }
}

const SHEET: u8 = 0x33;

fn message(network: &NetworkId, party: &Party, suite: Suite, sheet: &Digest) -> Vec<u8> {
    let mut message = b"pvn addresses/2\0".to_vec();
    message.extend_from_slice(network.bytes());
    message.extend(codec::encode(&(party.as_str(), suite, sheet)));
    message
}
