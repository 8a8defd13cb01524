//! `pvn prove`: a fact, or chosen fields of it, proven to somebody else.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use api::{ErrorCode, ProofRequest};

use super::Outcome;
use crate::cli::{Prove, Refresh};
use crate::client::{Client, ClientError};
use crate::network::{Kind, Layout};
use crate::output::say;

pub(super) fn run(args: &Prove) -> Outcome {
    let wanted = ProofRequest {
        fact: args.fact.clone(),
        fields: args.fields.clone(),
        audience: args.audience.clone(),
        nonce: args.nonce.clone(),
        current: args.current,
    };
    write_what(&args.data, &args.output, |client| client.prove(&wanted))
}

/// Has a proof in hand signed as the logs are signed now.
pub(super) fn refresh(args: &Refresh) -> Outcome {
    let old = fs::read(&args.proof)
        .map_err(|error| format!("the proof {} can't be read: {error}", args.proof.display()))?;
    let output = args.output.as_ref().unwrap_or(&args.proof);
    write_what(&args.data, output, |client| client.refresh(&old))
}

/// Writes what the first node gives that can: of a network's, or the one whose data these are.
pub(super) fn write_what(
    data: &Path,
    output: &Path,
    ask: impl Fn(&Client) -> Result<Vec<u8>, ClientError>,
) -> Outcome {
    let layout = Layout::load_any(data)?;
    let mut refused: Option<ClientError> = None;
    for place in layout.of_kind(Kind::Node) {
        match ask(&layout.client(place)?) {
            Ok(bytes) => {
                fs::write(output, &bytes)?;
                say!("{}: {} bytes.", output.display(), bytes.len())?;
                return Ok(ExitCode::SUCCESS);
            }
            // Another node of the same network may hold it, or be its holder's or issuer's, which says more.
            Err(error) if is_elsewhere(&error) => {
                let told = refused.filter(|told| !is_unknown(told));
                refused = told.or(Some(error));
            }
            Err(error) => return Err(error.into()),
        }
    }
    match refused {
        Some(error) => Err(error.into()),
        None => Err(format!("there is no node in {}", data.display()).into()),
    }
}

fn code(error: &ClientError) -> Option<ErrorCode> {
    match error {
        ClientError::Problem { problem, .. } => Some(problem.code),
        _ => None,
    }
}

fn is_unknown(error: &ClientError) -> bool {
    code(error) == Some(ErrorCode::NotFound)
}

fn is_elsewhere(error: &ClientError) -> bool {
    let elsewhere = [
        ErrorCode::NotFound,
        ErrorCode::NotTheHolder,
        ErrorCode::NotTheIssuer,
    ];
    code(error).is_some_and(|code| elsewhere.contains(&code))
}
