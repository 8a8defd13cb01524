//! What is damaged: the test vectors of every format, and messages and requests made of them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use deed::{Contract, Party};
use ledger::absence::Absence;
use ledger::address::{Sheet, Voucher};
use ledger::bundle::ProofBundle;
use ledger::business_key::BusinessKey;
use ledger::certificate::{BatchEntry, Certificate};
use ledger::codec;
use ledger::control::Control;
use ledger::current::{CurrentEntry, Unused};
use ledger::digest::hmac_sha256;
use ledger::envelope::Envelope;
use ledger::fact::{Fact, Opening};
use ledger::map::{MapEntry, MapProof, MemberProof, MemberRecord, ShownRecord};
use ledger::presentation::Presentation;
use ledger::public::PublicPart;
use ledger::signature::{Attestation, ScopedSignature};
use ledger::spent::Spent;
use ledger::tearoff::TearOff;
use ledger::transaction::{Header, IdOpening};
use ledger::trust::{ContractBook, Trust};
use ledger::validity::Home;
use ledger::view::View;
use ledger::{Digest, NetworkId, TransactionId};
use minicbor::{Decode, Encode};
use tlog::{KeyName, NoteSigner, VerifierKey};

use super::tree::Node;
use super::{Read, messages, read};

const VECTORS: [&str; 6] = [
    include_str!("../../../crates/ledger/tests/vectors/facts.hex"),
    include_str!("../../../crates/ledger/tests/vectors/transaction.hex"),
    include_str!("../../../crates/ledger/tests/vectors/tokens.hex"),
    include_str!("../../../crates/ledger/tests/vectors/signed.hex"),
    include_str!("../../../crates/ledger/tests/vectors/certificate.hex"),
    include_str!("../../../crates/ledger/tests/vectors/current.hex"),
];
const COINS: &str = include_str!("../../../crates/ledger/tests/fixtures/coins.deed");
const REGISTERS: &str = include_str!("../../../crates/ledger/tests/fixtures/registers.deed");

/// Canonical bytes of a type, and how it is read.
pub struct Seed {
    pub name: String,
    pub bytes: Vec<u8>,
    pub tree: Node,
    pub read: Read,
}

pub struct Seeds {
    pub all: Vec<Seed>,
    /// The seeds that are proofs: one that anybody can show, and one as its holder shows it.
    pub proofs: Vec<usize>,
    pub trust: Trust,
    pub home: Home,
}

pub static SEEDS: LazyLock<Seeds> = LazyLock::new(|| {
    let vectors = Vectors::read();
    let mut all = Vec::new();
    vectors.formats(&mut all);
    messages::messages(&vectors, &mut all);
    messages::requests(&vectors, &mut all);
    let proofs = all.iter().enumerate();
    let proofs = proofs.filter(|(_, seed)| ["proof bundle", "presentation"].contains(&&*seed.name));
    let trust = trust();
    Seeds {
        proofs: proofs.map(|(index, _)| index).collect(),
        all,
        home: Home {
            network: trust.network,
            notary: trust.lineage(),
        },
        trust,
    }
});

pub struct Vectors(pub BTreeMap<&'static str, Vec<u8>>);

impl Vectors {
    fn read() -> Self {
        let lines = VECTORS.iter().flat_map(|file| file.lines());
        let named = lines.map(|line| line.split_once(": ").unwrap());
        Self(named.map(|(name, hex)| (name, unhex(hex))).collect())
    }

    pub fn get<T: Encode<()> + for<'b> Decode<'b, ()>>(&self, name: &str) -> T {
        codec::decode(&self.0[name]).unwrap()
    }

    fn formats(&self, all: &mut Vec<Seed>) {
        let mut add = |name: &str, read: Read| all.push(seed(name, self.0[name].clone(), read));
        for name in [
            "receipt",
            "coin",
            "with a list",
            "with a holder",
            "with a file",
        ] {
            add(name, read::<Fact>);
        }
        for name in [
            "receipt opened at head and amount",
            "item 2 of the list shown alone",
        ] {
            add(name, read::<Opening>);
        }
        add("view 0", read::<View>);
        add("view 1", read::<View>);
        add("public part", read::<PublicPart>);
        add("header", read::<Header>);
        add("seen by the payee", read::<TearOff>);
        add("business key", read::<BusinessKey>);
        add("control", read::<Control>);
        add("control with recovery", read::<Control>);
        add("scoped signature", read::<ScopedSignature>);
        add("attestation of view 0", read::<Attestation>);
        add("voucher of BOB", read::<Voucher>);
        add("sheet of BOB", read::<Sheet>);
        add("proof bundle", read::<ProofBundle>);
        add("presentation", read::<Presentation>);
        add("batch entry", read::<BatchEntry>);
        add("certificate", read::<Certificate>);
        add("used", read::<Spent>);
        add(
            "root over the used marks, as an entry",
            read::<CurrentEntry>,
        );
        add("absence", read::<Absence>);
        add("the notary's word", read::<Unused>);
        add("map entry", read::<MapEntry>);
        add("map proof", read::<MapProof>);
        add("member record", read::<MemberRecord>);
        add("member record as shown", read::<ShownRecord>);
        add("member proof", read::<MemberProof>);
        add("envelope", read::<Envelope>);
    }

    pub fn id(&self) -> TransactionId {
        TransactionId(self.digest("transaction id"))
    }

    pub fn digest(&self, name: &str) -> Digest {
        Digest(self.0[name].as_slice().try_into().unwrap())
    }

    pub fn opening(&self) -> IdOpening {
        let roots = ["view 0 root", "view 1 root"].map(|name| ledger::ViewRoot(self.digest(name)));
        IdOpening {
            header: self.get("header"),
            roots: roots.into(),
        }
    }
}

/// The network of the vectors: its keys follow from their names.
fn trust() -> Trust {
    let mut contracts = ContractBook::default();
    for text in [COINS, REGISTERS] {
        contracts.insert(Contract::load(text).unwrap());
    }
    let registrar = key("registrar.town", "registrar");
    Trust {
        network: NetworkId::of("town", &registrar.to_string()),
        registrar: registrar.into(),
        notary: key("notary.town", "notary").into(),
        contracts,
    }
}

fn key(name: &str, seed: &str) -> VerifierKey {
    let seed = hmac_sha256(b"test noise", &[seed.as_bytes()]);
    let signer = NoteSigner::from_seed(KeyName::new(name).unwrap(), &seed.0).unwrap();
    signer.verifier_key().clone()
}

pub fn seed(name: &str, bytes: Vec<u8>, read: Read) -> Seed {
    Seed {
        name: name.to_owned(),
        tree: Node::read(&bytes),
        bytes,
        read,
    }
}

pub fn party(id: &str) -> Party {
    Party::new(id).unwrap()
}

pub fn unhex(hex: &str) -> Vec<u8> {
    let pairs = (0..hex.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}
