//! The first page: pence in each pound, search, flow of money, latest payments.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, Room};
use super::problem::PageError;
use crate::portal::chart::{Drawn, Pennies, draw_paid, draw_sources, pennies};
use crate::portal::description::{Description, FlowRole};
use crate::portal::figures::{
    PaidRow, Parts, SourceRow, Sum, by_function, by_line, paid_rows, source_rows, spent, summed,
};
use crate::portal::limits::{PAYMENTS_LATEST, SOURCES_ON_FIRST_PAGE};
use crate::portal::state::Portal;
use crate::portal::store::{FlowRow, PaymentRow, Snapshot};

#[derive(Template)]
#[template(path = "portal/home.html")]
struct Home {
    frame: Frame,
    issued: Issued,
    published: Sum,
    lines: Parts,
    functions: Parts,
    pennies: Pennies,
    paid: Drawn<PaidRow>,
    sources: Drawn<SourceRow>,
    latest: Vec<PaymentRow>,
}

/// Money that came into being, and how much of it the issuers gave to whom.
struct Issued {
    amount: i64,
    given: i64,
    receivers: usize,
}

impl Issued {
    fn of(flows: &[FlowRow]) -> Self {
        let issued = || flows.iter().filter(|flow| flow.role == FlowRole::Issued);
        let issuers: BTreeSet<&str> = issued().map(|flow| flow.giver.as_str()).collect();
        let given = || {
            flows.iter().filter(|flow| {
                let moved = flow.role != FlowRole::Lapsed && flow.giver != flow.receiver;
                moved && issuers.contains(flow.giver.as_str())
            })
        };
        Self {
            amount: issued().map(|flow| flow.amount).sum(),
            given: given().map(|flow| flow.amount).sum(),
            receivers: given()
                .map(|flow| flow.receiver.as_str())
                .collect::<BTreeSet<_>>()
                .len(),
        }
    }
}

impl Home {
    fn read(snapshot: &Snapshot<'_>, frame: Frame) -> Result<Self, PageError> {
        let description = frame.description_shared();
        let description: &Description = &description;
        let (spend, flows) = (snapshot.spend()?, snapshot.flows()?);
        let lines = by_line(description, spent(&spend), "treatment=spent&");
        let payers = frame.payers.iter().map(String::as_str).collect();
        let sources = source_rows(&flows, Some(SOURCES_ON_FIRST_PAGE), &payers);
        Ok(Self {
            issued: Issued::of(&flows),
            published: summed(&spend),
            functions: by_function(description, spent(&spend), |slug| {
                format!("/spending/{slug}")
            }),
            pennies: pennies(&lines),
            paid: draw_paid(description, paid_rows(description, &spend)),
            sources: draw_sources(description, sources, &payers),
            latest: snapshot.latest(PAYMENTS_LATEST)?,
            lines,
            frame,
        })
    }
}

/// `/`
pub(crate) async fn home(State(portal): State<Portal>) -> Response {
    let title = portal.description().service.title.clone();
    portal.page(Room::Home, &title, Home::read).await
}
