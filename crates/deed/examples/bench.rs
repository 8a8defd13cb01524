//! Times the contract engine: microseconds for each accepted transaction, inputs built beforehand.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock, and contracts from files"
)]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use deed::{Allocated, Call, Contract, FactValue, Money, MoneyMove, Party, Value};

const ROUNDS: u32 = 200_000;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/deed/examples");
    let cash = Contract::load(&std::fs::read_to_string(format!("{folder}/cash.deed"))?)?;
    let bank = Value::Party(Party::new("GB-BOE")?);
    let (alice, bob) = (Party::new("alice")?, Party::new("bob")?);
    let move_args = [
        Value::Party(alice.clone()),
        Value::Party(bob),
        Value::Money(Money::gbp(1250)),
        bank.clone(),
    ];
    let purse = FactValue {
        kind: 0,
        fields: vec![
            Value::Money(Money::gbp(10_000)),
            bank,
            Value::Party(alice.clone()),
        ],
    };
    time("cash move", &cash, "Move", &move_args, &[purse])?;

    let services = concat!(env!("CARGO_MANIFEST_DIR"), "/../../services/public-money");
    let source = std::fs::read_dir(services)?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .find(|path| path.extension().is_some_and(|e| e == "deed"))
        .ok_or("no contract in services/public-money")?;
    let public_money = Contract::load(&std::fs::read_to_string(source)?)?;
    let row = [
        ("payer", "alice"),
        ("payee", "A & V TRANSITIONAL HOMES"),
        ("amount", "5400.00"),
        ("published", "2020-06-24"),
        ("purpose", "Sheltered Accommodation"),
        ("function", "10.2"),
        ("service_line", "front_line"),
        ("source", "council spending"),
        ("period", "2020-06"),
        ("ordinal", "1"),
        ("reference", "2006-00001"),
        ("year", "2026"),
    ];
    let given = row
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let spend = public_money.action("Spend").ok_or("no action Spend")?;
    let args = public_money.parse_args(spend, &given)?;
    let purse = FactValue {
        kind: public_money.kind("Pound").ok_or("no kind Pound")?,
        fields: vec![
            Value::Money(Money::gbp(10_000_000)),
            Value::Party(alice),
            Value::Int(2026),
            Value::choice("held"),
        ],
    };
    time("payment", &public_money, "Spend", &args, &[purse])
}

/// Prints the mean time of checking one transaction (apply and settle), and of drafting its money.
fn time(
    what: &str,
    contract: &Contract,
    action: &str,
    args: &[Value],
    held: &[FactValue],
) -> Result<(), Box<dyn Error>> {
    let call = Call {
        action: contract.action(action).ok_or("no such action")?,
        args,
        effective: jiff::civil::date(2026, 6, 24),
        consumed: &[],
        referenced: &[],
    };
    let outcome = contract.apply(&call)?;
    let money = outcome.dues.first().ok_or("nothing is due")?.money;
    let draft = contract.draft_move(money, &outcome.dues, held)?;
    let consumed: Vec<FactValue> = draft.consume.iter().map(|i| held[*i].clone()).collect();
    let created: Vec<Allocated<'_>> = draft
        .create
        .iter()
        .map(|(fact, due)| Allocated { fact, due: *due })
        .collect();

    let start = Instant::now();
    for _ in 0..ROUNDS {
        let outcome = black_box(contract).apply(black_box(&call))?;
        let view = MoneyMove {
            money,
            dues: &outcome.dues,
            consumed: &consumed,
            created: &created,
        };
        black_box(contract.settle(black_box(&view))?);
    }
    let checked = start.elapsed();
    let start = Instant::now();
    for _ in 0..ROUNDS {
        black_box(contract.draft_move(money, black_box(&outcome.dues), black_box(held))?);
    }
    let drafted = start.elapsed();
    let micros = |elapsed: std::time::Duration| elapsed.as_secs_f64() * 1e6 / f64::from(ROUNDS);
    println!(
        "{what}: apply+settle {:.2} µs, draft {:.2} µs",
        micros(checked),
        micros(drafted)
    );
    Ok(())
}
