//! A client of the node's HTTP API.

mod files;

use std::fs;
use std::path::Path;
use std::time::Duration;

use api::{
    Audit, Contract, ExportRequest, Instruction, Instructions, InstructionsStatus, Member,
    NodeStatus, Problem, ProofRequest, ShowRequest,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Longer than the node itself waits for instructions to finish.
const TIMEOUT: Duration = Duration::from_secs(60);
/// A node that has much to examine takes its time.
const AUDIT_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// Bytes of an answer.
const BODY_BYTES_MAX: u64 = 64 << 20;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    #[error("{url} does not answer: is the process running?")]
    Unreachable {
        url: String,
        source: Box<ureq::Error>,
    },
    #[error("{url} answers: {}", .problem.detail)]
    Problem { url: String, problem: Box<Problem> },
    #[error("{url} answers {status}")]
    Status { url: String, status: u16 },
    #[error("the access token {path} can't be read: is this a node's data folder?")]
    Token {
        path: String,
        source: std::io::Error,
    },
}

/// A client of one node. Cheap to clone; clones share connections.
#[derive(Clone)]
pub(crate) struct Client {
    agent: ureq::Agent,
    base: String,
    token: String,
}

impl Client {
    /// A client of the node at `http://{address}` whose token is in its data folder.
    pub(crate) fn of(address: &str, data: &Path) -> Result<Self, ClientError> {
        let path = data.join("api.token");
        let token = fs::read_to_string(&path).map_err(|source| ClientError::Token {
            path: path.display().to_string(),
            source,
        })?;
        Ok(Self::with_token(address, token.trim()))
    }

    /// A client with a token; an empty one for what needs none.
    pub(crate) fn with_token(address: &str, token: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .build();
        Self {
            agent: config.into(),
            base: format!("http://{address}"),
            token: token.to_owned(),
        }
    }

    /// Sends instructions; with `wait`, until each is done or refused or the node's own time is up.
    pub(crate) fn instruct(
        &self,
        instructions: Vec<Instruction>,
        wait: bool,
    ) -> Result<InstructionsStatus, ClientError> {
        self.post("/v1/instructions", &Instructions { instructions, wait })
    }

    /// The node's state.
    pub(crate) fn status(&self) -> Result<NodeStatus, ClientError> {
        self.get("/v1/status")
    }

    /// The directory.
    pub(crate) fn members(&self) -> Result<Vec<Member>, ClientError> {
        self.get("/v1/members")
    }

    /// The contracts that the node accepts.
    pub(crate) fn contracts(&self) -> Result<Vec<Contract>, ClientError> {
        self.get("/v1/contracts")
    }

    /// A proof of a fact, as bytes.
    pub(crate) fn prove(&self, wanted: &ProofRequest) -> Result<Vec<u8>, ClientError> {
        self.file("/v1/proofs", wanted)
    }

    /// A proof as the logs are signed now.
    pub(crate) fn refresh(&self, proof: &[u8]) -> Result<Vec<u8>, ClientError> {
        let url = format!("{}/v1/proofs/refresh", self.base);
        let request = self
            .agent
            .post(&url)
            .header("Authorization", format!("Bearer {}", self.token));
        made(&url, request.send(proof))
    }

    /// A fact in another ecosystem's form.
    pub(crate) fn export(&self, wanted: &ExportRequest) -> Result<Vec<u8>, ClientError> {
        self.file("/v1/exports", wanted)
    }

    /// A credential as its holder shows it.
    pub(crate) fn show(&self, wanted: &ShowRequest) -> Result<Vec<u8>, ClientError> {
        self.file("/v1/credentials/show", wanted)
    }

    /// A file that the node makes.
    fn file(&self, path: &str, wanted: &impl Serialize) -> Result<Vec<u8>, ClientError> {
        let url = format!("{}{path}", self.base);
        let request = self
            .agent
            .post(&url)
            .header("Authorization", format!("Bearer {}", self.token));
        made(&url, request.send_json(wanted))
    }

    /// Every invariant that doesn't hold.
    pub(crate) fn audit(&self) -> Result<Audit, ClientError> {
        let url = format!("{}/v1/audit", self.base);
        let request = self
            .agent
            .post(&url)
            .header("Authorization", format!("Bearer {}", self.token));
        let request = request.config().timeout_global(Some(AUDIT_TIMEOUT)).build();
        read(url, request.send_json(()))
    }

    /// A JSON document.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        let url = format!("{}{path}", self.base);
        let answer = self
            .agent
            .get(&url)
            .header("Authorization", format!("Bearer {}", self.token))
            .call();
        read(url, answer)
    }

    fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        let url = format!("{}{path}", self.base);
        let request = self
            .agent
            .post(&url)
            .header("Authorization", format!("Bearer {}", self.token));
        read(url, request.send_json(body))
    }
}

fn unreachable(url: &str, source: ureq::Error) -> ClientError {
    ClientError::Unreachable {
        url: url.to_owned(),
        source: Box::new(source),
    }
}

type Answer = ureq::http::Response<ureq::Body>;

/// An answer that is none of a problem's.
fn accepted(url: &str, answer: Result<Answer, ureq::Error>) -> Result<Answer, ClientError> {
    let mut answer = answer.map_err(|source| unreachable(url, source))?;
    let status = answer.status().as_u16();
    if status == 200 {
        return Ok(answer);
    }
    let url = url.to_owned();
    let body = answer.body_mut().with_config().limit(BODY_BYTES_MAX);
    match body.read_json::<Problem>() {
        Ok(problem) => Err(ClientError::Problem {
            url,
            problem: Box::new(problem),
        }),
        Err(_) => Err(ClientError::Status { url, status }),
    }
}

/// The bytes of a file that the node makes.
fn made(url: &str, answer: Result<Answer, ureq::Error>) -> Result<Vec<u8>, ClientError> {
    let mut answer = accepted(url, answer)?;
    let body = answer.body_mut().with_config().limit(BODY_BYTES_MAX);
    body.read_to_vec()
        .map_err(|source| unreachable(url, source))
}

fn read<T: DeserializeOwned>(
    url: String,
    answer: Result<Answer, ureq::Error>,
) -> Result<T, ClientError> {
    let mut answer = accepted(&url, answer)?;
    let body = answer.body_mut().with_config().limit(BODY_BYTES_MAX);
    body.read_json().map_err(|source| unreachable(&url, source))
}
