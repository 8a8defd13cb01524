//! Rows of a JSON document: a list of objects, at the top or under one name, one held at a time.

use std::fmt;
use std::io::{self, Read};

use deed::Currency;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::decode::{Meter, TextReader, problem_of};
use super::error::Found;
use super::grid::{Record, Sink};
use super::problem::Problem;
use super::text::{nearest, shown};

/// Where the rows are in a document, and what it says about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Name of the list of rows; without one the document is the list.
    pub(super) rows: Option<String>,
    /// Path of the currency's code, such as `metadata.currency`, and the code expected there.
    pub(super) currency_at: Option<(String, Currency)>,
}

/// Reads every object of the list of rows.
pub(super) fn read(
    bytes: impl Read,
    shape: &Shape,
    wanted: &[String],
    sink: Sink<'_>,
) -> Result<(), Found> {
    let meter = Meter::default();
    let text = TextReader::new(bytes, encoding_rs::UTF_8, meter.clone());
    let mut document = serde_json::Deserializer::from_reader(text);
    let mut found = None;
    let list = RowList {
        meter: &meter,
        wanted,
        sink,
        found: &mut found,
    };
    let result = Document { shape, list }
        .deserialize(&mut document)
        .and_then(|seen| {
            document.end()?;
            Ok(seen)
        });
    match (result, found) {
        (_, Some(found)) => Err(found),
        (Err(error), None) => {
            let line = if error.line() > 0 {
                error.line() as u64
            } else {
                meter.line()
            };
            Err(problem(error).at(line))
        }
        (Ok(seen), None) => shape.check(&seen).map_err(Found::from),
    }
}

/// What has been met on the way through a document.
#[derive(Default)]
struct Seen {
    rows: bool,
    currency: Option<String>,
}

impl Shape {
    fn check(&self, seen: &Seen) -> Result<(), Problem> {
        if let (Some(name), false) = (&self.rows, seen.rows) {
            return Err(Problem::JsonRowsMissing(name.clone()));
        }
        match (&self.currency_at, &seen.currency) {
            (Some((at, _)), None) => Err(Problem::ColumnMissing {
                column: at.clone(),
                nearest: None,
                found: Vec::new(),
            }),
            (Some((at, expected)), Some(got)) if got != expected.as_str() => {
                Err(Problem::CurrencyUnknown {
                    column: at.clone(),
                    got: shown(got),
                    expected: *expected,
                })
            }
            _ => Ok(()),
        }
    }

    /// The path below the top-level `key` to the currency's code, when it is there.
    fn below(&self, key: &str) -> Option<Vec<&str>> {
        let (at, _) = self.currency_at.as_ref()?;
        let mut steps = at.split('.');
        (steps.next() == Some(key)).then(|| steps.collect())
    }
}

fn problem(error: serde_json::Error) -> Problem {
    if error.is_io() {
        return problem_of(io::Error::from(error));
    }
    Problem::JsonUnreadable(error.to_string())
}

struct Document<'a, 'b> {
    shape: &'a Shape,
    list: RowList<'a, 'b>,
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = Seen;

    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<Seen, D::Error> {
        match self.shape.rows {
            None => document
                .deserialize_seq(self.list)
                .map(|()| Seen::default()),
            Some(_) => document.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = Seen;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "an object with a list named {:?}",
            self.shape.rows.as_deref().unwrap_or_default()
        )
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Seen, A::Error> {
        let mut seen = Seen::default();
        while let Some(key) = map.next_key::<String>()? {
            if self.shape.rows.as_ref() == Some(&key) && !seen.rows {
                seen.rows = true;
                map.next_value_seed(&mut self.list)?;
            } else if let Some(path) = self.shape.below(&key) {
                let value = map.next_value::<serde_json::Value>()?;
                let at = path.iter().try_fold(&value, |value, step| value.get(step));
                seen.currency = at.and_then(|code| code.as_str()).map(str::to_owned);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(seen)
    }
}

/// A problem found below travels in `found`, because the deserializer's own error is only a text.
struct RowList<'a, 'b> {
    meter: &'a Meter,
    wanted: &'a [String],
    sink: Sink<'b>,
    found: &'a mut Option<Found>,
}

impl<'de> DeserializeSeed<'de> for &mut RowList<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, list: D) -> Result<(), D::Error> {
        list.deserialize_seq(RowList {
            meter: self.meter,
            wanted: self.wanted,
            sink: &mut *self.sink,
            found: &mut *self.found,
        })
    }
}

impl<'de> Visitor<'de> for RowList<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(row) = list.next_element_seed(Row {
            meter: self.meter,
            wanted: self.wanted,
        })? {
            self.meter.record_taken();
            let handed_on = row.and_then(|record| (self.sink)(record));
            if let Err(found) = handed_on {
                *self.found = Some(found);
                return Err(A::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

struct Row<'a> {
    meter: &'a Meter,
    wanted: &'a [String],
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Result<Record, Found>;

    fn deserialize<D: Deserializer<'de>>(self, row: D) -> Result<Self::Value, D::Error> {
        row.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Result<Record, Found>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let line = self.meter.line();
        let mut values: Vec<Option<String>> = vec![None; self.wanted.len()];
        let mut names = Vec::new();
        let mut refused = None;
        while let Some(key) = map.next_key::<String>()? {
            let raw = map.next_value::<Box<RawValue>>()?;
            if let Some(i) = self.wanted.iter().position(|column| *column == key) {
                match (values[i].is_some(), scalar(raw.get())) {
                    (true, _) => {
                        refused = Some(Problem::ColumnTwice {
                            column: key.clone(),
                        })
                    }
                    (false, Some(text)) => values[i] = Some(text),
                    (false, None) => {
                        refused = Some(Problem::CellNested {
                            column: key.clone(),
                        })
                    }
                }
            }
            names.push(key);
        }
        if let Some(problem) = refused {
            return Ok(Err(problem.at(line)));
        }
        Ok(complete(self.wanted, values, names)
            .map(|values| Record { line, values })
            .map_err(|problem| problem.at(line)))
    }
}

fn complete(
    wanted: &[String],
    values: Vec<Option<String>>,
    names: Vec<String>,
) -> Result<Vec<String>, Problem> {
    let missing = values
        .iter()
        .position(Option::is_none)
        .map(|i| wanted[i].clone());
    match missing {
        None => Ok(values.into_iter().flatten().collect()),
        Some(column) => {
            let spare = names.iter().filter(|name| !wanted.contains(name));
            let nearest = nearest(&column, spare.map(String::as_str));
            Err(Problem::ColumnMissing {
                column,
                nearest,
                found: names,
            })
        }
    }
}

/// The text of a string, the digits of a number as written, nothing for null.
fn scalar(raw: &str) -> Option<String> {
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok(),
        b'{' | b'[' => None,
        b'n' => Some(String::new()),
        _ => Some(raw.to_owned()),
    }
}
