//! Incremental evaluation: a new fact touches only the subjects that it joins.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::builtin::BuiltInRule;
use crate::contract::Contract;
use crate::eval::{Machine, arithmetic, fact_fits, ill_typed};
use crate::ir::Arithmetic;
use crate::limits::{KNOWN_FACTS_MAX, PERCENT_WHOLE};
use crate::outcome::{Call, Refusal};
use crate::show::shown;
use crate::value::{FactValue, Value};

use super::index::Indexes;
use super::ir::{How, Known, Policy, Schedule, Step};
use super::{DueOn, Evaluation, Failure, Policies, Proposal};

/// What a node knows, and what its policies have proposed about it.
#[derive(Debug)]
pub struct Engine<'c> {
    pub(super) contract: &'c Contract,
    pub(super) policies: &'c [Policy],
    pub(crate) facts: BTreeMap<u64, FactValue>,
    indexes: Indexes,
    /// Subjects by policy.
    pub(super) subjects: Vec<BTreeSet<u64>>,
    touched: BTreeSet<(usize, u64)>,
    /// Subjects that wait for a day.
    waiting: BTreeMap<Date, BTreeSet<(usize, u64)>>,
    /// What is proposed about a subject now; nothing when nothing is.
    proposed: BTreeMap<(usize, u64), Vec<Proposal>>,
    last: Option<Date>,
}

impl<'c> Engine<'c> {
    /// An engine that knows nothing yet.
    #[must_use]
    pub fn new(contract: &'c Contract, policies: &'c Policies) -> Self {
        let policies = policies.policies.as_slice();
        Self {
            contract,
            policies,
            facts: BTreeMap::new(),
            indexes: Indexes::of(policies),
            subjects: vec![BTreeSet::new(); policies.len()],
            touched: BTreeSet::new(),
            waiting: BTreeMap::new(),
            proposed: BTreeMap::new(),
            last: None,
        }
    }

    /// A fact that becomes known, under a number of the caller's that no other known fact has (else it replaces that one).
    ///
    /// # Errors
    /// `fact_fits_its_kind` when it is no fact of the contract.
    pub fn learn(&mut self, number: u64, fact: FactValue) -> Result<(), Refusal> {
        fact_fits(&fact, self.contract.kinds(), self.contract.records())?;
        self.forget(number);
        self.index(number, &fact, true);
        self.facts.insert(number, fact);
        Ok(())
    }

    /// A fact that is used up or no longer known.
    pub fn forget(&mut self, number: u64) {
        if let Some(fact) = self.facts.remove(&number) {
            self.index(number, &fact, false);
        }
    }

    fn index(&mut self, number: u64, fact: &FactValue, known: bool) {
        self.indexes.enter(number, fact, known, &mut self.touched);
        for (p, policy) in self.policies.iter().enumerate() {
            if policy.kind != fact.kind {
                continue;
            }
            if known {
                self.subjects[p].insert(number);
                self.touched.insert((p, number));
            } else {
                self.subjects[p].remove(&number);
                self.touched.remove(&(p, number));
                self.proposed.remove(&(p, number));
            }
        }
    }

    /// Looks at every subject that a fact has touched since the last time, or whose day has come.
    pub fn evaluate(&mut self, today: Date) -> Evaluation {
        let mut out = Evaluation::default();
        let mut due = std::mem::take(&mut self.touched);
        let later = today
            .tomorrow()
            .map_or_else(|_| BTreeMap::new(), |t| self.waiting.split_off(&t));
        due.extend(
            std::mem::replace(&mut self.waiting, later)
                .into_values()
                .flatten(),
        );
        if self.last != Some(today) {
            for (p, policy) in self.policies.iter().enumerate() {
                if matches!(policy.when_due, Schedule::EveryDay) {
                    due.extend(self.subjects[p].iter().map(|s| (p, *s)));
                }
            }
        }
        self.last = Some(today);
        for (p, subject) in due {
            let Some(fact) = self
                .facts
                .get(&subject)
                .filter(|_| self.subjects[p].contains(&subject))
            else {
                continue;
            };
            match self.one(p, subject, fact, today) {
                Ok((Some(day), _)) => {
                    self.waiting.entry(day).or_default().insert((p, subject));
                }
                Ok((None, proposals)) => {
                    out.evaluated += 1;
                    let before = match proposals.is_empty() {
                        true => self.proposed.remove(&(p, subject)),
                        false => self.proposed.insert((p, subject), proposals.clone()),
                    };
                    let before = before.unwrap_or_default();
                    out.proposals
                        .extend(proposals.into_iter().filter(|n| !before.contains(n)));
                }
                Err(refusal) => out.failures.push(Failure {
                    policy: self.policies[p].name.clone(),
                    subject,
                    refusal,
                }),
            }
        }
        out
    }

    /// One subject under one policy: the day for which it waits, or what is proposed.
    pub(super) fn one(
        &self,
        p: usize,
        subject: u64,
        fact: &FactValue,
        today: Date,
    ) -> Result<(DueOn, Vec<Proposal>), Refusal> {
        let policy = &self.policies[p];
        let call = on(today);
        let (waits, mut machine) = self.reckoned(p, fact, &call)?;
        if waits.is_some() || !machine.test(&policy.when)? {
            return Ok((waits, Vec::new()));
        }
        let records = self.contract.records();
        let mut out = Vec::with_capacity(policy.proposes.len());
        for propose in &policy.proposes {
            let party = machine.eval(&propose.party)?.as_party().cloned();
            let mut values = Vec::with_capacity(propose.values.len());
            for (label, ir, ty) in &propose.values {
                values.push((
                    label.clone(),
                    shown(machine.eval(ir)?.as_ref(), ty, records),
                ));
            }
            out.extend(party.map(|party| Proposal {
                policy: policy.name.clone(),
                subject,
                verb: propose.verb,
                party,
                values,
                because: propose.because.clone(),
            }));
        }
        Ok((None, out))
    }

    /// A machine that has reckoned what a policy says of a subject; before that, the day for which the subject waits.
    pub(super) fn reckoned<'m>(
        &'m self,
        p: usize,
        fact: &'m FactValue,
        call: &'m Call<'m>,
    ) -> Result<(DueOn, Machine<'m>), Refusal> {
        let policy = &self.policies[p];
        let mut machine = Machine::of_policy(self.contract.program(), call, fact);
        if let Schedule::From(ir) = &policy.when_due {
            match machine.eval(ir)?.as_ref() {
                Value::Date(day) if *day > call.effective => return Ok((Some(*day), machine)),
                Value::Date(_) => {}
                _ => return Err(ill_typed()),
            }
        }
        for (at, step) in policy.steps.iter().enumerate() {
            let value = match step {
                Step::Let(ir) => machine.eval(ir)?,
                Step::Known(known) => {
                    let joined = self.indexes.joined(p, at, fact).iter();
                    let facts = joined.filter_map(|n| self.facts.get(n));
                    Cow::Owned(aggregate(&mut machine, known, facts, fact)?)
                }
            };
            machine.locals.push(value);
        }
        Ok((None, machine))
    }
}

/// What a policy is evaluated with: a day, and nothing of a transaction.
pub(super) fn on(today: Date) -> Call<'static> {
    Call {
        action: 0,
        args: &[],
        effective: today,
        consumed: &[],
        referenced: &[],
    }
}

fn aggregate<'a>(
    machine: &mut Machine<'a>,
    known: &'a Known,
    facts: impl Iterator<Item = &'a FactValue>,
    subject: &'a FactValue,
) -> Result<Value, Refusal> {
    let (mut all, mut held, mut total) = (0_i64, 0_i64, known.zero.clone());
    for (seen, fact) in facts.enumerate() {
        if seen >= KNOWN_FACTS_MAX {
            let message = format!("more than {KNOWN_FACTS_MAX} known facts join with one subject");
            return Err(Refusal::new(BuiltInRule::KnownFactsWithinLimits, message));
        }
        machine.known = Some([subject, fact]);
        if !machine.test(&known.filter)? {
            continue;
        }
        all += 1;
        match (&known.body, known.how) {
            (Some(body), How::Sum) => {
                let value = machine.eval(body)?;
                total = arithmetic(Arithmetic::Add, &total, &value)?;
            }
            (Some(body), _) => held += i64::from(machine.test(body)?),
            (None, _) => {}
        }
    }
    machine.known = Some([subject, subject]);
    Ok(match known.how {
        How::Count => Value::Int(all),
        How::Sum => total,
        // Out of none it is 0%; both are at most the limit, so that nothing overflows.
        How::Share => Value::Int(held * PERCENT_WHOLE / all.max(1)),
    })
}
