//! Contracts that use others: nobody's one payment buys two things, and old facts stay readable.

use deed::{Allocated, Call, Contract, Due, FactValue, Given, MoneyMove, Value};
use jiff::civil::date;

use crate::fixtures::{CASH, cash, cash_contract, gbp, load, party};

const CASH_HASH: &str = "00000000000000000000000000000000000000000000000000000000000000ca";

fn sale(of: &str) -> Contract {
    let source = format!(
        "contract {of}_sale version 1\n  \"One {of} is sold.\"\nuses cash sha256 \"{CASH_HASH}\"\naction Sell\n  buyer: party\n  \
         seller: party\n  bank: party\n  price: money GBP\n  signed by buyer, seller\n  \
         buyer pays seller price in cash.Cash with issuer = bank\n"
    );
    let given = [Given {
        sha256: CASH_HASH,
        contract: cash_contract(),
    }];
    Contract::load_with(&source, &given).unwrap_or_else(|e| panic!("{e}"))
}

/// What the sale makes due, in the terms of the cash contract.
fn due(of: &str) -> Vec<Due> {
    let contract = sale(of);
    let args = [
        party("ann"),
        party("ben"),
        party("GB-BOE"),
        gbp("£1,800,000"),
    ];
    let call = Call {
        action: 0,
        args: &args,
        effective: date(2026, 6, 24),
        consumed: &[],
        referenced: &[],
    };
    let outcome = contract.apply(&call).unwrap();
    let dues = contract.dues_in(CASH_HASH, &outcome.dues);
    assert_eq!(contract.dues_in("another", &outcome.dues), []);
    dues
}

fn settled(dues: &[Due], created: &[(FactValue, Option<usize>)], consumed: &[FactValue]) -> String {
    let created: Vec<Allocated<'_>> = created
        .iter()
        .map(|(fact, due)| Allocated { fact, due: *due })
        .collect();
    let view = MoneyMove {
        money: 0,
        dues,
        consumed,
        created: &created,
    };
    match cash_contract().settle(&view) {
        Ok(_) => "settled".to_owned(),
        Err(refusal) => refusal.rule,
    }
}

#[test]
fn one_payment_does_not_buy_a_house_and_a_boat() {
    let dues: Vec<Due> = due("house").into_iter().chain(due("boat")).collect();
    let pay = |amount: &str, due| (cash("ben", amount), Some(due));
    let held = [cash("ann", "£3,600,000")];
    let half = [cash("ann", "£1,800,000")];
    let cases = [
        (
            vec![pay("£1,800,000", 0), pay("£1,800,000", 1)],
            &held,
            "settled",
        ),
        (
            vec![pay("£1,800,000", 0)],
            &half,
            "due_discharged_exactly_once",
        ),
        (
            vec![pay("£1,800,000", 1)],
            &half,
            "due_discharged_exactly_once",
        ),
        (vec![pay("£3,600,000", 0)], &held, "due_paid_in_full"),
        (
            vec![pay("£1,800,000", 0), pay("£1,800,000", 0)],
            &held,
            "due_discharged_exactly_once",
        ),
        (
            vec![pay("£1,800,000", 0), pay("£1,800,000", 1)],
            &half,
            "money_is_conserved",
        ),
        (
            vec![pay("£900,000", 0), pay("£2,700,000", 1)],
            &held,
            "due_paid_in_full",
        ),
        (
            vec![pay("£1,800,000", 0), pay("£1,800,000", 2)],
            &held,
            "money_is_not_forged",
        ),
        (
            vec![pay("£1,800,000", 0), (cash("ann", "£1,800,000"), None)],
            &held,
            "due_discharged_exactly_once",
        ),
        (
            vec![pay("£1,800,000", 0), (cash("cat", "£1,800,000"), Some(1))],
            &held,
            "due_reaches_its_payee",
        ),
    ];
    for (created, consumed, expected) in cases {
        assert_eq!(settled(&dues, &created, consumed), expected, "{created:?}");
    }
}

#[test]
fn a_fact_of_an_old_version_reads_with_new_fields_absent() {
    let old = load(
        "contract licences version 1\n  \"L.\"\nfact Licence\n  holder: party\n  trade: text\n  controlled by holder\n",
    );
    let hash = "0".repeat(64);
    let source = format!(
        "contract licences version 2\n  \"L.\"\nreplaces licences version 1 sha256 \"{hash}\"\nfact Fee\n  paid: bool\n  \
         controlled by nobody\nfact Licence\n  until: date or none\n  holder: party\n  trade: text or none\n  controlled by holder\n"
    );
    let given = [Given {
        sha256: &hash,
        contract: &old,
    }];
    let new = Contract::load_with(&source, &given).unwrap_or_else(|e| panic!("{e}"));
    let fact = |kind, fields| FactValue { kind, fields };
    let before = fact(0, vec![party("ann"), Value::text("baker")]);
    let after = fact(1, vec![Value::Absent, party("ann"), Value::text("baker")]);
    assert_eq!(new.read_old(&old, &before), Ok(after));
    let misfit = fact(0, vec![party("ann")]);
    let refused = new.read_old(&old, &misfit).map_err(|r| r.rule);
    assert_eq!(refused, Err("fact_fits_its_kind".to_owned()));
    let stranger = load(CASH);
    let money = cash("ann", "£1");
    let refused = new.read_old(&stranger, &money).map_err(|r| r.rule);
    assert_eq!(refused, Err("fact_fits_its_kind".to_owned()));
}
