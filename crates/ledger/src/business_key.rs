//! Business keys (`one per`): what there is only one of, and the tokens that are used once for each.
//!
//! Those who keep a key derive a secret from it, and the token from the secret. So whoever keeps it gives the same token
//! again, whatever it remembers, and the notary certifies it once. Whoever has seen the token can't use it up: that takes the
//! secret, which only those are told who may draft.

use deed::{Contract, FactRoles, Value};
use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::{ContractId, Digest, Token, hmac_sha256};

/// A kind of a contract, and the values of its fields under `one per`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct BusinessKey {
    /// The kind.
    #[n(0)]
    pub kind: u16,
    /// The values.
    #[cbor(n(1), with = "codec::values")]
    pub values: Vec<Value>,
}

impl BusinessKey {
    /// The key of a fact of this kind with these fields; nothing if there may be any number of them.
    #[must_use]
    pub fn of(contract: &Contract, kind: u16, fields: &[Value]) -> Option<Self> {
        let one_per = &contract.kinds().get(usize::from(kind))?.one_per;
        let values = one_per.iter().map(|i| fields.get(usize::from(*i)).cloned());
        (!one_per.is_empty()).then_some(Self {
            kind,
            values: values.collect::<Option<_>>()?,
        })
    }

    /// The secret of the key's token, made with the secret of who keeps it.
    #[must_use]
    pub fn secret(&self, keeper: &[u8; 32], contract: &ContractId) -> Digest {
        let key = codec::encode(self);
        hmac_sha256(keeper, &[b"key secret/v1", contract.bytes(), &key])
    }
}

/// The token of a business key with this secret.
#[must_use]
pub fn key_token(secret: &Digest) -> Token {
    Token(Digest::of(&[b"key/v1", &secret.0]))
}

/// A business key that a view takes, by the fact that has it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The fact, by its place among the created ones.
    pub output: usize,
    /// The key.
    pub key: BusinessKey,
}

/// The business keys that created facts take, in their order. A fact that goes on keeps its key, and takes none.
#[must_use]
pub fn taken<'a>(
    contract: &Contract,
    consumed: impl Iterator<Item = (u16, &'a [Value])>,
    created: impl Iterator<Item = (u16, &'a [Value])>,
) -> Vec<Taken> {
    let key = |(kind, fields)| BusinessKey::of(contract, kind, fields);
    let mut kept: Vec<BusinessKey> = consumed.filter_map(key).collect();
    let mut taken = Vec::new();
    for (output, fact) in created.enumerate() {
        let Some(key) = key(fact) else { continue };
        match kept.iter().position(|known| *known == key) {
            Some(at) => drop(kept.swap_remove(at)),
            None => taken.push(Taken { output, key }),
        }
    }
    taken
}

/// How many tokens a view lists for the keys that it takes: one for each who keeps one.
#[must_use]
pub fn tokens_of(taken: &[Taken], created: &[FactRoles]) -> usize {
    let keepers = |taken: &Taken| created.get(taken.output).map_or(0, |r| r.keepers.len());
    taken.iter().map(keepers).sum()
}
