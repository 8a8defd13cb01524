//! Arguments from plain strings: forms, JSON, CSV.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use crate::hostile;
use crate::limits::{PERCENT_DECIMALS_MAX, TEXT_BYTES_MAX};
use crate::near::did_you_mean;
use crate::program::Program;
use crate::schema::Type;
use crate::syntax;
use crate::value::{FileAddress, Money, Party, Value, parse_minor};

/// One argument that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgProblem {
    /// The parameter's name, or the unknown name that was given.
    pub name: String,
    /// What is wrong and what was expected.
    pub message: String,
}

/// Arguments that cannot be read, all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgError {
    /// The problems in the order of the parameters; never empty.
    pub problems: Vec<ArgProblem>,
}

impl std::error::Error for ArgError {}

impl fmt::Display for ArgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, p) in self.problems.iter().enumerate() {
            write!(
                f,
                "{}{}: {}",
                if i == 0 { "" } else { "; " },
                p.name,
                p.message
            )?;
        }
        Ok(())
    }
}

/// Reads all arguments of an action, or names every problem.
pub(crate) fn parse(
    program: &Program,
    action: u16,
    given: &BTreeMap<String, String>,
) -> Result<Vec<Value>, ArgError> {
    let Some(action) = program.actions.get(usize::from(action)) else {
        let name = format!("action {action}");
        let message = "the contract has no such action".to_owned();
        return Err(ArgError {
            problems: vec![ArgProblem { name, message }],
        });
    };
    let mut values = Vec::with_capacity(action.params.len());
    let mut problems = Vec::new();
    for param in &action.params {
        match read(
            given.get(&param.name).map(String::as_str),
            &param.ty,
            program,
        ) {
            Ok(value) => values.push(value),
            Err(message) => problems.push(ArgProblem {
                name: param.name.clone(),
                message,
            }),
        }
    }
    for name in given
        .keys()
        .filter(|n| !action.params.iter().any(|p| p.name == **n))
    {
        let near = did_you_mean(name, action.params.iter().map(|p| p.name.as_str()));
        let near = near.map(|n| format!(": {n}")).unwrap_or_default();
        let message = format!("{} has no such parameter{near}", action.name);
        problems.push(ArgProblem {
            name: name.clone(),
            message,
        });
    }
    if problems.is_empty() {
        Ok(values)
    } else {
        Err(ArgError { problems })
    }
}

/// One value from what was given; empty counts as absent for all but text and lists.
fn read(given: Option<&str>, ty: &Type, program: &Program) -> Result<Value, String> {
    match (given, ty) {
        (None, Type::Optional(_)) => Ok(Value::Absent),
        (Some(text), Type::Optional(_)) if text.trim().is_empty() => Ok(Value::Absent),
        (Some(text), Type::Optional(of)) => value(text, of),
        (None, Type::List { .. }) => Ok(Value::List(Vec::new())),
        (None, _) => Err(format!("is needed: {}", program.describe(ty))),
        (Some(text), _) => value(text, ty),
    }
}

fn value(text: &str, ty: &Type) -> Result<Value, String> {
    let trimmed = text.trim();
    match ty {
        Type::Text => read_text(trimmed),
        Type::Int => trimmed
            .parse()
            .map(Value::Int)
            .map_err(|_| format!("{trimmed:?} is not a whole number")),
        Type::Percent => scaled(
            trimmed.trim_end_matches('%').trim_end(),
            PERCENT_DECIMALS_MAX,
        )
        .ok_or_else(|| format!("{trimmed:?} is not a percentage such as 12.5%")),
        Type::Decimal(places) => scaled(trimmed, usize::from(*places))
            .ok_or_else(|| format!("{trimmed:?} is not a number with at most {places} decimals")),
        Type::Bool => match trimmed {
            "true" | "yes" => Ok(Value::Bool(true)),
            "false" | "no" => Ok(Value::Bool(false)),
            _ => Err(format!("{trimmed:?} is neither true nor false")),
        },
        Type::Money(currency) => Money::parse(trimmed, *currency)
            .map(Value::Money)
            .map_err(|e| format!("{trimmed:?}: {e}")),
        Type::Date => read_date(trimmed)
            .map(Value::Date)
            .ok_or_else(|| format!("{trimmed:?} is not a date such as 2026-06-24")),
        Type::Party => Party::new(trimmed)
            .map(Value::Party)
            .map_err(|e| e.to_string()),
        Type::File => trimmed
            .parse::<FileAddress>()
            .map(|file| Value::File(Arc::new(file)))
            .map_err(|e| format!("{trimmed:?}: {e}")),
        Type::Choice(names) => match names.iter().find(|n| n.as_ref() == trimmed) {
            Some(name) => Ok(Value::Choice(name.clone())),
            None => {
                let near = did_you_mean(trimmed, names.iter().map(AsRef::as_ref))
                    .unwrap_or_else(|| format!("it is one of {}", names.join(", ")));
                Err(format!("{trimmed:?} is not known: {near}"))
            }
        },
        Type::List { of, at_most } => {
            let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
            let items = lines
                .map(|line| value(line, of))
                .collect::<Result<Vec<_>, _>>()?;
            if items.len() > *at_most as usize {
                return Err(format!(
                    "has {} lines, at most {at_most} are allowed",
                    items.len()
                ));
            }
            Ok(Value::List(items))
        }
        Type::Optional(of) => value(text, of),
        Type::Record(_) => Err("a record cannot be given as plain text".to_owned()),
    }
}

/// A date as programs write it (RFC 3339, `full-date`), or as contracts do: `2026-06-24`, `24 June 2026`.
#[must_use]
pub fn read_date(text: &str) -> Option<Date> {
    let text = text.trim();
    text.parse().ok().or_else(|| syntax::read_date(text))
}

/// A number with a point, as a whole number of its smallest unit; nothing is rounded.
fn scaled(text: &str, places: usize) -> Option<Value> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let minor = parse_minor(digits, u32::try_from(places).ok()?).ok()?;
    Some(Value::Int(if negative { -minor } else { minor }))
}

/// Text in NFC; hidden characters are refused rather than dropped.
fn read_text(text: &str) -> Result<Value, String> {
    let composed: String = text.nfc().collect();
    if composed.len() > TEXT_BYTES_MAX {
        return Err(format!(
            "has {} bytes, at most {TEXT_BYTES_MAX} are allowed",
            composed.len()
        ));
    }
    match hostile::value_text(&composed) {
        Some(found) => Err(format!("holds {}", found.explain())),
        None => Ok(Value::text(&composed)),
    }
}
