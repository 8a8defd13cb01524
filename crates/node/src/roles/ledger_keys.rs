//! The keys with which a node signs on the ledger: in its data folder, or in a security module.
//!
//! A node is admitted with a key, and from then on it is that key or none: one that can't be found where it was is an error
//! that says so, never a new key.

use std::sync::Arc;

use deed::Party;
use ledger::codec;
use ledger::signature::{PublicKey, SigningKey};

use super::home::{Home, HomeError};
use crate::config::{Keys, Signatures};
use crate::pki::SecurityModule;

/// Where the ledger keys are.
pub(crate) struct LedgerKeys {
    home: Home,
    module: Option<(Arc<SecurityModule>, String)>,
    signatures: Signatures,
}

/// The file that says which key of a party is in a security module.
fn public_file(party: &Party) -> String {
    format!("keys/ledger-{party}.public")
}

impl LedgerKeys {
    /// The keys of a data folder, under a configuration.
    pub(crate) fn of(home: &Home, keys: Option<&Keys>, signatures: Signatures) -> Self {
        let module = |keys: &Keys| (SecurityModule::new(keys.module.clone()), keys.label.clone());
        Self {
            home: home.clone(),
            module: keys.map(module),
            signatures,
        }
    }

    /// What the configuration says of signatures.
    pub(crate) fn signatures(&self) -> Signatures {
        self.signatures
    }

    /// The signing keys of a party: its first one, and the stronger one if it is asked for, or was once.
    ///
    /// # Errors
    /// [`HomeError`].
    pub(crate) fn all(&self, party: &Party) -> Result<Vec<SigningKey>, HomeError> {
        let first = self.first(party)?;
        let asked = self.signatures != Signatures::P256;
        let stronger = match asked || self.home.has_ml_dsa_seed(party) {
            true => Some(self.home.hybrid_key(party, first.clone())?),
            false => None,
        };
        Ok(std::iter::once(first).chain(stronger).collect())
    }

    /// The first signing key of a party, made the first time.
    ///
    /// # Errors
    /// [`HomeError`].
    pub(crate) fn first(&self, party: &Party) -> Result<SigningKey, HomeError> {
        let admitted = self.admitted(party)?;
        let Some((module, label)) = &self.module else {
            return match admitted {
                None => self.home.signing_key(party),
                Some(_) => Err(HomeError::KeyInModule(party.clone())),
            };
        };
        if self.home.has_signing_key(party) {
            return Err(HomeError::KeyInFolder(party.clone()));
        }
        let key = module.key(&format!("{label}-{party}"), admitted.as_ref())?;
        let key = SigningKey::by(key);
        if admitted.is_none() {
            self.home
                .write(&public_file(party), &codec::encode(key.public()))?;
        }
        Ok(key)
    }

    /// The key in the security module with which a party was admitted, or asked to be.
    fn admitted(&self, party: &Party) -> Result<Option<PublicKey>, HomeError> {
        let name = public_file(party);
        let bytes = self.home.read(&name)?;
        bytes
            .map(|b| codec::decode(&b).map_err(|error| self.home.content(&name, error)))
            .transpose()
    }
}
