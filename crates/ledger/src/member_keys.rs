//! A member's signing keys: one a suite, so that a stronger one can stand beside the one in use.

use minicbor::{Decode, Encode};

use crate::codec::array_len;
use crate::limits::MEMBER_KEYS_MAX;
use crate::public_key::{PublicKey, Suite};

/// One key or more, ascending by suite, each of another suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberKeys(Vec<PublicKey>);

impl MemberKeys {
    /// A single key.
    #[must_use]
    pub fn one(key: PublicKey) -> Self {
        Self(vec![key])
    }

    /// These keys and one of another suite.
    #[must_use]
    pub fn with(&self, key: PublicKey) -> Option<Self> {
        let at = self.0.binary_search_by_key(&key.suite(), PublicKey::suite);
        let at = at.err().filter(|_| self.0.len() < MEMBER_KEYS_MAX)?;
        let mut keys = self.0.clone();
        keys.insert(at, key);
        Some(Self(keys))
    }

    /// These keys without the one of a suite; nothing if no other is left.
    #[must_use]
    pub fn without(&self, suite: Suite) -> Option<Self> {
        let others = self.0.iter().filter(|key| key.suite() != suite);
        let others: Vec<PublicKey> = others.cloned().collect();
        (!others.is_empty()).then_some(Self(others))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey> {
        self.0.iter()
    }

    /// The key of the highest suite that this version knows.
    #[must_use]
    pub fn strongest(&self) -> Option<&PublicKey> {
        let known = self.0.iter().filter(|key| key.suite().is_known());
        known.max_by_key(|key| key.suite())
    }

    /// The key, if there is no other.
    #[must_use]
    pub fn only(&self) -> Option<&PublicKey> {
        match self.0.as_slice() {
            [key] => Some(key),
            _ => None,
        }
    }

    /// The key of this suite.
    #[must_use]
    pub fn of(&self, suite: Suite) -> Option<&PublicKey> {
        self.0.iter().find(|key| key.suite() == suite)
    }
}

impl<C> Encode<C> for MemberKeys {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        c: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        self.0.encode(e, c)
    }
}

impl<'b, C> Decode<'b, C> for MemberKeys {
    fn decode(d: &mut minicbor::Decoder<'b>, c: &mut C) -> Result<Self, minicbor::decode::Error> {
        let keys = (0..array_len(d, MEMBER_KEYS_MAX)?)
            .map(|_| PublicKey::decode(d, c))
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() || !keys.is_sorted_by(|a, b| a.suite() < b.suite()) {
            return Err(minicbor::decode::Error::message(
                "a member has one key or more, in order of their suites",
            ));
        }
        Ok(Self(keys))
    }
}
