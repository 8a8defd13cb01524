//! The cast: who is a member, where each keeps its facts, and the directory that says so.

use std::collections::BTreeSet;
use std::sync::Arc;

use deed::{Contract, Party};
use ledger::codec;
use ledger::map::{MemberDetails, MemberKeys, MemberRecord, MemberRole};
use ledger::trust::{ContractBook, Trust};
use ledger::validity::Home;
use ledger::{ContractId, Lineage, NetworkId, envelope};
use protocol::directory::{Members, Snapshot};
use protocol::node::{Hosted, Setup, envelope_secret};
use protocol::registrar::Registrar;
use protocol::store::MemoryStore;
use tlog::Origin;

use crate::economy::Economy;
use crate::keys::{log_signer, node_secret, signing_key};

const REGISTRAR: &str = "registrar.town";
const NOTARY: &str = "notary.town";
/// The portal's identifier.
pub const PORTAL: &str = "PORTAL";
/// The member that doesn't play by the rules.
pub const MALLORY: &str = "MALLORY";

/// One machine and the parties whose facts it keeps.
#[derive(Clone, Debug)]
pub struct Household {
    /// The body that runs it.
    pub me: Party,
    /// All its parties.
    pub hosted: Vec<Party>,
}

/// Everything that is fixed before the world begins.
pub struct Town {
    /// What it plays.
    pub economy: Economy,
    /// The contract in force.
    pub contract: Contract,
    /// Its id.
    pub contract_id: ContractId,
    /// The contracts accepted by all.
    pub book: Arc<ContractBook>,
    /// Network and notary.
    pub home: Home,
    /// The machines.
    pub households: Vec<Household>,
    /// Directories in the order in which they came into force; the last has a newcomer.
    pub directories: Vec<Members>,
    /// Where verifiers start.
    pub trust: Trust,
    /// The institution whose money it is.
    pub bank: Party,
    /// Its auditor.
    pub auditor: Party,
    /// The machine that has lost its secret and got another.
    pub other_secret: Option<usize>,
}

fn party(name: &str) -> Party {
    Party::new(name).expect("a party")
}

fn record(name: &str, host: &str, role: MemberRole) -> MemberRecord {
    let secret = envelope_secret(&node_secret(host), &party(name));
    MemberRecord {
        party: party(name),
        name: name.to_owned(),
        role,
        keys: MemberKeys::one(signing_key(name).public().clone()),
        admitted_ms: 1,
        revoked_ms: None,
        details: MemberDetails {
            host: party(host),
            endpoint: "127.0.0.1:1".to_owned(),
            envelope_key: envelope::public_key(&secret).expect("an envelope key"),
            services: Vec::new(),
            website: String::new(),
        },
    }
}

impl Town {
    /// The bank (with DAVE's account), the auditor, ALICE, BOB (with CAROL's account), MALLORY and the portal.
    #[must_use]
    pub fn new(economy: Economy) -> Self {
        let contract = match Contract::load(&economy.text()) {
            Ok(contract) => contract,
            Err(error) => panic!("the contract does not load:\n{error}"),
        };
        let mut book = ContractBook::default();
        let contract_id = book.insert(contract.clone());
        let (bank, auditor) = economy.institutions(&contract);
        let at = [
            (bank.as_str(), vec![bank.as_str(), "DAVE"]),
            (auditor.as_str(), vec![auditor.as_str()]),
            ("ALICE", vec!["ALICE"]),
            ("BOB", vec!["BOB", "CAROL"]),
            (MALLORY, vec![MALLORY]),
        ];
        let signer = log_signer(REGISTRAR);
        let network = NetworkId::of("town", &signer.verifier_key().to_string());
        let trust = Trust {
            network,
            registrar: signer.verifier_key().clone().into(),
            notary: log_signer(NOTARY).verifier_key().clone().into(),
            contracts: book.clone(),
        };
        let mut records: Vec<MemberRecord> = at
            .iter()
            .flat_map(|(me, hosted)| hosted.iter().map(|name| record(name, me, MemberRole::Body)))
            .collect();
        records.push(record(PORTAL, PORTAL, MemberRole::Portal));
        let origin = Origin::new(REGISTRAR).expect("an origin");
        let mut registrar = Registrar::open(MemoryStore::new(), signer, origin).expect("opens");
        let mut directories = Vec::new();
        let newcomer = record("NEWCOMER", bank.as_str(), MemberRole::Body);
        for (time_ms, admitted) in [(1, records), (2, vec![newcomer])] {
            registrar.admit(admitted, time_ms).expect("admitted");
            let snapshot = registrar.latest().expect("a directory").clone();
            directories.push(accept(snapshot, &trust));
        }
        let home = Home {
            network,
            notary: Lineage::of_origin(NOTARY),
        };
        let households = at
            .iter()
            .map(|(me, hosted)| Household {
                me: party(me),
                hosted: hosted.iter().map(|name| party(name)).collect(),
            })
            .collect();
        Self {
            economy,
            contract_id,
            book: Arc::new(book),
            home,
            households,
            directories,
            trust,
            bank,
            auditor,
            contract,
            other_secret: None,
        }
    }

    /// What a machine needs to know before it opens.
    #[must_use]
    pub fn setup(&self, machine: usize) -> Setup {
        let household = &self.households[machine];
        Setup {
            me: household.me.clone(),
            hosted: household
                .hosted
                .iter()
                .map(|party| Hosted {
                    party: party.clone(),
                    keys: vec![signing_key(party.as_str())],
                })
                .collect(),
            secret: match self.other_secret {
                Some(at) if at == machine => node_secret("somebody else"),
                _ => node_secret(household.me.as_str()),
            },
            home: self.home,
            notary: self.trust.notary.clone(),
            registrar: Some(self.trust.registrar.clone()),
            book: Arc::clone(&self.book),
            window_ms: protocol::limits::WINDOW_MS,
        }
    }

    /// The key and origin of the notary's log.
    #[must_use]
    pub fn notary(&self) -> (tlog::NoteSigner, Origin) {
        (log_signer(NOTARY), Origin::new(NOTARY).expect("an origin"))
    }

    /// The machine that a party's node runs on.
    #[must_use]
    pub fn machine_of(&self, party: &Party) -> Option<usize> {
        self.households
            .iter()
            .position(|h| h.hosted.contains(party))
    }

    /// The machines of these parties.
    #[must_use]
    pub fn machines_of(&self, parties: &[Party]) -> BTreeSet<usize> {
        parties
            .iter()
            .filter_map(|party| self.machine_of(party))
            .collect()
    }

    /// The machine of the member that doesn't play by the rules.
    #[must_use]
    pub fn mallory(&self) -> usize {
        self.machine_of(&party(MALLORY))
            .expect("Mallory is a member")
    }
}

/// A directory as a node takes it over: from its bytes, under the registrar's key.
fn accept(snapshot: Snapshot, trust: &Trust) -> Members {
    let bytes = codec::encode(&snapshot);
    let read: Snapshot = codec::decode(&bytes).expect("canonical");
    Members::accept(read, &trust.registrar).expect("the registrar's")
}
