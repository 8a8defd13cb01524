//! Sealed envelopes for observers: HPKE base mode (RFC 9180) with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM.
//!
//! The ephemeral key is derived from the view's salt and the observer, so whoever sees the view whole can seal it again
//! and compare: an attestor vouches only for envelopes whose content it knows to be the view. Whoever could derive the
//! key holds the content anyway.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use deed::Party;
use minicbor::{Decode, Encode};

use crate::digest::{Digest, hmac_sha256};

/// An observer's public envelope key: X25519, 32 bytes.
pub type EnvelopeKey = Digest;

/// Sealed bytes for one observer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Envelope {
    /// The encapsulated key (`enc`), 32 bytes.
    #[n(0)]
    pub encapsulated: Digest,
    /// Ciphertext and tag.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
}

/// Why an envelope can't be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// A key that is not a usable X25519 key.
    #[error("not a usable envelope key")]
    Key,
    /// The envelope is not for this key, or was changed.
    #[error("the envelope does not open: it is not for this key or was changed")]
    Open,
}

const KEM_SUITE: &[u8] = b"KEM\x00\x20";
const HPKE_SUITE: &[u8] = b"HPKE\x00\x20\x00\x01\x00\x01";

fn extract(suite: &[u8], salt: &[u8], label: &str, ikm: &[u8]) -> Digest {
    let salt = if salt.is_empty() { &[0; 32] } else { salt };
    hmac_sha256(salt, &[b"HPKE-v1", suite, label.as_bytes(), ikm])
}

fn expand(suite: &[u8], prk: &Digest, label: &str, info: &[u8], length: u16) -> Digest {
    hmac_sha256(
        &prk.0,
        &[
            &length.to_be_bytes(),
            b"HPKE-v1",
            suite,
            label.as_bytes(),
            info,
            &[1],
        ],
    )
}

/// RFC 9180 §4.1: the KEM's shared secret from a Diffie-Hellman result.
fn shared_secret(dh: &[u8], encapsulated: &[u8; 32], recipient: &[u8; 32]) -> Digest {
    let prk = extract(KEM_SUITE, b"", "eae_prk", dh);
    expand(
        KEM_SUITE,
        &prk,
        "shared_secret",
        &[encapsulated.as_slice(), recipient].concat(),
        32,
    )
}

/// RFC 9180 §5.1, mode base: the AEAD key and the nonce of message 0.
fn schedule(shared: &Digest, info: &[u8]) -> Result<(LessSafeKey, [u8; 12]), EnvelopeError> {
    let psk_id = extract(HPKE_SUITE, b"", "psk_id_hash", b"");
    let info = extract(HPKE_SUITE, b"", "info_hash", info);
    let context = [&[0][..], &psk_id.0, &info.0].concat();
    let secret = extract(HPKE_SUITE, &shared.0, "secret", b"");
    let key = expand(HPKE_SUITE, &secret, "key", &context, 16);
    let nonce = expand(HPKE_SUITE, &secret, "base_nonce", &context, 12);
    let mut first = [0; 12];
    first.copy_from_slice(&nonce.0[..12]);
    let key = UnboundKey::new(&AES_128_GCM, &key.0[..16]).map_err(|_| EnvelopeError::Key)?;
    Ok((LessSafeKey::new(key), first))
}

fn private(secret: &[u8; 32]) -> Result<PrivateKey, EnvelopeError> {
    PrivateKey::from_private_key(&X25519, secret).map_err(|_| EnvelopeError::Key)
}

fn public(private: &PrivateKey) -> Result<[u8; 32], EnvelopeError> {
    let key = private
        .compute_public_key()
        .map_err(|_| EnvelopeError::Key)?;
    key.as_ref().try_into().map_err(|_| EnvelopeError::Key)
}

/// The public half of an envelope secret.
///
/// # Errors
/// [`EnvelopeError::Key`].
pub fn public_key(secret: &[u8; 32]) -> Result<EnvelopeKey, EnvelopeError> {
    Ok(Digest(public(&private(secret)?)?))
}

/// The ephemeral secret of an observer's envelope of the view with this salt.
#[must_use]
pub fn ephemeral(view_salt: &Digest, observer: &Party) -> Digest {
    hmac_sha256(
        &view_salt.0,
        &[b"envelope/v1", observer.as_str().as_bytes()],
    )
}

/// Seals `plain` to `recipient` with a given ephemeral secret.
///
/// # Errors
/// [`EnvelopeError::Key`].
pub fn seal(
    recipient: &EnvelopeKey,
    ephemeral: &Digest,
    info: &[u8],
    aad: &[u8],
    plain: &[u8],
) -> Result<Envelope, EnvelopeError> {
    let secret = private(&ephemeral.0)?;
    let encapsulated = public(&secret)?;
    let peer = UnparsedPublicKey::new(&X25519, recipient.0);
    let shared = agree(&secret, peer, EnvelopeError::Key, |dh| {
        Ok(shared_secret(dh, &encapsulated, &recipient.0))
    })?;
    let (key, nonce) = schedule(&shared, info)?;
    let mut sealed = plain.to_vec();
    key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(aad),
        &mut sealed,
    )
    .map_err(|_| EnvelopeError::Key)?;
    Ok(Envelope {
        encapsulated: Digest(encapsulated),
        sealed,
    })
}

/// Opens an envelope with the recipient's secret.
///
/// # Errors
/// [`EnvelopeError`]: an unusable key, or an envelope that is not for it or was changed.
pub fn open(
    secret: &[u8; 32],
    envelope: &Envelope,
    info: &[u8],
    aad: &[u8],
) -> Result<Vec<u8>, EnvelopeError> {
    let secret = private(secret)?;
    let own = public(&secret)?;
    let peer = UnparsedPublicKey::new(&X25519, envelope.encapsulated.0);
    let shared = agree(&secret, peer, EnvelopeError::Open, |dh| {
        Ok(shared_secret(dh, &envelope.encapsulated.0, &own))
    })?;
    let (key, nonce) = schedule(&shared, info)?;
    let mut bytes = envelope.sealed.clone();
    let plain = key
        .open_in_place(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(aad),
            &mut bytes,
        )
        .map_err(|_| EnvelopeError::Open)?;
    Ok(plain.to_vec())
}

impl Envelope {
    /// The hash that the header commits.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(&[&[0x41], &self.encapsulated.0, &self.sealed])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2)
            .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex"))
            .collect()
    }

    fn array(hex: &str) -> [u8; 32] {
        bytes(hex).try_into().expect("32 bytes")
    }

    /// RFC 9180 appendix A.1.1, sequence number 0.
    #[test]
    fn the_published_vector_seals_and_opens() {
        let ephemeral = Digest(array(
            "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
        ));
        let secret = array("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8");
        let recipient = public_key(&secret).expect("key");
        assert_eq!(
            recipient.hex(),
            "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"
        );
        let info = bytes("4f6465206f6e2061204772656369616e2055726e");
        let plain = bytes("4265617574792069732074727574682c20747275746820626561757479");
        let aad = bytes("436f756e742d30");
        let envelope = seal(&recipient, &ephemeral, &info, &aad, &plain).expect("sealed");
        assert_eq!(
            envelope.encapsulated.hex(),
            "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
        );
        assert_eq!(
            envelope.sealed,
            bytes(
                "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a"
            )
        );
        assert_eq!(open(&secret, &envelope, &info, &aad), Ok(plain));
    }

    #[test]
    fn any_change_is_refused() {
        let secret = [7; 32];
        let recipient = public_key(&secret).expect("key");
        let envelope = seal(&recipient, &Digest([9; 32]), b"i", b"a", b"text").expect("sealed");
        for bit in 0..envelope.sealed.len() * 8 {
            let mut changed = envelope.clone();
            changed.sealed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                open(&secret, &changed, b"i", b"a"),
                Err(EnvelopeError::Open)
            );
        }
        assert_eq!(
            open(&[8; 32], &envelope, b"i", b"a"),
            Err(EnvelopeError::Open)
        );
        assert_eq!(
            open(&secret, &envelope, b"i", b"b"),
            Err(EnvelopeError::Open)
        );
    }
}
