//! Which facts join with which subjects: what makes an evaluation incremental.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::Ir;
use crate::value::{FactValue, Value};

use super::ir::{Known, Policy, Step};

type Key = Vec<Value>;

/// Known facts of one kind by some of their fields. Several policies that join alike share one.
#[derive(Debug)]
struct Join {
    kind: u16,
    fields: Vec<u16>,
    facts: BTreeMap<Key, Vec<u64>>,
}

/// What one step of a policy asks: which join, and which subjects by what the joining fields equal.
#[derive(Debug)]
struct Ask {
    policy: usize,
    step: usize,
    join: usize,
    /// The kind of the subjects, and what of them the fields equal.
    kind: u16,
    keys: Vec<Ir>,
    subjects: BTreeMap<Key, Vec<u64>>,
}

/// The joins of all policies.
#[derive(Debug, Default)]
pub(super) struct Indexes {
    joins: Vec<Join>,
    asks: Vec<Ask>,
}

impl Indexes {
    pub(super) fn of(policies: &[Policy]) -> Self {
        let mut indexes = Self::default();
        for (policy, declared) in policies.iter().enumerate() {
            for (step, of) in declared.steps.iter().enumerate() {
                if let Step::Known(known) = of {
                    let ask = Ask {
                        policy,
                        step,
                        join: indexes.join(known),
                        kind: declared.kind,
                        keys: known.keys.clone(),
                        subjects: BTreeMap::new(),
                    };
                    indexes.asks.push(ask);
                }
            }
        }
        indexes
    }

    fn join(&mut self, known: &Known) -> usize {
        let alike = |j: &Join| j.kind == known.kind && j.fields == known.fields;
        self.joins.iter().position(alike).unwrap_or_else(|| {
            self.joins.push(Join {
                kind: known.kind,
                fields: known.fields.clone(),
                facts: BTreeMap::new(),
            });
            self.joins.len() - 1
        })
    }

    /// Notes that a fact is known, or no longer; says which subjects of which policies it joins.
    pub(super) fn enter(
        &mut self,
        number: u64,
        fact: &FactValue,
        known: bool,
        touched: &mut BTreeSet<(usize, u64)>,
    ) {
        for ask in self.asks.iter_mut().filter(|a| a.kind == fact.kind) {
            let key = key_of_subject(&ask.keys, fact);
            enter(&mut ask.subjects, key, number, known);
        }
        for (at, join) in self.joins.iter_mut().enumerate() {
            if join.kind != fact.kind {
                continue;
            }
            let key: Key = join.fields.iter().map(|f| field(fact, *f)).collect();
            for ask in self.asks.iter().filter(|a| a.join == at) {
                let subjects = ask.subjects.get(&key).into_iter().flatten();
                touched.extend(subjects.map(|subject| (ask.policy, *subject)));
            }
            enter(&mut join.facts, key, number, known);
        }
    }

    /// The facts that join with a subject in one step of a policy, by their numbers, in order.
    pub(super) fn joined(&self, policy: usize, step: usize, subject: &FactValue) -> &[u64] {
        let mut asks = self.asks.iter();
        let facts = asks
            .find(|a| (a.policy, a.step) == (policy, step))
            .and_then(|ask| {
                let key = key_of_subject(&ask.keys, subject);
                self.joins[ask.join].facts.get(&key)
            });
        facts.map_or(&[], Vec::as_slice)
    }
}

fn enter(index: &mut BTreeMap<Key, Vec<u64>>, key: Key, number: u64, known: bool) {
    if known {
        let numbers = index.entry(key).or_default();
        if let Err(at) = numbers.binary_search(&number) {
            numbers.insert(at, number);
        }
    } else if let Some(numbers) = index.get_mut(&key) {
        if let Ok(at) = numbers.binary_search(&number) {
            numbers.remove(at);
        }
        if numbers.is_empty() {
            index.remove(&key);
        }
    }
}

fn field(fact: &FactValue, index: u16) -> Value {
    let value = fact.fields.get(usize::from(index));
    value.cloned().unwrap_or(Value::Absent)
}

/// What of the subject the joining fields equal; the checker admits its fields and theirs only.
fn key_of_subject(keys: &[Ir], subject: &FactValue) -> Key {
    fn value(ir: &Ir, subject: &FactValue) -> Value {
        match ir {
            Ir::Referenced(_, index) => field(subject, *index),
            Ir::Field(base, index) => match value(base, subject) {
                Value::Record(fields) => fields
                    .get(usize::from(*index))
                    .cloned()
                    .unwrap_or(Value::Absent),
                _ => Value::Absent,
            },
            _ => Value::Absent,
        }
    }
    keys.iter().map(|ir| value(ir, subject)).collect()
}
