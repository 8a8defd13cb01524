//! Tokens: a fact has one, no two facts share one, and knowing one is not owning it.

use std::collections::BTreeMap;

use deed::Value;
use ledger::business_key::{BusinessKey, key_token};
use ledger::control::Control;
use ledger::fact::FactRef;
use ledger::token::{self, Sort};
use ledger::validity::{Standing, input_token};
use ledger::view::Input;
use ledger::{ContractId, Digest, Lineage, Token, TransactionId};
use proptest::prelude::*;

use crate::payment::{found, input, parties, payment};
use crate::support::{net, noise, one_time};

type Make = fn(&mut Input, &mut Lineage);

#[test]
fn everything_that_makes_a_fact_what_it_is_makes_its_token() {
    let original = input(net(), "ALICE", 8, "eight pounds");
    let first = input_token(&original, &net().home.notary);
    let tweaks: [(&str, Make); 6] = [
        ("another transaction", |i, _| {
            i.at.transaction = TransactionId(noise("other"))
        }),
        ("another view", |i, _| i.at.view = 2),
        ("another output", |i, _| i.at.output = 1),
        ("another salt", |i, _| i.fact.salt = noise("other")),
        ("another control", |i, _| {
            i.fact.control = Control::key(one_time("ALICE", "x").public())
        }),
        ("another notary", |_, notary| {
            *notary = Lineage(noise("other"))
        }),
    ];
    for (what, tweak) in tweaks {
        let (mut other, mut notary) = (original.clone(), net().home.notary);
        tweak(&mut other, &mut notary);
        assert_ne!(input_token(&other, &notary), first, "{what}");
    }
    assert_eq!(
        input_token(&original, &net().home.notary),
        first,
        "one fact, one token"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Over arbitrary places and salts, two facts share a token only if they are the same fact at the same place.
    #[test]
    fn no_two_facts_share_a_token(
        facts in prop::collection::vec((0u8..3, 0u32..3, 0u32..3, 0u8..3, 0u8..3), 2..24),
    ) {
        let mut seen: BTreeMap<Token, (FactRef, Digest, Control)> = BTreeMap::new();
        for (transaction, view, output, salt, key) in facts {
            let mut one = input(net(), "ALICE", 8, "eight pounds");
            one.at = FactRef { transaction: TransactionId(noise(&format!("t{transaction}"))), view, output };
            one.fact.salt = noise(&format!("s{salt}"));
            one.fact.control = Control::key(one_time("ALICE", &format!("k{key}")).public());
            let identity = (one.at, one.fact.salt, one.fact.control.clone());
            let earlier = seen.insert(input_token(&one, &net().home.notary), identity.clone());
            prop_assert!(earlier.is_none_or(|e| e == identity));
        }
    }
}

#[test]
fn sorts_of_tokens_have_names_of_their_own() {
    let token = input_token(
        &input(net(), "ALICE", 8, "eight pounds"),
        &net().home.notary,
    );
    let (id, other) = (TransactionId(noise("id")), TransactionId(noise("other")));
    let marks = [Sort::Fact, Sort::Key, Sort::Cancel].map(|sort| sort.mark(&token, &id));
    assert_eq!(marks[0], token);
    assert!(marks[0] != marks[1] && marks[1] != marks[2] && marks[0] != marks[2]);
    assert_eq!(
        Sort::Key.mark(&token, &other),
        marks[1],
        "a key is used once by whomever"
    );
    assert_ne!(
        Sort::Cancel.mark(&token, &other),
        marks[2],
        "to cancel is one's own affair"
    );
}

#[test]
fn a_cancel_token_follows_from_its_secret() {
    assert_eq!(token::cancel(&[1; 32]), token::cancel(&[1; 32]));
    assert_ne!(token::cancel(&[1; 32]), token::cancel(&[2; 32]));
}

#[test]
fn a_business_key_has_one_token_of_each_who_keeps_it() {
    let key = |kind, number| BusinessKey {
        kind,
        values: vec![Value::Int(number)],
    };
    let contract = |name| ContractId(noise(name));
    let token =
        |keeper, of, key: &BusinessKey| key_token(&key.secret(&noise(keeper).0, &contract(of)));
    let first = token("registry", "titles", &key(1, 5));
    assert_eq!(first, token("registry", "titles", &key(1, 5)));
    let others = [
        token("bank", "titles", &key(1, 5)),
        token("registry", "licences", &key(1, 5)),
        token("registry", "titles", &key(0, 5)),
        token("registry", "titles", &key(1, 6)),
    ];
    assert!(others.iter().all(|other| *other != first));
}

#[test]
fn a_view_lists_a_token_for_each_key_that_it_takes() {
    let draft = payment(net());
    let honest = draft.transaction(net());
    assert_eq!(honest.header.views[0].keys.len(), 1, "of the receipt");
    let stray = honest.header.views[0].keys[0];
    let no_key = noise("no key");
    let cases: [(&str, Vec<Token>, Vec<Token>); 4] = [
        ("as it must be", vec![stray], vec![]),
        ("one is missing", vec![], vec![]),
        ("one more", vec![stray, Token(no_key)], vec![]),
        ("where no key is taken", vec![stray], vec![Token(no_key)]),
    ];
    for (what, first, second) in cases {
        let mut transaction = honest.clone();
        transaction.header.views[0].keys = first;
        transaction.header.views[1].keys = second;
        let (audiences, bank) = (draft.audiences(net()), parties(&["TOWN-BANK"]));
        let seen = transaction.tear_off(&audiences, &bank, &draft.vouchers);
        for standing in [Standing::Party, Standing::Observer] {
            let checked = found(net(), &seen, standing);
            let code = checked.err().map(|invalid| invalid.code().to_owned());
            let expected = (what != "as it must be").then_some("header_commits_otherwise");
            assert_eq!(code.as_deref(), expected, "{what}");
        }
    }
}
