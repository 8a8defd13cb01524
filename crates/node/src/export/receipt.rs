//! COSE receipts (RFC 9942): the notary's word that a statement is in its log, with the proof.

use deed::Party;
use ledger::Digest;
use ledger::certificate::{LogEntry, StatementEntry};
use ledger::codec;
use ledger::signature::PublicKey;
use ledger::signature::SigningKey;
use minicbor::Decoder;
use protocol::notary::Registered;

use super::ExportError;
use super::cose::{ALG, CWT_CLAIMS, ES256, IAT, ISS, KID, SUB, Sign1, encoded, sign, verifies};
use super::jwk::Jwk;

/// Protected header: verifiable data structure (RFC 9942 §2).
const VDS: i64 = 395;
/// The tree of RFC 9162 over SHA-256.
const RFC9162_SHA256: i64 = 1;
/// Unprotected header: proofs, of which -1 are proofs of inclusion.
const VDP: i64 = 396;
const INCLUSION: i64 = -1;
/// Unprotected header: the log's entry, whose hash is the leaf.
const ENTRY: &str = "pvn.entry";

/// Why a receipt isn't accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReceiptError {
    /// Not a receipt in its one form.
    #[error("not a receipt")]
    Shape,
    /// It is about something else.
    #[error("the receipt is about another statement, or from another notary")]
    Other,
    /// The path leads nowhere, or the signature doesn't verify.
    #[error("the notary has not signed a log in which the statement is")]
    Signature,
}

/// A receipt that was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Receipt {
    /// When the notary registered the statement, in milliseconds since 1970-01-01 UTC.
    pub(crate) time_ms: u64,
}

fn protected(notary: &Party, kid: Digest, entry: &StatementEntry) -> Vec<u8> {
    encoded(|e| {
        e.map(4)?.i64(ALG)?.i64(ES256)?;
        e.i64(KID)?.bytes(&kid.0)?;
        e.i64(CWT_CLAIMS)?.map(3)?;
        e.i64(ISS)?.str(notary.as_str())?;
        e.i64(SUB)?.str(&entry.statement.hex())?;
        e.i64(IAT)?.u64(entry.time_ms / 1_000)?;
        e.i64(VDS)?.i64(RFC9162_SHA256)?.ok()
    })
}

impl Receipt {
    /// Signs a receipt for what was registered. Its payload, the log's root, is detached, as RFC 9942 wants it.
    ///
    /// # Errors
    /// [`ExportError`].
    pub(crate) fn sign(
        key: &SigningKey,
        notary: &Party,
        registered: &Registered,
    ) -> Result<Vec<u8>, ExportError> {
        let kid = Jwk::es256_kid(key.public())?;
        let protected = protected(notary, kid, &registered.entry);
        let signature = sign(key, &protected, &registered.root.0)?;
        let proof = encoded(|e| {
            e.array(3)?.u64(registered.size)?.u64(registered.index)?;
            e.array(registered.path.len() as u64)?;
            registered
                .path
                .iter()
                .try_for_each(|hash| e.bytes(&hash.0)?.ok())
        });
        let unprotected = encoded(|e| {
            e.map(2)?.i64(VDP)?.map(1)?.i64(INCLUSION)?;
            e.array(1)?.bytes(&proof)?;
            e.str(ENTRY)?.bytes(&codec::encode(&registered.entry))?.ok()
        });
        let receipt = Sign1 {
            protected,
            payload: None,
            signature,
        };
        Ok(receipt.bytes(&unprotected))
    }

    /// Checks a receipt for a statement: the notary, whose key the network map has, has it in its log.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub(crate) fn check(
        bytes: &[u8],
        statement: &Digest,
        notary: &Party,
        key: &PublicKey,
    ) -> Result<Self, ReceiptError> {
        let (receipt, unprotected) = Sign1::read(bytes).ok_or(ReceiptError::Shape)?;
        let (proof, entry) = proof_and_entry(&unprotected).ok_or(ReceiptError::Shape)?;
        let Ok(LogEntry::Statement(entry)) = LogEntry::read(&entry) else {
            return Err(ReceiptError::Shape);
        };
        let kid = Jwk::es256_kid(key).map_err(|_| ReceiptError::Other)?;
        if entry.statement != *statement || receipt.protected != protected(notary, kid, &entry) {
            return Err(ReceiptError::Other);
        }
        let (size, index, path) = place(&proof).ok_or(ReceiptError::Shape)?;
        let leaf = tlog::leaf_hash(&codec::encode(&entry));
        let root =
            tlog::root_from_path(leaf, index, size, &path).map_err(|_| ReceiptError::Signature)?;
        verifies(key, &receipt.protected, &root.0, &receipt.signature)
            .then_some(Self {
                time_ms: entry.time_ms,
            })
            .ok_or(ReceiptError::Signature)
    }
}

/// What the unprotected header has: the proof of inclusion and the log's entry.
fn proof_and_entry(unprotected: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut d = Decoder::new(unprotected);
    (d.map().ok()? == Some(2) && d.i64().ok()? == VDP && d.map().ok()? == Some(1)).then_some(())?;
    (d.i64().ok()? == INCLUSION && d.array().ok()? == Some(1)).then_some(())?;
    let proof = d.bytes().ok()?.to_vec();
    (d.str().ok()? == ENTRY).then_some(())?;
    let entry = d.bytes().ok()?.to_vec();
    (d.position() == unprotected.len()).then_some((proof, entry))
}

fn place(proof: &[u8]) -> Option<(u64, u64, Vec<tlog::Hash>)> {
    let mut d = Decoder::new(proof);
    (d.array().ok()? == Some(3)).then_some(())?;
    let (size, index) = (d.u64().ok()?, d.u64().ok()?);
    let count = d.array().ok()?.filter(|count| *count <= 64)?;
    let hash = |_| Some(tlog::Hash(d.bytes().ok()?.try_into().ok()?));
    let path = (0..count).map(hash).collect::<Option<Vec<_>>>()?;
    (d.position() == proof.len()).then_some((size, index, path))
}

#[cfg(test)]
mod tests {
    use ledger::signature::SigningKey;

    use super::*;
    use crate::export::Statement;
    use crate::pki::{KeyKind, SecretKey};

    fn key() -> SigningKey {
        let key = SecretKey::generate(KeyKind::P256).expect("a key");
        SigningKey::from_pkcs8(key.pkcs8()).expect("P-256")
    }

    fn party(name: &str) -> Party {
        Party::new(name).expect("an identifier")
    }

    /// A log of three entries with the statement in the middle.
    fn registered(statement: Digest) -> Registered {
        let entry = StatementEntry {
            time_ms: 1_795_176_000_123,
            statement,
        };
        let leaf = |at: u8| tlog::leaf_hash(&[at]);
        let leaves = vec![leaf(0), tlog::leaf_hash(&codec::encode(&entry)), leaf(2)];
        let tree = tlog::MerkleTree::new(leaves);
        let path = tree.path(1).expect("a leaf");
        Registered {
            entry,
            index: 1,
            size: 3,
            root: tree.root().into(),
            path: path.into_iter().map(Digest::from).collect(),
        }
    }

    #[test]
    fn a_receipt_holds_for_its_statement_its_notary_and_its_bytes() {
        let (issuer, notary) = (key(), key());
        let statement =
            Statement::sign(&issuer, &party("GB-GOV-hmlr"), "a/0/0", b"a proof".to_vec())
                .expect("signs");
        let (name, hash) = (party("GB-GOV-notary"), statement.hash());
        let receipt = Receipt::sign(&notary, &name, &registered(hash)).expect("signs");
        let check = |bytes: &[u8]| Receipt::check(bytes, &hash, &name, notary.public());
        assert_eq!(check(&receipt).map(|r| r.time_ms), Ok(1_795_176_000_123));

        let other = Digest::of(&[b"another statement"]);
        let table = [
            (
                "another statement",
                Receipt::check(&receipt, &other, &name, notary.public()),
                ReceiptError::Other,
            ),
            (
                "another notary's name",
                Receipt::check(&receipt, &hash, &party("GB-GOV-other"), notary.public()),
                ReceiptError::Other,
            ),
            (
                "another key",
                Receipt::check(&receipt, &hash, &name, key().public()),
                ReceiptError::Other,
            ),
            ("nothing", check(&[]), ReceiptError::Shape),
            (
                "a statement",
                check(&statement.with(&[])),
                ReceiptError::Shape,
            ),
        ];
        for (case, answer, expected) in table {
            assert_eq!(answer, Err(expected), "{case}");
        }
        // The size in the proof is bound by nothing but the path's form; every other bit counts.
        let accepted: Vec<usize> = (0..receipt.len() * 8)
            .filter(|bit| {
                let mut damaged = receipt.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                check(&damaged).is_ok()
            })
            .collect();
        let proof = encoded(|e| e.array(3)?.u64(3)?.u64(1)?.ok());
        let at = receipt.windows(proof.len()).position(|w| w == proof);
        let size = (at.expect("there") + 1) * 8;
        assert!(
            accepted.iter().all(|bit| (size..size + 8).contains(bit)),
            "{accepted:?}"
        );
    }

    #[test]
    fn a_statement_is_registered_without_receipts_and_shown_with_them() {
        let issuer = key();
        let sign = |proof: &[u8]| {
            Statement::sign(&issuer, &party("GB-GOV-hmlr"), "a/0/0", proof.to_vec()).expect("signs")
        };
        let statement = sign(b"a proof");
        let plain = statement.with(&[]);
        assert_eq!(statement.hash(), Digest::of(&[&plain]));
        let shown = statement.with(&[b"one".to_vec(), b"two".to_vec()]);
        let (inner, unprotected) = Sign1::read(&shown).expect("a message");
        assert_eq!(inner.bytes(&encoded(|e| e.map(0)?.ok())), plain);
        assert_eq!(
            unprotected,
            [
                // {394: ['one', 'two']}
                &[0xa1, 0x19, 0x01, 0x8a, 0x82, 0x43][..],
                b"one",
                &[0x43],
                b"two"
            ]
            .concat()
        );
        let payload = inner.payload.expect("attached");
        assert!(verifies(
            issuer.public(),
            &inner.protected,
            &payload,
            &inner.signature
        ));
        assert_ne!(statement.hash(), sign(b"another proof").hash());
    }
}
