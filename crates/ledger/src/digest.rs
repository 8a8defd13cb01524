//! Digests and the identifiers that are digests, each its own type, so that one can't pass for another.

use aws_lc_rs::{digest, hmac};
use minicbor::{Decode, Encode};

/// A SHA-256 value, 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// SHA-256 over the parts, one after the other.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in parts {
            context.update(part);
        }
        let mut out = [0; 32];
        out.copy_from_slice(context.finish().as_ref());
        Self(out)
    }

    /// Lower-case hexadecimal, 64 characters.
    #[must_use]
    pub fn hex(&self) -> String {
        use std::fmt::Write as _;
        self.0
            .iter()
            .fold(String::with_capacity(64), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
    }

    /// Reads 64 hexadecimal characters; `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let mut out = [0; 32];
        for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(out))
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.hex())
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.hex())
    }
}

impl From<tlog::Hash> for Digest {
    fn from(hash: tlog::Hash) -> Self {
        Self(hash.0)
    }
}

impl From<Digest> for tlog::Hash {
    fn from(digest: Digest) -> Self {
        Self(digest.0)
    }
}

impl<C> Encode<C> for Digest {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Digest {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let bytes = d.bytes()?;
        let array = bytes
            .try_into()
            .map_err(|_| minicbor::decode::Error::message("a digest has 32 bytes"))?;
        Ok(Self(array))
    }
}

/// HMAC-SHA-256 (RFC 2104) over the parts.
#[must_use]
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Digest {
    keyed(&hmac::Key::new(hmac::HMAC_SHA256, key), parts)
}

/// HMAC-SHA-256 with a prepared key: preparing costs as much as a short message.
pub(crate) fn keyed(key: &hmac::Key, parts: &[&[u8]]) -> Digest {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    Digest(out)
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] pub Digest);

        impl $name {
            /// The identifier's 32 bytes.
            #[must_use]
            pub fn bytes(&self) -> &[u8; 32] {
                &self.0.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

identifier!(
    /// A transaction: the root over its header and its views.
    TransactionId
);
identifier!(
    /// A contract: SHA-256 of its exact text.
    ContractId
);
identifier!(
    /// A network: its name and its registrar's key.
    NetworkId
);
identifier!(
    /// A notary by lineage, not by key: keys and machines change, the lineage stays.
    Lineage
);
identifier!(
    /// The single-use marker that a fact's consumption leaves at the notary.
    Token
);
identifier!(
    /// The root of one view.
    ViewRoot
);

impl ContractId {
    /// The id of a contract's exact text.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self(Digest::of(&[text.as_bytes()]))
    }
}

impl Lineage {
    /// The lineage whose log has this origin line.
    #[must_use]
    pub fn of_origin(origin: &str) -> Self {
        Self(Digest::of(&[b"pvn notary lineage/1\0", origin.as_bytes()]))
    }
}

impl NetworkId {
    /// The network of this name under this registrar's map key (C2SP verifier key text).
    #[must_use]
    pub fn of(name: &str, registrar_vkey: &str) -> Self {
        Self(Digest::of(&[
            b"pvn network/1\0",
            name.as_bytes(),
            b"\0",
            registrar_vkey.as_bytes(),
        ]))
    }
}
