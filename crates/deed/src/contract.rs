//! A loaded contract.

use std::collections::BTreeMap;

use crate::args::{self, ArgError};
use crate::check::{self, Program};
use crate::diagnostic::LoadError;
use crate::eval;
use crate::money;
use crate::outcome::{Call, DraftMove, Due, FactRoles, MoneyMove, Outcome, Refusal, Settled};
use crate::roles;
use crate::schema::{Action, Kind, Record, Type};
use crate::show::shown;
use crate::syntax;
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
    name: String,
    version: u32,
    title: String,
    law: Option<String>,
    source: String,
    program: Program,
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
    /// Reads and checks a contract's text.
    ///
    /// # Errors
    /// Every error found, each at its place. A text with errors of form is not checked for meaning.
    pub fn load(source: &str) -> Result<Contract, LoadError> {
        Self::load_with(source, &[])
    }

    /// Reads and checks a contract's text that `uses` or `replaces` others.
    ///
    /// # Errors
    /// As [`Contract::load`]; also when a contract that it uses is not given, or facts of the one that it replaces can't be
    /// read under it.
    pub fn load_with(source: &str, given: &[Given<'_>]) -> Result<Contract, LoadError> {
        let mut problems = Vec::new();
        let file = syntax::parse(source, &mut problems);
        let program = match problems.is_empty() {
            true => check::check(&file, source, given, &mut problems),
            false => Program::default(),
        };
        match file.name {
            Some(name) if problems.is_empty() => Ok(Contract {
                name: name.text,
                version: file.version,
                title: file.title,
                law: file.law,
                source: source.to_owned(),
                program,
            }),
            _ => Err(LoadError::new("contract", source, problems)),
        }
    }

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

    /// The dues that are owed in money of another contract, in that contract's terms. A transaction settles the dues of all its
    /// actions in one money together, there: each is then discharged by exactly one created fact, and none by a fact that
    /// discharges another's.
    #[must_use]
    pub fn dues_in(&self, sha256: &str, dues: &[Due]) -> Vec<Due> {
        let there = |due: &Due| {
            let kind = self.program.kinds.get(usize::from(due.money))?;
            let origin = kind.origin.as_ref().filter(|o| o.sha256 == sha256)?;
            Some(Due {
                money: origin.kind,
                ..due.clone()
            })
        };
        dues.iter().filter_map(there).collect()
    }

    /// A fact of another contract, which this one uses, in this one's terms. What another text declares is no such fact, however
    /// alike it looks.
    ///
    /// # Errors
    /// `fact_fits_its_kind` when this contract does not use that text, or it is no fact of it.
    pub fn read_used(
        &self,
        sha256: &str,
        other: &Contract,
        fact: &FactValue,
    ) -> Result<FactValue, Refusal> {
        eval::fact_fits(fact, other.kinds(), other.records())?;
        let from_there = |kind: &Kind| {
            let origin = kind.origin.as_ref();
            origin.is_some_and(|o| o.sha256 == sha256 && o.kind == fact.kind)
        };
        let kind = self.program.kinds.iter().position(from_there);
        let kind = kind.and_then(|i| u16::try_from(i).ok()).ok_or_else(|| {
            let kind = &other.kinds()[usize::from(fact.kind)].name;
            let message = format!("{} does not use this text's {kind}", self.name);
            Refusal::new("fact_fits_its_kind", message)
        })?;
        let fields = fact.fields.clone();
        Ok(FactValue { kind, fields })
    }

    /// A fact of the version that this one replaces, as this one reads it: the same fields by name, new ones absent.
    ///
    /// # Errors
    /// `fact_fits_its_kind` when this one was not checked against that text, or it is no fact of it, or does not fit.
    pub fn read_old(&self, old: Given<'_>, fact: &FactValue) -> Result<FactValue, Refusal> {
        let Given { sha256, contract } = old;
        let refused = |message: String| Refusal::new("fact_fits_its_kind", message);
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
