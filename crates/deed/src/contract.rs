//! A loaded contract.

use std::collections::BTreeMap;

use crate::args::{self, ArgError};
use crate::builtin::BuiltInRule;
use crate::eval;
use crate::money;
use crate::outcome::{Call, DraftMove, Due, FactRoles, MoneyMove, Outcome, Refusal, Settled};
use crate::program::Program;
use crate::roles;
use crate::schema::{Action, Kind, Record, Type};
use crate::show::shown;
use crate::value::{FactValue, Party, Value};

/// Another contract, with the hash by which contracts name it.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The SHA-256 (FIPS 180-4) of its exact text, in small hexadecimal digits. Whoever reads the bytes computes it: this
    /// crate trusts it.
    pub sha256: &'a str,
    /// The contract.
    pub contract: &'a Contract,
}

/// A contract whose text has been read and checked; immutable, cheap to share behind an `Arc`.
#[derive(Clone, Debug)]
pub struct Contract {
    pub(crate) name: String,
    pub(crate) version: u32,
    pub(crate) title: String,
    pub(crate) law: Option<String>,
    pub(crate) source: String,
    pub(crate) program: Program,
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
        self.program.cost_bound
    }
    /// The parties that the contract names.
    #[must_use]
    pub fn parties(&self) -> &BTreeMap<String, Party> {
        &self.program.parties
    }
    /// The records, in declared order.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.program.records
    }
    /// The kinds of fact, in declared order.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.program.kinds
    }
    /// The index of a kind by name.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<u16> {
        self.program
            .kinds
            .iter()
            .position(|k| k.name == name)
            .and_then(|i| u16::try_from(i).ok())
    }
    /// The actions, in declared order.
    #[must_use]
    pub fn actions(&self) -> &[Action] {
        &self.program.actions
    }
    /// The index of an action by name.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<u16> {
        self.program
            .actions
            .iter()
            .position(|a| a.name == name)
            .and_then(|i| u16::try_from(i).ok())
    }
}

/// What a contract does.
impl Contract {
    /// Runs all rules of an action and computes everything that follows.
    ///
    /// # Errors
    /// The first rule that does not hold, or what could not be computed.
    pub fn apply(&self, call: &Call<'_>) -> Result<Outcome, Refusal> {
        eval::apply(&self.program, call)
    }

    /// The parties without whose agreement no action issues this kind of money: those that each such action names as signers
    /// by constant.
    #[must_use]
    pub fn issuers(&self, money: u16) -> Vec<Party> {
        money::issuers(&self.program, money)
    }

    /// Checks a money view: nothing is made or lost, and every due is discharged once and in full.
    ///
    /// # Errors
    /// The built-in rule that does not hold, with the figures.
    pub fn settle(&self, money_move: &MoneyMove<'_>) -> Result<Settled, Refusal> {
        money::settle(&self.program, money_move)
    }

    /// Picks money facts for dues of one payer: the smallest single fact that suffices, else the
    /// largest first; change is one fact for each set of attributes. Facts that are not the payer's,
    /// or of other attributes, are passed over.
    ///
    /// # Errors
    /// `payer_holds_enough_money` when there is too little, `money_in_too_many_pieces` when it would
    /// take more facts than one view may consume.
    pub fn draft_move(
        &self,
        money: u16,
        dues: &[Due],
        held: &[FactValue],
    ) -> Result<DraftMove, Refusal> {
        money::draft(&self.program, money, dues, held)
    }

    /// A fact of the version that this one replaces, as this one reads it: the same fields by name, new ones absent.
    ///
    /// # Errors
    /// `fact_fits_its_kind` when this one was not checked against that text, or it is no fact of it, or does not fit.
    pub fn read_old(&self, old: Given<'_>, fact: &FactValue) -> Result<FactValue, Refusal> {
        let Given { sha256, contract } = old;
        let refused = |message: String| Refusal::new(BuiltInRule::FactFitsItsKind, message);
        if self.program.replaced.as_deref() != Some(sha256) {
            let (name, version) = (&self.name, self.version);
            let message = format!("{name} version {version} was not checked against this text");
            return Err(refused(message));
        }
        eval::fact_fits(fact, contract.kinds(), contract.records())?;
        let before = &contract.kinds()[usize::from(fact.kind)];
        let kind = self.kind(&before.name).ok_or_else(|| {
            let (name, version) = (&self.name, self.version);
            refused(format!("{name} version {version} has no {}", before.name))
        })?;
        let read = |field: &crate::schema::Field| {
            let index = before.field(&field.name);
            let value = index.and_then(|i| fact.fields.get(usize::from(i)));
            value.cloned().unwrap_or(Value::Absent)
        };
        let fields = self.program.kinds[usize::from(kind)].fields.iter();
        let read = FactValue {
            kind,
            fields: fields.map(read).collect(),
        };
        eval::fact_fits(&read, self.kinds(), self.records())?;
        Ok(read)
    }

    /// Who has which part in a fact.
    ///
    /// # Errors
    /// `fact_fits_its_kind` when the fact is not of this contract, `attestors_are_distinct` when fewer
    /// different attestors are named than must sign.
    pub fn roles_of(&self, fact: &FactValue) -> Result<FactRoles, Refusal> {
        roles::roles_of(&self.program, fact)
    }

    /// Whether the party can be the first to sign an action that makes a new fact of this kind: everybody, where the contract
    /// leaves that to the action's arguments.
    #[must_use]
    pub fn may_begin(&self, kind: u16, party: &Party) -> bool {
        roles::may_begin(&self.program, kind, party)
    }

    /// A value as a person reads it: a percentage or decimal number, whose value is a plain number, with its sign and point.
    #[must_use]
    pub fn show(&self, value: &Value, ty: &Type) -> String {
        shown(value, ty, &self.program.records)
    }

    /// Reads an action's arguments from plain strings, as forms, JSON and CSV give them.
    ///
    /// # Errors
    /// Every argument that is missing, unknown or cannot be read.
    pub fn parse_args(
        &self,
        action: u16,
        given: &BTreeMap<String, String>,
    ) -> Result<Vec<Value>, ArgError> {
        args::parse(&self.program, action, given)
    }

    pub(crate) fn program(&self) -> &Program {
        &self.program
    }
}
