//! One action from its arguments to everything that follows.

use crate::builtin::BuiltInRule;
use crate::ir::{Body, DueIr, RuleIr, Step};
use crate::outcome::{Call, Due, Outcome, Refusal};
use crate::program::Program;
use crate::schema::{Action, Input, Record};
use crate::value::{FactValue, Party, Value};

use super::expr::Machine;
use super::fits::{fact_fits, values_fit};

/// Runs all rules in the order of the text, then computes signers, created facts and dues.
pub(crate) fn apply(program: &Program, call: &Call<'_>) -> Result<Outcome, Refusal> {
    let index = usize::from(call.action);
    let (Some(action), Some(body)) = (program.actions.get(index), program.bodies.get(index)) else {
        let message = format!("the contract has no action number {}", call.action);
        return Err(Refusal::new(BuiltInRule::ActionIsOfTheContract, message));
    };
    inputs_fit(program, action, call)?;
    let mut machine = Machine::of_action(program, call, body.steps.len());
    run_steps(&mut machine, action, body, &program.records)?;
    let signers = signers(&mut machine, body)?;
    let mut created = Vec::with_capacity(body.creates.len());
    for create in &body.creates {
        created.push(FactValue {
            kind: create.kind,
            fields: machine.values(&create.fields)?,
        });
    }
    unique(program, &created)?;
    let mut dues = Vec::with_capacity(body.dues.len());
    for ir in &body.dues {
        dues.extend(due(&mut machine, ir)?);
    }
    Ok(Outcome {
        created,
        signers,
        dues,
    })
}

/// No two of the facts have one business key.
fn unique(program: &Program, created: &[FactValue]) -> Result<(), Refusal> {
    for (i, fact) in created.iter().enumerate() {
        let Some(kind) = program.kinds.get(usize::from(fact.kind)) else {
            continue;
        };
        let same = |other: &FactValue| {
            let mut key = kind.one_per.iter().map(|f| usize::from(*f));
            other.kind == fact.kind && key.all(|f| other.fields.get(f) == fact.fields.get(f))
        };
        if !kind.one_per.is_empty() && created[..i].iter().any(same) {
            let message = format!("two of {} are created with one business key", kind.name);
            return Err(Refusal::new(BuiltInRule::OnePerBusinessKey, message));
        }
    }
    Ok(())
}

fn inputs_fit(program: &Program, action: &Action, call: &Call<'_>) -> Result<(), Refusal> {
    values_fit(
        call.args,
        &action.params,
        &program.records,
        BuiltInRule::ArgumentsFitTheAction,
        &action.name,
    )?;
    facts_fit(program, action, &action.consumes, call.consumed, "consumes")?;
    facts_fit(
        program,
        action,
        &action.references,
        call.referenced,
        "references",
    )
}

fn facts_fit(
    program: &Program,
    action: &Action,
    inputs: &[Input],
    facts: &[FactValue],
    verb: &str,
) -> Result<(), Refusal> {
    const RULE: BuiltInRule = BuiltInRule::FactsFitTheAction;
    if inputs.len() != facts.len() {
        let (wanted, given) = (inputs.len(), facts.len());
        let noun = if wanted == 1 { "fact" } else { "facts" };
        let message = format!("{} {verb} {wanted} {noun}, not {given}", action.name);
        return Err(Refusal::new(RULE, message));
    }
    for (input, fact) in inputs.iter().zip(facts) {
        if input.kind != fact.kind {
            let wanted = program
                .kinds
                .get(usize::from(input.kind))
                .map_or("", |k| &k.name);
            let message = format!(
                "{} {verb} one {wanted} as {}, not another kind",
                action.name, input.name
            );
            return Err(Refusal::new(RULE, message));
        }
        fact_fits(fact, &program.kinds, &program.records)?;
    }
    Ok(())
}

fn run_steps<'a>(
    machine: &mut Machine<'a>,
    action: &Action,
    body: &'a Body,
    records: &[Record],
) -> Result<(), Refusal> {
    for step in &body.steps {
        match step {
            Step::Let(ir) => {
                let value = machine.eval(ir)?;
                machine.locals.push(value);
            }
            Step::Rule(rule) => {
                if !machine.test(&rule.condition)? {
                    return Err(refused(machine, action, rule, records));
                }
            }
        }
    }
    Ok(())
}

/// Names the rule, the law and the figures.
fn refused<'a>(
    machine: &mut Machine<'a>,
    action: &Action,
    rule: &'a RuleIr,
    records: &[Record],
) -> Refusal {
    let Some(declared) = action.rules.get(usize::from(rule.index)) else {
        return Refusal::new(BuiltInRule::ContractIsWellTyped, "a rule without a name");
    };
    let figures = machine.figures(rule, records).into_iter();
    let figures: Vec<String> = figures.map(|(l, v)| format!("{l} is {v}")).collect();
    let message = match figures.as_slice() {
        [] => format!("{}: it does not hold", declared.text),
        some => format!("{}: {}", declared.text, some.join(", ")),
    };
    Refusal {
        rule: declared.code.clone(),
        message,
        law: declared.law.clone().or_else(|| action.law.clone()),
    }
}

/// Everybody once, in the order of the text; an optional party that is absent does not sign.
fn signers<'a>(machine: &mut Machine<'a>, body: &'a Body) -> Result<Vec<Party>, Refusal> {
    let mut out: Vec<Party> = Vec::with_capacity(body.signers.len());
    let mut add = |party: &Party| {
        if !out.contains(party) {
            out.push(party.clone());
        }
    };
    for ir in &body.signers {
        match machine.eval(ir)?.as_ref() {
            Value::Party(party) => add(party),
            Value::List(items) => items.iter().filter_map(Value::as_party).for_each(&mut add),
            _ => {}
        }
    }
    for quorum in &body.quorums {
        machine.quorum(quorum)?.iter().for_each(&mut add);
    }
    if out.is_empty() {
        return Err(Refusal::new(
            BuiltInRule::SomebodySigns,
            "nobody signs this",
        ));
    }
    Ok(out)
}

fn due<'a>(machine: &mut Machine<'a>, ir: &'a DueIr) -> Result<Option<Due>, Refusal> {
    if let Some(when) = &ir.when
        && !machine.test(when)?
    {
        return Ok(None);
    }
    let amount = machine.eval(&ir.amount)?.as_money();
    let payer = machine.eval(&ir.payer)?.as_party().cloned();
    let payee = machine.eval(&ir.payee)?.as_party().cloned();
    let (Some(amount), Some(payer), Some(payee)) = (amount, payer, payee) else {
        return Err(Refusal::new(
            BuiltInRule::ContractIsWellTyped,
            "a due without payer, payee or amount",
        ));
    };
    if amount.minor < 0 {
        let message = format!("{payer} would owe {payee} {amount}, less than nothing");
        return Err(Refusal {
            law: ir.law.clone(),
            ..Refusal::new(BuiltInRule::AmountBelowZero, message)
        });
    }
    if amount.minor == 0 {
        return Ok(None);
    }
    let from = ir.from.as_ref().map(|f| machine.values(f)).transpose()?;
    let to = machine.values(&ir.to)?;
    Ok(Some(Due {
        money: ir.money,
        payer,
        payee,
        amount,
        from,
        to,
        law: ir.law.clone(),
    }))
}
