//! Keys that follow from names, so that a world is the same in every run.

use deed::Party;
use ledger::digest::hmac_sha256;
use ledger::signature::{Scope, ScopedSignature, SigningKey, ToSign};
use ledger::{Digest, NetworkId, TransactionId};
use tlog::{KeyName, NoteSigner};

/// Bytes that look random and are the same in every run.
#[must_use]
pub fn noise(label: &str) -> Digest {
    hmac_sha256(b"simulated keys", &[label.as_bytes()])
}

/// A member's signing key: PKCS#8 (RFC 5958) around an RFC 5915 key without its public half.
#[must_use]
pub fn signing_key(name: &str) -> SigningKey {
    let mut der = vec![
        0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
        0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25,
        0x02, 0x01, 0x01, 0x04, 0x20,
    ];
    der.extend(noise(&format!("signing key of {name}")).0);
    SigningKey::from_pkcs8(&der).expect("a P-256 key")
}

/// One transaction signed, without asking whether that is right.
pub(crate) fn signed(
    key: &SigningKey,
    party: &Party,
    network: &NetworkId,
    id: &TransactionId,
    scope: Vec<Scope>,
) -> Option<ScopedSignature> {
    let one = ToSign {
        id: *id,
        scope,
        salt: noise(&format!("scopes of {party} in {id}")),
    };
    key.sign(party, network, vec![one]).ok()?.pop()
}

/// The secret from which a node derives one-time and envelope keys.
#[must_use]
pub fn node_secret(name: &str) -> [u8; 32] {
    noise(&format!("node secret of {name}")).0
}

/// The key of a log: the notary's or the registrar's.
#[must_use]
pub fn log_signer(name: &str) -> NoteSigner {
    let seed = noise(&format!("log key of {name}")).0;
    NoteSigner::from_seed(KeyName::new(name).expect("a key name"), &seed).expect("a log key")
}
