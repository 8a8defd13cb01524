//! A witness as a service (C2SP tlog-witness): it cosigns a log's checkpoint only if it continues the one it cosigned before, and
//! keeps that one before it answers.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path as UrlPath, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ledger::Digest;
use ledger::log_keys::LogKeys;
use tlog::witness::{AddCheckpoint, WitnessRefusal, continues};
use tlog::{Checkpoint, Cosigner, KeyName, Note, NoteSignature};

use super::alarm::{Alarm, AlarmCode, Evidence};
use super::believe::believe;
use crate::files::{create_folder, write_atomically};
use crate::limits::{LOG_READERS_MAX, WITNESS_REQUEST_BYTES_MAX};
use crate::roles::{RunError, now_ms, random_32};
use crate::store::DataFolder;

const KEY_FILE: &str = "witness.key";

/// A witness's data folder: its key, and the checkpoint that it cosigned last of each log.
pub struct WitnessHome {
    _folder: DataFolder,
    path: PathBuf,
    key: Cosigner,
}

/// Why a witness can't be made or started.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The folder is in use or unusable.
    #[error(transparent)]
    Folder(#[from] crate::store::FolderError),
    /// A file of the folder.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// There is a witness already.
    #[error(
        "{0} has a witness's key already: a witness that begins anew under an old name could be made to cosign two histories"
    )]
    There(PathBuf),
    /// There is none.
    #[error("{0} has no witness's key: make one with `pvn witness init`")]
    None(PathBuf),
    /// The key or a name isn't one.
    #[error("{0}")]
    Key(String),
    /// What was kept isn't a checkpoint.
    #[error(
        "{path} is damaged ({reason}): a witness without its memory must not go on under its name"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl WitnessHome {
    /// Makes a witness: a folder with a fresh key under this name, such as `witness.example/w1`.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn make(path: &Path, name: &str) -> Result<Self, WitnessError> {
        let name = KeyName::new(name).map_err(|error| WitnessError::Key(error.to_string()))?;
        let folder = DataFolder::take(path)?;
        let file = path.join(KEY_FILE);
        if file.exists() {
            return Err(WitnessError::There(path.to_owned()));
        }
        let seed = random_32().map_err(|error| WitnessError::Key(error.to_string()))?;
        let key = Cosigner::from_seed(name, &seed);
        let key = key.map_err(|error| WitnessError::Key(error.to_string()))?;
        let skey = key.to_skey();
        let skey = skey.map_err(|error| WitnessError::Key(error.to_string()))?;
        write_atomically(&file, format!("{skey}\n").as_bytes()).map_err(in_file(&file))?;
        Ok(Self {
            _folder: folder,
            path: path.to_owned(),
            key,
        })
    }

    /// Opens a witness's folder.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn open(path: &Path) -> Result<Self, WitnessError> {
        let file = path.join(KEY_FILE);
        if !file.exists() {
            return Err(WitnessError::None(path.to_owned()));
        }
        let folder = DataFolder::take(path)?;
        let text = std::fs::read_to_string(&file).map_err(in_file(&file))?;
        let key = Cosigner::parse(text.trim());
        let key = key.map_err(|error| WitnessError::Key(error.to_string()))?;
        Ok(Self {
            _folder: folder,
            path: path.to_owned(),
            key,
        })
    }

    /// The witness's public key, as logs and verifiers are told it.
    #[must_use]
    pub fn verifier_key(&self) -> String {
        self.key.verifier_key().to_string()
    }
}

fn in_file(path: &Path) -> impl FnOnce(io::Error) -> WitnessError {
    let path = path.to_owned();
    |source| WitnessError::File { path, source }
}

/// One log that the witness follows.
struct Followed {
    keys: LogKeys,
    folder: PathBuf,
    /// The checkpoint cosigned last, with the cosignature.
    last: Option<(Note, Checkpoint)>,
}

struct Witness {
    key: Cosigner,
    /// By their origins.
    logs: BTreeMap<String, Mutex<Followed>>,
}

fn folder_of(origin: &str) -> String {
    Digest::of(&[origin.as_bytes()]).hex()
}

impl Witness {
    fn open(home: &WitnessHome, logs: Vec<LogKeys>) -> Result<Self, WitnessError> {
        let mut followed = BTreeMap::new();
        for keys in logs {
            let origin = keys.own().name().as_str().to_owned();
            let folder = home.path.join("logs").join(folder_of(&origin));
            create_folder(&folder).map_err(in_file(&folder))?;
            let last = kept(&folder.join("checkpoint"), &origin)?;
            let log = Followed { keys, folder, last };
            followed.insert(origin, Mutex::new(log));
        }
        Ok(Self {
            key: home.key.clone(),
            logs: followed,
        })
    }

    /// Judges a request, and keeps the checkpoint before its cosignature is given.
    fn add(&self, body: &[u8], now_ms: u64) -> Result<NoteSignature, Refused> {
        let request = AddCheckpoint::parse(body).map_err(WitnessRefusal::Malformed)?;
        let text = request.note.unverified_text().as_str();
        let origin = text.lines().next().unwrap_or_default();
        let log = self
            .logs
            .get(origin)
            .ok_or_else(|| WitnessRefusal::UnknownLog {
                origin: origin.to_owned(),
            })?;
        // One at a time: what was compared is what is replaced.
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        let next = believe(&request.note, &log.keys)
            .map_err(|reason| WitnessRefusal::NotSigned { reason })?;
        let last = log.last.as_ref().map(|(_, last)| last);
        if let Err(refusal) = continues(last, &next, request.old, &request.proof) {
            log.remember(&refusal, &request.note, &next)?;
            return Err(refusal.into());
        }
        let line = self.key.cosign(&next, now_ms / 1_000);
        let line = line.map_err(|error| Refused::Failed(error.to_string()))?;
        let mut note = Note::parse(request.note.to_string().as_bytes())
            .map_err(|error| Refused::Failed(error.to_string()))?;
        // The log may have sent our own earlier line along.
        if !note
            .unverified_signatures()
            .iter()
            .any(|s| s.names(self.key.verifier_key()))
        {
            note.add(line.clone())
                .map_err(|error| Refused::Failed(error.to_string()))?;
        }
        let file = log.folder.join("checkpoint");
        write_atomically(&file, note.to_string().as_bytes())
            .map_err(|error| Refused::Failed(error.to_string()))?;
        log.last = Some((note, next));
        Ok(line)
    }

    /// The checkpoint cosigned last of the log in this folder.
    fn last(&self, folder: &str) -> Option<String> {
        let mut logs = self.logs.iter();
        let (_, log) = logs.find(|(origin, _)| folder_of(origin) == folder)?;
        let log = log.lock().unwrap_or_else(PoisonError::into_inner);
        log.last.as_ref().map(|(note, _)| note.to_string())
    }
}

impl Followed {
    /// Keeps what shows that the log signed two roots for one size.
    fn remember(
        &self,
        refusal: &WitnessRefusal,
        note: &Note,
        next: &Checkpoint,
    ) -> Result<(), Refused> {
        let (WitnessRefusal::SplitView { size }, Some((ours, _))) = (refusal, &self.last) else {
            return Ok(());
        };
        let fork = tlog::Fork {
            root: next.root(),
            proof: Vec::new(),
        };
        let alarm = Alarm {
            code: AlarmCode::SplitView,
            source: "add-checkpoint".to_owned(),
            says: format!("the log signed two roots for {size} entries"),
            evidence: Some(Evidence::split_view(ours, note, &fork)),
        };
        tracing::error!(
            "{}: the evidence is kept in {}",
            alarm.says,
            self.folder.display()
        );
        let text = serde_json::to_string_pretty(&alarm)
            .map_err(|error| Refused::Failed(error.to_string()))?;
        // One file a size: a log that repeats itself fills no disk.
        let name = format!("split-{size}.json");
        write_atomically(&self.folder.join(name), text.as_bytes())
            .map_err(|error| Refused::Failed(error.to_string()))
    }
}

fn kept(file: &Path, origin: &str) -> Result<Option<(Note, Checkpoint)>, WitnessError> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(in_file(file)(error)),
    };
    let damaged = |reason: String| WitnessError::Damaged {
        path: file.to_owned(),
        reason,
    };
    let note = Note::parse(&bytes).map_err(|error| damaged(error.to_string()))?;
    let checkpoint = Checkpoint::parse(note.unverified_text().as_str())
        .map_err(|error| damaged(error.to_string()))?;
    if checkpoint.origin().as_str() != origin {
        return Err(damaged(format!(
            "it is of {}",
            checkpoint.origin().as_str()
        )));
    }
    Ok(Some((note, checkpoint)))
}

/// Why there is no cosignature.
enum Refused {
    /// By the rules.
    Rule(WitnessRefusal),
    /// The witness itself failed; nothing was kept or signed, or it was kept and can be asked for again.
    Failed(String),
}

impl From<WitnessRefusal> for Refused {
    fn from(refusal: WitnessRefusal) -> Self {
        Self::Rule(refusal)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Rule(WitnessRefusal::OtherSize { size } | WitnessRefusal::SplitView { size }) => {
                let headers = [(header::CONTENT_TYPE, "text/x.tlog.size")];
                (StatusCode::CONFLICT, headers, format!("{size}\n")).into_response()
            }
            Self::Rule(refusal) => {
                let status = StatusCode::from_u16(refusal.status());
                (
                    status.unwrap_or(StatusCode::BAD_REQUEST),
                    format!("{refusal}\n"),
                )
                    .into_response()
            }
            Self::Failed(reason) => {
                tracing::error!("a checkpoint could not be cosigned: {reason}");
                (StatusCode::SERVICE_UNAVAILABLE, "not now\n").into_response()
            }
        }
    }
}

/// Serves a witness until `stop` is done: `POST /add-checkpoint`, and `GET /{SHA-256 of the origin}/checkpoint` for monitors.
///
/// # Errors
/// [`RunError`], only before it is up.
pub async fn run_witness(
    home: &WitnessHome,
    logs: Vec<LogKeys>,
    listen: SocketAddr,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), RunError> {
    let witness = Arc::new(Witness::open(home, logs).map_err(RunError::start)?);
    let listener = crate::roles::listen(listen).await?;
    let address = listener.local_addr().map_err(RunError::start)?;
    tracing::info!(%address, key = home.verifier_key(), "witness is up");
    crate::roles::serve(listener, router(witness), stop).await;
    Ok(())
}

fn router(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add))
        .route("/{log}/checkpoint", get(last))
        .layer(DefaultBodyLimit::max(WITNESS_REQUEST_BYTES_MAX))
        .with_state((
            witness,
            Arc::new(tokio::sync::Semaphore::new(LOG_READERS_MAX)),
        ))
}

type Shared = (Arc<Witness>, Arc<tokio::sync::Semaphore>);

async fn add(State((witness, places)): State<Shared>, body: Bytes) -> Response {
    let Ok(_place) = places.acquire().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let added = tokio::task::spawn_blocking(move || witness.add(&body, now_ms())).await;
    match added {
        Ok(Ok(line)) => format!("{line}\n").into_response(),
        Ok(Err(refused)) => refused.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn last(State((witness, _)): State<Shared>, UrlPath(log): UrlPath<String>) -> Response {
    match witness.last(&log) {
        Some(note) => {
            let headers = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::CACHE_CONTROL, "no-cache"),
            ];
            (headers, note).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
