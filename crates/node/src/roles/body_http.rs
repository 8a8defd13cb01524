//! The client API of a body's node: HTTP, version 1.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use api::{
    Audit, Contract, ErrorCode, Figures, Instruction, InstructionStatus, Instructions,
    InstructionsStatus, Member, NodeStatus, OpenWork, Peer, State as InstructionPhase, Transaction,
};
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use deed::Party;
use ledger::fact::{FactRef, UnreadableFactRef};
use ledger::trust::ContractBook;
use protocol::node::records::{Instruction as Ordered, InstructionState};

use jiff::Timestamp;

use super::engine::{Engine, EngineOpenError};
use super::http::{Failure, authorised};
use super::http_exports;
use super::http_proofs::prove;
use super::http_refresh::refresh;
use super::link::Link;
use super::opening::Audits;
use super::router::Outboxes;
use super::status::{holdings, known_transaction, member, open_work, totals};
use crate::health::{Report, Signs, State as Condition, disk};

/// Instructions in one request.
const INSTRUCTIONS_MAX: usize = 1_000;
/// Bytes of one request.
const BODY_BYTES_MAX: usize = 4 << 20;
/// How long a request waits for its instructions to finish.
const WAIT: Duration = Duration::from_secs(30);

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) engine: Engine,
    pub(crate) link: Arc<Link>,
    pub(crate) book: Arc<ContractBook>,
    pub(crate) outboxes: Arc<Outboxes>,
    pub(crate) audits: Arc<Audits>,
    pub(crate) token: Arc<str>,
    pub(crate) started: Timestamp,
}

/// Every route of the API; those about files come from their own room.
pub(crate) fn router(api: Api, files: Router) -> Router {
    Router::new()
        .route("/v1/instructions", post(submit))
        .route("/v1/instructions/{key}", get(instruction))
        .route("/v1/status", get(status))
        .route("/v1/members", get(members))
        .route("/v1/audit", post(run_audit))
        .route("/v1/contracts", get(contracts))
        .route("/v1/transactions/{id}", get(transaction))
        .route("/v1/proofs", post(prove))
        .route("/v1/proofs/refresh", post(refresh))
        .route("/v1/exports", post(http_exports::export))
        .route("/v1/credentials/show", post(http_exports::show))
        .route("/v1/openapi.json", get(openapi))
        .route("/health", get(health))
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(api)
        .merge(files)
}

async fn nothing_here() -> Failure {
    Failure::new(
        ErrorCode::NotFound,
        "see /v1/openapi.json for what there is",
    )
}

/// How the node is: 200 while it works, if need be with complaints; 503 when it can't.
async fn health(State(api): State<Api>) -> impl IntoResponse {
    let (open, failure) = api.engine.pulse();
    let report = api.report(&open, failure);
    let status = match report.state {
        Condition::Failing => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    (status, Json(report))
}

impl Api {
    fn report(&self, open: &OpenWork, store_failure: Option<String>) -> Report {
        let queue =
            |name: &str, count: usize| (name.to_owned(), u64::try_from(count).unwrap_or(u64::MAX));
        Report::new(Signs {
            now: Timestamp::now(),
            started: self.started,
            store_failure,
            disk: disk(self.link.home.path()).ok(),
            certificate: Some(self.link.credentials.leaf()),
            notary: self.link.notary_reach(),
            outboxes: self.outboxes.status(),
            queues: [
                queue("instructions waiting", open.queued),
                queue("transactions under way", open.driving),
            ]
            .into(),
            transport: self.link.counters.figures(),
        })
    }
}

fn ordered(api: &Api, given: Instruction) -> Result<Ordered, Failure> {
    let party = match given.party {
        Some(text) => Party::new(&text).map_err(|_| {
            Failure::new(
                ErrorCode::UnknownParty,
                format!("{text:?} is not a party identifier"),
            )
        })?,
        None => api.link.party.clone(),
    };
    let (id, contract) = api.book.named(&given.contract).ok_or_else(|| {
        let known: Vec<&str> = api.book.iter().map(|(_, c)| c.name()).collect();
        Failure::new(
            ErrorCode::UnknownContract,
            format!(
                "{:?} is not accepted here; accepted: {}",
                given.contract,
                known.join(", ")
            ),
        )
    })?;
    let action = contract.action(&given.action).ok_or_else(|| {
        let known: Vec<&str> = contract.actions().iter().map(|a| a.name.as_str()).collect();
        Failure::new(
            ErrorCode::UnknownAction,
            format!(
                "{} has no action {:?}; it has: {}",
                given.contract,
                given.action,
                known.join(", ")
            ),
        )
    })?;
    let args: BTreeMap<String, String> = given
        .args
        .into_iter()
        .map(|(name, value)| {
            let text = match value {
                serde_json::Value::String(text) => text,
                other => other.to_string(),
            };
            (name, text)
        })
        .collect();
    let args = contract
        .parse_args(action, &args)
        .map_err(|error| Failure::new(ErrorCode::BadArgument, error.to_string()))?;
    Ok(Ordered {
        key: given.key,
        party,
        contract: *id,
        action,
        args,
        consumes: addresses(&given.consumes)?,
        references: addresses(&given.references)?,
    })
}

fn addresses(given: &[String]) -> Result<Vec<FactRef>, Failure> {
    let read = |text: &String| {
        let wrong =
            |error: UnreadableFactRef| Failure::new(ErrorCode::BadArgument, error.to_string());
        text.parse().map_err(wrong)
    };
    given.iter().map(read).collect()
}

fn state_of(key: String, state: InstructionState) -> InstructionStatus {
    let (phase, transaction, refusal) = match state {
        InstructionState::Queued => (InstructionPhase::Queued, None, None),
        InstructionState::InFlight(id) => (InstructionPhase::InFlight, Some(id), None),
        InstructionState::Done(id) => (InstructionPhase::Done, Some(id), None),
        InstructionState::Refused(code, reason) => {
            (InstructionPhase::Refused, None, Some((code, reason)))
        }
    };
    let (code, reason) = refusal.unzip();
    InstructionStatus {
        key,
        state: phase,
        transaction: transaction.map(|id| id.to_string()),
        code,
        reason,
    }
}

async fn submit(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Json<Instructions>, JsonRejection>,
) -> Result<Json<InstructionsStatus>, Failure> {
    authorised(&headers, &api.token)?;
    let Json(given) =
        body.map_err(|error| Failure::new(ErrorCode::MalformedRequest, error.body_text()))?;
    if given.instructions.len() > INSTRUCTIONS_MAX {
        return Err(Failure::new(
            ErrorCode::TooMany,
            format!("at most {INSTRUCTIONS_MAX} instructions a request"),
        ));
    }
    let ordered: Vec<Ordered> = given
        .instructions
        .into_iter()
        .map(|i| ordered(&api, i))
        .collect::<Result<_, _>>()?;
    let mut waiting = Vec::with_capacity(ordered.len());
    for instruction in ordered {
        let key = instruction.key.clone();
        waiting.push((key, api.engine.instruct(instruction, given.wait)?));
    }
    let deadline = tokio::time::Instant::now() + WAIT;
    let mut instructions = Vec::with_capacity(waiting.len());
    for (key, reply) in waiting {
        let state = match tokio::time::timeout_at(deadline, reply).await {
            Ok(Ok(state)) => state?,
            Ok(Err(_)) => return Err(Failure::new(ErrorCode::Unavailable, "the node is stopping")),
            Err(_) => current(&api, &key)
                .await?
                .unwrap_or(InstructionState::Queued),
        };
        instructions.push(state_of(key, state));
    }
    Ok(Json(InstructionsStatus { instructions }))
}

async fn current(api: &Api, key: &str) -> Result<Option<InstructionState>, Failure> {
    let key = key.to_owned();
    let found = api.engine.ask(move |node| node.instruction(&key)).await?;
    let found = found.map_err(|error| Failure::new(ErrorCode::Unavailable, error.to_string()))?;
    Ok(found.map(|stored| stored.state))
}

async fn instruction(
    State(api): State<Api>,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Result<Json<InstructionStatus>, Failure> {
    authorised(&headers, &api.token)?;
    let state = current(&api, &key).await?;
    let state = state.ok_or_else(|| {
        Failure::new(
            ErrorCode::NotFound,
            format!("no instruction has the key {key:?}"),
        )
    })?;
    Ok(Json(state_of(key, state)))
}

async fn status(State(api): State<Api>, headers: HeaderMap) -> Result<Json<NodeStatus>, Failure> {
    authorised(&headers, &api.token)?;
    let book = Arc::clone(&api.book);
    let (open, held, observed, attested, (syncs, signatures)) = api
        .engine
        .ask(move |node| {
            (
                open_work(node),
                holdings(node, &book),
                totals(node.observed_totals().rows(), &book),
                totals(node.attested_totals().rows(), &book),
                (node.store().syncs(), node.strokes()),
            )
        })
        .await?;
    let report = api.report(&open, None);
    let peers: Vec<Peer> = report
        .peers
        .into_iter()
        .map(|peer| Peer {
            party: peer.party,
            reachable: peer.reachable,
            waiting: usize::try_from(peer.waiting).unwrap_or(usize::MAX),
            error: peer.error,
        })
        .collect();
    let members = api.link.members();
    let me = &api.link.party;
    Ok(Json(NodeStatus {
        party: me.as_str().to_owned(),
        name: members
            .get(me)
            .map_or_else(|| me.to_string(), |record| record.name.clone()),
        network: api.link.network.name.clone(),
        pid: std::process::id(),
        health: condition(report.state).to_owned(),
        sentence: match open.queued {
            0 => report.sentence,
            queued => format!("{} {queued} instructions are waiting.", report.sentence),
        },
        open,
        holdings: held,
        observed,
        attested,
        peers,
        figures: Figures {
            syncs,
            handshakes: api.link.counters.figures().handshakes,
            signatures,
        },
    }))
}

fn condition(state: Condition) -> &'static str {
    match state {
        Condition::Ok => "ok",
        Condition::Degraded => "degraded",
        Condition::Failing => "failing",
    }
}

async fn members(State(api): State<Api>, headers: HeaderMap) -> Result<Json<Vec<Member>>, Failure> {
    authorised(&headers, &api.token)?;
    let members = api.link.members();
    Ok(Json(
        members.snapshot().records.iter().map(member).collect(),
    ))
}

async fn run_audit(State(api): State<Api>, headers: HeaderMap) -> Result<Json<Audit>, Failure> {
    authorised(&headers, &api.token)?;
    let unavailable = |error: EngineOpenError| {
        Failure::new(
            ErrorCode::Unavailable,
            format!("the store can't be audited now: {error}"),
        )
    };
    Ok(Json(api.audits.run().await.map_err(unavailable)?))
}

/// The API's own description; it holds nothing about this node and needs no token.
async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(api::openapi())
}

async fn contracts(
    State(api): State<Api>,
    headers: HeaderMap,
) -> Result<Json<Vec<Contract>>, Failure> {
    authorised(&headers, &api.token)?;
    Ok(Json(
        api.book
            .iter()
            .map(|(id, contract)| Contract::of(id, contract))
            .collect(),
    ))
}

async fn transaction(
    State(api): State<Api>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Transaction>, Failure> {
    authorised(&headers, &api.token)?;
    // A malformed id and an unknown one look alike: what may not be known of isn't there.
    let nothing = || {
        Failure::new(
            ErrorCode::NotFound,
            "no transaction with this id is known here",
        )
    };
    let wanted = ledger::Digest::from_hex(&id)
        .map(ledger::TransactionId)
        .ok_or_else(nothing)?;
    let found = api
        .engine
        .ask(move |node| node.transaction(&wanted))
        .await?;
    let found = found.map_err(|error| Failure::new(ErrorCode::Unavailable, error.to_string()))?;
    Ok(Json(known_transaction(
        &found.ok_or_else(nothing)?,
        &api.book,
    )))
}
