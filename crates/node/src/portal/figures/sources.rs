//! Where money comes from: issued, allocated, granted, lapsed, and what the issuer still has.

use std::collections::{BTreeMap, BTreeSet};

use crate::portal::description::FlowRole;
use crate::portal::store::FlowRow;

/// Where the money of a row went.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SourceEnd {
    /// One organisation: party id and name.
    Party(String, String),
    /// The smaller ones together: how many.
    Others(usize),
    /// Out of use.
    Lapsed,
}

impl SourceEnd {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Party(_, name) => name.clone(),
            Self::Others(count) => format!("{count} others"),
            Self::Lapsed => "Lapsed, unspent".to_owned(),
        }
    }

    /// The party id, if it is one party.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Party(id, _) => id,
            Self::Others(_) | Self::Lapsed => "",
        }
    }
}

/// Money that went from one organisation to another, or to several small ones together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceRow {
    /// Choice of the step.
    pub(crate) step: String,
    pub(crate) giver: String,
    pub(crate) giver_name: String,
    pub(crate) to: SourceEnd,
    pub(crate) amount: i64,
    /// How many steps from the issuer the giver stands: 0 is the issuer.
    pub(crate) depth: usize,
}

impl SourceRow {
    /// Where the money went, in words.
    pub(crate) fn to_words(&self) -> String {
        let name = self.to.name();
        if self.to.id() == self.giver {
            format!("{name}, not given out")
        } else {
            name
        }
    }
}

/// The rows of the chart of sources, its table and its file, those of the issuers first.
///
/// Money that an issuer issued to itself is shown less what it gave from it, so that each pound is
/// shown once. With `largest`, receivers beyond that many stand together, but not those which pass
/// money on or are among `kept`.
pub(crate) fn source_rows(
    flows: &[FlowRow],
    largest: Option<usize>,
    kept: &BTreeSet<&str>,
) -> Vec<SourceRow> {
    let depths = depths(flows);
    let rows = flows.iter().map(|flow| row(flow, flows, &depths));
    let mut rows: Vec<SourceRow> = rows.filter(|row| row.amount != 0).collect();
    rows.sort_by(|a, b| (a.depth, -a.amount, &a.to).cmp(&(b.depth, -b.amount, &b.to)));
    let Some(largest) = largest else { return rows };
    let passing: BTreeSet<&str> = flows
        .iter()
        .filter(|flow| flow.role != FlowRole::Issued)
        .map(|flow| flow.giver.as_str())
        .collect();
    let small = |(at, row): &(usize, &SourceRow)| {
        let id = row.to.id();
        *at >= largest && row.depth == 0 && !kept.contains(id) && !passing.contains(id)
    };
    let small: BTreeSet<usize> = rows
        .iter()
        .enumerate()
        .filter(small)
        .map(|(at, _)| at)
        .collect();
    if small.len() < 2 {
        return rows;
    }
    together(rows, &small)
}

fn row(flow: &FlowRow, flows: &[FlowRow], depths: &BTreeMap<&str, usize>) -> SourceRow {
    let issued_to_itself = flow.role == FlowRole::Issued && flow.giver == flow.receiver;
    let given = flows.iter().filter(|other| {
        issued_to_itself && other.role != FlowRole::Issued && other.giver == flow.giver
    });
    let to = match flow.role {
        FlowRole::Lapsed => SourceEnd::Lapsed,
        _ => SourceEnd::Party(flow.receiver.clone(), flow.receiver_name.clone()),
    };
    SourceRow {
        step: flow.step.clone(),
        giver: flow.giver.clone(),
        giver_name: flow.giver_name.clone(),
        to,
        amount: (flow.amount - given.map(|other| other.amount).sum::<i64>()).max(0),
        depth: depths.get(flow.giver.as_str()).copied().unwrap_or(0),
    }
}

/// Steps from an issuer to each giver.
fn depths(flows: &[FlowRow]) -> BTreeMap<&str, usize> {
    let issued = flows.iter().filter(|flow| flow.role == FlowRole::Issued);
    let mut depths: BTreeMap<&str, usize> = issued.map(|flow| (flow.giver.as_str(), 0)).collect();
    for depth in 0..flows.len() {
        let at_depth = |flow: &&FlowRow| depths.get(flow.giver.as_str()) == Some(&depth);
        let reached: Vec<&str> = flows
            .iter()
            .filter(at_depth)
            .map(|flow| flow.receiver.as_str())
            .collect();
        for receiver in reached {
            depths.entry(receiver).or_insert(depth + 1);
        }
    }
    depths
}

fn together(rows: Vec<SourceRow>, small: &BTreeSet<usize>) -> Vec<SourceRow> {
    let mut shown = Vec::new();
    let mut others: BTreeMap<(String, String), SourceRow> = BTreeMap::new();
    for (at, row) in rows.into_iter().enumerate() {
        if !small.contains(&at) {
            shown.push(row);
            continue;
        }
        let empty = || SourceRow {
            to: SourceEnd::Others(0),
            amount: 0,
            ..row.clone()
        };
        let group = others.entry((row.giver.clone(), row.step.clone()));
        let group = group.or_insert_with(empty);
        group.amount += row.amount;
        if let SourceEnd::Others(count) = &mut group.to {
            *count += 1;
        }
    }
    let deeper = shown
        .iter()
        .position(|row| row.depth > 0)
        .unwrap_or(shown.len());
    shown.splice(deeper..deeper, others.into_values());
    shown
}
