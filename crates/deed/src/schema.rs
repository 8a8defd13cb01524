//! What a contract declares, for those who draft, show, store or publish facts.

mod types;

pub use types::{Field, Record, Type};

use crate::value::{Party, Value};

/// Where a party comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartyRef {
    /// A party named by the contract.
    Constant(Party),
    /// The party in this field (absent when the field is optional and empty).
    Field(u16),
    /// Every party of a list of parties in this field.
    Items(u16),
    /// The party in a field of each record of a list.
    EachItem {
        /// The list's field.
        list: u16,
        /// The field inside each record.
        field: u16,
    },
}

/// Who can use a fact up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// Nobody: the fact is never consumed.
    Nobody,
    /// One party's key.
    One(PartyRef),
    /// All of several parties' keys.
    AllOf(Vec<PartyRef>),
    /// The controller together with an attestor.
    With {
        /// The controller.
        controller: PartyRef,
        /// The attestor whose key is needed as well.
        attestor: PartyRef,
    },
}

/// Who vouches for a fact to strangers: `needed` of the parties; empty means all who sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// How many of the parties must sign.
    pub needed: u16,
    /// The parties.
    pub parties: Vec<PartyRef>,
}

/// What a fact is called where credentials are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its type (`vct` of SD-JWT VC): an https address of at most [`crate::limits::CREDENTIAL_TYPE_BYTES_MAX`] characters.
    pub vct: String,
    /// The field with its last day: a date, or a date that may be absent.
    pub until: Option<u16>,
}

/// Parties that see some fields of a fact, and no others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenInPart {
    /// The parties.
    pub parties: Vec<PartyRef>,
    /// The fields that they see, ascending.
    pub fields: Vec<u16>,
}

/// The moment from which a fact is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepFrom {
    /// Since it was created.
    Created,
    /// Since it was consumed.
    Consumed,
}

/// How long a fact is kept, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// For good.
    Forever {
        /// The legal basis.
        law: Option<String>,
    },
    /// For a number of calendar months.
    Months {
        /// Calendar months (a year is twelve).
        months: u32,
        /// From when.
        from: KeepFrom,
        /// The legal basis.
        law: Option<String>,
    },
}

/// Which fields make a kind of fact money; every other field is an attribute of the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoneyShape {
    /// The field with the amount.
    pub amount: u16,
    /// The field with the holder.
    pub holder: u16,
}

/// Where a kind of another contract comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The SHA-256 of the other contract's text, in small hexadecimal digits.
    pub sha256: String,
    /// The index of the kind there.
    pub kind: u16,
}

/// A kind of fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The name in the contract.
    pub name: String,
    /// What it is, in a sentence; may be empty.
    pub doc: String,
    /// Set when another contract declares it: only that contract's actions create and consume its facts.
    pub origin: Option<Origin>,
    /// Its fields in declared order, which is the canonical order.
    pub fields: Vec<Field>,
    /// Published fields, ascending; empty when nothing is public.
    pub public: Vec<u16>,
    /// Set when the kind is money.
    pub money: Option<MoneyShape>,
    /// Set when other contracts may say that this money is paid: only with these values of its attributes.
    pub payable: Option<Vec<(u16, Value)>>,
    /// The fields that together identify one fact; empty when there is no business key.
    pub one_per: Vec<u16>,
    /// Who can use it up.
    pub control: Control,
    /// Who vouches for it.
    pub attestation: Attestation,
    /// Who sees it whole, apart from those who sign.
    pub seen_by: Vec<PartyRef>,
    /// Who sees only some of its fields.
    pub seen_in_part: Vec<SeenInPart>,
    /// Who is shown it without any power over it.
    pub observed_by: Vec<PartyRef>,
    /// Who alone can show a proof of it: one party that is always there. Without it, whoever has a proof can.
    pub shown_by: Option<PartyRef>,
    /// As which credential its holder can take it elsewhere.
    pub credential: Option<Credential>,
    /// Whom it is about.
    pub about: Vec<PartyRef>,
    /// The ground on which data about them are kept and published.
    pub about_law: Option<String>,
    /// How long it is kept.
    pub keep: Option<Keep>,
    /// The law it rests on.
    pub law: Option<String>,
}

impl Kind {
    /// Whether somebody must vouch for its facts who does not control them. Whoever is shown such a fact alone has nothing else
    /// to go by: what it was made from stands where only others look.
    #[must_use]
    pub fn is_vouched_for(&self) -> bool {
        let controls = |party: &&PartyRef| match &self.control {
            Control::Nobody => false,
            Control::One(one) => one == *party,
            Control::AllOf(all) => all.contains(party),
            Control::With { controller, .. } => controller == *party,
        };
        let holders = self.attestation.parties.iter().filter(controls).count();
        usize::from(self.attestation.needed) > holders
    }

    /// Those who keep its business key: so many of those who vouch that any two choices of as many as must have one of them in
    /// common. The contract names them, or the key itself, so that they are the same for all facts of one key. Nobody when
    /// there is no key, or nobody who could keep it.
    #[must_use]
    pub fn keepers(&self) -> Vec<&PartyRef> {
        let attestors = &self.attestation.parties;
        let may_be_absent = attestors.len() - usize::from(self.attestation.needed);
        let enough = 2 * may_be_absent + 1;
        let same = |party: &&PartyRef| match party {
            PartyRef::Constant(_) => true,
            PartyRef::Field(i) => self.one_per.contains(i),
            PartyRef::Items(_) | PartyRef::EachItem { .. } => false,
        };
        let keepers: Vec<&PartyRef> = attestors.iter().filter(same).take(enough).collect();
        match !self.one_per.is_empty() && keepers.len() == enough {
            true => keepers,
            false => Vec::new(),
        }
    }

    /// The index of a field by name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<u16> {
        self.fields
            .iter()
            .position(|f| f.name == name)
            .and_then(|i| u16::try_from(i).ok())
    }

    /// The indices of the money's attributes (all fields but amount and holder), in order.
    pub fn attributes(&self) -> impl Iterator<Item = u16> + '_ {
        let shape = self.money;
        (0..u16::try_from(self.fields.len()).unwrap_or(u16::MAX))
            .filter(move |i| shape.is_some_and(|s| *i != s.amount && *i != s.holder))
    }
}

/// A fact that an action needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name inside the action.
    pub name: String,
    /// Index into [`crate::Contract::kinds`].
    pub kind: u16,
}

/// A named condition of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The code that refusals carry: the text in snake case.
    pub code: String,
    /// The text in the contract.
    pub text: String,
    /// The law cited beside it.
    pub law: Option<String>,
}

/// Something that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The name in the contract.
    pub name: String,
    /// What it does, in a sentence; may be empty.
    pub doc: String,
    /// The law it rests on.
    pub law: Option<String>,
    /// Its parameters in declared order.
    pub params: Vec<Field>,
    /// The facts it uses up, in declared order.
    pub consumes: Vec<Input>,
    /// The facts it reads without using them up, in declared order.
    pub references: Vec<Input>,
    /// The kinds of the facts it creates, in order.
    pub creates: Vec<u16>,
    /// The kinds of money that it moves or issues, ascending.
    pub moves: Vec<u16>,
    /// Its rules in declared order.
    pub rules: Vec<Rule>,
}
