//! Whole contracts: what they declare, and the bound on what they can cost.

use deed::Contract;

use crate::fixtures::{BUDGET, CASH, LAND, SAFEGUARDING, load};

/// What other rooms read from a contract, in full.
fn declared(contract: &Contract) -> String {
    format!(
        "{} version {}\n{}\nlaw: {:?}\ncost bound: {}\nparties: {:#?}\nrecords: {:#?}\nkinds: {:#?}\nactions: {:#?}",
        contract.name(),
        contract.version(),
        contract.title(),
        contract.law(),
        contract.cost_bound(),
        contract.parties(),
        contract.records(),
        contract.kinds(),
        contract.actions(),
    )
}

#[test]
fn contracts_declare_what_they_say() {
    for (name, source) in [
        ("cash", CASH),
        ("land", LAND),
        ("safeguarding", SAFEGUARDING),
    ] {
        insta::assert_snapshot!(format!("declared_{name}"), declared(&load(source)));
    }
}

#[test]
fn public_money_keeps_its_fields_and_parameters_in_order() {
    let contract = load(BUDGET);
    let fields = |fields: &[deed::Field]| {
        fields
            .iter()
            .map(|f| format!("  {}: {}\n", f.name, f.ty))
            .collect::<String>()
    };
    let kinds = contract
        .kinds()
        .iter()
        .map(|k| format!("fact {}\n{}", k.name, fields(&k.fields)));
    let actions = contract
        .actions()
        .iter()
        .map(|a| format!("action {}\n{}", a.name, fields(&a.params)));
    insta::assert_snapshot!(kinds.chain(actions).collect::<String>());
}

#[test]
fn names_lead_to_indices() {
    let contract = load(LAND);
    assert_eq!(contract.kind("Title"), Some(1));
    assert_eq!(contract.kind("title"), None);
    assert_eq!(contract.action("Transfer"), Some(1));
    assert_eq!(contract.kinds()[1].field("charges"), Some(5));
    assert_eq!(contract.kinds()[0].attributes().collect::<Vec<_>>(), [1]);
    assert_eq!(contract.source(), LAND);
}

#[test]
fn the_cost_bound_grows_with_declared_sizes_and_has_a_limit() {
    let with_sizes = |outer: u32, inner: u32| {
        format!(
            "contract sizes version 1\n  \"Lists within lists.\"\n\
             record Row\n  cells: list of int at most {inner}\n\
             action Count\n  rows: list of Row at most {outer}\n  signer: party\n\
             \x20 rule \"all are positive\" every r in rows: every c in r.cells: c is positive\n\
             \x20 signed by signer\n"
        )
    };
    let bound = |outer, inner| load(&with_sizes(outer, inner)).cost_bound();
    assert!(bound(2, 2) < bound(20, 2));
    assert!(bound(20, 2) < bound(20, 20));
    let error = Contract::load(&with_sizes(1000, 1000)).unwrap_err();
    insta::assert_snapshot!("too_costly", error.to_string());
}
