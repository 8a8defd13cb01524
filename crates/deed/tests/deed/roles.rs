//! Who has which part in a fact.

use deed::{FactRoles, FactValue, Party, Value};

use crate::fixtures::{BUDGET, LAND, cash, gbp, load, party};

fn parties(ids: &[&str]) -> Vec<Party> {
    ids.iter().map(|id| Party::new(id).unwrap()).collect()
}

#[test]
fn a_title_is_seen_by_its_lenders() {
    let charge = |lender| {
        Value::Record(vec![
            party(lender),
            Value::Date(jiff::civil::date(2019, 5, 1)),
        ])
    };
    let fields = vec![
        Value::text("AGL1234"),
        Value::text("1 High Street"),
        Value::choice("freehold"),
        Value::Int(1),
        party("owner"),
        Value::List(vec![charge("first"), charge("second"), charge("first")]),
    ];
    let roles = load(LAND).roles_of(&FactValue { kind: 1, fields }).unwrap();
    let expected = FactRoles {
        seen_in_part: Vec::new(),
        controllers: parties(&["GB-GOV-hmlr"]),
        attestors: parties(&["GB-GOV-hmlr"]),
        attestors_needed: 1,
        keepers: parties(&["GB-GOV-hmlr"]),
        seen_by: parties(&["owner", "first", "second"]),
        observed_by: vec![],
        shown_by: None,
    };
    assert_eq!(roles, expected);
}

#[test]
fn cash_is_controlled_with_the_bank_and_attested_by_one_of_two() {
    let contract = load(LAND);
    let roles = contract.roles_of(&cash("alice", "£1")).unwrap();
    assert_eq!(roles.controllers, parties(&["alice", "GB-BOE"]));
    assert_eq!(
        roles.attestors,
        parties(&["GB-BOE"]),
        "issuer and bank are the same here"
    );
    assert_eq!(roles.attestors_needed, 1);
    assert_eq!(
        contract
            .roles_of(&FactValue {
                kind: 0,
                fields: vec![]
            })
            .unwrap_err()
            .rule,
        "fact_fits_its_kind"
    );
    assert_eq!(
        contract
            .roles_of(&FactValue {
                kind: 9,
                fields: vec![]
            })
            .unwrap_err()
            .rule,
        "fact_fits_its_kind"
    );
}

#[test]
fn a_payment_is_never_consumed_and_the_auditor_sees_it() {
    let contract = load(BUDGET);
    let pound = FactValue {
        kind: contract.kind("Pound").unwrap(),
        fields: vec![
            crate::fixtures::gbp("£1"),
            party("GB-LAE-LDS"),
            Value::Int(2026),
            Value::choice("held"),
        ],
    };
    let roles = contract.roles_of(&pound).unwrap();
    assert_eq!(roles.controllers, parties(&["GB-LAE-LDS"]));
    assert_eq!(roles.attestors, [contract.parties()["treasury"].clone()]);
    assert_eq!(roles.observed_by, [contract.parties()["auditor"].clone()]);
    let kind = &contract.kinds()[usize::from(contract.kind("Payment").unwrap())];
    assert_eq!(kind.control, deed::Control::Nobody);
    assert_eq!(kind.public.len(), kind.fields.len());
    let keys: Vec<&str> = kind
        .one_per
        .iter()
        .map(|i| kind.fields[usize::from(*i)].name.as_str())
        .collect();
    assert_eq!(keys, ["payer", "source", "period", "ordinal"]);
}

#[test]
fn a_choice_of_attestors_is_among_different_parties() {
    let two_of_three = LAND.replacen("any 1 of issuer, bank", "any 2 of issuer, owner, bank", 1);
    let contract = load(&two_of_three);
    let needed = |issuer, owner| {
        let fact = crate::fixtures::issued(issuer, owner, "£1");
        contract.roles_of(&fact).map(|r| r.attestors_needed)
    };
    assert_eq!(needed("GB-BOE", "alice"), Ok(2));
    assert_eq!(needed("monopoly", "alice"), Ok(2));
    assert_eq!(
        needed("GB-BOE", "GB-BOE").unwrap_err().rule,
        "attestors_are_distinct"
    );
}

/// A contract of one kind with a key, so attested, and of an action that creates it, so signed.
fn keyed(attested: &str, signed: &str) -> deed::Contract {
    load(&format!(
        "contract keys version 1\n  \"Keys.\"\nparty north = \"N\"\nparty south = \"S\"\nparty west = \"W\"\nfact Title\n  \
         number: int\n  place: party\n  owner: party\n  one per number, place\n  controlled by owner\n  {attested}\nfact Note\n  \
         owner: party\n  controlled by owner\naction Register\n  number: int\n  place: party\n  owner: party\n  signed by {signed}\n  \
         creates Title with number, place, owner\naction Sell\n  buyer: party\n  consumes one Title as old\n  signed by \
         old.owner, buyer\n  creates old with owner = buyer\n",
    ))
}

#[test]
fn a_key_is_kept_by_so_many_that_two_choices_meet_in_one_of_them() {
    let fields = || vec![Value::Int(5), party("P"), party("O")];
    for (attested, keepers) in [
        ("attested by north", vec!["N"]),
        ("attested by north, south", vec!["N"]),
        ("attested by owner, south", vec!["S"]),
        ("attested by owner, place", vec!["P"]),
        (
            "attested by any 2 of north, south, west",
            vec!["N", "S", "W"],
        ),
        (
            "attested by any 3 of north, owner, south, place",
            vec!["N", "S", "P"],
        ),
        ("attested by any 2 of north, south, owner", vec![]),
        ("attested by any 1 of north, south", vec![]),
        ("attested by owner", vec![]),
        ("", vec![]),
    ] {
        let roles = keyed(attested, "owner").roles_of(&FactValue {
            kind: 0,
            fields: fields(),
        });
        assert_eq!(roles.unwrap().keepers, parties(&keepers), "{attested}");
    }
    let note = FactValue {
        kind: 1,
        fields: vec![party("O")],
    };
    let roles = keyed("attested by north", "owner").roles_of(&note).unwrap();
    assert_eq!(roles.keepers, [], "there may be any number of notes");
}

#[test]
fn who_can_sign_first_may_begin() {
    for (signed, who) in [
        ("north, owner", [true, false]),
        ("owner, north", [true, true]),
    ] {
        let contract = keyed("attested by north", signed);
        let may = ["N", "O"].map(|name| contract.may_begin(0, &Party::new(name).unwrap()));
        assert_eq!(may, who, "{signed}");
        let nobody = Party::new("N").unwrap();
        assert!(!contract.may_begin(1, &nobody), "nothing creates a note");
    }
}

#[test]
fn contracts_are_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>(_: &T) {}
    shared(&load(LAND));
}

#[test]
fn some_see_only_some_fields() {
    let contract = load(
        "contract care version 1\n  \"Care.\"\nparty auditor = \"D\"\nfact Plan\n  child: party\n  helper: party or none\n  \
         reason: text\n  cost: money GBP\n  controlled by nobody\n  seen by child\n  seen by auditor, helper only in cost\n  \
         seen by helper only in reason\n",
    );
    let seen = |helper: Value| {
        let fields = vec![party("ann"), helper, Value::text("ill"), gbp("£3")];
        let roles = contract.roles_of(&FactValue { kind: 0, fields }).unwrap();
        let seen = roles.seen_in_part.into_iter();
        seen.map(|(party, fields)| (party.to_string(), fields))
            .collect::<Vec<_>>()
    };
    let auditor = || ("D".to_owned(), vec![3]);
    assert_eq!(seen(Value::Absent), [auditor()]);
    assert_eq!(
        seen(party("ben")),
        [auditor(), ("ben".to_owned(), vec![2, 3])]
    );
    // Who sees it whole sees no part of it.
    assert_eq!(seen(party("ann")), [auditor()]);
}
