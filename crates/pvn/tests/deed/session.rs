//! An editor's side of the Language Server Protocol, as far as the tests speak it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A server that runs, and the conversation with it.
pub(crate) struct Session {
    server: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    next: u64,
    /// What the server told without being asked.
    pub(crate) told: Vec<Value>,
    /// What the server said it can do.
    pub(crate) abilities: Value,
}

impl Session {
    pub(crate) fn start() -> Self {
        let mut session = Self::uninitialised();
        session.abilities = session.ask("initialize", json!({ "capabilities": {} }));
        session.tell("initialized", json!({}));
        session
    }

    /// A server that has not been spoken to.
    pub(crate) fn uninitialised() -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_pvn"))
            .args(["deed", "lsp"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: server.stdin.take().unwrap(),
            output: BufReader::new(server.stdout.take().unwrap()),
            server,
            next: 0,
            told: Vec::new(),
            abilities: Value::Null,
        }
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_bytes(&format!("Content-Length: {}\r\n\r\n{text}", text.len()));
    }

    /// Exactly these bytes.
    pub(crate) fn send_bytes(&mut self, bytes: &str) {
        self.input.write_all(bytes.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    pub(crate) fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(
                self.output.read_line(&mut line).unwrap() > 0,
                "the server has gone away"
            );
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params);
        assert_eq!(answer.get("error"), None, "{method}");
        answer["result"].clone()
    }

    /// Asks, and waits for the answer, which may be an error.
    pub(crate) fn answer(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(&message);
        loop {
            let message = self.read();
            if message["id"] == json!(id) {
                return message;
            }
            self.told.push(message);
        }
    }

    /// Waits until the server tells the diagnostics of a version.
    pub(crate) fn diagnostics(&mut self, version: u64) -> Value {
        loop {
            let found = self
                .told
                .iter()
                .position(|m| m["params"]["version"] == json!(version));
            if let Some(i) = found {
                return self.told.remove(i)["params"]["diagnostics"].clone();
            }
            let message = self.read();
            self.told.push(message);
        }
    }

    /// Waits until the server tells the diagnostics of a text, in this version.
    pub(crate) fn diagnostics_of(&mut self, uri: &str, version: Option<u64>) -> Value {
        self.told_of(uri, |params| params["version"].as_u64() == version)
    }

    /// Waits until the server tells that something is wrong in a text that did not change itself.
    pub(crate) fn errors_of(&mut self, uri: &str) -> Value {
        self.told_of(uri, |params| {
            params["version"].is_null() && params["diagnostics"] != json!([])
        })
    }

    fn told_of(&mut self, uri: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let meant = |m: &Value| m["params"]["uri"] == json!(uri) && wanted(&m["params"]);
        loop {
            if let Some(i) = self.told.iter().position(meant) {
                return self.told.remove(i)["params"]["diagnostics"].clone();
            }
            let message = self.read();
            self.told.push(message);
        }
    }

    /// Forgets what was told so far.
    pub(crate) fn forget(&mut self) {
        self.told.clear();
    }

    pub(crate) fn end(mut self) {
        self.ask("shutdown", Value::Null);
        self.gone();
    }

    /// After a shutdown: the server goes, and is content, though the editor keeps its end open.
    pub(crate) fn gone(mut self) {
        self.tell("exit", Value::Null);
        assert!(self.server.wait().unwrap().success());
    }
}
