//! What is around every page: title, navigation, and of when and whom its figures are.

use std::borrow::Borrow;
use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::problem::PageError;
use crate::portal::as_of::AsOf;
use crate::portal::dates;
use crate::portal::description::Description;
use crate::portal::figures::{End, PaidRow, Sum, ends_in_order, line_tone};
use crate::portal::money::{Currency, thousands};
use crate::portal::state::{Coverage, Portal};
use crate::portal::store::{PaymentRow, Snapshot};

/// A room of the site, as the navigation shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    Home,
    Spending,
    Payments,
    FrontLine,
    Organisations,
    Data,
    About,
    Check,
    None,
}

const ROOMS: [(Room, &str, &str); 7] = [
    (Room::Spending, "/spending", "Spending"),
    (Room::Payments, "/payments", "Payments"),
    (Room::FrontLine, "/front-line", "Front line"),
    (Room::Organisations, "/organisations", "Organisations"),
    (Room::Data, "/data", "Data"),
    (Room::About, "/about-the-data", "About the data"),
    (Room::Check, "/check", "Check a payment"),
];

pub(crate) struct Frame {
    portal: Portal,
    pub(crate) room: Room,
    pub(crate) title: String,
    /// Number of the last fact that the page shows.
    pub(crate) last: u64,
    pub(crate) coverage: Coverage,
    /// Of when the figures are; None when nothing can be read.
    pub(crate) as_of: Option<AsOf>,
    /// Party ids of those that have published payments.
    pub(crate) payers: Vec<String>,
}

impl Frame {
    pub(crate) fn read(
        portal: Portal,
        snapshot: &Snapshot<'_>,
        room: Room,
        title: &str,
    ) -> Result<Self, PageError> {
        let coverage = portal.coverage();
        let as_of = AsOf {
            newest_at: snapshot.latest_at,
            log_read_at: coverage.log_read_at,
        };
        Ok(Self {
            room,
            title: title.to_owned(),
            last: snapshot.last,
            as_of: Some(as_of),
            payers: snapshot.payers()?,
            coverage,
            portal,
        })
    }

    /// A frame for when nothing can be read.
    pub(crate) fn blind(portal: Portal, title: &str) -> Self {
        let coverage = portal.coverage();
        Self {
            room: Room::None,
            title: title.to_owned(),
            last: 0,
            as_of: None,
            payers: Vec::new(),
            coverage,
            portal,
        }
    }

    pub(crate) fn description(&self) -> &Description {
        self.portal.description()
    }

    pub(crate) fn description_shared(&self) -> Arc<Description> {
        Arc::clone(self.portal.description())
    }

    pub(crate) fn money(&self) -> &Currency {
        &self.description().currency
    }

    pub(crate) fn style(&self) -> &str {
        &self.portal.assets().style
    }

    pub(crate) fn script(&self) -> &str {
        &self.portal.assets().script
    }

    pub(crate) fn check_script(&self) -> &str {
        &self.portal.assets().check
    }

    pub(crate) fn icon(&self) -> &str {
        &self.portal.assets().icon
    }

    pub(crate) fn rooms(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        ROOMS
            .into_iter()
            .map(|(room, href, name)| (href, name, room == self.room))
    }

    pub(crate) fn moment(&self, unix_ms: &i64) -> String {
        dates::moment(*unix_ms, &self.description().service.time_zone)
    }

    pub(crate) fn day(&self, iso: &str) -> String {
        dates::day(iso)
    }

    pub(crate) fn period(&self, name: &str) -> String {
        dates::period(name)
    }

    pub(crate) fn count(&self, number: impl Borrow<u64>) -> String {
        thousands(*number.borrow())
    }

    pub(crate) fn total_paid(&self, rows: &[PaidRow]) -> Sum {
        let mut total = Sum::default();
        rows.iter()
            .for_each(|row| total.add(row.sum.payments, row.sum.amount));
        total
    }

    /// Name and look of every end.
    pub(crate) fn ends(&self) -> Vec<(String, &'static str)> {
        let description = self.description();
        ends_in_order(description)
            .iter()
            .map(|end| (end.name(description), end.tone(description)))
            .collect()
    }

    pub(crate) fn line_tone(&self, choice: &str) -> &'static str {
        line_tone(self.description(), choice)
    }

    /// A share in words that stays honest when it is small: "7p of each £100".
    pub(crate) fn small_share(&self, part: &i64, whole: &i64) -> String {
        let money = self.money();
        let of_ten_thousand = i128::from(*part) * 10_000 / i128::from((*whole).max(1));
        match of_ten_thousand {
            0 => format!(
                "less than 1{} of each {}100",
                money.minor_symbol, money.symbol
            ),
            1..100 => format!(
                "{of_ten_thousand}{} of each {}100",
                money.minor_symbol, money.symbol
            ),
            more => format!(
                "{}{} of each {}",
                more / 100,
                money.minor_symbol,
                money.unit
            ),
        }
    }

    pub(crate) fn kilobytes(&self, bytes: &u64) -> String {
        format!("{} kB", thousands(bytes.div_ceil(1_000)))
    }

    /// A financial year by its first year.
    pub(crate) fn financial_year(&self, year: &i64) -> String {
        let words = &self.description().service.year_words;
        let named = words.replace("{year}", &year.to_string());
        named.replace("{next}", &(year + 1).to_string())
    }

    /// What a payment is in one or two words, and the look of that.
    pub(crate) fn kind(&self, payment: &PaymentRow) -> (String, &'static str) {
        let end = End::of_payment(payment);
        (end.name(self.description()), end.tone(self.description()))
    }

    /// The name of a step of funding.
    pub(crate) fn step_name(&self, choice: &str) -> String {
        self.description()
            .flow
            .steps
            .get(choice)
            .map_or_else(|| choice.to_owned(), |step| step.name.clone())
    }

    /// "Newest transaction shown: … List of transactions last read: …"
    pub(crate) fn as_of_words(&self) -> Option<String> {
        self.as_of?.words(&self.description().service.time_zone)
    }

    pub(crate) fn unreachable_words(&self) -> Option<String> {
        self.coverage
            .unreachable_since
            .as_ref()
            .map(|at| self.moment(at))
    }

    /// Members that are expected to publish payments, and how many of them do.
    fn reporting(&self) -> (usize, usize) {
        let organisations = self.coverage.organisations.iter();
        let expected: Vec<_> = organisations.filter(|one| one.reports).collect();
        let reporting = expected.iter().filter(|one| self.payers.contains(&one.id));
        match expected.len() {
            0 => (self.payers.len(), self.payers.len()),
            all => (reporting.count(), all),
        }
    }

    /// "3 of 4 organisations reporting".
    pub(crate) fn coverage_words(&self) -> String {
        let (reporting, all) = self.reporting();
        format!("{reporting} of {all} organisations reporting")
    }

    /// "3 of 4 reporting".
    pub(crate) fn coverage_short(&self) -> String {
        let (reporting, all) = self.reporting();
        format!("{reporting} of {all} reporting")
    }
}

/// A page in answer to a request.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Result<Response, PageError> {
    Ok((status, Html(template.render()?)).into_response())
}

impl Portal {
    /// Answers with a page made from one moment of the index.
    pub(crate) async fn page<T, F>(&self, room: Room, title: &str, make: F) -> Response
    where
        T: Template,
        F: FnOnce(&Snapshot<'_>, Frame) -> Result<T, PageError> + Send + 'static,
    {
        self.page_with_status(room, title, |snapshot, frame| {
            Ok((StatusCode::OK, make(snapshot, frame)?))
        })
        .await
    }

    /// The same, where the page decides its status.
    pub(crate) async fn page_with_status<T, F>(&self, room: Room, title: &str, make: F) -> Response
    where
        T: Template,
        F: FnOnce(&Snapshot<'_>, Frame) -> Result<(StatusCode, T), PageError> + Send + 'static,
    {
        let (portal, title) = (self.clone(), title.to_owned());
        let made = self.read(move |snapshot| {
            let frame = Frame::read(portal, snapshot, room, &title)?;
            let (status, template) = make(snapshot, frame)?;
            page(status, &template)
        });
        match made.await {
            Ok(page) => page,
            Err(why) => why.page(self),
        }
    }
}
