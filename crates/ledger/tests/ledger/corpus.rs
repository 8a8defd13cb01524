//! The corpus that every verifier of proofs is held to: `docs/protocol/vectors/bundles.jsonl`. Made by neither of ours
//! (`web/verify/tests/support/make-corpus.mjs`), and read by both.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deed::Value;
use ledger::NetworkId;
use ledger::authorities::{Authorities, History};
use ledger::bundle::{BundleError, Proven};
use ledger::codec;
use ledger::current::{self, Recent};
use ledger::log_keys::LogKeys;
use ledger::presentation::{self, Expected};
use ledger::trust::{ContractBook, Trust};
use minicbor::Encode;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use tlog::VerifierKey;

use crate::formats::bytes;

#[derive(Deserialize)]
struct Case {
    name: String,
    trust: String,
    /// How the notary's authorities changed since, in base64.
    history: Option<String>,
    proof: String,
    expected: Option<Asked>,
    verdict: Json,
}

/// For whom the verifier asked, and when; without a name, that it is current.
#[derive(Deserialize)]
struct Asked {
    audience: Option<String>,
    nonce: Option<String>,
    now_ms: u64,
    max_age_ms: u64,
}

impl Case {
    fn proof(&self) -> Vec<u8> {
        STANDARD.decode(&self.proof).expect("base64")
    }

    fn verdict(&self, trust: &Trust) -> Json {
        let mut trust = trust.clone();
        if let Some(history) = &self.history {
            let history = STANDARD.decode(history).expect("base64");
            let history = History::read(&history).expect("a history");
            trust.notary = trust.notary.follow(&history).expect("leads on");
        }
        let trust = &trust;
        let proof = self.proof();
        let Some(asked) = &self.expected else {
            return told(presentation::verify(&proof, trust, None));
        };
        let (now_ms, max_age_ms) = (asked.now_ms, asked.max_age_ms);
        let Some((audience, nonce)) = asked.audience.as_ref().zip(asked.nonce.as_ref()) else {
            let recent = Recent { now_ms, max_age_ms };
            return told(current::verify(&proof, trust, &recent));
        };
        let expected = Expected {
            audience,
            nonce: &bytes(nonce),
            now_ms,
            max_age_ms,
        };
        told(presentation::verify(&proof, trust, Some(&expected)))
    }
}

/// A trust file as far as these tests need it. `pvn` reads it strictly.
#[derive(Deserialize)]
struct TrustFile {
    network: String,
    founded_by: String,
    registrar: Vec<String>,
    notary: Notary,
    contracts: Vec<ContractText>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Notary {
    Founded(Vec<String>),
    Changed {
        keys: Vec<String>,
        epochs: Vec<Epoch>,
    },
}

#[derive(Deserialize)]
struct Epoch {
    from: u64,
    authorities: String,
}

#[derive(Deserialize)]
struct ContractText {
    text: String,
}

fn read(name: &str) -> String {
    let vectors = "../../docs/protocol/vectors";
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join(vectors)
        .join(name);
    std::fs::read_to_string(path).expect("a vector")
}

fn cases() -> Vec<Case> {
    let text = read("bundles.jsonl");
    let cases = text.lines().map(serde_json::from_str);
    cases.collect::<Result<_, _>>().expect("cases")
}

fn trust(name: &str) -> Trust {
    let file: TrustFile = serde_json::from_str(&read(&format!("trust/{name}.json"))).expect("JSON");
    let texts: Vec<String> = file.contracts.into_iter().map(|c| c.text).collect();
    let mut contracts = ContractBook::default();
    contracts.read(&texts).expect("contracts");
    let keys = |texts: &[String]| {
        let keys = texts
            .iter()
            .map(|text| VerifierKey::parse(text).expect("a key"));
        LogKeys::new(keys.collect()).expect("a log's keys")
    };
    let notary = match &file.notary {
        Notary::Founded(texts) => keys(texts),
        Notary::Changed { keys: own, epochs } => epochs.iter().fold(keys(own), |keys, epoch| {
            let authorities = Authorities::parse(&epoch.authorities).expect("authorities");
            keys.with_epoch(epoch.from, authorities).expect("an epoch")
        }),
    };
    Trust {
        network: NetworkId::of(&file.network, &file.founded_by),
        registrar: keys(&file.registrar),
        notary,
        contracts,
    }
}

#[derive(Encode)]
#[cbor(transparent)]
struct One(#[cbor(n(0), encode_with = "codec::value::encode")] Value);

/// A value in hexadecimal, as it is encoded.
fn hex(value: &Value) -> String {
    let bytes = codec::encode(&One(value.clone()));
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn told(verdict: Result<Proven, BundleError>) -> Json {
    let proven = match verdict {
        Ok(proven) => proven,
        Err(error) => return json!({ "valid": false, "step": error.code() }),
    };
    let fields = proven.fields.iter().map(|(name, v)| json!([name, hex(v)]));
    let parts = proven.parts.iter().map(|(name, part)| {
        let items = part.items.iter();
        let items: Vec<Json> = items.map(|i| json!([i.index, hex(&i.value)])).collect();
        json!([name, { "length": part.length.as_ref().map(|l| l.items), "items": items }])
    });
    let attested = proven.attested_by.iter();
    let attested = attested.map(|a| json!([a.party.as_str(), a.name]));
    let mut told = json!({
        "valid": true, "contract": proven.contract, "kind": proven.kind,
        "fields": fields.collect::<Vec<_>>(), "parts": parts.collect::<Vec<_>>(), "hidden": proven.hidden,
        "attested_by": attested.collect::<Vec<_>>(), "certified_at_ms": proven.time_ms,
        "log_index": proven.log_index, "fact": proven.at.to_string(),
    });
    if let Some(current) = &proven.current {
        told["current"] = json!([current.time_ms, current.covered]);
    }
    if let Some(shown) = &proven.shown {
        told["shown"] = json!([shown.audience(), shown.time_ms()]);
    }
    told
}

#[test]
fn every_case_of_the_corpus_has_its_verdict() {
    let mut files = BTreeMap::new();
    for case in cases() {
        let trust = files
            .entry(case.trust.clone())
            .or_insert_with(|| trust(&case.trust));
        assert_eq!(case.verdict(trust), case.verdict, "{}", case.name);
    }
}

/// The steps at which the first case fails when bit 0 of a byte is changed, by byte.
fn flips() -> Vec<String> {
    let text = read("flips.txt");
    let runs = text.lines().flat_map(|line| {
        let (range, step) = line.split_once(' ').expect("a range and a step");
        let (from, to) = range.split_once('-').expect("a range");
        let number = |text: &str| text.parse::<usize>().expect("a number");
        std::iter::repeat_n(step.to_owned(), number(to) - number(from) + 1)
    });
    runs.collect()
}

#[test]
fn one_changed_bit_of_each_byte_fails_at_its_step() {
    let cases = cases();
    let trust = trust(&cases[0].trust);
    let mut proof = cases[0].proof();
    let steps = flips();
    assert_eq!(steps.len(), proof.len());
    for (at, step) in steps.iter().enumerate() {
        proof[at] ^= 1;
        let error = presentation::verify(&proof, &trust, None).map_err(|error| error.code());
        assert_eq!(error.err(), Some(step.as_str()), "byte {at}");
        proof[at] ^= 1;
    }
}

#[derive(Deserialize)]
struct RefusedContract {
    why: String,
    text: String,
}

#[test]
fn texts_that_every_verifier_must_refuse_are_no_contracts() {
    let all = read("contracts-refused.jsonl");
    let all = all.lines().map(serde_json::from_str::<RefusedContract>);
    let read = all.filter_map(|one| {
        let RefusedContract { why, text } = one.expect("a case");
        deed::Contract::load(&text).is_ok().then_some(why)
    });
    assert_eq!(read.collect::<Vec<_>>(), Vec::<String>::new());
}
