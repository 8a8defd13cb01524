//! The town in which the chain is made: eight members in the registrar's directory, and a notary.

use std::collections::BTreeMap;
use std::error::Error;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use deed::{Contract, Party};
use ledger::certificate::MapPin;
use ledger::digest::hmac_sha256;
use ledger::envelope::{self, EnvelopeKey};
use ledger::map::{
    MapProof, MemberDetails, MemberKeys, MemberProof, MemberRecord, MemberRole, map_entry,
};
use ledger::signature::{PublicKey, SigningKey, Suite};
use ledger::trust::{ContractBook, Trust};
use ledger::validity::{Directory, Home};
use ledger::{ContractId, Digest, Lineage, NetworkId, codec};
use tlog::{Checkpoint, KeyName, MerkleTree, NoteSigner, Origin};

const CONTRACT: &str = include_str!("coins.deed");

/// 20 November 2026, 12:00 UTC.
pub(super) const NOON_MS: u64 = 1_795_176_000_000;

pub(super) const BANK: &str = "BENCH-BANK";
pub(super) const PAYER: &str = "BENCH-PAYER";
pub(super) const PAYEE: &str = "BENCH-PAYEE";

/// Who takes part, and others who are in the directory as well.
const MEMBERS: [&str; 8] = [
    BANK,
    PAYER,
    PAYEE,
    "BENCH-COUNCIL",
    "BENCH-HOSPITAL",
    "BENCH-NOTARY",
    "BENCH-REGISTRAR",
    "BENCH-SCHOOL",
];

/// Bytes for keys and salts of a measurement: the same in each run, and nobody's secret.
pub(super) fn noise(label: &str) -> Digest {
    hmac_sha256(b"pvn bench verify", &[label.as_bytes()])
}

pub(super) struct Town {
    pub(super) book: ContractBook,
    pub(super) contract: ContractId,
    pub(super) home: Home,
    pub(super) trust: Trust,
    pub(super) map: MapProof,
    pub(super) pin: MapPin,
    pub(super) notary: NoteSigner,
    pub(super) registrar: NoteSigner,
    records: Vec<MemberRecord>,
    keys: BTreeMap<Party, SigningKey>,
}

fn signing_key() -> Result<SigningKey, Box<dyn Error>> {
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pair = EcdsaKeyPair::generate(algorithm)?;
    Ok(SigningKey::from_pkcs8(pair.to_pkcs8v1()?.as_ref())?)
}

fn record(name: &str, key: &PublicKey, endpoint: String) -> Result<MemberRecord, Box<dyn Error>> {
    let party = Party::new(name)?;
    Ok(MemberRecord {
        name: format!("The {} of the town", name.to_lowercase()),
        role: MemberRole::Body,
        keys: MemberKeys::one(key.clone()),
        admitted_ms: NOON_MS - 1_000,
        revoked_ms: None,
        details: MemberDetails {
            host: party.clone(),
            endpoint,
            envelope_key: envelope::public_key(&noise(name).0)?,
            services: Vec::new(),
            website: String::new(),
        },
        party,
    })
}

fn note_signer(name: &str) -> Result<NoteSigner, Box<dyn Error>> {
    Ok(NoteSigner::from_seed(KeyName::new(name)?, &noise(name).0)?)
}

/// The signed checkpoint of a log that is called as its key is.
pub(super) fn checkpoint(
    signer: &NoteSigner,
    size: u64,
    root: tlog::Hash,
) -> Result<String, Box<dyn Error>> {
    let origin = Origin::new(signer.verifier_key().name().as_str())?;
    Ok(Checkpoint::new(origin, size, root)?
        .sign(signer)?
        .to_string())
}

impl Town {
    pub(super) fn found() -> Result<Self, Box<dyn Error>> {
        let mut book = ContractBook::default();
        let contract = book.insert(Contract::load(CONTRACT)?);
        let registrar = note_signer("registrar.bench.example")?;
        let notary = note_signer("notary.bench.example")?;
        let mut keys = BTreeMap::new();
        let mut records = Vec::new();
        for (name, port) in MEMBERS.iter().zip(7_401..) {
            let key = signing_key()?;
            records.push(record(name, key.public(), format!("127.0.0.1:{port}"))?);
            keys.insert(Party::new(name)?, key);
        }
        records.sort_by(|a, b| a.party.cmp(&b.party));
        // Each was admitted by an entry of its own, as a registrar does it.
        let entries: Vec<_> = (1..=records.len())
            .zip(NOON_MS - 100..)
            .map(|(members, at)| map_entry(&records[..members], at))
            .collect();
        let leaf = |entry| tlog::leaf_hash(&codec::encode(entry));
        let tree = MerkleTree::new(entries.iter().map(leaf).collect());
        let path = tree
            .path(entries.len() - 1)
            .ok_or("the directory is empty")?;
        let map = MapProof {
            entry: entries[entries.len() - 1],
            path: path.into_iter().map(Digest::from).collect(),
            checkpoint: checkpoint(&registrar, entries.len() as u64, tree.root())?,
        };
        let network = NetworkId::of("bench.example", &registrar.verifier_key().to_string());
        Ok(Self {
            contract,
            home: Home {
                network,
                notary: Lineage::of_origin(notary.verifier_key().name().as_str()),
            },
            trust: Trust {
                network,
                registrar: registrar.verifier_key().clone().into(),
                notary: notary.verifier_key().clone().into(),
                contracts: book.clone(),
            },
            pin: MapPin {
                size: entries.len() as u64,
                root: tree.root().into(),
            },
            book,
            map,
            notary,
            registrar,
            records,
            keys,
        })
    }

    pub(super) fn rules(&self) -> Result<&Contract, Box<dyn Error>> {
        Ok(self.book.get(&self.contract).ok_or("no contract")?)
    }

    pub(super) fn signing(&self, party: &Party) -> Result<&SigningKey, Box<dyn Error>> {
        Ok(self.keys.get(party).ok_or("not a member")?)
    }

    pub(super) fn member(&self, party: &Party) -> Result<MemberProof, Box<dyn Error>> {
        let index = self.records.iter().position(|r| r.party == *party);
        let proof = index.and_then(|index| MemberProof::of(&self.records, index));
        Ok(proof.ok_or("not a member")?)
    }

    fn record(&self, party: &Party) -> Option<&MemberRecord> {
        self.records.iter().find(|r| r.party == *party)
    }
}

impl Directory for Town {
    fn key(&self, party: &Party, suite: Suite) -> Option<PublicKey> {
        self.record(party)?.keys.of(suite).cloned()
    }

    fn envelope_key(&self, party: &Party) -> Option<EnvelopeKey> {
        Some(self.record(party)?.details.envelope_key)
    }
}
