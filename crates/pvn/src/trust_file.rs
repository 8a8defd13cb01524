//! Trust files: what a verifier starts from, as TOML.

use std::fs;
use std::path::{Path, PathBuf};

use ledger::trust::{ContractBook, Trust};
use ledger::{ContractId, NetworkId};
use serde::Deserialize;
use tlog::VerifierKey;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    network: String,
    registrar: String,
    notary: String,
    #[serde(default)]
    contract: Vec<Entry>,
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
        source: Box<toml::de::Error>,
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
    let file: File = toml::from_str(&text).map_err(|source| TrustFileError::Text {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    let wrong = |what: String| TrustFileError::Value {
        path: path.to_owned(),
        what,
    };
    let key = |what: &str, text: &str| {
        VerifierKey::parse(text).map_err(|e| wrong(format!("{what}: {e}")))
    };
    for entry in &file.contract {
        if ContractId::of_text(&entry.text).to_string() != entry.sha256 {
            return Err(wrong(format!(
                "the text of the contract {:?} does not have the hash beside it",
                entry.name
            )));
        }
    }
    let texts: Vec<String> = file.contract.iter().map(|c| c.text.clone()).collect();
    let mut contracts = ContractBook::default();
    contracts
        .read(&texts)
        .map_err(|(at, error)| wrong(format!("contract {:?}:\n{error}", file.contract[at].name)))?;
    Ok(Trust {
        network: NetworkId::of(&file.network, &file.registrar),
        registrar: key("registrar", &file.registrar)?,
        notary: key("notary", &file.notary)?,
        contracts,
    })
}
