//! How a body joins a network: with what `pvn invite` told it.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use super::process::{pvn, text};
use super::public_money;

/// A body that is to join.
pub(crate) struct Newcomer<'a> {
    pub(crate) role: &'a str,
    pub(crate) party: &'a str,
    pub(crate) name: &'a str,
}

/// What an invitation says to type.
pub(crate) struct Invitation {
    pub(crate) registrar: String,
    pub(crate) fingerprint: String,
    pub(crate) code: String,
}

impl Invitation {
    /// Reads the command that `pvn invite` prints.
    pub(crate) fn of(said: &str) -> Self {
        let after = |flag: &str| {
            let mut words = said.split_whitespace().skip_while(|word| *word != flag);
            words
                .nth(1)
                .unwrap_or_else(|| panic!("{flag} in {said}"))
                .to_owned()
        };
        Self {
            registrar: after("--registrar"),
            fingerprint: after("--fingerprint"),
            code: after("--code"),
        }
    }

    /// The command with which a body joins: its process will live in `data`. A node is what it makes unless told otherwise.
    pub(crate) fn join(
        &self,
        newcomer: &Newcomer<'_>,
        data: &Path,
        peer: SocketAddr,
        http: SocketAddr,
        contract: &Path,
    ) -> Command {
        let (peer, http) = (peer.to_string(), http.to_string());
        let website = format!("https://{}.example/about", newcomer.party.to_lowercase());
        let mut command = pvn();
        command.arg("join");
        for (flag, value) in [
            ("--registrar", self.registrar.as_str()),
            ("--fingerprint", &self.fingerprint),
            ("--code", &self.code),
            ("--party", newcomer.party),
            ("--name", newcomer.name),
            ("--data", text(data)),
            ("--peer-listen", &peer),
            ("--http-listen", &http),
            ("--website", &website),
        ] {
            command.args([flag, value]);
        }
        if newcomer.role != "node" {
            command.args(["--role", newcomer.role]);
        }
        if newcomer.role != "notary" {
            command.args(["--contract", text(contract)]);
        }
        if newcomer.role == "portal" {
            command.args(["--service", text(&public_money())]);
        }
        command
    }
}
