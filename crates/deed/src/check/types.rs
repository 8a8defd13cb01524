//! Types as written to types as meant.

use std::sync::Arc;

use crate::limits::CHOICES_MAX;
use crate::near::did_you_mean;
use crate::program::Program;
use crate::schema::{Field, Type};
use crate::syntax::Problem;
use crate::syntax::ast::{FieldDecl, Name, TypeExpr, TypeNode};

use super::names::{self, distinct, styled};

/// Stands for a type whose own problem has been reported: it fits everywhere, silently.
///
/// No record has this number: there are at most `RECORDS_MAX`.
pub(crate) const UNKNOWN: Type = Type::Record(u16::MAX);

const PLAIN: [(&str, Type); 7] = [
    ("percent", Type::Percent),
    ("bool", Type::Bool),
    ("int", Type::Int),
    ("text", Type::Text),
    ("date", Type::Date),
    ("party", Type::Party),
    ("file", Type::File),
];

/// Resolves fields; one with an unknown type is reported here and nowhere else.
pub(crate) fn fields(
    decls: &[FieldDecl],
    program: &Program,
    problems: &mut Vec<Problem>,
) -> Vec<Field> {
    names::fields(decls, problems);
    decls
        .iter()
        .map(|decl| {
            let ty = resolve(&decl.ty, program, problems).unwrap_or_else(|problem| {
                problems.push(problem);
                UNKNOWN
            });
            Field {
                name: decl.name.text.clone(),
                doc: decl.doc.clone(),
                ty,
            }
        })
        .collect()
}

/// Resolves one type.
pub(crate) fn resolve(
    expr: &TypeExpr,
    program: &Program,
    problems: &mut Vec<Problem>,
) -> Result<Type, Problem> {
    match &expr.node {
        TypeNode::Named(name) => named(name, program),
        TypeNode::Money(currency) => Ok(Type::Money(*currency)),
        TypeNode::Decimal(places) => Ok(Type::Decimal(*places)),
        TypeNode::List { of, at_most } => {
            let of = resolve(of, program, problems)?;
            Ok(Type::List {
                of: Box::new(of),
                at_most: *at_most,
            })
        }
        TypeNode::Choice(names) => {
            for name in names {
                styled(name, false, problems);
                if name.text.contains('.') {
                    let message = format!("`{}` is not a name of an enumeration", name.text);
                    problems.push(Problem::new(name.span, message, "of another contract"));
                }
            }
            distinct(names.iter(), problems);
            if let Some(extra) = names.get(CHOICES_MAX) {
                let message = format!("an enumeration has at most {CHOICES_MAX} names");
                return Err(Problem::new(extra.span, message, "one too many"));
            }
            Ok(Type::Choice(
                names.iter().map(|n| Arc::from(n.text.as_str())).collect(),
            ))
        }
        TypeNode::Optional(of) => Ok(Type::Optional(Box::new(resolve(of, program, problems)?))),
    }
}

fn named(name: &Name, program: &Program) -> Result<Type, Problem> {
    if let Some((_, ty)) = PLAIN.iter().find(|(word, _)| *word == name.text) {
        return Ok(ty.clone());
    }
    if let Some(index) = program.records.iter().position(|r| r.name == name.text) {
        return Ok(Type::Record(u16::try_from(index).unwrap_or(u16::MAX)));
    }
    let records = program.records.iter().map(|r| r.name.as_str());
    let known = PLAIN
        .iter()
        .map(|(word, _)| *word)
        .chain(["money GBP", "decimal 2", "list of"])
        .chain(records);
    let help = did_you_mean(&name.text, known).unwrap_or_else(|| {
        "types are bool, int, decimal 2, percent, text, money GBP, date, party, file, `a or b`, `list of T at most N` and records declared above"
            .to_owned()
    });
    Err(Problem::new(
        name.span,
        format!("there is no type `{}`", name.text),
        "not a type",
    )
    .help(help))
}

/// Whether a value of type `from` can stand where `to` is asked for.
pub(crate) fn fits(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (a, b) if *a == UNKNOWN || *b == UNKNOWN => true,
        (Type::Optional(a), Type::Optional(b)) => fits(a, b),
        (a, Type::Optional(b)) => fits(a, b),
        (Type::List { of: a, at_most: n }, Type::List { of: b, at_most: m }) => {
            n <= m && fits(a, b)
        }
        (Type::Choice(a), Type::Choice(b)) => {
            Arc::ptr_eq(a, b) || a.iter().all(|name| b.contains(name))
        }
        _ => from == to,
    }
}

/// Whether values of the two types can be equal.
pub(crate) fn comparable(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (a, b) if *a == UNKNOWN || *b == UNKNOWN => true,
        (Type::Optional(a), b) | (b, Type::Optional(a)) => comparable(a, b),
        (Type::List { of: a, .. }, Type::List { of: b, .. }) => comparable(a, b),
        (Type::Choice(a), Type::Choice(b)) => a.iter().any(|name| b.contains(name)),
        _ => a == b,
    }
}
