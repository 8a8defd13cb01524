//! What holds for money and for no other kind of fact.

use crate::schema::{Control, Kind, MoneyShape, PartyRef, Type};
use crate::syntax::ast::{FactDecl, FactNode};
use crate::syntax::{Problem, Span};

/// Finds the amount and the holder of money; reports what money can't be, and what only money can.
pub(super) fn consistent(
    decl: &FactDecl,
    controlled: Option<Span>,
    kind: &mut Kind,
    problems: &mut Vec<Problem>,
) {
    if decl.money {
        shape(controlled.unwrap_or(decl.name.span), kind, problems);
        not_shown(decl, problems);
    }
    only_attributes(decl, kind, problems);
}

/// Nobody holds one piece of money for long enough to show it.
fn not_shown(decl: &FactDecl, problems: &mut Vec<Problem>) {
    let mut clauses = decl.clauses.iter();
    if let Some(clause) = clauses.find(|c| matches!(c.node, FactNode::ShownBy(_))) {
        let message = format!(
            "{} is money: it is split and joined as it is paid",
            decl.name.text
        );
        problems.push(
            Problem::new(clause.span, message, "not shown by anybody")
                .help("say `shown by` of a fact about the payment, as a receipt".to_owned()),
        );
    }
}

/// What other contracts pay with is money, and its amount and holder are theirs to say.
fn only_attributes(decl: &FactDecl, kind: &Kind, problems: &mut Vec<Problem>) {
    let Some(payable) = &kind.payable else {
        return;
    };
    let attribute = |field: &u16| kind.attributes().any(|a| a == *field);
    let mut clauses = decl.clauses.iter();
    let clause = clauses.find(|c| matches!(c.node, FactNode::Payable(_)));
    let span = clause.map_or(decl.name.span, |c| c.span);
    if !decl.money {
        let message = format!("{} is no money", decl.name.text);
        let problem = Problem::new(span, message, "only money is paid");
        problems.push(problem);
    } else if !payable.iter().all(|(field, _)| attribute(field)) {
        let message = "an amount and a holder are for those who pay to say";
        let problem = Problem::new(span, message, "not an attribute");
        problems.push(problem);
    }
}

/// Money has one amount, and is held by the one party that controls it.
fn shape(span: Span, kind: &mut Kind, problems: &mut Vec<Problem>) {
    let amounts: Vec<u16> = (0_u16..)
        .zip(&kind.fields)
        .filter(|(_, f)| matches!(f.ty, Type::Money(_)))
        .map(|(i, _)| i)
        .collect();
    let holder = match kind.control {
        Control::One(PartyRef::Field(i))
        | Control::With {
            controller: PartyRef::Field(i),
            ..
        } => Some(i),
        _ => None,
    };
    if !kind.one_per.is_empty() {
        let message = "money has no business key: its facts are split and joined as it is paid";
        problems.push(Problem::new(span, message, "of money"));
    }
    match (amounts.as_slice(), holder) {
        ([amount], Some(holder)) => {
            kind.money = Some(MoneyShape {
                amount: *amount,
                holder,
            })
        }
        ([_], None) => problems.push(
            Problem::new(
                span,
                "money is controlled by the party that holds it",
                "expected a field of type party",
            )
            .help("say `controlled by` and the field with the holder".to_owned()),
        ),
        _ => problems.push(Problem::new(
            span,
            format!(
                "money has one amount, but {} has {} fields of type money",
                kind.name,
                amounts.len()
            ),
            "expected exactly one",
        )),
    }
}
