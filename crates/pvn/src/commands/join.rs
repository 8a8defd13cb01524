//! `pvn init`, `pvn invite`, `pvn join`: founding a network and becoming part of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use deed::Party;
use node::config::{Config, ConfigError, Keys};
use node::files::{create_folder, write_atomically};
use node::pki::{Fingerprint, ModuleSettings};
use node::roles::{Application, found_network, load_contracts};

use super::{Outcome, runtime};
use crate::cli::{Init, Invite, Join, JoinRole};
use crate::network::{Kind, Settings};
use crate::output::say;

fn party(text: &str) -> Result<Party, String> {
    Party::new(text).map_err(|_| {
        format!(
            "{text:?} is not a party identifier: letters, digits, dot, dash, underscore; at most 64"
        )
    })
}

/// The configuration of a process and where it belongs, if it holds: asked before anything is made that depends on it.
fn checked(settings: &Settings) -> Result<(PathBuf, String), ConfigError> {
    let path = settings.data.join("pvn.toml");
    let text = settings.clone().config().to_text(&path);
    Config::parse(&text, &path)?;
    Ok((path, text))
}

/// Writes the configuration of a process into its data folder, if it holds.
fn write_config(settings: &Settings) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let (path, text) = checked(settings)?;
    write_atomically(&path, text.as_bytes())?;
    Ok(path)
}

pub(super) fn init(args: &Init) -> Outcome {
    let me = party(&args.party)?;
    create_folder(&args.data)?;
    let settings = Settings {
        kind: Kind::Registrar,
        data: fs::canonicalize(&args.data)?,
        network: Some(args.network.clone()),
        party: me.clone(),
        endpoint: args.endpoint.clone(),
        peer_listen: args.listen,
        http_listen: args.listen,
        registrar: String::new(),
        hosts: Vec::new(),
        contracts: Vec::new(),
        service: None,
        keys: None,
    };
    checked(&settings)?;
    let fingerprint = found_network(&args.data, &args.network, &me)?;
    let path = write_config(&settings)?;
    say!(
        "Founded {}. Fingerprint of its root, which newcomers pin:\n  {fingerprint}",
        args.network
    )?;
    say!(
        "Next: `pvn invite --data {} --party ID` for each member, the notary first (`--role notary`),",
        args.data.display()
    )?;
    say!("then `pvn run --config {}`.", path.display())?;
    Ok(ExitCode::SUCCESS)
}

/// The registrar's folder: the one given, or the one inside a demonstration's folder.
fn registrar_folder(data: &Path) -> PathBuf {
    let inside = data.join("registrar");
    if inside.is_dir() {
        inside
    } else {
        data.to_owned()
    }
}

pub(super) fn invite(args: &Invite) -> Outcome {
    let folder = registrar_folder(&args.data);
    let valid = Duration::from_secs(args.days.saturating_mul(24 * 60 * 60));
    let hosts = args.hosts.iter().map(|id| party(id));
    let hosts: Vec<Party> = hosts.collect::<Result<_, _>>()?;
    let role = kind(args.role).member_role();
    let code = node::roles::invite(&folder, &party(&args.party)?, role, &hosts, valid)?;
    let config = Config::load(&folder.join("pvn.toml"))?;
    let fingerprint = node::roles::Home::at(&folder)?.identity()?.root;
    say!("{} can join within {} days with:\n", args.party, args.days)?;
    let (role, contract) = match args.role {
        JoinRole::Node => ("", " --contract CONTRACT.deed"),
        JoinRole::Notary => (" --role notary", ""),
        JoinRole::Portal => (
            " --role portal",
            " --contract CONTRACT.deed --service FOLDER",
        ),
    };
    say!(
        "  pvn join --registrar {} --fingerprint {} \\",
        config.announced(),
        Fingerprint::of(&fingerprint)
    )?;
    say!(
        "    --code {code} --party {}{role} --name NAME --data FOLDER \\",
        args.party
    )?;
    for hosted in &hosts {
        say!("    --hosts {hosted}=NAME \\")?;
    }
    say!("    --peer-listen 127.0.0.1:PORT --http-listen 127.0.0.1:PORT{contract}")?;
    let whom = match hosts.len() {
        0 => "for that body alone".to_owned(),
        count => format!("for that body and the {count} that it hosts"),
    };
    say!(
        "\nThe code is {whom}, and is used up when it joins. Until then, whoever has it can join as it: keep it secret."
    )?;
    Ok(ExitCode::SUCCESS)
}

fn kind(role: JoinRole) -> Kind {
    match role {
        JoinRole::Node => Kind::Node,
        JoinRole::Notary => Kind::Notary,
        JoinRole::Portal => Kind::Portal,
    }
}

/// A hosted party from `ID=NAME`.
fn hosted(text: &str) -> Result<(Party, String), String> {
    let (id, name) = text.split_once('=').ok_or_else(|| {
        format!("{text:?} does not say who is hosted: give its identifier, `=`, and its name")
    })?;
    Ok((party(id)?, name.to_owned()))
}

/// The security module that is to hold a node's ledger keys.
fn keys(args: &Join) -> Result<Option<Keys>, String> {
    let (Some(module), Some(token), Some(pin_file)) =
        (&args.key_module, &args.key_token, &args.key_pin_file)
    else {
        return Ok(None);
    };
    if args.role != JoinRole::Node {
        return Err("only a node keeps its ledger key in a security module: leave out `--key-module` and what belongs to it".to_owned());
    }
    Ok(Some(Keys {
        module: ModuleSettings {
            library: absolute(module)?,
            token: token.clone(),
            pin_file: absolute(pin_file)?,
        },
        label: args.key_label.clone(),
    }))
}

fn absolute(path: &PathBuf) -> Result<PathBuf, String> {
    fs::canonicalize(path).map_err(|e| format!("{} can't be read: {e}", path.display()))
}

pub(super) fn join(args: &Join) -> Outcome {
    let me = party(&args.party)?;
    let kind = kind(args.role);
    let hosts = args.hosts.iter().map(|text| hosted(text));
    let hosts: Vec<(Party, String)> = hosts.collect::<Result<_, _>>()?;
    let fingerprint: Fingerprint = args
        .fingerprint
        .parse()
        .map_err(|_| "the fingerprint is not one: copy it whole from `pvn invite`")?;
    load_contracts(&args.contracts)?;
    create_folder(&args.data)?;
    let mut settings = Settings {
        kind,
        data: fs::canonicalize(&args.data)?,
        network: None,
        party: me.clone(),
        endpoint: args.endpoint.clone(),
        peer_listen: args.peer_listen,
        http_listen: args.http_listen,
        registrar: args.registrar.clone(),
        hosts: hosts.iter().map(|(party, _)| party.clone()).collect(),
        contracts: args
            .contracts
            .iter()
            .map(absolute)
            .collect::<Result<_, _>>()?,
        service: args.service.as_ref().map(absolute).transpose()?,
        keys: keys(args)?,
    };
    write_config(&settings)?;
    let application = Application {
        data: args.data.clone(),
        registrar: args.registrar.clone(),
        fingerprint,
        code: args.code.clone(),
        parties: std::iter::once((
            me,
            args.name.clone(),
            args.services.clone(),
            args.website.clone(),
        ))
        .chain(
            hosts
                .into_iter()
                .map(|(party, name)| (party, name, Vec::new(), String::new())),
        )
        .collect(),
        role: kind.member_role(),
        endpoint: settings.clone().config().announced(),
        keys: settings.keys.clone(),
        log_origin: (kind == Kind::Notary).then(|| format!("{}.log", args.party.to_lowercase())),
    };
    let network = runtime()?.block_on(node::roles::join(&application))?;
    settings.network = Some(network.name.clone());
    let path = write_config(&settings)?;
    let module = settings.keys.map(|keys| {
        format!(
            " and in the security module's token {:?}",
            keys.module.token
        )
    });
    say!(
        "{} is a member of {}. Its keys are in {}{} and never left it.",
        args.name,
        network.name,
        args.data.display(),
        module.unwrap_or_default()
    )?;
    say!(
        "Next: `pvn run --config {}`, then `pvn status --data {}`.",
        path.display(),
        args.data.display()
    )?;
    Ok(ExitCode::SUCCESS)
}
