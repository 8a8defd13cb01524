//! A chain of payments made as nodes make them: each spends the coin that the one before created.

use std::collections::BTreeSet;
use std::error::Error;

use deed::{Call, Money, Party, Value};
use jiff::civil::{Date, date};
use ledger::certificate::{BatchEntry, ids_root, tokens_root};
use ledger::control::{Control, OneTimeSecret};
use ledger::fact::{DueRef, Fact, FactRef};
use ledger::transaction::{FORMAT, Header, Terms, Transaction, ViewHeader, Window};
use ledger::validity::{Checked, Standing, audiences, check, input_token};
use ledger::view::{Command, Input, View};
use ledger::{Digest, Token, TransactionId, codec, token};

use super::town::{BANK, NOON_MS, PAYEE, PAYER, Town, noise};

/// Ten million pounds, of which each payment leaves a penny behind.
const ISSUED_MINOR: i64 = 1_000_000_000;
const TODAY: Date = date(2026, 11, 20);

/// A payment with the batch that certifies it.
pub(super) struct Certified {
    /// Payments before it in the chain, the issue of the money among them.
    pub(super) predecessors: u64,
    pub(super) transaction: Transaction,
    pub(super) entry: BatchEntry,
}

/// The last coin of the chain.
struct Head {
    at: FactRef,
    coin: Fact,
}

pub(super) struct Chain<'a> {
    town: &'a Town,
    head: Option<Head>,
    made: u64,
    /// Batches before the first of the chain.
    before: u64,
    /// One leaf of the notary's log for each payment.
    pub(super) leaves: Vec<tlog::Hash>,
}

impl<'a> Chain<'a> {
    /// The chain that begins in a log of this size.
    pub(super) fn in_log_of(town: &'a Town, before: u64) -> Self {
        Self {
            town,
            head: None,
            made: 0,
            before,
            leaves: Vec::new(),
        }
    }

    /// Makes and certifies the next: first the issue, then payments to and fro.
    pub(super) fn next(&mut self) -> Result<Certified, Box<dyn Error>> {
        let predecessors = self.made;
        let views = match self.head.take() {
            None => self.issue()?,
            Some(head) => self.pay(head)?,
        };
        let header = self.header(&views);
        let transaction = Transaction { header, views };
        let id = transaction.opening().id();
        let entry = self.certify(&transaction, id);
        self.leaves.push(tlog::leaf_hash(&codec::encode(&entry)));
        self.head = Some(Head {
            at: FactRef {
                transaction: id,
                view: 1,
                output: 0,
            },
            coin: transaction.views[1].created[0].clone(),
        });
        self.made += 1;
        Ok(Certified {
            predecessors,
            transaction,
            entry,
        })
    }

    /// Who pays the next payment, and whom.
    fn parties(&self) -> (&'static str, &'static str) {
        match self.made % 2 {
            1 => (PAYER, PAYEE),
            _ => (PAYEE, PAYER),
        }
    }

    fn issue(&self) -> Result<Vec<View>, Box<dyn Error>> {
        let args = [party(PAYER)?, pence(ISSUED_MINOR)];
        let action = self.action("Issue", args.to_vec())?;
        let coin = self.coin(PAYER, ISSUED_MINOR, "issued", true)?;
        Ok(vec![action, self.money(Vec::new(), vec![coin])?])
    }

    fn pay(&self, head: Head) -> Result<Vec<View>, Box<dyn Error>> {
        let (payer, payee) = self.parties();
        let left = match head.coin.fields.first() {
            Some(Value::Money(money)) => money.minor - 1,
            _ => return Err("a coin begins with its amount".into()),
        };
        let reference = Value::Text(format!("payment {:06}", self.made).into());
        let args = [party(payer)?, party(payee)?, pence(left), reference];
        let action = self.action("Pay", args.to_vec())?;
        let created = vec![
            self.coin(payee, left, "paid", true)?,
            self.coin(payer, 1, "change", false)?,
        ];
        let Head { at, coin: fact } = head;
        let money = self.money(vec![Input { at, fact }], created)?;
        Ok(vec![action, money])
    }

    fn action(&self, name: &str, args: Vec<Value>) -> Result<View, Box<dyn Error>> {
        let rules = self.town.rules()?;
        let action = rules.action(name).ok_or("no such action")?;
        let outcome = rules.apply(&Call {
            action,
            args: &args,
            effective: TODAY,
            consumed: &[],
            referenced: &[],
        })?;
        let created = outcome.created.into_iter().map(|value| Fact {
            contract: self.town.contract,
            kind: value.kind,
            fields: value.fields,
            salt: self.noise("receipt"),
            control: Control::nobody(),
            due: None,
            holder: None,
        });
        Ok(View {
            ordinal: 0,
            salt: self.noise("action"),
            contract: self.town.contract,
            command: Command::Action(action, args),
            consumed: Vec::new(),
            referenced: Vec::new(),
            created: created.collect(),
        })
    }

    fn money(&self, consumed: Vec<Input>, created: Vec<Fact>) -> Result<View, Box<dyn Error>> {
        let kind = self.town.rules()?.kind("Cash").ok_or("no money")?;
        Ok(View {
            ordinal: 1,
            salt: self.noise("money"),
            contract: self.town.contract,
            command: Command::Move(kind),
            consumed,
            referenced: Vec::new(),
            created,
        })
    }

    fn coin(
        &self,
        holder: &str,
        minor: i64,
        label: &str,
        discharges: bool,
    ) -> Result<Fact, Box<dyn Error>> {
        let secret = OneTimeSecret::derive(&noise(holder).0, &self.noise(label).0);
        let due = DueRef {
            view: 0,
            position: 0,
        };
        Ok(Fact {
            contract: self.town.contract,
            kind: self.town.rules()?.kind("Cash").ok_or("no money")?,
            fields: vec![pence(minor), party(holder)?, Value::Int(1)],
            salt: self.noise(&format!("salt of {label}")),
            control: Control::key(secret.ok_or("no one-time key")?.public()),
            due: discharges.then_some(due),
            holder: None,
        })
    }

    fn header(&self, views: &[View]) -> Header {
        let tokens = |inputs: &[Input]| {
            let tokens = inputs
                .iter()
                .map(|i| input_token(i, &self.town.home.notary));
            tokens.collect::<Vec<Token>>()
        };
        let heads = views.iter().map(|view| ViewHeader {
            consumed: tokens(&view.consumed),
            referenced: Vec::new(),
            keys: Vec::new(),
            public: None,
            envelopes: Vec::new(),
        });
        let at = self.time_ms();
        Header {
            terms: Terms {
                format: FORMAT,
                network: self.town.home.network,
                notary: self.town.home.notary,
                window: Window {
                    from_ms: at - 30_000,
                    until_ms: at + 30_000,
                },
                map_size: self.town.pin.size,
                effective: TODAY,
                views: views.len() as u32,
            },
            views: heads.collect(),
            cancel: [PAYER, PAYEE]
                .map(|signer| token::cancel(&self.noise(signer).0))
                .to_vec(),
        }
    }

    /// A batch of its own: the deepest log that so many payments can make.
    fn certify(&self, transaction: &Transaction, id: TransactionId) -> BatchEntry {
        let spent = transaction.header.spent();
        let mut marks: Vec<(Token, Digest)> = spent
            .map(|(sort, token)| (sort.mark(token, &id), noise("on what it was spent")))
            .collect();
        marks.sort();
        BatchEntry {
            height: self.before + self.made,
            time_ms: self.time_ms(),
            map: self.town.pin,
            ids: 1,
            ids_root: ids_root(&[id]),
            tokens_root: tokens_root(&marks),
        }
    }

    /// A hundred payments a second.
    fn time_ms(&self) -> u64 {
        NOON_MS + 10 * self.made
    }

    fn noise(&self, label: &str) -> Digest {
        noise(&format!("{label} of {}", self.made))
    }
}

impl Certified {
    /// What the bank, or either side, finds when it is asked to vouch for the payment: everything is valid.
    pub(super) fn checked(&self, town: &Town, viewer: &str) -> Result<Checked, Box<dyn Error>> {
        let seen_by = audiences(&self.transaction, &town.book)?;
        let viewer = BTreeSet::from([Party::new(viewer)?]);
        let seen = self.transaction.tear_off(&seen_by, &viewer, &[]);
        Ok(check(&seen, Standing::Party, &town.book, &town.home, town)?)
    }
}

/// Those who can vouch for a receipt; for money only the first.
pub(super) const ATTESTORS: [&str; 3] = [BANK, PAYER, PAYEE];

fn party(name: &str) -> Result<Value, Box<dyn Error>> {
    Ok(Value::Party(Party::new(name)?))
}

fn pence(minor: i64) -> Value {
    Value::Money(Money::gbp(minor))
}
