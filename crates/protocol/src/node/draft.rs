//! Drafting: from an action and its arguments to a whole transaction. The contract's text says everything; the node picks
//! facts, keys and salts.

use std::collections::BTreeMap;

use deed::{Call, Contract, Due, FactValue, Party, Refusal};
use jiff::civil::Date;
use ledger::control::Control;
use ledger::fact::{DueRef, Fact, FactRef};
use ledger::public::PublicPart;
use ledger::tearoff::{Audience, Vouched};
use ledger::token;
use ledger::transaction::{FORMAT, Header, Terms, Transaction, ViewHeader, Window};
use ledger::validity::{Invalid, audiences, envelopes, fact_value, input_token};
use ledger::view::{Command, Input, View};
use ledger::{ContractId, Digest, Token};

use super::core::{Flow, Node, NodeError};
use super::purse::PurseKey;
use super::records::{Instruction, StoredFact, fact_key};
use super::waiting::Cause;
use crate::limits::{CLOCK_SKEW_MS, FLOWS_PER_PEER, RETRY_MS};
use crate::message::Message;
use crate::store::{Store, Table};

/// A drafted transaction with what its flow needs.
pub(crate) struct Draft {
    pub(crate) transaction: Transaction,
    pub(crate) vouchers: Vec<Vouched>,
    /// The sort of money whose change it divides, if it does.
    pub(crate) divides: Option<PurseKey>,
    /// The money facts used, to be locked.
    pub(crate) money: Vec<(PurseKey, i64, FactRef)>,
    /// Who sees what of each view.
    pub(crate) audiences: Vec<Audience>,
}

/// Why there is no draft.
pub(crate) enum Stop {
    /// Something is on its way.
    Wait(Cause),
    /// It can't be done.
    Refuse(Refusal),
    /// The node itself failed.
    Fail(NodeError),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refuse(refusal)
    }
}

impl<E: Into<NodeError>> From<E> for Stop
where
    NodeError: From<E>,
{
    fn from(error: E) -> Self {
        Self::Fail(error.into())
    }
}

pub(crate) fn refusal(rule: &str, message: impl Into<String>) -> Refusal {
    Refusal {
        rule: rule.to_owned(),
        message: message.into(),
        law: None,
    }
}

fn invalid(error: Invalid) -> Refusal {
    match error {
        Invalid::Refused(refused) => refused,
        other => refusal(other.code(), other.to_string()),
    }
}

/// The UTC date of a moment in milliseconds since 1970.
pub(crate) fn date_of(ms: u64) -> Option<Date> {
    let days = i32::try_from(ms / 86_400_000).ok()?;
    ledger::codec::date::from_days(days)
}

/// Facts in the making: values, the due each discharges, and the keys of their controllers.
pub(crate) struct Making<'a> {
    pub(crate) contract_id: ContractId,
    pub(crate) contract: &'a Contract,
    vouchers: Vec<Vouched>,
}

impl<S: Store> Node<S> {
    /// Drafts the transaction that an instruction asks for.
    pub(crate) fn draft(&mut self, instruction: &Instruction) -> Result<Draft, Stop> {
        let contract = self
            .setup
            .book
            .get(&instruction.contract)
            .cloned()
            .ok_or_else(|| {
                refusal(
                    "contract_not_accepted",
                    format!("the contract {} is not accepted here", instruction.contract),
                )
            })?;
        let effective = date_of(self.now_ms)
            .ok_or_else(|| refusal("clock_wrong", "the clock shows no date"))?;
        let consumed = self.inputs(&instruction.consumes)?;
        let values: Vec<FactValue> = consumed
            .iter()
            .map(|input| fact_value(&input.fact))
            .collect();
        let outcome = contract.apply(&Call {
            action: instruction.action,
            args: &instruction.args,
            effective,
            consumed: &values,
            referenced: &[],
        })?;
        if !outcome.signers.contains(&instruction.party) {
            let message = format!("{} does not sign this action", instruction.party);
            return Err(refusal("party_does_not_sign", message).into());
        }
        let mut making = Making {
            contract_id: instruction.contract,
            contract: &contract,
            vouchers: Vec::new(),
        };
        let created = outcome
            .created
            .into_iter()
            .map(|value| (value, None))
            .collect();
        let command = Command::Action(instruction.action, instruction.args.clone());
        let mut money = Vec::new();
        let mut moves: BTreeMap<u16, Vec<(DueRef, Due)>> = BTreeMap::new();
        for (position, due) in (0u32..).zip(outcome.dues) {
            moves
                .entry(due.money)
                .or_default()
                .push((DueRef { view: 0, position }, due));
        }
        // Money first: it is what may be missing, and one-time keys of others are not to be wasted.
        let mut divides = None;
        let mut drafted = Vec::new();
        for (kind, dues) in moves {
            let (inputs, outputs, used) = self.draft_money(&making, kind, &dues)?;
            if outputs.iter().filter(|(_, due)| due.is_none()).count() > 1 {
                divides = used.first().map(|(key, ..)| key.clone());
            }
            money.extend(used);
            drafted.push((kind, inputs, outputs));
        }
        let mut views = vec![self.make_view(&mut making, 0, command, consumed, created)?];
        for (ordinal, (kind, inputs, outputs)) in (1u32..).zip(drafted) {
            views.push(self.make_view(
                &mut making,
                ordinal,
                Command::Move(kind),
                inputs,
                outputs,
            )?);
        }
        let transaction = self.head(views, effective, &outcome.signers)?;
        let audiences = audiences(&transaction, &self.setup.book).map_err(invalid)?;
        let transaction = self.commit_envelopes(transaction, &audiences)?;
        // A party that signs vouches for its own keys.
        making
            .vouchers
            .retain(|vouched| !outcome.signers.contains(&vouched.voucher.party));
        Ok(Draft {
            transaction,
            vouchers: making.vouchers,
            divides,
            money,
            audiences,
        })
    }

    pub(crate) fn inputs(&self, refs: &[FactRef]) -> Result<Vec<Input>, Stop> {
        refs.iter()
            .map(|at| {
                let stored: Option<StoredFact> =
                    self.pending.get(&self.store, Table::Facts, &fact_key(at))?;
                let stored = stored.ok_or_else(|| {
                    refusal(
                        "fact_not_held",
                        format!("{at} is not a current fact of a party hosted here"),
                    )
                })?;
                Ok(Input {
                    at: *at,
                    fact: stored.fact,
                })
            })
            .collect()
    }

    fn make_view(
        &mut self,
        making: &mut Making<'_>,
        ordinal: u32,
        command: Command,
        consumed: Vec<Input>,
        created: Vec<(FactValue, Option<DueRef>)>,
    ) -> Result<View, Stop> {
        let salt = self.random();
        let mut facts = Vec::with_capacity(created.len());
        for (output, (value, due)) in (0u32..).zip(created) {
            let salt = self.random();
            let roles = making.contract.roles_of(&value)?;
            let mut keys = Vec::with_capacity(roles.controllers.len());
            for party in &roles.controllers {
                if self.hosts(party) {
                    keys.push(self.one_time(&salt)?.public());
                } else {
                    let (key, voucher) = self.key_for(party)?;
                    making.vouchers.extend(voucher.map(|voucher| Vouched {
                        view: ordinal,
                        output,
                        voucher,
                    }));
                    keys.push(key);
                }
            }
            let control = if keys.is_empty() {
                Control::nobody()
            } else {
                Control {
                    shape: ledger::control::Shape::All(keys),
                    recovery: None,
                }
            };
            facts.push(Fact {
                contract: making.contract_id,
                kind: value.kind,
                fields: value.fields,
                salt,
                control,
                due,
            });
        }
        Ok(View {
            ordinal,
            salt,
            contract: making.contract_id,
            command,
            consumed,
            referenced: Vec::new(),
            created: facts,
        })
    }

    /// A one-time key of a party on another node, or a wait for one.
    fn key_for(
        &mut self,
        party: &Party,
    ) -> Result<(Digest, Option<ledger::address::Voucher>), Stop> {
        let host = self.members.host(party).cloned();
        let host = host
            .ok_or_else(|| refusal("not_a_member", format!("{party} is not in the network map")))?;
        if self.addresses.left(party) < crate::limits::SHEET_KEYS as usize
            && self.addresses.ask(party, self.now_ms, RETRY_MS)
        {
            self.send(&host, &Message::WantAddresses(party.clone()));
        }
        if self.keeps_waiting(&host) {
            return Err(Stop::Wait(Cause::Party(party.clone())));
        }
        let key = self.addresses.take(party);
        key.ok_or_else(|| Stop::Wait(Cause::Party(party.clone())))
    }

    /// Whether so much waits for the signatures of a node that nothing more is begun with it: the rest is for others.
    fn keeps_waiting(&self, host: &Party) -> bool {
        let waits = |flow: &&Flow| !flow.submitted && flow.asked.contains(host);
        self.flows.len() >= FLOWS_PER_PEER
            && self.flows.values().filter(waits).count() >= FLOWS_PER_PEER
    }

    fn head(
        &mut self,
        views: Vec<View>,
        effective: Date,
        signers: &[Party],
    ) -> Result<Transaction, Stop> {
        let headers: Vec<ViewHeader> = views
            .iter()
            .map(|view| {
                let contract = self.setup.book.get(&view.contract);
                let tokens = |inputs: &[Input]| -> Vec<Token> {
                    inputs
                        .iter()
                        .map(|input| input_token(input, &self.setup.home.notary))
                        .collect()
                };
                ViewHeader {
                    consumed: tokens(&view.consumed),
                    referenced: tokens(&view.referenced),
                    keys: Vec::new(),
                    public: contract
                        .and_then(|c| PublicPart::of(view, c))
                        .map(|part| part.hash()),
                    envelopes: Vec::new(),
                }
            })
            .collect();
        let cancel = signers
            .iter()
            .map(|party| token::cancel(&cancel_secret(&views[0], party).0))
            .collect();
        let terms = Terms {
            format: FORMAT,
            network: self.setup.home.network,
            notary: self.setup.home.notary,
            window: Window {
                from_ms: self.now_ms.saturating_sub(CLOCK_SKEW_MS),
                until_ms: self.now_ms + self.setup.window_ms,
            },
            map_size: self.members.size(),
            effective,
            views: views.len() as u32,
        };
        Ok(Transaction {
            header: Header {
                terms,
                views: headers,
                cancel,
            },
            views,
        })
    }

    fn commit_envelopes(
        &self,
        mut transaction: Transaction,
        audiences: &[Audience],
    ) -> Result<Transaction, Stop> {
        for ((view, audience), header) in transaction
            .views
            .iter()
            .zip(audiences)
            .zip(&mut transaction.header.views)
        {
            let sealed = envelopes(view, &audience.observers, &self.members).map_err(invalid)?;
            header.envelopes = sealed.iter().map(|(_, envelope)| envelope.hash()).collect();
        }
        Ok(transaction)
    }
}

/// The secret of a signer's cancel token: whoever sees the first view whole knows it.
pub(crate) fn cancel_secret(first: &View, party: &Party) -> Digest {
    first.part_salt(&format!("cancel/{party}"))
}
