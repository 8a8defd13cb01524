//! Single values of a configuration file, and the problems they leave behind.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use deed::Party;
use toml::Spanned;

use super::Signatures;
use super::fault::{Fault, Problem};
use super::raw::{RawRole, line_of};
use crate::limits::NAME_CHARS_MAX;
use crate::watch::WitnessAddress;

/// Settles values and collects what is wrong with them.
pub(super) struct Values<'a> {
    text: &'a str,
    pub(super) folder: &'a Path,
    role: &'static str,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Values<'a> {
    pub(super) fn new(text: &'a str, folder: &'a Path, role: RawRole) -> Self {
        Self {
            text,
            folder,
            role: match role {
                RawRole::Registrar => "registrar",
                RawRole::Notary => "notary",
                RawRole::Node => "node",
                RawRole::Portal => "portal",
            },
            problems: Vec::new(),
        }
    }

    fn problem<T>(&mut self, at: &Spanned<T>, fault: Fault) {
        let line = Some(line_of(self.text, at.span().start));
        self.problems.push(Problem { line, fault });
    }

    pub(super) fn missing(&mut self, key: &str, why: &'static str) {
        let key = key.to_owned();
        self.problems.push(Problem {
            line: None,
            fault: Fault::Missing { key, why },
        });
    }

    pub(super) fn wrong<T: Display>(
        &mut self,
        key: &'static str,
        at: &Spanned<T>,
        expected: &'static str,
    ) {
        let found = at.get_ref().to_string();
        let fault = Fault::Value {
            key,
            found,
            expected,
        };
        self.problem(at, fault);
    }

    pub(super) fn twice(&mut self, key: &'static str, at: Option<&Spanned<String>>, found: &str) {
        let line = at.map(|at| line_of(self.text, at.span().start));
        let found = found.to_owned();
        self.problems.push(Problem {
            line,
            fault: Fault::Twice { key, found },
        });
    }

    pub(super) fn not_for_role<T>(&mut self, key: &'static str, left: Option<&Spanned<T>>) {
        if let Some(at) = left {
            let role = self.role;
            self.problem(at, Fault::NotForRole { key, role });
        }
    }

    /// A value that the role cannot do without.
    pub(super) fn needed<R, T>(
        &mut self,
        key: &'static str,
        raw: Option<&R>,
        settle: impl FnOnce(&mut Self, &'static str, &R) -> Option<T>,
    ) -> Option<T> {
        match raw {
            Some(raw) => settle(self, key, raw),
            None => {
                self.missing(key, purpose(key));
                None
            }
        }
    }

    pub(super) fn number(
        &mut self,
        key: &'static str,
        raw: Option<Spanned<u64>>,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> u64 {
        let Some(raw) = raw else { return default };
        let found = *raw.get_ref();
        if range.contains(&found) {
            return found;
        }
        let (min, max) = range.into_inner();
        let fault = Fault::Range {
            key,
            found,
            min,
            max,
        };
        self.problem(&raw, fault);
        default
    }

    /// A name for people.
    pub(super) fn words(&mut self, key: &'static str, raw: &Spanned<String>) -> Option<String> {
        let words = raw.get_ref().trim();
        let fits = !words.is_empty()
            && words.chars().count() <= NAME_CHARS_MAX
            && !words.chars().any(char::is_control);
        if !fits {
            self.wrong(key, raw, "it takes 1 to 200 characters on one line");
        }
        fits.then(|| words.to_owned())
    }

    pub(super) fn party(&mut self, key: &'static str, raw: &Spanned<String>) -> Option<Party> {
        let party = Party::new(raw.get_ref()).ok();
        if party.is_none() {
            let expected = "an identifier has 1 to 64 of the characters A-Z a-z 0-9 . _ -";
            self.wrong(key, raw, expected);
        }
        party
    }

    pub(super) fn parties(
        &mut self,
        key: &'static str,
        raw: &Spanned<Vec<Spanned<String>>>,
    ) -> Option<Vec<Party>> {
        let mut seen = BTreeSet::new();
        let mut parties = Vec::new();
        for raw in raw.get_ref() {
            let party = self.party(key, raw)?;
            if !seen.insert(party.clone()) {
                self.twice(key, Some(raw), party.as_str());
            }
            parties.push(party);
        }
        Some(parties)
    }

    /// Witnesses of a log, each once.
    pub(super) fn witnesses(
        &mut self,
        key: &'static str,
        raw: &Spanned<Vec<Spanned<String>>>,
    ) -> Option<Vec<WitnessAddress>> {
        let mut witnesses: Vec<WitnessAddress> = Vec::new();
        for raw in raw.get_ref() {
            let Ok(witness) = raw.get_ref().parse::<WitnessAddress>() else {
                let expected = "a witness is its URL, a space, and its key as `pvn witness init` prints it: \"https://witness.example witness.example+1a2b3c4d+…\"";
                self.wrong(key, raw, expected);
                return None;
            };
            if witnesses.iter().any(|other| other.key == witness.key) {
                self.twice(key, Some(raw), raw.get_ref());
            }
            witnesses.push(witness);
        }
        Some(witnesses)
    }

    /// An address to listen on. Names are not resolved: what is listened on shouldn't depend on a resolver.
    pub(super) fn address(
        &mut self,
        key: &'static str,
        raw: &Spanned<String>,
    ) -> Option<SocketAddr> {
        let address = raw.get_ref().parse().ok();
        if address.is_none() {
            let expected = "an IP address and a port, such as \"127.0.0.1:7400\" or \"[::1]:7400\"";
            self.wrong(key, raw, expected);
        }
        address
    }

    pub(super) fn loopback_address(
        &mut self,
        key: &'static str,
        raw: &Spanned<String>,
    ) -> Option<SocketAddr> {
        let address = self.address(key, raw)?;
        if !address.ip().is_loopback() {
            let expected =
                "clients speak plain HTTP: listen on 127.0.0.1 and put a proxy with TLS before it";
            self.wrong(key, raw, expected);
            return None;
        }
        Some(address)
    }

    /// Where to connect: `host:port`, or the same as an https URL.
    pub(super) fn host_and_port(
        &mut self,
        key: &'static str,
        raw: &Spanned<String>,
    ) -> Option<String> {
        let text = raw.get_ref();
        let text = text.strip_prefix("https://").unwrap_or(text);
        let text = text.strip_suffix('/').unwrap_or(text);
        let authority = text.parse::<hyper::http::uri::Authority>().ok();
        let settled = authority.filter(|authority| {
            authority.port_u16().is_some_and(|port| port != 0)
                && !authority.host().is_empty()
                && !text.contains('@')
        });
        if settled.is_none() {
            let expected =
                "a host and a port, such as \"registrar.example:7300\" or \"127.0.0.1:7300\"";
            self.wrong(key, raw, expected);
        }
        settled.map(|_| text.to_owned())
    }

    /// The folder of data, which is made when it is not there.
    pub(super) fn folder_to_be(
        &mut self,
        key: &'static str,
        raw: &Spanned<String>,
    ) -> Option<PathBuf> {
        // By components, so that `.` leaves no trace in what is said of the folder.
        let path: PathBuf = self.folder.join(raw.get_ref()).components().collect();
        let expected = match (raw.get_ref().is_empty(), path.exists() && !path.is_dir()) {
            (true, _) => "which is empty: name a folder",
            (false, true) => "which is a file: name a folder",
            (false, false) => return Some(path),
        };
        self.problem(
            raw,
            Fault::Path {
                key,
                path,
                expected,
            },
        );
        None
    }

    pub(super) fn folder(&mut self, key: &'static str, raw: &Spanned<String>) -> Option<PathBuf> {
        let path = self.folder.join(raw.get_ref());
        if path.is_dir() {
            return Some(path);
        }
        let expected = "where there is no folder";
        self.problem(
            raw,
            Fault::Path {
                key,
                path,
                expected,
            },
        );
        None
    }

    pub(super) fn signatures(
        &mut self,
        key: &'static str,
        raw: &Spanned<String>,
    ) -> Option<Signatures> {
        let named = |suites: &Signatures| suites.word() == raw.get_ref();
        let found = Signatures::ALL.into_iter().find(named);
        if found.is_none() {
            self.wrong(key, raw, "it is \"p256\", \"both\" or \"hybrid\"");
        }
        found
    }

    /// A file that is there.
    pub(super) fn file(&mut self, key: &'static str, raw: &Spanned<String>) -> Option<PathBuf> {
        let path = self.folder.join(raw.get_ref());
        if path.is_file() {
            return Some(path);
        }
        let expected = "where there is no file";
        self.problem(
            raw,
            Fault::Path {
                key,
                path,
                expected,
            },
        );
        None
    }

    pub(super) fn files(
        &mut self,
        key: &'static str,
        raw: &Spanned<Vec<Spanned<String>>>,
    ) -> Option<Vec<PathBuf>> {
        if raw.get_ref().is_empty() {
            self.missing(key, purpose(key));
            return None;
        }
        let mut paths = Vec::new();
        for raw in raw.get_ref() {
            if paths.contains(&self.folder.join(raw.get_ref())) {
                self.twice(key, Some(raw), raw.get_ref());
            } else {
                paths.extend(self.file(key, raw));
            }
        }
        Some(paths)
    }
}

/// What a setting is for, told to those who have left it out.
fn purpose(key: &str) -> &'static str {
    match key {
        "registrar" => "the host and port where the registrar listens, such as \"127.0.0.1:7300\"",
        "http_listen" => "the address and port where clients connect, such as \"127.0.0.1:7480\"",
        "contracts" => "the files of the contracts that this process accepts",
        "endpoint" => "the URL of the service that keeps the bucket",
        "bucket" => "the name of the bucket that files are kept in",
        "region" => "the region that the service expects requests to be signed for",
        "credentials" => "a file of two lines, the access key's id and its secret",
        "module" => "the PKCS#11 library that came with the security module",
        "token" => "the label of the token that holds the keys",
        "pin_file" => "the file with the token's PIN, readable by its owner alone",
        _ => "the folder that describes what is shown",
    }
}
