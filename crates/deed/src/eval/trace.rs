//! An action run for the sake of its explanation: what each rule saw, and whom each signing expression named.

use crate::ir::Step;
use crate::outcome::Call;
use crate::program::Program;
use crate::schema::Type;
use crate::show::shown;
use crate::value::{Party, Value};

use super::expr::Machine;

/// One rule that ran.
pub(crate) struct RuleRun {
    /// Index into the action's rules.
    pub(crate) index: u16,
    pub(crate) holds: bool,
    /// The variable parts of the condition, as written, with their values.
    pub(crate) figures: Vec<(String, Value)>,
}

/// What ran, up to the first refusal.
#[derive(Default)]
pub(crate) struct Trace {
    pub(crate) rules: Vec<RuleRun>,
    /// The parties that each expression under `signed by` names, in the order of the text.
    pub(crate) signers: Vec<Vec<Party>>,
}

/// Runs the rules and the signers again, keeping what they saw.
pub(crate) fn trace(program: &Program, call: &Call<'_>) -> Trace {
    let mut trace = Trace::default();
    let Some(body) = program.bodies.get(usize::from(call.action)) else {
        return trace;
    };
    let mut machine = Machine {
        call,
        effective: Value::Date(call.effective),
        schedules: &program.schedules,
        calendars: &program.calendars,
        locals: Vec::new(),
        known: None,
    };
    for step in &body.steps {
        match step {
            Step::Let(ir) => match machine.eval(ir) {
                Ok(value) => machine.locals.push(value),
                Err(_) => return trace,
            },
            Step::Rule(rule) => {
                let Ok(holds) = machine.test(&rule.condition) else {
                    return trace;
                };
                let mut figures = Vec::new();
                for (label, ir, ty) in &rule.figures {
                    if let Ok(value) = machine.eval(ir) {
                        // Kept as whole numbers, and read as nobody would.
                        let value = match ty {
                            Type::Percent | Type::Decimal(_) => {
                                Value::Text(shown(&value, ty, &program.records).into())
                            }
                            _ => value.into_owned(),
                        };
                        figures.push((label.clone(), value));
                    }
                }
                let index = rule.index;
                trace.rules.push(RuleRun {
                    index,
                    holds,
                    figures,
                });
                if !holds {
                    return trace;
                }
            }
        }
    }
    for ir in &body.signers {
        let Ok(value) = machine.eval(ir) else {
            return trace;
        };
        trace.signers.push(match value.as_ref() {
            Value::Party(party) => vec![party.clone()],
            Value::List(items) => items.iter().filter_map(Value::as_party).cloned().collect(),
            _ => Vec::new(),
        });
    }
    for quorum in &body.quorums {
        let Ok(parties) = machine.quorum(quorum) else {
            return trace;
        };
        trace.signers.push(parties);
    }
    trace
}
