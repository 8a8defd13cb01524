//! What one organisation received, passed on and paid.

use askama::Template;
use axum::response::Response;

use super::super::frame::{Frame, Room};
use super::super::parties::{Funds, known_name, total};
use super::super::problem::PageError;
use crate::portal::chart::{Drawn, draw_paid};
use crate::portal::description::Treatment;
use crate::portal::figures::{PaidRow, Parts, Sum, by_function, by_line, paid_rows, spent};
use crate::portal::limits::PAYMENTS_LARGEST;
use crate::portal::state::Portal;
use crate::portal::store::{Filter, Order, PaymentRow, Snapshot, SpendRow};

#[derive(Template)]
#[template(path = "portal/body.html")]
struct Body {
    frame: Frame,
    id: String,
    name: String,
    funds: Funds,
    balance: Balance,
    published: Vec<(&'static str, String, Sum)>,
    lines: Parts,
    functions: Parts,
    paid: Drawn<PaidRow>,
    largest: Vec<PaymentRow>,
}

/// What came in and went out by the published figures, and what they leave.
struct Balance {
    received: i64,
    from_members: i64,
    passed_on: i64,
    lapsed: i64,
    spent: i64,
    to_members: i64,
    refunds: i64,
}

impl Balance {
    fn left(&self) -> i64 {
        self.received + self.from_members
            - self.passed_on
            - self.lapsed
            - self.spent
            - self.to_members
            - self.refunds
    }

    /// The parts of it, in the order of the page; those of zero are left out.
    fn lines(&self) -> Vec<(&'static str, i64)> {
        let lines = [
            ("Funding received", self.received),
            ("Received in payments of other members", self.from_members),
            ("Given to other organisations", -self.passed_on),
            ("Spent", -self.spent),
            ("Paid to members", -self.to_members),
            ("Lapsed, unspent", -self.lapsed),
            ("Refunds that came back", -self.refunds),
        ];
        lines
            .into_iter()
            .filter(|(_, amount)| *amount != 0)
            .collect()
    }

    fn any(&self) -> bool {
        self.received != 0 || self.from_members != 0 || self.spent != 0
    }
}

impl Body {
    fn read(snapshot: &Snapshot<'_>, mut frame: Frame, id: String) -> Result<Self, PageError> {
        let name = known_name(snapshot, &frame, &id)?;
        frame.title.clone_from(&name);
        let description = frame.description_shared();
        let spend: Vec<SpendRow> = snapshot
            .spend()?
            .into_iter()
            .filter(|row| row.payer == id)
            .collect();
        let funds = Funds::read(snapshot, &id)?;
        let of = |treatment| sum(&spend, treatment);
        let filter = Filter {
            payer: Some(id.clone()),
            ..Filter::default()
        };
        let named = |treatment| {
            let meaning = description.payment.treatment(treatment);
            (
                treatment.as_str(),
                meaning
                    .map(|meaning| meaning.name.clone())
                    .unwrap_or_default(),
                of(treatment),
            )
        };
        Ok(Self {
            balance: Balance {
                received: total(&funds.received),
                from_members: snapshot.received(&id)?.1,
                passed_on: total(&funds.passed_on),
                lapsed: total(&funds.lapsed),
                spent: of(Treatment::Spent).amount,
                to_members: of(Treatment::Transfer).amount,
                refunds: of(Treatment::Refund).amount,
            },
            published: Treatment::ALL
                .map(named)
                .into_iter()
                .filter(|(_, _, sum)| sum.payments > 0)
                .collect(),
            lines: by_line(
                &description,
                spent(&spend),
                &format!("payer={id}&treatment=spent&"),
            ),
            functions: by_function(&description, spent(&spend), |slug| {
                format!("/payments?payer={id}&function={slug}&treatment=spent")
            }),
            paid: draw_paid(&description, paid_rows(&description, &spend)),
            largest: snapshot
                .find(&filter, Order::Largest, 0, PAYMENTS_LARGEST)?
                .rows,
            funds,
            name,
            id,
            frame,
        })
    }

    fn flows_csv(&self) -> String {
        format!("/data/flows.csv?payer={}", self.id)
    }

    fn published_total(&self) -> Sum {
        let mut total = Sum::default();
        self.published
            .iter()
            .for_each(|(_, _, sum)| total.add(sum.payments, sum.amount));
        total
    }
}

fn sum(spend: &[SpendRow], treatment: Treatment) -> Sum {
    let mut sum = Sum::default();
    spend
        .iter()
        .filter(|row| row.treatment == treatment)
        .for_each(|row| sum.add(row.payments, row.amount));
    sum
}

pub(super) async fn one(portal: &Portal, id: String) -> Response {
    portal
        .page(Room::Spending, "Spending", move |snapshot, frame| {
            Body::read(snapshot, frame, id)
        })
        .await
}
