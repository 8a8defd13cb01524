//! Where each process of a local network lives, kept in `network.json` beside their folders.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ledger::transaction::FORMAT;
use node::config::Config;
use node::files::write_atomically;
use serde::{Deserialize, Serialize};

use super::kind::{Kind, http_of};
use crate::client::{Client, ClientError};

/// One process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) kind: Kind,
    pub(crate) party: String,
    pub(crate) name: String,
    /// Folder below the network's.
    pub(crate) folder: String,
    pub(crate) peer: SocketAddr,
    pub(crate) http: Option<SocketAddr>,
}

/// A local network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Layout {
    pub(crate) network: String,
    /// The format of what its processes keep; the first one wasn't written down.
    #[serde(default = "first_format")]
    pub(crate) format: u8,
    /// Fingerprint of the registrar's root.
    pub(crate) fingerprint: String,
    pub(crate) processes: Vec<Place>,
    #[serde(skip)]
    pub(crate) folder: PathBuf,
}

fn first_format() -> u8 {
    1
}

/// Why there is no layout.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LayoutError {
    #[error("{} is not the folder of a network: start one with `pvn demo`", path.display())]
    Missing { path: PathBuf },
    #[error("{} can't be read or written", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} holds data of format {found}, and this version keeps format {FORMAT}: go on with the version that wrote it, or begin again with `--clean`, which deletes it", path.display())]
    Format { path: PathBuf, found: u8 },
    #[error("{} is damaged", path.display())]
    Content {
        path: PathBuf,
        source: serde_json::Error,
    },
}

impl Layout {
    const FILE: &'static str = "network.json";

    pub(crate) fn exists(folder: &Path) -> bool {
        folder.join(Self::FILE).is_file()
    }

    pub(crate) fn load(folder: &Path) -> Result<Self, LayoutError> {
        let path = folder.join(Self::FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(LayoutError::Missing {
                    path: folder.to_owned(),
                });
            }
            Err(source) => return Err(LayoutError::File { path, source }),
        };
        let layout: Self = serde_json::from_slice(&bytes)
            .map_err(|source| LayoutError::Content { path, source })?;
        Ok(Self {
            folder: folder.to_owned(),
            ..layout
        })
    }

    /// [`Self::load`], to go on with what its processes keep.
    pub(crate) fn load_to_resume(folder: &Path) -> Result<Self, LayoutError> {
        let layout = Self::load(folder)?;
        if layout.format != FORMAT {
            return Err(LayoutError::Format {
                path: layout.folder,
                found: layout.format,
            });
        }
        Ok(layout)
    }

    /// The network of a folder, or the one node whose data folder it is.
    pub(crate) fn load_any(folder: &Path) -> Result<Self, LayoutError> {
        if Self::exists(folder) {
            return Self::load(folder);
        }
        let config = Config::load(&folder.join("pvn.toml")).map_err(|_| LayoutError::Missing {
            path: folder.to_owned(),
        })?;
        let place = Place {
            kind: Kind::of(&config),
            party: String::new(),
            name: folder.display().to_string(),
            folder: String::new(),
            peer: config.peer_listen,
            http: http_of(&config),
        };
        Ok(Self {
            network: String::new(),
            format: FORMAT,
            fingerprint: String::new(),
            processes: vec![place],
            folder: folder.to_owned(),
        })
    }

    pub(crate) fn save(&self) -> Result<(), LayoutError> {
        let path = self.folder.join(Self::FILE);
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        write_atomically(&path, text.as_bytes())
            .map_err(|source| LayoutError::File { path, source })
    }

    /// The data folder of a process.
    pub(crate) fn data(&self, place: &Place) -> PathBuf {
        self.folder.join(&place.folder)
    }

    /// The process of a party.
    pub(crate) fn of(&self, party: &str) -> Option<&Place> {
        self.processes.iter().find(|p| p.party == party)
    }

    /// Processes of a kind.
    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Place> {
        self.processes.iter().filter(move |p| p.kind == kind)
    }

    /// A client of a node.
    pub(crate) fn client(&self, place: &Place) -> Result<Client, ClientError> {
        let address = place.http.map(|a| a.to_string()).unwrap_or_default();
        match place.kind {
            Kind::Node => Client::of(&address, &self.data(place)),
            _ => Ok(Client::with_token(&address, "")),
        }
    }
}
