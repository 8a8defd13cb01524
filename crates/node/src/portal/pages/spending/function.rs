//! What was spent for one purpose, by whom, and on which parts of it.

use askama::Template;
use axum::response::Response;

use super::super::frame::{Frame, Room};
use super::super::problem::PageError;
use crate::portal::figures::{
    Part, Parts, Sum, TONE_PLAIN, by_line, by_payer, grouped, spent, summed,
};
use crate::portal::limits::PAYMENTS_LARGEST;
use crate::portal::state::Portal;
use crate::portal::store::{Filter, Order, PaymentRow, Snapshot, SpendRow};

#[derive(Template)]
#[template(path = "portal/function.html")]
struct Function {
    frame: Frame,
    slug: String,
    /// Address and name of each function above this one.
    above: Vec<(String, String)>,
    total: Sum,
    /// All spending, for the share.
    of_all: Sum,
    parts: Parts,
    payers: Parts,
    lines: Parts,
    largest: Vec<PaymentRow>,
}

impl Function {
    fn read(snapshot: &Snapshot<'_>, mut frame: Frame, slug: String) -> Result<Self, PageError> {
        let description = frame.description_shared();
        let functions = &description.functions;
        let code = functions.code(&slug).to_owned();
        let slug = functions.slug(&code);
        frame.title = functions.name(&code);
        let all = snapshot.spend()?;
        let spend: Vec<SpendRow> = spent(&all)
            .filter(|row| functions.below(&code, &row.function).is_some())
            .cloned()
            .collect();
        if spend.is_empty() && !functions.known(&code) {
            return Err(PageError::NotFound("organisation or purpose"));
        }
        let filter = Filter {
            function: Some(code.clone()),
            treatment: Some(crate::portal::description::Treatment::Spent),
            ..Filter::default()
        };
        let path = functions.path(&code);
        let above = path[..path.len() - 1].iter().map(|code| {
            (
                format!("/spending/{}", functions.slug(code)),
                functions.name(code),
            )
        });
        let below = grouped(&spend, |row| {
            functions.below(&code, &row.function).unwrap_or_default()
        });
        let part = |(below, sum): (&str, Sum)| {
            let whole = below == code;
            let label = if whole {
                "Not said which part".to_owned()
            } else {
                functions.name(below)
            };
            let href = if whole {
                format!("/payments?function={slug}&treatment=spent")
            } else {
                format!("/spending/{}", functions.slug(below))
            };
            Part::new(label, href, TONE_PLAIN, sum)
        };
        Ok(Self {
            above: above.collect(),
            total: summed(&spend),
            of_all: summed(spent(&all)),
            parts: Parts::largest_first(below.into_iter().map(part).collect()),
            payers: by_payer(&spend, |id| {
                format!("/payments?payer={id}&function={slug}&treatment=spent")
            }),
            lines: by_line(
                &description,
                &spend,
                &format!("function={slug}&treatment=spent&"),
            ),
            largest: snapshot
                .find(&filter, Order::Largest, 0, PAYMENTS_LARGEST)?
                .rows,
            slug,
            frame,
        })
    }
}

pub(super) async fn one(portal: &Portal, slug: String) -> Response {
    portal
        .page(Room::Spending, "Spending", move |snapshot, frame| {
            Function::read(snapshot, frame, slug)
        })
        .await
}
