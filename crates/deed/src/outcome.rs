//! What goes into and comes out of a contract.

use jiff::civil::Date;

use crate::builtin::BuiltInRule;
use crate::value::{FactValue, Money, Party, Value};

/// One intended use of an action.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Index into [`crate::Contract::actions`].
    pub action: u16,
    /// One value for each parameter, in declared order.
    pub args: &'a [Value],
    /// The transaction's effective date, which picks rates.
    pub effective: Date,
    /// The facts used up, in the action's declared order.
    pub consumed: &'a [FactValue],
    /// The facts read, in the action's declared order.
    pub referenced: &'a [FactValue],
}

/// Everything that follows from a valid call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The facts it creates, in declared order.
    pub created: Vec<FactValue>,
    /// Who must sign, in declared order, nobody twice.
    pub signers: Vec<Party>,
    /// What is owed, in declared order; dues of nothing are left out.
    pub dues: Vec<Due>,
}

/// An amount that someone owes; exactly one created money fact discharges it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The kind of money.
    pub money: u16,
    /// Who pays (for issued money: who issues it).
    pub payer: Party,
    /// Who receives.
    pub payee: Party,
    /// How much; above zero.
    pub amount: Money,
    /// The attributes of the money given, in kind order without amount and holder; `None` when it is issued.
    pub from: Option<Vec<Value>>,
    /// The attributes of the money received, likewise.
    pub to: Vec<Value>,
    /// The law cited beside it.
    pub law: Option<String>,
}

/// A money view: what is used up, what is created, and which due each created fact discharges.
#[derive(Clone, Copy, Debug)]
pub struct MoneyMove<'a> {
    /// The kind of money.
    pub money: u16,
    /// All dues that this view discharges: every one exactly once and in full.
    pub dues: &'a [Due],
    /// The money used up.
    pub consumed: &'a [FactValue],
    /// The money created.
    pub created: &'a [Allocated<'a>],
}

/// A created money fact and the due it discharges.
#[derive(Clone, Copy, Debug)]
pub struct Allocated<'a> {
    /// The fact.
    pub fact: &'a FactValue,
    /// Index into [`MoneyMove::dues`]; `None` for change that goes back to the payer.
    pub due: Option<usize>,
}

/// A money view that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Who holds what is consumed, and signs; nobody when money is only issued.
    pub payer: Option<Party>,
}

/// Which money to use up and what to create for a list of dues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftMove {
    /// Indices into the money held, ascending.
    pub consume: Vec<usize>,
    /// The facts to create, each with the index of the due it discharges; `None` for change.
    pub create: Vec<(FactValue, Option<usize>)>,
}

/// Who has a part in a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRoles {
    /// Who can use it up; all of them together. Empty when nobody can.
    pub controllers: Vec<Party>,
    /// Who can vouch for it; empty when all signers vouch.
    pub attestors: Vec<Party>,
    /// How many of the attestors must vouch.
    pub attestors_needed: u16,
    /// Those of them who keep its business key, in the order of the text.
    pub keepers: Vec<Party>,
    /// Who sees it whole.
    pub seen_by: Vec<Party>,
    /// Who sees only some fields, with the fields, ascending; nobody who sees it whole. In the order of the text.
    pub seen_in_part: Vec<(Party, Vec<u16>)>,
    /// Who is shown it without power.
    pub observed_by: Vec<Party>,
    /// Who alone can show a proof of it; nobody when whoever has a proof can.
    pub shown_by: Option<Party>,
}

/// The answer no: which rule, with which figures, on which law.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", law.as_ref().map(|l| format!(" ({l})")).unwrap_or_default())]
pub struct Refusal {
    /// The rule's code: its text in snake case, or the name of a built-in rule.
    pub rule: String,
    /// What is wrong, with the figures.
    pub message: String,
    /// The law cited beside the rule.
    pub law: Option<String>,
}

impl Refusal {
    pub(crate) fn new(rule: BuiltInRule, message: impl Into<String>) -> Self {
        Self {
            rule: rule.code().to_owned(),
            message: message.into(),
            law: None,
        }
    }
}
