//! Why a policy proposes or doesn't: what it reckons of a subject, and which parts of its condition hold.

use jiff::civil::Date;

use crate::eval::Machine;

use crate::outcome::Refusal;
use crate::value::FactValue;

use super::engine::{Engine, on};
use super::{DueOn, Proposal};

/// What a policy makes of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedSubject {
    /// The subject.
    pub fact: FactValue,
    /// The later day for which it waits: until then nothing is reckoned.
    pub waits_for: Option<Date>,
    /// Each let of the policy with its value, as a person reads it.
    pub lets: Vec<(String, String)>,
    /// The parts of `when` that must all hold.
    pub parts: Vec<ExplainedPart>,
    /// What the policy says of the subject today, whether or not it was proposed before; or what can't be computed.
    pub says: Result<Vec<Proposal>, Refusal>,
}

/// A part of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedPart {
    /// As written.
    pub text: String,
    /// Whether it holds; nothing when that can't be computed.
    pub holds: Option<bool>,
    /// The conditions joined by `or` in it; none when it is of one piece.
    pub alternatives: Vec<ExplainedPart>,
}
use crate::ir::Part;

/// Whether a part of a condition holds, and its alternatives, if it has any; nothing when that can't be computed.
pub(crate) struct Held {
    pub(crate) holds: Option<bool>,
    pub(crate) alternatives: Vec<Option<bool>>,
}

impl Engine<'_> {
    /// What a policy, by its number, makes of each of its subjects.
    pub(crate) fn explained(&self, policy: usize, today: Date) -> Vec<ExplainedSubject> {
        let subjects = self.subjects.get(policy).into_iter().flatten();
        let subjects = subjects.filter_map(|number| {
            let fact = self.facts.get(number)?;
            let says = self.one(policy, *number, fact, today);
            Some(self.explained_one(policy, fact, today, says))
        });
        subjects.collect()
    }

    fn explained_one(
        &self,
        policy: usize,
        fact: &FactValue,
        today: Date,
        says: Result<(DueOn, Vec<Proposal>), Refusal>,
    ) -> ExplainedSubject {
        let mut out = ExplainedSubject {
            fact: fact.clone(),
            waits_for: says.as_ref().ok().and_then(|(day, _)| *day),
            lets: Vec::new(),
            parts: Vec::new(),
            says: says.map(|(_, proposals)| proposals),
        };
        let call = on(today);
        let declared = &self.policies[policy];
        let Ok((None, mut machine)) = self.reckoned(policy, fact, &call) else {
            return out;
        };
        let lets = declared.lets.iter().zip(&machine.locals);
        let lets = lets.map(|((name, ty), value)| (name.clone(), self.contract.show(value, ty)));
        out.lets = lets.collect();
        let parts = declared.parts.iter();
        out.parts = parts
            .map(|part| explained_part(&mut machine, part))
            .collect();
        out
    }

    /// For each subject that does not wait for a later day: which parts of the condition of a policy, by its number, hold.
    pub(crate) fn held(&self, policy: usize, today: Date) -> Vec<Vec<Held>> {
        let call = on(today);
        let (Some(subjects), Some(declared)) =
            (self.subjects.get(policy), self.policies.get(policy))
        else {
            return Vec::new();
        };
        let held = subjects.iter().filter_map(|subject| {
            let fact = self.facts.get(subject)?;
            let (waits, mut machine) = self.reckoned(policy, fact, &call).ok()?;
            if waits.is_some() {
                return None;
            }
            let parts = declared.parts.iter().map(|p| held(&mut machine, p));
            Some(parts.collect())
        });
        held.collect()
    }
}

fn explained_part<'m>(machine: &mut Machine<'m>, part: &'m Part) -> ExplainedPart {
    let alternatives = part.alternatives.iter();
    ExplainedPart {
        text: part.label.clone(),
        holds: machine.test(&part.ir).ok(),
        alternatives: alternatives.map(|a| explained_part(machine, a)).collect(),
    }
}

fn held<'m>(machine: &mut Machine<'m>, part: &'m Part) -> Held {
    Held {
        holds: machine.test(&part.ir).ok(),
        alternatives: part
            .alternatives
            .iter()
            .map(|a| machine.test(&a.ir).ok())
            .collect(),
    }
}
