//! What a view means once its contract has been applied, and who sees what of it.

use std::collections::{BTreeMap, BTreeSet};

use deed::{
    Allocated, BuiltInRule, Call, Contract, FactRoles, FactValue, MoneyMove, Party, Refusal, Value,
};

use crate::business_key::{Taken, taken};
use crate::digest::{Lineage, Token};
use crate::fact::{DueRef, Fact};
use crate::tearoff::Audience;
use crate::token::token;
use crate::transaction::Transaction;
use crate::trust::ContractBook;
use crate::view::{Command, Input, View};

use super::origin::{Owed, as_read};
use super::refusal::Invalid;
use super::standing::Standing;

/// What a view means once its contract has been applied.
#[derive(Debug, Clone)]
pub struct Meaning {
    /// Who must sign.
    pub signers: Vec<Party>,
    /// What is owed, each in the terms of the contract whose money it is.
    pub dues: Vec<Owed>,
    /// Parts that parties have in the created facts, by output.
    pub created: Vec<FactRoles>,
    /// Parts that parties have in the consumed facts.
    pub consumed: Vec<FactRoles>,
    /// The business keys that it takes.
    pub taken: Vec<Taken>,
    /// Whether it moves money: then `seen by` opens single facts, not the view with everybody else's money and change.
    pub moves_money: bool,
}

impl Meaning {
    fn roles(&self) -> impl Iterator<Item = &FactRoles> {
        self.created.iter().chain(&self.consumed)
    }

    /// Observers of the view, in order of identifier. Whoever signs or attests sees it anyway.
    #[must_use]
    pub fn observers(&self) -> BTreeSet<Party> {
        self.roles()
            .flat_map(|r| &r.observed_by)
            .filter(|p| !self.insiders().contains(*p))
            .cloned()
            .collect()
    }

    /// Parties that the contract names as observers and that have a part in the view besides.
    #[must_use]
    pub fn observers_inside(&self) -> BTreeSet<Party> {
        let insiders = self.insiders();
        let observers = self.roles().flat_map(|r| &r.observed_by);
        observers
            .filter(|p| insiders.contains(*p))
            .cloned()
            .collect()
    }

    /// Those who see the view whole because they have a part in it.
    #[must_use]
    pub fn insiders(&self) -> BTreeSet<Party> {
        let seen_by = |r: &FactRoles| if self.moves_money { 0 } else { r.seen_by.len() };
        let parts = self
            .roles()
            .flat_map(|r| r.attestors.iter().chain(&r.seen_by[..seen_by(r)]));
        self.signers.iter().chain(parts).cloned().collect()
    }

    /// Those who see the created fact at `output` whole, if not the view: who uses it, may see it, or shows it.
    #[must_use]
    pub fn owners(&self, output: usize) -> BTreeSet<Party> {
        let roles = self.created.get(output);
        let parts = roles.map(|r| r.controllers.iter().chain(&r.seen_by).chain(&r.shown_by));
        parts.into_iter().flatten().cloned().collect()
    }
}

fn values(fact: &Fact) -> (u16, &[Value]) {
    (fact.kind, &fact.fields)
}

/// The fact as its contract sees it.
#[must_use]
pub fn fact_value(fact: &Fact) -> FactValue {
    FactValue {
        kind: fact.kind,
        fields: fact.fields.clone(),
    }
}

/// The token of an input whose home is `notary`.
#[must_use]
pub fn input_token(input: &Input, notary: &Lineage) -> Token {
    token(
        &input.fact.control.hash(),
        &input.fact.token_key().rho(notary, &input.at),
    )
}

pub(super) fn contract_of<'a>(
    book: &'a ContractBook,
    view: &View,
) -> Result<&'a Contract, Invalid> {
    let contract = book
        .get(&view.contract)
        .ok_or(Invalid::UnknownContract(view.contract.0))?;
    let foreign = |fact: &Fact| fact.contract != view.contract;
    let not_computed = |what| Invalid::NotComputed {
        ordinal: view.ordinal,
        what,
    };
    if view.consumed.iter().any(|input| foreign(&input.fact)) {
        return Err(not_computed("a fact of another contract"));
    }
    if view.created.iter().any(foreign) {
        return Err(not_computed("a created fact of another contract"));
    }
    Ok(contract)
}

pub(super) fn roles_of<'a>(
    contract: &Contract,
    facts: impl Iterator<Item = &'a Fact>,
) -> Result<Vec<FactRoles>, Refusal> {
    facts
        .map(|fact| contract.roles_of(&fact_value(fact)))
        .collect()
}

/// Applies an action's contract to its view.
pub(super) fn action_meaning(
    view: &View,
    contract: &Contract,
    effective: jiff::civil::Date,
) -> Result<Meaning, Invalid> {
    let Command::Action(action, args) = &view.command else {
        return Err(Invalid::NotComputed {
            ordinal: view.ordinal,
            what: "the command",
        });
    };
    let consumed: Vec<FactValue> = view.consumed.iter().map(|i| fact_value(&i.fact)).collect();
    let read = |input: &Input| as_read(&view.contract, contract, &input.fact);
    let referenced: Option<Vec<FactValue>> = view.referenced.iter().map(read).collect();
    let outcome = contract.apply(&Call {
        action: *action,
        args,
        effective,
        consumed: &consumed,
        referenced: &referenced.ok_or(Invalid::NotComputed {
            ordinal: view.ordinal,
            what: "a fact of a contract that is not used",
        })?,
    })?;
    let same = outcome.created.len() == view.created.len()
        && outcome
            .created
            .iter()
            .zip(&view.created)
            .all(|(value, fact)| {
                value.kind == fact.kind && value.fields == fact.fields && fact.due.is_none()
            });
    if !same {
        return Err(Invalid::NotComputed {
            ordinal: view.ordinal,
            what: "a created fact",
        });
    }
    let owed = |due| Owed::of(&view.contract, contract, due);
    let dues: Option<Vec<Owed>> = outcome.dues.into_iter().map(owed).collect();
    Ok(Meaning {
        signers: outcome.signers,
        dues: dues.ok_or(Invalid::NotComputed {
            ordinal: view.ordinal,
            what: "a due",
        })?,
        created: roles_of(contract, view.created.iter())?,
        consumed: roles_of(contract, view.consumed.iter().map(|i| &i.fact))?,
        taken: taken(
            contract,
            view.consumed.iter().map(|i| values(&i.fact)),
            view.created.iter().map(values),
        ),
        moves_money: false,
    })
}

/// Dues that are seen, by reference.
pub(super) type SeenDues = BTreeMap<DueRef, Owed>;

/// Applies the built-in rules of money to a money view.
pub(super) fn money_meaning(
    view: &View,
    contract: &Contract,
    seen: &SeenDues,
) -> Result<Meaning, Invalid> {
    let Command::Move(money) = view.command else {
        return Err(Invalid::NotComputed {
            ordinal: view.ordinal,
            what: "the command",
        });
    };
    let consumed: Vec<FactValue> = view.consumed.iter().map(|i| fact_value(&i.fact)).collect();
    let created: Vec<FactValue> = view.created.iter().map(fact_value).collect();
    let refs: Vec<DueRef> = seen
        .iter()
        .filter(|(_, owed)| owed.contract == view.contract && owed.due.money == money)
        .map(|(at, _)| *at)
        .collect();
    let dues: Vec<deed::Due> = refs.iter().map(|at| seen[at].due.clone()).collect();
    let mut allocated = Vec::with_capacity(created.len());
    for (fact, value) in view.created.iter().zip(&created) {
        let due = match fact.due {
            None => None,
            Some(at) => Some(
                refs.binary_search(&at)
                    .map_err(|_| Invalid::DueNotDischarged { due: at, times: 0 })?,
            ),
        };
        allocated.push(Allocated { fact: value, due });
    }
    let settled = contract.settle(&MoneyMove {
        money,
        dues: &dues,
        consumed: &consumed,
        created: &allocated,
    })?;
    Ok(Meaning {
        signers: settled.payer.into_iter().collect(),
        dues: Vec::new(),
        created: roles_of(contract, view.created.iter())?,
        consumed: roles_of(contract, view.consumed.iter().map(|i| &i.fact))?,
        taken: Vec::new(),
        moves_money: true,
    })
}

/// An observer that sees the money but not the dues still checks that nothing appears or disappears; what each amount
/// was for, it takes from the attestor's signature.
pub(super) fn observed_money(view: &View, contract: &Contract) -> Result<Meaning, Invalid> {
    let total = |facts: &mut dyn Iterator<Item = &Fact>| -> i128 {
        facts
            .filter_map(|fact| {
                let shape = contract.kinds().get(usize::from(fact.kind))?.money?;
                match fact.fields.get(usize::from(shape.amount)) {
                    Some(deed::Value::Money(money)) => Some(i128::from(money.minor)),
                    _ => None,
                }
            })
            .sum()
    };
    let consumed = total(&mut view.consumed.iter().map(|i| &i.fact));
    let created = total(&mut view.created.iter());
    let issued = view.consumed.is_empty() && view.created.iter().all(|fact| fact.due.is_some());
    if consumed != created && !issued {
        return Err(Refusal {
            rule: BuiltInRule::MoneyIsConserved.code().to_owned(),
            message: format!("{consumed} minor units go in and {created} come out"),
            law: None,
        }
        .into());
    }
    Ok(Meaning {
        signers: Vec::new(),
        dues: Vec::new(),
        created: roles_of(contract, view.created.iter())?,
        consumed: roles_of(contract, view.consumed.iter().map(|i| &i.fact))?,
        taken: Vec::new(),
        moves_money: true,
    })
}

/// The meaning of every whole view, in order; `None` for those that aren't seen whole.
pub(super) fn meanings(
    views: &[Option<&View>],
    book: &ContractBook,
    effective: jiff::civil::Date,
    standing: Standing,
) -> Result<Vec<Option<Meaning>>, Invalid> {
    let mut meanings: Vec<Option<Meaning>> = vec![None; views.len()];
    for (slot, view) in meanings.iter_mut().zip(views) {
        if let Some(view) = view.filter(|v| matches!(v.command, Command::Action(..))) {
            *slot = Some(action_meaning(view, contract_of(book, view)?, effective)?);
        }
    }
    let seen: SeenDues = views
        .iter()
        .zip(&meanings)
        .filter_map(|(view, meaning)| Some((view.as_ref()?.ordinal, meaning.as_ref()?)))
        .flat_map(|(view, meaning)| {
            let dues = (0u32..).zip(&meaning.dues);
            dues.map(move |(position, owed)| (DueRef { view, position }, owed.clone()))
        })
        .collect();
    let mut moved = BTreeSet::new();
    for (slot, view) in meanings.iter_mut().zip(views) {
        let Some(view) = view else { continue };
        let Command::Move(money) = view.command else {
            continue;
        };
        if !moved.insert((view.contract, money)) {
            return Err(Invalid::NotComputed {
                ordinal: view.ordinal,
                what: "a second view of the same money",
            });
        }
        let contract = contract_of(book, view)?;
        let hidden = |fact: &Fact| {
            fact.due
                .is_some_and(|due| views.get(due.view as usize).is_some_and(Option::is_none))
        };
        *slot = Some(
            if standing == Standing::Observer && view.created.iter().any(hidden) {
                observed_money(view, contract)?
            } else {
                money_meaning(view, contract, &seen)?
            },
        );
    }
    Ok(meanings)
}

/// Who sees what of a transaction, as its drafter knows it.
///
/// # Errors
/// [`Invalid`] if the transaction isn't valid.
pub fn audiences(transaction: &Transaction, book: &ContractBook) -> Result<Vec<Audience>, Invalid> {
    let views: Vec<Option<&View>> = transaction.views.iter().map(Some).collect();
    let meanings = meanings(
        &views,
        book,
        transaction.header.terms.effective,
        Standing::Party,
    )?;
    Ok(transaction
        .views
        .iter()
        .zip(&meanings)
        .map(|(view, meaning)| {
            let Some(meaning) = meaning else {
                return Audience::default();
            };
            let output = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
            let owners = (0..meaning.created.len())
                .map(|i| (output(i), meaning.owners(i)))
                .collect();
            let creditors = view
                .created
                .iter()
                .enumerate()
                .filter_map(|(i, fact)| {
                    let stating = meanings.get(fact.due?.view as usize)?.as_ref()?;
                    Some((output(i), stating.insiders()))
                })
                .collect();
            Audience {
                whole: meaning.insiders(),
                observers: meaning.observers(),
                owners,
                creditors,
            }
        })
        .collect())
}
