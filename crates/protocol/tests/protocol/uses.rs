//! Contracts that use another: a stall is let for the town's coins, to those with a licence.

use deed::Value;
use ledger::ContractId;
use ledger::fact::FactRef;
use protocol::node::records::Instruction;
use protocol::store::Table;

use crate::support::{args, market, party, pence, text, who};
use crate::town::{ALICE, BANK, BOB, Town};

/// The bank licenses a trade.
pub(crate) fn licensed(town: &mut Town, holder: &str, trade: &str) -> FactRef {
    let before = town.facts(holder);
    let given = [
        ("holder", who(holder)),
        ("trade", text(trade)),
        ("until", Value::Int(2030)),
    ];
    let license = town.instruction(&format!("{trade} for {holder}"), BANK, "License", &given);
    town.instruct(&license);
    town.deliver_all();
    let after = town.facts(holder);
    let mut new = after.into_iter().filter(|at| !before.contains(at));
    new.next().expect("a licence")
}

/// An action of the market, which uses the town's contract.
fn at_market(
    town: &Town,
    key: &str,
    by: &str,
    action: &str,
    given: &[(&str, Value)],
) -> Instruction {
    let market = market(&town.contract, &town.contract_id);
    let (action, args) = args(&market, action, given);
    Instruction {
        key: key.to_owned(),
        party: party(by),
        contract: ContractId::of_text(market.source()),
        action,
        args,
        consumes: Vec::new(),
        references: Vec::new(),
    }
}

/// Alice takes a stall, showing this fact as her licence.
pub(crate) fn buy(
    town: &Town,
    key: &str,
    number: i64,
    price: i64,
    licence: FactRef,
) -> Instruction {
    buy_as(town, key, ALICE, number, price, licence)
}

/// Somebody takes a stall, showing this fact as its licence.
pub(crate) fn buy_as(
    town: &Town,
    key: &str,
    buyer: &str,
    number: i64,
    price: i64,
    licence: FactRef,
) -> Instruction {
    let given = [
        ("buyer", who(buyer)),
        ("number", Value::Int(number)),
        ("price", pence(price)),
    ];
    Instruction {
        references: vec![licence],
        ..at_market(town, key, buyer, "Buy", &given)
    }
}

#[test]
fn a_licensed_trader_pays_for_a_stall_in_the_towns_coins() {
    let mut town = Town::new();
    town.endow();
    let licence = licensed(&mut town, ALICE, "stalls");
    let held = town.facts(ALICE).len();
    let first = buy(&town, "stall", 7, 5, licence);
    town.instruct(&first);
    town.deliver_all();
    assert_eq!(town.state(ALICE, "stall"), "done");
    assert_eq!(town.holds(ALICE), (7, 0));
    assert!(town.facts(ALICE).contains(&licence), "it is only read");
    assert!(town.facts(ALICE).len() > held, "the stall is hers");
    // What is read can be read again.
    let second = buy(&town, "second stall", 8, 2, licence);
    town.instruct(&second);
    town.deliver_all();
    assert_eq!(
        (town.state(ALICE, "second stall"), town.holds(ALICE)),
        ("done".to_owned(), (5, 0))
    );
    town.assert_settled();
}

/// Alice gives one of her stalls up for the stall of this number.
fn exchange(town: &Town, key: &str, stall: FactRef, number: i64) -> Instruction {
    let given = [("number", Value::Int(number))];
    Instruction {
        consumes: vec![stall],
        ..at_market(town, key, ALICE, "Exchange", &given)
    }
}

#[test]
fn a_fact_that_is_given_up_does_not_pass_for_the_key_of_another() {
    let mut town = Town::new();
    town.endow();
    let licence = licensed(&mut town, ALICE, "stalls");
    let mut stalls = Vec::new();
    for number in [7, 8] {
        let before = town.facts(ALICE);
        let bought = buy(&town, &format!("stall {number}"), number, 1, licence);
        town.instruct(&bought);
        town.deliver_all();
        // Change comes beside the stall, which stands in the first view.
        let mut new = town.facts(ALICE).into_iter();
        stalls.push(new.find(|at| at.view == 0 && !before.contains(at)));
    }
    let stall = stalls[0].expect("stall 7");
    let cases = [
        ("for 8", 8, "one_per_business_key"),
        ("for 7 itself", 7, "done"),
    ];
    for (key, number, state) in cases {
        let asked = exchange(&town, key, stall, number);
        town.instruct(&asked);
        town.deliver_all();
        assert_eq!(town.state(ALICE, key), state);
    }
    let again = town.facts(ALICE).into_iter();
    let mut again = again.filter(|at| at.view == 0 && *at != licence && Some(*at) != stalls[1]);
    let seven = again.next_back().expect("stall 7");
    let asked = exchange(&town, "for 9", seven, 9);
    town.instruct(&asked);
    town.deliver_all();
    assert_eq!(town.state(ALICE, "for 9"), "done");
    town.assert_settled();
}

#[test]
fn whom_a_contract_lets_see_a_fact_is_told_though_only_others_sign() {
    let mut town = Town::new();
    let given = [("trader", who(ALICE)), ("reason", text("noise"))];
    let warning = at_market(&town, "warning", BANK, "Warn", &given);
    town.instruct(&warning);
    town.deliver_all();
    assert_eq!(town.state(BANK, "warning"), "done");
    let keeps = |name: &str| !town.disks[name].pairs(Table::Transactions).is_empty();
    assert_eq!([BANK, ALICE, BOB].map(keeps), [true, true, false]);
    town.assert_settled();
}

#[test]
fn what_is_not_hers_not_a_licence_or_no_longer_current_is_refused() {
    let mut town = Town::new();
    town.endow();
    let bobs = licensed(&mut town, BOB, "stalls");
    let begging = licensed(&mut town, ALICE, "begging");
    let stalls = licensed(&mut town, ALICE, "stalls");
    let coin = town.facts(ALICE);
    let coin = coin.into_iter().find(|at| ![begging, stalls].contains(at));
    let until = [("until", Value::Int(2031))];
    let renew = Instruction {
        consumes: vec![stalls],
        ..town.instruction("renewal", ALICE, "Renew", &until)
    };
    town.instruct(&renew);
    town.deliver_all();
    assert_eq!(town.state(ALICE, "renewal"), "done");
    let cases = [
        ("Bob's", bobs, "fact_not_held"),
        ("for begging", begging, "the_licence_is_for_stalls"),
        ("a coin", coin.expect("a coin"), "facts_fit_the_action"),
        ("renewed since", stalls, "fact_not_held"),
    ];
    for (what, licence, code) in cases {
        town.forget_log();
        let instruction = buy(&town, what, 9, 5, licence);
        town.instruct(&instruction);
        town.deliver_all();
        let refused = format!("ALICE: {what} is refused, {code}: ");
        assert!(
            town.log.iter().any(|line| line.starts_with(&refused)),
            "{what}: {:?}",
            town.log
        );
    }
    assert_eq!(town.holds(ALICE), (12, 0));
    town.assert_settled();
}
