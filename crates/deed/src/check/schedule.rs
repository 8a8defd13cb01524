//! Dated tables, and constants.

use crate::ir::{Ir, Schedule, SliceIr, Tables};
use crate::program::Program;
use crate::schema::Type;
use crate::syntax::ast::{Dated, Expr, ScheduleDecl, ScheduleNode, Slice};
use crate::syntax::{Problem, Span};
use crate::value::{Currency, Value};

use super::context::Context;
use super::types;

impl Schedule {
    /// The currency of a scale; nothing for a parameter.
    pub(crate) fn currency(&self) -> Option<Currency> {
        match &self.tables {
            Tables::Scale { unit, .. } => Some(unit.currency),
            Tables::Parameter(_) => None,
        }
    }
}

/// Checks one scale or parameter.
pub(crate) fn schedule(
    decl: &ScheduleDecl,
    program: &Program,
    problems: &mut Vec<Problem>,
) -> (Schedule, Type) {
    let name = decl.name.text.clone();
    match &decl.node {
        ScheduleNode::Scale {
            currency,
            rounding,
            unit,
            tables,
        } => {
            in_order(tables, decl.name.span, problems);
            if unit.currency != *currency || unit.minor <= 0 {
                let message = format!(
                    "a scale for {currency} is rounded to an amount in {currency} above zero"
                );
                problems.push(Problem::new(decl.name.span, message, "another unit"));
            }
            let dated = tables
                .iter()
                .map(|table| (table.from, slices(table, *currency, problems)))
                .collect();
            (
                Schedule {
                    name,
                    tables: Tables::Scale {
                        rounding: *rounding,
                        unit: *unit,
                        dated,
                    },
                },
                Type::Money(*currency),
            )
        }
        ScheduleNode::Parameter { ty, values } => {
            in_order(values, decl.name.span, problems);
            let ty = types::resolve(ty, program, problems).unwrap_or_else(|problem| {
                problems.push(problem);
                types::UNKNOWN
            });
            let mut dated = Vec::new();
            for value in values {
                match constant(&value.value, &ty, &Context::new(program)) {
                    Ok(constant) => dated.push((value.from, constant)),
                    Err(problem) => problems.push(problem),
                }
            }
            (
                Schedule {
                    name,
                    tables: Tables::Parameter(dated),
                },
                ty,
            )
        }
    }
}

fn in_order<T>(tables: &[Dated<T>], span: Span, problems: &mut Vec<Problem>) {
    if tables.is_empty() {
        problems.push(
            Problem::new(span, "it says nothing about any date", "no `from` line")
                .help("add a line such as `from 1 April 2025`".to_owned()),
        );
    }
    for pair in tables.windows(2) {
        if pair[0].from >= pair[1].from {
            problems.push(Problem::new(
                pair[1].span,
                "dates stand in order, the earliest first",
                "not later",
            ));
        }
    }
}

fn slices(
    table: &Dated<Vec<Slice>>,
    currency: Currency,
    problems: &mut Vec<Problem>,
) -> Vec<SliceIr> {
    let mut reached = 0;
    for (i, slice) in table.value.iter().enumerate() {
        let last = i + 1 == table.value.len();
        match slice.up_to {
            Some(bound) if bound.currency != currency => {
                problems.push(Problem::new(
                    slice.span,
                    format!("the scale is for {currency}"),
                    "another currency",
                ));
            }
            Some(bound) if bound.minor <= reached => {
                problems.push(Problem::new(
                    slice.span,
                    "each slice goes up to more than the one before",
                    "not more",
                ));
            }
            Some(_) if last => {
                problems.push(Problem::new(
                    slice.span,
                    "the last slice is `above`",
                    "what about more?",
                ));
            }
            None if !last => problems.push(Problem::new(
                slice.span,
                "`above` stands last",
                "more follows",
            )),
            Some(bound) => reached = bound.minor,
            None => {}
        }
    }
    if table.value.is_empty() {
        problems.push(Problem::new(
            table.span,
            "a table has at least one slice",
            "no slices",
        ));
    }
    table
        .value
        .iter()
        .map(|s| SliceIr {
            up_to: s.up_to.map(|m| m.minor),
            rate: s.rate,
        })
        .collect()
}

/// The value of a constant expression of a known type.
pub(crate) fn constant(expr: &Expr, ty: &Type, context: &Context<'_>) -> Result<Value, Problem> {
    let mut inner = Context::new(context.program);
    inner.parties.clone_from(&context.parties);
    inner.constant = true;
    let ir = inner.expect(expr, ty)?;
    value_of(&ir).ok_or_else(|| {
        Problem::new(
            expr.span,
            "only a constant can stand here",
            "not a constant",
        )
    })
}

fn value_of(ir: &Ir) -> Option<Value> {
    match ir {
        Ir::Const(value) => Some(value.clone()),
        Ir::List(items) => items
            .iter()
            .map(value_of)
            .collect::<Option<_>>()
            .map(Value::List),
        Ir::Record(fields) => fields
            .iter()
            .map(value_of)
            .collect::<Option<_>>()
            .map(Value::Record),
        Ir::Rescale(inner, factor) => match value_of(inner)? {
            Value::Int(n) => n.checked_mul(*factor).map(Value::Int),
            _ => None,
        },
        Ir::Negate(inner) => match value_of(inner)? {
            Value::Int(n) => n.checked_neg().map(Value::Int),
            Value::Money(mut money) => {
                money.minor = money.minor.checked_neg()?;
                Some(Value::Money(money))
            }
            _ => None,
        },
        _ => None,
    }
}
