//! What a text is, and which others it needs, before it is understood.

use crate::syntax;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A contract.
    Contract,
    /// Policies about a contract.
    Policies,
    /// Scenarios about a contract, and about its policies.
    Scenarios,
}

/// The first line of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heading<'s> {
    /// What the text is.
    pub form: Form,
    /// The contract that it is or is about; empty when that is not said.
    pub contract: &'s str,
}

/// What a text says that it is; nothing when it says none of these.
#[must_use]
pub fn heading(source: &str) -> Option<Heading<'_>> {
    let mut lines = source
        .lines()
        .map(|line| line.split('#').next().unwrap_or(""));
    let first = lines.find(|line| !line.trim().is_empty())?;
    let mut words = first.split_whitespace();
    let form = match words.next()? {
        "contract" => Form::Contract,
        "policies" => Form::Policies,
        "scenarios" => Form::Scenarios,
        _ => return None,
    };
    let name = words.find(|word| form == Form::Contract || *word != "for");
    Some(Heading {
        form,
        contract: name.unwrap_or_default(),
    })
}

/// Another contract whose text is needed to check one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The other contract's name.
    pub name: String,
    /// The SHA-256 of its exact text, in small hexadecimal digits.
    pub sha256: String,
    /// Whether it is needed at all: the text of a version that is replaced may be missing, and is then not compared.
    pub required: bool,
}

/// The contracts that a text `uses` and `replaces`, as far as it can be read.
#[must_use]
pub fn needs(source: &str) -> Vec<Need> {
    let file = syntax::parse(source, &mut Vec::new());
    let need = |name: &str, sha256: &str, required| Need {
        name: name.to_owned(),
        sha256: sha256.to_owned(),
        required,
    };
    let uses = file.uses.iter();
    let uses = uses.map(|u| need(&u.name.text, &u.sha256.text, true));
    let replaces = file.replaces.iter();
    let replaces = replaces.map(|r| need(&r.name.text, &r.sha256.text, false));
    uses.chain(replaces).collect()
}
