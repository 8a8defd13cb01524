//! Who must agree when money is made.

use std::collections::BTreeSet;

use crate::ir::{Body, Ir};
use crate::program::Program;
use crate::value::{Party, Value};

/// The parties that every action which issues this kind of money names as signers by constant.
pub(crate) fn issuers(program: &Program, money: u16) -> Vec<Party> {
    let issues = |body: &&Body| {
        let mut dues = body.dues.iter();
        dues.any(|due| due.money == money && due.from.is_none())
    };
    let named = |body: &Body| -> BTreeSet<Party> {
        let constants = body.signers.iter().filter_map(|ir| match ir {
            Ir::Const(Value::Party(party)) => Some(party.clone()),
            _ => None,
        });
        constants.collect()
    };
    let by_action = program.bodies.iter().filter(issues).map(named);
    let common = by_action.reduce(|all, these| all.intersection(&these).cloned().collect());
    common.into_iter().flatten().collect()
}
