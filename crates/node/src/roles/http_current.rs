//! Facts proven to be still current: a proof, the fact's token key, and the notary's word on the token.

use std::collections::BTreeSet;

use api::ErrorCode;
use deed::Kind;
use ledger::current::{CurrentProof, Standing, TOKEN_LEAVES};
use ledger::fact::FactRef;
use ledger::token::token;
use ledger::transaction::FORMAT;
use ledger::{Digest, codec, presentation};
use protocol::node::Provable;

use super::body_http::Api;
use super::current::{self, Unshown};
use super::http::Failure;
use super::http_proofs::bundle;

/// Proves the fact at this address, showing what is to be shown of it, and that its token is unused.
pub(super) async fn prove(
    api: &Api,
    at: &FactRef,
    kind: &Kind,
    provable: &Provable,
    mut shown: BTreeSet<usize>,
) -> Result<Vec<u8>, Failure> {
    if kind.shown_by.is_some() {
        let reason = "a fact that only its holder can show is not shown with its token, by which it would be known again: issue a short-lived status instead";
        return Err(Failure::new(ErrorCode::NotProvable, reason));
    }
    shown.extend(TOKEN_LEAVES);
    let failed = |reason: String| Failure::new(ErrorCode::Unavailable, reason);
    let trust = api.link.trust((*api.book).clone());
    let trust = trust.map_err(|error| failed(error.to_string()))?;
    let key = provable.fact.token_key();
    let control = provable.fact.control.hash();
    let mark = token(&control, &key.rho(&trust.lineage(), at));
    let unused = current::ask(&api.link, &mark).await.map_err(unshown)?;
    let proof = codec::encode(&CurrentProof {
        format: FORMAT,
        standing: Standing {
            key: Digest(key.0),
            unused,
        },
        bundle: bundle(api, provable, &shown).await?,
    });
    match presentation::verify(&proof, &trust, None) {
        Ok(_) => Ok(proof),
        Err(error) => Err(failed(format!("the proof does not hold here: {error}"))),
    }
}

fn unshown(error: Unshown) -> Failure {
    let code = match error {
        Unshown::Used => ErrorCode::UsedUp,
        Unshown::Notary(_) => ErrorCode::Unavailable,
    };
    Failure::new(code, error.to_string())
}
