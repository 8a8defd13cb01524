//! Deed: a small, typed, total and declarative contract language that a lawyer and a regulator can read.
//!
//! A contract is text. [`Contract::load`] parses and checks it, and bounds its cost before it ever
//! runs; [`Contract::apply`] computes everything that follows from an action and its arguments, or
//! refuses with the rule, the figures and the law. The crate knows no network, clock, file or
//! randomness: the same text and the same inputs give the same verdict everywhere.
#![forbid(unsafe_code)]

mod args;
mod builtin;
mod check;
mod contract;
mod cost;
mod diagnostic;
pub mod editor;
mod eval;
mod execute;
mod explain;
mod format;
mod heading;
mod host;
mod hostile;
mod ir;
pub mod limits;
mod load;
mod money;
mod near;
mod outcome;
mod outline;
pub mod policy;
mod program;
mod render;
mod roles;
pub mod scenario;
mod schema;
mod show;
mod syntax;
mod value;
mod warn;

pub use args::{ArgError, ArgProblem, read_date};
pub use builtin::BuiltInRule;
pub use contract::{Contract, Given};
pub use diagnostic::{Diagnostic, LoadError};
pub use explain::{
    Accepted, ExplainedException, ExplainedFact, ExplainedLet, ExplainedRule, ExplainedSigner,
    ExplainedStep, Explanation,
};
pub use format::format;
pub use heading::{Form, Heading, Need, heading, needs};
pub use outcome::{
    Allocated, Call, DraftMove, Due, FactRoles, MoneyMove, Outcome, Refusal, Settled,
};
pub use render::render;
pub use schema::{
    Action, Attestation, Control, Credential, Field, Input, Keep, KeepFrom, Kind, MoneyShape,
    Origin, PartyRef, Record, Rule, SeenInPart, Type,
};
pub use value::{
    Currency, CurrencyError, FactValue, FileAddress, FileAddressError, Money, MoneyError, Party,
    PartyError, Value,
};
pub use warn::Warnings;
