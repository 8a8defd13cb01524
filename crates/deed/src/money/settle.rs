//! Checking a money view.

use crate::builtin::BuiltInRule;
use crate::limits::{MONEY_INPUTS_MAX, MONEY_OUTPUTS_MAX};
use crate::outcome::{Due, MoneyMove, Refusal, Settled};
use crate::program::Program;
use crate::schema::Kind;
use crate::value::{Money, Party, Value};

use super::holding::{Holding, add, describe, money_kind, payer_of, two_payers};

/// Nothing made, nothing lost, for each set of attributes; every due exactly once and in full.
pub(crate) fn settle(program: &Program, view: &MoneyMove<'_>) -> Result<Settled, Refusal> {
    let (kind, _) = money_kind(program, view.money)?;
    within_limits(view)?;
    let consumed = view
        .consumed
        .iter()
        .map(|fact| Holding::read(program, view.money, fact))
        .collect::<Result<Vec<_>, _>>()?;
    let payer = one_payer(view, &consumed)?;
    let mut ledger = Ledger {
        kind,
        rows: Vec::with_capacity(2),
    };
    for holding in &consumed {
        ledger
            .row(holding.attributes(), holding.amount)
            .consume(holding.amount)?;
    }
    let mut discharged = vec![false; view.dues.len()];
    for allocated in view.created {
        let holding = Holding::read(program, view.money, allocated.fact)?;
        let Some(index) = allocated.due else {
            change(kind, &mut ledger, payer, holding)?;
            continue;
        };
        let due = discharge(kind, view.dues, &mut discharged, index, holding)?;
        if let Some(from) = &due.from {
            ledger.row(from.iter(), due.amount).give(due.amount)?;
        }
    }
    if let Some(missed) = discharged.iter().position(|done| !done) {
        let due = &view.dues[missed];
        let message = format!("{} is owed {} but receives nothing", due.payee, due.amount);
        return Err(lawful(BuiltInRule::DueDischargedExactlyOnce, message, due));
    }
    ledger.balance()?;
    Ok(Settled {
        payer: payer.cloned(),
    })
}

fn within_limits(view: &MoneyMove<'_>) -> Result<(), Refusal> {
    for (what, count, most) in [
        ("consumes", view.consumed.len(), MONEY_INPUTS_MAX),
        ("creates", view.created.len(), MONEY_OUTPUTS_MAX),
        ("discharges", view.dues.len(), MONEY_OUTPUTS_MAX),
    ] {
        if count > most {
            let message = format!("a money view {what} at most {most}, not {count}");
            return Err(Refusal::new(BuiltInRule::MoneyViewWithinLimits, message));
        }
    }
    Ok(())
}

fn lawful(rule: BuiltInRule, message: String, due: &Due) -> Refusal {
    Refusal {
        law: due.law.clone(),
        ..Refusal::new(rule, message)
    }
}

/// The one who holds all that is consumed and owes all that is paid.
fn one_payer<'a>(
    view: &MoneyMove<'a>,
    consumed: &[Holding<'a>],
) -> Result<Option<&'a Party>, Refusal> {
    let mut payer = payer_of(view.money, view.dues)?;
    for holding in consumed {
        match payer {
            Some(first) if first != holding.holder => {
                return Err(two_payers(first, holding.holder));
            }
            _ => payer = Some(holding.holder),
        }
    }
    Ok(payer)
}

fn change(
    kind: &Kind,
    ledger: &mut Ledger<'_>,
    payer: Option<&Party>,
    holding: Holding<'_>,
) -> Result<(), Refusal> {
    let Some(payer) = payer else {
        let message = format!(
            "{} of {} appears from nothing and nobody issues it",
            kind.name, holding.amount
        );
        return Err(Refusal::new(BuiltInRule::MoneyIsNotForged, message));
    };
    if holding.holder != payer {
        let message = format!(
            "{} goes to {} as change, but {payer} paid",
            holding.amount, holding.holder
        );
        return Err(Refusal::new(BuiltInRule::ChangeReturnsToThePayer, message));
    }
    match ledger
        .rows
        .iter_mut()
        .find(|row| holding.attributes().eq(row.attributes.iter().copied()))
    {
        Some(row) => row.give(holding.amount),
        None => {
            let attributes: Vec<Value> = holding.attributes().cloned().collect();
            let described = describe(kind, &attributes);
            let message = format!(
                "{} ({described}) is created, but none such is consumed",
                holding.amount
            );
            Err(Refusal::new(BuiltInRule::MoneyIsNotForged, message))
        }
    }
}

/// One created fact against the one due that it names.
fn discharge<'d>(
    kind: &Kind,
    dues: &'d [Due],
    discharged: &mut [bool],
    index: usize,
    holding: Holding<'_>,
) -> Result<&'d Due, Refusal> {
    let (Some(due), Some(done)) = (dues.get(index), discharged.get_mut(index)) else {
        let message = format!(
            "{} discharges due number {index}, which there is not",
            holding.amount
        );
        return Err(Refusal::new(BuiltInRule::MoneyIsNotForged, message));
    };
    if *done {
        let message = format!(
            "two amounts discharge the one {} that {} is owed",
            due.amount, due.payee
        );
        return Err(lawful(BuiltInRule::DueDischargedExactlyOnce, message, due));
    }
    *done = true;
    if holding.holder != &due.payee {
        let message = format!(
            "{} is owed {} but {} receives it",
            due.payee, due.amount, holding.holder
        );
        return Err(lawful(BuiltInRule::DueReachesItsPayee, message, due));
    }
    if holding.amount != due.amount {
        let message = format!(
            "{} is owed {} but receives {}",
            due.payee, due.amount, holding.amount
        );
        return Err(lawful(BuiltInRule::DuePaidInFull, message, due));
    }
    if !holding.has(&due.to) {
        let attributes: Vec<Value> = holding.attributes().cloned().collect();
        let (owed, found) = (describe(kind, &due.to), describe(kind, &attributes));
        let message = format!(
            "{} is owed {} as {owed} but receives it as {found}",
            due.payee, due.amount
        );
        return Err(lawful(BuiltInRule::DuePaidInKind, message, due));
    }
    Ok(due)
}

/// What goes in and out, for each set of attributes; few sets, so a list is fastest.
struct Ledger<'a> {
    kind: &'a Kind,
    rows: Vec<Row<'a>>,
}

struct Row<'a> {
    attributes: Vec<&'a Value>,
    consumed: Money,
    given: Money,
}

impl<'a> Ledger<'a> {
    fn row(
        &mut self,
        attributes: impl Iterator<Item = &'a Value> + Clone,
        amount: Money,
    ) -> &mut Row<'a> {
        let found = self
            .rows
            .iter()
            .position(|row| attributes.clone().eq(row.attributes.iter().copied()));
        let index = found.unwrap_or_else(|| {
            let nothing = Money::new(amount.currency, 0);
            self.rows.push(Row {
                attributes: attributes.collect(),
                consumed: nothing,
                given: nothing,
            });
            self.rows.len() - 1
        });
        &mut self.rows[index]
    }

    fn balance(&self) -> Result<(), Refusal> {
        let Some(row) = self.rows.iter().find(|row| row.consumed != row.given) else {
            return Ok(());
        };
        let attributes: Vec<Value> = row.attributes.iter().copied().cloned().collect();
        let described = describe(self.kind, &attributes);
        let of = if described.is_empty() {
            String::new()
        } else {
            format!(" ({described})")
        };
        let message = format!(
            "{} of {}{of} goes in but {} comes out",
            row.consumed, self.kind.name, row.given
        );
        Err(Refusal::new(BuiltInRule::MoneyIsConserved, message))
    }
}

impl Row<'_> {
    fn consume(&mut self, amount: Money) -> Result<(), Refusal> {
        self.consumed.minor = add(self.consumed.minor, amount.minor)?;
        Ok(())
    }

    fn give(&mut self, amount: Money) -> Result<(), Refusal> {
        self.given.minor = add(self.given.minor, amount.minor)?;
        Ok(())
    }
}
