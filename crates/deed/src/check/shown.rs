//! Facts that their holder shows: which kinds can be.

use crate::schema::Kind;
use crate::syntax::Problem;
use crate::syntax::ast::{FactDecl, FactNode};

/// Refuses what nobody holds for long enough to show.
pub(super) fn consistent(decl: &FactDecl, kind: &Kind, problems: &mut Vec<Problem>) {
    let mut clauses = decl.clauses.iter();
    let shown = clauses.find(|c| matches!(c.node, FactNode::ShownBy(_)));
    if let Some(clause) = shown.filter(|_| decl.money) {
        let message = format!(
            "{} is money: it is split and joined as it is paid",
            kind.name
        );
        problems.push(
            Problem::new(clause.span, message, "not shown by anybody")
                .help("say `shown by` of a fact about the payment, as a receipt".to_owned()),
        );
    }
}
