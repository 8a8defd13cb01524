//! What a verifier trusts before it looks at anything: a network's registrar, its notaries, and the contracts it accepts.
//!
//! Keys inside a proof are never trusted; they are proven from here.

use std::collections::BTreeMap;
use std::sync::Arc;

use deed::{Contract, Given, LoadError};

use crate::digest::{ContractId, Lineage, NetworkId};
use crate::log_keys::LogKeys;

/// The contracts a party accepts, by the hash of their exact text.
#[derive(Clone, Debug, Default)]
pub struct ContractBook(BTreeMap<ContractId, Arc<Contract>>);

impl ContractBook {
    /// Accepts a contract.
    pub fn insert(&mut self, contract: Contract) -> ContractId {
        let id = ContractId::of_text(contract.source());
        self.0.insert(id, Arc::new(contract));
        id
    }

    /// Accepts the contracts of these texts, whatever their order: one that uses or replaces others is read after them.
    ///
    /// # Errors
    /// The place among the texts of one that is no contract, and why; those that it needs are contracts, or are missing.
    pub fn read(&mut self, texts: &[String]) -> Result<(), (usize, LoadError)> {
        let ids: Vec<ContractId> = texts.iter().map(|text| ContractId::of_text(text)).collect();
        let mut open: Vec<usize> = (0..texts.len()).collect();
        while !open.is_empty() {
            let needs = |of: usize| deed::needs(&texts[of]).into_iter().map(|need| need.sha256);
            let waits = |of: usize| {
                let mut needs = needs(of);
                needs.any(|id| open.iter().any(|other| ids[*other].to_string() == id))
            };
            // Hashes can't go round in a circle: there is one that waits for no other.
            let next = open.iter().position(|of| !waits(*of)).unwrap_or(0);
            let of = open.swap_remove(next);
            let known: Vec<(String, Arc<Contract>)> = self
                .iter()
                .map(|(id, contract)| (id.to_string(), contract.clone()))
                .collect();
            let given: Vec<Given<'_>> = known
                .iter()
                .map(|(sha256, contract)| Given { sha256, contract })
                .collect();
            let contract = Contract::load_with(&texts[of], &given).map_err(|error| (of, error))?;
            self.insert(contract);
        }
        Ok(())
    }

    /// The contract with this id, if accepted.
    #[must_use]
    pub fn get(&self, id: &ContractId) -> Option<&Arc<Contract>> {
        self.0.get(id)
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&ContractId, &Arc<Contract>)> {
        self.0.iter()
    }

    /// The accepted contract of this name with the highest version.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<(&ContractId, &Arc<Contract>)> {
        self.0
            .iter()
            .filter(|(_, c)| c.name() == name)
            .max_by_key(|(_, c)| c.version())
    }
}

/// A verifier's starting point.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The network.
    pub network: NetworkId,
    /// The keys that sign the network map's checkpoints.
    pub registrar: LogKeys,
    /// The keys that sign the checkpoints of the notary's log. Their name is the log's origin, which is the notary's lineage.
    pub notary: LogKeys,
    /// The contracts accepted.
    pub contracts: ContractBook,
}

impl Trust {
    /// The lineage of the trusted notary.
    #[must_use]
    pub fn lineage(&self) -> Lineage {
        Lineage::of_origin(self.notary.own().name().as_str())
    }
}
