//! Trust files: what a verifier starts from, as JSON (docs/protocol/verifiers.md).

use std::fs;
use std::path::{Path, PathBuf};

use ledger::log_keys::LogKeys;
use ledger::trust::{ContractBook, Trust};
use ledger::{ContractId, NetworkId};
use serde::Deserialize;
use serde_json::Value as Json;
use tlog::VerifierKey;

/// The form of trust files that this version reads.
const FORM: u64 = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    pvn_trust: u64,
    network: String,
    founded_by: String,
    registrar: Vec<String>,
    notary: Vec<String>,
    contracts: Vec<Entry>,
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
    let contracts = shape["contracts"].as_array();
    if !contracts.is_some_and(|contracts| contracts.iter().all(Json::is_object)) {
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
    if file.pvn_trust != FORM {
        let found = file.pvn_trust;
        return Err(format!(
            "it is of form {found}, and this version reads form {FORM}"
        ));
    }
    for entry in &file.contracts {
        if ContractId::of_text(&entry.text).to_string() != entry.sha256 {
            return Err(format!(
                "the text of the contract {} does not have the hash beside it",
                entry.name
            ));
        }
    }
    let registrar = keys("registrar", &file.registrar)?;
    let notary = keys("notary", &file.notary)?;
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
        let other = TOWN.replace("\"pvn_trust\": 2", "\"pvn_trust\": 3");
        assert_eq!(
            read(&other).expect_err("of another form").to_string(),
            "the trust file network.trust: it is of form 3, and this version reads form 2"
        );
    }
}
