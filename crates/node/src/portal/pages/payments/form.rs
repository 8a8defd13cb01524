//! The form of the search: what was asked, kept as typed, and what it means.

use std::borrow::Borrow;

use serde::{Deserialize, Serialize};

use super::super::frame::Frame;
use super::super::problem::PageError;
use crate::portal::description::{Description, Treatment};
use crate::portal::limits::SEARCH_CHARS_MAX;
use crate::portal::money::typed;
use crate::portal::store::{Filter, Order, Snapshot};

/// The fields of the form as typed; empty means "any".
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) q: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) payer: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) function: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) line: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) treatment: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) period: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) source: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) min: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) max: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) sort: String,
    #[serde(skip_serializing)]
    pub(crate) page: u64,
}

/// What is wrong with a field: its name and what to do.
pub(crate) struct Fault {
    pub(crate) field: &'static str,
    pub(crate) text: String,
}

/// A filter in force, and the address without it.
pub(crate) struct Chip {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    pub(crate) without: String,
}

impl Asked {
    /// Reads a query. Fields that aren't ours are left alone; of a field given twice, the last counts.
    pub(crate) fn parse(query: &str) -> Self {
        let mut asked = Self {
            page: 1,
            ..Self::default()
        };
        for (name, value) in
            serde_urlencoded::from_str::<Vec<(String, String)>>(query).unwrap_or_default()
        {
            if name == "page" {
                asked.page = value.parse().unwrap_or(0);
            } else if let Some(field) = asked.field(&name) {
                *field = value.trim().to_owned();
            }
        }
        asked.page = asked.page.max(1);
        asked
    }

    fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "q" => &mut self.q,
            "payer" => &mut self.payer,
            "function" => &mut self.function,
            "line" => &mut self.line,
            "treatment" => &mut self.treatment,
            "period" => &mut self.period,
            "source" => &mut self.source,
            "min" => &mut self.min,
            "max" => &mut self.max,
            "sort" => &mut self.sort,
            _ => return None,
        })
    }

    /// The query that asks the same, without the page.
    pub(crate) fn query(&self) -> String {
        serde_urlencoded::to_string(self).unwrap_or_default()
    }

    /// The query for a page.
    pub(crate) fn query_of_page(&self, page: impl Borrow<u64>) -> String {
        let query = self.query();
        format!(
            "{query}{}page={}",
            if query.is_empty() { "" } else { "&" },
            page.borrow()
        )
    }

    /// The query with another order.
    pub(crate) fn query_sorted(&self, sort: &str) -> String {
        Self {
            sort: sort.to_owned(),
            ..self.clone()
        }
        .query()
    }

    /// What is asked for, and what can't be understood of it.
    pub(crate) fn filter(&self, description: &Description) -> (Filter, Order, Vec<Fault>) {
        let mut faults = Vec::new();
        let symbol = &description.currency.symbol;
        if self.q.chars().count() > SEARCH_CHARS_MAX {
            faults.push(Fault {
                field: "q",
                text: format!("Search for at most {SEARCH_CHARS_MAX} letters"),
            });
        }
        let amount_min = amount(&self.min, "min", "Smallest amount", symbol, &mut faults);
        let amount_max = amount(&self.max, "max", "Largest amount", symbol, &mut faults);
        if amount_min
            .zip(amount_max)
            .is_some_and(|(min, max)| min > max)
        {
            faults.push(Fault {
                field: "max",
                text: "Largest amount must not be below the smallest".to_owned(),
            });
        }
        if !self.treatment.is_empty() && Treatment::named(&self.treatment).is_none() {
            faults.push(Fault {
                field: "treatment",
                text: "Choose what happened to the money from the list".to_owned(),
            });
        }
        let given = |field: &String| Some(field.clone()).filter(|field| !field.is_empty());
        let filter = Filter {
            words: self.q.clone(),
            payer: given(&self.payer),
            function: given(&self.function)
                .map(|slug| description.functions.code(&slug).to_owned()),
            line: given(&self.line),
            treatment: Treatment::named(&self.treatment),
            period: given(&self.period),
            source: given(&self.source),
            amount_min,
            amount_max,
        };
        let order = match self.sort.as_str() {
            "largest" => Order::Largest,
            "date" => Order::Date,
            _ => Order::Newest,
        };
        (filter, order, faults)
    }

    /// The filters in force, in words, each with the address that takes it away.
    pub(super) fn chips(
        &self,
        frame: &Frame,
        snapshot: &Snapshot<'_>,
    ) -> Result<Vec<Chip>, PageError> {
        let description = frame.description();
        let payer = snapshot
            .party(&self.payer)?
            .unwrap_or_else(|| self.payer.clone());
        let line = description
            .line(&self.line)
            .map_or_else(|| self.line.clone(), |line| line.name.clone());
        let treatment = Treatment::named(&self.treatment)
            .and_then(|role| description.payment.treatment(role))
            .map(|it| it.name.clone());
        let function = description
            .functions
            .name(description.functions.code(&self.function));
        let chips = [
            ("q", "Words", self.q.clone()),
            ("payer", "Paid by", payer),
            ("function", "For", function),
            ("line", "Kind", line),
            (
                "treatment",
                "What happened",
                treatment.unwrap_or_else(|| self.treatment.clone()),
            ),
            ("period", "Period", frame.period(&self.period)),
            (
                "source",
                "File",
                description.sources.title(&self.source).to_owned(),
            ),
            ("min", "At least", self.min.clone()),
            ("max", "At most", self.max.clone()),
        ];
        let chip = |(field, name, value): (&str, &'static str, String)| {
            let mut without = self.clone();
            let given = without.field(field).map(std::mem::take)?;
            (!given.is_empty()).then(|| Chip {
                name,
                value,
                without: without.query(),
            })
        };
        Ok(chips.into_iter().filter_map(chip).collect())
    }
}

fn amount(
    text: &str,
    field: &'static str,
    name: &str,
    symbol: &str,
    faults: &mut Vec<Fault>,
) -> Option<i64> {
    let minor = typed(text, symbol);
    if minor.is_none() && !text.is_empty() {
        faults.push(Fault {
            field,
            text: format!("{name} must be an amount, like 25,000 or 25,000.50"),
        });
    }
    minor
}
