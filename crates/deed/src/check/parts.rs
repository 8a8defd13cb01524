//! A condition and its parts, so that tools can say which of them decides.

use crate::ir::{Ir, Part};
use crate::schema::Type;
use crate::syntax::Problem;
use crate::syntax::ast::{Expr, Node, Op};

use super::context::Context;
use super::ops::joined;

/// The program of a condition, and its parts: apart where `and` joins it, and each part again where `or` does.
pub(crate) fn condition(
    context: &mut Context<'_>,
    source: &str,
    condition: &Expr,
) -> Result<(Ir, Vec<Part>), Problem> {
    apart(condition, Op::And, &mut |part| {
        let (ir, mut alternatives) = apart(part, Op::Or, &mut |alternative| {
            let ir = context.expect(alternative, &Type::Bool)?;
            Ok(piece(source, alternative, ir, Vec::new()))
        })?;
        if alternatives.len() == 1 {
            alternatives.clear();
        }
        Ok(piece(source, part, ir, alternatives))
    })
}

/// What this operator joins, in the order written, and the program of the whole.
fn apart(
    condition: &Expr,
    joint: Op,
    piece: &mut impl FnMut(&Expr) -> Result<Part, Problem>,
) -> Result<(Ir, Vec<Part>), Problem> {
    match &condition.node {
        Node::Binary(op, left, right) if *op == joint => {
            let (left, mut pieces) = apart(left, joint, piece)?;
            let (right, others) = apart(right, joint, piece)?;
            pieces.extend(others);
            Ok((joined(joint, left, right), pieces))
        }
        _ => {
            let piece = piece(condition)?;
            Ok((piece.ir.clone(), vec![piece]))
        }
    }
}

fn piece(source: &str, condition: &Expr, ir: Ir, alternatives: Vec<Part>) -> Part {
    let label = source.get(condition.span.start..condition.span.end);
    // What may stand on several lines, on one.
    let words: Vec<&str> = label.unwrap_or_default().split_whitespace().collect();
    Part {
        label: words.join(" "),
        span: condition.span,
        ir,
        alternatives,
    }
}
