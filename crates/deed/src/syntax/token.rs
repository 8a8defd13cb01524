//! Tokens, places and problems.

use crate::value::Money;

/// A range of bytes of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    pub(crate) fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

/// One token; names and texts are as they stand in the source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Tok<'s> {
    Name(&'s str),
    Text(&'s str),
    Int(i64),
    Money(Money),
    /// Ten-thousandths of a per cent.
    Percent(i64),
    /// A number without its point, and how many of its digits stand after the point.
    Decimal(i64, u8),
    Punct(&'static str),
    /// A line break inside a clause.
    Break,
    End,
}

impl Tok<'_> {
    /// As an error message names it.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Name(name) => format!("`{name}`"),
            Self::Text(_) => "a text".to_owned(),
            Self::Int(value) => format!("`{value}`"),
            Self::Money(money) => format!("`{money}`"),
            Self::Decimal(..) => "a decimal number".to_owned(),
            Self::Percent(_) => "a percentage".to_owned(),
            Self::Punct(mark) => format!("`{mark}`"),
            Self::Break => "the end of the line".to_owned(),
            Self::End => "the end of the clause".to_owned(),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'s> {
    pub(crate) tok: Tok<'s>,
    pub(crate) span: Span,
}

/// An error at a place, before lines and columns are known.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) label: String,
    pub(crate) help: Option<String>,
}

impl Problem {
    pub(crate) fn new(span: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            label: label.into(),
            help: None,
        }
    }

    /// Follows from a problem that has been reported; not shown.
    pub(crate) fn silent(span: Span) -> Self {
        Self::new(span, "", "")
    }

    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }
}
