//! An action run for the sake of its explanation: what each step saw, and whom each signing expression named.

use crate::ir::{Body, ExceptionIr, Ir, RuleIr, Step};
use crate::outcome::{Call, Refusal};
use crate::program::Program;
use crate::schema::Record;
use crate::show::shown;
use crate::value::{Party, Value};

use super::expr::Machine;

/// A step that ran, with the exceptions that stood.
pub(crate) struct Ran<'a> {
    pub(crate) step: Saw<'a>,
    pub(crate) standing: Vec<&'a ExceptionIr>,
}

/// What a step saw.
pub(crate) enum Saw<'a> {
    /// The value of a `let`, as a person reads it.
    Let { name: &'a str, value: String },
    Rule {
        rule: &'a RuleIr,
        holds: bool,
        /// The variable parts of the condition, as written, with their values as a person reads them.
        figures: Vec<(String, String)>,
        /// For each part of the condition whether it holds; nothing when that can't be computed.
        parts: Vec<Option<bool>>,
    },
}

/// What ran, up to the first refusal.
#[derive(Default)]
pub(crate) struct Trace<'a> {
    pub(crate) steps: Vec<Ran<'a>>,
    /// The parties that each expression under `signed by` names, in the order of the text.
    pub(crate) signers: Vec<Vec<Party>>,
}

/// Runs the steps and the signers again, keeping what they saw.
pub(crate) fn trace<'a>(program: &'a Program, call: &'a Call<'a>) -> Trace<'a> {
    let mut trace = Trace::default();
    if let Some(body) = program.bodies.get(usize::from(call.action)) {
        // What could not be computed ends the trace: the verdict says why.
        let _ = run(program, call, body, &mut trace);
    }
    trace
}

fn run<'a>(
    program: &'a Program,
    call: &'a Call<'a>,
    body: &'a Body,
    trace: &mut Trace<'a>,
) -> Result<(), Refusal> {
    let mut machine = Machine::of_action(program, call, body.steps.len());
    let mut lets = body.lets.iter();
    for step in &body.steps {
        let standing = machine.standing(step.exceptions())?;
        let (step, goes_on) = match step {
            Step::Let(ir) => {
                let value = machine.eval(ir)?;
                let Some((name, ty)) = lets.next() else {
                    return Ok(());
                };
                let said = shown(&value, ty, &program.records);
                machine.locals.push(value);
                (Saw::Let { name, value: said }, true)
            }
            Step::Rule(rule) => {
                let holds = machine.test(&rule.condition)?;
                let figures = machine.figures(rule, &program.records);
                let parts = rule.parts.iter().map(|p| machine.test(&p.ir).ok());
                let saw = Saw::Rule {
                    rule,
                    holds,
                    parts: parts.collect(),
                    figures,
                };
                (saw, holds)
            }
        };
        trace.steps.push(Ran { step, standing });
        if !goes_on {
            return Ok(());
        }
    }
    for ir in &body.signers {
        trace.signers.push(match machine.eval(ir)?.as_ref() {
            Value::Party(party) => vec![party.clone()],
            Value::List(items) => items.iter().filter_map(Value::as_party).cloned().collect(),
            _ => Vec::new(),
        });
    }
    for quorum in &body.quorums {
        trace.signers.push(machine.quorum(quorum)?);
    }
    Ok(())
}

impl<'a> Machine<'a> {
    /// What a rule's condition sees, as far as it can be computed.
    pub(super) fn figures(
        &mut self,
        rule: &'a RuleIr,
        records: &[Record],
    ) -> Vec<(String, String)> {
        let figures = rule.figures.iter().filter_map(|(label, ir, ty)| {
            let value = self.eval(ir).ok()?;
            Some((label.clone(), shown(&value, ty, records)))
        });
        figures.collect()
    }
}

impl Step {
    /// The named exceptions of a value or rule, in the order of the text.
    pub(crate) fn exceptions(&self) -> &[ExceptionIr] {
        let (Self::Let(ir) | Self::Rule(RuleIr { condition: ir, .. })) = self;
        match ir {
            Ir::Cases { exceptions, .. } => exceptions,
            _ => &[],
        }
    }
}
