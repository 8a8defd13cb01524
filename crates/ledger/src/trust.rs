//! What a verifier trusts before it looks at anything: a network's registrar, its notaries, and the contracts it accepts.
//!
//! Keys inside a proof are never trusted; they are proven from here.

use std::collections::BTreeMap;
use std::sync::Arc;

use deed::Contract;
use tlog::VerifierKey;

use crate::digest::{ContractId, Lineage, NetworkId};

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
    /// The key that signs the network map's checkpoints.
    pub registrar: VerifierKey,
    /// The notary's lineage and the key that signs its log's checkpoints. The key's name is the log's origin.
    pub notary: VerifierKey,
    /// The contracts accepted.
    pub contracts: ContractBook,
}

impl Trust {
    /// The lineage of the trusted notary.
    #[must_use]
    pub fn lineage(&self) -> Lineage {
        Lineage::of_origin(self.notary.name().as_str())
    }
}
