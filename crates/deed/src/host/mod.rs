//! Host functions: what a contract may call beside its own rules, each under a name and a version.
//!
//! A version never changes what it says: a mended function is a new version beside the old one, and a contract says which it
//! calls. A node that has no such version refuses the contract at load, so that no two nodes reach different verdicts.

mod iban;
mod nhs_number;

use crate::schema::Type;
use crate::value::Value;

/// A function of one value that always answers, within a fixed cost.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) name: &'static str,
    pub(crate) version: i64,
    pub(crate) takes: Type,
    pub(crate) gives: Type,
    /// In the evaluator's steps.
    pub(crate) cost: u64,
    run: fn(&Value) -> Option<Value>,
}

impl PartialEq for Host {
    fn eq(&self, other: &Self) -> bool {
        (self.name, self.version) == (other.name, other.version)
    }
}

impl Host {
    /// The answer; nothing for a value of another type, which no checked contract gives.
    pub(crate) fn run(&self, value: &Value) -> Option<Value> {
        (self.run)(value)
    }
}

/// Every function of every version, for ever.
pub(crate) const HOSTS: [Host; 2] = [
    Host {
        name: "nhs_number",
        version: 1,
        takes: Type::Text,
        gives: Type::Bool,
        cost: 50,
        run: |value| text(value, nhs_number::is_valid),
    },
    Host {
        name: "iban",
        version: 1,
        takes: Type::Text,
        gives: Type::Bool,
        cost: 100,
        run: |value| text(value, iban::is_valid),
    },
];

fn text(value: &Value, test: fn(&str) -> bool) -> Option<Value> {
    match value {
        Value::Text(text) => Some(Value::Bool(test(text))),
        _ => None,
    }
}
