//! What the pages of an organisation have in common.

use super::frame::Frame;
use super::problem::PageError;
use crate::portal::description::FlowRole;
use crate::portal::store::{FlowDetail, Snapshot};

/// Money that a party was given and what it did with it before paying anybody.
pub(super) struct Funds {
    pub(super) received: Vec<FlowDetail>,
    pub(super) passed_on: Vec<FlowDetail>,
    pub(super) lapsed: Vec<FlowDetail>,
}

impl Funds {
    /// Money issued to the issuer itself is received; what a party allocates to itself does not move.
    pub(super) fn read(snapshot: &Snapshot<'_>, id: &str) -> Result<Self, PageError> {
        let mut funds = Self {
            received: Vec::new(),
            passed_on: Vec::new(),
            lapsed: Vec::new(),
        };
        for flow in snapshot.flows_of(id)? {
            let (gave, got) = (flow.giver.0 == id, flow.receiver.0 == id);
            match flow.role {
                FlowRole::Issued if got => funds.received.push(flow),
                FlowRole::PassedOn if gave && !got => funds.passed_on.push(flow),
                FlowRole::PassedOn if got && !gave => funds.received.push(flow),
                FlowRole::Lapsed if gave => funds.lapsed.push(flow),
                _ => {}
            }
        }
        Ok(funds)
    }
}

/// What records add up to.
pub(super) fn total(flows: &[FlowDetail]) -> i64 {
    flows.iter().map(|flow| flow.amount).sum()
}

/// The name of a party in the facts or among the members.
pub(super) fn known_name(
    snapshot: &Snapshot<'_>,
    frame: &Frame,
    id: &str,
) -> Result<String, PageError> {
    let members = &frame.coverage.organisations;
    let member = || members.iter().find(|one| one.id == id);
    let name = snapshot
        .party(id)?
        .or_else(|| member().map(|one| one.name.clone()));
    name.ok_or(PageError::NotFound("organisation"))
}
