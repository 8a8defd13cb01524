//! Spending: of everybody, of one organisation, for one function.

mod body;
mod function;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::frame::{Frame, Room};
use super::problem::PageError;
use crate::portal::chart::{Drawn, draw_paid, draw_sources};
use crate::portal::figures::{
    PaidRow, Parts, SourceRow, by_function, by_line, by_payer, paid_rows, source_rows, spent,
};
use crate::portal::state::Portal;
use crate::portal::store::Snapshot;

#[derive(Template)]
#[template(path = "portal/spending.html")]
struct Spending {
    frame: Frame,
    payers: Parts,
    functions: Parts,
    lines: Parts,
    paid: Drawn<PaidRow>,
    sources: Drawn<SourceRow>,
}

impl Spending {
    fn read(snapshot: &Snapshot<'_>, frame: Frame) -> Result<Self, PageError> {
        let description = frame.description_shared();
        let (spend, flows) = (snapshot.spend()?, snapshot.flows()?);
        let payers = frame.payers.iter().map(String::as_str).collect();
        let sources = source_rows(&flows, None, &payers);
        Ok(Self {
            payers: by_payer(spent(&spend), |id| format!("/spending/{id}")),
            functions: by_function(&description, spent(&spend), |slug| {
                format!("/spending/{slug}")
            }),
            lines: by_line(&description, spent(&spend), "treatment=spent&"),
            paid: draw_paid(&description, paid_rows(&description, &spend)),
            sources: draw_sources(&description, sources, &payers),
            frame,
        })
    }
}

/// `/spending`
pub(crate) async fn list(State(portal): State<Portal>) -> Response {
    let title = portal.description().spending.title.clone();
    portal.page(Room::Spending, &title, Spending::read).await
}

/// `/spending/{id}`: a party id, or the code of a function.
pub(crate) async fn one(State(portal): State<Portal>, Path(id): Path<String>) -> Response {
    let members = portal.coverage().organisations;
    let (asked, member) = (id.clone(), members.iter().any(|one| one.id == id));
    let party = portal.read(move |snapshot| Ok(member || snapshot.party(&asked)?.is_some()));
    match party.await {
        Ok(true) => body::one(&portal, id).await,
        Ok(false) => function::one(&portal, id).await,
        Err(why) => why.page(&portal),
    }
}
