//! Why a policy proposes or doesn't: which parts of its condition hold.

use jiff::civil::Date;

use crate::eval::Machine;

use super::engine::{Engine, on};
use super::ir::Part;

/// Whether a part of a condition holds, and its alternatives, if it has any; nothing when that can't be computed.
pub(crate) struct Held {
    pub(crate) holds: Option<bool>,
    pub(crate) alternatives: Vec<Option<bool>>,
}

impl Engine<'_> {
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
