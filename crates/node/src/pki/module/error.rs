//! Why a security module's key can't be used, and what to do.

use std::path::PathBuf;

use cryptoki::error::Error;

/// Why a security module's key can't be used, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModuleError {
    /// The library is none.
    #[error("{} is not a PKCS#11 library that can be used here ({reason}): set `module` to the one that came with the security module", path.display())]
    Library {
        /// The library.
        path: PathBuf,
        /// What was wrong.
        reason: String,
    },
    /// No token of this label.
    #[error(
        "the security module has no token {token:?}; it has {}: put the token in, or set `token` to its label",
        listed(found)
    )]
    NoToken {
        /// The label in the configuration.
        token: String,
        /// The labels of the tokens that are there.
        found: Vec<String>,
    },
    /// The PIN can't be read.
    #[error("the PIN in {} can't be read ({reason})", path.display())]
    PinFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// Others than the owner may read the PIN.
    #[error("{} can be read by others (mode {mode:03o}): make sure nobody has, then run `chmod 600` on it", path.display())]
    PinExposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The token refuses the PIN.
    #[error("the token {token:?} refuses the PIN in {}: put the right one there and start again; it is not tried a second time, since tokens lock themselves", path.display())]
    PinWrong {
        /// The token.
        token: String,
        /// The file.
        path: PathBuf,
    },
    /// One more wrong PIN would lock the token.
    #[error("the token {token:?} takes one more PIN before it locks itself, and the one in {} may be wrong: log in once with the maker's tool, then start again", path.display())]
    LastTry {
        /// The token.
        token: String,
        /// The file.
        path: PathBuf,
    },
    /// The token is locked.
    #[error(
        "the token {token:?} is locked after too many wrong PINs: its security officer can set a new one"
    )]
    Locked {
        /// The token.
        token: String,
    },
    /// The key is not there.
    #[error(
        "the token {token:?} does not hold the key {label:?}, with which this node was admitted: put back the token that does, or restore the key from the module's own backup"
    )]
    NoKey {
        /// The token.
        token: String,
        /// The key's label.
        label: String,
    },
    /// Another key has this label.
    #[error(
        "the key {label:?} of the token {token:?} is not the one with which this node was admitted: put back the token that holds that one, or restore it from the module's own backup"
    )]
    OtherKey {
        /// The token.
        token: String,
        /// The key's label.
        label: String,
    },
    /// Two keys have this label, or the one that has it is none of P-256.
    #[error(
        "the token {token:?} holds something else than one P-256 key under the label {label:?}: set `label` to one that is free"
    )]
    LabelTaken {
        /// The token.
        token: String,
        /// The label.
        label: String,
    },
    /// The module failed.
    #[error(
        "the security module did not {what} ({reason}): see that it is connected and running; the node tries again"
    )]
    Failed {
        /// What it was to do.
        what: &'static str,
        /// What it said.
        reason: String,
    },
}

fn listed(found: &[String]) -> String {
    if found.is_empty() {
        "none".to_owned()
    } else {
        found.join(", ")
    }
}

/// A call of the library that failed.
pub(super) fn failed(what: &'static str) -> impl Fn(Error) -> ModuleError {
    move |error| ModuleError::Failed {
        what,
        reason: error.to_string(),
    }
}
