//! Presentations: a proof as its holder shows it, to one verifier, in answer to one question, now.
//!
//! Whoever has seen a proof has all of it. Where a contract says whose a fact is to show, the fact holds a one-time key of
//! that party, and a stranger takes the proof only with a signature of that key over the proof, the verifier's own name and
//! nonce, and the time. The proof's hash fixes what is shown, so nothing can be hidden or added on the way.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use minicbor::{Decode, Encode};

use crate::bundle::{BundleError, ProofBundle, Proven, beginning};
use crate::codec;
use crate::control::OneTimeKey;
use crate::current::{CURRENT_ITEMS, CurrentProof};
use crate::digest::{Digest, NetworkId, hmac_sha256};
use crate::limits::{AUDIENCE_BYTES_MAX, NONCE_BYTES_MAX, NONCE_BYTES_MIN, PRESENTED_AHEAD_MS_MAX};
use crate::public_key::{PublicKey, Suite};
use crate::transaction::FORMAT;
use crate::trust::Trust;

/// To whom, in answer to what, and when a proof is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    audience: String,
    nonce: Vec<u8>,
    time_ms: u64,
}

/// Why nobody can be shown anything on such an occasion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OccasionError {
    /// No name, a long one, or one that has another form.
    #[error(
        "the audience is a text of 1 to {AUDIENCE_BYTES_MAX} bytes in Unicode normalisation form C"
    )]
    Audience,
    /// A nonce that could be guessed, or a long one.
    #[error("a nonce has {NONCE_BYTES_MIN} to {NONCE_BYTES_MAX} bytes, and this one has {bytes}")]
    Nonce {
        /// How many it has.
        bytes: usize,
    },
}

impl Occasion {
    /// An occasion: the verifier's name for itself, its nonce, and the time in milliseconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// [`OccasionError`].
    pub fn new(audience: String, nonce: Vec<u8>, time_ms: u64) -> Result<Self, OccasionError> {
        let named = (1..=AUDIENCE_BYTES_MAX).contains(&audience.len());
        if !named || codec::composed(&audience) != audience {
            return Err(OccasionError::Audience);
        }
        let bytes = nonce.len();
        if !(NONCE_BYTES_MIN..=NONCE_BYTES_MAX).contains(&bytes) {
            return Err(OccasionError::Nonce { bytes });
        }
        Ok(Self {
            audience,
            nonce,
            time_ms,
        })
    }

    /// The verifier's name for itself.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// When, in milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn time_ms(&self) -> u64 {
        self.time_ms
    }

    fn is(&self, expected: &Expected<'_>) -> Result<(), NotShown> {
        if self.audience != expected.audience {
            return Err(NotShown::Audience(self.audience.clone()));
        }
        if self.nonce != expected.nonce {
            return Err(NotShown::Nonce);
        }
        let ahead_ms = self.time_ms.saturating_sub(expected.now_ms);
        if ahead_ms > PRESENTED_AHEAD_MS_MAX {
            return Err(NotShown::NotYet { ahead_ms });
        }
        let age_ms = expected.now_ms.saturating_sub(self.time_ms);
        let max_ms = expected.max_age_ms;
        if age_ms > max_ms {
            return Err(NotShown::TooOld { age_ms, max_ms });
        }
        Ok(())
    }
}

impl<C> Encode<C> for Occasion {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let e = e.array(3)?.str(&self.audience)?.bytes(&self.nonce)?;
        e.u64(self.time_ms)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Occasion {
    fn decode(d: &mut minicbor::Decoder<'b>, c: &mut C) -> Result<Self, minicbor::decode::Error> {
        if codec::array_len(d, 3)? != 3 {
            return Err(minicbor::decode::Error::message(
                "an occasion is an audience, a nonce and a time",
            ));
        }
        let audience = codec::text::decode(d, c)?;
        let (nonce, time_ms) = (d.bytes()?.to_vec(), d.u64()?);
        Self::new(audience, nonce, time_ms).map_err(minicbor::decode::Error::message)
    }
}

/// A proof with its holder's signature. Four items, where a bundle has six: neither can be read as the other.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Presentation {
    /// The format, [`FORMAT`].
    #[n(0)]
    pub format: u8,
    /// To whom, in answer to what, when.
    #[n(1)]
    pub occasion: Occasion,
    /// By the key in the fact's holder leaf.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signature: Vec<u8>,
    /// The proof.
    #[n(3)]
    pub bundle: ProofBundle,
}

/// A nonce as people pass it on: lower-case hexadecimal digits, two for each byte.
#[must_use]
pub fn nonce_of_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter();
    let bytes = bytes.map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?));
    rest.is_empty().then(|| bytes.collect()).flatten()
}

/// What a verifier asked for.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Its name for itself.
    pub audience: &'a str,
    /// The nonce that it gave out, once.
    pub nonce: &'a [u8],
    /// The time, in milliseconds since 1970-01-01 UTC.
    pub now_ms: u64,
    /// How old an answer may be.
    pub max_age_ms: u64,
}

/// Why a proof that holds is not one that its holder shows to this verifier now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotShown {
    /// The bare proof, as whoever has seen it has it.
    #[error(
        "only its holder can show a fact of this kind, and nobody's signature says that it does"
    )]
    Bare,
    /// A signature where anybody may show the fact.
    #[error("anybody can show a fact of this kind, and a signature says that its holder does")]
    NoHolder,
    /// The fact's holder leaf is not shown.
    #[error("the key of its holder is hidden")]
    Hidden,
    /// The verifier hasn't said who it is.
    #[error("it is shown to {0}: say for whom you ask, and with which nonce")]
    Unasked(String),
    /// It answers somebody else.
    #[error("it is shown to {0}, and not to you")]
    Audience(String),
    /// It answers another question.
    #[error("it answers another nonce")]
    Nonce,
    /// It was shown before.
    #[error("it was shown {age_ms} ms ago, and {max_ms} are allowed")]
    TooOld {
        /// How long ago.
        age_ms: u64,
        /// How long it may be.
        max_ms: u64,
    },
    /// It is to be shown later.
    #[error("it is dated {ahead_ms} ms from now, and {PRESENTED_AHEAD_MS_MAX} are allowed")]
    NotYet {
        /// How far ahead.
        ahead_ms: u64,
    },
    /// Signed by another key, or over something else.
    #[error("the signature is not its holder's over what is shown")]
    Signature,
}

impl Presentation {
    /// The holder shows a proof.
    #[must_use]
    pub fn sign(bundle: ProofBundle, occasion: Occasion, holder: &HolderSecret) -> Self {
        let message = message(&bundle.place.terms.network, &bundle, &occasion);
        Self {
            format: FORMAT,
            occasion,
            signature: holder.0.sign(&message).as_ref().to_vec(),
            bundle,
        }
    }

    fn verify(self, trust: &Trust, expected: Option<&Expected<'_>>) -> Result<Proven, BundleError> {
        let Self {
            occasion,
            signature,
            bundle,
            ..
        } = self;
        let proven = bundle.verify(trust)?;
        let (_, kind) = bundle.kind(trust)?;
        if kind.shown_by.is_none() {
            return Err(NotShown::NoHolder.into());
        }
        let audience = occasion.audience.clone();
        occasion.is(expected.ok_or(NotShown::Unasked(audience))?)?;
        let key = bundle.fact.holder().ok_or(NotShown::Hidden)?;
        let message = message(&trust.network, &bundle, &occasion);
        if !key.verifies(&message, &signature) {
            return Err(NotShown::Signature.into());
        }
        Ok(Proven {
            shown: Some(occasion),
            ..proven
        })
    }
}

/// Reads and verifies, as a stranger does, a proof that is shown: by its holder to whom asked for it, where the contract says
/// whose it is to show, and bare where it doesn't. Nothing inside it is trusted; every bit is covered.
///
/// # Errors
/// [`BundleError`], the step that failed.
pub fn verify(
    bytes: &[u8],
    trust: &Trust,
    expected: Option<&Expected<'_>>,
) -> Result<Proven, BundleError> {
    if beginning(bytes) == Some((PRESENTATION_ITEMS, FORMAT)) {
        return codec::decode::<Presentation>(bytes)?.verify(trust, expected);
    }
    if beginning(bytes) == Some((CURRENT_ITEMS, FORMAT)) {
        let proof = codec::decode::<CurrentProof>(bytes)?;
        let proven = proof.verify(trust)?;
        return bare(&proof.bundle, trust, proven);
    }
    let bundle = ProofBundle::read(bytes)?;
    let proven = bundle.verify(trust)?;
    bare(&bundle, trust, proven)
}

/// What anybody may show.
fn bare(bundle: &ProofBundle, trust: &Trust, proven: Proven) -> Result<Proven, BundleError> {
    match bundle.kind(trust)?.1.shown_by {
        Some(_) => Err(NotShown::Bare.into()),
        None => Ok(proven),
    }
}

const PRESENTATION_ITEMS: u64 = 4;

fn message(network: &NetworkId, bundle: &ProofBundle, occasion: &Occasion) -> Vec<u8> {
    let bundle = Digest::of(&[&[0x70], &codec::encode(bundle)]);
    let mut message = b"pvn presentation/1\0".to_vec();
    message.extend_from_slice(network.bytes());
    message.extend_from_slice(&bundle.0);
    message.extend(codec::encode(occasion));
    message
}

/// A one-time key with which its holder shows one fact, derived like the keys of its controllers, and another: nothing to
/// store but the nonce.
pub struct HolderSecret(Ed25519KeyPair);

impl HolderSecret {
    /// Derives the key of this nonce. `None` only if the crypto provider refuses the seed.
    #[must_use]
    pub fn derive(node_secret: &[u8; 32], nonce: &[u8]) -> Option<Self> {
        let seed = hmac_sha256(node_secret, &[b"pvn holder key/1\0", nonce]);
        Ed25519KeyPair::from_seed_unchecked(&seed.0).ok().map(Self)
    }

    /// Signs what shows the fact in another ecosystem's form. Nothing of the ledger's own can be had this way: it begins with
    /// `pvn `.
    #[must_use]
    pub fn sign_elsewhere(&self, message: &[u8]) -> Option<Vec<u8>> {
        (!message.starts_with(b"pvn ")).then(|| self.0.sign(message).as_ref().to_vec())
    }

    /// The public key, as it stands on sheets.
    #[must_use]
    pub fn public(&self) -> OneTimeKey {
        let mut out = [0; 32];
        out.copy_from_slice(self.0.public_key().as_ref());
        Digest(out)
    }
}

/// A key from a sheet, as it stands in a fact; `None` for one with which anybody could sign.
#[must_use]
pub fn holder_key(key: &OneTimeKey) -> Option<PublicKey> {
    PublicKey::new(Suite::ED25519, key.0.to_vec()).ok()
}

/// The key on a sheet that a fact's key is; `None` if it is of a suite that sheets don't have.
#[must_use]
pub fn on_sheet(key: &PublicKey) -> Option<OneTimeKey> {
    let bytes = key.bytes().try_into().ok();
    bytes.filter(|_| key.suite() == Suite::ED25519).map(Digest)
}
