//! Host functions that a contract declares: the name and the version must be known here.

use crate::host::{HOSTS, Host};
use crate::near::did_you_mean;
use crate::syntax::Problem;
use crate::syntax::ast::{HostDecl, Name};

pub(super) fn host(decl: &HostDecl) -> Result<Host, Problem> {
    let name = &decl.name;
    let versions = || HOSTS.into_iter().filter(|h| h.name == name.text);
    if let Some(host) = versions().find(|h| h.version == decl.version) {
        return Ok(host);
    }
    let listed: Vec<String> = versions().map(|h| h.version.to_string()).collect();
    if listed.is_empty() {
        let message = format!("there is no host function `{}`", name.text);
        let help = did_you_mean(&name.text, HOSTS.iter().map(|h| h.name));
        let known = HOSTS.map(|h| h.name).join(", ");
        let help = help.unwrap_or_else(|| format!("there are {known}"));
        return Err(Problem::new(name.span, message, "not known").help(help));
    }
    let message = format!(
        "there is no version {} of the host function `{}`",
        decl.version, name.text
    );
    let help = format!("known here: version {}", listed.join(", "));
    Err(Problem::new(decl.version_span, message, "not known").help(help))
}

/// What to do when a host function is called and not declared.
pub(super) fn undeclared(name: &Name) -> Option<String> {
    let latest = HOSTS
        .iter()
        .filter(|h| h.name == name.text)
        .max_by_key(|h| h.version)?;
    Some(format!(
        "declare it: `host {} version {}`",
        latest.name, latest.version
    ))
}
