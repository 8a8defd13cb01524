//! The economies that worlds play: a town's coins, the same with nothing published, and public money as the service's
//! contract has it.
//!
//! Who may know what is written here once more, from the contract's text as a person reads it, so that the checks don't
//! believe what the ledger's own code says about itself.

use std::borrow::Cow;
use std::collections::BTreeMap;

use deed::{Contract, FactValue, Party, Value};
use ledger::ContractId;
use protocol::node::records::Instruction;

/// Which contract a world plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Economy {
    /// The fixture: coins, receipts with a private note, gifts, licences.
    Coins,
    /// The same contract without what it publishes.
    QuietCoins,
    /// The service's own contract.
    PublicMoney,
}

/// What a client asks for, in words that fit both economies. Amounts in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Order {
    Issue {
        amount: i64,
    },
    Pay {
        payer: String,
        member: String,
        amount: i64,
    },
    Give {
        giver: String,
        first: String,
        second: String,
        amount: i64,
    },
    Spend {
        payer: String,
        amount: i64,
    },
    Refund {
        payer: String,
        amount: i64,
    },
    Internal {
        payer: String,
        amount: i64,
    },
    License {
        holder: String,
    },
    Renew {
        holder: String,
        until: i64,
    },
}

/// Who may hold a created fact whole, who can use it up, and who vouches for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Controls it, if anybody does.
    pub controller: Option<Party>,
    /// Vouch for it.
    pub attestors: Vec<Party>,
    /// May know all of it, besides whoever uses it or made it.
    pub know: Vec<Party>,
    /// Whether everybody may know its published fields.
    pub public: bool,
}

const COINS: &str = include_str!("../../ledger/tests/fixtures/coins.deed");
const PUBLIC_MONEY: &str = include_str!("../../../services/public-money/budget.deed");

impl Economy {
    /// The contract's text.
    #[must_use]
    pub fn text(self) -> Cow<'static, str> {
        match self {
            Self::Coins => COINS.into(),
            Self::QuietCoins => {
                let published = |line: &&str| line.trim_start().starts_with("public ");
                let lines = COINS.lines().filter(|line| !published(line));
                lines.flat_map(|line| [line, "\n"]).collect()
            }
            Self::PublicMoney => PUBLIC_MONEY.into(),
        }
    }

    /// Whether it plays the coins' contract.
    #[must_use]
    pub fn has_coins(self) -> bool {
        matches!(self, Self::Coins | Self::QuietCoins)
    }

    /// The institution whose money it is, and its auditor.
    #[must_use]
    pub fn institutions(self, contract: &Contract) -> (Party, Party) {
        let name = match self {
            Self::Coins | Self::QuietCoins => "bank",
            Self::PublicMoney => "treasury",
        };
        let party = |name: &str| contract.parties().get(name).cloned();
        match (party(name), party("auditor")) {
            (Some(bank), Some(auditor)) => (bank, auditor),
            _ => panic!("the contract names no {name} or no auditor"),
        }
    }

    /// The kind of money.
    #[must_use]
    pub fn money(self) -> &'static str {
        match self {
            Self::Coins | Self::QuietCoins => "Coin",
            Self::PublicMoney => "Pound",
        }
    }

    /// The contract's text in the reader's own words: who has which part in a fact.
    #[must_use]
    pub fn rights(self, contract: &Contract, fact: &FactValue) -> Rights {
        let (bank, auditor) = self.institutions(contract);
        let Some(kind) = contract.kinds().get(usize::from(fact.kind)) else {
            return Rights::default();
        };
        let party = |field: &str| -> Option<Party> {
            let index = kind.field(field)?;
            fact.fields.get(usize::from(index))?.as_party().cloned()
        };
        let some = |parties: [Option<Party>; 2]| parties.into_iter().flatten().collect::<Vec<_>>();
        let (controller, attestors, know, public) = match kind.name.as_str() {
            "Coin" | "Pound" => (
                party("holder"),
                vec![bank],
                some([party("holder"), None]),
                false,
            ),
            "Licence" => (
                party("holder"),
                vec![bank],
                some([party("holder"), None]),
                true,
            ),
            "Receipt" | "Payment" => (
                None,
                some([Some(bank), party("payer")]),
                some([party("payer"), party("member")]),
                true,
            ),
            "Funding" => (
                None,
                some([Some(bank), party("giver")]),
                some([party("giver"), party("receiver")]),
                true,
            ),
            other => panic!("{other} is of no economy played here"),
        };
        let know = know
            .into_iter()
            .chain(attestors.clone())
            .chain([auditor])
            .collect();
        Rights {
            controller,
            attestors,
            know,
            public: public && self != Self::QuietCoins,
        }
    }

    /// Who may know what an order says in confidence: those who take part, the institution and its auditor.
    #[must_use]
    pub fn confidants(self, contract: &Contract, order: &Order) -> Vec<Party> {
        let (bank, auditor) = self.institutions(contract);
        let mut all = vec![bank, auditor];
        all.extend(
            order
                .taking_part()
                .into_iter()
                .filter_map(|name| Party::new(name).ok()),
        );
        all
    }

    /// The instruction that carries out an order, without its key and what it consumes. `secret` is something that only those
    /// who take part may learn.
    #[must_use]
    pub fn instruction(
        self,
        contract: &Contract,
        id: ContractId,
        order: &Order,
        number: i64,
        secret: &str,
    ) -> Instruction {
        let (bank, _) = self.institutions(contract);
        let (action, party, given) = match self {
            Self::Coins | Self::QuietCoins => coins(order, &bank, number, secret),
            Self::PublicMoney => public_money(order, &bank, number),
        };
        let index = contract.action(action).expect("an action of the contract");
        let mut given: BTreeMap<&str, Value> = given.into_iter().collect();
        let params = &contract.actions()[usize::from(index)].params;
        let args = params
            .iter()
            .map(|p| given.remove(p.name.as_str()).unwrap_or(Value::Absent))
            .collect();
        assert_eq!(
            given,
            BTreeMap::new(),
            "arguments that {action} doesn't have"
        );
        Instruction {
            key: String::new(),
            party: Party::new(&party).expect("a party"),
            contract: id,
            action: index,
            args,
            consumes: Vec::new(),
            references: Vec::new(),
        }
    }
}

impl Order {
    /// The parties that it names.
    #[must_use]
    pub fn taking_part(&self) -> Vec<&str> {
        match self {
            Self::Issue { .. } => Vec::new(),
            Self::Pay { payer, member, .. } => vec![payer, member],
            // Those who are given something learn of the money, and not of the giver's note.
            Self::Give { giver, .. } => vec![giver],
            Self::Spend { payer, .. }
            | Self::Refund { payer, .. }
            | Self::Internal { payer, .. } => {
                vec![payer]
            }
            Self::License { holder } | Self::Renew { holder, .. } => vec![holder],
        }
    }

    /// Whoever instructs its node.
    #[must_use]
    pub fn instructs<'a>(&'a self, bank: &'a str) -> &'a str {
        match self {
            Self::Issue { .. } | Self::License { .. } => bank,
            Self::Pay { payer, .. }
            | Self::Spend { payer, .. }
            | Self::Refund { payer, .. }
            | Self::Internal { payer, .. } => payer,
            Self::Give { giver, .. } => giver,
            Self::Renew { holder, .. } => holder,
        }
    }
}

type Given = Vec<(&'static str, Value)>;

fn gbp(minor: i64) -> Value {
    Value::Money(deed::Money {
        currency: deed::Currency::new("GBP").expect("a currency"),
        minor,
    })
}

fn party(name: &str) -> Value {
    Value::Party(Party::new(name).expect("a party"))
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn coins(order: &Order, bank: &Party, number: i64, secret: &str) -> (&'static str, String, Given) {
    let note = ("note", text(secret));
    let number = ("number", Value::Int(number));
    match order {
        Order::Issue { amount } => (
            "Issue",
            bank.to_string(),
            vec![("amount", gbp(*amount)), note, number],
        ),
        Order::Pay {
            payer,
            member,
            amount,
        } => (
            "Pay",
            payer.clone(),
            vec![
                ("payer", party(payer)),
                ("member", party(member)),
                ("payee", text("a member")),
                ("amount", gbp(*amount)),
                ("purpose", text("goods")),
                note,
                number,
            ],
        ),
        Order::Give {
            giver,
            first,
            second,
            amount,
        } => (
            "Give",
            giver.clone(),
            vec![
                ("giver", party(giver)),
                ("first", party(first)),
                ("second", party(second)),
                ("amount", gbp(*amount)),
                note,
                number,
            ],
        ),
        Order::Spend { payer, amount } | Order::Refund { payer, amount } => (
            if matches!(order, Order::Spend { .. }) {
                "Spend"
            } else {
                "Refund"
            },
            payer.clone(),
            vec![
                ("payer", party(payer)),
                ("payee", text("a shop")),
                ("amount", gbp(*amount)),
                ("purpose", text("goods")),
                note,
                number,
            ],
        ),
        Order::License { holder } => (
            "License",
            bank.to_string(),
            vec![
                ("holder", party(holder)),
                ("trade", text("baker")),
                ("until", Value::Int(1)),
            ],
        ),
        Order::Renew { holder, until } => {
            ("Renew", holder.clone(), vec![("until", Value::Int(*until))])
        }
        Order::Internal { .. } => panic!("coins know no internal payments"),
    }
}

fn public_money(order: &Order, treasury: &Party, number: i64) -> (&'static str, String, Given) {
    let line = || {
        vec![
            ("year", Value::Int(2026)),
            ("source", text("estimates")),
            ("line", Value::Int(number)),
        ]
    };
    let row = |payee: &str, amount: i64| {
        vec![
            ("payee", text(payee)),
            ("amount", gbp(amount)),
            ("published", Value::Date(jiff::civil::date(2025, 6, 1))),
            ("purpose", text("goods")),
            ("function", text("01.1")),
            ("service_line", Value::Choice("front_line".into())),
            ("source", text("spending")),
            ("period", text("June")),
            ("ordinal", Value::Int(number)),
            ("reference", text("reference")),
            ("year", Value::Int(2026)),
        ]
    };
    let with = |mut given: Given, more: Given| {
        given.extend(more);
        given
    };
    match order {
        Order::Issue { amount } => (
            "Issue",
            treasury.to_string(),
            with(
                line(),
                vec![("amount", gbp(*amount)), ("purpose", text("supply"))],
            ),
        ),
        Order::Pay {
            payer,
            member,
            amount,
        } if *payer == treasury.as_str() => (
            "Allocate",
            payer.clone(),
            with(
                line(),
                vec![
                    ("receiver", party(member)),
                    ("amount", gbp(*amount)),
                    ("purpose", text("supply")),
                ],
            ),
        ),
        Order::Give {
            giver,
            first,
            amount,
            ..
        } => (
            "Grant",
            giver.clone(),
            with(
                line(),
                vec![
                    ("giver", party(giver)),
                    ("receiver", party(first)),
                    ("amount", gbp(*amount)),
                    ("purpose", text("roads")),
                ],
            ),
        ),
        Order::Pay {
            payer,
            member,
            amount,
        } => (
            "Transfer",
            payer.clone(),
            with(
                row("a member", *amount),
                vec![("payer", party(payer)), ("member", party(member))],
            ),
        ),
        Order::Spend { payer, amount } => (
            "Spend",
            payer.clone(),
            with(row("a shop", *amount), vec![("payer", party(payer))]),
        ),
        Order::Refund { payer, amount } => (
            "Refund",
            payer.clone(),
            with(row("a shop", *amount), vec![("payer", party(payer))]),
        ),
        Order::Internal { payer, amount } => (
            "Internal",
            payer.clone(),
            with(row("itself", *amount), vec![("payer", party(payer))]),
        ),
        Order::License { .. } | Order::Renew { .. } => panic!("public money knows no licences"),
    }
}
