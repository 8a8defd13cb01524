//! A process's link to its network: credentials, the registrar, and the directory in force, kept fresh.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use deed::Party;
use jiff::SignedDuration;
use ledger::codec;
use ledger::log_keys::LogKeys;
use ledger::trust::Trust;
use ledger::validity::Home as Belongs;
use ledger::{Lineage, NetworkId};
use protocol::directory::{Members, Snapshot, SnapshotError};
use tlog::VerifierKey;

use super::admission::{
    ENDPOINT_PATH, Endpoint, JoinReply, MAP_PATH, NETWORK_PATH, Network, RENEW_PATH,
};
use super::home::{Home, HomeError};
use crate::pki::{TlsIdentity, new_request};
use crate::transport::{
    CallError, Counters, Credentials, CredentialsError, PeerClient, Reach, StatusCode,
};

/// How often the directory is asked for.
const REFRESH: Duration = Duration::from_secs(1);
/// How long at least between two requests out of turn, whoever says that there is a newer directory.
const OUT_OF_TURN: Duration = Duration::from_millis(50);

/// Why a process has no link to its network.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The data folder.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The certificate or root.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The registrar doesn't answer and no directory was ever seen.
    #[error("the registrar does not answer and no directory is known yet: {0}")]
    NoDirectory(String),
    /// The directory isn't the registrar's.
    #[error(transparent)]
    Directory(#[from] SnapshotError),
    /// A key of the network isn't one.
    #[error("the network's {what} is not a key: {text}")]
    Key {
        /// Which.
        what: &'static str,
        /// What is there.
        text: String,
    },
    /// There is no notary in the network yet.
    #[error("the network has no notary yet: start one before bodies")]
    NoNotary,
}

/// A process's link to its network.
pub(crate) struct Link {
    pub(crate) home: Home,
    pub(crate) party: Party,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) network: Network,
    map_keys: LogKeys,
    /// Where peers are told to connect.
    endpoint: String,
    pub(super) registrar: PeerClient,
    /// Directories of earlier times, by size of the map's log.
    pub(super) earlier: Mutex<BTreeMap<u64, Arc<Members>>>,
    /// Taken by whoever asks for something of an earlier time.
    pub(super) turn: tokio::sync::Mutex<()>,
    members: RwLock<Arc<Members>>,
    asked: tokio::sync::Mutex<Instant>,
    notary: RwLock<Option<Arc<PeerClient>>>,
    changed: OnceLock<Box<dyn Fn(Members) + Send + Sync>>,
}

/// The keys of a log. A member reads what was signed before the hybrid key was used, too.
fn keys(what: &'static str, own: &str, hybrid: Option<&str>) -> Result<LogKeys, LinkError> {
    let wrong = |text: &str| LinkError::Key {
        what,
        text: text.to_owned(),
    };
    let key = |text: &str| VerifierKey::parse(text).map_err(|_| wrong(text));
    let both = std::iter::once(own).chain(hybrid).map(key);
    let keys = LogKeys::new(both.collect::<Result<_, _>>()?);
    Ok(keys.map_err(|_| wrong(own))?.own_is_enough())
}

impl Link {
    /// Connects with what admission left in the data folder. Peers are to connect to `endpoint`.
    pub(crate) async fn connect(
        home: Home,
        registrar: &str,
        endpoint: String,
    ) -> Result<Self, LinkError> {
        let identity = home.identity()?;
        let party = identity.leaf.party.clone();
        let credentials = Arc::new(Credentials::new(&identity)?);
        let counters = Arc::new(Counters::default());
        let mut network = home.network()?;
        let client = PeerClient::new(
            network.registrar.clone(),
            registrar.to_owned(),
            Arc::clone(&credentials),
            Arc::clone(&counters),
        );
        if let Ok(reply) = client.post(NETWORK_PATH, Vec::new()).await
            && let Ok(fresh) = codec::decode::<Network>(&reply.body)
            && fresh.continues(&network)
        {
            home.keep_network(&fresh)?;
            network = fresh;
        }
        let map_keys = keys("map key", &network.map_key, network.map_hybrid.as_deref())?;
        let kept = home.directory()?;
        let kept = kept
            .map(|kept| Members::accept(kept, &map_keys))
            .transpose()?;
        let needed = match &kept {
            Some(kept) => map_keys.clone().since(&kept.snapshot().proof.checkpoint),
            None => map_keys.clone(),
        };
        let accept = |snapshot| Members::accept(snapshot, &needed);
        let members = match (fetch(&client, MAP_PATH).await.map(accept), kept) {
            // The map only grows: a registrar that shows less than before, restored or false, is not followed.
            (Ok(Ok(fresh)), Some(kept)) if kept.size() > fresh.size() => kept,
            (Ok(fresh), _) => fresh?,
            (Err(_), Some(kept)) => kept,
            (Err(reason), None) => return Err(LinkError::NoDirectory(reason)),
        };
        home.keep_directory(members.snapshot())?;
        Ok(Self {
            home,
            party,
            credentials,
            counters,
            network,
            map_keys,
            endpoint,
            registrar: client,
            earlier: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            members: RwLock::new(Arc::new(members)),
            asked: tokio::sync::Mutex::new(Instant::now()),
            notary: RwLock::default(),
            changed: OnceLock::new(),
        })
    }

    /// How the notary has answered; `None` before it was asked.
    pub(crate) fn notary_reach(&self) -> Option<Reach> {
        let asked = self.notary.read().unwrap_or_else(PoisonError::into_inner);
        asked.as_ref().map(|client| client.reach())
    }

    /// Remembers through whom the notary is asked.
    pub(crate) fn asks_notary_through(&self, client: Arc<PeerClient>) {
        *self.notary.write().unwrap_or_else(PoisonError::into_inner) = Some(client);
    }

    /// How far the registrar's clock is ahead of ours, when it last answered.
    pub(crate) fn registrar_ahead(&self) -> Option<SignedDuration> {
        self.registrar.reach().clock_ahead
    }

    /// The keys of the map's log: once all of them have signed, none may be missing.
    pub(crate) fn map_keys(&self) -> LogKeys {
        let keys = self.map_keys.clone();
        keys.since(&self.members().snapshot().proof.checkpoint)
    }

    /// The directory in force.
    pub(crate) fn members(&self) -> Arc<Members> {
        Arc::clone(&self.members.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The notary's party and the keys of its log.
    pub(crate) fn notary(&self) -> Result<(Party, LogKeys), LinkError> {
        let (Some(party), Some(text)) = (&self.network.notary, &self.network.notary_key) else {
            return Err(LinkError::NoNotary);
        };
        let party = Party::new(party).map_err(|_| LinkError::Key {
            what: "notary",
            text: party.clone(),
        })?;
        let hybrid = self.network.notary_hybrid.as_deref();
        Ok((party, keys("notary's key", text, hybrid)?))
    }

    /// A connection to another member, at the address that the directory has.
    pub(crate) fn to(&self, party: &Party) -> Option<PeerClient> {
        let endpoint = self.members().get(party)?.details.endpoint.clone();
        Some(self.at(party, endpoint))
    }

    /// A connection to another member at an address.
    pub(crate) fn at(&self, party: &Party, address: String) -> PeerClient {
        let (credentials, counters) = (Arc::clone(&self.credentials), Arc::clone(&self.counters));
        PeerClient::new(party.clone(), address, credentials, counters)
    }

    /// The network's id and the notary's lineage.
    pub(crate) fn belongs(&self) -> Result<Belongs, LinkError> {
        let (_, notary) = self.notary()?;
        Ok(Belongs {
            network: NetworkId::of(&self.network.name, &self.network.map_key),
            notary: Lineage::of_origin(notary.own().name().as_str()),
        })
    }

    /// What a verifier of this network starts from.
    pub(crate) fn trust(&self, contracts: ledger::trust::ContractBook) -> Result<Trust, LinkError> {
        Ok(Trust {
            network: self.belongs()?.network,
            registrar: self.map_keys(),
            notary: self.notary()?.1,
            contracts,
        })
    }

    /// Whom to tell when the directory changes.
    pub(crate) fn on_change(&self, changed: impl Fn(Members) + Send + Sync + 'static) {
        // Said once, when the process starts.
        drop(self.changed.set(Box::new(changed)));
    }

    /// Keeps the directory and the certificate fresh for as long as the process runs.
    pub(crate) async fn keep_fresh(self: Arc<Self>) {
        loop {
            tokio::time::sleep(REFRESH).await;
            self.refresh().await;
            self.announce().await;
            let now = jiff::Timestamp::now();
            if self.credentials.leaf().renewal_needed(now)
                && let Err(reason) = self.renew().await
            {
                tracing::warn!(%reason, "the certificate could not be renewed; trying again");
            }
        }
    }

    /// Asks the registrar for something that is done or refused.
    pub(crate) async fn ask_registrar(&self, path: &str, body: Vec<u8>) -> Result<(), String> {
        call(&self.registrar, path, body).await.map(drop)
    }

    /// Tells the registrar where this node is reached, if the directory says otherwise.
    async fn announce(&self) {
        let listed = self
            .members()
            .get(&self.party)
            .map(|record| record.details.endpoint.clone());
        if listed.is_some_and(|listed| listed != self.endpoint)
            && let Err(reason) = call(
                &self.registrar,
                ENDPOINT_PATH,
                codec::encode(&Endpoint(self.endpoint.clone())),
            )
            .await
        {
            tracing::warn!(%reason, endpoint = %self.endpoint, "members could not be told where to connect; trying again");
        }
    }

    /// Asks for the directory out of turn, unless it has `size` entries already.
    pub(crate) async fn reach(&self, size: u64) {
        let mut asked = self.asked.lock().await;
        if self.members().size() < size && asked.elapsed() >= OUT_OF_TURN {
            self.refresh().await;
            *asked = Instant::now();
        }
    }

    async fn refresh(&self) {
        if let Ok(snapshot) = fetch(&self.registrar, MAP_PATH).await
            && snapshot.proof != self.members().snapshot().proof
        {
            self.adopt(snapshot);
        }
    }

    fn adopt(&self, snapshot: Snapshot) {
        match Members::accept(snapshot, &self.map_keys()) {
            Ok(members) if !self.members().is_continued_by(&members) => {}
            Ok(members) => {
                if let Err(error) = self.home.keep_directory(members.snapshot()) {
                    tracing::warn!(%error, "the directory could not be kept");
                }
                // The registrar may sign otherwise from now on.
                let mut earlier = self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
                earlier.clear();
                drop(earlier);
                let members = Arc::new(members);
                *self.members.write().unwrap_or_else(PoisonError::into_inner) =
                    Arc::clone(&members);
                if let Some(changed) = self.changed.get() {
                    changed((*members).clone());
                }
            }
            Err(error) => {
                tracing::error!(%error, "the registrar sent a directory that does not hold")
            }
        }
    }

    async fn renew(&self) -> Result<(), String> {
        let key = TlsIdentity::key(&self.home.tls()).map_err(|e| e.to_string())?;
        let request = new_request(&self.party, &key).map_err(|e| e.to_string())?;
        let reply = call(&self.registrar, RENEW_PATH, request).await?;
        let reply: JoinReply = codec::decode(&reply).map_err(|e| e.to_string())?;
        TlsIdentity::save(&self.home.tls(), &reply.certificate, &reply.root)
            .map_err(|e| e.to_string())?;
        let identity = self.home.identity().map_err(|e| e.to_string())?;
        self.credentials
            .replace(&identity)
            .map_err(|e| e.to_string())
    }
}

pub(super) async fn fetch(client: &PeerClient, path: &str) -> Result<Snapshot, String> {
    let body = call(client, path, Vec::new()).await?;
    codec::decode(&body).map_err(|error| error.to_string())
}

/// One request whose answer must be 200.
async fn call(client: &PeerClient, path: &str, body: Vec<u8>) -> Result<Vec<u8>, String> {
    let reply = client
        .post(path, body)
        .await
        .map_err(|error: CallError| error.to_string())?;
    if reply.status == StatusCode::OK {
        Ok(reply.body.to_vec())
    } else {
        Err(format!(
            "{}: {}",
            reply.status,
            String::from_utf8_lossy(&reply.body)
        ))
    }
}
