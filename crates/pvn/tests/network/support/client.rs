//! Clients of the processes' HTTP servers.

use std::io::Read;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use api::{
    Audit, Finding, Instruction, InstructionStatus, Instructions, InstructionsStatus, Member,
    NodeStatus, State,
};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::patience::{LONG, until};

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn read<T: DeserializeOwned>(&self) -> T {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {text}", self.status))
    }
}

/// A client of one process.
#[derive(Clone)]
pub(crate) struct Client {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
}

impl Client {
    /// A client that shows nothing.
    pub(crate) fn stranger(address: SocketAddr) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(60)))
            .http_status_as_error(false)
            .build();
        Self {
            agent: config.into(),
            base: format!("http://{address}"),
            token: None,
        }
    }

    /// A client of the node with this data folder.
    pub(crate) fn owner(address: SocketAddr, data: &Path) -> Self {
        let token = std::fs::read_to_string(data.join("api.token")).expect("a node's access token");
        Self {
            token: Some(token.trim().to_owned()),
            ..Self::stranger(address)
        }
    }

    fn answer(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Option<Answer> {
        let mut answer = answer.ok()?;
        let kind = answer
            .headers()
            .get("content-type")
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let body = answer
            .body_mut()
            .with_config()
            .limit(256 << 20)
            .read_to_vec()
            .ok()?;
        Some(Answer {
            status: answer.status().as_u16(),
            kind,
            body,
        })
    }

    /// An answer, or none when nobody is there.
    pub(crate) fn try_get(&self, path: &str) -> Option<Answer> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        Self::answer(request.call())
    }

    /// An answer to JSON as it is written, or none when nobody is there.
    pub(crate) fn try_post(&self, path: &str, body: &str) -> Option<Answer> {
        let mut request = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("Content-Type", "application/json");
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        Self::answer(request.send(body))
    }

    /// An answer to bytes, or none when nobody is there.
    pub(crate) fn put(&self, path: &str, body: &[u8]) -> Option<Answer> {
        let mut request = self.agent.put(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        Self::answer(request.send(body))
    }

    /// A part of what is there, as it comes; none while it can't be given.
    pub(crate) fn part(&self, path: &str, range: &str) -> Option<impl Read + use<>> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let request = request.header("Range", range);
        let request = request.config().timeout_global(None).build();
        let answer = request.call().ok().filter(|a| a.status() == 206)?;
        let body = answer.into_body().into_with_config();
        Some(body.limit(u64::MAX).reader())
    }

    /// An answer that must be there.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.try_get(path)
            .unwrap_or_else(|| panic!("{}{path} does not answer", self.base))
    }

    /// Sends a text.
    pub(crate) fn post_text(&self, path: &str, body: &str) -> Answer {
        let request = self.agent.post(format!("{}{path}", self.base));
        Self::answer(request.send(body)).expect("an answer")
    }

    /// A document that must be there.
    pub(crate) fn json(&self, path: &str) -> Json {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}");
        answer.read()
    }

    pub(crate) fn try_status(&self) -> Option<NodeStatus> {
        self.try_get("/v1/status")
            .filter(|a| a.status == 200)
            .map(|a| a.read())
    }

    pub(crate) fn status(&self) -> NodeStatus {
        self.try_status().expect("a node that answers")
    }

    pub(crate) fn members(&self) -> Vec<Member> {
        self.try_get("/v1/members")
            .filter(|a| a.status == 200)
            .map(|a| a.read())
            .unwrap_or_default()
    }

    pub(crate) fn audit(&self) -> Vec<Finding> {
        let answer = self
            .try_post("/v1/audit", "null")
            .expect("a node that answers");
        answer.read::<Audit>().findings
    }

    /// How instructions stand after they were sent (again); none while the node can't take them.
    pub(crate) fn instruct(&self, instructions: &[Instruction]) -> Option<Vec<InstructionStatus>> {
        let body = Instructions {
            instructions: instructions.to_vec(),
            wait: true,
        };
        let body = serde_json::to_string(&body).expect("JSON");
        let answer = self
            .try_post("/v1/instructions", &body)
            .filter(|a| a.status != 503)?;
        assert_eq!(
            answer.status,
            200,
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
        Some(answer.read::<InstructionsStatus>().instructions)
    }

    /// Sends instructions until each is done or refused.
    pub(crate) fn finish(&self, instructions: &[Instruction]) -> Vec<InstructionStatus> {
        until("instructions to end", LONG, || {
            let states = self.instruct(instructions)?;
            states
                .iter()
                .all(|s| matches!(s.state, State::Done | State::Refused))
                .then_some(states)
        })
    }

    /// Sends instructions until each is done; gives their transactions.
    pub(crate) fn settle(&self, instructions: &[Instruction]) -> Vec<String> {
        let ended = self.finish(instructions);
        ended
            .into_iter()
            .map(|status| {
                assert_eq!(status.state, State::Done, "{status:?}");
                status.transaction.expect("the transaction of what is done")
            })
            .collect()
    }

    /// The one instruction's refusal: its rule and its reason.
    pub(crate) fn refused(&self, instruction: &Instruction) -> (String, String) {
        let ended = self.finish(std::slice::from_ref(instruction)).remove(0);
        assert_eq!(ended.state, State::Refused, "{ended:?}");
        (ended.code.expect("a rule"), ended.reason.expect("a reason"))
    }
}

/// An instruction; the arguments are given as pairs.
pub(crate) fn instruction<const N: usize>(
    key: &str,
    party: &str,
    contract: &str,
    action: &str,
    args: [(&str, Json); N],
) -> Instruction {
    Instruction {
        key: key.to_owned(),
        party: Some(party.to_owned()),
        contract: contract.to_owned(),
        action: action.to_owned(),
        args: args
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        consumes: Vec::new(),
        references: Vec::new(),
    }
}
