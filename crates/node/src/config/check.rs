//! From the file as written to a configuration that can be used, or everything that is wrong with it.

use std::path::Path;
use std::time::Duration;

use toml::Spanned;

use super::fault::Problem;
use super::files::files;
use super::raw::{Raw, RawKeys, RawRole};
use super::values::Values;
use super::{Config, Keys, Limits, Node, Notary, Portal, Registrar, Role, Signatures};
use crate::limits as caps;
use crate::pki::ModuleSettings;
use crate::store::StoreOptions;
use crate::transport::ServerLimits;

const DATA_DEFAULT: &str = "data";
/// What the labels of keys in a security module begin with.
pub(super) const LABEL_DEFAULT: &str = "ledger";
const MIB: u64 = 1 << 20;

/// Settles every setting. A value that cannot be settled is `None` and has left a problem behind.
pub(super) fn check(raw: Raw, text: &str, folder: &Path) -> Result<Config, Vec<Problem>> {
    let mut values = Values::new(text, folder, raw.role);
    match config(raw, &mut values) {
        Some(config) if values.problems.is_empty() => Ok(config),
        _ => Err(values.problems),
    }
}

fn config(mut raw: Raw, values: &mut Values<'_>) -> Option<Config> {
    let data = match raw.data.take() {
        Some(data) => values.folder_to_be("data", &data),
        None => Some(values.folder.join(DATA_DEFAULT)),
    };
    let network = raw
        .network
        .take()
        .and_then(|name| values.words("network", &name));
    let party = raw
        .party
        .take()
        .and_then(|party| values.party("party", &party));
    let endpoint = raw.endpoint.take();
    let endpoint = endpoint.and_then(|endpoint| values.host_and_port("endpoint", &endpoint));
    let peer_listen = values.address("peer_listen", &raw.peer_listen);
    if endpoint.is_none() && peer_listen.is_some_and(|listen| listen.ip().is_unspecified()) {
        values.missing(
            "endpoint",
            "peers need an address to connect to, and `peer_listen` is not one",
        );
    }
    if let Some(http) = &raw.http_listen
        && *http.get_ref() == *raw.peer_listen.get_ref()
    {
        values.wrong(
            "http_listen",
            http,
            "the same as `peer_listen`; it needs a port of its own",
        );
    }
    let limits = limits(&mut raw, values);
    let role = role(&mut raw, data.as_deref(), values);
    if let (Some(Role::Node(node)), Some(party)) = (&role, &party)
        && node.hosts.contains(party)
    {
        values.twice("hosts", None, party.as_str());
    }
    refuse_leftovers(&raw, values);
    Some(Config {
        data: data?,
        network,
        party,
        peer_listen: peer_listen?,
        endpoint,
        role: role?,
        limits,
    })
}

/// Takes out of `raw` what the role needs.
fn role(raw: &mut Raw, data: Option<&Path>, values: &mut Values<'_>) -> Option<Role> {
    if raw.role == RawRole::Registrar {
        let default = caps::CERTIFICATE_DAYS;
        let days = raw.certificate_days.take();
        let days = values.number(
            "certificate_days",
            days,
            default,
            1..=caps::CERTIFICATE_DAYS_MAX,
        );
        let certificate_life = Duration::from_hours(24 * days);
        let log = raw.log.take().map(Spanned::into_inner);
        let witnesses = log.as_ref().and_then(|log| log.witnesses.as_ref());
        values.not_for_role("witnesses", witnesses);
        return Some(Role::Registrar(Registrar {
            certificate_life,
            hybrid: log.is_some_and(|log| log.hybrid),
        }));
    }
    let registrar = raw.registrar.take();
    let registrar = values.needed("registrar", registrar.as_ref(), Values::host_and_port);
    let listen = raw.http_listen.take();
    let http_listen = match raw.role {
        RawRole::Node => values.needed("http_listen", listen.as_ref(), Values::loopback_address),
        _ => values.needed("http_listen", listen.as_ref(), Values::address),
    };
    match raw.role {
        RawRole::Registrar | RawRole::Notary => {
            let log = raw.log.take().map(Spanned::into_inner);
            let witnesses = log.as_ref().and_then(|log| log.witnesses.as_ref());
            let witnesses = match witnesses {
                Some(texts) => values.witnesses("witnesses", texts),
                None => Some(Vec::new()),
            };
            Some(Role::Notary(Notary {
                registrar: registrar?,
                http_listen: http_listen?,
                hybrid: log.is_some_and(|log| log.hybrid),
                witnesses: witnesses?,
            }))
        }
        RawRole::Node => {
            let hosts = match raw.hosts.take() {
                Some(hosts) => values.parties("hosts", &hosts),
                None => Some(Vec::new()),
            };
            let contracts =
                values.needed("contracts", raw.contracts.take().as_ref(), Values::files);
            let longest = ledger::limits::WINDOW_MS_MAX / 2;
            let range = caps::WINDOW_MS_MIN..=longest;
            let default = protocol::limits::WINDOW_MS;
            let window_ms = values.number("window_ms", raw.window_ms.take(), default, range);
            let files = files(raw.files.take(), data, values);
            Some(Role::Node(Node {
                registrar: registrar?,
                http_listen: http_listen?,
                hosts: hosts?,
                contracts: contracts?,
                window: Duration::from_millis(window_ms),
                files: files?,
                keys: match raw.keys.take() {
                    Some(keys) => Some(self::keys(keys.into_inner(), values)?),
                    None => None,
                },
                signatures: match raw.signatures.take() {
                    Some(word) => values.signatures("signatures", &word)?,
                    None => Signatures::default(),
                },
            }))
        }
        RawRole::Portal => {
            let contracts =
                values.needed("contracts", raw.contracts.take().as_ref(), Values::files);
            let service = values.needed("service", raw.service.take().as_ref(), Values::folder);
            Some(Role::Portal(Portal {
                registrar: registrar?,
                http_listen: http_listen?,
                contracts: contracts?,
                service: service?,
            }))
        }
    }
}

fn keys(raw: RawKeys, values: &mut Values<'_>) -> Option<Keys> {
    let library = values.needed("module", raw.module.as_ref(), Values::file);
    let token = values.needed("token", raw.token.as_ref(), Values::words);
    let pin_file = values.needed("pin_file", raw.pin_file.as_ref(), Values::file);
    let label = match raw.label {
        Some(label) => values.words("label", &label),
        None => Some(LABEL_DEFAULT.to_owned()),
    };
    Some(Keys {
        module: ModuleSettings {
            library: library?,
            token: token?,
            pin_file: pin_file?,
        },
        label: label?,
    })
}

fn refuse_leftovers(raw: &Raw, values: &mut Values<'_>) {
    let Raw {
        http_listen,
        registrar,
        hosts,
        contracts,
        service,
        window_ms,
        certificate_days,
        files,
        signatures,
        keys,
        log,
        limits,
        ..
    } = raw;
    values.not_for_role("http_listen", http_listen.as_ref());
    values.not_for_role("registrar", registrar.as_ref());
    values.not_for_role("hosts", hosts.as_ref());
    values.not_for_role("contracts", contracts.as_ref());
    values.not_for_role("service", service.as_ref());
    values.not_for_role("window_ms", window_ms.as_ref());
    values.not_for_role("certificate_days", certificate_days.as_ref());
    values.not_for_role("files", files.as_ref());
    values.not_for_role("signatures", signatures.as_ref());
    values.not_for_role("keys", keys.as_ref());
    values.not_for_role("log", log.as_ref());
    values.not_for_role("store_mib", limits.store_mib.as_ref());
}

fn limits(raw: &mut Raw, values: &mut Values<'_>) -> Limits {
    // The other stores grow with what is public, and the disk is their limit.
    let keeps_sqlite = matches!(raw.role, RawRole::Registrar | RawRole::Node);
    let raw = &mut raw.limits;
    let defaults = ServerLimits::default();
    let mut count = |key, raw, default: usize, max: u64| {
        let settled = values.number(key, raw, default as u64, 1..=max);
        usize::try_from(settled).unwrap_or(default)
    };
    let connections_max = count(
        "connections",
        raw.connections.take(),
        defaults.connections_max,
        caps::CONNECTIONS_SETTING_MAX,
    );
    let connections_per_party_max = count(
        "connections_per_party",
        raw.connections_per_party.take(),
        defaults.connections_per_party_max,
        caps::CONNECTIONS_SETTING_MAX,
    );
    let idle = defaults.idle.as_secs();
    let idle = values.number(
        "idle_seconds",
        raw.idle_seconds.take(),
        idle,
        1..=caps::IDLE_SECONDS_MAX,
    );
    let store_mib = raw.store_mib.take_if(|_| keeps_sqlite);
    let bytes_max = store_mib.map(|mib| {
        let range = 1..=caps::STORE_MIB_MAX;
        values.number("store_mib", Some(mib), caps::STORE_MIB_MAX, range) * MIB
    });
    Limits {
        server: ServerLimits {
            connections_max,
            connections_per_party_max,
            idle: Duration::from_secs(idle),
            ..defaults
        },
        store: StoreOptions {
            bytes_max,
            ..StoreOptions::default()
        },
    }
}
