//! A small network with fixed keys: a bank, an auditor, members, a registrar and a notary.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use deed::{Contract, Money, Party, Value};
use ledger::certificate::{BatchEntry, Certificate, MapPin, id_paths, ids_root, tokens_root};
use ledger::codec;
use ledger::control::OneTimeSecret;
use ledger::digest::hmac_sha256;
use ledger::envelope::{self, EnvelopeKey};
use ledger::log_keys::verify_checkpoint;
use ledger::map::{
    MapEntry, MapProof, MemberDetails, MemberKeys, MemberProof, MemberRecord, MemberRole, map_entry,
};
use ledger::signature::{PublicKey, Scope, ScopedSignature, SigningKey, Suite, ToSign};
use ledger::trust::{ContractBook, Trust};
use ledger::validity::{Directory, Home};
use ledger::{ContractId, Digest, Lineage, NetworkId, Token, TransactionId};
use tlog::{Checkpoint, KeyName, MerkleTree, NoteSigner, Origin};

/// The contract of most tests here.
pub(crate) const COINS: &str = include_str!("../fixtures/coins.deed");

/// The moment at which the tests play: 20 November 2026, 12:00 UTC.
pub(crate) const NOON_MS: u64 = 1_795_176_000_000;

pub(crate) fn party(id: &str) -> Party {
    Party::new(id).expect("a party")
}

pub(crate) fn pounds(pounds: i64) -> Value {
    Value::Money(Money {
        currency: deed::Currency::new("GBP").expect("a currency"),
        minor: pounds * 100,
    })
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.into())
}

pub(crate) fn choice(name: &str) -> Value {
    Value::Choice(name.into())
}

/// Bytes that look random and are the same in every run.
pub(crate) fn noise(label: &str) -> Digest {
    hmac_sha256(b"test noise", &[label.as_bytes()])
}

/// One transaction signed, blinded by bytes that are the same in every run.
pub(crate) fn signed(
    key: &SigningKey,
    name: &str,
    network: &NetworkId,
    id: &TransactionId,
    scope: Vec<Scope>,
) -> ScopedSignature {
    let one = ToSign {
        id: *id,
        scope,
        salt: noise(&format!("scopes of {name} in {id}")),
    };
    let signed = key.sign(&party(name), network, vec![one]);
    signed.expect("signed").remove(0)
}

/// An honest member's signing key.
pub(crate) fn signing_key(name: &str) -> SigningKey {
    p256(&format!("signing key of {name}"))
}

/// A P-256 key from a label: PKCS#8 (RFC 5958) around an RFC 5915 key without its public half.
pub(crate) fn p256(label: &str) -> SigningKey {
    let mut der = vec![
        0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
        0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25,
        0x02, 0x01, 0x01, 0x04, 0x20,
    ];
    der.extend(noise(label).0);
    SigningKey::from_pkcs8(&der).expect("a key")
}

/// The one-time key of a party for a purpose.
pub(crate) fn one_time(party: &str, label: &str) -> OneTimeSecret {
    OneTimeSecret::derive(&noise(party).0, label.as_bytes()).expect("a one-time key")
}

fn note_signer(name: &str, seed: &str) -> NoteSigner {
    let name = KeyName::new(name).expect("a name");
    NoteSigner::from_seed(name, &noise(seed).0).expect("a signer")
}

/// Everything that the tests' network agrees on.
pub(crate) struct Net {
    pub(crate) book: ContractBook,
    pub(crate) coins: ContractId,
    pub(crate) home: Home,
    pub(crate) records: Vec<MemberRecord>,
    pub(crate) map: MapProof,
    pub(crate) trust: Trust,
    members: String,
    registrar: NoteSigner,
    notary: NoteSigner,
}

impl Net {
    pub(crate) fn contract(&self) -> &Contract {
        self.book.get(&self.coins).expect("the contract")
    }

    /// A network that calls itself the tests' network. An attacker builds it with keys of its own, from other seeds.
    pub(crate) fn with(registrar: &str, notary: &str, members: &str) -> Self {
        let mut book = ContractBook::default();
        let coins = book.insert(Contract::load(COINS).expect("the fixture loads"));
        let honest = note_signer("registrar.town", "registrar");
        let registrar = note_signer("registrar.town", registrar);
        let notary = note_signer("notary.town", notary);
        let network = NetworkId::of("town", &honest.verifier_key().to_string());
        let home = Home {
            network,
            notary: Lineage::of_origin(notary.verifier_key().name().as_str()),
        };
        let keys = |name: &str| p256(&format!("{members} of {name}"));
        let mut records: Vec<MemberRecord> = MEMBERS
            .iter()
            .map(|name| MemberRecord {
                keys: MemberKeys::one(keys(name).public().clone()),
                ..record(name)
            })
            .collect();
        records.sort_by(|a, b| a.party.cmp(&b.party));
        let entries = [
            map_entry(&records[..1], NOON_MS - 2),
            map_entry(&records, NOON_MS - 1),
        ];
        let map = map_proof(&registrar, &entries, 2);
        let trust = Trust {
            network,
            registrar: registrar.verifier_key().clone().into(),
            notary: notary.verifier_key().clone().into(),
            contracts: book.clone(),
        };
        Self {
            book,
            coins,
            home,
            records,
            map,
            trust,
            members: members.to_owned(),
            registrar,
            notary,
        }
    }

    /// A member's signing key in this network.
    pub(crate) fn key(&self, name: &str) -> SigningKey {
        p256(&format!("{} of {name}", self.members))
    }

    /// A proof of the directory that is the last of these.
    pub(crate) fn map_of(&self, entries: &[MapEntry]) -> MapProof {
        map_proof(&self.registrar, entries, entries.len())
    }

    pub(crate) fn pin(&self) -> MapPin {
        MapPin {
            size: 2,
            root: self.map.log_root(2).expect("a root"),
        }
    }

    pub(crate) fn member(&self, name: &str) -> MemberProof {
        let index = self
            .records
            .iter()
            .position(|r| r.party == party(name))
            .expect("a member");
        MemberProof::of(&self.records, index).expect("a proof")
    }

    /// Certificates for a batch of ids, the third entry of a log of five.
    pub(crate) fn certify(&self, ids: &[TransactionId], time_ms: u64) -> Vec<Certificate> {
        self.certify_pinned(ids, time_ms, self.pin())
    }

    pub(crate) fn certify_pinned(
        &self,
        ids: &[TransactionId],
        time_ms: u64,
        map: MapPin,
    ) -> Vec<Certificate> {
        self.certify_among(5, ids, time_ms, map)
    }

    /// The same in a log of another size.
    pub(crate) fn certify_among(
        &self,
        batches: u64,
        ids: &[TransactionId],
        time_ms: u64,
        map: MapPin,
    ) -> Vec<Certificate> {
        let spent = [(Token(noise("a token")), noise("what it was spent on"))];
        let entry = BatchEntry {
            height: 2,
            time_ms,
            map,
            ids: ids.len() as u32,
            ids_root: ids_root(ids),
            tokens_root: tokens_root(&spent),
        };
        let leaves: Vec<tlog::Hash> = (0..batches)
            .map(|i| match i {
                2 => tlog::leaf_hash(&codec::encode(&entry)),
                other => tlog::leaf_hash(format!("batch {other}").as_bytes()),
            })
            .collect();
        let tree = MerkleTree::new(leaves);
        let checkpoint = checkpoint(&self.notary, batches, tree.root());
        let log_path: Vec<Digest> = tree
            .path(2)
            .expect("a path")
            .into_iter()
            .map(Digest::from)
            .collect();
        (0u32..)
            .zip(id_paths(ids))
            .map(|(index, path)| Certificate {
                entry,
                index,
                path,
                log_path: log_path.clone(),
                checkpoint: checkpoint.clone(),
            })
            .collect()
    }

    /// The notary's checkpoint of a log with this root.
    pub(crate) fn sign_log(&self, size: u64, root: tlog::Hash) -> String {
        checkpoint(&self.notary, size, root)
    }

    /// Size and root of a checkpoint of this network's notary.
    pub(crate) fn checkpoint_of(&self, note: &str) -> (u64, Digest) {
        let checkpoint = verify_checkpoint(note, &self.trust.notary).expect("a checkpoint");
        (checkpoint.size(), checkpoint.root().into())
    }
}

fn checkpoint(signer: &NoteSigner, size: u64, root: tlog::Hash) -> String {
    let origin = Origin::new(signer.verifier_key().name().as_str()).expect("an origin");
    let checkpoint = Checkpoint::new(origin, size, root).expect("a checkpoint");
    checkpoint.sign(signer).expect("signed").to_string()
}

fn map_proof(registrar: &NoteSigner, entries: &[MapEntry], size: usize) -> MapProof {
    let leaves = entries[..size]
        .iter()
        .map(|entry| tlog::leaf_hash(&codec::encode(entry)))
        .collect();
    let tree = MerkleTree::new(leaves);
    let path = tree.path(size - 1).expect("a path");
    MapProof {
        entry: entries[size - 1],
        path: path.into_iter().map(Digest::from).collect(),
        checkpoint: checkpoint(registrar, size as u64, tree.root()),
    }
}

pub(crate) fn envelope_secret(name: &str) -> [u8; 32] {
    noise(&format!("envelope secret of {name}")).0
}

pub(crate) fn record(name: &str) -> MemberRecord {
    MemberRecord {
        party: party(name),
        name: format!("The {name}"),
        role: MemberRole::Body,
        keys: MemberKeys::one(signing_key(name).public().clone()),
        admitted_ms: 1,
        revoked_ms: None,
        details: MemberDetails {
            host: party(name),
            endpoint: "127.0.0.1:1".to_owned(),
            envelope_key: envelope::public_key(&envelope_secret(name)).expect("a key"),
            services: vec!["none".to_owned()],
            website: String::new(),
        },
    }
}

impl Directory for Net {
    fn key(&self, party: &Party, suite: Suite) -> Option<PublicKey> {
        let record = self.records.iter().find(|r| r.party == *party)?;
        record.keys.of(suite).cloned()
    }

    fn envelope_key(&self, party: &Party) -> Option<EnvelopeKey> {
        let record = self.records.iter().find(|r| r.party == *party)?;
        Some(record.details.envelope_key)
    }
}

pub(crate) const MEMBERS: [&str; 6] = [
    "TOWN-BANK",
    "TOWN-AUDITOR",
    "ALICE",
    "BOB",
    "CAROL",
    "MALLORY",
];

/// The network of the tests.
pub(crate) fn net() -> &'static Net {
    static NET: LazyLock<Net> = LazyLock::new(|| Net::with("registrar", "notary", "signing key"));
    &NET
}

/// Arguments by name, in the action's order; optional ones may be left out.
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
