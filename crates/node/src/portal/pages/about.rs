//! What the figures are, and what they are not.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, Room};
use super::problem::PageError;
use crate::portal::description::FlowRole;
use crate::portal::state::Portal;
use crate::portal::store::Snapshot;

#[derive(Template)]
#[template(path = "portal/about.html")]
struct AboutTheData {
    frame: Frame,
    /// Money that came into being on the ledger.
    issued: i64,
    set_aside: u64,
}

impl AboutTheData {
    fn read(snapshot: &Snapshot<'_>, frame: Frame) -> Result<Self, PageError> {
        let issued = snapshot
            .flows()?
            .iter()
            .filter(|flow| flow.role == FlowRole::Issued)
            .map(|flow| flow.amount)
            .sum();
        Ok(Self {
            issued,
            set_aside: snapshot.set_aside,
            frame,
        })
    }
}

/// `/about-the-data`
pub(crate) async fn about(State(portal): State<Portal>) -> Response {
    let title = portal.description().about.title.clone();
    portal.page(Room::About, &title, AboutTheData::read).await
}
