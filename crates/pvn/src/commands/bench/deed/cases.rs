//! Valid transactions to check again and again, built beforehand.

use std::error::Error;

use deed::{Contract, Due, FactValue, Money, Party, Value};
use jiff::civil::{Date, date};

/// Facts in, and out, of the large money view.
const BATCH: usize = 100;

/// One transaction: the call, and the money view that pays for it.
pub(super) struct Case {
    pub(super) action: u16,
    pub(super) args: Vec<Value>,
    pub(super) effective: Date,
    /// The facts, money apart, that the action uses up.
    pub(super) facts: Vec<FactValue>,
    pub(super) money: u16,
    pub(super) dues: Vec<Due>,
    pub(super) consumed: Vec<FactValue>,
    pub(super) created: Vec<(FactValue, Option<usize>)>,
}

fn party(id: &str) -> Result<Value, Box<dyn Error>> {
    Ok(Value::Party(Party::new(id)?))
}

fn pounds(pounds: i64) -> Value {
    Value::Money(Money {
        currency: deed::Currency::GBP,
        minor: pounds * 100,
    })
}

fn purse(kind: u16, owner: &str, amount: i64) -> Result<FactValue, Box<dyn Error>> {
    Ok(FactValue {
        kind,
        fields: vec![pounds(amount), party("GB-BOE")?, party(owner)?],
    })
}

/// Applies the call and lets the contract draft the money.
fn drafted(
    contract: &Contract,
    mut case: Case,
    held: &[FactValue],
) -> Result<Case, Box<dyn Error>> {
    case.dues = contract.apply(&case.call())?.dues;
    let draft = contract.draft_move(case.money, &case.dues, held)?;
    case.consumed = draft.consume.iter().map(|i| held[*i].clone()).collect();
    case.created = draft.create;
    Ok(case)
}

fn case(contract: &Contract, action: &str, args: Vec<Value>) -> Result<Case, Box<dyn Error>> {
    Ok(Case {
        action: contract.action(action).ok_or("no such action")?,
        args,
        effective: date(2026, 6, 24),
        facts: Vec::new(),
        money: contract.kind("Cash").ok_or("no such money")?,
        dues: Vec::new(),
        consumed: Vec::new(),
        created: Vec::new(),
    })
}

/// Ann pays Ben, and has change.
pub(super) fn cash(contract: &Contract) -> Result<Case, Box<dyn Error>> {
    let args = vec![party("ann")?, party("ben")?, pounds(12), party("GB-BOE")?];
    let case = case(contract, "Move", args)?;
    let held = [purse(case.money, "ann", 100)?];
    drafted(contract, case, &held)
}

/// Ann's house becomes Ben's; its lender lets it go; the tax is paid.
pub(super) fn land(contract: &Contract) -> Result<Case, Box<dyn Error>> {
    let lender = party("GB-lender")?;
    let args = vec![
        party("ben")?,
        pounds(295_000),
        Value::List(vec![lender.clone()]),
    ];
    let mut case = case(contract, "Transfer", args)?;
    let charge = Value::Record(vec![lender, Value::Date(date(2019, 5, 1))]);
    case.facts = vec![FactValue {
        kind: contract.kind("Title").ok_or("no such fact")?,
        fields: vec![
            Value::text("AGL1"),
            Value::text("1 High Street"),
            Value::choice("freehold"),
            Value::Int(1),
            party("ann")?,
            Value::List(vec![charge]),
        ],
    }];
    let held = [purse(case.money, "ben", 300_000)?];
    drafted(contract, case, &held)
}

/// A hundred moves that one money view pays for.
pub(super) struct Batch {
    pub(super) moves: Vec<Case>,
    /// The view, with the dues of all moves.
    pub(super) whole: Case,
}

/// Ann pays a hundred bodies at once from a hundred pieces.
pub(super) fn batch(contract: &Contract) -> Result<Batch, Box<dyn Error>> {
    let mut moves = Vec::with_capacity(BATCH);
    let mut whole = cash(contract)?;
    whole.dues.clear();
    whole.consumed.clear();
    whole.created.clear();
    for i in 0..BATCH {
        let payee = format!("GB-payee-{i}");
        let amount = 10 + i64::try_from(i)?;
        let args = vec![
            party("ann")?,
            party(&payee)?,
            pounds(amount),
            party("GB-BOE")?,
        ];
        let one = case(contract, "Move", args)?;
        let dues = contract.apply(&one.call())?.dues;
        whole
            .created
            .push((purse(whole.money, &payee, amount)?, Some(i)));
        whole.dues.extend(dues);
        moves.push(one);
        // The pieces are others than the payments, and come to the same.
        let piece = 10 + i64::try_from(BATCH - 1 - i)?;
        whole.consumed.push(purse(whole.money, "ann", piece)?);
    }
    Ok(Batch { moves, whole })
}
