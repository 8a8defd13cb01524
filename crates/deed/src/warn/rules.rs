//! Rules that never refuse, rules that always do, and rules that an earlier one makes idle.

use crate::contract::Contract;
use crate::ir::{Ir, Step};
use crate::outline::{Clause, Declaration};
use crate::syntax::{Problem, Span, Tok};

use super::truth::{Types, always, conjuncts, implies};

pub(super) fn idle(contract: &Contract, declarations: &[Declaration<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let actions = contract.actions().iter().zip(&contract.program().bodies);
    for (action, body) in actions {
        let declared = declarations
            .iter()
            .find(|d| d.word == "action" && d.name == action.name);
        let written: Vec<&Clause<'_>> = declared
            .map(|d| d.clauses.iter().filter(|c| c.begins("rule")).collect())
            .unwrap_or_default();
        let types = Types {
            contract,
            params: &action.params,
            consumes: &action.consumes,
            references: &action.references,
            ranges: Vec::new(),
        };
        let mut earlier: Vec<(&str, &Ir)> = Vec::new();
        for step in &body.steps {
            let Step::Rule(rule) = step else { continue };
            let at = usize::from(rule.index);
            let (Some(declared), Some(clause)) = (action.rules.get(at), written.get(at)) else {
                continue;
            };
            if let Some(problem) = judge(&rule.condition, &earlier, &types) {
                problems.push(problem_at(clause, problem));
            }
            let parts = conjuncts(&rule.condition).into_iter();
            earlier.extend(parts.map(|part| (declared.text.as_str(), part)));
        }
    }
    problems
}

/// Message, label and help.
type Said = (String, &'static str, &'static str);

fn judge(condition: &Ir, earlier: &[(&str, &Ir)], types: &Types<'_>) -> Option<Said> {
    match always(condition, types) {
        Some(true) => {
            return Some((
                "this rule never refuses anything".to_owned(),
                "always holds",
                "remove the rule, or say what it should ask for",
            ));
        }
        Some(false) => {
            return Some((
                "this rule refuses everything".to_owned(),
                "never holds",
                "the action can never be done: correct the rule, or remove the action",
            ));
        }
        None => {}
    }
    let mut because = None;
    for part in conjuncts(condition) {
        let found = earlier.iter().find(|(_, known)| implies(known, part));
        because = Some(found?.0);
    }
    because.map(|rule| {
        (
            format!("an earlier rule refuses all that this one would: \"{rule}\""),
            "never reached with a reason to refuse",
            "remove one of the two, or let the narrower one stand first",
        )
    })
}

/// Points at the rule's words.
fn problem_at(clause: &Clause<'_>, (message, label, help): Said) -> Problem {
    let words = clause.tokens.iter().find(|t| matches!(t.tok, Tok::Text(_)));
    let span: Span = words.map_or(clause.span, |t| t.span);
    Problem::new(span, message, label).help(help.to_owned())
}
