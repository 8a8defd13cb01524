//! One payment: who paid whom, what for, on whose authority, and its proof.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::frame::{Frame, Room};
use super::problem::PageError;
use crate::portal::description::TreatmentMeaning;
use crate::portal::state::Portal;
use crate::portal::store::{PaymentRow, Provenance, Snapshot};

#[derive(Template)]
#[template(path = "portal/payment.html")]
struct Payment {
    frame: Frame,
    payment: PaymentRow,
    provenance: Provenance,
    /// Address and name of each function, from the top down.
    functions: Vec<(String, String)>,
}

impl Payment {
    fn read(snapshot: &Snapshot<'_>, mut frame: Frame, id: &str) -> Result<Self, PageError> {
        let detail = snapshot
            .payment(id)?
            .ok_or(PageError::NotFound("payment"))?;
        frame.title = format!(
            "{} to {}",
            frame.money().exact(detail.payment.amount),
            detail.payment.payee
        );
        let functions = &frame.description().functions;
        let path = functions.path(&detail.payment.function).into_iter();
        let functions = path
            .map(|code| {
                (
                    format!("/spending/{}", functions.slug(code)),
                    functions.name(code),
                )
            })
            .collect();
        Ok(Self {
            functions,
            payment: detail.payment,
            provenance: detail.provenance,
            frame,
        })
    }

    fn proof_href(&self) -> String {
        format!("/payments/{}/payment.proof", self.provenance.id)
    }

    fn treatment(&self) -> Option<&TreatmentMeaning> {
        self.frame
            .description()
            .payment
            .treatment(self.payment.treatment)
    }

    fn line_name(&self) -> String {
        let line = self.frame.description().line(&self.payment.line);
        line.map_or_else(|| self.payment.line.clone(), |line| line.name.clone())
    }
}

/// `/payments/{id}`
pub(crate) async fn payment(State(portal): State<Portal>, Path(id): Path<String>) -> Response {
    portal
        .page(Room::Payments, "Payment", move |snapshot, frame| {
            Payment::read(snapshot, frame, &id)
        })
        .await
}
