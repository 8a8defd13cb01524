//! What can stand at a place.

use std::collections::BTreeMap;

use crate::outline::{Clause, Declaration, name_of, outline};
use crate::syntax::Lines;

use super::find::kind_of;
use super::words::WORDS;

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompletionKind {
    /// A field of a fact.
    Field,
    /// A parameter, a `let` or a fact's name inside an action.
    Local,
    /// Something that the contract declares.
    Declared,
    /// A word of the language.
    Word,
}

/// Something that can stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What to write.
    pub name: String,
    /// What it is.
    pub kind: CompletionKind,
    /// What is said about it.
    pub detail: String,
}

/// What can stand at a place of the text: behind a dot the fields of the fact, else the names in scope and the words of
/// the language; only those that begin as what is written there.
#[must_use]
pub fn complete(source: &str, at: usize) -> Vec<Completion> {
    let before = source.get(..at).unwrap_or_default();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let stem = before.trim_end_matches(is_name);
    let begun = &before[stem.len()..];
    let lines = Lines::read(source, &mut Vec::new());
    let declarations = outline(&lines);
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    let inside = declarations.iter().rfind(|d| d.name_span.start < at);
    let inside = inside.filter(|_| before[line_start..].starts_with(' '));
    let mut found: BTreeMap<String, (CompletionKind, String)> = BTreeMap::new();
    if let Some(owner) = stem.strip_suffix('.') {
        let owner = &owner[owner.trim_end_matches(is_name).len()..];
        let kind = inside.and_then(|d| kind_of(d, owner));
        for declared in declarations.iter().filter(|d| holds_fields(d, kind)) {
            fields(declared, source, CompletionKind::Field, &mut found);
        }
    } else {
        for (word, text) in WORDS {
            found.insert(word.to_owned(), (CompletionKind::Word, text.to_owned()));
        }
        for declared in declarations.iter().filter(|d| d.word != "contract") {
            let detail = format!("{} {}", declared.word, declared.name);
            found.insert(declared.name.to_owned(), (CompletionKind::Declared, detail));
        }
        if let Some(inside) = inside {
            fields(inside, source, CompletionKind::Local, &mut found);
        }
    }
    let matching = found
        .into_iter()
        .filter(|(name, _)| name.starts_with(begun));
    let mut out: Vec<Completion> = matching
        .map(|(name, (kind, detail))| Completion { name, kind, detail })
        .collect();
    out.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    out
}

/// Facts and records; only one of them when it is known which.
fn holds_fields(declared: &Declaration<'_>, kind: Option<&str>) -> bool {
    let holds = matches!(declared.word, "fact" | "record");
    holds && kind.is_none_or(|kind| declared.name == kind)
}

fn fields(
    declared: &Declaration<'_>,
    source: &str,
    kind: CompletionKind,
    found: &mut BTreeMap<String, (CompletionKind, String)>,
) {
    let named = |clause: &Clause<'_>| clause.introduces().and_then(name_of).map(str::to_owned);
    for clause in &declared.clauses {
        if let Some(name) = named(clause) {
            found.insert(name, (kind, clause.text(source)));
        }
    }
}
