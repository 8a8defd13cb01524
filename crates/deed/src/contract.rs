//! A loaded contract.

use std::collections::BTreeMap;

use crate::args::ArgError;
use crate::diagnostic::LoadError;
use crate::outcome::{Call, DraftMove, Due, FactRoles, MoneyMove, Outcome, Refusal, Settled};
use crate::schema::{Action, Kind, Record};
use crate::value::{FactValue, Party, Value};

/// A contract whose text has been read and checked; immutable, cheap to share behind an `Arc`.
#[derive(Clone, Debug)]
pub struct Contract {
    name: String,
    version: u32,
    title: String,
    law: Option<String>,
    source: String,
    parties: BTreeMap<String, Party>,
    records: Vec<Record>,
    kinds: Vec<Kind>,
    actions: Vec<Action>,
    cost_bound: u64,
}

impl Contract {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The version, from 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }
    /// The sentence under the name.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }
    /// The law the contract rests on.
    #[must_use]
    pub fn law(&self) -> Option<&str> {
        self.law.as_deref()
    }
    /// The exact text, whose hash identifies the contract.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
    /// The most elementary steps that any action can take.
    #[must_use]
    pub fn cost_bound(&self) -> u64 {
        self.cost_bound
    }
    /// The parties that the contract names.
    #[must_use]
    pub fn parties(&self) -> &BTreeMap<String, Party> {
        &self.parties
    }
    /// The records, in declared order.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }
    /// The kinds of fact, in declared order.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }
    /// The index of a kind by name.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<u16> {
        self.kinds
            .iter()
            .position(|k| k.name == name)
            .and_then(|i| u16::try_from(i).ok())
    }
    /// The actions, in declared order.
    #[must_use]
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }
    /// The index of an action by name.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<u16> {
        self.actions
            .iter()
            .position(|a| a.name == name)
            .and_then(|i| u16::try_from(i).ok())
    }
}

// FIRST-SLICE: bodies follow.
#[allow(
    clippy::missing_errors_doc,
    missing_docs,
    clippy::unimplemented,
    unused_variables
)]
impl Contract {
    pub fn load(source: &str) -> Result<Contract, LoadError> {
        unimplemented!()
    }
    pub fn apply(&self, call: &Call<'_>) -> Result<Outcome, Refusal> {
        unimplemented!()
    }
    pub fn settle(&self, money_move: &MoneyMove<'_>) -> Result<Settled, Refusal> {
        unimplemented!()
    }
    pub fn draft_move(
        &self,
        money: u16,
        dues: &[Due],
        held: &[FactValue],
    ) -> Result<DraftMove, Refusal> {
        unimplemented!()
    }
    pub fn roles_of(&self, fact: &FactValue) -> Result<FactRoles, Refusal> {
        unimplemented!()
    }
    pub fn parse_args(
        &self,
        action: u16,
        given: &BTreeMap<String, String>,
    ) -> Result<Vec<Value>, ArgError> {
        unimplemented!()
    }
}
