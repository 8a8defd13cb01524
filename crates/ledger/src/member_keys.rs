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
