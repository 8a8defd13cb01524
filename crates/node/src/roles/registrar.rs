//! The registrar's process: admission by invitation, certificates, and the directory.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deed::Party;
use jiff::Timestamp;
use ledger::codec;
use ledger::digest::Digest;
use ledger::map::{MemberRecord, MemberRole};
use protocol::limits::MEMBERS_MAX;
use protocol::registrar::{
    AdmissionRefusal, Claim, Invitation, NOTARY, NOTARY_HYBRID, NOTARY_KEY, Registrar,
};
use tlog::{NoteSigner, Origin};

use super::admission::{
    ADD_KEY_PATH, DROP_KEY_PATH, ENDPOINT_PATH, Endpoint, JOIN_PATH, JoinReply, JoinRequest,
    MAP_AT_PATH, MAP_PATH, NETWORK_PATH, Network, RENEW_PATH,
};
use super::engine::{now_ms, random_32};
use super::home::Home;
use super::http::{RunError, listen};
use super::key_change::{FurtherKey, GivenUp};
use crate::config::{self, Config};
use crate::files::create_folder;
use crate::limits::CERTIFICATE_DAYS;
use crate::pki::{Fingerprint, RegistrarRoot, Request, TlsIdentity, new_request};
use crate::store::{DataFolder, SqliteStore, StoreOptions};
use crate::transport::{
    Admit, Caller, Counters, Credentials, PeerReply, PeerRequest, PeerServer, StatusCode,
};

const GRACE: Duration = Duration::from_secs(5);
const INVITATIONS: &str = "invitations";
const NAME: &str = "network name";

type DiskRegistrar = Registrar<SqliteStore>;

struct Office {
    home: Home,
    registrar: Mutex<DiskRegistrar>,
    root: RegistrarRoot,
    party: Party,
    map_key: String,
    map_hybrid: String,
    certificate_life: Duration,
}

fn open(
    home: &Home,
    folder: &DataFolder,
    network: &str,
    options: StoreOptions,
    hybrid: bool,
) -> Result<(DiskRegistrar, NoteSigner), RunError> {
    let origin_text = format!("{network}/map");
    let signer = home.log_key(&origin_text)?;
    let origin = Origin::new(signer.verifier_key().name().as_str())
        .map_err(|error| RunError::Start(error.to_string()))?;
    let store = SqliteStore::open(folder, options)?;
    let registrar = Registrar::open(store, home.log_signer(signer.clone(), hybrid)?, origin)
        .map_err(|e| RunError::Start(e.to_string()))?;
    Ok((registrar, signer))
}

fn start(error: impl std::error::Error) -> RunError {
    RunError::start(error)
}

/// Founds a network: the registrar's root, its own certificate and its map key. Returns the root's fingerprint, which
/// newcomers pin.
///
/// # Errors
/// [`RunError`]; founding twice in one folder is refused.
pub fn found_network(
    data: &Path,
    network: &str,
    registrar: &Party,
) -> Result<Fingerprint, RunError> {
    let home = Home::at(data)?;
    let folder = DataFolder::take(data)?;
    let now = Timestamp::now();
    let root = RegistrarRoot::create(&home.tls(), network, registrar, now).map_err(start)?;
    let key = TlsIdentity::key(&home.tls()).map_err(start)?;
    let request = new_request(registrar, &key).map_err(start)?;
    let request = Request::parse(&request).map_err(start)?;
    let life = Duration::from_hours(24 * CERTIFICATE_DAYS);
    let certificate = root.issue(&request, now, life).map_err(start)?;
    TlsIdentity::save(&home.tls(), &certificate, root.certificate()).map_err(start)?;
    let (mut store, signer) = open(&home, &folder, network, StoreOptions::default(), false)?;
    store.set(NAME, network.as_bytes()).map_err(start)?;
    let descriptor = Network {
        name: network.to_owned(),
        registrar: registrar.clone(),
        map_key: signer.verifier_key().to_string(),
        notary_key: None,
        notary: None,
        map_hybrid: Some(home.log_hybrid(&signer)?.1.to_string()),
        notary_hybrid: None,
    };
    home.keep_network(&descriptor)?;
    Ok(root.fingerprint())
}

/// Makes an invitation for a body in a role, with the parties that it hosts, and returns its code. The registrar may be running:
/// it looks invitations up as they are used.
///
/// # Errors
/// [`RunError`], also for an invitation that nobody could use.
pub fn invite(
    data: &Path,
    party: &Party,
    role: MemberRole,
    hosts: &[Party],
    valid: Duration,
) -> Result<String, RunError> {
    let home = Home::at(data)?;
    home.network()?;
    let all: BTreeSet<&Party> = std::iter::once(party).chain(hosts).collect();
    if all.len() != 1 + hosts.len() || all.len() > MEMBERS_MAX {
        return Err(RunError::Start(format!(
            "an invitation names each party once, and at most {MEMBERS_MAX} of them"
        )));
    }
    if role != MemberRole::Body && !hosts.is_empty() {
        return Err(RunError::Start(format!(
            "only a body's node hosts other parties: leave them out, or invite {party} as a body"
        )));
    }
    create_folder(&data.join(INVITATIONS)).map_err(start)?;
    let code = Digest(random_32().map_err(start)?).hex()[..32].to_owned();
    let until_ms = now_ms().saturating_add(u64::try_from(valid.as_millis()).unwrap_or(u64::MAX));
    let invitation = Invitation {
        party: party.clone(),
        hosts: hosts.to_vec(),
        role,
        until_ms,
    };
    let file = format!("{INVITATIONS}/{}", name_of(&code));
    home.write(&file, &codec::encode(&invitation))?;
    Ok(code)
}

/// The name under which an invitation is kept: the hash of its code, so that the folder gives no code away.
fn name_of(code: &str) -> Digest {
    Digest::of(&[b"pvn invitation/1\0", code.as_bytes()])
}

/// Runs the registrar until `stop` is done.
///
/// # Errors
/// [`RunError`], only before the registrar is up.
pub(super) async fn run_registrar(
    config: &Config,
    own: &config::Registrar,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), RunError> {
    let home = Home::of(config)?;
    let folder = DataFolder::take(&config.data)?;
    let identity = home.identity()?;
    let network = home.network()?;
    let (registrar, signer) = open(
        &home,
        &folder,
        &network.name,
        config.limits.store,
        own.hybrid,
    )?;
    let (_, map_hybrid) = home.log_hybrid(&signer)?;
    let office = Arc::new(Office {
        home: home.clone(),
        registrar: Mutex::new(registrar),
        root: RegistrarRoot::load(&home.tls()).map_err(start)?,
        party: identity.leaf.party.clone(),
        map_key: network.map_key,
        map_hybrid: map_hybrid.to_string(),
        certificate_life: own.certificate_life,
    });
    let credentials = Credentials::new(&identity).map_err(start)?;
    let listener = listen(config.peer_listen).await?;
    let handler = move |request: PeerRequest| {
        let office = Arc::clone(&office);
        async move { tokio::task::block_in_place(|| office.answer(&request)) }
    };
    let counters = Arc::new(Counters::default());
    let server = PeerServer::start(
        listener,
        &credentials,
        Admit::Strangers,
        config.limits.server,
        counters,
        handler,
    )
    .map_err(start)?;
    tracing::info!(members = %config.peer_listen, "registrar is up");
    stop.await;
    server.shutdown(GRACE).await;
    Ok(())
}

/// Why a newcomer isn't admitted.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("the request can't be read: {0}")]
    Unreadable(String),
    #[error("the certificate request is not for the member that asks")]
    Mismatch,
    #[error("{0} does not show that it holds the key it names")]
    NoPossession(Party),
    #[error(transparent)]
    Admission(#[from] AdmissionRefusal),
    #[error("the registrar can't do this now: {0}")]
    Failed(String),
}

impl Refusal {
    /// A stable code.
    fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "request_unreadable",
            Self::Mismatch => "another_members_certificate",
            Self::NoPossession(_) => "key_not_held",
            Self::Admission(refusal) => refusal.code(),
            Self::Failed(_) => "registrar_failed",
        }
    }
}

impl Office {
    fn registrar(&self) -> MutexGuard<'_, DiskRegistrar> {
        self.registrar
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: &PeerRequest) -> PeerReply {
        let answered = match (request.path.as_str(), &request.caller) {
            (JOIN_PATH, _) => self.join(&request.body).map(|reply| codec::encode(&reply)),
            (NETWORK_PATH, _) => self.network().map(|network| codec::encode(&network)),
            (RENEW_PATH, Caller::Member(party)) => self
                .renew(party, &request.body)
                .map(|reply| codec::encode(&reply)),
            (ENDPOINT_PATH, Caller::Member(party)) => self
                .move_endpoint(party, &request.body)
                .map(|()| Vec::new()),
            (ADD_KEY_PATH, Caller::Member(party)) => {
                self.add_key(party, &request.body).map(|()| Vec::new())
            }
            (DROP_KEY_PATH, Caller::Member(party)) => {
                self.drop_key(party, &request.body).map(|()| Vec::new())
            }
            (MAP_PATH, Caller::Member(_)) => {
                return match self.registrar().latest() {
                    Some(snapshot) => PeerReply::ok(codec::encode(snapshot)),
                    None => PeerReply::new(StatusCode::NOT_FOUND, "nobody is a member yet"),
                };
            }
            (path, Caller::Member(_)) if path.starts_with(MAP_AT_PATH) => {
                let size = path[MAP_AT_PATH.len()..].parse::<u64>().ok();
                let found = size.and_then(|size| self.registrar().at(size).ok().flatten());
                return match found {
                    Some(snapshot) => PeerReply::ok(codec::encode(&snapshot)),
                    None => PeerReply::new(StatusCode::NOT_FOUND, "the map never had this size"),
                };
            }
            _ => return PeerReply::new(StatusCode::NOT_FOUND, "nothing here"),
        };
        match answered {
            Ok(body) => PeerReply::ok(body),
            Err(refusal) => {
                tracing::warn!(path = %request.path, caller = ?request.caller, code = refusal.code(), %refusal, "refused");
                PeerReply::new(StatusCode::FORBIDDEN, refusal.to_string())
            }
        }
    }

    fn network(&self) -> Result<Network, Refusal> {
        let registrar = self.registrar();
        let get = |name| {
            let bytes = registrar
                .get(name)
                .map_err(|e| Refusal::Failed(e.to_string()))?;
            Ok::<_, Refusal>(bytes.and_then(|b| String::from_utf8(b).ok()))
        };
        Ok(Network {
            name: get(NAME)?.unwrap_or_default(),
            registrar: self.party.clone(),
            map_key: self.map_key.clone(),
            notary_key: get(NOTARY_KEY)?,
            notary: get(NOTARY)?,
            map_hybrid: Some(self.map_hybrid.clone()),
            notary_hybrid: get(NOTARY_HYBRID)?,
        })
    }

    fn join(&self, body: &[u8]) -> Result<JoinReply, Refusal> {
        let request: JoinRequest =
            codec::decode(body).map_err(|e| Refusal::Unreadable(e.to_string()))?;
        let certificate = Request::parse(&request.certificate_request)
            .map_err(|e| Refusal::Unreadable(e.to_string()))?;
        let code = name_of(&request.code);
        let invitation = self
            .home
            .read(&format!("{INVITATIONS}/{code}"))
            .map_err(|e| Refusal::Failed(e.to_string()))?;
        let invitation: Invitation = invitation
            .and_then(|bytes| codec::decode(&bytes).ok())
            .ok_or(AdmissionRefusal::NotInvited)?;
        if let Some(applicant) = request.applicants.iter().find(|a| !a.holds_its_key()) {
            return Err(Refusal::NoPossession(applicant.record.party.clone()));
        }
        let keys = request.keys(certificate.public_key());
        let records: Vec<MemberRecord> = request.applicants.into_iter().map(|a| a.record).collect();
        let claim = Claim {
            invitation: &invitation,
            code,
            keys,
            party: certificate.party(),
            records,
            log_key: request.log_key,
            log_hybrid: request.log_hybrid,
        };
        self.registrar().admit_invited(claim, now_ms())?;
        self.certify(&certificate)
    }

    /// A member's node is reached elsewhere now. TLS says who the member is.
    fn move_endpoint(&self, party: &Party, body: &[u8]) -> Result<(), Refusal> {
        let Endpoint(endpoint) =
            codec::decode(body).map_err(|e| Refusal::Unreadable(e.to_string()))?;
        Ok(self.registrar().move_endpoint(party, &endpoint, now_ms())?)
    }

    /// A member has a stronger key, for itself or a party that it hosts.
    fn add_key(&self, host: &Party, body: &[u8]) -> Result<(), Refusal> {
        let asked: FurtherKey =
            codec::decode(body).map_err(|e| Refusal::Unreadable(e.to_string()))?;
        let mut registrar = self.registrar();
        let record = registrar.record(&asked.party);
        if !record.is_some_and(|record| asked.is_held(record)) {
            return Err(Refusal::NoPossession(asked.party));
        }
        Ok(registrar.add_key(host, &asked.party, asked.key, now_ms())?)
    }

    /// A member gives a weaker key up.
    fn drop_key(&self, host: &Party, body: &[u8]) -> Result<(), Refusal> {
        let asked: GivenUp = codec::decode(body).map_err(|e| Refusal::Unreadable(e.to_string()))?;
        let mut registrar = self.registrar();
        let record = registrar.record(&asked.party);
        if !record.is_some_and(|record| asked.is_held(record)) {
            return Err(Refusal::NoPossession(asked.party));
        }
        Ok(registrar.drop_key(host, &asked.party, asked.suite, now_ms())?)
    }

    fn renew(&self, party: &Party, body: &[u8]) -> Result<JoinReply, Refusal> {
        let request = Request::parse(body).map_err(|e| Refusal::Unreadable(e.to_string()))?;
        let in_force = self
            .registrar()
            .record(party)
            .is_some_and(|r| r.revoked_ms.is_none());
        if !in_force || request.party() != party {
            return Err(Refusal::Mismatch);
        }
        self.certify(&request)
    }

    fn certify(&self, request: &Request) -> Result<JoinReply, Refusal> {
        let certificate = self
            .root
            .issue(request, Timestamp::now(), self.certificate_life)
            .map_err(|error| Refusal::Failed(error.to_string()))?;
        Ok(JoinReply {
            certificate,
            root: self.root.certificate().to_vec(),
            network: self.network()?,
        })
    }
}
