//! A registrar and a notary as processes of their own, and members who ask.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use deed::Party;
use ledger::map::MemberRole;
use ledger::validity::Home as Belongs;
use ledger::{Lineage, NetworkId};
use node::pki::Fingerprint;
use node::roles::{Application, Home, invite, join};
use node::transport::{Counters, Credentials, PeerClient};

use crate::network::{Kind, LocalNetwork, MemberSpec, NetworkSpec, Ports};

const NOTARY: &str = "BENCH-NOTARY";
const INVITATION: Duration = Duration::from_secs(60 * 60);
const FIRST_PORT: u16 = 17_600;

/// A notary under way, and whoever asks it.
pub(super) struct Town {
    network: LocalNetwork,
    pub(super) belongs: Belongs,
    notary: Party,
    address: String,
    members: Vec<Arc<Credentials>>,
    pub(super) requests_made: u64,
}

impl Town {
    /// Founds a network in a folder, starts its notary and lets members join.
    pub(super) async fn found(folder: &Path, members: usize) -> Result<Self, Box<dyn Error>> {
        let party = |id: &str| Party::new(id).map_err(|_| format!("{id} is not a party"));
        let spec = NetworkSpec {
            name: "bench.example".to_owned(),
            registrar: party("BENCH-REGISTRAR")?,
            registrar_name: "Registrar".to_owned(),
            members: vec![MemberSpec {
                party: party(NOTARY)?,
                name: "Notary".to_owned(),
                kind: Kind::Notary,
                folder: "notary".to_owned(),
                services: Vec::new(),
                website: String::new(),
                hosts: Vec::new(),
            }],
            contracts: Vec::new(),
            service: None,
        };
        let mut ports = Ports::from(FIRST_PORT);
        let data = folder.join("network");
        let network = LocalNetwork::found(&data, &spec, &mut ports, |_, _| {}).await?;
        let layout = &network.layout;
        let place = layout.of(NOTARY).ok_or("the notary is missing")?;
        let known = Home::at(&layout.data(place))?.network()?;
        let belongs = Belongs {
            network: NetworkId::of(&known.name, &known.map_key),
            notary: Lineage::of_origin(&format!("{}/log", known.name)),
        };
        let mut credentials = Vec::new();
        for at in 0..members {
            let party = party(&format!("BENCH-MEMBER-{at}"))?;
            let registrar = layout.folder.join("registrar");
            let code = invite(&registrar, &party, MemberRole::Body, &[], INVITATION)?;
            let data = layout.folder.join(format!("member-{at}"));
            let fingerprint = layout.fingerprint.parse::<Fingerprint>();
            join(&Application {
                data: data.clone(),
                registrar: layout.processes[0].peer.to_string(),
                fingerprint: fingerprint.map_err(|_| "not a fingerprint")?,
                code,
                parties: vec![(party, format!("Member {at}"), Vec::new(), String::new())],
                role: MemberRole::Body,
                endpoint: "127.0.0.1:1".to_owned(),
                keys: None,
                log_origin: None,
            })
            .await?;
            credentials.push(Arc::new(Credentials::new(&Home::at(&data)?.identity()?)?));
        }
        Ok(Self {
            belongs,
            notary: party(NOTARY)?,
            address: place.peer.to_string(),
            members: credentials,
            network,
            requests_made: 0,
        })
    }

    /// Connections to the notary, spread over the members.
    pub(super) fn connections(&self, count: usize) -> Vec<Arc<PeerClient>> {
        let members = self.members.iter().cycle().take(count);
        members
            .map(|credentials| {
                Arc::new(PeerClient::new(
                    self.notary.clone(),
                    self.address.clone(),
                    Arc::clone(credentials),
                    Arc::new(Counters::default()),
                ))
            })
            .collect()
    }

    /// The notary's process.
    pub(super) fn notary_pid(&self) -> Option<u32> {
        let children = self.network.children.iter();
        let mut notary = children.filter(|(at, _)| {
            let place = &self.network.layout.processes[*at];
            place.kind == Kind::Notary
        });
        notary.next().map(|(_, child)| child.id())
    }

    pub(super) fn stop(&mut self) {
        self.network.stop();
    }
}
