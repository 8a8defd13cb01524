//! Other contracts, by name and hash: their records as types, their kinds to read, their money to pay in.

use crate::contract::{Contract, Given};
use crate::limits::{RECORDS_MAX, USES_MAX};
use crate::near::did_you_mean;
use crate::program::Program;
use crate::schema::{Field, Kind, Origin, Record, Type};
use crate::syntax::Problem;
use crate::syntax::ast::{File, UseDecl};

/// The contracts that are used, each with what says so. One that is not given is an error: a contract is checked whole.
pub(super) fn used<'u>(
    file: &'u File,
    given: &[Given<'u>],
    problems: &mut Vec<Problem>,
) -> Vec<(&'u UseDecl, &'u Contract)> {
    if let Some(extra) = file.uses.get(USES_MAX) {
        let message = format!("a contract uses at most {USES_MAX} others");
        problems.push(Problem::new(extra.name.span, message, "one too many"));
    }
    let mut out = Vec::new();
    for decl in &file.uses {
        match find(decl, given) {
            Ok(contract) => out.push((decl, contract)),
            Err(problem) => problems.push(problem),
        }
    }
    out
}

fn find<'u>(decl: &UseDecl, given: &[Given<'u>]) -> Result<&'u Contract, Problem> {
    let name = &decl.name;
    match given.iter().find(|g| g.sha256 == decl.sha256.text) {
        Some(found) if found.contract.name() == name.text => Ok(found.contract),
        Some(found) => {
            let message = format!(
                "the text of this hash is the contract {}",
                found.contract.name()
            );
            Err(Problem::new(name.span, message, "another name")
                .help(did_you_mean(&name.text, [found.contract.name()])))
        }
        None => {
            let message = format!("the text of {} with this hash is not given", name.text);
            let other = given.iter().any(|g| g.contract.name() == name.text);
            let help =
                other.then(|| "a contract of this name is given, with another text".to_owned());
            Err(Problem::new(decl.sha256.span, message, "not given").help(help))
        }
    }
}

/// Adds the other contract's records, as `name.Record`.
pub(super) fn records(
    decl: &UseDecl,
    other: &Program,
    program: &mut Program,
    problems: &mut Vec<Problem>,
) {
    let first = program.records.len();
    if first + other.records.len() > RECORDS_MAX {
        let message = format!(
            "a contract has at most {RECORDS_MAX} records, with those of the contracts that it uses"
        );
        problems.push(Problem::new(decl.name.span, message, "too many"));
        return;
    }
    program.sizes.extend_from_slice(&other.sizes);
    for record in &other.records {
        program.records.push(Record {
            name: format!("{}.{}", decl.name.text, record.name),
            fields: fields(&record.fields, first),
        });
    }
    program.used.insert(decl.name.text.clone(), first);
}

/// Adds the other contract's own kinds, as `name.Kind`, after all own kinds.
pub(super) fn kinds(decl: &UseDecl, other: &Program, program: &mut Program) {
    let first = program.used.get(&decl.name.text).copied().unwrap_or(0);
    for (i, kind) in (0_u16..).zip(&other.kinds) {
        if kind.origin.is_some() {
            continue;
        }
        program.kinds.push(Kind {
            name: format!("{}.{}", decl.name.text, kind.name),
            fields: fields(&kind.fields, first),
            origin: Some(Origin {
                sha256: decl.sha256.text.clone(),
                kind: i,
            }),
            ..kind.clone()
        });
    }
}

/// The fields, with records where they now stand.
fn fields(fields: &[Field], first: usize) -> Vec<Field> {
    let moved = |field: &Field| Field {
        ty: moved(&field.ty, first),
        ..field.clone()
    };
    fields.iter().map(moved).collect()
}

fn moved(ty: &Type, first: usize) -> Type {
    match ty {
        Type::Record(i) => Type::Record(u16::try_from(usize::from(*i) + first).unwrap_or(u16::MAX)),
        Type::Optional(of) => Type::Optional(Box::new(moved(of, first))),
        Type::List { of, at_most } => Type::List {
            of: Box::new(moved(of, first)),
            at_most: *at_most,
        },
        other => other.clone(),
    }
}
