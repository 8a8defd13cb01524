//! A money fact taken apart: amount, holder and attributes.

use crate::builtin::BuiltInRule;
use crate::eval::fact_fits;
use crate::outcome::{Due, Refusal};
use crate::program::Program;
use crate::schema::{Kind, MoneyShape};
use crate::value::{FactValue, Money, Party, Value};

/// One money fact of the right kind and types.
#[derive(Clone, Copy)]
pub(super) struct Holding<'a> {
    pub(super) amount: Money,
    pub(super) holder: &'a Party,
    fields: &'a [Value],
    shape: MoneyShape,
}

impl<'a> Holding<'a> {
    pub(super) fn read(
        program: &Program,
        money: u16,
        fact: &'a FactValue,
    ) -> Result<Self, Refusal> {
        let (kind, shape) = money_kind(program, money)?;
        if fact.kind != money {
            let found = program
                .kinds
                .get(usize::from(fact.kind))
                .map_or("another contract's fact", |k| &k.name);
            let message = format!("{found} stands among {}", kind.name);
            return Err(Refusal::new(BuiltInRule::MoneyOfOneKind, message));
        }
        fact_fits(fact, &program.kinds, &program.records)?;
        let field = |i: u16| fact.fields.get(usize::from(i));
        let amount = field(shape.amount).and_then(Value::as_money);
        let holder = field(shape.holder).and_then(Value::as_party);
        match (amount, holder) {
            (Some(amount), Some(holder)) if amount.minor > 0 => Ok(Self {
                amount,
                holder,
                fields: &fact.fields,
                shape,
            }),
            (Some(amount), _) => {
                let message = format!("{} of {amount} is not an amount above zero", kind.name);
                Err(Refusal::new(BuiltInRule::MoneyIsAboveZero, message))
            }
            _ => Err(Refusal::new(
                BuiltInRule::FactFitsItsKind,
                format!("{} without amount or holder", kind.name),
            )),
        }
    }

    /// The attributes, in kind order without amount and holder.
    pub(super) fn attributes(self) -> impl Iterator<Item = &'a Value> + Clone {
        let MoneyShape { amount, holder } = self.shape;
        (0_u16..)
            .zip(self.fields)
            .filter(move |(i, _)| *i != amount && *i != holder)
            .map(|(_, v)| v)
    }

    pub(super) fn has(self, attributes: &[Value]) -> bool {
        self.attributes().eq(attributes)
    }
}

/// The kind and shape of a money; refuses kinds that are not money.
pub(super) fn money_kind(program: &Program, money: u16) -> Result<(&Kind, MoneyShape), Refusal> {
    let kind = program.kinds.get(usize::from(money));
    match kind.and_then(|k| k.money.map(|shape| (k, shape))) {
        Some(found) => Ok(found),
        None => {
            let message = format!("kind number {money} of the contract is not money");
            Err(Refusal::new(BuiltInRule::MoneyOfOneKind, message))
        }
    }
}

/// Attributes as a person reads them: `year 2026, state held`.
pub(super) fn describe(kind: &Kind, attributes: &[Value]) -> String {
    let named = kind.attributes().zip(attributes);
    let parts: Vec<String> = named
        .map(|(i, value)| format!("{} {value}", kind.fields[usize::from(i)].name))
        .collect();
    parts.join(", ")
}

/// Dues that a money view of this kind can discharge; the payer of all that consume something.
pub(super) fn payer_of(money: u16, dues: &[Due]) -> Result<Option<&Party>, Refusal> {
    let mut payer: Option<&Party> = None;
    for due in dues {
        if due.money != money {
            return Err(Refusal::new(
                BuiltInRule::MoneyOfOneKind,
                "a due is owed in another kind of money",
            ));
        }
        if due.from.is_none() {
            continue;
        }
        match payer {
            Some(first) if *first != due.payer => return Err(two_payers(first, &due.payer)),
            _ => payer = Some(&due.payer),
        }
    }
    Ok(payer)
}

pub(super) fn two_payers(first: &Party, second: &Party) -> Refusal {
    Refusal::new(
        BuiltInRule::OnePayerPerMoneyView,
        format!("{first} and {second} both pay in one view"),
    )
}

pub(super) fn add(a: i64, b: i64) -> Result<i64, Refusal> {
    a.checked_add(b).ok_or_else(|| {
        Refusal::new(
            BuiltInRule::AmountOverflow,
            "the total grows beyond 64 bits",
        )
    })
}
