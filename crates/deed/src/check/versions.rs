//! What a version replaces: old facts must be readable under it.

use std::collections::BTreeSet;

use crate::contract::Given;
use crate::program::Program;
use crate::schema::{Control, Field, Kind, PartyRef, Record, Type};
use crate::syntax::ast::{File, ReplaceDecl};
use crate::syntax::{Problem, Span};

/// Compares with the old text, when it is given; its hash, when it is.
pub(super) fn replaced(
    file: &File,
    given: &[Given<'_>],
    program: &Program,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let decl = file.replaces.as_ref()?;
    let own = file.name.as_ref().is_some_and(|n| n.text == decl.name.text);
    if own && decl.version >= i64::from(file.version) {
        let message = format!(
            "version {} can't replace version {}",
            file.version, decl.version
        );
        problems.push(Problem::new(
            decl.name.span,
            message,
            "not an earlier version",
        ));
    }
    let old = given.iter().find(|g| g.sha256 == decl.sha256.text)?;
    let old = old.contract;
    if old.name() != decl.name.text || i64::from(old.version()) != decl.version {
        let message = format!(
            "the text of this hash is {} version {}",
            old.name(),
            old.version()
        );
        problems.push(Problem::new(decl.name.span, message, "another contract"));
        return None;
    }
    let records = (old.records(), program.records.as_slice());
    for kind in old.kinds().iter().filter(|k| k.origin.is_none()) {
        let new = program.kinds.iter().find(|k| k.name == kind.name);
        let place = file.facts.iter().find(|f| f.name.text == kind.name);
        match (new, place) {
            (Some(new), Some(place)) => {
                let span = place.name.span;
                let before = problems.len();
                readable(kind, new, records, span, problems);
                if problems.len() == before {
                    governed(kind, new, span, problems);
                }
            }
            _ => problems.push(gone(decl, &kind.name)),
        }
    }
    Some(decl.sha256.text.clone())
}

fn gone(decl: &ReplaceDecl, name: &str) -> Problem {
    let message = format!(
        "there is no {name}, so facts of version {} can't be read",
        decl.version
    );
    Problem::new(decl.name.span, message, "a kind is gone")
        .help("keep the kind; nothing need create it any more".to_owned())
}

fn readable(
    old: &Kind,
    new: &Kind,
    records: (&[Record], &[Record]),
    span: Span,
    problems: &mut Vec<Problem>,
) {
    let mut problem = |message: String, help: &str| {
        problems.push(Problem::new(span, message, "old facts don't fit").help(help.to_owned()));
    };
    for field in &old.fields {
        match new.fields.iter().find(|f| f.name == field.name) {
            None => problem(
                format!("{} has lost its field `{}`", old.name, field.name),
                "keep the field: old facts have it",
            ),
            Some(now) if !same(&field.ty, &now.ty, records, &mut BTreeSet::new()) => problem(
                format!("`{}` of {} was {} before", field.name, old.name, field.ty),
                "keep the type; an enumeration may get more names, and a type may become optional",
            ),
            Some(_) => {}
        }
    }
    for field in &new.fields {
        let added = !old.fields.iter().any(|f| f.name == field.name);
        if added && !matches!(field.ty, Type::Optional(_)) {
            problem(
                format!(
                    "`{}` is new in {}, and old facts lack it",
                    field.name, old.name
                ),
                "a new field is optional, as in `party or none`",
            );
        }
    }
    let shape = |kind: &Kind| {
        let fields = kind.money.map(|m| [m.amount, m.holder])?;
        Some(names(kind, &fields).collect::<Vec<_>>())
    };
    if shape(old) != shape(new) {
        problem(
            format!("{} is not the same money as before", old.name),
            "money stays money, with the same amount and holder",
        );
    }
}

/// Who controls a fact, who shows it and what is unique about it does not change under its holder's hands.
fn governed(old: &Kind, new: &Kind, span: Span, problems: &mut Vec<Problem>) {
    let mut problem = |message: String, help: &str| {
        problems
            .push(Problem::new(span, message, "old facts fare otherwise").help(help.to_owned()));
    };
    let key = |kind: &Kind| -> BTreeSet<String> { names(kind, &kind.one_per).collect() };
    if key(old) != key(new) {
        problem(
            format!("there was one {} per other fields before", old.name),
            "keep `one per`: old facts were unique under the old key only",
        );
    }
    if let Some(lost) = holders(old).difference(&holders(new)).next() {
        problem(
            format!("`{lost}` controlled {} before", old.name),
            "whoever holds a fact keeps control of it under a new version",
        );
    }
    if let Some(before) = &old.shown_by {
        let now = new.shown_by.as_ref();
        let same = now.is_some_and(|now| field_of(old, before) == field_of(new, now));
        if !same {
            problem(
                format!("one party alone showed {} before", old.name),
                "keep `shown by`: whoever holds a fact decides who is shown a proof of it",
            );
        }
    }
    if old.control == Control::Nobody && new.control != Control::Nobody {
        problem(
            format!("nobody controlled {} before", old.name),
            "what nobody could use up stays: say `controlled by nobody`",
        );
    }
}

fn names<'k>(kind: &'k Kind, fields: &'k [u16]) -> impl Iterator<Item = String> + 'k {
    let field = |i: &u16| kind.fields.get(usize::from(*i)).map(|f| f.name.clone());
    fields.iter().filter_map(field)
}

/// The name of the field that a party stands in; none for an office, which may pass from one body to another.
fn field_of(kind: &Kind, party: &PartyRef) -> Option<String> {
    match party {
        PartyRef::Field(i) => names(kind, &[*i]).next(),
        _ => None,
    }
}

/// The fields whose parties control a fact. Offices pass from one body to another; what somebody holds is theirs.
fn holders(kind: &Kind) -> BTreeSet<String> {
    let parties = match &kind.control {
        Control::Nobody => Vec::new(),
        Control::One(party) => vec![party],
        Control::AllOf(parties) => parties.iter().collect(),
        Control::With {
            controller,
            attestor,
        } => vec![controller, attestor],
    };
    let fields = parties.into_iter().filter_map(|p| field_of(kind, p));
    fields.collect()
}

/// Whether every value of the old type is one of the new.
fn same(
    old: &Type,
    new: &Type,
    records: (&[Record], &[Record]),
    compared: &mut BTreeSet<(u16, u16)>,
) -> bool {
    match (old, new) {
        // Two records are compared once, however many fields are of them.
        (Type::Record(a), Type::Record(b)) if !compared.insert((*a, *b)) => true,
        (Type::Record(a), Type::Record(b)) => {
            let fields = |all: &[Record], i: u16| all.get(usize::from(i)).map(|r| r.fields.clone());
            match (fields(records.0, *a), fields(records.1, *b)) {
                (Some(a), Some(b)) => {
                    a.len() == b.len()
                        && a.iter().zip(&b).all(|(x, y): (&Field, &Field)| {
                            x.name == y.name && same(&x.ty, &y.ty, records, compared)
                        })
                }
                _ => false,
            }
        }
        (Type::Optional(a), Type::Optional(b)) => same(a, b, records, compared),
        (a, Type::Optional(b)) => same(a, b, records, compared),
        (Type::List { of: a, at_most: n }, Type::List { of: b, at_most: m }) => {
            n <= m && same(a, b, records, compared)
        }
        (Type::Choice(a), Type::Choice(b)) => a.iter().all(|name| b.contains(name)),
        _ => old == new,
    }
}
