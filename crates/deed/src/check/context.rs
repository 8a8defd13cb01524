//! The names that an expression may use, and what they mean there.

use std::collections::BTreeMap;

use crate::cost;
use crate::ir::{Ir, Schedule, Tables};
use crate::near::did_you_mean;
use crate::program::Program;
use crate::schema::{Input, Type};
use crate::syntax::ast::Name;
use crate::syntax::{Problem, Span};
use crate::value::{Party, Value};

/// The program and type of an expression.
pub(crate) type Typed = Result<(Ir, Type), Problem>;

/// A contract's names, with those of one action when there is one.
pub(crate) struct Context<'c> {
    pub(crate) program: &'c Program,
    /// Parties of a scenario, beside the contract's own.
    pub(crate) parties: BTreeMap<String, Party>,
    pub(crate) params: Vec<(String, Type)>,
    pub(crate) consumed: Vec<Input>,
    pub(crate) referenced: Vec<Input>,
    /// `let`s and items of quantifiers; no type when the definition was refused.
    pub(crate) locals: Vec<(String, Option<Type>)>,
    /// Whether the transaction's date is known here.
    pub(crate) dated: bool,
    /// Whether the date is today, of a policy, instead of a transaction's.
    pub(crate) today: bool,
    /// Whether only a constant can stand here, so that a text can name a file.
    pub(crate) constant: bool,
}

impl<'c> Context<'c> {
    /// Only the contract's own names.
    pub(crate) fn new(program: &'c Program) -> Self {
        Self {
            program,
            parties: BTreeMap::new(),
            params: Vec::new(),
            consumed: Vec::new(),
            referenced: Vec::new(),
            locals: Vec::new(),
            dated: false,
            today: false,
            constant: false,
        }
    }

    /// What a name means as a value, if anything.
    pub(crate) fn value(&self, name: &str, span: Span) -> Result<Option<(Ir, Type)>, Problem> {
        let index = |i: usize| u16::try_from(i).unwrap_or(u16::MAX);
        if let Some(i) = self.locals.iter().rposition(|(n, _)| n == name) {
            // The definition's own problem has been reported.
            let ty = self.locals[i]
                .1
                .clone()
                .ok_or_else(|| Problem::silent(span))?;
            let weight = cost::of_type(&ty, &self.program.sizes);
            return Ok(Some((Ir::Local(index(i), weight), ty)));
        }
        if self.today && name == "today" {
            return Ok(Some((Ir::Effective, Type::Date)));
        }
        if let Some(i) = self.params.iter().position(|(n, _)| n == name) {
            return Ok(Some((Ir::Arg(index(i)), self.params[i].1.clone())));
        }
        if let Some(party) = self
            .parties
            .get(name)
            .or_else(|| self.program.parties.get(name))
        {
            return Ok(Some((Ir::Const(Value::Party(party.clone())), Type::Party)));
        }
        let parameter = self.program.schedules.iter().position(|s| s.name == name);
        if let Some(i) = parameter
            && matches!(self.program.schedules[i].tables, Tables::Parameter(_))
        {
            return Ok(Some((
                Ir::Parameter(index(i)),
                self.program.schedule_types[i].clone(),
            )));
        }
        Ok(None)
    }

    /// The fact that a name stands for in this action: its place, kind, and whether it is consumed.
    pub(crate) fn fact(&self, name: &str) -> Option<(u16, u16, bool)> {
        let find = |inputs: &[Input], consumed| {
            let i = inputs.iter().position(|f| f.name == name)?;
            Some((u16::try_from(i).ok()?, inputs[i].kind, consumed))
        };
        find(&self.consumed, true).or_else(|| find(&self.referenced, false))
    }

    /// Whether a name is taken, by a value or a fact.
    pub(crate) fn known(&self, name: &str) -> bool {
        let program = self.program;
        let parameter = |s: &Schedule| s.name == name && matches!(s.tables, Tables::Parameter(_));
        self.fact(name).is_some()
            || self.locals.iter().any(|(n, _)| n == name)
            || (self.today && name == "today")
            || self.params.iter().any(|(n, _)| n == name)
            || self.parties.contains_key(name)
            || program.parties.contains_key(name)
            || program.schedules.iter().any(parameter)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let locals = self.locals.iter().map(|(n, _)| n.as_str());
        let params = self.params.iter().map(|(n, _)| n.as_str());
        let facts = self
            .consumed
            .iter()
            .chain(&self.referenced)
            .map(|f| f.name.as_str());
        let parties = self
            .program
            .parties
            .keys()
            .chain(self.parties.keys())
            .map(String::as_str);
        let schedules = self.program.schedules.iter().map(|s| s.name.as_str());
        locals
            .chain(params)
            .chain(facts)
            .chain(parties)
            .chain(schedules)
    }

    /// The problem of a name that means nothing here.
    pub(crate) fn unknown(&self, name: &str, span: Span) -> Problem {
        let help = match name {
            "today" if self.dated => {
                Some("write `effective`: the day of the transaction".to_owned())
            }
            "no" => Some("write `false`".to_owned()),
            "yes" => Some("write `true`".to_owned()),
            _ => did_you_mean(name, self.names()),
        };
        Problem::new(
            span,
            format!("nothing is called `{name}` here"),
            "not declared",
        )
        .help(help)
    }

    /// Refuses a new name that is taken.
    pub(crate) fn fresh(&self, name: &Name) -> Result<(), Problem> {
        if !self.known(&name.text) {
            return Ok(());
        }
        let message = format!("`{}` already means something here", name.text);
        Err(Problem::new(name.span, message, "taken").help("choose another name".to_owned()))
    }
}
