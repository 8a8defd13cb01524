//! Policies that always propose or never, and conditions that add nothing.

use crate::contract::Contract;
use crate::ir::Ir;
use crate::limits::{KNOWN_FACTS_MAX, PERCENT_WHOLE};
use crate::outline::outline;
use crate::policy::Policies;
use crate::policy::ir::{How, Policy, Step};
use crate::schema::Input;
use crate::syntax::{Problem, Span};
use crate::value::Value;

use super::Warnings;
use super::names;
use super::truth::{Types, always, implies};

impl Policies {
    /// What the author should look at again.
    #[must_use]
    pub fn warnings(&self, contract: &Contract) -> Warnings {
        let declarations = outline(self.source());
        let mut problems = names::unused(&declarations);
        for policy in &self.policies {
            problems.extend(idle(contract, policy));
        }
        Warnings::new(self.source(), problems)
    }
}

fn idle(contract: &Contract, policy: &Policy) -> Option<Problem> {
    let subject = [Input {
        name: String::new(),
        kind: policy.kind,
    }];
    let types = Types {
        contract,
        params: &[],
        consumes: &[],
        references: &subject,
        ranges: policy.steps.iter().map(range).collect(),
    };
    let (first, last) = (policy.parts.first()?, policy.parts.last()?);
    let whole = first.span.to(last.span);
    let said = |span: Span, message: String, label: &str, help: &str| {
        let problem = Problem::new(span, message, label);
        Some(problem.help(help.to_owned()))
    };
    let name = &policy.name;
    // `when true` is said on purpose.
    if policy.when == Ir::Const(Value::Bool(true)) {
        return None;
    }
    match always(&policy.when, &types) {
        Some(false) => {
            return said(
                whole,
                format!("{name} never proposes anything"),
                "never holds",
                "correct the condition, or remove the policy",
            );
        }
        Some(true) => {
            return said(
                whole,
                format!("{name} proposes about everybody"),
                "always holds",
                "write `when true` if that is meant, or say what it should wait for",
            );
        }
        None => {}
    }
    let (mut parts, mut idle) = (policy.parts.iter().enumerate(), None);
    while let (None, Some((i, part))) = (&idle, parts.next()) {
        let others = policy.parts.iter().enumerate().filter(|(at, _)| *at != i);
        // Of two that say the same, the later one is idle.
        let mut others = others.filter(|(at, other)| *at < i || other.ir != part.ir);
        let sure = always(&part.ir, &types) == Some(true);
        idle = (sure || others.any(|(_, other)| implies(&other.ir, &part.ir))).then_some(part);
    }
    let part = idle?;
    said(
        part.span,
        format!("`{}` adds nothing to the condition of {name}", part.label),
        "holds whenever the other parts do",
        "remove it, or say what it should ask for",
    )
}

/// What a count or a share lies between.
fn range(step: &Step) -> Option<(i64, i64)> {
    match step {
        Step::Known(known) if known.how == How::Count => {
            Some((0, i64::try_from(KNOWN_FACTS_MAX).unwrap_or(i64::MAX)))
        }
        Step::Known(known) if known.how == How::Share => Some((0, PERCENT_WHOLE)),
        _ => None,
    }
}
