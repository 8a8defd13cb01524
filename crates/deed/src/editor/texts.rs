//! The texts that a name may come from: the one being written, and those that it is about or uses.

use crate::outline::{Clause, Declaration, is_word, name_of, outline};
use crate::syntax::{Span, Tok, Token};

/// Words that begin a text: the name behind them is that of another text, or no name.
const HEADINGS: [&str; 3] = ["contract", "policies", "scenarios"];

/// What an editor has before it.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'s> {
    /// The text that is being written.
    pub text: &'s str,
    /// For policies and scenarios: the contract that they are about, then the texts of its policies.
    pub about: &'s [&'s str],
    /// The contracts that are used, by name.
    pub used: &'s [(&'s str, &'s str)],
}

/// Which of the texts something stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelved {
    /// The text that is being written.
    Here,
    /// One of those that it is about.
    About(usize),
    /// One of those that are used.
    Used(usize),
}

/// A text with its declarations.
pub(super) struct Source<'s> {
    pub(super) place: Shelved,
    pub(super) text: &'s str,
    /// The name by which the text that is being written calls it: `cash` in `cash.Cash`.
    pub(super) name: Option<&'s str>,
    pub(super) declarations: Vec<Declaration<'s>>,
}

impl<'s> Texts<'s> {
    /// A text that stands alone.
    #[must_use]
    pub fn of(text: &'s str) -> Self {
        Self {
            text,
            about: &[],
            used: &[],
        }
    }

    /// The one that is being written first.
    pub(super) fn sources(&self) -> Vec<Source<'s>> {
        let source = |place, text, name| Source {
            place,
            text,
            name,
            declarations: outline(text),
        };
        let about = self.about.iter().enumerate();
        let used = self.used.iter().enumerate();
        [source(Shelved::Here, self.text, None)]
            .into_iter()
            .chain(about.map(|(i, text)| source(Shelved::About(i), text, None)))
            .chain(used.map(|(i, (name, text))| source(Shelved::Used(i), text, Some(name))))
            .collect()
    }
}

/// Whether a declaration gives its name to something that other lines can name.
pub(super) fn names_something(declaration: &Declaration<'_>) -> bool {
    !HEADINGS.contains(&declaration.word) && declaration.word != "scenario"
}

/// The declaration of this name among the texts that need no prefix.
pub(super) fn declared<'d>(
    sources: &'d [Source<'_>],
    name: &str,
) -> Option<(&'d Source<'d>, &'d Declaration<'d>)> {
    let (prefix, name) = match name.split_once('.') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, name),
    };
    let sources = sources.iter().filter(|s| s.name == prefix);
    let mut all = sources.flat_map(|s| s.declarations.iter().map(move |d| (s, d)));
    all.find(|(_, d)| d.name == name && names_something(d))
}

/// The kind of fact that a name stands for inside an action or policy.
pub(super) fn kind_of(inside: &Declaration<'_>, name: &str) -> Option<String> {
    let tokens = inside.tokens.as_slice();
    let named = |i: usize| tokens.get(i).is_some_and(|t| is_word(t, name));
    // `one Title as old`, `each Child as child`: the kind stands before.
    let before = (2..tokens.len())
        .find(|i| named(*i) && is_word(&tokens[i - 1], "as"))
        .map(|i| i - 2);
    // `v in known Visit`: it stands behind.
    let behind = (0..tokens.len())
        .find(|i| named(*i) && tokens.get(i + 2).is_some_and(|t| is_word(t, "known")))
        .map(|i| i + 3);
    let last = before.or(behind)?;
    qualified(tokens, last, before.is_some())
}

/// A kind, with the contract before it: `cash.Cash`. `at` is its last token, or its first when `forward` is not said.
fn qualified(tokens: &[Token<'_>], at: usize, ends_here: bool) -> Option<String> {
    let dot = |i: usize| matches!(tokens.get(i).map(|t| &t.tok), Some(Tok::Punct(".")));
    let name = |i: usize| tokens.get(i).and_then(name_of);
    match ends_here {
        true if at >= 2 && dot(at - 1) => Some(format!("{}.{}", name(at - 2)?, name(at)?)),
        false if dot(at + 1) => Some(format!("{}.{}", name(at)?, name(at + 2)?)),
        _ => name(at).map(str::to_owned),
    }
}

/// The clause of a declaration that introduces a name, and where.
pub(super) fn introduced<'d>(
    declaration: &'d Declaration<'d>,
    name: &str,
) -> Option<(&'d Clause<'d>, Span)> {
    let clause = declaration
        .clauses
        .iter()
        .find(|c| c.introduces().and_then(name_of) == Some(name))?;
    Some((clause, clause.introduces()?.span))
}

/// The action that a scenario is about.
pub(super) fn action_of<'d>(
    sources: &'d [Source<'_>],
    scenario: &Declaration<'_>,
) -> Option<(&'d Source<'d>, &'d Declaration<'d>)> {
    let first = scenario.clauses.first()?.tokens.first().and_then(name_of)?;
    declared(sources, first).filter(|(_, d)| d.word == "action")
}
