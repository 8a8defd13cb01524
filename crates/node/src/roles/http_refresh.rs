//! `POST /v1/proofs/refresh`: a proof as the logs are signed now. It need not be one of this node's.

use api::ErrorCode;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use ledger::bundle::ProofBundle;
use ledger::codec;
use ledger::trust::Trust;

use super::body_http::Api;
use super::http::{Failure, authorised};
use super::http_proofs::{MEDIA_TYPE, bad, trust};

/// Gives the proof again, with the notary's certificate over the same entry, and the network map, as they are signed now.
pub(crate) async fn refresh(
    State(api): State<Api>,
    headers: HeaderMap,
    proof: Bytes,
) -> Result<impl IntoResponse, Failure> {
    authorised(&headers, &api.token)?;
    let failed = |reason: String| Failure::new(ErrorCode::Unavailable, reason);
    let old: ProofBundle = codec::decode(&proof).map_err(|_| {
        bad("this is not a proof that anybody can show: one that its holder has shown is signed as it is, and asked for again")
    })?;
    let now = trust(&api).map_err(failed)?;
    let then = Trust {
        registrar: now.registrar.clone().own_is_enough(),
        notary: now.notary.clone().own_is_enough(),
        ..now.clone()
    };
    let refused = |error| Failure::new(ErrorCode::NotProvable, format!("{error}"));
    let proven = old.verify(&then).map_err(refused)?;
    let certificate = api.link.certificate(proven.at.transaction).await;
    let certificate = certificate.map_err(failed)?;
    let members = api.link.directory_at(certificate.entry.map.size).await;
    let members = members.map_err(failed)?;
    let fresh = ProofBundle {
        map: members.snapshot().proof.clone(),
        certificate,
        ..old
    };
    match fresh.verify(&now) {
        Ok(again) if again == proven => {
            Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], codec::encode(&fresh)))
        }
        Ok(_) => Err(failed(
            "the notary gives a certificate of something else".to_owned(),
        )),
        Err(error) => Err(failed(format!("the proof does not hold here: {error}"))),
    }
}
