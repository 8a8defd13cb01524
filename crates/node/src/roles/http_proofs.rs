//! `POST /v1/proofs`: a fact, or chosen fields of it, proven to a stranger.

use std::collections::BTreeSet;

use api::{ErrorCode, ProofRequest};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use deed::{Kind, PartyRef};
use ledger::bundle::{Attestor, ProofBundle};
use ledger::certificate::Certificate;
use ledger::codec;
use ledger::fact::{FIXED_LEAVES, Fact, FactRef, HOLDER, UnreadableFactRef};
use ledger::presentation::{Occasion, nonce_of_hex};
use ledger::transaction::FORMAT;
use ledger::trust::Trust;
use protocol::node::{NodeError, Provable};

use super::body_http::Api;
use super::engine::now_ms;
use super::http::{Failure, authorised};
use super::http_current;

pub(super) const MEDIA_TYPE: &str = "application/octet-stream";

/// Proves a fact that this node holds whole. A fact that only its holder can show is shown to the one who asked for it.
pub(crate) async fn prove(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Json<ProofRequest>, JsonRejection>,
) -> Result<impl IntoResponse, Failure> {
    authorised(&headers, &api.token)?;
    let Json(wanted) = read(body)?;
    let proof = proof(&api, wanted).await?;
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], proof))
}

/// A request's body.
pub(super) fn read<T>(body: Result<Json<T>, JsonRejection>) -> Result<Json<T>, Failure> {
    body.map_err(|error| Failure::new(ErrorCode::MalformedRequest, error.body_text()))
}

/// A fact's address.
pub(super) fn address(text: &str) -> Result<FactRef, Failure> {
    text.parse()
        .map_err(|error: UnreadableFactRef| bad(error.to_string()))
}

/// A fact that is held here whole, with what proves it.
pub(super) async fn held(api: &Api, at: FactRef) -> Result<Provable, Failure> {
    let provable = api.engine.ask(move |node| node.provable(&at)).await?;
    provable.map_err(unavailable)?.ok_or_else(nothing)
}

/// The fact's kind, as its contract says.
pub(super) fn kind<'a>(api: &'a Api, fact: &Fact) -> Result<&'a Kind, Failure> {
    let contract = api.book.get(&fact.contract).ok_or_else(nothing)?;
    let kind = contract.kinds().get(usize::from(fact.kind));
    kind.ok_or_else(nothing)
}

/// A proof, as a stranger takes it: presented by its holder where only its holder can show it.
pub(super) async fn proof(api: &Api, wanted: ProofRequest) -> Result<Vec<u8>, Failure> {
    let at = address(&wanted.fact)?;
    let provable = held(api, at).await?;
    let kind = kind(api, &provable.fact)?;
    let shown = leaves(kind, &wanted.fields)?;
    if wanted.current {
        return http_current::prove(api, &at, kind, &provable, shown).await;
    }
    let Some(occasion) = occasion(kind, wanted)? else {
        return Ok(codec::encode(&bundle(api, &provable, &shown).await?));
    };
    let bundle = bundle(api, &provable, &shown).await?;
    let presented = api
        .engine
        .ask(move |node| node.present(&provable.fact, bundle, occasion));
    let presented = presented.await?.map_err(unavailable)?;
    Ok(codec::encode(&presented.ok_or_else(not_the_holder)?))
}

pub(super) fn bad(reason: impl Into<String>) -> Failure {
    Failure::new(ErrorCode::BadArgument, reason)
}

pub(super) fn unavailable(error: NodeError) -> Failure {
    Failure::new(ErrorCode::Unavailable, error.to_string())
}

/// What is known here in part looks like what isn't known.
pub(super) fn nothing() -> Failure {
    Failure::new(
        ErrorCode::NotFound,
        "no fact of this address is held here whole",
    )
}

pub(super) fn not_the_holder() -> Failure {
    Failure::new(
        ErrorCode::NotTheHolder,
        "the key to show this fact is not one of this node's: ask the node of its holder",
    )
}

/// The leaves to show: the head, the holder's key where there is one, those who vouch, and the fields asked for.
fn leaves(kind: &Kind, fields: &[String]) -> Result<BTreeSet<usize>, Failure> {
    let mut leaves = BTreeSet::from([0]);
    leaves.extend(kind.shown_by.is_some().then_some(HOLDER));
    for name in fields {
        let field = kind.field(name).ok_or_else(|| {
            let known: Vec<&str> = kind.fields.iter().map(|f| f.name.as_str()).collect();
            bad(format!(
                "{} has no field {name:?}; it has: {}",
                kind.name,
                known.join(", ")
            ))
        })?;
        leaves.insert(FIXED_LEAVES + usize::from(field));
    }
    let vouch = kind.attestation.parties.iter();
    leaves.extend(vouch.filter_map(|party| match party {
        PartyRef::Constant(_) => None,
        PartyRef::Field(field) | PartyRef::Items(field) => Some(FIXED_LEAVES + usize::from(*field)),
        PartyRef::EachItem { list, .. } => Some(FIXED_LEAVES + usize::from(*list)),
    }));
    if fields.is_empty() {
        leaves.extend(FIXED_LEAVES..FIXED_LEAVES + kind.fields.len());
    }
    Ok(leaves)
}

/// To whom the fact is shown, where only its holder can show it.
fn occasion(kind: &Kind, wanted: ProofRequest) -> Result<Option<Occasion>, Failure> {
    if kind.shown_by.is_none() {
        return Ok(None);
    }
    let (Some(audience), Some(nonce)) = (wanted.audience, wanted.nonce) else {
        return Err(bad(format!(
            "only its holder can show a fact of the kind {}: say to whom (`audience`) and in answer to what (`nonce`)",
            kind.name
        )));
    };
    let nonce = nonce_of_hex(&nonce);
    let nonce =
        nonce.ok_or_else(|| bad("the nonce is written in lower-case hexadecimal digits"))?;
    let occasion = Occasion::new(audience, nonce, now_ms());
    occasion.map(Some).map_err(|error| bad(error.to_string()))
}

/// The bundle, under the directory that the notary pinned; a node hands out nothing that a stranger would refuse.
pub(super) async fn bundle(
    api: &Api,
    provable: &Provable,
    shown: &BTreeSet<usize>,
) -> Result<ProofBundle, Failure> {
    let failed = |reason: String| Failure::new(ErrorCode::Unavailable, reason);
    if provable.vouching.is_empty() {
        return Err(Failure::new(
            ErrorCode::NotProvable,
            "nobody attests this fact, so that a stranger has nobody's word for it",
        ));
    }
    let certificate = certificate(api, provable).await.map_err(failed)?;
    let members = api.link.directory_at(certificate.entry.map.size).await;
    let members = members.map_err(failed)?;
    let attestors = provable.vouching.iter().map(|vouching| {
        let member = members.proof(&vouching.party);
        let missing = || failed(format!("{} is not in the network map", vouching.party));
        Ok(Attestor {
            member: member.ok_or_else(missing)?,
            attestation: vouching.attestation.clone(),
        })
    });
    let bundle = ProofBundle {
        format: FORMAT,
        place: provable.place.clone(),
        fact: provable.fact.open(|leaf| shown.contains(&leaf)),
        attestors: attestors.collect::<Result<_, Failure>>()?,
        map: members.snapshot().proof.clone(),
        certificate,
    };
    let trust = trust(api).map_err(failed)?;
    match bundle.verify(&trust) {
        Ok(_) => Ok(bundle),
        Err(error) => Err(failed(format!("the proof does not hold here: {error}"))),
    }
}

/// The fact's certificate; a new one, if its own is from before the notary's log was signed with all of its keys.
async fn certificate(api: &Api, provable: &Provable) -> Result<Certificate, String> {
    let (_, keys) = api.link.notary().map_err(|error| error.to_string())?;
    let known = &provable.certificate;
    match api.engine.needs_all_log_keys() && keys.is_missed_by(&known.checkpoint) {
        true => api.link.certificate(provable.transaction).await,
        false => Ok(known.clone()),
    }
}

/// What a stranger starts from now, as far as this node knows.
pub(super) fn trust(api: &Api) -> Result<Trust, String> {
    let trust = api.link.trust((*api.book).clone());
    let trust = trust.map_err(|error| error.to_string())?;
    Ok(match api.engine.needs_all_log_keys() {
        true => Trust {
            notary: trust.notary.all_are_needed(),
            ..trust
        },
        false => trust,
    })
}
