//! Who has which part in a fact.

use crate::builtin::BuiltInRule;
use crate::eval::fact_fits;
use crate::ir::{CreateIr, Ir};
use crate::outcome::{FactRoles, Refusal};
use crate::program::Program;
use crate::schema::{Control, Kind, PartyRef};
use crate::value::{FactValue, Party, Value};

/// Reads the parties out of the fact, as its kind says.
pub(crate) fn roles_of(program: &Program, fact: &FactValue) -> Result<FactRoles, Refusal> {
    fact_fits(fact, &program.kinds, &program.records)?;
    let kind = &program.kinds[usize::from(fact.kind)];
    let controllers = match &kind.control {
        Control::Nobody => Vec::new(),
        Control::One(party) => parties([party], fact),
        Control::AllOf(all) => parties(all, fact),
        Control::With {
            controller,
            attestor,
        } => parties([controller, attestor], fact),
    };
    let attestors = parties(&kind.attestation.parties, fact);
    let needed = usize::from(kind.attestation.needed);
    // All of the declared parties may coincide; a choice among them needs as many as it says.
    if needed < kind.attestation.parties.len() && attestors.len() < needed {
        let message = format!(
            "{} needs {needed} attestors, but only {} are named",
            kind.name,
            attestors.len()
        );
        return Err(Refusal::new(BuiltInRule::AttestorsAreDistinct, message));
    }
    let present = u16::try_from(attestors.len()).unwrap_or(u16::MAX);
    Ok(FactRoles {
        controllers,
        attestors_needed: kind.attestation.needed.min(present),
        attestors,
        keepers: parties(kind.keepers(), fact),
        seen_in_part: in_part(kind, fact),
        seen_by: parties(&kind.seen_by, fact),
        observed_by: parties(&kind.observed_by, fact),
        shown_by: parties(kind.shown_by.as_slice(), fact).pop(),
    })
}

/// Whether the party can be the first to sign an action that makes a new fact of this kind: not one by which a fact goes on.
pub(crate) fn may_begin(program: &Program, kind: u16, party: &Party) -> bool {
    let Some(one_per) = program.kinds.get(usize::from(kind)).map(|k| &k.one_per) else {
        return false;
    };
    let goes_on = |create: &CreateIr| {
        let mut key = one_per
            .iter()
            .map(|field| match create.fields.get(usize::from(*field)) {
                Some(Ir::Consumed(input, from)) if from == field => Some(*input),
                _ => None,
            });
        let first = key.next().flatten();
        first.is_some() && key.all(|input| input == first)
    };
    let new = |create: &CreateIr| create.kind == kind && !goes_on(create);
    let mut bodies = program.bodies.iter().filter(|b| b.creates.iter().any(new));
    bodies.any(|body| match body.signers.first() {
        Some(Ir::Const(Value::Party(first))) => first == party,
        // Whom the arguments, or the facts consumed, name.
        _ => true,
    })
}

/// Who sees some fields only; who is named twice sees the fields of both.
fn in_part(kind: &Kind, fact: &FactValue) -> Vec<(Party, Vec<u16>)> {
    let whole = parties(&kind.seen_by, fact);
    let mut out: Vec<(Party, Vec<u16>)> = Vec::new();
    for part in &kind.seen_in_part {
        for party in parties(&part.parties, fact) {
            if whole.contains(&party) {
                continue;
            }
            match out.iter_mut().find(|(known, _)| *known == party) {
                Some((_, fields)) => {
                    fields.extend(&part.fields);
                    fields.sort_unstable();
                    fields.dedup();
                }
                None => out.push((party, part.fields.clone())),
            }
        }
    }
    out
}

/// Everybody once, in the order of the text.
fn parties<'a>(refs: impl IntoIterator<Item = &'a PartyRef>, fact: &FactValue) -> Vec<Party> {
    let mut out: Vec<Party> = Vec::new();
    let mut add = |party: &Party| {
        if !out.contains(party) {
            out.push(party.clone());
        }
    };
    for reference in refs {
        match reference {
            PartyRef::Constant(party) => add(party),
            PartyRef::Field(i) => field(fact, *i)
                .and_then(Value::as_party)
                .into_iter()
                .for_each(&mut add),
            PartyRef::Items(i) => items(fact, *i)
                .iter()
                .filter_map(Value::as_party)
                .for_each(&mut add),
            PartyRef::EachItem { list, field } => items(fact, *list)
                .iter()
                .filter_map(|item| match item {
                    Value::Record(fields) => {
                        fields.get(usize::from(*field)).and_then(Value::as_party)
                    }
                    _ => None,
                })
                .for_each(&mut add),
        }
    }
    out
}

fn field(fact: &FactValue, index: u16) -> Option<&Value> {
    fact.fields.get(usize::from(index))
}

fn items(fact: &FactValue, index: u16) -> &[Value] {
    match field(fact, index) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}
