//! What a version replaces: old facts must be readable under it.

use crate::contract::Given;
use crate::schema::{Field, Kind, Record, Type};
use crate::syntax::ast::{File, ReplaceDecl};
use crate::syntax::{Problem, Span};

use super::Program;

/// Compares with the old text, when it is given.
pub(super) fn replaced(
    file: &File,
    given: &[Given<'_>],
    program: &Program,
    problems: &mut Vec<Problem>,
) {
    let Some(decl) = &file.replaces else {
        return;
    };
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
    let Some(old) = given.iter().find(|g| g.sha256 == decl.sha256.text) else {
        return;
    };
    let old = old.contract;
    if old.name() != decl.name.text || i64::from(old.version()) != decl.version {
        let message = format!(
            "the text of this hash is {} version {}",
            old.name(),
            old.version()
        );
        problems.push(Problem::new(decl.name.span, message, "another contract"));
        return;
    }
    let records = (old.records(), program.records.as_slice());
    for kind in old.kinds().iter().filter(|k| k.origin.is_none()) {
        let new = program.kinds.iter().find(|k| k.name == kind.name);
        let place = file.facts.iter().find(|f| f.name.text == kind.name);
        match (new, place) {
            (Some(new), Some(place)) => {
                readable(kind, new, records, place.name.span, problems);
            }
            _ => problems.push(gone(decl, &kind.name)),
        }
    }
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
            Some(now) if !same(&field.ty, &now.ty, records) => problem(
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
        let name = |i: u16| kind.fields.get(usize::from(i)).map(|f| f.name.clone());
        kind.money.map(|m| (name(m.amount), name(m.holder)))
    };
    if shape(old) != shape(new) {
        problem(
            format!("{} is not the same money as before", old.name),
            "money stays money, with the same amount and holder",
        );
    }
}

/// Whether every value of the old type is one of the new.
fn same(old: &Type, new: &Type, records: (&[Record], &[Record])) -> bool {
    match (old, new) {
        (Type::Record(a), Type::Record(b)) => {
            let fields = |all: &[Record], i: u16| all.get(usize::from(i)).map(|r| r.fields.clone());
            match (fields(records.0, *a), fields(records.1, *b)) {
                (Some(a), Some(b)) => {
                    a.len() == b.len()
                        && a.iter().zip(&b).all(|(x, y): (&Field, &Field)| {
                            x.name == y.name && same(&x.ty, &y.ty, records)
                        })
                }
                _ => false,
            }
        }
        (Type::Optional(a), Type::Optional(b)) => same(a, b, records),
        (a, Type::Optional(b)) => same(a, b, records),
        (Type::List { of: a, at_most: n }, Type::List { of: b, at_most: m }) => {
            n <= m && same(a, b, records)
        }
        (Type::Choice(a), Type::Choice(b)) => a.iter().all(|name| b.contains(name)),
        _ => old == new,
    }
}
