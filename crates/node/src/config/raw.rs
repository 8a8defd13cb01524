//! The file as it is written: types and names of settings, nothing yet about their meaning.

use serde::Deserialize;
use toml::Spanned;

use super::fault::{Fault, Problem};
use super::near::nearest;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) role: RawRole,
    pub(super) data: Option<Spanned<String>>,
    pub(super) network: Option<Spanned<String>>,
    pub(super) party: Option<Spanned<String>>,
    pub(super) peer_listen: Spanned<String>,
    pub(super) endpoint: Option<Spanned<String>>,
    pub(super) http_listen: Option<Spanned<String>>,
    pub(super) registrar: Option<Spanned<String>>,
    pub(super) hosts: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) contracts: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) service: Option<Spanned<String>>,
    pub(super) window_ms: Option<Spanned<u64>>,
    pub(super) certificate_days: Option<Spanned<u64>>,
    pub(super) files: Option<Spanned<RawFiles>>,
    pub(super) signatures: Option<Spanned<String>>,
    pub(super) keys: Option<Spanned<RawKeys>>,
    pub(super) log: Option<Spanned<RawLog>>,
    #[serde(default)]
    pub(super) limits: RawLimits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLog {
    #[serde(default)]
    pub(super) hybrid: bool,
    pub(super) witnesses: Option<Spanned<Vec<Spanned<String>>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawKeys {
    pub(super) module: Option<Spanned<String>>,
    pub(super) token: Option<Spanned<String>>,
    pub(super) pin_file: Option<Spanned<String>>,
    pub(super) label: Option<Spanned<String>>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawRole {
    Registrar,
    Notary,
    Node,
    Portal,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLimits {
    pub(super) connections: Option<Spanned<u64>>,
    pub(super) connections_per_party: Option<Spanned<u64>>,
    pub(super) idle_seconds: Option<Spanned<u64>>,
    pub(super) store_mib: Option<Spanned<u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFiles {
    pub(super) folder: Option<Spanned<String>>,
    pub(super) fetch: Option<Spanned<String>>,
    pub(super) s3: Option<Spanned<RawBucket>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBucket {
    pub(super) endpoint: Option<Spanned<String>>,
    pub(super) bucket: Option<Spanned<String>>,
    pub(super) region: Option<Spanned<String>>,
    pub(super) credentials: Option<Spanned<String>>,
}

/// Reads the text; the first thing wrong with its form is the only one reported, since the rest can't be told.
pub(super) fn read(text: &str) -> Result<Raw, Vec<Problem>> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| line_of(text, span.start));
        vec![fault(line, error.message())]
    })
}

/// The line, from 1, of a position in the text.
pub(super) fn line_of(text: &str, position: usize) -> usize {
    let before = text.as_bytes().iter().take(position);
    1 + before.filter(|byte| **byte == b'\n').count()
}

/// `serde` reports what is unknown or missing in fixed words with the names in backticks.
fn fault(line: Option<usize>, message: &str) -> Problem {
    let mut names = message.split('`').skip(1).step_by(2).map(str::to_owned);
    let first = names.next().unwrap_or_default();
    let known: Vec<String> = names.collect();
    let near = nearest(&first, &known).map(str::to_owned);
    let fault = if message.starts_with("unknown field") {
        Fault::UnknownKey {
            key: first,
            near,
            known,
        }
    } else if message.starts_with("unknown variant") {
        Fault::UnknownRole {
            found: first,
            near,
            known,
        }
    } else if message.starts_with("missing field") {
        let why = match first.as_str() {
            "role" => "registrar, notary, node or portal",
            _ => "the address and port where peers connect, such as \"127.0.0.1:7400\"",
        };
        return Problem {
            line: None,
            fault: Fault::Missing { key: first, why },
        };
    } else {
        Fault::Syntax(message.lines().collect::<Vec<_>>().join("; "))
    };
    Problem { line, fault }
}
