//! What the evaluator of policies runs.

use crate::ir::Ir;
use crate::schema::Type;
use crate::value::Value;

use super::Verb;

#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub(super) name: String,
    /// The kind of the subjects.
    pub(super) kind: u16,
    pub(super) when_due: Schedule,
    /// The lets, in the order of the text: each makes the next local.
    pub(super) steps: Vec<Step>,
    pub(super) when: Ir,
    pub(super) proposes: Vec<Propose>,
}

/// When a subject is looked at, beside when a fact touches it.
#[derive(Clone, Debug)]
pub(super) enum Schedule {
    Touched,
    EveryDay,
    /// Not before this date of the subject.
    From(Ir),
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Let(Ir),
    Known(Known),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Count,
    Sum,
    Share,
}

/// A count, sum or share over the known facts of a kind that join with the subject.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) how: How,
    pub(super) kind: u16,
    /// Fields of the known fact, and what of the subject they equal.
    pub(super) fields: Vec<u16>,
    pub(super) keys: Vec<Ir>,
    pub(super) filter: Ir,
    /// What is summed, or the test whose share is taken.
    pub(super) body: Option<Ir>,
    pub(super) zero: Value,
}

#[derive(Clone, Debug)]
pub(super) struct Propose {
    pub(super) verb: Verb,
    pub(super) values: Vec<(String, Ir, Type)>,
    pub(super) party: Ir,
    pub(super) because: String,
}
