//! Joining a network: keys are made here and stay here; only their public halves travel.

use std::path::PathBuf;

use deed::Party;
use ledger::codec;
use ledger::digest::Digest;
use ledger::envelope;
use ledger::map::{MemberDetails, MemberKeys, MemberRecord, MemberRole};
use protocol::node::envelope_secret;

use super::admission::{Applicant, JOIN_PATH, JoinReply, JoinRequest, Network};
use super::home::{Home, HomeError};
use super::ledger_keys::LedgerKeys;
use crate::config::{Keys, Signatures};
use crate::pki::{Fingerprint, TlsIdentity, new_request};
use crate::transport::{AdmissionClient, AdmissionError, Counters, StatusCode};

/// What a body says of itself when it joins.
#[derive(Clone, Debug)]
pub struct Application {
    /// The data folder.
    pub data: PathBuf,
    /// Where the registrar listens, `host:port`.
    pub registrar: String,
    /// The fingerprint of the registrar's root.
    pub fingerprint: Fingerprint,
    /// The invitation's code.
    pub code: String,
    /// The body first, then the parties whose accounts its node keeps: identifier, name, services, website.
    pub parties: Vec<(Party, String, Vec<String>, String)>,
    /// What it does in the network.
    pub role: MemberRole,
    /// Where its peers connect, `host:port`.
    pub endpoint: String,
    /// The security module that is to hold the ledger keys, if not the data folder.
    pub keys: Option<Keys>,
    /// For a notary, the origin of its log.
    pub log_origin: Option<String>,
}

/// Why joining failed.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The data folder.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The registrar can't be reached, or isn't the one that was pinned.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// The registrar refuses.
    #[error("the registrar refuses: {0}")]
    Refused(String),
    /// Something about the own keys.
    #[error("{0}")]
    Keys(String),
}

/// Joins a network: makes keys, asks for admission, keeps what the registrar sends. May be repeated.
///
/// # Errors
/// [`JoinError`].
pub async fn join(application: &Application) -> Result<Network, JoinError> {
    let keys = |error: &dyn ToString| JoinError::Keys(error.to_string());
    let home = Home::at(&application.data)?;
    let secret = home.secret()?;
    let Some((me, ..)) = application.parties.first() else {
        return Err(JoinError::Keys("an application needs a party".to_owned()));
    };
    let ledger_keys = LedgerKeys::of(&home, application.keys.as_ref(), Signatures::P256);
    let mut applicants = Vec::new();
    for (party, name, services, website) in &application.parties {
        let key = ledger_keys.first(party)?;
        let envelope_key =
            envelope::public_key(&envelope_secret(&secret, party)).map_err(|e| keys(&e))?;
        let record = MemberRecord {
            party: party.clone(),
            name: codec::composed(name),
            role: application.role,
            keys: MemberKeys::one(key.public().clone()),
            admitted_ms: 0,
            revoked_ms: None,
            details: MemberDetails {
                host: me.clone(),
                endpoint: codec::composed(&application.endpoint),
                envelope_key,
                services: services.iter().map(|text| codec::composed(text)).collect(),
                website: codec::composed(website),
            },
        };
        applicants.push(Applicant::sign(record, &key).map_err(|e| keys(&e))?);
    }
    let (log_key, log_hybrid) = match &application.log_origin {
        Some(origin) => {
            let own = home.log_key(origin)?;
            let (_, hybrid) = home.log_hybrid(&own)?;
            let key = own.verifier_key().to_string();
            (Some(key), Some(hybrid.to_string()))
        }
        None => (None, None),
    };
    let tls = TlsIdentity::key(&home.tls()).map_err(HomeError::from)?;
    let request = JoinRequest {
        code: application.code.clone(),
        certificate_request: new_request(me, &tls).map_err(|e| keys(&e))?,
        applicants,
        log_key,
        log_hybrid,
    };
    let mut client = AdmissionClient::connect(
        &application.registrar,
        application.fingerprint,
        &Counters::default(),
    )
    .await?;
    let reply = client.post(JOIN_PATH, codec::encode(&request)).await?;
    if reply.status == StatusCode::PAYLOAD_TOO_LARGE {
        return Err(JoinError::Refused(
            "the application is too large: shorten what the parties say of themselves, or host fewer".to_owned(),
        ));
    }
    if reply.status != StatusCode::OK {
        return Err(JoinError::Refused(
            String::from_utf8_lossy(&reply.body).into_owned(),
        ));
    }
    let reply: JoinReply = codec::decode(&reply.body).map_err(|e| keys(&e))?;
    if Digest::of(&[&reply.root]) != Digest::of(&[client.root()]) {
        return Err(JoinError::Refused(
            "it sent another root certificate than the pinned one".to_owned(),
        ));
    }
    TlsIdentity::save(&home.tls(), &reply.certificate, &reply.root).map_err(HomeError::from)?;
    home.keep_network(&reply.network)?;
    Ok(reply.network)
}
