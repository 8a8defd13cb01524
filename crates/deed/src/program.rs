//! What a contract declares, checked: made by the checker, run by all else.

use std::collections::{BTreeMap, BTreeSet};

use crate::host::Host;
use crate::ir::{Body, Calendar, Schedule};
use crate::schema::{Action, Kind, Record, Type};
use crate::value::Party;

/// Everything that a contract declares, ready to run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    pub(crate) parties: BTreeMap<String, Party>,
    pub(crate) records: Vec<Record>,
    pub(crate) kinds: Vec<Kind>,
    /// The place of the first record of each contract that is used.
    pub(crate) used: BTreeMap<String, usize>,
    /// The hash of the text that this one replaces, when its facts were found to be readable.
    pub(crate) replaced: Option<String>,
    /// Kinds with a problem of their own, which their uses need not repeat.
    pub(crate) broken: BTreeSet<usize>,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) schedule_types: Vec<Type>,
    pub(crate) calendars: Vec<Calendar>,
    pub(crate) hosts: Vec<Host>,
    /// Host functions with a problem of their own, which calls need not repeat.
    pub(crate) broken_hosts: BTreeSet<String>,
    pub(crate) actions: Vec<Action>,
    pub(crate) bodies: Vec<Body>,
    pub(crate) cost_bound: u64,
}
