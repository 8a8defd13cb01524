//! What a contract declares, checked: made by the checker, run by all else.

use std::collections::{BTreeMap, BTreeSet};

use crate::cost::Size;
use crate::host::Host;
use crate::ir::{Body, Calendar, Schedule};
use crate::schema::{Action, Kind, Record, Type};
use crate::value::Party;

/// Everything that a contract declares, ready to run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    pub(crate) parties: BTreeMap<String, Party>,
    pub(crate) records: Vec<Record>,
    /// What each record costs to read, and how deep it is, in the same order.
    pub(crate) sizes: Vec<Size>,
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

/// Names of an enumeration that a message lists.
const NAMES_SHOWN: usize = 8;

impl Program {
    /// As a person reads the type, with records named.
    pub(crate) fn describe(&self, ty: &Type) -> String {
        match ty {
            Type::Record(index) => self
                .records
                .get(usize::from(*index))
                .map_or_else(|| "record".to_owned(), |r| r.name.clone()),
            Type::Optional(of) => format!("{} or none", self.describe(of)),
            Type::Choice(names) if names.len() > NAMES_SHOWN => {
                let first = names[..NAMES_SHOWN].join(" or ");
                format!("{first} or ... ({} names)", names.len())
            }
            Type::List { of, at_most } => {
                format!("list of {} at most {at_most}", self.describe(of))
            }
            _ => ty.to_string(),
        }
    }
}
