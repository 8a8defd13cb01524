//! A downloaded proof says who paid whom what, offline, and only under the trust file of its own network.

use std::path::Path;

use deed::{Contract, Value};
use ledger::bundle::{BundleError, ProofBundle};
use ledger::codec;
use ledger::fact::LeafContent;
use ledger::trust::{ContractBook, Trust};
use ledger::{ContractId, NetworkId};
use serde_json::{Value as Json, json};
use tlog::{KeyName, NoteSigner, VerifierKey};

use crate::support::alone;
use crate::support::demo::Demo;
use crate::support::process::{Said, run, text};
use crate::support::seed::Seed;

/// Bits flipped in a file and shown to the command; all of them are shown to the function behind it.
const BY_COMMAND: usize = 40;
/// Steps that a verifier names.
const STEPS: [&str; 9] = [
    "read",
    "where_it_belongs",
    "contract",
    "fact",
    "network_map",
    "checkpoint",
    "log",
    "time",
    "signatures",
];

fn verify(proof: &Path, trust: &Path) -> Said {
    run(["verify", "--json", text(proof), "--trust", text(trust)])
}

/// A trust file as the command reads it.
fn read_trust(file: &Json) -> Trust {
    let word = |json: &Json| json.as_str().expect("a word").to_owned();
    let key = |json: &Json| VerifierKey::parse(&word(&json[0])).expect("a key");
    let mut contracts = ContractBook::default();
    for contract in file["contracts"].as_array().expect("contracts") {
        contracts.insert(Contract::load(&word(&contract["text"])).expect("a contract"));
    }
    Trust {
        network: NetworkId::of(&word(&file["network"]), &word(&file["founded_by"])),
        registrar: key(&file["registrar"]).into(),
        notary: key(&file["notary"]).into(),
        contracts,
    }
}

/// A key of somebody else's with the same name.
fn other_key(key: &str) -> String {
    let name = VerifierKey::parse(key)
        .expect("a key")
        .name()
        .as_str()
        .to_owned();
    let name = KeyName::new(&name).expect("a name");
    NoteSigner::from_seed(name, &[7; 32])
        .expect("a key")
        .verifier_key()
        .to_string()
}

/// Trust files of others, by what is different about them, with the step that then fails.
fn others(own: &Json) -> Vec<(&'static str, Json, &'static str)> {
    let set = |name: &str, value: Json| {
        let mut file = own.clone();
        file[name] = value;
        file
    };
    let key = |name: &str| json!([other_key(own[name][0].as_str().expect("a key"))]);
    let contract = |text: &str| {
        let mut file = own.clone();
        file["contracts"][0]["sha256"] = ContractId::of_text(text).to_string().into();
        file["contracts"][0]["text"] = text.into();
        file
    };
    let text = own["contracts"][0]["text"].as_str().expect("a text");
    vec![
        (
            "another name",
            set("network", "other.example".into()),
            "where_it_belongs",
        ),
        (
            "another founder",
            set("founded_by", key("registrar")[0].clone()),
            "where_it_belongs",
        ),
        (
            "another registrar",
            set("registrar", key("registrar")),
            "network_map",
        ),
        ("another notary", set("notary", key("notary")), "checkpoint"),
        (
            "another contract",
            contract(&format!("{text}# one more line\n")),
            "contract",
        ),
    ]
}

/// The attack: without its treatment and member, a payment that moved no money reads like one to a supplier.
fn hidden_fields_are_named(proof: &[u8], path: &Path, trust: &Path) {
    let mut bundle: ProofBundle = codec::decode(proof).expect("a proof");
    let is_hidden = |content: &LeafContent| {
        matches!(content, LeafContent::Field(Value::Absent))
            || matches!(content, LeafContent::Field(Value::Choice(word)) if word.as_ref() == "spent")
    };
    let hidden: Vec<usize> = bundle
        .fact
        .shown
        .iter()
        .filter(|leaf| is_hidden(&leaf.content))
        .map(|leaf| leaf.position as usize)
        .collect();
    let narrowed = bundle.fact.narrow(|leaf| !hidden.contains(&leaf));
    bundle.fact = narrowed.expect("well formed");
    std::fs::write(path, codec::encode(&bundle)).expect("a file");
    let said = verify(path, trust);
    assert_eq!(
        (said.code, &said.json()["hidden"]),
        (0, &json!(["member", "treatment"]))
    );
    let plain = run(["verify", text(path), "--trust", text(trust)]).done();
    let hidden: Vec<&str> = plain
        .lines()
        .filter(|line| line.contains("hid"))
        .map(str::trim)
        .collect();
    assert_eq!(
        hidden,
        [
            "member        (hidden by whoever shows this proof)",
            "treatment     (hidden by whoever shows this proof)",
            "WARNING: not all of it is shown. What is hidden (member, treatment) may change what the rest means.",
        ]
    );
}

/// Flips every bit of the proof, each by itself, and gives the steps that failed, with how often.
fn flip_all(proof: &[u8], trust: &Trust) -> std::collections::BTreeMap<&'static str, usize> {
    let flips = |first: usize| {
        let mut steps = std::collections::BTreeMap::new();
        for bit in (first..proof.len() * 8).step_by(2) {
            let mut bytes = proof.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            match ledger::presentation::verify(&bytes, trust, None) {
                Ok(proven) => panic!("bit {bit} does not count: {proven:?}"),
                Err(error) => *steps.entry(BundleError::code(&error)).or_insert(0) += 1,
            }
        }
        steps
    };
    std::thread::scope(|scope| {
        let odd = scope.spawn(|| flips(1));
        let mut steps = flips(0);
        for (step, count) in odd.join().expect("the other half") {
            *steps.entry(step).or_insert(0) += count;
        }
        steps
    })
}

#[test]
fn a_proof_says_who_paid_whom_what_offline_and_every_bit_of_it_counts() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let demo = Demo::play(&path("demo"), 3);
    demo.wait_until_quiet(15);
    let portal = demo.portal().client();
    let trust = portal.get("/network.trust");
    assert_eq!(trust.status, 200);
    std::fs::write(path("network.trust"), &trust.body).expect("a file");
    let payments = portal.get("/data/payments.csv");
    let rows: Vec<std::collections::BTreeMap<String, String>> =
        csv::Reader::from_reader(payments.body.as_slice())
            .deserialize()
            .map(|row| row.expect("a row"))
            .collect();
    assert_eq!(rows.len(), 15);
    for row in &rows {
        let proof = portal.get(&row["proof"]);
        assert_eq!(proof.status, 200, "{}", row["proof"]);
        std::fs::write(path(&row["id"]), &proof.body).expect("a file");
    }
    let (payment, funding) = (
        "/payments/no-such/payment.proof",
        "/funding/no-such/funding.proof",
    );
    assert_eq!(
        [payment, funding].map(|unknown| portal.get(unknown).status),
        [404, 404]
    );
    demo.stop();

    // From here on there is no network.
    for row in &rows {
        let said = verify(&path(&row["id"]), &path("network.trust"));
        assert_eq!(said.code, 0, "{said:?}");
        let proven = said.json();
        let fields = &proven["fields"];
        let expected =
            json!({ "currency": "GBP", "minor": crate::support::books::minor(&row["amount"]) });
        assert_eq!(fields["amount"], expected);
        for (field, column) in [
            ("payer", "payer_id"),
            ("payee", "payee"),
            ("published", "published_date"),
            ("purpose", "purpose"),
        ] {
            assert_eq!(
                fields[field].as_str(),
                Some(row[column].as_str()),
                "{field}"
            );
        }
        let attested: Vec<&str> = proven["attested_by"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|a| a["party"].as_str())
            .collect();
        let mut expected = vec!["GB-GOR-D15", row["payer_id"].as_str()];
        expected.dedup();
        assert_eq!(attested, expected);
        assert_eq!(
            (&proven["valid"], &proven["kind"], &proven["hidden"]),
            (&Json::Bool(true), &json!("Payment"), &json!([]))
        );
    }
    let row = rows
        .iter()
        .find(|row| row["payer_id"] == "GB-LAE-LDS")
        .expect("a payment of Leeds");
    let plain = run([
        "verify",
        text(&path(&row["id"])),
        "--trust",
        text(&path("network.trust")),
    ])
    .done();
    println!("{plain}");

    let own: Json = serde_json::from_slice(&trust.body).expect("JSON");
    for (what, file, step) in others(&own) {
        std::fs::write(path("other.trust"), file.to_string()).expect("a file");
        let said = verify(&path(&row["id"]), &path("other.trust"));
        assert_eq!(
            (said.code, &said.json()["valid"], &said.json()["step"]),
            (1, &json!(false), &json!(step)),
            "{what}"
        );
    }
    let proof = std::fs::read(path(&row["id"])).expect("the proof");
    hidden_fields_are_named(&proof, &path("hidden.proof"), &path("network.trust"));
    let mut seed = Seed::new(1);
    for _ in 0..BY_COMMAND {
        let bit = seed.below(proof.len() * 8);
        let mut bytes = proof.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(path("flipped.proof"), bytes).expect("a file");
        let said = verify(&path("flipped.proof"), &path("network.trust"));
        let step = said.json()["step"].as_str().expect("a step").to_owned();
        assert_eq!(
            (said.code, STEPS.contains(&step.as_str())),
            (1, true),
            "bit {bit}: {step}"
        );
    }
    let trust = read_trust(&own);
    assert!(ledger::presentation::verify(&proof, &trust, None).is_ok());
    let steps = flip_all(&proof, &trust);
    assert_eq!(steps.values().sum::<usize>(), proof.len() * 8);
    println!("{} bits, each refused: {steps:?}", proof.len() * 8);
    for end in 0..proof.len() {
        let error = ledger::presentation::verify(&proof[..end], &trust, None)
            .expect_err("a proof cut short");
        assert_eq!(error.code(), "read", "cut at {end}");
    }
    let longer = [proof.as_slice(), b"\0"].concat();
    assert_eq!(
        ledger::presentation::verify(&longer, &trust, None)
            .expect_err("a longer proof")
            .code(),
        "read"
    );
}
