//! One issue, allocation or grant: who gave what to whom, on whose authority, and its proof.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::frame::{Frame, Room};
use super::problem::PageError;
use crate::portal::state::Portal;
use crate::portal::store::{FlowDetail, Snapshot};

#[derive(Template)]
#[template(path = "portal/funding.html")]
struct Funding {
    frame: Frame,
    flow: FlowDetail,
    step: String,
}

impl Funding {
    fn proof_href(&self) -> String {
        format!("/funding/{}/funding.proof", self.flow.provenance.id)
    }

    fn read(snapshot: &Snapshot<'_>, mut frame: Frame, id: &str) -> Result<Self, PageError> {
        let flow = snapshot
            .flow(id)?
            .ok_or(PageError::NotFound("record of funding"))?;
        let step = frame.step_name(&flow.step);
        frame.title = format!(
            "{} {} to {}",
            frame.money().short(flow.amount),
            step.to_lowercase(),
            flow.receiver.1
        );
        Ok(Self { flow, step, frame })
    }
}

/// `/funding/{id}`
pub(crate) async fn funding(State(portal): State<Portal>, Path(id): Path<String>) -> Response {
    portal
        .page(Room::Spending, "Funding", move |snapshot, frame| {
            Funding::read(snapshot, frame, &id)
        })
        .await
}
