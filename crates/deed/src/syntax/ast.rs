//! The tree of a contract as written.

use jiff::civil::{Date, Weekday};

use crate::value::{Currency, Money};

use super::token::Span;

pub(crate) use super::expression::{Assign, Each, Expr, Node, Op, Quality, Rounded, Unit};
pub(crate) use super::kinds::{ControlExpr, FactClause, FactDecl, FactNode, PartyPath};

#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// A text with its place; adjacent texts are joined by a space.
pub(crate) type Text = Name;

#[derive(Clone, Debug, Default)]
pub(crate) struct File {
    pub(crate) name: Option<Name>,
    pub(crate) version: u32,
    pub(crate) title: String,
    pub(crate) law: Option<String>,
    pub(crate) uses: Vec<UseDecl>,
    pub(crate) replaces: Option<ReplaceDecl>,
    pub(crate) parties: Vec<PartyDecl>,
    pub(crate) records: Vec<RecordDecl>,
    pub(crate) facts: Vec<FactDecl>,
    pub(crate) schedules: Vec<ScheduleDecl>,
    pub(crate) calendars: Vec<CalendarDecl>,
    pub(crate) hosts: Vec<HostDecl>,
    pub(crate) actions: Vec<ActionDecl>,
}

/// `uses cash sha256 "..."`.
#[derive(Clone, Debug)]
pub(crate) struct UseDecl {
    pub(crate) name: Name,
    pub(crate) sha256: Text,
}

/// `replaces cash version 1 sha256 "..."`.
#[derive(Clone, Debug)]
pub(crate) struct ReplaceDecl {
    pub(crate) name: Name,
    pub(crate) version: i64,
    pub(crate) sha256: Text,
}

/// `host iban version 1`.
#[derive(Clone, Debug)]
pub(crate) struct HostDecl {
    pub(crate) name: Name,
    pub(crate) version: i64,
    pub(crate) version_span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct PartyDecl {
    pub(crate) name: Name,
    pub(crate) id: Text,
}

#[derive(Clone, Debug)]
pub(crate) struct FieldDecl {
    pub(crate) name: Name,
    pub(crate) ty: TypeExpr,
    pub(crate) doc: String,
}

#[derive(Clone, Debug)]
pub(crate) struct TypeExpr {
    pub(crate) span: Span,
    pub(crate) node: TypeNode,
}

#[derive(Clone, Debug)]
pub(crate) enum TypeNode {
    Named(Name),
    Money(Currency),
    /// Places after the point.
    Decimal(u8),
    List {
        of: Box<TypeExpr>,
        at_most: u32,
    },
    Choice(Vec<Name>),
    Optional(Box<TypeExpr>),
}

#[derive(Clone, Debug)]
pub(crate) struct RecordDecl {
    pub(crate) name: Name,
    pub(crate) fields: Vec<FieldDecl>,
}

/// The days on which nobody works, for as long as they are known.
#[derive(Clone, Debug)]
pub(crate) struct CalendarDecl {
    pub(crate) name: Name,
    pub(crate) law: Option<String>,
    pub(crate) weekend: Vec<Weekday>,
    pub(crate) known: Option<(Date, Date, Span)>,
    pub(crate) holidays: Vec<(Date, Span)>,
}

/// A dated table of slice rates, or a dated single value.
#[derive(Clone, Debug)]
pub(crate) struct ScheduleDecl {
    pub(crate) name: Name,
    pub(crate) node: ScheduleNode,
}

#[derive(Clone, Debug)]
pub(crate) enum ScheduleNode {
    Scale {
        currency: Currency,
        rounding: Rounding,
        unit: Money,
        tables: Vec<Dated<Vec<Slice>>>,
    },
    Parameter {
        ty: TypeExpr,
        values: Vec<Dated<Expr>>,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Dated<T> {
    pub(crate) from: Date,
    pub(crate) span: Span,
    pub(crate) value: T,
}

/// Up to this amount (`None`: above all others) this rate, in ten-thousandths of a per cent.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    pub(crate) up_to: Option<Money>,
    pub(crate) rate: i64,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    /// To the lower number, also below zero.
    Down,
    /// To the higher number.
    Up,
    /// Halves away from zero.
    Nearest,
}

#[derive(Clone, Debug)]
pub(crate) struct ActionDecl {
    pub(crate) name: Name,
    pub(crate) doc: String,
    pub(crate) law: Option<String>,
    pub(crate) params: Vec<FieldDecl>,
    pub(crate) clauses: Vec<Clause>,
}

#[derive(Clone, Debug)]
pub(crate) enum Clause {
    Consumes {
        kind: Name,
        name: Name,
    },
    References {
        kind: Name,
        name: Name,
    },
    Creates {
        what: Name,
        with: Vec<Assign>,
    },
    Let {
        name: Name,
        value: Expr,
        exceptions: Vec<Exception>,
    },
    SignedBy(Vec<Signer>),
    Due(Box<DueClause>),
    Rule {
        text: Text,
        law: Option<String>,
        condition: Expr,
        exceptions: Vec<Exception>,
    },
}

/// A party or parties that sign, or so many of a list, whom an argument names.
#[derive(Clone, Debug)]
pub(crate) enum Signer {
    All(Expr),
    /// `any 2 of trustees as approving`.
    Any {
        needed: i64,
        of: Expr,
        named: Expr,
        span: Span,
    },
}

/// `exception "hardship" over "a child" when CONDITION then VALUE law "..."`.
#[derive(Clone, Debug)]
pub(crate) struct Exception {
    pub(crate) name: Text,
    /// The exceptions above, by name, over which it goes.
    pub(crate) over: Vec<Text>,
    pub(crate) when: Expr,
    /// What then holds or applies; a rule without it does not apply at all.
    pub(crate) value: Option<Expr>,
    pub(crate) law: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct DueClause {
    pub(crate) verb: DueVerb,
    pub(crate) payer: Expr,
    /// `None` for what the payer keeps.
    pub(crate) payee: Option<Expr>,
    pub(crate) amount: Expr,
    pub(crate) money: Name,
    pub(crate) with: Vec<Assign>,
    pub(crate) becoming: Vec<Assign>,
    pub(crate) when: Option<Expr>,
    pub(crate) law: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DueVerb {
    Pays,
    Issues,
    Keeps,
}
