//! Drafting: from an action and its arguments to a whole transaction. The contract's text says everything; the node picks
//! facts, keys and salts.

use std::collections::BTreeMap;
use std::sync::Arc;

use deed::{Call, Contract, Due, FactValue, Party, Refusal};
use jiff::civil::Date;
use ledger::address::{Purpose, Voucher};
use ledger::business_key::{key_token, taken};
use ledger::control::{Control, OneTimeKey};
use ledger::digest::hmac_sha256;
use ledger::fact::{DueRef, Fact, FactRef};
use ledger::presentation::holder_key;
use ledger::public::PublicPart;
use ledger::tearoff::{Audience, Vouched};
use ledger::token;
use ledger::transaction::{FORMAT, Header, Terms, Transaction, ViewHeader, Window};
use ledger::validity::{Invalid, Owed, as_read, audiences, envelopes, input_token};
use ledger::view::{Command, Input, View};
use ledger::{ContractId, Digest, Token};

use super::core::{Flow, Node, NodeError};
use super::key_secrets::Secrets;
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
    /// The secrets of the business keys that it takes.
    pub(crate) keys: Secrets,
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

/// A contract under its id.
#[derive(Clone)]
pub(crate) struct Accepted {
    pub(crate) id: ContractId,
    pub(crate) contract: Arc<Contract>,
}

/// What a view in the making does.
struct Making {
    ordinal: u32,
    of: Accepted,
    command: Command,
    consumed: Vec<Input>,
    referenced: Vec<Input>,
    /// Values, and the due that each discharges.
    created: Vec<(FactValue, Option<DueRef>)>,
}

impl Accepted {
    /// Facts as the contract reads them.
    fn values(&self, inputs: &[Input]) -> Result<Vec<FactValue>, Refusal> {
        let read = |input: &Input| as_read(&self.id, &self.contract, &input.fact);
        let values: Option<Vec<FactValue>> = inputs.iter().map(read).collect();
        values.ok_or_else(|| {
            let message = format!(
                "a fact is neither of {} nor of a contract that it uses",
                self.contract.name()
            );
            refusal("facts_fit_the_action", message)
        })
    }
}

impl<S: Store> Node<S> {
    fn accepted(&self, id: &ContractId) -> Result<Accepted, Refusal> {
        let contract = self.setup.book.get(id).cloned();
        let contract = contract.ok_or_else(|| {
            let message = format!("the contract {id} is not accepted here");
            refusal("contract_not_accepted", message)
        })?;
        Ok(Accepted { id: *id, contract })
    }

    /// Drafts the transaction that an instruction asks for.
    pub(crate) fn draft(&mut self, instruction: &Instruction) -> Result<Draft, Stop> {
        let accepted = self.accepted(&instruction.contract)?;
        let effective = date_of(self.now_ms)
            .ok_or_else(|| refusal("clock_wrong", "the clock shows no date"))?;
        let consumed = self.inputs(&instruction.consumes)?;
        let referenced = self.inputs(&instruction.references)?;
        let outcome = accepted.contract.apply(&Call {
            action: instruction.action,
            args: &instruction.args,
            effective,
            consumed: &accepted.values(&consumed)?,
            referenced: &accepted.values(&referenced)?,
        })?;
        if !outcome.signers.contains(&instruction.party) {
            let message = format!("{} does not sign this action", instruction.party);
            return Err(refusal("party_does_not_sign", message).into());
        }
        let command = Command::Action(instruction.action, instruction.args.clone());
        let mut money = Vec::new();
        let mut moves: BTreeMap<(ContractId, u16), Vec<(DueRef, Due)>> = BTreeMap::new();
        for (position, due) in (0u32..).zip(outcome.dues) {
            let owed = Owed::of(&accepted.id, &accepted.contract, due);
            let owed =
                owed.ok_or_else(|| refusal("contract_is_well_typed", "a due is of no money"))?;
            moves
                .entry((owed.contract, owed.due.money))
                .or_default()
                .push((DueRef { view: 0, position }, owed.due));
        }
        // Money first: it is what may be missing, and one-time keys of others are not to be wasted.
        let mut divides = None;
        let mut drafted = Vec::new();
        for ((id, kind), dues) in moves {
            let of = self.accepted(&id)?;
            let (inputs, outputs, used) = self.draft_money(&of, kind, &dues)?;
            if outputs.iter().filter(|(_, due)| due.is_none()).count() > 1 {
                divides = used.first().map(|(key, ..)| key.clone());
            }
            money.extend(used);
            drafted.push((of, kind, inputs, outputs));
        }
        let taken = taken(
            &accepted.contract,
            consumed.iter().map(|i| (i.fact.kind, &i.fact.fields[..])),
            outcome.created.iter().map(|v| (v.kind, &v.fields[..])),
        );
        let keys = self.secrets_of(&accepted, taken, &outcome.created)?;
        let created = outcome.created.into_iter();
        let created = created.map(|value| (value, None)).collect();
        let mut vouchers = Vec::new();
        let action = Making {
            ordinal: 0,
            of: accepted,
            command,
            consumed,
            referenced,
            created,
        };
        let mut views = vec![self.make_view(action, &mut vouchers)?];
        for (ordinal, (of, kind, consumed, created)) in (1u32..).zip(drafted) {
            let money = Making {
                ordinal,
                of,
                command: Command::Move(kind),
                consumed,
                referenced: Vec::new(),
                created,
            };
            views.push(self.make_view(money, &mut vouchers)?);
        }
        let transaction = self.head(views, effective, &outcome.signers, &keys.secrets)?;
        let audiences = audiences(&transaction, &self.setup.book).map_err(invalid)?;
        let transaction = self.commit_envelopes(transaction, &audiences)?;
        // A party that signs vouches for its own keys.
        vouchers.retain(|vouched| !outcome.signers.contains(&vouched.voucher.party));
        Ok(Draft {
            transaction,
            vouchers,
            divides,
            keys,
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

    fn make_view(&mut self, making: Making, vouchers: &mut Vec<Vouched>) -> Result<View, Stop> {
        let salt = self.random();
        let mut facts = Vec::with_capacity(making.created.len());
        for (output, (value, due)) in (0u32..).zip(making.created) {
            let salt = self.random();
            let roles = making.of.contract.roles_of(&value)?;
            let vouched = |voucher: Option<Voucher>| {
                let view = making.ordinal;
                voucher.map(|voucher| Vouched {
                    view,
                    output,
                    voucher,
                })
            };
            let mut keys = Vec::with_capacity(roles.controllers.len());
            for party in &roles.controllers {
                let (key, voucher) = self.key_for(party, Purpose::Control, &salt)?;
                vouchers.extend(vouched(voucher));
                keys.push(key);
            }
            let holder = match &roles.shown_by {
                None => None,
                Some(party) => {
                    let (key, voucher) = self.key_for(party, Purpose::Holder, &salt)?;
                    vouchers.extend(vouched(voucher));
                    let message = format!("anybody could sign for the key that {party} gave out");
                    let key = holder_key(&key).ok_or_else(|| refusal("key_unusable", message))?;
                    Some(key)
                }
            };
            let control = if keys.is_empty() {
                Control::nobody()
            } else {
                Control {
                    shape: ledger::control::Shape::All(keys),
                    recovery: None,
                }
            };
            facts.push(Fact {
                contract: making.of.id,
                kind: value.kind,
                fields: value.fields,
                salt,
                control,
                due,
                holder,
            });
        }
        Ok(View {
            ordinal: making.ordinal,
            salt,
            contract: making.of.id,
            command: making.command,
            consumed: making.consumed,
            referenced: making.referenced,
            created: facts,
        })
    }

    /// A one-time key of a party for this purpose: one that follows from the fact's salt, where the party is hosted here, or one
    /// that its node gave out. Or a wait for one.
    fn key_for(
        &mut self,
        party: &Party,
        purpose: Purpose,
        salt: &Digest,
    ) -> Result<(OneTimeKey, Option<Voucher>), Stop> {
        if self.hosts(party) {
            return Ok((self.own_key(purpose, salt)?, None));
        }
        let host = self.members.host(party).cloned();
        let host = host
            .ok_or_else(|| refusal("not_a_member", format!("{party} is not in the network map")))?;
        let whose = (party.clone(), purpose);
        if self.addresses.left(&whose) < crate::limits::SHEET_KEYS as usize
            && self.addresses.ask(&whose, self.now_ms, RETRY_MS)
        {
            self.send(&host, &Message::WantAddresses(party.clone(), purpose));
        }
        if self.keeps_waiting(&host) {
            return Err(Stop::Wait(Cause::Party(party.clone())));
        }
        let key = self.addresses.take(&whose);
        key.ok_or_else(|| Stop::Wait(Cause::Party(party.clone())))
    }

    /// Whether so much waits for the signatures of a node that nothing more is begun with it: the rest is for others.
    pub(crate) fn keeps_waiting(&self, host: &Party) -> bool {
        let waits = |flow: &&Flow| !flow.submitted && flow.asked.contains(host);
        let open = || self.flows.values().filter(waits).count() + self.key_secrets.asked(host);
        self.flows.len() + self.key_secrets.len() >= FLOWS_PER_PEER && open() >= FLOWS_PER_PEER
    }

    fn head(
        &mut self,
        views: Vec<View>,
        effective: Date,
        signers: &[Party],
        keys: &[Digest],
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
                    // Keys are what the action takes, which stands in the first view.
                    keys: match view.ordinal {
                        0 => keys.iter().map(key_token).collect(),
                        _ => Vec::new(),
                    },
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
    hmac_sha256(&first.salt.0, &[b"cancel/v1", party.as_str().as_bytes()])
}
