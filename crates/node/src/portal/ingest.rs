//! What the ledger's side hands over, and how it becomes a row of the index.
//!
//! The facts are verified before they come here. The portal's own question is only whether a fact
//! says what the service description expects; one that doesn't is set aside, counted and shown as
//! such, and keeps its proof: it never blocks a batch and never disappears.

use std::collections::BTreeMap;

use super::description::{Description, FlowRole, Treatment};
use super::limits::AMOUNT_MINOR_MAX;

/// One verified disclosure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedFact {
    /// `<transaction id in hex>-<view>-<output>`: the fact's address, unique.
    pub id: String,
    /// Transaction id in hex.
    pub transaction: String,
    /// Name of the contract.
    pub contract: String,
    /// Name of the kind of fact.
    pub kind: String,
    /// Place of the transaction's batch in the log.
    pub log_index: u64,
    /// Agreed time, Unix milliseconds.
    pub notarised_at: i64,
    /// Published fields by name.
    pub fields: BTreeMap<String, PublishedValue>,
    /// Who vouches for it: party id and name.
    pub attested_by: Vec<(String, String)>,
    /// Proof bundle, as `pvn verify` reads it; empty for what its holder alone can show.
    pub proof: Vec<u8>,
}

/// The value of a published field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublishedValue {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// An amount in the currency's smallest unit.
    Money {
        /// ISO 4217 code.
        currency: String,
        /// Amount in the smallest unit.
        minor: i64,
    },
    /// `2026-11-20`.
    Date(String),
    /// A party with its name in the network map.
    Party {
        /// Party id.
        id: String,
        /// Name in the network map.
        name: String,
    },
    /// One of a field's choices.
    Choice(String),
    /// Yes or no.
    Bool(bool),
    /// An optional field without a value.
    Absent,
}

/// Why a fact was set aside.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetAside {
    /// The description expects a field that the fact doesn't publish, or another type of value.
    #[error("field `{field}` should be {expected}")]
    Field {
        /// Name of the field.
        field: String,
        /// Type that was expected.
        expected: &'static str,
    },
    /// Money of another currency can't be added up.
    #[error("amount is in {0}")]
    Currency(String),
    /// No published amount is as large; adding such up would end in an overflow.
    #[error("amount is out of range")]
    Amount,
    /// A choice that the description gives no meaning to.
    #[error("choice `{choice}` of field `{field}` has no meaning here")]
    Choice {
        /// Name of the field.
        field: String,
        /// The fact's choice.
        choice: String,
    },
}

/// A fact as the index keeps it.
pub(crate) enum Entry {
    Flow(FlowEntry),
    Payment(PaymentEntry),
    /// A kind that the description doesn't mention: kept for its proof.
    Other,
}

pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) name: String,
}

pub(crate) struct FlowEntry {
    pub(crate) step: String,
    pub(crate) giver: Named,
    pub(crate) receiver: Named,
    pub(crate) amount: i64,
    pub(crate) year: i64,
    pub(crate) purpose: String,
    pub(crate) source: String,
    pub(crate) line: i64,
    pub(crate) role: FlowRole,
}

pub(crate) struct PaymentEntry {
    pub(crate) payer: Named,
    pub(crate) payee: String,
    pub(crate) member: Option<Named>,
    /// Below zero for a refund, however the fact writes it.
    pub(crate) amount: i64,
    pub(crate) published: String,
    pub(crate) purpose: String,
    pub(crate) function: String,
    pub(crate) line: String,
    pub(crate) treatment: Treatment,
    pub(crate) source: String,
    pub(crate) period: String,
    pub(crate) ordinal: i64,
    pub(crate) reference: String,
    pub(crate) year: i64,
}

/// Reads a fact under the description.
pub(crate) fn entry(description: &Description, fact: &PublishedFact) -> Result<Entry, SetAside> {
    let fields = Fields {
        fields: &fact.fields,
        currency: &description.currency.code,
    };
    if fact.kind == description.flow.kind {
        flow(description, &fields).map(Entry::Flow)
    } else if fact.kind == description.payment.kind {
        payment(description, &fields).map(Entry::Payment)
    } else {
        Ok(Entry::Other)
    }
}

fn flow(description: &Description, fields: &Fields<'_>) -> Result<FlowEntry, SetAside> {
    let meaning = &description.flow;
    let step = fields.choice(&meaning.step)?;
    let role = meaning
        .steps
        .get(&step)
        .ok_or_else(|| unknown(&meaning.step, &step))?
        .role;
    Ok(FlowEntry {
        step,
        giver: fields.party(&meaning.giver)?,
        receiver: fields.party(&meaning.receiver)?,
        amount: fields.money(&meaning.amount)?,
        year: fields.int(&meaning.year)?,
        purpose: fields.text(&meaning.purpose)?,
        source: fields.text(&meaning.source)?,
        line: fields.int(&meaning.line)?,
        role,
    })
}

fn payment(description: &Description, fields: &Fields<'_>) -> Result<PaymentEntry, SetAside> {
    let meaning = &description.payment;
    let choice = fields.choice(&meaning.treatment)?;
    let treatment = meaning
        .treatments
        .get(&choice)
        .ok_or_else(|| unknown(&meaning.treatment, &choice))?
        .role;
    let line = fields.choice(&meaning.line)?;
    description
        .line(&line)
        .ok_or_else(|| unknown(&meaning.line, &line))?;
    let amount = fields.money(&meaning.amount)?;
    let function = fields.text(&meaning.function)?;
    let classified = !meaning.unclassified_functions.contains(&function);
    Ok(PaymentEntry {
        payer: fields.party(&meaning.payer)?,
        payee: fields.text(&meaning.payee)?,
        member: fields.party_or_none(&meaning.member)?,
        amount: if treatment == Treatment::Refund {
            -amount.abs()
        } else {
            amount
        },
        published: fields.date(&meaning.published)?,
        purpose: fields.text(&meaning.purpose)?,
        function: if classified { function } else { String::new() },
        line,
        treatment,
        source: fields.text(&meaning.source)?,
        period: fields.text(&meaning.period)?,
        ordinal: fields.int(&meaning.ordinal)?,
        reference: fields.text(&meaning.reference)?,
        year: fields.int(&meaning.year)?,
    })
}

fn unknown(field: &str, choice: &str) -> SetAside {
    SetAside::Choice {
        field: field.to_owned(),
        choice: choice.to_owned(),
    }
}

/// The published fields, each asked for by the type that it must have.
struct Fields<'a> {
    fields: &'a BTreeMap<String, PublishedValue>,
    currency: &'a str,
}

impl Fields<'_> {
    fn get<T>(
        &self,
        field: &str,
        expected: &'static str,
        read: impl FnOnce(&PublishedValue) -> Option<T>,
    ) -> Result<T, SetAside> {
        let value = self.fields.get(field).and_then(read);
        value.ok_or_else(|| SetAside::Field {
            field: field.to_owned(),
            expected,
        })
    }

    fn text(&self, field: &str) -> Result<String, SetAside> {
        self.get(field, "text", |value| match value {
            PublishedValue::Text(text) => Some(text.clone()),
            PublishedValue::Absent => Some(String::new()),
            _ => None,
        })
    }

    fn int(&self, field: &str) -> Result<i64, SetAside> {
        self.get(field, "a whole number", |value| match value {
            PublishedValue::Int(int) => Some(*int),
            _ => None,
        })
    }

    fn date(&self, field: &str) -> Result<String, SetAside> {
        self.get(field, "a date", |value| match value {
            PublishedValue::Date(date) => Some(date.clone()),
            _ => None,
        })
    }

    fn choice(&self, field: &str) -> Result<String, SetAside> {
        self.get(field, "a choice", |value| match value {
            PublishedValue::Choice(choice) => Some(choice.clone()),
            _ => None,
        })
    }

    fn party(&self, field: &str) -> Result<Named, SetAside> {
        self.party_or_none(field)?.ok_or_else(|| SetAside::Field {
            field: field.to_owned(),
            expected: "a party",
        })
    }

    fn party_or_none(&self, field: &str) -> Result<Option<Named>, SetAside> {
        self.get(field, "a party", |value| match value {
            PublishedValue::Party { id, name } => Some(Some(Named {
                id: id.clone(),
                name: name.clone(),
            })),
            PublishedValue::Absent => Some(None),
            _ => None,
        })
    }

    fn money(&self, field: &str) -> Result<i64, SetAside> {
        let (currency, minor) = self.get(field, "an amount", |value| match value {
            PublishedValue::Money { currency, minor } => Some((currency.clone(), *minor)),
            _ => None,
        })?;
        match (currency == self.currency, minor.checked_abs()) {
            (false, _) => Err(SetAside::Currency(currency)),
            (true, Some(size)) if size <= AMOUNT_MINOR_MAX => Ok(minor),
            (true, _) => Err(SetAside::Amount),
        }
    }
}
