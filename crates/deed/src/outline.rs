//! A contract as its lines: which declaration, which clauses. What tools show of a text that they need not understand.

use crate::format::in_one_line;
use crate::syntax::{Line, Lines, Span, Tok, Token};

/// One clause under a declaration.
#[derive(Clone, Debug)]
pub(crate) struct Clause<'s> {
    pub(crate) tokens: Vec<Token<'s>>,
    pub(crate) span: Span,
}

/// One declaration with its clauses.
#[derive(Clone, Debug)]
pub(crate) struct Declaration<'s> {
    /// The word that it begins with, such as `action`.
    pub(crate) word: &'s str,
    /// The name that it declares, and where.
    pub(crate) name: &'s str,
    pub(crate) name_span: Span,
    /// Everything in it, its own line first.
    pub(crate) tokens: Vec<Token<'s>>,
    pub(crate) clauses: Vec<Clause<'s>>,
}

impl Declaration<'_> {
    /// Where it begins.
    pub(crate) fn start(&self) -> usize {
        self.tokens.first().map_or(0, |t| t.span.start)
    }

    /// Where it ends, without a comment behind it.
    pub(crate) fn end(&self) -> usize {
        self.tokens.last().map_or(0, |t| t.span.end)
    }
}

impl<'s> Clause<'s> {
    /// The clause on one line, in the one true format.
    pub(crate) fn text(&self, source: &str) -> String {
        in_one_line(&self.tokens, source)
    }

    /// Whether the clause begins with this word.
    pub(crate) fn begins(&self, word: &str) -> bool {
        self.tokens.first().is_some_and(|t| is_word(t, word))
    }

    /// Whether the word stands in the clause.
    pub(crate) fn says(&self, word: &str) -> bool {
        self.tokens.iter().any(|t| is_word(t, word))
    }

    /// Whether it is a field or parameter: `name: type`.
    pub(crate) fn is_field(&self) -> bool {
        matches!(
            self.tokens.as_slice(),
            [
                Token {
                    tok: Tok::Name(_),
                    ..
                },
                Token {
                    tok: Tok::Punct(":"),
                    ..
                },
                ..
            ]
        )
    }

    /// The name that a field, a `let` or `consumes one Title as old` introduces.
    pub(crate) fn introduces(&self) -> Option<&Token<'s>> {
        let after = |word: &str| {
            let at = self.tokens.iter().position(|t| is_word(t, word))?;
            self.tokens.get(at + 1)
        };
        if self.is_field() {
            self.tokens.first()
        } else if self.begins("let") {
            after("let")
        } else if self.begins("consumes") || self.begins("references") {
            after("as")
        } else {
            None
        }
    }
}

/// The name of a name token.
pub(crate) fn name_of<'s>(token: &Token<'s>) -> Option<&'s str> {
    match token.tok {
        Tok::Name(name) => Some(name),
        _ => None,
    }
}

pub(crate) fn is_word(token: &Token<'_>, word: &str) -> bool {
    name_of(token) == Some(word)
}

/// The declarations of a text, in its order; lines that can't be read are left out.
pub(crate) fn outline(source: &str) -> Vec<Declaration<'_>> {
    let mut out = Vec::new();
    for line in Lines::read(source, &mut Vec::new()).roots() {
        let [first, second, ..] = line.tokens() else {
            continue;
        };
        // A scenario is named by a text.
        let name = match second.tok {
            Tok::Text(text) => Some(text),
            _ => name_of(second),
        };
        let (Some(word), Some(name)) = (name_of(first), name) else {
            continue;
        };
        out.push(Declaration {
            word,
            name,
            name_span: second.span,
            tokens: line.flat().to_vec(),
            clauses: line.children().map(clause).collect(),
        });
    }
    out
}

fn clause<'s>(line: Line<'_, 's>) -> Clause<'s> {
    let tokens = line.flat();
    let last = tokens.last().map_or(line.span(), |t| t.span);
    Clause {
        span: line.span().to(last),
        tokens: tokens.to_vec(),
    }
}
