//! A body's node: a vault, an engine, peers and a client API.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use deed::Party;
use ledger::codec;
use ledger::trust::ContractBook;
use protocol::message::Message;
use protocol::node::{Hosted, Node, Setup};
use tokio::sync::{mpsc, watch};

use super::body_http::{Api, router};
use super::engine::{Engine, EngineOpenError, now_ms};
use super::home::{Home, load_contracts};
use super::http::{RunError, listen, serve};
use super::link::Link;
use super::router::{Outboxes, Router};
use super::submission::submit_all;
use crate::store::{DataFolder, SqliteStore, StoreOptions};
use crate::transport::{
    Admit, Caller, MESSAGES_PATH, PeerReply, PeerRequest, PeerServer, ServerLimits, StatusCode,
    decode_batch,
};

/// How long requests under way may take when the process is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// What a body's node needs to start.
#[derive(Clone, Debug)]
pub struct BodySettings {
    /// The data folder.
    pub data: PathBuf,
    /// Where peers connect.
    pub peer_listen: SocketAddr,
    /// Where clients connect: loopback.
    pub http_listen: SocketAddr,
    /// Where the registrar listens, `host:port`.
    pub registrar: String,
    /// Other parties whose accounts this node keeps.
    pub hosted: Vec<Party>,
    /// The files of the contracts accepted.
    pub contracts: Vec<PathBuf>,
    /// Length of drafted transactions' windows, in milliseconds.
    pub window_ms: u64,
}

/// What opening the node takes, again and again if need be.
struct Opening {
    home: Home,
    link: Arc<Link>,
    me: Party,
    hosted: Vec<Party>,
    book: Arc<ContractBook>,
    window_ms: u64,
    folder: DataFolder,
}

impl Opening {
    fn open(&self) -> Result<(Node<SqliteStore>, Vec<protocol::node::Output>), EngineOpenError> {
        let setup = |error: &dyn ToString| EngineOpenError::Setup(error.to_string());
        let mut hosted = Vec::new();
        for party in std::iter::once(&self.me).chain(&self.hosted) {
            let key = self.home.signing_key(party).map_err(|e| setup(&e))?;
            hosted.push(Hosted {
                party: party.clone(),
                key,
            });
        }
        let setup = Setup {
            me: self.me.clone(),
            hosted,
            secret: self.home.secret().map_err(|e| setup(&e))?,
            home: self.link.belongs().map_err(|e| setup(&e))?,
            notary: self.link.notary().map_err(|e| setup(&e))?.1,
            registrar: Some(self.link.map_key.clone()),
            book: Arc::clone(&self.book),
            window_ms: self.window_ms,
        };
        let store = SqliteStore::open(&self.folder, StoreOptions::default())?;
        Ok(Node::open(
            setup,
            (*self.link.members()).clone(),
            store,
            now_ms(),
        )?)
    }
}

/// Runs a body's node until `stop` is done.
///
/// # Errors
/// [`RunError`], only before the node is up.
pub async fn run_body(
    settings: BodySettings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), RunError> {
    let home = Home::at(&settings.data)?;
    let folder = DataFolder::take(&settings.data)?;
    let link = Arc::new(
        Link::connect(
            home.clone(),
            &settings.registrar,
            settings.peer_listen.to_string(),
        )
        .await?,
    );
    let (notary, _) = link.notary()?;
    let book = Arc::new(load_contracts(&settings.contracts)?);
    let peers = listen(settings.peer_listen).await?;
    let clients = listen(settings.http_listen).await?;
    let opening = Opening {
        home: home.clone(),
        link: Arc::clone(&link),
        me: link.party.clone(),
        hosted: settings.hosted.clone(),
        book: Arc::clone(&book),
        window_ms: settings.window_ms,
        folder,
    };
    let outboxes = Outboxes::new(Arc::clone(&link), tokio::runtime::Handle::current());
    let (submissions, waiting) = mpsc::unbounded_channel();
    let outlet = Router {
        outboxes: Arc::clone(&outboxes),
        notary: submissions,
    };
    let (engine, thread) = Engine::start(move || opening.open(), outlet);
    outboxes.report_to(engine.clone());
    let submitting = tokio::spawn(submit_all(
        Arc::clone(&link),
        notary,
        engine.clone(),
        waiting,
    ));
    let handler = {
        let engine = engine.clone();
        move |request: PeerRequest| answer(engine.clone(), request)
    };
    let server = PeerServer::start(
        peers,
        &link.credentials,
        Admit::Members,
        ServerLimits::default(),
        Arc::clone(&link.counters),
        handler,
    )
    .map_err(RunError::start)?;
    let fresh = {
        let engine = engine.clone();
        tokio::spawn(Arc::clone(&link).keep_fresh(move |members| drop(engine.members(members))))
    };
    let api = Api {
        engine: engine.clone(),
        link,
        book,
        outboxes,
        token: home.api_token()?.into(),
        started: jiff::Timestamp::now(),
    };
    let (stopping, mut stopped) = watch::channel(());
    let http = tokio::spawn(serve(clients, router(api), async move {
        // The sender going away means the same as its message.
        let _ = stopped.changed().await;
    }));
    tracing::info!(peers = %settings.peer_listen, clients = %settings.http_listen, "node is up");
    stop.await;
    fresh.abort();
    drop(stopping);
    server.shutdown(GRACE).await;
    drop(tokio::time::timeout(GRACE, http).await);
    engine.stop();
    submitting.abort();
    drop(tokio::task::spawn_blocking(move || thread.join()).await);
    Ok(())
}

/// A peer's messages: durable when answered.
async fn answer(engine: Engine, request: PeerRequest) -> PeerReply {
    let Caller::Member(from) = request.caller else {
        return PeerReply::new(StatusCode::FORBIDDEN, "members only");
    };
    if request.path != MESSAGES_PATH {
        return PeerReply::new(StatusCode::NOT_FOUND, "nothing here");
    }
    let Ok(batch) = decode_batch(request.body) else {
        return PeerReply::new(StatusCode::BAD_REQUEST, "not a batch of messages");
    };
    let messages = batch
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
    match engine.messages(&from, messages).await {
        Ok(()) => PeerReply::ok(Vec::new()),
        Err(error) => PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
    }
}
