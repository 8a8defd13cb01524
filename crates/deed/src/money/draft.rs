//! Choosing money for dues.

use crate::builtin::BuiltInRule;
use crate::limits::MONEY_INPUTS_MAX;
use crate::outcome::{DraftMove, Due, Refusal};
use crate::program::Program;
use crate::schema::{Kind, MoneyShape};
use crate::value::{FactValue, Money, Party, Value};

use super::holding::{Holding, add, describe, money_kind, payer_of};

/// What is due from money with one set of attributes.
struct Need<'a> {
    attributes: &'a [Value],
    amount: Money,
    law: Option<&'a str>,
}

/// Picks few facts for each set of attributes, pays each due with one fact, and gives change as one.
pub(crate) fn draft(
    program: &Program,
    money: u16,
    dues: &[Due],
    held: &[FactValue],
) -> Result<DraftMove, Refusal> {
    let (kind, shape) = money_kind(program, money)?;
    let payer = payer_of(money, dues)?;
    let mut consume = Vec::new();
    let mut create: Vec<(FactValue, Option<usize>)> = dues
        .iter()
        .enumerate()
        .map(|(i, due)| {
            (
                fact(money, kind, shape, due.amount, &due.payee, &due.to),
                Some(i),
            )
        })
        .collect();
    if let Some(payer) = payer {
        let mut rest = MONEY_INPUTS_MAX;
        for need in needs(dues)? {
            let purse = purse(program, money, payer, need.attributes, held);
            let picked = pick(kind, payer, &need, &purse, rest)?;
            let total = picked
                .iter()
                .try_fold(0, |sum, (_, minor)| add(sum, *minor))?;
            rest -= picked.len();
            consume.extend(picked.iter().map(|(index, _)| *index));
            let change = Money::new(need.amount.currency, total - need.amount.minor);
            if change.minor > 0 {
                create.push((
                    fact(money, kind, shape, change, payer, need.attributes),
                    None,
                ));
            }
        }
    }
    consume.sort_unstable();
    Ok(DraftMove { consume, create })
}

fn needs(dues: &[Due]) -> Result<Vec<Need<'_>>, Refusal> {
    let mut needs: Vec<Need<'_>> = Vec::new();
    for due in dues {
        let Some(attributes) = due.from.as_deref() else {
            continue;
        };
        match needs.iter_mut().find(|n| n.attributes == attributes) {
            Some(need) => need.amount.minor = add(need.amount.minor, due.amount.minor)?,
            None => needs.push(Need {
                attributes,
                amount: due.amount,
                law: due.law.as_deref(),
            }),
        }
    }
    Ok(needs)
}

/// The payer's facts with these attributes: index and minor units, the largest first.
fn purse(
    program: &Program,
    money: u16,
    payer: &Party,
    attributes: &[Value],
    held: &[FactValue],
) -> Vec<(usize, i64)> {
    let mut purse: Vec<(usize, i64)> = held
        .iter()
        .enumerate()
        .filter_map(|(i, fact)| Holding::read(program, money, fact).ok().map(|h| (i, h)))
        .filter(|(_, holding)| holding.holder == payer && holding.has(attributes))
        .map(|(i, holding)| (i, holding.amount.minor))
        .collect();
    purse.sort_by_key(|(i, minor)| (std::cmp::Reverse(*minor), *i));
    purse
}

fn pick(
    kind: &Kind,
    payer: &Party,
    need: &Need<'_>,
    purse: &[(usize, i64)],
    most: usize,
) -> Result<Vec<(usize, i64)>, Refusal> {
    if let Some(single) = purse
        .iter()
        .rev()
        .find(|(_, minor)| *minor >= need.amount.minor)
        && most > 0
    {
        return Ok(vec![*single]);
    }
    let mut total = 0;
    let mut picked = Vec::new();
    for piece in purse {
        if total >= need.amount.minor {
            break;
        }
        total = add(total, piece.1)?;
        picked.push(*piece);
    }
    if total < need.amount.minor {
        let held = Money::new(need.amount.currency, total);
        return Err(shortfall(kind, payer, need, held));
    }
    if picked.len() > most {
        let message = format!(
            "{payer} would need {} pieces of {} to pay {}, and one view consumes at most {MONEY_INPUTS_MAX}",
            picked.len(),
            kind.name,
            need.amount,
        );
        return Err(Refusal::new(BuiltInRule::MoneyInTooManyPieces, message));
    }
    Ok(picked)
}

fn shortfall(kind: &Kind, payer: &Party, need: &Need<'_>, held: Money) -> Refusal {
    let described = describe(kind, need.attributes);
    let of = if described.is_empty() {
        String::new()
    } else {
        format!(" of {} ({described})", kind.name)
    };
    let message = format!("{payer} holds {held}{of} but {} is due", need.amount);
    Refusal {
        law: need.law.map(str::to_owned),
        ..Refusal::new(BuiltInRule::PayerHoldsEnoughMoney, message)
    }
}

fn fact(
    money: u16,
    kind: &Kind,
    shape: MoneyShape,
    amount: Money,
    holder: &Party,
    attributes: &[Value],
) -> FactValue {
    let mut rest = attributes.iter();
    let fields = (0_u16..)
        .take(kind.fields.len())
        .filter_map(|i| match i {
            i if i == shape.amount => Some(Value::Money(amount)),
            i if i == shape.holder => Some(Value::Party(holder.clone())),
            _ => rest.next().cloned(),
        })
        .collect();
    FactValue {
        kind: money,
        fields,
    }
}
