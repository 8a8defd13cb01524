//! Keys that never leave a security module, used through its shared library (PKCS#11, OASIS, version 2.40).
//!
//! A module is opened when it is first needed, and again after any call that failed: a device that restarts ends its
//! sessions, and nobody is told before the next call. A PIN that was refused is not tried again: modules lock themselves
//! after a few.

mod error;
mod open;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use ledger::signature::{KeyError, PublicKey, Signs};

pub use error::ModuleError;
use open::Open;

/// Where a module is, which of its tokens is meant, and how one logs in there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleSettings {
    /// The maker's shared library.
    pub library: PathBuf,
    /// The token's label.
    pub token: String,
    /// The file with the PIN, readable by its owner alone.
    pub pin_file: PathBuf,
}

/// A security module, logged in to one token while it works.
pub struct SecurityModule {
    settings: ModuleSettings,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: Option<Open>,
    refused: Option<ModuleError>,
}

impl State {
    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            open.close();
        }
    }
}

impl Drop for SecurityModule {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        state.unwrap_or_else(PoisonError::into_inner).close();
    }
}

impl SecurityModule {
    /// The module of these settings; nothing is opened yet.
    #[must_use]
    pub fn new(settings: ModuleSettings) -> Arc<Self> {
        Arc::new(Self {
            settings,
            state: Mutex::default(),
        })
    }

    /// The key of a label. With the public half with which it was `admitted` it must be that one; without, it is made in
    /// the token, never to leave it, if it isn't there.
    ///
    /// # Errors
    /// [`ModuleError`].
    pub fn key(
        self: &Arc<Self>,
        label: &str,
        admitted: Option<&PublicKey>,
    ) -> Result<ModuleKey, ModuleError> {
        let token = &self.settings.token;
        let public = self.with(|open| {
            let (label, token) = (label.to_owned(), token.clone());
            match (open.public(&label, token.clone())?, admitted) {
                (Some(there), Some(admitted)) if there != *admitted => {
                    Err(ModuleError::OtherKey { token, label })
                }
                (Some(there), _) => Ok(there),
                (None, Some(_)) => Err(ModuleError::NoKey { token, label }),
                (None, None) => {
                    open.generate(&label)?;
                    let made = open.public(&label, token.clone())?;
                    made.ok_or(ModuleError::NoKey { token, label })
                }
            }
        })?;
        Ok(ModuleKey {
            module: Arc::clone(self),
            label: label.to_owned(),
            public,
        })
    }

    /// Does something with the open module; once more with one opened again, if it was open and fails.
    fn with<T>(&self, act: impl Fn(&mut Open) -> Result<T, ModuleError>) -> Result<T, ModuleError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = &mut state.open {
            match act(open) {
                Ok(done) => return Ok(done),
                Err(error) => {
                    tracing::warn!(%error, "the security module is opened again");
                    state.close();
                }
            }
        }
        if let Some(refused) = &state.refused {
            return Err(refused.clone());
        }
        let opened = self.settings.open().inspect_err(|error| {
            if matches!(error, ModuleError::PinWrong { .. }) {
                state.refused = Some(error.clone());
            }
        })?;
        let done = act(state.open.insert(opened));
        if done.is_err() {
            state.close();
        }
        done
    }
}

/// A P-256 key in a security module.
pub struct ModuleKey {
    module: Arc<SecurityModule>,
    label: String,
    public: PublicKey,
}

impl Signs for ModuleKey {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        // Hashed here: few modules hash by themselves when they sign (CKM_ECDSA_SHA256).
        let hash = digest(&SHA256, message);
        let token = &self.module.settings.token;
        let signature = self
            .module
            .with(|open| open.sign(&self.label, token, hash.as_ref()))
            .map_err(|error| KeyError::Elsewhere(error.to_string()))?;
        // A token that was exchanged while the node ran may hold another key under the same label.
        if self.public.verifies(message, &signature) {
            return Ok(signature);
        }
        let (token, label) = (token.clone(), self.label.clone());
        let other = ModuleError::OtherKey { token, label };
        Err(KeyError::Elsewhere(other.to_string()))
    }
}
