//! Kinds of fact that a contract has from others it uses: whose they are there, and what number they have here.

use deed::{Contract, Due, FactValue};

use crate::digest::{ContractId, Digest};
use crate::fact::Fact;

/// What is owed, in the terms of the contract whose money it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The contract that has the money: another than the one that states the due, when that one uses it.
    pub contract: ContractId,
    /// The due; its money is a kind of that contract.
    pub due: Due,
}

impl Owed {
    /// What a contract states as owed; nothing when the contract has no such kind.
    #[must_use]
    pub fn of(id: &ContractId, contract: &Contract, due: Due) -> Option<Self> {
        let (contract, money) = origin(id, contract, due.money)?;
        Some(Self {
            contract,
            due: Due { money, ..due },
        })
    }
}

/// The contract that a kind is of, and its number there.
fn origin(id: &ContractId, contract: &Contract, kind: u16) -> Option<(ContractId, u16)> {
    match &contract.kinds().get(usize::from(kind))?.origin {
        Some(origin) => Some((ContractId(Digest::from_hex(&origin.sha256)?), origin.kind)),
        None => Some((*id, kind)),
    }
}

/// A fact as a contract reads it: its own, or one of a contract that it uses; nothing when it is neither.
#[must_use]
pub fn as_read(id: &ContractId, contract: &Contract, fact: &Fact) -> Option<FactValue> {
    let kinds = (0..=u16::MAX).take(contract.kinds().len());
    let kind = match fact.contract == *id {
        true => fact.kind,
        false => kinds
            .into_iter()
            .find(|kind| origin(id, contract, *kind) == Some((fact.contract, fact.kind)))?,
    };
    Some(FactValue {
        kind,
        fields: fact.fields.clone(),
    })
}
