//! The keys with which a node signs on the ledger: in its data folder, or in a security module.
//!
//! A node is admitted with a key, and from then on it is that key or none: one that can't be found where it was is an error
//! that says so, never a new key.

use std::sync::Arc;

use deed::Party;
use ledger::codec;
use ledger::map::MemberKeys;
use ledger::signature::{PublicKey, SigningKey, Suite};

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

    /// Whether what the network map has of a party is here: a stronger key that was lost is never drawn anew.
    ///
    /// # Errors
    /// [`HomeError::StrongerKeyLost`], or why the keys can't be used.
    pub(crate) fn are_those_of(&self, party: &Party, listed: &MemberKeys) -> Result<(), HomeError> {
        let Some(listed) = listed.of(Suite::P256_MLDSA65) else {
            return Ok(());
        };
        let lost = || HomeError::StrongerKeyLost(party.clone());
        if !self.home.has_ml_dsa_seed(party) {
            return Err(lost());
        }
        let own = self.home.hybrid_key(party, self.first(party)?)?;
        (own.public() == listed).then_some(()).ok_or_else(lost)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stronger_key_that_was_lost_is_not_drawn_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path()).expect("ours");
        let party = Party::new("GB-1").expect("a party");
        let keys = LedgerKeys::of(&home, None, Signatures::Both);
        let first = keys.first(&party).expect("a key");
        let weaker = MemberKeys::one(first.public().clone());
        // Before there is a second one, none is missing.
        assert!(keys.are_those_of(&party, &weaker).is_ok());
        let stronger = keys.all(&party).expect("keys").pop().expect("two");
        let listed = MemberKeys::one(stronger.public().clone());
        assert!(keys.are_those_of(&party, &listed).is_ok());

        let seed = folder.path().join(super::super::home::ml_dsa_seed(&party));
        std::fs::remove_file(&seed).expect("it was there");
        let lost = |answer| matches!(answer, Err(HomeError::StrongerKeyLost(_)));
        assert!(lost(keys.are_those_of(&party, &listed)));
        assert!(!seed.exists());
        // Another one in its place.
        keys.all(&party).expect("keys");
        assert!(lost(keys.are_those_of(&party, &listed)));
        assert!(keys.are_those_of(&party, &weaker).is_ok());
    }
}
