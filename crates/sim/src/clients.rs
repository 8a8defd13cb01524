//! Clients: they give orders, and give them again until their node has taken them over.

use ledger::fact::FactRef;
use protocol::node::Input;
use protocol::node::records::{Instruction, InstructionState, fact_of_key};
use protocol::store::Table;

use crate::economy::Order;
use crate::event::Event;
use crate::world::{Violation, World};

/// After so long a client asks again.
const AGAIN_MS: u64 = 3_000;
const MEMBERS: [&str; 5] = ["ALICE", "BOB", "CAROL", "DAVE", "MALLORY"];

/// A secret that must not be found where nobody has a right to it.
pub(crate) fn canary(number: i64) -> String {
    format!("CANARY-{number:06}-")
}

impl World {
    /// Chooses what clients will want, and when.
    pub(crate) fn plan_orders(&mut self) {
        let bank = self.town.bank.to_string();
        let amounts = self.options.amounts;
        let mut at_ms = self.now_ms + 100;
        let issued = i64::try_from(amounts).unwrap_or(4) * 8;
        let mut plan = vec![
            Order::Issue { amount: issued },
            Order::Issue { amount: issued },
        ];
        let mut first = vec!["ALICE", "BOB"];
        first.extend(self.options.mallory.then_some("MALLORY"));
        for member in first {
            let amount = i64::try_from(amounts).unwrap_or(4) * 4;
            plan.push(Order::Pay {
                payer: bank.clone(),
                member: member.to_owned(),
                amount,
            });
        }
        for _ in plan.len()..self.options.orders {
            let order = self.any_order(&bank);
            plan.push(order);
        }
        for (index, order) in plan.into_iter().enumerate() {
            let number = i64::try_from(index).unwrap_or(0) + 1;
            // Now and then two different orders claim the same number: only one of them may be carried out.
            let again = number > 4 && self.rng.percent(self.options.repeats);
            let number = number - i64::from(again);
            let event = Event::Order {
                index,
                order,
                number,
            };
            self.agenda.add(at_ms, event);
            at_ms += self.rng.between(1, 6_000);
        }
    }

    fn any_order(&mut self, bank: &str) -> Order {
        let mut name = || {
            let name = self.rng.pick(&MEMBERS).copied().unwrap_or("ALICE");
            name.to_owned()
        };
        let (first, second, third) = (name(), name(), name());
        let rich = ["ALICE", "BOB"];
        let rich = self.rng.pick(&rich).copied().unwrap_or("ALICE").to_owned();
        let poor = first == "MALLORY" || self.rng.percent(75);
        let honest = if poor { rich } else { first };
        let amount = i64::try_from(self.rng.between(1, self.options.amounts)).unwrap_or(1);
        let payer = if self.rng.percent(20) {
            bank.to_owned()
        } else {
            honest
        };
        let coins = self.town.economy.has_coins();
        match self.rng.between(0, 10) {
            0..=3 => Order::Pay {
                payer,
                member: second,
                amount,
            },
            4 => Order::Give {
                giver: payer,
                first: second,
                second: third,
                amount,
            },
            5 => Order::Refund { payer, amount },
            6 if coins => Order::License { holder: payer },
            7 if coins => Order::Renew {
                holder: payer,
                until: amount + 1,
            },
            6 => Order::Internal { payer, amount },
            _ => Order::Spend { payer, amount },
        }
    }

    /// A client gives its order, unless its node has taken it over already.
    pub(crate) fn order(
        &mut self,
        index: usize,
        order: Order,
        number: i64,
    ) -> Result<(), Violation> {
        let Some(instruction) = self.instruction(index, &order, number) else {
            return Ok(());
        };
        let Some(at) = self.town.machine_of(&instruction.party) else {
            return Ok(());
        };
        let key = instruction.key.clone();
        self.oracles.plant(&self.town, &order, number);
        let taken = self.machines[at].node.is_some() && {
            self.trace
                .add(self.now_ms, format!("{key}: {order:?}, number {number}"));
            self.step(at, Input::Instruct(instruction))?
        };
        self.orders.entry(key).or_insert_with(|| order.clone());
        if !taken {
            let again = Event::Order {
                index,
                order,
                number,
            };
            self.agenda.add(self.now_ms + AGAIN_MS, again);
        }
        Ok(())
    }

    /// The instruction of an order: the very same one however often it is given.
    fn instruction(&mut self, index: usize, order: &Order, number: i64) -> Option<Instruction> {
        if let Some(given) = self.instructions.get(&index) {
            return Some(given.clone());
        }
        let (contract, id) = (&self.town.contract, self.town.contract_id);
        let economy = self.town.economy;
        let mut given = economy.instruction(contract, id, order, number, &canary(number));
        given.key = format!("order {index} of {}", given.party);
        if let Order::Renew { holder, .. } = order {
            let at = self.town.machine_of(&given.party)?;
            given.consumes = vec![self.licence_of(at, holder)?];
        }
        self.instructions.insert(index, given.clone());
        Some(given)
    }

    fn licence_of(&self, at: usize, holder: &str) -> Option<FactRef> {
        let kind = self.town.contract.kind("Licence")?;
        let facts = self.machines[at].disk.pairs(Table::Facts);
        facts.into_iter().find_map(|(key, bytes)| {
            let stored: protocol::node::records::StoredFact = minicbor::decode(&bytes).ok()?;
            let held_by = stored.fact.fields.first()?.as_party()?;
            let found = stored.fact.kind == kind && held_by.as_str() == holder;
            found.then(|| fact_of_key(&key)).flatten()
        })
    }

    /// The state of every order that a node has taken over, from its disk.
    pub(crate) fn ended(&self) -> Vec<(String, Option<InstructionState>)> {
        self.orders
            .keys()
            .map(|key| {
                let state = self.machines.iter().find_map(|machine| {
                    let node = machine.node.as_ref()?;
                    node.instruction(key).ok()?.map(|stored| stored.state)
                });
                (key.clone(), state)
            })
            .collect()
    }
}
