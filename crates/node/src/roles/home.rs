//! A process's data folder: its secrets, what it knows of the network, its store.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deed::Party;
use ledger::ContractId;
use ledger::codec;
use ledger::digest::Digest;
use ledger::signature::SigningKey;
use ledger::trust::ContractBook;
use protocol::directory::Snapshot;
use protocol::log_signer::{LogSigner, SignsBeside};
use tlog::{KeyName, NoteSigner, VerifierKey};

use super::admission::Network;
use super::engine::random_32;
use crate::config::Config;
use crate::files::{create_folder, write_atomically};
use crate::pki::{
    HybridKey, IdentityError, KeyFileError, KeyKind, ModuleError, SecretKey, TlsIdentity,
};

/// Why a data folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// A file can't be read or written.
    #[error("{} can't be used: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file doesn't hold what it should.
    #[error("{} does not hold what it should: {what}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A key file.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The TLS identity.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Not admitted yet.
    #[error("{} has not been admitted to a network: run `pvn join` first", path.display())]
    NotJoined {
        /// The data folder.
        path: PathBuf,
    },
    /// The data of another network.
    #[error(
        "{} belongs to the network {found:?} and the configuration is for {configured:?}: set `data` to the right folder, or `network` to the right name",
        path.display()
    )]
    OtherNetwork {
        /// The data folder.
        path: PathBuf,
        /// The network in the configuration.
        configured: String,
        /// The network that was joined.
        found: String,
    },
    /// The data of another party.
    #[error(
        "{} belongs to {found} and the configuration is for {configured}: set `data` to the right folder, or `party` to the right identifier",
        path.display()
    )]
    OtherParty {
        /// The data folder.
        path: PathBuf,
        /// The party in the configuration.
        configured: Party,
        /// The party that joined.
        found: Party,
    },
    /// A security module.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// A party's key is in the folder, and the configuration names a security module.
    #[error(
        "the key with which {0} was admitted is in the data folder, and can't be moved into a security module: remove `[keys]` from the configuration, or join again under another identifier with an empty folder"
    )]
    KeyInFolder(Party),
    /// A party's key is in a security module, and the configuration names none.
    #[error(
        "the key with which {0} was admitted is in a security module: put `[keys]` back into the configuration"
    )]
    KeyInModule(Party),
    /// A party's stronger key isn't in the folder.
    #[error(
        "the network map has a second, stronger key of {0}, and its half in this data folder is missing or another: put `keys/` back from your newest copy; without it nothing that {0} signs would be believed, or only by the weaker key"
    )]
    StrongerKeyLost(Party),
    /// The operating system's random number generator failed.
    #[error("the operating system gives no random numbers")]
    Random,
}

/// The file with the seed of a party's ML-DSA-65 key.
pub(super) fn ml_dsa_seed(party: &Party) -> String {
    format!("keys/ledger-{party}.mldsa65")
}

/// A data folder.
#[derive(Clone, Debug)]
pub struct Home {
    path: PathBuf,
}

impl Home {
    /// The data folder at a path, made if it isn't there.
    ///
    /// # Errors
    /// [`HomeError::File`].
    pub fn at(path: &Path) -> Result<Self, HomeError> {
        for folder in [path.to_owned(), path.join("keys"), path.join("keys/tls")] {
            create_folder(&folder).map_err(|source| HomeError::File {
                path: folder.clone(),
                source,
            })?;
        }
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// The data folder of a configured process, if it is that of the network and party that the configuration names.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn of(config: &Config) -> Result<Self, HomeError> {
        let home = Self::at(&config.data)?;
        let path = home.path.clone();
        let (found, party) = (home.network()?.name, home.identity()?.leaf.party);
        if let Some(configured) = config.network.clone().filter(|name| *name != found) {
            return Err(HomeError::OtherNetwork {
                path,
                configured,
                found,
            });
        }
        if let Some(configured) = config.party.clone().filter(|name| *name != party) {
            return Err(HomeError::OtherParty {
                path,
                configured,
                found: party,
            });
        }
        Ok(home)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn keys(&self) -> PathBuf {
        self.path.join("keys")
    }

    /// The folder of the TLS identity.
    #[must_use]
    pub fn tls(&self) -> PathBuf {
        self.keys().join("tls")
    }

    pub(crate) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, HomeError> {
        let path = self.path.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(HomeError::File { path, source }),
        }
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), HomeError> {
        let path = self.path.join(name);
        write_atomically(&path, bytes).map_err(|source| HomeError::File { path, source })
    }

    pub(crate) fn content(&self, name: &str, what: impl ToString) -> HomeError {
        HomeError::Content {
            path: self.path.join(name),
            what: what.to_string(),
        }
    }

    /// 32 secret bytes, drawn the first time.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn secret(&self) -> Result<[u8; 32], HomeError> {
        self.secret_in("keys/secret")
    }

    /// The 32 secret bytes of a file, drawn the first time.
    fn secret_in(&self, name: &str) -> Result<[u8; 32], HomeError> {
        if let Some(bytes) = self.read(name)? {
            let text = String::from_utf8(bytes).map_err(|_| self.content(name, "not text"))?;
            let secret = Digest::from_hex(text.trim())
                .ok_or_else(|| self.content(name, "not 64 hexadecimal digits"))?;
            return Ok(secret.0);
        }
        let secret = random_32().map_err(|_| HomeError::Random)?;
        self.write(name, Digest(secret).hex().as_bytes())?;
        Ok(secret)
    }

    fn signing_key_file(&self, party: &Party) -> PathBuf {
        self.keys().join(format!("ledger-{party}.pem"))
    }

    fn p256_key(&self, path: PathBuf) -> Result<SigningKey, HomeError> {
        let key = SecretKey::load_or_create(&path, KeyKind::P256)?;
        SigningKey::from_pkcs8(key.pkcs8()).map_err(|error| HomeError::Content {
            path,
            what: error.to_string(),
        })
    }

    /// The signing key of a party in this folder, drawn the first time.
    ///
    /// # Errors
    /// [`HomeError`].
    pub(crate) fn signing_key(&self, party: &Party) -> Result<SigningKey, HomeError> {
        self.p256_key(self.signing_key_file(party))
    }

    /// Whether the seed of a party's stronger key is in this folder.
    pub(crate) fn has_ml_dsa_seed(&self, party: &Party) -> bool {
        self.path.join(ml_dsa_seed(party)).exists()
    }

    /// A party's stronger key, of its first one and an ML-DSA-65 key whose seed is drawn the first time.
    ///
    /// # Errors
    /// [`HomeError`].
    pub(crate) fn hybrid_key(
        &self,
        party: &Party,
        first: SigningKey,
    ) -> Result<SigningKey, HomeError> {
        let name = ml_dsa_seed(party);
        let key = HybridKey::new(first, &self.secret_in(&name)?);
        key.map(SigningKey::by)
            .map_err(|error| self.content(&name, error))
    }

    /// Whether a party's signing key is in this folder.
    pub(crate) fn has_signing_key(&self, party: &Party) -> bool {
        self.signing_key_file(party).exists()
    }

    /// The key of a log with this origin, drawn the first time.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn log_key(&self, origin: &str) -> Result<NoteSigner, HomeError> {
        const NAME: &str = "keys/log";
        if let Some(bytes) = self.read(NAME)? {
            let text = String::from_utf8(bytes).map_err(|_| self.content(NAME, "not text"))?;
            return NoteSigner::parse(text.trim()).map_err(|error| self.content(NAME, error));
        }
        let name = KeyName::new(origin).map_err(|error| self.content(NAME, error))?;
        let seed = random_32().map_err(|_| HomeError::Random)?;
        let signer =
            NoteSigner::from_seed(name, &seed).map_err(|error| self.content(NAME, error))?;
        let text = signer
            .to_skey()
            .map_err(|error| self.content(NAME, error))?;
        self.write(NAME, text.as_bytes())?;
        Ok(signer)
    }

    /// The hybrid key that can sign beside that of a log, drawn the first time, and its public half.
    ///
    /// # Errors
    /// [`HomeError`].
    pub(crate) fn log_hybrid(
        &self,
        log: &NoteSigner,
    ) -> Result<(HybridKey, VerifierKey), HomeError> {
        const SEED: &str = "keys/log-mldsa65";
        let p256 = self.p256_key(self.keys().join("log-p256.pem"))?;
        let key = HybridKey::new(p256, &self.secret_in(SEED)?);
        let key = key.map_err(|error| self.content(SEED, error))?;
        let public = key.verifier_key(log.verifier_key().name().clone());
        let public = public.ok_or_else(|| self.content(SEED, "not the seed of a key"))?;
        Ok((key, public))
    }

    /// What signs the checkpoints of the log with this key: that key, and the hybrid one beside it if so asked.
    ///
    /// # Errors
    /// [`HomeError`].
    pub(crate) fn log_signer(&self, own: NoteSigner, hybrid: bool) -> Result<LogSigner, HomeError> {
        if !hybrid {
            return Ok(own.into());
        }
        let (key, public) = self.log_hybrid(&own)?;
        let beside: SignsBeside = Arc::new(move |text| key.line(&public, text));
        Ok(LogSigner::new(own, Some(beside)))
    }

    /// The token with which clients of the HTTP API show that they may use it, drawn the first time.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn api_token(&self) -> Result<String, HomeError> {
        const NAME: &str = "api.token";
        if let Some(bytes) = self.read(NAME)? {
            let text = String::from_utf8(bytes).map_err(|_| self.content(NAME, "not text"))?;
            return Ok(text.trim().to_owned());
        }
        let token = Digest(random_32().map_err(|_| HomeError::Random)?).hex();
        self.write(NAME, token.as_bytes())?;
        Ok(token)
    }

    /// The TLS identity.
    ///
    /// # Errors
    /// [`HomeError::NotJoined`] before admission.
    pub fn identity(&self) -> Result<TlsIdentity, HomeError> {
        TlsIdentity::load(&self.tls())?.ok_or_else(|| HomeError::NotJoined {
            path: self.path.clone(),
        })
    }

    /// What is known of the network since admission.
    ///
    /// # Errors
    /// [`HomeError::NotJoined`] before admission.
    pub fn network(&self) -> Result<Network, HomeError> {
        let bytes = self.read("network")?.ok_or_else(|| HomeError::NotJoined {
            path: self.path.clone(),
        })?;
        codec::decode(&bytes).map_err(|error| self.content("network", error))
    }

    /// Keeps what is known of the network.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn keep_network(&self, network: &Network) -> Result<(), HomeError> {
        self.write("network", &codec::encode(network))
    }

    /// The last directory seen.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn directory(&self) -> Result<Option<Snapshot>, HomeError> {
        let bytes = self.read("directory")?;
        bytes
            .map(|b| {
                codec::decode(&b).map_err(|error| {
                    self.content(
                        "directory",
                        format!(
                            "{error}; if another version of this program wrote it, use that one"
                        ),
                    )
                })
            })
            .transpose()
    }

    /// Keeps a directory.
    ///
    /// # Errors
    /// [`HomeError`].
    pub fn keep_directory(&self, snapshot: &Snapshot) -> Result<(), HomeError> {
        self.write("directory", &codec::encode(snapshot))
    }
}

/// Loads contracts from their files, in any order: those that a contract uses are among them.
///
/// # Errors
/// [`HomeError::Content`] with the compiler's report.
pub fn load_contracts(files: &[PathBuf]) -> Result<ContractBook, HomeError> {
    let read = |path: &PathBuf| {
        fs::read_to_string(path).map_err(|source| HomeError::File {
            path: path.clone(),
            source,
        })
    };
    let texts: Vec<String> = files.iter().map(read).collect::<Result<_, _>>()?;
    let mut book = ContractBook::default();
    book.read(&texts)
        .map_err(|(at, error)| HomeError::Content {
            path: files[at].clone(),
            what: format!(
                "\n{}{}",
                error.render(&files[at].display().to_string()),
                missing(&texts, at)
            ),
        })?;
    Ok(book)
}

/// What to do about contracts that a text uses and that are not among the texts.
fn missing(texts: &[String], of: usize) -> String {
    let there = |id: &String| {
        let mut texts = texts.iter();
        texts.any(|t| ContractId::of_text(t).to_string() == *id)
    };
    let needs = deed::needs(&texts[of]).into_iter();
    let missing = needs.filter(|need| need.required && !there(&need.sha256));
    let advice = missing.map(|need| {
        format!(
            "\n\nAccept the contract {} too, in the text of this hash: its file belongs to the contracts as well",
            need.name
        )
    });
    advice.collect()
}
