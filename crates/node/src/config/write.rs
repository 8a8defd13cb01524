//! A configuration as a file, with a word on each setting for whoever edits it.

use std::fmt::Display;
use std::path::Path;

use super::check::LABEL_DEFAULT;
use super::files::folder_of_files;
use super::{Config, Fetch, Files, Keys, Limits, Role, Signatures};
use crate::attachments::Place;
use crate::transport::ServerLimits;
use crate::watch::WitnessAddress;

const MIB: u64 = 1 << 20;

pub(super) fn text(config: &Config, folder: &Path) -> String {
    let mut file = File {
        folder,
        text: String::from("# Paths are relative to this file's folder.\n\n"),
    };
    file.setting(
        "What this process does: registrar, notary, node or portal.",
        "role",
        &string(config.role_name()),
    );
    file.setting(
        "Its data folder, readable by its owner alone.",
        "data",
        &file.path(&config.data),
    );
    file.words(
        "The network it belongs to: it refuses to start on the data of another.",
        "network",
        config.network.as_deref(),
    );
    let party = config.party.as_ref().map(deed::Party::as_str);
    file.words(
        "The party that runs it: it refuses to start on the data of another.",
        "party",
        party,
    );
    let listen = string(&config.peer_listen.to_string());
    file.setting("Where peers connect, by TLS.", "peer_listen", &listen);
    let endpoint = config.endpoint.as_deref();
    file.words(
        "Where peers are told to connect, if that is not where this process listens.",
        "endpoint",
        endpoint,
    );
    file.role(&config.role);
    match &config.role {
        Role::Node(node) => {
            if let Some(keys) = &node.keys {
                file.keys(keys);
            }
            file.files(&node.files, &Place::Folder(folder_of_files(&config.data)));
        }
        Role::Registrar(registrar) => file.log(registrar.hybrid, &[]),
        Role::Notary(notary) => file.log(notary.hybrid, &notary.witnesses),
        Role::Portal(_) => {}
    }
    file.limits(&config.limits);
    file.text
}

struct File<'a> {
    folder: &'a Path,
    text: String,
}

impl File<'_> {
    fn setting(&mut self, comment: &str, key: &str, value: &dyn Display) {
        self.text += &format!("# {comment}\n{key} = {value}\n\n");
    }

    fn log(&mut self, hybrid: bool, witnesses: &[WitnessAddress]) {
        if !hybrid && witnesses.is_empty() {
            return;
        }
        self.text += "[log]\n";
        if hybrid {
            let what = "Whether checkpoints are signed by P-256 and ML-DSA-65 together, too.";
            self.setting(what, "hybrid", &true);
        }
        if !witnesses.is_empty() {
            let what = "Who is asked to cosign checkpoints: URL, a space, key.";
            let texts: Vec<String> = witnesses.iter().map(|w| string(&w.to_string())).collect();
            let list = format!("[{}]", texts.join(", "));
            self.setting(what, "witnesses", &list);
        }
    }

    fn words(&mut self, comment: &str, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.setting(comment, key, &string(value));
        }
    }

    fn role(&mut self, role: &Role) {
        match role {
            Role::Registrar(registrar) => {
                let days = registrar.certificate_life.as_secs() / (24 * 60 * 60);
                self.setting(
                    "Life of the certificates it issues.",
                    "certificate_days",
                    &days,
                );
            }
            Role::Notary(notary) => {
                self.registrar(&notary.registrar);
                let listen = string(&notary.http_listen.to_string());
                self.setting("Where its log is served.", "http_listen", &listen);
            }
            Role::Node(node) => {
                self.registrar(&node.registrar);
                let listen = string(&node.http_listen.to_string());
                self.setting(
                    "Where the body's own programs connect, on this machine.",
                    "http_listen",
                    &listen,
                );
                let hosts = node.hosts.iter().map(|party| string(party.as_str()));
                let hosts = list(hosts);
                self.setting(
                    "Parties without a node of their own whose accounts it keeps.",
                    "hosts",
                    &hosts,
                );
                self.contracts(&node.contracts);
                let window = node.window.as_millis();
                self.setting(
                    "How long a transaction that it drafts may take, in milliseconds.",
                    "window_ms",
                    &window,
                );
                if node.signatures != Signatures::default() {
                    let word = string(node.signatures.word());
                    self.setting(
                        "With which suites it signs: p256, both or hybrid.",
                        "signatures",
                        &word,
                    );
                }
            }
            Role::Portal(portal) => {
                self.registrar(&portal.registrar);
                let listen = string(&portal.http_listen.to_string());
                self.setting("Where the public reads.", "http_listen", &listen);
                self.contracts(&portal.contracts);
                let service = self.path(&portal.service);
                self.setting(
                    "The folder that describes what is shown.",
                    "service",
                    &service,
                );
            }
        }
    }

    fn registrar(&mut self, registrar: &str) {
        self.setting(
            "Where the registrar listens.",
            "registrar",
            &string(registrar),
        );
    }

    fn contracts(&mut self, contracts: &[std::path::PathBuf]) {
        let contracts = list(contracts.iter().map(|path| self.path(path)));
        self.setting("The contracts that it accepts.", "contracts", &contracts);
    }

    fn keys(&mut self, keys: &Keys) {
        self.text +=
            "# The ledger keys are in a security module, and not in the data folder.\n[keys]\n";
        let module = &keys.module;
        let library = self.path(&module.library);
        self.setting("Its PKCS#11 library.", "module", &library);
        let token = string(&module.token);
        self.setting("The token's label.", "token", &token);
        let pin_file = self.path(&module.pin_file);
        self.setting(
            "The file with its PIN, readable by its owner alone.",
            "pin_file",
            &pin_file,
        );
        if keys.label != LABEL_DEFAULT {
            let label = string(&keys.label);
            self.setting("What the keys' labels begin with.", "label", &label);
        }
    }

    /// Only what differs from the defaults.
    fn files(&mut self, files: &Files, place: &Place) {
        let fetch = match files.fetch {
            Fetch::Asked => "",
            Fetch::All => "fetch = \"all\"\n",
        };
        let kept = match &files.place {
            Place::Folder(folder) if files.place != *place => {
                format!("folder = {}\n", self.path(folder))
            }
            Place::Folder(_) => String::new(),
            Place::Bucket(bucket) => format!(
                "s3 = {{ endpoint = {}, bucket = {}, region = {}, credentials = {} }}\n",
                string(&bucket.endpoint),
                string(&bucket.bucket),
                string(&bucket.region),
                self.path(&bucket.credentials)
            ),
        };
        if !(fetch.is_empty() && kept.is_empty()) {
            self.text += &format!("[files]\n{kept}{fetch}\n");
        }
    }

    /// Only what differs from the defaults.
    fn limits(&mut self, limits: &Limits) {
        let defaults = ServerLimits::default();
        let server = &limits.server;
        let counts = [
            (
                "connections",
                server.connections_max,
                defaults.connections_max,
            ),
            (
                "connections_per_party",
                server.connections_per_party_max,
                defaults.connections_per_party_max,
            ),
        ];
        let counts = counts.map(|(key, set, default)| (key, set as u64, default as u64));
        let idle = (
            "idle_seconds",
            server.idle.as_secs(),
            defaults.idle.as_secs(),
        );
        let store = (
            "store_mib",
            limits.store.bytes_max.map_or(0, |bytes| bytes / MIB),
            0,
        );
        let changed: String = counts
            .into_iter()
            .chain([idle, store])
            .filter(|(_, set, default)| set != default)
            .map(|(key, set, _)| format!("{key} = {set}\n"))
            .collect();
        if !changed.is_empty() {
            self.text += &format!("[limits]\n{changed}");
        }
    }

    fn path(&self, path: &Path) -> String {
        let shown = match path.strip_prefix(self.folder) {
            Ok(below) if below.as_os_str().is_empty() => Path::new("."),
            Ok(below) => below,
            Err(_) => path,
        };
        string(&shown.to_string_lossy())
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// A TOML string, quoted and escaped.
fn string(text: &str) -> String {
    toml::Value::from(text).to_string()
}
