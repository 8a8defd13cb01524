//! An explanation as a person reads it.

use std::fmt::Write;

use deed::scenario::ExplainedCase;
use deed::{Accepted, Contract, ExplainedFact, ExplainedRule, Kind, Party};

/// One case in words.
pub(super) fn words(contract: &Contract, case: &ExplainedCase) -> String {
    let mut out = String::new();
    // Writing into a text can't fail.
    let _ = write(&mut out, contract, case);
    out
}

/// The names of a kind's published fields.
pub(super) fn public_fields(kind: &Kind) -> impl Iterator<Item = &str> {
    let fields = kind.public.iter();
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
        case.on,
        cited(action.law.as_deref())
    )?;
    for (param, value) in action.params.iter().zip(&case.args) {
        let value = contract.show(value, &param.ty);
        writeln!(out, "    {} = {value}", param.name)?;
    }
    if !case.explanation.rules.is_empty() {
        writeln!(out, "  rules, in the order of the contract")?;
    }
    for rule in &case.explanation.rules {
        write_rule(out, rule)?;
    }
    match &case.explanation.verdict {
        Ok(accepted) => write_accepted(out, contract, accepted),
        Err(refusal) => {
            let not_run = action.rules.len() - case.explanation.rules.len();
            if not_run > 0
                && case
                    .explanation
                    .rules
                    .last()
                    .is_some_and(|rule| !rule.holds)
            {
                writeln!(
                    out,
                    "    {not_run} more are not asked: the first that fails refuses"
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

fn write_rule(out: &mut String, rule: &ExplainedRule) -> std::fmt::Result {
    let mark = if rule.holds { "holds" } else { "FAILS" };
    writeln!(
        out,
        "    {mark}  {}{}",
        rule.text,
        cited(rule.law.as_deref())
    )?;
    for (name, value) in &rule.figures {
        writeln!(out, "             {name} is {value}")?;
    }
    Ok(())
}

fn cited(law: Option<&str>) -> String {
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
    let fields = kind.fields.iter().zip(&explained.fact.fields);
    let fields: Vec<String> = fields
        .map(|(f, v)| format!("{} = {}", f.name, contract.show(v, &f.ty)))
        .collect();
    writeln!(out, "    {} with {}", kind.name, fields.join(", "))?;
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
    let public: Vec<&str> = public_fields(kind).collect();
    let public = match public.len() {
        0 => "nothing is public".to_owned(),
        n if n == kind.fields.len() => "all of it is public".to_owned(),
        _ => format!("{} are public", public.join(", ")),
    };
    let seen = match roles.seen_by.as_slice() {
        [] => "those who sign".to_owned(),
        some => format!("those who sign and {}", listed(some)),
    };
    writeln!(out, "      seen by {seen}{observed}; {public}")
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
