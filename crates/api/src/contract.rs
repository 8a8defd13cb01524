//! Contracts as a client needs them: what can be done, with which arguments.

use ledger::ContractId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An accepted contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contract {
    /// SHA-256 of its exact text.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// What it is for.
    pub title: String,
    /// What can be done.
    pub actions: Vec<Action>,
    /// Its exact text.
    pub text: String,
}

/// Something that can be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// What it does.
    pub doc: String,
    /// Its arguments, in order.
    pub params: Vec<Param>,
}

/// An argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// What it means.
    pub doc: String,
    /// Its type as the contract writes it.
    #[serde(rename = "type")]
    pub ty: String,
}

impl Contract {
    /// The contract of this id.
    #[must_use]
    pub fn of(id: &ContractId, contract: &deed::Contract) -> Self {
        let params = |action: &deed::Action| {
            let param = |p: &deed::Field| Param {
                name: p.name.clone(),
                doc: p.doc.clone(),
                ty: p.ty.to_string(),
            };
            action.params.iter().map(param).collect()
        };
        let actions = contract.actions().iter();
        Self {
            id: id.to_string(),
            name: contract.name().to_owned(),
            version: contract.version(),
            title: contract.title().to_owned(),
            actions: actions
                .map(|a| Action {
                    name: a.name.clone(),
                    doc: a.doc.clone(),
                    params: params(a),
                })
                .collect(),
            text: contract.source().to_owned(),
        }
    }
}
