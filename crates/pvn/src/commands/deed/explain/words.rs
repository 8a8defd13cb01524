//! An explanation as a person reads it.

use std::fmt::Write;

use deed::scenario::ExplainedCase;
use deed::{Accepted, Contract, ExplainedException, ExplainedFact, ExplainedStep, Kind, Party};

/// One case in words.
pub(super) fn words(contract: &Contract, case: &ExplainedCase) -> String {
    let mut out = String::new();
    // Writing into a text can't fail.
    let _ = write(&mut out, contract, case);
    out
}

/// The names of some fields of a kind.
pub(super) fn named<'k>(kind: &'k Kind, fields: &'k [u16]) -> impl Iterator<Item = &'k str> {
    let fields = fields.iter();
    fields.filter_map(|i| kind.fields.get(usize::from(*i)).map(|f| f.name.as_str()))
}

fn write(out: &mut String, contract: &Contract, case: &ExplainedCase) -> std::fmt::Result {
    let action = &contract.actions()[usize::from(case.action)];
    let verdict = match &case.explanation.verdict {
        Ok(_) => "ACCEPTED",
        Err(_) => "REFUSED",
    };
    writeln!(out, "{verdict}: {}", case.name)?;
    writeln!(
        out,
        "  {} on {}{}",
        action.name,
        deed::Value::Date(case.on),
        cited(action.law.as_deref())
    )?;
    for (param, value) in action.params.iter().zip(&case.args) {
        let value = contract.show(value, &param.ty);
        writeln!(out, "    {} = {value}", param.name)?;
    }
    if !case.explanation.steps.is_empty() {
        writeln!(out, "  step by step, in the order of the contract")?;
    }
    for step in &case.explanation.steps {
        write_step(out, step)?;
    }
    match &case.explanation.verdict {
        Ok(accepted) => write_accepted(out, contract, accepted),
        Err(refusal) => {
            let not_run = action.rules.len() - case.explanation.rules().count();
            let last = case.explanation.rules().last();
            if not_run > 0 && last.is_some_and(|rule| !rule.holds) {
                let rules = if not_run == 1 { "rule is" } else { "rules are" };
                writeln!(
                    out,
                    "    {not_run} more {rules} not asked: the first that fails refuses"
                )?;
            }
            writeln!(
                out,
                "  refused by {}{}",
                refusal.rule,
                cited(refusal.law.as_deref())
            )?;
            writeln!(out, "    {}", refusal.message)
        }
    }
}

fn write_step(out: &mut String, step: &ExplainedStep) -> std::fmt::Result {
    match step {
        ExplainedStep::Let(said) => {
            writeln!(out, "    let    {} = {}", said.name, said.value)?;
            write_exceptions(out, &said.exceptions)
        }
        ExplainedStep::Rule(rule) => {
            let mark = match (rule.holds, rule.lifted) {
                (false, _) => "FAILS",
                (true, false) => "holds",
                (true, true) => "lifted",
            };
            let law = cited(rule.law.as_deref());
            writeln!(out, "    {mark:<6} {}{law}", rule.text)?;
            write_exceptions(out, &rule.exceptions)?;
            for (name, value) in &rule.figures {
                writeln!(out, "             {name} is {value}")?;
            }
            Ok(())
        }
    }
}

fn write_exceptions(out: &mut String, stood: &[ExplainedException]) -> std::fmt::Result {
    for exception in stood {
        let law = cited(exception.law.as_deref());
        writeln!(
            out,
            "             by the exception \"{}\"{law}",
            exception.name
        )?;
    }
    Ok(())
}

pub(super) fn cited(law: Option<&str>) -> String {
    law.map(|law| format!("  ({law})")).unwrap_or_default()
}

fn write_accepted(out: &mut String, contract: &Contract, accepted: &Accepted) -> std::fmt::Result {
    writeln!(out, "  must sign")?;
    for signer in &accepted.signers {
        writeln!(
            out,
            "    {}, as {}",
            signer.party,
            signer.named_as.join(" and as ")
        )?;
    }
    if !accepted.dues.is_empty() {
        writeln!(out, "  is owed")?;
    }
    for due in &accepted.dues {
        let verb = match (&due.from, due.payer == due.payee) {
            (None, _) => "issues to",
            (Some(_), true) => "keeps, changed, for",
            (Some(_), false) => "pays",
        };
        let kind = &contract.kinds()[usize::from(due.money)].name;
        let (payer, payee, amount) = (&due.payer, &due.payee, due.amount);
        writeln!(
            out,
            "    {payer} {verb} {payee} {amount} in {kind}{}",
            cited(due.law.as_deref())
        )?;
    }
    for (title, facts) in [
        ("is created", &accepted.created),
        ("money is then", &accepted.money),
    ] {
        if !facts.is_empty() {
            writeln!(out, "  {title}")?;
        }
        for fact in facts {
            write_fact(out, contract, fact)?;
        }
    }
    Ok(())
}

fn write_fact(
    out: &mut String,
    contract: &Contract,
    explained: &ExplainedFact,
) -> std::fmt::Result {
    let kind = &contract.kinds()[usize::from(explained.fact.kind)];
    writeln!(out, "    {}", contract.show_fact(&explained.fact))?;
    let roles = &explained.roles;
    let attested = match roles.attestors.len() {
        0 => "all who sign".to_owned(),
        n if n == usize::from(roles.attestors_needed) => listed(&roles.attestors),
        _ => format!(
            "any {} of {}",
            roles.attestors_needed,
            listed(&roles.attestors)
        ),
    };
    writeln!(
        out,
        "      controlled by {}; attested by {attested}",
        listed(&roles.controllers)
    )?;
    let observed = match roles.observed_by.as_slice() {
        [] => String::new(),
        some => format!("; observed by {}", listed(some)),
    };
    let shown = match &roles.shown_by {
        None => String::new(),
        Some(holder) => format!("; only {holder} can show a proof of it"),
    };
    let public: Vec<&str> = named(kind, &kind.public).collect();
    let public = match public.len() {
        0 => "nothing is public".to_owned(),
        n if n == kind.fields.len() => "all of it is public".to_owned(),
        _ => format!("{} are public", public.join(", ")),
    };
    let seen = match roles.seen_by.as_slice() {
        [] => "those who sign".to_owned(),
        some => format!("those who sign and {}", listed(some)),
    };
    writeln!(out, "      seen by {seen}{observed}{shown}; {public}")?;
    for (party, fields) in &roles.seen_in_part {
        let fields: Vec<&str> = named(kind, fields).collect();
        writeln!(
            out,
            "      of this, {party} sees only {}",
            fields.join(", ")
        )?;
    }
    Ok(())
}

fn listed(parties: &[Party]) -> String {
    match parties {
        [] => "nobody".to_owned(),
        some => some
            .iter()
            .map(Party::as_str)
            .collect::<Vec<_>>()
            .join(", "),
    }
}
