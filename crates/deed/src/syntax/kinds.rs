//! A kind of fact as written.

use crate::schema::KeepFrom;

use super::ast::{Assign, FieldDecl, Name, Text};
use super::token::Span;

#[derive(Clone, Debug)]
pub(crate) struct FactDecl {
    pub(crate) name: Name,
    pub(crate) money: bool,
    pub(crate) doc: String,
    pub(crate) fields: Vec<FieldDecl>,
    pub(crate) clauses: Vec<FactClause>,
}

#[derive(Clone, Debug)]
pub(crate) struct FactClause {
    pub(crate) span: Span,
    pub(crate) node: FactNode,
}

#[derive(Clone, Debug)]
pub(crate) enum FactNode {
    OnePer(Vec<Name>),
    Controlled(ControlExpr),
    Attested {
        needed: Option<i64>,
        parties: Vec<PartyPath>,
    },
    SeenBy(Vec<PartyPath>),
    /// `seen by auditor only in amount, purpose`.
    SeenIn {
        parties: Vec<PartyPath>,
        fields: Vec<Name>,
    },
    ObservedBy(Vec<PartyPath>),
    ShownBy(PartyPath),
    /// `credential "https://..." until expires`.
    Credential {
        vct: Text,
        until: Option<Name>,
    },
    Public(Option<Vec<Name>>),
    /// `payable in other contracts with state = held`.
    Payable(Vec<Assign>),
    About {
        parties: Vec<PartyPath>,
        law: Option<String>,
    },
    Keep {
        months: Option<u32>,
        from: KeepFrom,
        law: Option<String>,
    },
    Law(String),
}

#[derive(Clone, Debug)]
pub(crate) enum ControlExpr {
    Nobody,
    One(PartyPath),
    AllOf(Vec<PartyPath>),
    With(PartyPath, PartyPath),
}

/// `proprietor`, or `lender of each charges`.
#[derive(Clone, Debug)]
pub(crate) struct PartyPath {
    pub(crate) name: Name,
    pub(crate) each: Option<Name>,
}
