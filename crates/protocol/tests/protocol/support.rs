//! Fixed keys, parties and values.

use aws_lc_rs::signature::{KeyPair as _, ML_DSA_65_SIGNING, PqdsaKeyPair};
use deed::{Contract, Given, Money, Party, Value};
use ledger::digest::hmac_sha256;
use ledger::signature::{KeyError, PublicKey, SigningKey, Signs, Suite, hybrid_message};
use ledger::{ContractId, Digest};
use protocol::log_signer::SignsBeside;
use std::collections::BTreeMap;
use std::sync::Arc;
use tlog::hybrid::{self, ML_DSA_SIGNATURE_BYTES};
use tlog::{KeyName, NoteSigner, NoteText, SignatureType, VerifierKey};

/// The contract of the tests: coins, receipts with a private note.
pub(crate) const COINS: &str = include_str!("../../../ledger/tests/fixtures/coins.deed");
/// Stalls let for the town's coins.
const MARKET: &str = include_str!("../../../ledger/tests/fixtures/market.deed");
/// What people have to show, and nobody else can.
const REGISTERS: &str = include_str!("../../../ledger/tests/fixtures/registers.deed");
/// The moment at which the tests begin: 20 November 2026, 12:00 UTC.
pub(crate) const NOON_MS: u64 = 1_795_176_000_000;

pub(crate) fn party(id: &str) -> Party {
    Party::new(id).expect("a party")
}

pub(crate) fn pence(minor: i64) -> Value {
    Value::Money(Money {
        currency: deed::Currency::new("GBP").expect("a currency"),
        minor,
    })
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.into())
}

pub(crate) fn who(id: &str) -> Value {
    Value::Party(party(id))
}

/// Bytes that look random and are the same in every run.
pub(crate) fn noise(label: &str) -> Digest {
    hmac_sha256(b"protocol tests", &[label.as_bytes()])
}

/// A member's signing key: PKCS#8 (RFC 5958) around an RFC 5915 key without its public half.
pub(crate) fn signing_key(name: &str) -> SigningKey {
    let mut der = vec![
        0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
        0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25,
        0x02, 0x01, 0x01, 0x04, 0x20,
    ];
    der.extend(noise(&format!("signing key of {name}")).0);
    SigningKey::from_pkcs8(&der).expect("a key")
}

pub(crate) fn note_signer(name: &str) -> NoteSigner {
    let seed = noise(&format!("log key of {name}")).0;
    NoteSigner::from_seed(KeyName::new(name).expect("a name"), &seed).expect("a signer")
}

/// The hybrid key of a log, and what signs with it.
pub(crate) fn log_hybrid(name: &str) -> (VerifierKey, SignsBeside) {
    let first = signing_key(&format!("hybrid log key of {name}"));
    let seed = noise(&format!("hybrid log seed of {name}")).0;
    let second = PqdsaKeyPair::from_seed(&ML_DSA_65_SIGNING, &seed).expect("a key");
    let public = [first.public().bytes(), second.public_key().as_ref()].concat();
    let name = KeyName::new(name).expect("a name");
    let key = VerifierKey::new(name, SignatureType::Hybrid, &public).expect("a key");
    let of_log = key.clone();
    let beside = move |text: &NoteText| {
        let message = hybrid::message(text);
        let p256 = first.sign_bytes(&message).ok()?;
        let mut ml_dsa = vec![0; ML_DSA_SIGNATURE_BYTES];
        second.sign(&message, &mut ml_dsa).ok()?;
        hybrid::line(&of_log, text, &p256, &ml_dsa)
    };
    (key, Arc::new(beside))
}

pub(crate) fn contract() -> Contract {
    Contract::load(COINS).expect("the fixture loads")
}

const PAPERS: &str = include_str!("../fixtures/papers.deed");

/// Papers that bodies hold.
pub(crate) fn papers() -> Contract {
    Contract::load(PAPERS).expect("the fixture loads")
}

pub(crate) fn registers() -> Contract {
    Contract::load(REGISTERS).expect("the fixture loads")
}

/// A market that lets stalls for the town's coins, to those with a licence.
pub(crate) fn market(coins: &Contract, id: &ContractId) -> Contract {
    let sha256 = id.to_string();
    let given = [Given {
        sha256: &sha256,
        contract: coins,
    }];
    Contract::load_with(&MARKET.replace(&"0".repeat(64), &sha256), &given)
        .expect("the fixture loads")
}

/// Arguments by name, in the action's order.
pub(crate) fn args(
    contract: &Contract,
    action: &str,
    given: &[(&str, Value)],
) -> (u16, Vec<Value>) {
    let index = contract.action(action).expect("an action");
    let mut given: BTreeMap<&str, Value> = given.iter().cloned().collect();
    let params = &contract.actions()[usize::from(index)].params;
    let args = params
        .iter()
        .map(|p| given.remove(p.name.as_str()).unwrap_or(Value::Absent))
        .collect();
    assert_eq!(given, BTreeMap::new(), "unknown arguments");
    (index, args)
}

/// The other s of an ECDSA signature over P-256: the order of the group less s. Whoever has one signature can make it.
pub(crate) fn other_form(signature: &[u8]) -> Vec<u8> {
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let mut other = signature.to_vec();
    let mut borrowed = false;
    for (byte, order) in other[32..].iter_mut().zip(ORDER).rev() {
        let (less, first) = order.overflowing_sub(*byte);
        let (less, second) = less.overflowing_sub(borrowed.into());
        (*byte, borrowed) = (less, first || second);
    }
    other
}

/// A party's stronger key: its P-256 key and an ML-DSA-65 key.
pub(crate) fn hybrid_key(name: &str) -> SigningKey {
    struct Both(SigningKey, PqdsaKeyPair, PublicKey);

    impl Signs for Both {
        fn public(&self) -> &PublicKey {
            &self.2
        }

        fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
            let message = hybrid_message(message);
            let mut second = vec![0; ML_DSA_SIGNATURE_BYTES];
            self.1.sign(&message, &mut second).expect("signs");
            Ok([self.0.sign_bytes(&message)?, second].concat())
        }
    }

    let first = signing_key(name);
    let seed = noise(&format!("seed of {name}")).0;
    let second = PqdsaKeyPair::from_seed(&ML_DSA_65_SIGNING, &seed).expect("a key");
    let public = [first.public().bytes(), second.public_key().as_ref()].concat();
    let public = PublicKey::new(Suite::P256_MLDSA65, public).expect("a key");
    SigningKey::by(Both(first, second, public))
}
