//! What reaches the front line: definitions, method, and what can't be told.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, Room};
use super::problem::PageError;
use crate::portal::chart::{Pennies, pennies};
use crate::portal::figures::{Part, Parts, by_line, by_payer, spent};
use crate::portal::state::Portal;
use crate::portal::store::Snapshot;

#[derive(Template)]
#[template(path = "portal/front_line.html")]
struct FrontLine {
    frame: Frame,
    lines: Parts,
    pennies: Pennies,
    /// Each payer with its own parts.
    payers: Vec<(Part, Parts)>,
}

impl FrontLine {
    fn read(snapshot: &Snapshot<'_>, frame: Frame) -> Result<Self, PageError> {
        let description = frame.description_shared();
        let spend = snapshot.spend()?;
        let lines = by_line(&description, spent(&spend), "treatment=spent&");
        let of = |payer: Part| {
            let own = spent(&spend).filter(|row| row.payer == payer.href);
            let parts = by_line(
                &description,
                own,
                &format!("payer={}&treatment=spent&", payer.href),
            );
            (payer, parts)
        };
        let payers = by_payer(spent(&spend), str::to_owned)
            .rows
            .into_iter()
            .map(of)
            .collect();
        Ok(Self {
            pennies: pennies(&lines),
            lines,
            payers,
            frame,
        })
    }

    fn unclassified(&self) -> Option<&Part> {
        self.lines.rows.last()
    }
}

/// `/front-line`
pub(crate) async fn front_line(State(portal): State<Portal>) -> Response {
    let title = portal.description().front_line.title.clone();
    portal.page(Room::FrontLine, &title, FrontLine::read).await
}
