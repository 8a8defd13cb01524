//! What the evaluator of policies runs.

use crate::ir::{Ir, Part};
use crate::schema::Type;
use crate::value::Value;

use super::Verb;

#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) name: String,
    /// The kind of the subjects.
    pub(crate) kind: u16,
    pub(crate) when_due: Schedule,
    /// The lets, in the order of the text: each makes the next local.
    pub(crate) steps: Vec<Step>,
    /// The name and type of each let.
    pub(crate) lets: Vec<(String, Type)>,
    pub(crate) when: Ir,
    /// The parts of `when` that must all hold.
    pub(crate) parts: Vec<Part>,
    pub(crate) proposes: Vec<Propose>,
    /// The most steps of looking at one subject.
    pub(crate) cost: u64,
}

/// When a subject is looked at, beside when a fact touches it.
#[derive(Clone, Debug)]
pub(crate) enum Schedule {
    Touched,
    EveryDay,
    /// Not before this date of the subject.
    From(Ir),
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Let(Ir),
    Known(Known),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    Count,
    Sum,
    Share,
}

/// A count, sum or share over the known facts of a kind that join with the subject.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) how: How,
    pub(crate) kind: u16,
    /// Fields of the known fact, and what of the subject they equal.
    pub(crate) fields: Vec<u16>,
    pub(crate) keys: Vec<Ir>,
    pub(crate) filter: Ir,
    /// What is summed, or the test whose share is taken.
    pub(crate) body: Option<Ir>,
    pub(crate) zero: Value,
}

#[derive(Clone, Debug)]
pub(crate) struct Propose {
    pub(crate) verb: Verb,
    pub(crate) values: Vec<(String, Ir, Type)>,
    pub(crate) party: Ir,
    pub(crate) because: String,
}
