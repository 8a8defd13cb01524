//! What a policy makes of what is known, as a person reads it.

use std::fmt::Write;

use deed::policy::{ExplainedPart, ExplainedSubject, Proposal, Verb};
use deed::scenario::ExplainedAsking;
use deed::{Contract, Value};

use super::words::cited;

/// One case in words.
pub(super) fn words(contract: &Contract, case: &ExplainedAsking) -> String {
    let mut out = String::new();
    // Writing into a text can't fail.
    let _ = write(&mut out, contract, case);
    out
}

fn write(out: &mut String, contract: &Contract, case: &ExplainedAsking) -> std::fmt::Result {
    let verdict = match case.proposals.is_empty() {
        true => "PROPOSES NOTHING",
        false => "PROPOSES",
    };
    writeln!(out, "{verdict}: {}", case.name)?;
    writeln!(out, "  {} on {}", case.policy, Value::Date(case.on))?;
    writeln!(out, "  is known")?;
    if case.known.is_empty() {
        writeln!(out, "    nothing")?;
    }
    for known in &case.known {
        writeln!(out, "    {}", contract.show_fact(known))?;
    }
    for subject in &case.subjects {
        writeln!(out, "  for {}", contract.show_fact(&subject.fact))?;
        write_subject(out, case, subject)?;
    }
    Ok(())
}

fn write_subject(
    out: &mut String,
    case: &ExplainedAsking,
    subject: &ExplainedSubject,
) -> std::fmt::Result {
    if let Some(day) = subject.waits_for {
        return writeln!(out, "    it waits for {}", Value::Date(day));
    }
    for (name, value) in &subject.lets {
        writeln!(out, "    let    {name} = {value}")?;
    }
    for part in &subject.parts {
        writeln!(out, "    {} {}", mark(part), part.text)?;
        for part in &part.alternatives {
            writeln!(out, "             {} {}", mark(part), part.text)?;
        }
    }
    match &subject.says {
        Err(refusal) => writeln!(out, "    refused by {}: {refusal}", refusal.rule),
        Ok(says) if says.is_empty() => writeln!(out, "    nothing is proposed"),
        Ok(says) => {
            for proposal in says {
                let before = match case.proposals.contains(proposal) {
                    true => "",
                    false => ", which was proposed before",
                };
                writeln!(out, "    {}{before}", written(proposal))?;
            }
            Ok(())
        }
    }
}

fn mark(part: &ExplainedPart) -> &'static str {
    match part.holds {
        Some(true) => "holds ",
        Some(false) => "FAILS ",
        None => "can\'t be computed:",
    }
}

fn written(proposal: &Proposal) -> String {
    let values = proposal.values.iter();
    let values: Vec<String> = values.map(|(l, v)| format!("{l} = {v}")).collect();
    let (verb, to) = match proposal.verb {
        Verb::Share => ("share ", "with"),
        Verb::Flag => ("flag  ", "to"),
    };
    let law = cited(Some(&proposal.because));
    format!("{verb} {} {to} {}{law}", values.join(", "), proposal.party)
}
