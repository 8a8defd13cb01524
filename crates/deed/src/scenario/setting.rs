//! What a scenario says, read.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::policy::Verb;
use crate::value::{FactValue, Party, Value};

/// What is done, and the changes of it; the first case is the one unchanged.
pub(super) enum Scenario {
    /// A transaction, by its action.
    Action {
        action: u16,
        cases: Vec<Named<Setting>>,
    },
    /// A policy that is asked: which of the texts of policies, and which in it.
    Policy {
        text: usize,
        policy: usize,
        cases: Vec<Named<Asking>>,
    },
}

/// One case with its name, and the line where it begins.
pub(super) struct Named<T> {
    pub(super) name: String,
    /// The change alone; `None` for what is done unchanged.
    pub(super) change: Option<String>,
    pub(super) line: usize,
    pub(super) what: T,
}

impl Scenario {
    /// Its name, which the first case has.
    pub(super) fn name(&self) -> &str {
        let first = match self {
            Self::Action { cases, .. } => cases.first().map(|c| &c.name),
            Self::Policy { cases, .. } => cases.first().map(|c| &c.name),
        };
        first.map_or("", |name| name)
    }

    pub(super) fn cases(&self) -> usize {
        match self {
            Self::Action { cases, .. } => cases.len(),
            Self::Policy { cases, .. } => cases.len(),
        }
    }
}

/// A case that can be compared with another, whatever is expected of both.
pub(super) trait Alike {
    fn alike(&self, other: &Self) -> bool;
}

impl Alike for Setting {
    fn alike(&self, other: &Self) -> bool {
        let facts = |s: &Self| (s.consumed.clone(), s.referenced.clone(), s.held.clone());
        self.on == other.on && self.args == other.args && facts(self) == facts(other)
    }
}

impl Alike for Asking {
    fn alike(&self, other: &Self) -> bool {
        self.on == other.on && self.before == other.before
    }
}

/// A complete case: what is done, with which facts, and what is expected.
#[derive(Clone)]
pub(super) struct Setting {
    pub(super) on: Date,
    pub(super) args: BTreeMap<String, Value>,
    pub(super) consumed: Vec<FactValue>,
    pub(super) referenced: Vec<FactValue>,
    pub(super) held: Vec<FactValue>,
    pub(super) expected: Expected,
    /// The line that says what is expected; `None` when none does.
    pub(super) expected_at: Option<usize>,
}

#[derive(Clone)]
pub(super) enum Expected {
    /// With each claim the line in which it stands.
    Accepted(Vec<(usize, Claim)>),
    Refused(String),
}

/// Something that an accepted case must show.
#[derive(Clone)]
pub(super) enum Claim {
    /// Exactly these parties sign.
    Signers(Vec<Party>),
    /// A created fact of the kind has these fields.
    Creating {
        kind: u16,
        fields: Vec<(u16, Value)>,
    },
    /// A created money fact is exactly this; together they are all.
    Leaving(FactValue),
}

/// A complete case of a policy: what becomes known, on which day it is asked, and what it proposes.
#[derive(Clone)]
pub(super) struct Asking {
    pub(super) on: Date,
    /// What happens before that day, in order.
    pub(super) before: Vec<Happening>,
    pub(super) expected: Proposed,
    /// The line that says what is expected; `None` when none does.
    pub(super) expected_at: Option<usize>,
}

#[derive(Clone, PartialEq)]
pub(super) enum Happening {
    /// A fact becomes known, under this number.
    Known(u64, FactValue),
    Forgotten(u64),
    /// The policies are asked on a day.
    Asked(Date),
}

/// What a policy is expected to do.
#[derive(Clone)]
pub(super) enum Proposed {
    Nothing,
    /// Something; exactly these proposals when there are any.
    These(Vec<Offer>),
    Refused(String),
}

/// A proposal as a scenario writes it.
#[derive(Clone)]
pub(super) struct Offer {
    pub(super) verb: Verb,
    pub(super) party: Party,
    /// What is shared or flagged, as the policy writes it, with the value as a person reads it when that is said.
    pub(super) values: Vec<(String, Option<String>)>,
}
