//! The notary's process: requests from members go into batches; the log goes out to everybody.
//!
//! Its files hold tokens and hashes. The bytes that a transaction publishes pass through its memory and are not kept.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deed::Party;
use jiff::SignedDuration;
use ledger::Digest;
use ledger::codec::{self, list::List};
use ledger::signature::SigningKey;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use protocol::limits::{BATCH_REQUESTS_MAX, CLOCK_SKEW_MS};
use protocol::notary::{Notary, Request};
use tlog::Origin;
use tokio::sync::oneshot;

use super::home::Home;
use super::http::{RunError, listen};
use super::http_server::serve;
use super::link::Link;
use super::notary_log::Shelf;
use super::notary_rounds::{Deciders, DiskNotary, Work, show};
use super::witnessing::keep_witnessed;
use crate::config::{self, Config};
use crate::export::Receipt;
use crate::store::{DataFolder, FjallNotaryStore};
use crate::transport::{Admit, Caller, PeerReply, PeerRequest, PeerServer, StatusCode};

/// Where members submit.
pub const SUBMIT_PATH: &str = "/notary/v1/submit";
/// Where members register statements: hashes in, receipts out.
pub(crate) const REGISTER_PATH: &str = "/notary/v1/register";
/// Where members ask whether tokens are unused: marks in, proofs out.
pub(crate) const CURRENT_PATH: &str = "/notary/v1/current";
/// Where members read the latest checkpoint.
pub(crate) const CHECKPOINT_PATH: &str = "/notary/v1/checkpoint";
/// Requests that wait for the notary.
const WAITING_MAX: usize = 1_024;
const GRACE: Duration = Duration::from_secs(5);

/// Runs a notary until `stop` is done.
///
/// # Errors
/// [`RunError`], only before the notary is up.
pub(super) async fn run_notary(
    config: &Config,
    own: &config::Notary,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), RunError> {
    let home = Home::of(config)?;
    let folder = DataFolder::take(&config.data)?;
    let link = Arc::new(Link::connect(home.clone(), &own.registrar, config.announced()).await?);
    let (_, keys) = link.notary()?;
    let name = keys.own().name().as_str();
    let own_key = home.log_key(name)?;
    if own.hybrid && keys.keys().get(1) != Some(&home.log_hybrid(&own_key)?.1) {
        return Err(RunError::Start(
            "`hybrid` is set, and the network does not know this log's hybrid key: the registrar learns it when a notary joins, so this one can't sign with both".to_owned(),
        ));
    }
    let signer = home.log_signer(own_key, own.hybrid)?;
    let origin = Origin::new(name).map_err(RunError::start)?;
    let receipts = Arc::new(home.signing_key(&link.party)?);
    let belongs = link.belongs()?;
    let open = move || -> Result<DiskNotary, RunError> {
        let store = FjallNotaryStore::open(&folder)?;
        Notary::open(belongs, signer.clone(), origin.clone(), store).map_err(RunError::start)
    };
    let notary = open()?;
    let clocks = Arc::new(Clocks::default());
    let peers = listen(config.peer_listen).await?;
    let readers = listen(own.http_listen).await?;
    let (work, waiting) = sync_channel(WAITING_MAX);
    let shelf = Shelf::new();
    show(&shelf, &notary);
    let deciders = Deciders::start(
        notary,
        Box::new(open),
        waiting,
        (Arc::clone(&link), Arc::clone(&clocks)),
        shelf.clone(),
        belongs,
    );
    let handler = {
        let (work, link, shelf) = (work.clone(), Arc::clone(&link), shelf.clone());
        move |request: PeerRequest| {
            let (work, link) = (work.clone(), Arc::clone(&link));
            let (shelf, clocks, receipts) =
                (shelf.clone(), Arc::clone(&clocks), Arc::clone(&receipts));
            answer(work, link, shelf, clocks, receipts, request)
        }
    };
    let server = PeerServer::start(
        peers,
        &link.credentials,
        Admit::Members,
        config.limits.server,
        Arc::clone(&link.counters),
        handler,
    )
    .map_err(RunError::start)?;
    let fresh = tokio::spawn(Arc::clone(&link).keep_fresh());
    let witnessing = (!own.witnesses.is_empty())
        .then(|| tokio::spawn(keep_witnessed(shelf.clone(), own.witnesses.clone())));
    let (stopping, mut stopped) = tokio::sync::watch::channel(());
    let http = tokio::spawn(serve(readers, shelf.router(), async move {
        // The sender going away means the same as its message.
        let _ = stopped.changed().await;
    }));
    tracing::info!(members = %config.peer_listen, log = %own.http_listen, "notary is up");
    stop.await;
    fresh.abort();
    if let Some(witnessing) = witnessing {
        witnessing.abort();
    }
    drop(stopping);
    server.shutdown(GRACE).await;
    drop(tokio::time::timeout(GRACE, http).await);
    // A closed queue has stopped already.
    drop(work.send(Work::Stop));
    drop(tokio::task::spawn_blocking(move || deciders.join()).await);
    Ok(())
}

async fn answer(
    work: SyncSender<Work>,
    link: Arc<Link>,
    shelf: Shelf,
    clocks: Arc<Clocks>,
    receipts: Arc<SigningKey>,
    request: PeerRequest,
) -> PeerReply {
    let Caller::Member(from) = &request.caller else {
        return PeerReply::new(StatusCode::FORBIDDEN, "members only");
    };
    if request.path == CHECKPOINT_PATH {
        return PeerReply::ok(shelf.checkpoint());
    }
    if request.path == CURRENT_PATH {
        return shelf.unused_for_member(&request.body).await;
    }
    let callers = clocks.heard(from, request.clock_ahead);
    if let Some(wrong) = clock_wrong(&callers, link.registrar_ahead()) {
        tracing::error!("{wrong}");
        return PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, wrong);
    }
    match request.path.as_str() {
        SUBMIT_PATH => submitted(&work, &link, &request.body).await,
        REGISTER_PATH => registered(&work, &link.party, &receipts, &request.body).await,
        _ => PeerReply::new(StatusCode::NOT_FOUND, "nothing here"),
    }
}

/// As many as one batch decides.
fn read_all<T>(body: &[u8]) -> Result<Vec<T>, PeerReply>
where
    T: Encode<()> + for<'b> Decode<'b, ()>,
{
    let List(all) = codec::decode(body)
        .map_err(|error| PeerReply::new(StatusCode::BAD_REQUEST, error.to_string()))?;
    if all.len() > BATCH_REQUESTS_MAX {
        let reason = "too many requests in one batch";
        return Err(PeerReply::new(StatusCode::PAYLOAD_TOO_LARGE, reason));
    }
    Ok(all)
}

/// Hands work to the notary's thread and waits for its answer.
async fn done<T>(
    work: &SyncSender<Work>,
    make: impl FnOnce(oneshot::Sender<T>) -> Work,
) -> Result<T, PeerReply> {
    let unavailable =
        |reason: &'static str| PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, reason);
    let (reply, answer) = oneshot::channel();
    work.try_send(make(reply))
        .map_err(|_| unavailable("the notary is busy"))?;
    answer
        .await
        .map_err(|_| unavailable("the notary can't decide now"))
}

async fn submitted(work: &SyncSender<Work>, link: &Link, body: &[u8]) -> PeerReply {
    let requests: Vec<Request> = match read_all(body) {
        Ok(requests) => requests,
        Err(refusal) => return refusal,
    };
    let newest = requests.iter().filter_map(Request::map_size).max();
    if let Some(size) = newest.filter(|size| *size > link.members().size()) {
        link.reach(size).await;
    }
    match done(work, |reply| Work::Decide(requests, reply)).await {
        Ok(verdicts) => PeerReply::ok(codec::encode(&List(verdicts))),
        Err(refusal) => refusal,
    }
}

async fn registered(
    work: &SyncSender<Work>,
    notary: &Party,
    key: &SigningKey,
    body: &[u8],
) -> PeerReply {
    let statements: Vec<Digest> = match read_all(body) {
        Ok(statements) => statements,
        Err(refusal) => return refusal,
    };
    let registered = match done(work, |reply| Work::Register(statements, reply)).await {
        Ok(registered) => registered,
        Err(refusal) => return refusal,
    };
    let receipts = registered.iter().map(|one| Receipt::sign(key, notary, one));
    match receipts.map(|r| r.map(ByteVec::from)).collect() {
        Ok::<Vec<ByteVec>, _>(receipts) => PeerReply::ok(codec::encode(&List(receipts))),
        Err(error) => PeerReply::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

/// What callers' clocks say, each its latest word: how far ahead of ours.
#[derive(Default)]
pub(super) struct Clocks(Mutex<BTreeMap<Party, SignedDuration>>);

impl Clocks {
    fn heard(&self, from: &Party, ahead: Option<SignedDuration>) -> Vec<SignedDuration> {
        let mut clocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ahead) = ahead {
            clocks.insert(from.clone(), ahead);
        }
        clocks.values().copied().collect()
    }

    pub(super) fn all(&self) -> Vec<SignedDuration> {
        let clocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clocks.values().copied().collect()
    }
}

/// Why nothing is decided, if the registrar's clock differs from this one and the callers don't say that it is the registrar's
/// that is wrong: two at least, and more than say otherwise. A log stamped ahead would close every window until the true time
/// has caught up.
pub(super) fn clock_wrong(
    callers: &[SignedDuration],
    registrar: Option<SignedDuration>,
) -> Option<String> {
    let registrar = registrar?;
    let tolerated = SignedDuration::from_millis_i128(CLOCK_SKEW_MS.into());
    let right = callers
        .iter()
        .filter(|ahead| ahead.abs() <= tolerated)
        .count();
    if registrar.abs() <= tolerated || (right >= 2 && right > callers.len() - right) {
        return None;
    }
    let direction = if registrar.is_negative() {
        "ahead of"
    } else {
        "behind"
    };
    Some(format!(
        "the notary's clock is {} s {direction} the registrar's: it decides nothing until one of them is set",
        registrar.abs().as_secs()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_wrong_when_the_registrar_says_so_and_callers_do_not_contradict() {
        let seconds = SignedDuration::from_secs;
        let table = [
            (vec![], None, None),
            (vec![0, 3_600], Some(0), None),
            (vec![3_600], Some(29), None),
            (vec![], Some(3_600), Some("3600 s behind")),
            (vec![3_600, 3_601], Some(3_600), Some("3600 s behind")),
            (vec![-3_600], Some(-3_600), Some("3600 s ahead of")),
            // One caller alone proves nothing, nor do as many on either side.
            (vec![0], Some(3_600), Some("3600 s behind")),
            (vec![0, 0, 3_600, 3_600], Some(3_600), Some("3600 s behind")),
            (vec![0, 1], Some(3_600), None),
            (vec![0, 1, 3_600], Some(3_600), None),
        ];
        for (callers, registrar, expected) in table {
            let ahead: Vec<_> = callers.iter().copied().map(seconds).collect();
            let wrong = clock_wrong(&ahead, registrar.map(seconds));
            let said = wrong.as_deref().zip(expected);
            let same = said.map_or(wrong.is_none() && expected.is_none(), |(w, e)| {
                w.contains(e)
            });
            assert!(same, "{callers:?} {registrar:?}: {wrong:?}");
        }
    }
}
