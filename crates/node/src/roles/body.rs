//! A body's node: a vault, an engine, peers and a client API.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use ledger::codec;
use protocol::directory::Members;
use protocol::message::Message;
use tokio::sync::{mpsc, watch};

use super::body_http::{Api, router};
use super::engine::Engine;
use super::files::Files;
use super::files_elsewhere::Elsewhere;
use super::files_http::{self, FilesApi};
use super::files_peer::Giving;
use super::home::{Home, load_contracts};
use super::http::{RunError, listen};
use super::http_server::serve;
use super::key_change::tell_keys;
use super::ledger_keys::LedgerKeys;
use super::link::Link;
use super::opening::{Audits, Opening};
use super::readable::{lacks_a_key, readable};
use super::router::{Outboxes, Router};
use super::submission::submit_all;
use crate::attachments::Attachments;
use crate::config::{self, Config, Fetch};
use crate::store::DataFolder;
use crate::transport::{
    Admit, Caller, MESSAGES_PATH, PeerReply, PeerRequest, PeerServer, StatusCode, decode_batch,
};

/// How long requests under way may take when the process is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Runs a body's node until `stop` is done.
///
/// # Errors
/// [`RunError`], only before the node is up.
pub(super) async fn run_body(
    config: &Config,
    own: &config::Node,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), RunError> {
    let home = Home::of(config)?;
    let folder = DataFolder::take(&config.data)?;
    let keys = Arc::new(LedgerKeys::of(&home, own.keys.as_ref(), own.signatures));
    // A PIN that is wrong, or a token that isn't there, is said before anything is promised to anybody.
    let me = home.identity()?.leaf.party;
    for party in std::iter::once(&me).chain(&own.hosts) {
        keys.first(party)?;
    }
    let link = Arc::new(Link::connect(home.clone(), &own.registrar, config.announced()).await?);
    for party in std::iter::once(&me).chain(&own.hosts) {
        if let Some(record) = link.members().get(party) {
            keys.are_those_of(party, &record.keys)?;
        }
    }
    let (notary, _) = link.notary()?;
    let book = Arc::new(load_contracts(&own.contracts)?);
    let kept = Attachments::at(&own.files.place).map_err(RunError::start)?;
    // Whoever can connect finds the token that it needs.
    let token: Arc<str> = home.api_token()?.into();
    let peers = listen(config.peer_listen).await?;
    let clients = listen(own.http_listen).await?;
    let opening = Arc::new(Opening {
        home: home.clone(),
        keys: Arc::clone(&keys),
        link: Arc::clone(&link),
        me: link.party.clone(),
        hosted: own.hosts.clone(),
        book: Arc::clone(&book),
        window_ms: u64::try_from(own.window.as_millis()).unwrap_or(u64::MAX),
        folder,
        options: config.limits.store,
    });
    let outboxes = Outboxes::new(Arc::clone(&link), tokio::runtime::Handle::current());
    let (submissions, waiting) = mpsc::unbounded_channel();
    let outlet = Router {
        outboxes: Arc::clone(&outboxes),
        notary: submissions,
    };
    let (engine, thread) = {
        let opening = Arc::clone(&opening);
        Engine::start(move || opening.open(), outlet)
    };
    outboxes.report_to(engine.clone());
    let submitting = tokio::spawn(submit_all(
        Arc::clone(&link),
        notary,
        engine.clone(),
        waiting,
    ));
    link.on_change({
        let (engine, outboxes) = (engine.clone(), Arc::clone(&outboxes));
        move |members: Members| {
            outboxes.moved(&members);
            drop(engine.members(members));
        }
    });
    let elsewhere = Arc::new(Elsewhere::new(engine.clone(), Arc::clone(&link)));
    let files = Files::new(kept, Some(Arc::clone(&elsewhere)));
    let handler = {
        let (engine, outboxes, link) = (engine.clone(), Arc::clone(&outboxes), Arc::clone(&link));
        let giving = Arc::new(Giving::new(Arc::clone(&files.kept), elsewhere));
        move |request: PeerRequest| {
            if let Caller::Member(from) = &request.caller {
                outboxes.heard_from(from);
            }
            answer(
                engine.clone(),
                Arc::clone(&link),
                Arc::clone(&giving),
                request,
            )
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
    let tidying = tokio::spawn(files.clone().keep_tidy());
    let fetching = match own.files.fetch {
        Fetch::All => Some(tokio::spawn(files.clone().fetch_all())),
        Fetch::Asked => None,
    };
    let files = FilesApi {
        files,
        token: Arc::clone(&token),
    };
    let parties = std::iter::once(me).chain(own.hosts.iter().cloned());
    let keys_told = tokio::spawn(tell_keys(Arc::clone(&link), keys, parties.collect()));
    let api = Api {
        engine: engine.clone(),
        link,
        book,
        outboxes,
        audits: Arc::new(Audits::new(opening)),
        token,
        started: jiff::Timestamp::now(),
    };
    let (stopping, mut stopped) = watch::channel(());
    let routes = router(api, files_http::router(files));
    let http = tokio::spawn(serve(clients, routes, async move {
        // The sender going away means the same as its message.
        let _ = stopped.changed().await;
    }));
    tracing::info!(peers = %config.peer_listen, clients = %own.http_listen, "node is up");
    stop.await;
    fresh.abort();
    tidying.abort();
    if let Some(fetching) = fetching {
        fetching.abort();
    }
    keys_told.abort();
    drop(stopping);
    server.shutdown(GRACE).await;
    drop(tokio::time::timeout(GRACE, http).await);
    engine.stop();
    submitting.abort();
    drop(tokio::task::spawn_blocking(move || thread.join()).await);
    Ok(())
}

/// A peer's messages: durable when answered.
async fn answer(
    engine: Engine,
    link: Arc<Link>,
    giving: Arc<Giving>,
    request: PeerRequest,
) -> PeerReply {
    let Caller::Member(from) = request.caller else {
        return PeerReply::new(StatusCode::FORBIDDEN, "members only");
    };
    if Giving::is_asked(&request.path) {
        return giving.answer(&from, &request.path, &request.body).await;
    }
    if request.path != MESSAGES_PATH {
        return PeerReply::new(StatusCode::NOT_FOUND, "nothing here");
    }
    let Ok(batch) = decode_batch(request.body) else {
        return PeerReply::new(StatusCode::BAD_REQUEST, "not a batch of messages");
    };
    let messages: Vec<Message> = batch
        .iter()
        .filter_map(|bytes| match codec::decode::<Message>(bytes) {
            Ok(message) => Some(message),
            Err(error) => {
                // Sending it again would not make it readable, so it must not hold up the rest.
                tracing::warn!(%from, %error, "an unreadable message is dropped");
                None
            }
        })
        .collect();
    let needed = engine.needs_all_log_keys();
    let (now, mut later) = readable(&engine, &link, messages).await;
    let lacks_a_key = !needed && lacks_a_key(&link, &now);
    let taken = engine.messages(&from, now).await;
    if lacks_a_key && engine.needs_all_log_keys() {
        later = Some("the notary has just begun to sign with another key, too".to_owned());
    }
    match (taken, later) {
        (Ok(()), Some(reason)) => PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, reason),
        (Ok(()), None) => PeerReply::ok(Vec::new()),
        (Err(error), _) => PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
    }
}
