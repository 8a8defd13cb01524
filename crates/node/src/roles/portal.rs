//! The public portal's process: published disclosures, the log's checkpoint, pages. It has no vault and opens none.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use ledger::codec;
use ledger::map::MemberRole;
use protocol::directory::Members;
use protocol::message::{Disclosure, Message};

use super::engine::now_ms;
use super::home::{Home, load_contracts};
use super::http::{RunError, listen};
use super::http_server::serve;
use super::key_sets;
use super::link::Link;
use super::notary::CHECKPOINT_PATH;
use super::portal_trust::SeenKeys;
use super::publication::published;
use crate::config::{self, Config};
use crate::portal::{
    Coverage, Description, Organisation, Portal, PortalStore, PublishedFact, router,
};
use crate::store::DataFolder;
use crate::transport::{
    Admit, Caller, MESSAGES_PATH, PeerClient, PeerReply, PeerRequest, PeerServer, StatusCode,
    decode_batch,
};

const GRACE: Duration = Duration::from_secs(5);
/// How often the notary's checkpoint is looked at.
const REFRESH: Duration = Duration::from_secs(1);

struct Desk {
    link: Arc<Link>,
    seen: Arc<SeenKeys>,
    store: Arc<PortalStore>,
}

/// Runs a portal until `stop` is done.
///
/// # Errors
/// [`RunError`], only before the portal is up.
pub(super) async fn run_portal(
    config: &Config,
    own: &config::Portal,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), RunError> {
    let home = Home::of(config)?;
    let folder = DataFolder::take(&config.data)?;
    let link = Arc::new(Link::connect(home, &own.registrar, config.announced()).await?);
    let trust = link.trust(load_contracts(&own.contracts)?)?;
    let seen = Arc::new(SeenKeys::of(&link, trust)?);
    let service = own.service.clone();
    let description =
        Description::read(move |name| std::fs::read_to_string(service.join(name)).ok())
            .map_err(RunError::start)?;
    let index = config.data.join("portal.sqlite");
    let store =
        Arc::new(PortalStore::open(&index, Arc::new(description)).map_err(RunError::start)?);
    let portal = Portal::new(
        Arc::clone(&store),
        coverage(&link.members(), &store.description().expected, None),
        seen.file(&link),
    );
    let peers = listen(config.peer_listen).await?;
    let readers = listen(own.http_listen).await?;
    let desk = Arc::new(Desk {
        link: Arc::clone(&link),
        seen: Arc::clone(&seen),
        store,
    });
    let server = PeerServer::start(
        peers,
        &link.credentials,
        Admit::Members,
        config.limits.server,
        Arc::clone(&link.counters),
        move |request: PeerRequest| answer(Arc::clone(&desk), request),
    )
    .map_err(RunError::start)?;
    let fresh = tokio::spawn(Arc::clone(&link).keep_fresh());
    let watching = tokio::spawn(watch_log(Arc::clone(&link), portal.clone(), seen));
    let pages = key_sets::router(Arc::clone(&link)).merge(router(portal.clone()));
    let (stopping, mut stopped) = tokio::sync::watch::channel(());
    let http = tokio::spawn(serve(readers, pages, async move {
        // The sender going away means the same as its message.
        let _ = stopped.changed().await;
    }));
    tracing::info!(members = %config.peer_listen, public = %own.http_listen, "portal is up");
    stop.await;
    fresh.abort();
    watching.abort();
    portal.close();
    drop(stopping);
    server.shutdown(GRACE).await;
    drop(tokio::time::timeout(GRACE, http).await);
    drop(folder);
    Ok(())
}

/// Disclosures of a member: in the index when answered.
async fn answer(desk: Arc<Desk>, request: PeerRequest) -> PeerReply {
    let Caller::Member(from) = request.caller else {
        return PeerReply::new(StatusCode::FORBIDDEN, "members only");
    };
    if request.path != MESSAGES_PATH {
        return PeerReply::new(StatusCode::NOT_FOUND, "nothing here");
    }
    let Ok(batch) = decode_batch(request.body) else {
        return PeerReply::new(StatusCode::BAD_REQUEST, "not a batch of messages");
    };
    let mut disclosures = Vec::new();
    for bytes in &batch {
        match codec::decode::<Message>(bytes) {
            Ok(Message::Disclose(mut disclosure)) => {
                if let Err(reason) = desk.seen.renew(&desk.link, &mut disclosure).await {
                    return PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, reason);
                }
                let size = disclosure.certificate.entry.map.size;
                match desk.link.directory_at(size).await {
                    Ok(members) => disclosures.push((disclosure, members)),
                    Err(reason) => return PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, reason),
                }
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%from, %error, "an unreadable message is dropped"),
        }
    }
    let taken = tokio::task::spawn_blocking(move || desk.take(&disclosures)).await;
    match taken {
        Ok(Ok(())) => PeerReply::ok(Vec::new()),
        Ok(Err(reason)) => PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, reason),
        Err(_) => PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, "stopping"),
    }
}

impl Desk {
    /// Verifies and indexes; what doesn't hold is refused for good, with a word in the log.
    fn take(&self, disclosures: &[(Disclosure, Arc<Members>)]) -> Result<(), String> {
        let trust = self.seen.trust(&self.link);
        let mut facts: Vec<PublishedFact> = Vec::new();
        for (disclosure, members) in disclosures {
            match published(disclosure, members, &trust) {
                Ok(verified) => facts.extend(verified),
                Err(error) => {
                    tracing::error!(step = error.code(), %error, "a disclosure does not hold and is refused")
                }
            }
        }
        self.store
            .ingest(&facts)
            .map(|_| ())
            .map_err(|error| error.to_string())
    }
}

fn coverage(members: &Members, expected: &BTreeSet<String>, seen: Option<(u64, i64)>) -> Coverage {
    let organisations = members
        .of_role(MemberRole::Body)
        .map(|record| Organisation {
            id: record.party.to_string(),
            name: record.name.clone(),
            role: record.details.services.first().cloned().unwrap_or_default(),
            reports: expected.contains(record.party.as_str()),
        })
        .collect();
    Coverage {
        organisations,
        log_size: seen.map_or(0, |(size, _)| size),
        log_read_at: seen.map(|(_, at)| at),
        unreachable_since: None,
    }
}

/// Follows the notary's checkpoint for as long as the process runs, and says so when it can't.
async fn watch_log(link: Arc<Link>, portal: Portal, seen_keys: Arc<SeenKeys>) {
    let Ok((notary, _)) = link.notary() else {
        return;
    };
    let now = || i64::try_from(now_ms()).unwrap_or(i64::MAX);
    let mut seen: Option<(u64, i64)> = None;
    let mut silent: Option<i64> = None;
    let mut client: Option<PeerClient> = None;
    loop {
        let members = link.members();
        if let Some(record) = members.get(&notary)
            && client
                .as_ref()
                .is_none_or(|c| c.address() != record.details.endpoint)
        {
            client = Some(link.at(&notary, record.details.endpoint.clone()));
        }
        let note = match &client {
            Some(client) => client.post(CHECKPOINT_PATH, Vec::new()).await.ok(),
            None => None,
        };
        let read = note
            .filter(|reply| reply.status == StatusCode::OK)
            .and_then(|reply| String::from_utf8(reply.body.to_vec()).ok())
            .and_then(|note| seen_keys.read(&link, note));
        portal.set_trust(seen_keys.file(&link));
        match read {
            Some(read) => (seen, silent) = (Some((read.size(), now())), None),
            None => silent = silent.or_else(|| Some(now())),
        }
        portal.set_coverage(Coverage {
            unreachable_since: silent,
            ..coverage(&members, &portal.description().expected, seen)
        });
        tokio::time::sleep(REFRESH).await;
    }
}
