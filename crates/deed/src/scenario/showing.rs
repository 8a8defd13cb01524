//! What the scenarios of an action show: that it is accepted, that each rule refuses, by each of its parts, and each exception.

use crate::contract::Contract;
use crate::eval::{Ran, Saw, trace};
use crate::ir::{Body, RuleIr, Step};
use crate::outcome::Call;
use crate::schema::Action;

use super::report::Missing;
use super::setting::Expected;

/// What scenarios show of the actions of a contract.
pub(super) fn to_show(contract: &Contract) -> impl Iterator<Item = Missing> {
    let actions = contract.actions().iter().zip(&contract.program().bodies);
    actions.flat_map(|(action, body)| of_action(action, body))
}

fn of_action(action: &Action, body: &Body) -> Vec<Missing> {
    let mut out = vec![accepted(action)];
    out.extend(action.rules.iter().map(|rule| refused(action, &rule.code)));
    let mut lets = body.lets.iter();
    for step in &body.steps {
        let of = match step {
            Step::Let(_) => lets.next().map_or("", |(name, _)| name),
            Step::Rule(rule) => {
                let parts = rule.parts.iter();
                out.extend(parts.map(|part| refuses(action, rule, &part.label)));
                code(action, rule)
            }
        };
        let exceptions = step.exceptions().iter();
        out.extend(exceptions.map(|e| stands(action, of, &e.name)));
    }
    out
}

/// What a case that passed shows.
pub(super) fn shown(contract: &Contract, call: &Call<'_>, expected: &Expected) -> Vec<Missing> {
    let Some(action) = contract.actions().get(usize::from(call.action)) else {
        return Vec::new();
    };
    let mut out = vec![match expected {
        Expected::Accepted(_) => accepted(action),
        Expected::Refused(rule) => refused(action, rule),
    }];
    for Ran { step, standing } in trace(contract.program(), call).steps {
        let of = match &step {
            Saw::Let { name, .. } => name,
            Saw::Rule { rule, .. } => code(action, rule),
        };
        out.extend(standing.iter().map(|e| stands(action, of, &e.name)));
        if let Saw::Rule {
            rule,
            holds: false,
            parts,
            ..
        } = &step
        {
            let mut failing = rule.parts.iter().zip(parts);
            let mut failing = failing.by_ref().filter(|(_, holds)| **holds == Some(false));
            if let (Some((part, _)), None) = (failing.next(), failing.next()) {
                out.push(refuses(action, rule, &part.label));
            }
        }
    }
    out
}

fn code<'a>(action: &'a Action, rule: &RuleIr) -> &'a str {
    let declared = action.rules.get(usize::from(rule.index));
    declared.map_or("", |rule| &rule.code)
}

fn accepted(action: &Action) -> Missing {
    Missing::Accepted {
        action: action.name.clone(),
    }
}

fn refused(action: &Action, rule: &str) -> Missing {
    Missing::Refused {
        action: action.name.clone(),
        rule: rule.to_owned(),
    }
}

fn refuses(action: &Action, rule: &RuleIr, part: &str) -> Missing {
    Missing::Refuses {
        action: action.name.clone(),
        rule: code(action, rule).to_owned(),
        part: part.to_owned(),
    }
}

fn stands(action: &Action, of: &str, exception: &str) -> Missing {
    Missing::Stands {
        action: action.name.clone(),
        of: of.to_owned(),
        exception: exception.to_owned(),
    }
}
