//! Who takes part.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::frame::{Frame, Room};
use super::parties::{Funds, known_name};
use super::problem::PageError;

use crate::portal::figures::Sum;
use crate::portal::state::{Organisation, Portal};
use crate::portal::store::{FileRow, Snapshot};

#[derive(Template)]
#[template(path = "portal/organisations.html")]
struct Organisations {
    frame: Frame,
    members: Vec<Row>,
    /// Parties that facts mention and that have no computers of their own here.
    accounts: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    role: String,
    /// None for those that are not expected to publish payments.
    reporting: Option<bool>,
    received: i64,
    published: Sum,
}

impl Organisations {
    fn read(snapshot: &Snapshot<'_>, frame: Frame) -> Result<Self, PageError> {
        let (flows, spend) = (snapshot.flows()?, snapshot.spend()?);
        let row = |id: &str, name: &str, role: &str, reports: bool| {
            let mut published = Sum::default();
            spend
                .iter()
                .filter(|row| row.payer == id)
                .for_each(|row| published.add(row.payments, row.amount));
            Row {
                id: id.to_owned(),
                name: name.to_owned(),
                role: role.to_owned(),
                reporting: (reports || published.payments > 0).then_some(published.payments > 0),
                received: flows
                    .iter()
                    .filter(|flow| flow.receiver == id)
                    .map(|flow| flow.amount)
                    .sum(),
                published,
            }
        };
        let is_member = |id: &str| frame.coverage.organisations.iter().any(|one| one.id == id);
        let members = frame
            .coverage
            .organisations
            .iter()
            .map(
                |Organisation {
                     id,
                     name,
                     role,
                     reports,
                 }| row(id, name, role, *reports),
            )
            .collect();
        let others = snapshot.parties()?;
        let accounts = others
            .iter()
            .filter(|(id, _)| !is_member(id))
            .map(|(id, name)| row(id, name, "", false))
            .collect();
        Ok(Self {
            members,
            accounts,
            frame,
        })
    }
}

#[derive(Template)]
#[template(path = "portal/organisation.html")]
struct OneOrganisation {
    frame: Frame,
    id: String,
    member: Option<Organisation>,
    funds: Funds,
    files: Vec<File>,
}

/// One published file of an organisation.
struct File {
    source: String,
    period: String,
    sum: Sum,
    query: String,
}

impl OneOrganisation {
    fn read(snapshot: &Snapshot<'_>, mut frame: Frame, id: String) -> Result<Self, PageError> {
        frame.title = known_name(snapshot, &frame, &id)?;
        let funds = Funds::read(snapshot, &id)?;
        let member = frame
            .coverage
            .organisations
            .iter()
            .find(|one| one.id == id)
            .cloned();
        let mut files: Vec<File> = Vec::new();
        for row in snapshot.files()?.into_iter().filter(|row| row.payer == id) {
            match files.last_mut() {
                Some(file) if file.source == row.source && file.period == row.period => {
                    file.sum.add(row.payments, row.amount)
                }
                _ => files.push(File::of(row)),
            }
        }
        Ok(Self {
            member,
            funds,
            files,
            id,
            frame,
        })
    }
}

impl OneOrganisation {
    fn expected(&self) -> bool {
        self.member.as_ref().is_some_and(|member| member.reports)
    }
}

impl File {
    fn of(row: FileRow) -> Self {
        Self {
            query: super::data::file_query(&row.payer, &row.source, &row.period),
            sum: Sum {
                payments: row.payments,
                amount: row.amount,
            },
            source: row.source,
            period: row.period,
        }
    }
}

/// `/organisations`
pub(crate) async fn list(State(portal): State<Portal>) -> Response {
    let title = portal.description().organisations.title.clone();
    portal
        .page(Room::Organisations, &title, Organisations::read)
        .await
}

/// `/organisations/{id}`
pub(crate) async fn one(State(portal): State<Portal>, Path(id): Path<String>) -> Response {
    portal
        .page(
            Room::Organisations,
            "Organisation",
            move |snapshot, frame| OneOrganisation::read(snapshot, frame, id),
        )
        .await
}
