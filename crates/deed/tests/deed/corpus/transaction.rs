//! A transaction of actions of several contracts, and the money views that settle what they make due.

use std::collections::BTreeMap;

use deed::{Allocated, Call, Contract, Due, FactValue, MoneyMove, Outcome, Refusal};

use super::outcome;
use super::values::{date, fact, fields};

/// The contracts of a case: the case's own, whose hash nobody names, and those that are given.
pub(super) struct Book<'a> {
    pub(super) own: &'a Contract,
    pub(super) given: &'a BTreeMap<&'a str, Contract>,
}

impl<'a> Book<'a> {
    /// A contract by its name, or where two have one name, by its name, `@` and how its hash begins.
    fn find(&self, name: &str) -> Result<(&'a str, &'a Contract), String> {
        let (name, hash) = name.split_once('@').unwrap_or((name, ""));
        let given = self.given.iter().map(|(hash, c)| (*hash, c));
        std::iter::once(("", self.own))
            .chain(given)
            .find(|(of, c)| c.name() == name && of.starts_with(hash))
            .ok_or(format!("no contract {name}"))
    }

    /// The hash of the text that declares a contract's kind, and its number there.
    fn origin(&self, contract: &'a Contract, kind: u16) -> (&'a str, u16) {
        match &contract.kinds()[usize::from(kind)].origin {
            Some(origin) => (&origin.sha256, origin.kind),
            None => (self.hash_of(contract), kind),
        }
    }

    fn hash_of(&self, contract: &Contract) -> &'a str {
        let mut given = self.given.iter();
        let found = given.find(|(_, c)| std::ptr::eq(*c, contract));
        found.map(|(hash, _)| *hash).unwrap_or_default()
    }

    /// A fact of a text in the words of a contract: its own, or one that uses that text.
    fn read(
        &self,
        reader: &'a Contract,
        sha256: &str,
        fact: FactValue,
    ) -> Result<FactValue, Refusal> {
        let mut kinds = (0..=u16::MAX).take(reader.kinds().len());
        match kinds.find(|kind| self.origin(reader, *kind) == (sha256, fact.kind)) {
            Some(kind) => Ok(FactValue { kind, ..fact }),
            None => Err(refusal(
                "fact_fits_its_kind",
                "it is of a text that is not used",
            )),
        }
    }
}

fn refusal(rule: &str, message: &str) -> Refusal {
    Refusal {
        rule: rule.to_owned(),
        message: message.to_owned(),
        law: None,
    }
}

/// What was refused, or the format of a case.
pub(super) enum Stop {
    Refused(Refusal),
    Format(String),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Self::Format(message)
    }
}

/// A line of the text with the lines under it.
fn blocks(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut out: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("  "), out.last_mut()) {
            (Some(under), Some((_, lines))) => lines.push(under),
            _ => out.push((line, Vec::new())),
        }
    }
    out
}

/// Runs the actions, then settles each money view with all dues in its money. What follows from the actions, if nothing
/// refuses.
pub(super) fn run(book: &Book<'_>, text: &str) -> Result<String, Stop> {
    let mut dues: Vec<(&Contract, Vec<Due>)> = Vec::new();
    let mut follows = String::new();
    let blocks = blocks(text);
    for (line, under) in &blocks {
        if let Some(line) = line.strip_prefix("runs ") {
            let ran = action(book, line, under)?;
            let facts = ran.consumed.iter().chain(&ran.outcome.created);
            for fact in facts {
                ran.contract.roles_of(fact)?;
            }
            let name = line.split(' ').next().unwrap_or_default();
            outcome::of_action(
                ran.contract,
                name,
                &ran.consumed,
                &ran.outcome,
                &mut follows,
            );
            dues.push((ran.contract, ran.outcome.dues));
        }
    }
    let mut settled = Vec::new();
    for (line, under) in &blocks {
        if let Some(name) = line.strip_prefix("moves ") {
            settled.push(view(book, &dues, name, under)?);
        } else if !line.starts_with("runs ") {
            return Err(format!("not a line of a transaction: {line}").into());
        }
    }
    // Money that no view moves pays nothing.
    for (contract, owed) in &dues {
        for due in owed {
            if !settled.contains(&book.origin(contract, due.money)) {
                let message = "no view moves this money";
                return Err(refusal("due_discharged_exactly_once", message).into());
            }
        }
    }
    Ok(follows)
}

/// An action that was accepted.
struct Ran<'a> {
    contract: &'a Contract,
    consumed: Vec<FactValue>,
    outcome: Outcome,
}

/// `contract.Action on DATE with name = value, ...`, and under it `consumes FACT` and `references FACT`.
fn action<'a>(book: &Book<'a>, line: &str, under: &[&str]) -> Result<Ran<'a>, Stop> {
    let (name, rest) = line.split_once(" on ").ok_or("no date".to_owned())?;
    let (contract, name) = name.split_once('.').ok_or("no contract".to_owned())?;
    let (_, contract) = book.find(contract)?;
    let action = contract.action(name).ok_or(format!("no action {name}"))?;
    let (on, given) = rest.split_once(" with ").unwrap_or((rest, ""));
    let params = &contract.actions()[usize::from(action)].params;
    let args = fields(contract, params, given)?;
    let (mut consumed, mut referenced) = (Vec::new(), Vec::new());
    for line in under {
        let (word, text) = line.split_once(' ').unwrap_or((line, ""));
        let facts = match word {
            "consumes" => &mut consumed,
            "references" => &mut referenced,
            _ => return Err(format!("not a line of an action: {line}").into()),
        };
        let (of, text) = text.split_once('.').ok_or("no contract".to_owned())?;
        let (sha256, of) = book.find(of)?;
        facts.push(book.read(contract, sha256, fact(of, text)?)?);
    }
    let outcome = contract.apply(&Call {
        action,
        args: &args,
        effective: date(on)?,
        consumed: &consumed,
        referenced: &referenced,
    })?;
    Ok(Ran {
        contract,
        consumed,
        outcome,
    })
}

/// `contract.Kind`, and under it `consumes FACT` and `creates FACT as change` or `creates FACT for due N`.
fn view<'a>(
    book: &Book<'a>,
    dues: &[(&'a Contract, Vec<Due>)],
    name: &str,
    under: &[&str],
) -> Result<(&'a str, u16), Stop> {
    let (contract, kind) = name.split_once('.').ok_or("no contract".to_owned())?;
    let (hash, contract) = book.find(contract)?;
    let money = contract.kind(kind).ok_or(format!("no kind {kind}"))?;
    let in_money = |(of, dues): &(&'a Contract, Vec<Due>)| {
        let there = |due: &Due| Due {
            money,
            ..due.clone()
        };
        let dues = dues.iter();
        let dues = dues.filter(|due| book.origin(of, due.money) == (hash, money));
        dues.map(there).collect::<Vec<Due>>()
    };
    let owed: Vec<Due> = dues.iter().flat_map(in_money).collect();
    let (mut consumed, mut created) = (Vec::new(), Vec::new());
    for line in under {
        if let Some(text) = line.strip_prefix("consumes ") {
            consumed.push(fact(contract, text)?);
        } else if let Some(text) = line.strip_prefix("creates ") {
            let (text, due) = match text.split_once(" for due ") {
                Some((text, due)) => (text, Some(due.parse().map_err(|e| format!("{e}"))?)),
                None => (text.strip_suffix(" as change").unwrap_or(text), None),
            };
            created.push((fact(contract, text)?, due));
        } else {
            return Err(format!("not a line of a money view: {line}").into());
        }
    }
    let created: Vec<Allocated<'_>> = created
        .iter()
        .map(|(fact, due)| Allocated { fact, due: *due })
        .collect();
    contract.settle(&MoneyMove {
        money,
        dues: &owed,
        consumed: &consumed,
        created: &created,
    })?;
    Ok((hash, money))
}
