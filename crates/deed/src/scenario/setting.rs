//! What a scenario says, read.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::value::{FactValue, Party, Value};

/// One transaction with the changes of it; the first case is the transaction unchanged.
pub(super) struct Scenario {
    pub(super) action: u16,
    pub(super) cases: Vec<Setting>,
}

/// A complete case: what is done, with which facts, and what is expected.
#[derive(Clone)]
pub(super) struct Setting {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) on: Date,
    pub(super) args: BTreeMap<String, Value>,
    pub(super) consumed: Vec<FactValue>,
    pub(super) referenced: Vec<FactValue>,
    pub(super) held: Vec<FactValue>,
    pub(super) expected: Expected,
}

#[derive(Clone)]
pub(super) enum Expected {
    Accepted(Vec<Claim>),
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
