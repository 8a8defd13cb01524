//! Trust files: what a verifier starts from, as JSON (docs/protocol/verifiers.md).

use std::fs;
use std::path::{Path, PathBuf};

use ledger::authorities::Authorities;
use ledger::log_keys::LogKeys;
use ledger::trust::{ContractBook, Trust};
use ledger::{ContractId, NetworkId};
use serde::Deserialize;
use serde_json::Value as Json;
use tlog::VerifierKey;

/// The form of trust files of a log that its founder keeps.
const FOUNDED: u64 = 2;
/// The form of those of a log that went over to other authorities.
const CHANGED: u64 = 3;
/// Largest size of a log that every reader of JSON takes for the same number.
const SIZE_MAX: u64 = (1 << 53) - 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    pvn_trust: u64,
    network: String,
    founded_by: String,
    registrar: Vec<String>,
    notary: Notary,
    contracts: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Notary {
    Founded(Vec<String>),
    Changed(Changed),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed {
    keys: Vec<String>,
    epochs: Vec<Epoch>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Epoch {
    from: u64,
    authorities: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    sha256: String,
    text: String,
}

/// Why a trust file can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrustFileError {
    #[error("the trust file {} can't be read", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the trust file {} is not one: {source}", path.display())]
    Text {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("the trust file {}: {what}", path.display())]
    Value { path: PathBuf, what: String },
}

/// Reads a trust file.
pub(crate) fn read(path: &Path) -> Result<Trust, TrustFileError> {
    let text = fs::read_to_string(path).map_err(|source| TrustFileError::Read {
        path: path.to_owned(),
        source,
    })?;
    parse(&text, path)
}

fn parse(text: &str, path: &Path) -> Result<Trust, TrustFileError> {
    let unreadable = |source| TrustFileError::Text {
        path: path.to_owned(),
        source,
    };
    let file: File = serde_json::from_str(text).map_err(unreadable)?;
    // Serde takes a list for an object, by position.
    let shape: Json = serde_json::from_str(text).map_err(unreadable)?;
    let are_objects = |list: &Json| {
        let list = list.as_array();
        list.is_some_and(|list| list.iter().all(Json::is_object))
    };
    let notary = &shape["notary"];
    let is_shaped = are_objects(&shape["contracts"])
        && match file.notary {
            Notary::Founded(_) => true,
            Notary::Changed(_) => notary.is_object() && are_objects(&notary["epochs"]),
        };
    if !is_shaped {
        return Err(TrustFileError::Value {
            path: path.to_owned(),
            what: "a list stands in the place of an object".to_owned(),
        });
    }
    trust(file).map_err(|what| TrustFileError::Value {
        path: path.to_owned(),
        what,
    })
}

fn trust(file: File) -> Result<Trust, String> {
    let notary = match (file.pvn_trust, &file.notary) {
        (FOUNDED, Notary::Founded(texts)) => keys("notary", texts)?,
        (CHANGED, Notary::Changed(changed)) => changed_keys(changed)?,
        (FOUNDED | CHANGED, _) => {
            return Err(format!(
                "the notary's keys are a list in form {FOUNDED}, and have epochs in form {CHANGED}"
            ));
        }
        (found, _) => {
            return Err(format!(
                "it is of form {found}, and this version reads forms {FOUNDED} and {CHANGED}"
            ));
        }
    };
    for entry in &file.contracts {
        if ContractId::of_text(&entry.text).to_string() != entry.sha256 {
            return Err(format!(
                "the text of the contract {} does not have the hash beside it",
                entry.name
            ));
        }
    }
    let registrar = keys("registrar", &file.registrar)?;
    let texts: Vec<String> = file.contracts.iter().map(|c| c.text.clone()).collect();
    let mut contracts = ContractBook::default();
    contracts
        .read(&texts)
        .map_err(|(at, error)| format!("contract {}:\n{error}", file.contracts[at].name))?;
    Ok(Trust {
        network: NetworkId::of(&file.network, &file.founded_by),
        registrar,
        notary,
        contracts,
    })
}

/// The keys of the notary's log, and who signed from which size on.
fn changed_keys(changed: &Changed) -> Result<LogKeys, String> {
    if changed.epochs.is_empty() {
        return Err("notary: there is no epoch".to_owned());
    }
    let founded = keys("notary", &changed.keys)?;
    let mut epochs = changed.epochs.iter();
    epochs.try_fold(founded, |keys, Epoch { from, authorities }| {
        let wrong = |reason: &dyn std::fmt::Display| format!("notary: {reason}");
        if *from > SIZE_MAX {
            return Err(wrong(&"an epoch is from a larger size on than logs have"));
        }
        let authorities = Authorities::parse(authorities).map_err(|e| wrong(&e))?;
        keys.with_epoch(*from, authorities).map_err(|e| wrong(&e))
    })
}

/// The keys of a log, all of which must have signed.
fn keys(whose: &str, texts: &[String]) -> Result<LogKeys, String> {
    let wrong = |reason: &dyn std::fmt::Display| format!("{whose}: {reason}");
    let keys = texts.iter().map(|text| VerifierKey::parse(text));
    let keys = keys.collect::<Result<_, _>>().map_err(|e| wrong(&e))?;
    LogKeys::new(keys).map_err(|e| wrong(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOWN: &str = include_str!("../../../docs/protocol/vectors/trust/town.json");
    /// What both verifiers refuse.
    const REFUSED: &str = include_str!("../../../docs/protocol/vectors/trust/refused.jsonl");

    #[derive(Deserialize)]
    struct Case {
        why: String,
        file: String,
    }

    fn read(text: &str) -> Result<Trust, TrustFileError> {
        parse(text, Path::new("network.trust"))
    }

    #[test]
    fn a_trust_file_gives_the_network_the_keys_and_the_contracts() {
        let trust = read(TOWN).expect("the town's");
        let registrar = trust.registrar.own().to_string();
        assert_eq!(trust.network, NetworkId::of("town", &registrar));
        assert_eq!(trust.notary.own().name().as_str(), "notary.town");
        let names: Vec<&str> = trust.contracts.iter().map(|(_, c)| c.name()).collect();
        assert_eq!(names, ["coins"]);
    }

    #[test]
    fn what_is_not_exactly_a_trust_file_is_refused() {
        for line in REFUSED.lines() {
            let case: Case = serde_json::from_str(line).expect("a case");
            assert!(read(&case.file).is_err(), "{}", case.why);
        }
    }

    #[test]
    fn a_form_that_this_version_cannot_read_is_said() {
        for (form, expected) in [
            (4, "it is of form 4, and this version reads forms 2 and 3"),
            (
                3,
                "the notary's keys are a list in form 2, and have epochs in form 3",
            ),
        ] {
            let other = TOWN.replace("\"pvn_trust\": 2", &format!("\"pvn_trust\": {form}"));
            assert_eq!(
                read(&other).expect_err("of another form").to_string(),
                format!("the trust file network.trust: {expected}")
            );
        }
    }

    /// Histories of authorities, with what is trusted after them.
    const HISTORIES: &str = include_str!("../../../docs/protocol/vectors/histories.jsonl");

    /// The town's trust file, of a log that was kept by others after its founder.
    fn changed(change: fn(&mut Json)) -> String {
        let history = HISTORIES.lines().next().expect("a history");
        let history: Json = serde_json::from_str(history).expect("JSON");
        let mut file: Json = serde_json::from_str(TOWN).expect("JSON");
        file["pvn_trust"] = 3.into();
        file["notary"] = serde_json::json!({ "keys": history["keys"], "epochs": history["then"] });
        change(&mut file);
        file.to_string()
    }

    #[test]
    fn a_log_that_went_over_to_others_has_all_its_epochs() {
        let trust = read(&changed(|_| {})).expect("of form 3");
        let epochs = trust.notary.epochs().iter();
        let epochs: Vec<(u64, u32)> = epochs.map(|e| (e.from, e.authorities.epoch())).collect();
        assert_eq!(epochs, [(4, 1), (6, 2)]);
        assert_eq!(trust.notary.own().name().as_str(), "notary.town");
        // What a portal writes reads as what it had.
        let written = node::roles::trust_text(&trust, "town").expect("written");
        let again = read(&written).expect("what a portal writes");
        assert_eq!(
            (again.notary, again.registrar),
            (trust.notary, trust.registrar)
        );
    }

    #[test]
    fn epochs_that_cannot_be_are_refused() {
        type Change = fn(&mut Json);
        let shape = "a list stands in the place of an object";
        let order = "notary: the epochs of the log notary.town are not one after the other from 1, each from a larger size on";
        let changes: [(Change, &str); 8] = [
            (
                |f| f["pvn_trust"] = 2.into(),
                "the notary's keys are a list in form 2, and have epochs in form 3",
            ),
            (
                |f| f["notary"]["epochs"] = Json::Array(Vec::new()),
                "notary: there is no epoch",
            ),
            (|f| f["notary"]["epochs"][0]["from"] = 1.into(), order),
            (|f| f["notary"]["epochs"][1]["from"] = 4.into(), order),
            (
                |f| drop(f["notary"]["epochs"].as_array_mut().map(|e| e.remove(0))),
                order,
            ),
            (
                |f| f["notary"]["epochs"][1]["from"] = (1_u64 << 53).into(),
                "notary: an epoch is from a larger size on than logs have",
            ),
            (
                |f| f["notary"]["epochs"][0]["authorities"] = "x".into(),
                "notary: the decision can't be read: its first line is not that of a decision",
            ),
            (
                |f| {
                    f["notary"] =
                        Json::Array(vec![f["notary"]["keys"].clone(), Json::Array(Vec::new())])
                },
                shape,
            ),
        ];
        for (change, expected) in changes {
            let refusal = read(&changed(change)).expect_err(expected).to_string();
            let expected = format!("the trust file network.trust: {expected}");
            assert_eq!(refusal, expected);
        }
    }
}
