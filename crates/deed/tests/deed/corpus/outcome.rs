//! What follows from an accepted case, written in full.

use std::fmt::Write as _;

use deed::{Contract, Due, FactValue, Keep, KeepFrom, Outcome, Party, Refusal};

use deed::scenario::ExplainedCase;

use crate::outlines::taken;

use super::values::{assigned, written};

/// What follows from every accepted case, in the order of the text.
pub(super) fn of_scenarios(contract: &Contract, cases: &[ExplainedCase]) -> String {
    let mut out = String::new();
    for case in cases {
        let Ok(accepted) = &case.explanation.verdict else {
            continue;
        };
        let _ = writeln!(out, "{}", case.name);
        let signers = accepted.signers.iter().map(|s| s.party.clone());
        signed(&signers.collect::<Vec<_>>(), &mut out);
        owed(contract, &accepted.dues, &mut out);
        for fact in accepted.created.iter().chain(&accepted.money) {
            part(contract, "creates", &fact.fact, &mut out);
        }
    }
    out
}

/// What follows from one action of a transaction.
pub(super) fn of_action(
    contract: &Contract,
    name: &str,
    consumed: &[FactValue],
    outcome: &Outcome,
    out: &mut String,
) {
    let _ = writeln!(out, "{name}");
    for fact in consumed {
        part(contract, "consumes", fact, out);
    }
    signed(&outcome.signers, out);
    owed(contract, &outcome.dues, out);
    for fact in &outcome.created {
        part(contract, "creates", fact, out);
    }
}

fn list(parties: &[Party]) -> String {
    let names: Vec<&str> = parties.iter().map(Party::as_str).collect();
    names.join(", ")
}

fn signed(signers: &[Party], out: &mut String) {
    let _ = writeln!(out, "  signed by {}", list(signers));
}

fn owed(contract: &Contract, dues: &[Due], out: &mut String) {
    for due in dues {
        let kind = &contract.kinds()[usize::from(due.money)];
        let fields: Vec<_> = kind.attributes().collect();
        let attributes = |values| {
            let fields = fields.iter().map(|i| &kind.fields[usize::from(*i)]);
            assigned(contract, fields, values)
        };
        let (verb, from) = match &due.from {
            Some(from) => ("pays", attributes(from)),
            None => ("issues", String::new()),
        };
        let to = attributes(&due.to);
        let changed = match &due.from {
            Some(_) if from != to => format!(" with {from} becoming {to}"),
            _ if to.is_empty() => String::new(),
            _ => format!(" with {to}"),
        };
        let law = due.law.as_ref().map(|law| format!(" law \"{law}\""));
        let law = law.unwrap_or_default();
        let (payer, payee, amount) = (&due.payer, &due.payee, due.amount);
        let _ = writeln!(
            out,
            "  {payer} {verb} {amount} to {payee} in {}{changed}{law}",
            kind.name
        );
    }
}

/// A fact, and who has which part in it.
fn part(contract: &Contract, verb: &str, fact: &FactValue, out: &mut String) {
    let _ = writeln!(out, "  {verb} {}", written(contract, fact));
    let roles = match contract.roles_of(fact) {
        Ok(roles) => roles,
        Err(Refusal { rule, .. }) => {
            let _ = writeln!(out, "    refused {rule}");
            return;
        }
    };
    let kind = &contract.kinds()[usize::from(fact.kind)];
    let names = |fields: &[u16]| {
        let names = fields
            .iter()
            .map(|i| kind.fields[usize::from(*i)].name.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    let controllers = match roles.controllers.is_empty() {
        true => "nobody".to_owned(),
        false => list(&roles.controllers),
    };
    let _ = writeln!(out, "    controlled by {controllers}");
    if !roles.attestors.is_empty() {
        let attestors = list(&roles.attestors);
        let _ = writeln!(
            out,
            "    attested by any {} of {attestors}",
            roles.attestors_needed
        );
    }
    if !roles.seen_by.is_empty() {
        let _ = writeln!(out, "    seen by {}", list(&roles.seen_by));
    }
    for (party, fields) in &roles.seen_in_part {
        let _ = writeln!(out, "    seen by {party} only in {}", names(fields));
    }
    if !roles.observed_by.is_empty() {
        let _ = writeln!(out, "    observed by {}", list(&roles.observed_by));
    }
    if let Some(holder) = &roles.shown_by {
        let _ = writeln!(out, "    shown by {holder}");
    }
    if let Some(credential) = &kind.credential {
        let _ = writeln!(out, "    {}", taken(kind, credential));
    }
    if !kind.public.is_empty() {
        let _ = writeln!(out, "    public {}", names(&kind.public));
    }
    match &kind.keep {
        Some(Keep::Forever { .. }) => out.push_str("    keep forever\n"),
        Some(Keep::Months { months, from, .. }) => {
            let from = match from {
                KeepFrom::Created => "created",
                KeepFrom::Consumed => "consumed",
            };
            let _ = writeln!(out, "    keep {months} months after {from}");
        }
        None => {}
    }
}
