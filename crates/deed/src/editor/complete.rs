//! What can stand at a place.

use std::collections::BTreeMap;

use crate::builtin::BuiltInRule;
use crate::heading::{Form, heading};
use crate::outline::{Clause, Declaration, name_of};
use crate::syntax::{Tok, words};

use super::place::{Place, place};
use super::texts::{Source, Texts, action_of, declared, kind_of, names_something};
use super::words::words_of;

/// Words that begin a type.
const TYPES: [&str; 9] = [
    "bool", "date", "decimal", "int", "list", "money", "party", "percent", "text",
];

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

/// What has been found, by name, with what is said of it.
type Offers = BTreeMap<String, (CompletionKind, String)>;

/// What can stand at a place of the text: behind a dot the fields of the fact, behind `because "` the rules, behind `with` the
/// fields of what is given, where only a type, a calendar or a period can stand those, else the names in scope and the words
/// of the language; only those that begin as what is written there.
#[must_use]
pub fn complete(texts: &Texts<'_>, at: usize) -> Vec<Completion> {
    let before = texts.text.get(..at).unwrap_or_default();
    let line = &before[before.rfind('\n').map_or(0, |i| i + 1)..];
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let stem = before.trim_end_matches(is_name);
    let mut begun = &before[stem.len()..];
    let sources = texts.sources();
    let here = sources.first().map_or(&[][..], |s| &s.declarations);
    let inside = here.iter().rfind(|d| d.name_span.start < at);
    let inside = inside.filter(|_| line.starts_with(' '));
    let mut found = Offers::new();
    if let Some((_, words)) = line
        .rsplit_once("because \"")
        .filter(|(_, w)| !w.contains('"'))
    {
        begun = words;
        rules(&sources, inside, &mut found);
    } else if let Some(owner) = stem.strip_suffix('.') {
        let owner = &owner[owner.trim_end_matches(is_name).len()..];
        behind_dot(&sources, inside, owner, &mut found);
    } else if !place(stem, inside).is_some_and(|p| placed(&sources, inside, p, &mut found)) {
        in_scope(&sources, inside, line, texts.text, &mut found);
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

/// What the words before a place ask for; whether anything is known of it.
fn placed(
    sources: &[Source<'_>],
    inside: Option<&Declaration<'_>>,
    place: Place<'_>,
    found: &mut Offers,
) -> bool {
    let mut offer = |all: &[&str]| {
        for word in all.iter().filter_map(|word| words::find(word)) {
            let says = (CompletionKind::Word, word.says.to_owned());
            found.insert(word.word.to_owned(), says);
        }
    };
    let sorts: &[&str] = match place {
        Place::Calendar => &["calendar"],
        Place::Period => {
            offer(&["years", "months"]);
            return true;
        }
        Place::Type => {
            offer(&TYPES);
            &["record"]
        }
        Place::FieldOf(owner) => {
            let kind = inside.and_then(|d| kind_of(d, owner));
            let owner = declared(sources, kind.as_deref().unwrap_or(owner));
            if let Some((source, owner)) = owner {
                let given = owner.clauses.iter().filter(|c| c.is_field());
                introduced(given, source.text, CompletionKind::Field, found);
            }
            return owner.is_some();
        }
    };
    for source in sources.iter().filter(|s| s.name.is_none()) {
        declarations(source, sorts, found);
    }
    true
}

/// The rules of the action that a scenario is about, in their words, and those that are built in.
fn rules(sources: &[Source<'_>], inside: Option<&Declaration<'_>>, found: &mut Offers) {
    for rule in BuiltInRule::ALL {
        let words = rule.code().replace('_', " ");
        let detail = "a built-in rule".to_owned();
        found.insert(words, (CompletionKind::Word, detail));
    }
    let Some((_, action)) = inside.and_then(|d| action_of(sources, d)) else {
        return;
    };
    let rules = action.clauses.iter().filter(|c| c.begins("rule"));
    for words in rules.filter_map(|c| c.tokens.get(1)) {
        if let Tok::Text(text) = &words.tok {
            let detail = format!("a rule of {}", action.name);
            found.insert((*text).to_owned(), (CompletionKind::Declared, detail));
        }
    }
}

/// The fields of the fact that a name stands for, or what a contract of that name declares; of all facts when it isn't known which.
fn behind_dot(
    sources: &[Source<'_>],
    inside: Option<&Declaration<'_>>,
    owner: &str,
    found: &mut Offers,
) {
    let kind = inside.and_then(|d| kind_of(d, owner));
    if let Some((source, declared)) = kind.and_then(|kind| declared(sources, &kind)) {
        return fields(declared, source.text, CompletionKind::Field, found);
    }
    if let Some(used) = sources.iter().find(|s| s.name == Some(owner)) {
        return declarations(used, &["fact", "record"], found);
    }
    for source in sources.iter().filter(|s| s.name.is_none()) {
        let holders = source.declarations.iter();
        for declared in holders.filter(|d| matches!(d.word, "fact" | "record")) {
            fields(declared, source.text, CompletionKind::Field, found);
        }
    }
}

fn in_scope(
    sources: &[Source<'_>],
    inside: Option<&Declaration<'_>>,
    line: &str,
    text: &str,
    found: &mut Offers,
) {
    let form = heading(text).map_or(Form::Contract, |h| h.form);
    for word in words_of(form) {
        let offer = (CompletionKind::Word, word.says.to_owned());
        found.insert(word.word.to_owned(), offer);
    }
    for source in sources.iter().filter(|s| s.name.is_none()) {
        declarations(source, &[], found);
    }
    let (Some(inside), Some(here)) = (inside, sources.first()) else {
        return;
    };
    fields(inside, here.text, CompletionKind::Local, found);
    if let Some((source, action)) = action_of(sources, inside) {
        fields(action, source.text, CompletionKind::Local, found);
    }
    // A fact that is given in the same line.
    let mut words = line.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    if form == Form::Scenarios
        && let Some((source, kind)) = words.find_map(|w| declared(sources, w))
        && matches!(kind.word, "fact" | "record")
    {
        fields(kind, source.text, CompletionKind::Field, found);
    }
}

/// What a text declares; only these sorts, when some are said.
fn declarations(source: &Source<'_>, sorts: &[&str], found: &mut Offers) {
    let all = source.declarations.iter().filter(|d| names_something(d));
    for declared in all.filter(|d| sorts.is_empty() || sorts.contains(&d.word)) {
        let detail = format!("{} {}", declared.word, declared.name);
        found.insert(declared.name.to_owned(), (CompletionKind::Declared, detail));
    }
}

fn fields(declared: &Declaration<'_>, source: &str, kind: CompletionKind, found: &mut Offers) {
    introduced(declared.clauses.iter(), source, kind, found);
}

fn introduced<'c, 's: 'c>(
    clauses: impl Iterator<Item = &'c Clause<'s>>,
    source: &str,
    kind: CompletionKind,
    found: &mut Offers,
) {
    let named = |clause: &Clause<'_>| clause.introduces().and_then(name_of).map(str::to_owned);
    for clause in clauses {
        if let Some(name) = named(clause) {
            found.insert(name, (kind, clause.text(source)));
        }
    }
}
