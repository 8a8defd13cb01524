//! The parts of a condition, so that tools can say which of them decides.

use crate::ir::Part;
use crate::schema::Type;
use crate::syntax::Problem;
use crate::syntax::ast::{Expr, Node, Op};

use super::context::Context;

/// A condition taken apart where `and` joins it, and each part again where `or` does.
pub(crate) fn parts_of(
    context: &mut Context<'_>,
    source: &str,
    condition: &Expr,
) -> Result<Vec<Part>, Problem> {
    let mut parts = Vec::new();
    for part in joined(condition, Op::And) {
        let alternatives = joined(part, Op::Or);
        let alternatives = match alternatives.as_slice() {
            [_] => Vec::new(),
            several => several
                .iter()
                .map(|a| one(context, source, a))
                .collect::<Result<_, _>>()?,
        };
        parts.push(Part {
            alternatives,
            ..one(context, source, part)?
        });
    }
    Ok(parts)
}

fn joined(condition: &Expr, joint: Op) -> Vec<&Expr> {
    match &condition.node {
        Node::Binary(op, left, right) if *op == joint => {
            let mut parts = joined(left, joint);
            parts.extend(joined(right, joint));
            parts
        }
        _ => vec![condition],
    }
}

fn one(context: &mut Context<'_>, source: &str, condition: &Expr) -> Result<Part, Problem> {
    let label = source.get(condition.span.start..condition.span.end);
    // What may stand on several lines, on one.
    let words: Vec<&str> = label.unwrap_or_default().split_whitespace().collect();
    Ok(Part {
        label: words.join(" "),
        span: condition.span,
        ir: context.expect(condition, &Type::Bool)?,
        alternatives: Vec::new(),
    })
}
