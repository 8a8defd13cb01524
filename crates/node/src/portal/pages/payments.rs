//! Search over payments.

mod form;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::{Frame, Room};
use super::problem::PageError;
use crate::portal::description::Treatment;
use crate::portal::figures::summed;
use crate::portal::limits::{PAGE_MAX, PAYMENTS_PER_PAGE};
use crate::portal::state::Portal;
use crate::portal::store::{Found, Snapshot};
pub(crate) use form::Asked;
use form::{Chip, Fault};

#[derive(Template)]
#[template(path = "portal/payments.html")]
struct Payments {
    frame: Frame,
    asked: Asked,
    faults: Vec<Fault>,
    chips: Vec<Chip>,
    choices: Choices,
    found: Found,
    /// How many payments there are in all.
    all: u64,
    page: u64,
    pages: u64,
}

/// What the selects offer: value and words.
struct Choices {
    payers: Vec<(String, String)>,
    functions: Vec<(String, String)>,
    lines: Vec<(String, String)>,
    treatments: Vec<(String, String)>,
    periods: Vec<(String, String)>,
}

impl Choices {
    fn read(snapshot: &Snapshot<'_>, frame: &Frame) -> Result<Self, PageError> {
        let description = frame.description();
        let own = |(value, words): (&str, &str)| (value.to_owned(), words.to_owned());
        let unclassified = (
            description.functions.slug(""),
            description.functions.name(""),
        );
        let treatment = |treatment: Treatment| {
            description
                .payment
                .treatment(treatment)
                .map(|it| (treatment.as_str().to_owned(), it.name.clone()))
        };
        Ok(Self {
            payers: snapshot
                .parties()?
                .into_iter()
                .filter(|(id, _)| frame.payers.contains(id))
                .collect(),
            functions: description
                .functions
                .tops()
                .map(own)
                .chain([unclassified])
                .collect(),
            lines: description
                .lines
                .iter()
                .map(|line| (line.choice.clone(), line.name.clone()))
                .collect(),
            treatments: Treatment::ALL.into_iter().filter_map(treatment).collect(),
            periods: snapshot
                .periods()?
                .into_iter()
                .map(|period| (period.clone(), frame.period(&period)))
                .collect(),
        })
    }
}

impl Payments {
    fn read(
        snapshot: &Snapshot<'_>,
        frame: Frame,
        asked: Asked,
    ) -> Result<(StatusCode, Self), PageError> {
        let (filter, order, faults) = asked.filter(frame.description());
        let page = asked.page.clamp(1, PAGE_MAX);
        let found = if faults.is_empty() {
            snapshot.find(
                &filter,
                order,
                (page - 1) * PAYMENTS_PER_PAGE,
                PAYMENTS_PER_PAGE,
            )?
        } else {
            Found {
                rows: Vec::new(),
                count: 0,
                amount: 0,
            }
        };
        let pages = found.count.div_ceil(PAYMENTS_PER_PAGE).min(PAGE_MAX);
        if faults.is_empty() && page > pages.max(1) {
            return Err(PageError::NotFound("page of results with that number"));
        }
        let status = if faults.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::BAD_REQUEST
        };
        let choices = Choices::read(snapshot, &frame)?;
        let chips = asked.chips(&frame, snapshot)?;
        let all = summed(&snapshot.spend()?).payments;
        Ok((
            status,
            Self {
                all,
                choices,
                chips,
                faults,
                found,
                page,
                pages,
                asked,
                frame,
            },
        ))
    }

    /// Orders on offer: value of the field and words.
    fn sorts(&self) -> [(&'static str, &'static str); 3] {
        [
            ("", "latest recorded"),
            ("date", "latest published date"),
            ("largest", "largest amount"),
        ]
    }

    /// Address of everything that was found as a file.
    fn download(&self) -> String {
        format!("/data/payments.csv?{}", self.asked.query())
    }

    fn first(&self) -> u64 {
        (self.page - 1) * PAYMENTS_PER_PAGE + 1
    }

    fn last(&self) -> u64 {
        (self.first() + self.found.rows.len() as u64).saturating_sub(1)
    }

    /// Numbers around the current page; None where some are left out.
    fn numbers(&self) -> Vec<Option<u64>> {
        let near =
            |number: &u64| *number == 1 || *number == self.pages || number.abs_diff(self.page) <= 1;
        let mut numbers = Vec::new();
        let mut before = 0;
        let shown = [
            1,
            self.page.saturating_sub(1),
            self.page,
            self.page + 1,
            self.pages,
        ];
        for number in shown
            .into_iter()
            .filter(|number| (1..=self.pages).contains(number) && near(number))
        {
            if number <= before {
                continue;
            }
            if number > before + 1 {
                numbers.push(None);
            }
            numbers.push(Some(number));
            before = number;
        }
        numbers
    }
}

/// `/payments`
pub(crate) async fn search(State(portal): State<Portal>, RawQuery(query): RawQuery) -> Response {
    let asked = Asked::parse(query.as_deref().unwrap_or_default());
    portal
        .page_with_status(Room::Payments, "Payments", move |snapshot, frame| {
            Payments::read(snapshot, frame, asked)
        })
        .await
}
