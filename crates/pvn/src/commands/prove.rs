//! `pvn prove`: a fact, or chosen fields of it, proven to somebody else.

use std::fs;
use std::process::ExitCode;

use api::{ErrorCode, ProofRequest};

use super::Outcome;
use crate::cli::Prove;
use crate::client::ClientError;
use crate::network::{Kind, Layout};
use crate::output::say;

pub(super) fn run(args: &Prove) -> Outcome {
    let layout = Layout::load_any(&args.data)?;
    let wanted = ProofRequest {
        fact: args.fact.clone(),
        fields: args.fields.clone(),
        audience: args.audience.clone(),
        nonce: args.nonce.clone(),
    };
    let mut refused = None;
    for place in layout.of_kind(Kind::Node) {
        match layout.client(place)?.prove(&wanted) {
            Ok(proof) => {
                fs::write(&args.output, &proof)?;
                say!("{}: {} bytes.", args.output.display(), proof.len())?;
                return Ok(ExitCode::SUCCESS);
            }
            // Another node of the same network may hold it, or be its holder's.
            Err(error) if is_elsewhere(&error) => refused = refused.or(Some(error)),
            Err(error) => return Err(error.into()),
        }
    }
    match refused {
        Some(error) => Err(error.into()),
        None => Err(format!("there is no node in {}", args.data.display()).into()),
    }
}

fn is_elsewhere(error: &ClientError) -> bool {
    let elsewhere = [ErrorCode::NotFound, ErrorCode::NotTheHolder];
    matches!(error, ClientError::Problem { problem, .. } if elsewhere.contains(&problem.code))
}
