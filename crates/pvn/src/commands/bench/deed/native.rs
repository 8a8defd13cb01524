//! The same rules as a programmer would write them in Rust: what the contract engine is measured against.

use std::error::Error;
use std::hint::black_box;

use deed::{FactValue, Party, Value};
use jiff::civil::Date;

use super::cases::{self, Case};

type Checked = Result<(), Box<dyn Error>>;

#[derive(Clone)]
struct Purse {
    minor: i64,
    issuer: Party,
    owner: Party,
}

struct Owed {
    payee: Party,
    issuer: Party,
    minor: i64,
}

fn minor(value: &Value) -> Result<i64, Box<dyn Error>> {
    match value {
        Value::Money(money) => Ok(money.minor),
        _ => Err("not an amount".into()),
    }
}

fn party(value: &Value) -> Result<Party, Box<dyn Error>> {
    match value {
        Value::Party(party) => Ok(party.clone()),
        _ => Err("not a party".into()),
    }
}

fn purse(fact: &FactValue) -> Result<Purse, Box<dyn Error>> {
    match fact.fields.as_slice() {
        [amount, issuer, owner] => Ok(Purse {
            minor: minor(amount)?,
            issuer: party(issuer)?,
            owner: party(owner)?,
        }),
        _ => Err("not a purse".into()),
    }
}

/// A money view: what is used up and made, with the due that each piece discharges.
struct View {
    consumed: Vec<Purse>,
    created: Vec<(Purse, Option<usize>)>,
}

impl View {
    fn of(case: &Case) -> Result<Self, Box<dyn Error>> {
        let consumed = case.consumed.iter().map(purse).collect::<Result<_, _>>()?;
        let created = case
            .created
            .iter()
            .map(|(fact, due)| Ok((purse(fact)?, *due)));
        Ok(Self {
            consumed,
            created: created.collect::<Result<_, Box<dyn Error>>>()?,
        })
    }

    /// One payer, every due once and in full, change to the payer, nothing made or lost with any issuer.
    fn settles(&self, payer: &Party, dues: &[Owed]) -> Checked {
        let mut balance: Vec<(&Party, i64)> = Vec::new();
        let mut add = |issuer, minor: i64| -> Checked {
            match balance.iter_mut().find(|(known, _)| *known == issuer) {
                Some((_, sum)) => *sum = sum.checked_add(minor).ok_or("overflow")?,
                None => balance.push((issuer, minor)),
            }
            Ok(())
        };
        for piece in &self.consumed {
            if piece.owner != *payer || piece.minor <= 0 {
                return Err("not the payer's money".into());
            }
            add(&piece.issuer, piece.minor)?;
        }
        let mut discharged = vec![false; dues.len()];
        for (piece, due) in &self.created {
            if piece.minor <= 0 {
                return Err("money of nothing".into());
            }
            match due {
                Some(i) => {
                    let due = dues.get(*i).ok_or("no such due")?;
                    let exact = piece.owner == due.payee
                        && piece.minor == due.minor
                        && piece.issuer == due.issuer;
                    if !exact || std::mem::replace(&mut discharged[*i], true) {
                        return Err("a due is not discharged as it should be".into());
                    }
                }
                None if piece.owner != *payer => return Err("change for a stranger".into()),
                None => {}
            }
            add(&piece.issuer, piece.minor.checked_neg().ok_or("overflow")?)?;
        }
        let settled = discharged.iter().all(|d| *d) && balance.iter().all(|(_, sum)| *sum == 0);
        if settled {
            Ok(())
        } else {
            Err("money is made or lost".into())
        }
    }
}

/// What somebody is told to pay.
struct Move {
    payer: Party,
    payee: Party,
    minor: i64,
    issuer: Party,
}

impl Move {
    fn of(case: &Case) -> Result<Self, Box<dyn Error>> {
        let [payer, payee, amount, issuer] = case.args.as_slice() else {
            return Err("not a cash move".into());
        };
        Ok(Self {
            payer: party(payer)?,
            payee: party(payee)?,
            minor: minor(amount)?,
            issuer: party(issuer)?,
        })
    }

    /// Who signs, and what is owed.
    fn apply(&self) -> Result<(Vec<Party>, Owed), Box<dyn Error>> {
        if self.minor <= 0 || self.payer == self.payee {
            return Err("refused".into());
        }
        let due = Owed {
            payee: self.payee.clone(),
            issuer: self.issuer.clone(),
            minor: self.minor,
        };
        Ok((vec![self.payer.clone()], due))
    }
}

/// The cash move.
pub(super) struct Cash {
    told: Move,
    view: View,
}

impl Cash {
    pub(super) fn of(case: &Case) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            told: Move::of(case)?,
            view: View::of(case)?,
        })
    }

    pub(super) fn verify(&self) -> Checked {
        let this = black_box(self);
        let (signers, due) = this.told.apply()?;
        let dues = [due];
        this.view.settles(&this.told.payer, &dues)?;
        black_box((signers, dues));
        Ok(())
    }
}

/// The hundred payments at once.
pub(super) struct Batch {
    moves: Vec<Move>,
    view: View,
}

impl Batch {
    pub(super) fn of(batch: &cases::Batch) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            moves: batch.moves.iter().map(Move::of).collect::<Result<_, _>>()?,
            view: View::of(&batch.whole)?,
        })
    }

    pub(super) fn verify(&self) -> Checked {
        let this = black_box(self);
        let mut dues = Vec::with_capacity(this.moves.len());
        for told in &this.moves {
            let (signers, due) = told.apply()?;
            black_box(signers);
            dues.push(due);
        }
        let payer = &this.moves.first().ok_or("nothing is owed")?.payer;
        this.view.settles(payer, &dues)
    }
}

#[derive(Clone)]
struct Title {
    title_no: String,
    property: String,
    tenure: u8,
    uprn: i64,
    proprietor: Party,
    charges: Vec<(Party, Date)>,
}

/// The land transfer.
pub(super) struct Land {
    old: Title,
    buyer: Party,
    minor: i64,
    releasing: Vec<Party>,
    effective: Date,
    registrar: Party,
    tax: Party,
    bank: Party,
    view: View,
}

/// Slices of the duty from 1 April 2025, in pounds and per cent.
const DUTY: [(i64, i64); 5] = [
    (125_000, 0),
    (250_000, 2),
    (925_000, 5),
    (1_500_000, 10),
    (i64::MAX / 100, 12),
];
const CHARGES_MAX: usize = 10;

fn duty(minor: i64) -> Result<i64, Box<dyn Error>> {
    let (mut below, mut sum) = (0_i128, 0_i128);
    for (up_to, rate) in DUTY {
        let bound = i128::from(up_to) * 100;
        sum += (i128::from(minor).min(bound) - below).max(0) * i128::from(rate);
        below = bound;
    }
    Ok(i64::try_from(sum / 10_000 * 100)?)
}

impl Land {
    pub(super) fn of(case: &Case) -> Result<Self, Box<dyn Error>> {
        let [buyer, price, Value::List(releasing)] = case.args.as_slice() else {
            return Err("not a transfer".into());
        };
        let fact = case.facts.first().ok_or("no title")?;
        let [
            Value::Text(title_no),
            Value::Text(property),
            _,
            Value::Int(uprn),
            proprietor,
            Value::List(charges),
        ] = fact.fields.as_slice()
        else {
            return Err("not a title".into());
        };
        let charges = charges.iter().map(|charge| match charge {
            Value::Record(fields) => match fields.as_slice() {
                [lender, Value::Date(registered)] => Ok((party(lender)?, *registered)),
                _ => Err("not a charge".into()),
            },
            _ => Err("not a charge".into()),
        });
        Ok(Self {
            old: Title {
                title_no: title_no.to_string(),
                property: property.to_string(),
                tenure: 0,
                uprn: *uprn,
                proprietor: party(proprietor)?,
                charges: charges.collect::<Result<_, Box<dyn Error>>>()?,
            },
            buyer: party(buyer)?,
            minor: minor(price)?,
            releasing: releasing.iter().map(party).collect::<Result<_, _>>()?,
            effective: case.effective,
            registrar: Party::new("GB-GOV-hmlr")?,
            tax: Party::new("GB-GOV-hmrc")?,
            bank: Party::new("GB-BOE")?,
            view: View::of(case)?,
        })
    }

    pub(super) fn verify(&self) -> Checked {
        let this = black_box(self);
        let seller = &this.old.proprietor;
        let released = this
            .old
            .charges
            .iter()
            .all(|(lender, _)| this.releasing.contains(lender));
        let standing = this
            .old
            .charges
            .iter()
            .filter(|(_, on)| *on <= this.effective)
            .count();
        if this.minor <= 0 || this.buyer == *seller || !released || standing > CHARGES_MAX {
            return Err("refused".into());
        }
        let owed = |payee: &Party, minor| Owed {
            payee: payee.clone(),
            issuer: this.bank.clone(),
            minor,
        };
        let dues = [owed(seller, this.minor), owed(&this.tax, duty(this.minor)?)];
        this.view.settles(&this.buyer, &dues)?;
        let new = Title {
            proprietor: this.buyer.clone(),
            charges: Vec::new(),
            ..this.old.clone()
        };
        black_box((
            &new.title_no,
            &new.property,
            new.tenure,
            new.uprn,
            &new.proprietor,
            &new.charges,
        ));
        let mut signers = vec![this.registrar.clone(), seller.clone(), this.buyer.clone()];
        signers.extend(this.releasing.iter().cloned());
        black_box((signers, dues));
        Ok(())
    }
}
