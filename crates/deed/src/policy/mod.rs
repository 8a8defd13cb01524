//! Policies: what a node proposes to do when facts arrive or days pass.
//!
//! A policy reads what one node happens to know, and today's date; two nodes may see different things. So it decides
//! nothing: it proposes, and a contract's action decides. Facts and today come in, proposals come out.

mod check;
mod engine;
mod index;
pub(crate) mod ir;
mod parse;
pub(crate) mod trace;

use jiff::civil::Date;

use crate::contract::Contract;
use crate::diagnostic::LoadError;
use crate::heading::heading;
use crate::ir::Ir;
use crate::outcome::Refusal;
use crate::syntax::Problem;
use crate::value::{Party, Value};

pub use engine::Engine;
pub use trace::{ExplainedPart, ExplainedSubject};

/// The policies of one text, checked against a contract.
#[derive(Clone, Debug)]
pub struct Policies {
    pub(crate) policies: Vec<ir::Policy>,
    source: String,
}

impl Policies {
    /// Reads and checks a text of policies.
    ///
    /// # Errors
    /// Every error found, each at its place.
    pub fn load(contract: &Contract, source: &str) -> Result<Self, LoadError> {
        let mut problems = Vec::new();
        let decls = parse::parse(contract.name(), source, &mut problems);
        let policies = match problems.is_empty() {
            true => check::check(&decls, contract.program(), source, &mut problems),
            false => Vec::new(),
        };
        match problems.is_empty() {
            true => Ok(Self {
                policies,
                source: source.to_owned(),
            }),
            false => Err(LoadError::new("policies", source, problems)),
        }
    }

    /// The exact text.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The most elementary steps that any policy takes for one subject.
    #[must_use]
    pub fn cost_bound(&self) -> u64 {
        self.policies.iter().map(|p| p.cost).max().unwrap_or(0)
    }

    /// The names of those that propose to tell this party something; whom a fact names is not known before.
    pub(crate) fn telling(&self, party: &Party) -> impl Iterator<Item = &str> {
        let told = Ir::Const(Value::Party(party.clone()));
        let tells = move |p: &&ir::Policy| p.proposes.iter().any(|p| p.party == told);
        let telling = self.policies.iter().filter(tells);
        telling.map(|p| p.name.as_str())
    }

    /// The names, in the order of the text.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.policies.iter().map(|p| p.name.as_str())
    }
}

/// Reads a text for its form alone, whichever contract it is about.
pub(crate) fn read(source: &str, problems: &mut Vec<Problem>) {
    let contract = heading(source).map_or("", |h| h.contract);
    parse::parse(contract, source, problems);
}

/// What is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// To share values with a party.
    Share,
    /// To flag a subject to a party.
    Flag,
}

/// One thing that a policy proposes about one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The policy's name.
    pub policy: String,
    /// The subject's number, as it was given.
    pub subject: u64,
    /// What to do.
    pub verb: Verb,
    /// With whom, or to whom.
    pub party: Party,
    /// What, as (as written in the policy, as a person reads it).
    pub values: Vec<(String, String)>,
    /// The ground.
    pub because: String,
}

/// What could not be computed about one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The policy's name.
    pub policy: String,
    /// The subject's number.
    pub subject: u64,
    /// Why.
    pub refusal: Refusal,
}

/// The outcome of one evaluation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// What is proposed now and was not proposed about the same subject the last time.
    pub proposals: Vec<Proposal>,
    /// What could not be computed.
    pub failures: Vec<Failure>,
    /// How many subjects were looked at.
    pub evaluated: usize,
}

/// The day after which a subject is due, when there is one.
type DueOn = Option<Date>;
