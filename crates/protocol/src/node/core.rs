//! A node: the parties that it hosts, their facts, and the flows that they take part in.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use deed::{FileAddress, Party};
use ledger::codec;
use ledger::digest::hmac_sha256;
use ledger::fact::FactRef;
use ledger::log_keys::LogKeys;
use ledger::signature::{KeyError, SigningKey, Suite};
use ledger::tearoff::Audience;
use ledger::trust::ContractBook;
use ledger::validity::{Checked, Home};
use ledger::{Digest, TransactionId};

use super::addresses::Addresses;
use super::certified::keys_needed;
use super::key_secrets::KeySecrets;
use super::observe::Totals;
use super::past_keys::PastKeys;
use super::pending::{Pending, all, pairs};
use super::purse::{Purse, PurseKey};
use super::records::{
    Instruction, InstructionState, StoredFact, StoredFlow, StoredInstruction, StoredMessage,
    StoredSigned, fact_of_key,
};
use super::signing::{Hosted, Unsigned};
use super::waiting::{Cause, Waiting};
use crate::directory::Members;
use crate::message::{Entropy, Message, Proposal};
use crate::notary::{Request, Verdict};
use crate::store::{Store, StoreError, Table};

/// What a node needs to know before it opens.
pub struct Setup {
    /// The body that runs the node.
    pub me: Party,
    /// The parties it hosts, itself among them.
    pub hosted: Vec<Hosted>,
    /// 32 secret bytes from which one-time keys and envelope keys are derived.
    pub secret: [u8; 32],
    /// Network and notary.
    pub home: Home,
    /// The keys of the notary's log.
    pub notary: LogKeys,
    /// The keys of the network map, for proofs of facts that this node doesn't know.
    pub registrar: Option<LogKeys>,
    /// The contracts accepted.
    pub book: Arc<ContractBook>,
    /// Length of the windows of transactions drafted here, in milliseconds.
    pub window_ms: u64,
}

/// Why a node can't go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NodeError {
    /// The store failed; nothing of the step was done. Open the node again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key can't be used.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What a node is told.
#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "inputs are moved once, from the transport into the step"
)]
pub enum Input {
    /// A client's instruction.
    Instruct(Instruction),
    /// A message from a peer whose identity the transport has checked.
    Message(Party, Message),
    /// The notary's answer about a transaction.
    Verdict(TransactionId, Verdict),
    /// Durable messages that their receiver has taken over.
    Acknowledged(Vec<u64>),
    /// Another directory is in force.
    Members(Members),
    /// A directory that was in force before: what was signed under it is to be read.
    Earlier(Members),
    /// What waits for this peer has lost its way: it is sent again.
    SendAgain(Party),
    /// A file that facts name is kept here, whole.
    FileKept(FileAddress),
    /// A node has given the hashes of a file's chunks, and thereby shown that it has the file.
    FileShown(FileAddress, Party),
    /// Time passes.
    Tick,
}

/// What a node wants done, after the step's writes are durable.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "outputs are moved once, from the step to the transport"
)]
pub enum Output {
    /// Send a message; `sequence` identifies durable ones, which stay in the outbox until acknowledged.
    Send {
        /// The receiving node.
        to: Party,
        /// The outbox number, or none for messages that flows send again by themselves.
        sequence: Option<u64>,
        /// The encoded message.
        bytes: Vec<u8>,
    },
    /// Ask the notary.
    Notarise {
        /// About which transaction.
        id: TransactionId,
        /// The request.
        request: Request,
    },
    /// An instruction has got this far.
    Progress {
        /// Its idempotency key.
        key: String,
        /// Its state.
        state: InstructionState,
    },
}

/// The next outbox number: none is ever used again, so that a late acknowledgement can't remove another message.
pub(crate) const OUTBOX_NEXT: &[u8] = b"outbox/next";
/// Prefix of flows that this node drives.
pub(crate) const DRIVEN: &[u8] = b"driven/";
/// Prefix of the signatures of driven flows that were handed to the notary: from then on only the notary ends them.
pub(crate) const SENT: &[u8] = b"sent/";
/// Prefix of proposals that this node has signed.
pub(crate) const SIGNED: &[u8] = b"signed/";
/// Prefix of instructions that are not finished.
pub(crate) const OPEN: &[u8] = b"open/";
/// Prefix of facts that this node attested and that are current.
pub(crate) const ATTESTED: &[u8] = b"attested/";
/// Prefix of facts that the notary knows to be used up by a transaction unknown here.
pub(crate) const LOST: &[u8] = b"lost/";
/// Prefix of facts that those who vouch for them say are not current.
pub(crate) const DOUBTED: &[u8] = b"doubted/";
/// Prefix of business keys that this node, as attestor, has let be used.
pub(crate) const UNIQUE: &[u8] = b"unique/";

/// A prefix followed by an id.
pub(crate) fn under(prefix: &[u8], id: &[u8]) -> Vec<u8> {
    [prefix, id].concat()
}

/// A flow that this node drives, ready to hand.
pub(crate) struct Flow {
    pub(crate) stored: StoredFlow,
    pub(crate) audiences: Vec<Audience>,
    pub(crate) checked: Checked,
    pub(crate) signatures: BTreeMap<Party, ledger::signature::ScopedSignature>,
    /// The nodes whose signatures it waits for.
    pub(crate) asked: BTreeSet<Party>,
    /// Whether all have agreed, and those who vouch have been asked.
    pub(crate) vouching: bool,
    pub(crate) submitted: bool,
    /// A signer knows of a newer directory than this was drafted under.
    pub(crate) behind: bool,
    /// The state to end in once the notary has cancelled it.
    pub(crate) refusal: Option<InstructionState>,
    pub(crate) asked_ms: u64,
}

/// A proposal that this node has signed.
pub(crate) struct Signed {
    pub(crate) stored: StoredSigned,
    pub(crate) checked: Option<Checked>,
    pub(crate) asked_ms: u64,
}

/// A node.
pub struct Node<S> {
    pub(crate) setup: Setup,
    pub(crate) members: Members,
    pub(crate) past_keys: PastKeys,
    pub(crate) store: S,
    pub(crate) pending: Pending,
    pub(crate) outputs: Vec<Output>,
    pub(crate) now_ms: u64,
    pub(crate) entropy: (Entropy, u64),
    pub(crate) purse: Purse,
    /// Flows that divide the change of a sort of money.
    pub(crate) dividing: BTreeMap<TransactionId, PurseKey>,
    /// Proposals that wait for the outcome of a transaction signed here.
    pub(crate) parked: BTreeMap<TransactionId, Vec<(Party, Proposal)>>,
    pub(crate) addresses: Addresses,
    pub(crate) key_secrets: KeySecrets,
    pub(crate) flows: BTreeMap<TransactionId, Flow>,
    pub(crate) signed: BTreeMap<TransactionId, Signed>,
    pub(crate) queue: VecDeque<StoredInstruction>,
    pub(crate) waiting: Waiting,
    pub(crate) unsigned: Vec<Unsigned>,
    /// Strokes of signing keys since the node was opened.
    pub(crate) strokes: u64,
    pub(crate) sequence: u64,
    sequence_written: u64,
    pub(crate) arrivals: u64,
    pub(crate) totals: Totals,
    pub(crate) attested: Totals,
    /// The checkpoint verified last.
    pub(crate) checkpoint: Option<(String, u64, Digest)>,
}

impl<S: Store> Node<S> {
    /// Opens a node where its store left off. The outputs are what has to be sent again.
    ///
    /// # Errors
    /// [`NodeError`].
    pub fn open(
        mut setup: Setup,
        members: Members,
        store: S,
        now_ms: u64,
    ) -> Result<(Self, Vec<Output>), NodeError> {
        setup.notary = keys_needed(setup.notary, &store)?;
        let mut past_keys = PastKeys::load(&store)?;
        let mut pending = Pending::default();
        past_keys.follow(&members, &mut pending);
        let totals = Totals::load(&store, "observed")?;
        let attested = Totals::load(&store, "attested")?;
        let mut node = Self {
            setup,
            members,
            past_keys,
            store,
            pending,
            outputs: Vec::new(),
            now_ms,
            entropy: (Digest::default(), 0),
            purse: Purse::default(),
            dividing: BTreeMap::new(),
            parked: BTreeMap::new(),
            addresses: Addresses::default(),
            key_secrets: KeySecrets::default(),
            flows: BTreeMap::new(),
            signed: BTreeMap::new(),
            queue: VecDeque::new(),
            waiting: Waiting::default(),
            unsigned: Vec::new(),
            strokes: 0,
            sequence: 0,
            sequence_written: 0,
            arrivals: 0,
            totals,
            attested,
            checkpoint: None,
        };
        for (key, stored) in all::<StoredFact>(&node.store, Table::Facts, &[])? {
            let at =
                fact_of_key(&key).ok_or_else(|| StoreError::Corrupt("a fact's key".to_owned()))?;
            node.index_money(&stored, at);
        }
        node.resume()?;
        let outputs = std::mem::take(&mut node.outputs);
        Ok((node, outputs))
    }

    /// Sends again what may not have arrived, and takes up every flow where it stood.
    fn resume(&mut self) -> Result<(), NodeError> {
        if let Some(next) = self.store.get(Table::Meta, OUTBOX_NEXT)? {
            let next = <[u8; 8]>::try_from(next.as_slice()).map(u64::from_be_bytes);
            self.sequence =
                next.map_err(|_| StoreError::Corrupt("the next outbox number".to_owned()))?;
            self.sequence_written = self.sequence;
        }
        for (sequence, message) in self.outbox()? {
            self.sequence = self.sequence.max(sequence + 1);
            self.outputs.push(Output::Send {
                to: message.to,
                sequence: Some(sequence),
                bytes: message.bytes,
            });
        }
        // Whoever doubted them may know better by now.
        for (key, _) in pairs(&self.store, Table::Index, DOUBTED)? {
            self.pending.delete(Table::Index, key);
        }
        let mut open: Vec<StoredInstruction> = all(&self.store, Table::Index, OPEN)?
            .into_iter()
            .map(|(_, i)| i)
            .collect();
        open.sort_by_key(|i| i.number);
        self.arrivals = open.last().map_or(0, |i| i.number + 1);
        self.queue = open
            .into_iter()
            .filter(|i| i.state == InstructionState::Queued)
            .collect();
        for (_, stored) in all::<StoredFlow>(&self.store, Table::Flows, DRIVEN)? {
            self.take_up(stored)?;
        }
        for (key, stored) in all::<StoredSigned>(&self.store, Table::Flows, SIGNED)? {
            let id = key.get(SIGNED.len()..).and_then(|id| id.try_into().ok());
            let id = id.ok_or_else(|| StoreError::Corrupt("a flow's key".to_owned()))?;
            let asked_ms = self.now_ms;
            self.signed.insert(
                TransactionId(Digest(id)),
                Signed {
                    stored,
                    checked: None,
                    asked_ms,
                },
            );
        }
        Ok(())
    }

    /// What is stored in the outbox, by number.
    fn outbox(&self) -> Result<Vec<(u64, StoredMessage)>, NodeError> {
        let stored = all::<StoredMessage>(&self.store, Table::Outbox, &[])?;
        let numbered = stored.into_iter().map(|(key, message)| {
            let number = <[u8; 8]>::try_from(key.as_slice()).map(u64::from_be_bytes);
            let number = number.map_err(|_| StoreError::Corrupt("an outbox number".to_owned()))?;
            Ok((number, message))
        });
        numbered.collect()
    }

    /// Sends everything again that waits for a peer. (What this step has just written is on its way already.)
    fn send_again(&mut self, party: &Party) -> Result<(), NodeError> {
        for (sequence, message) in self.outbox()? {
            if message.to == *party {
                self.outputs.push(Output::Send {
                    to: message.to,
                    sequence: Some(sequence),
                    bytes: message.bytes,
                });
            }
        }
        Ok(())
    }

    /// Takes inputs, writes what they change in one durable commit, and returns what is to be done then.
    ///
    /// # Errors
    /// [`NodeError`]; the node must then be opened again from its store.
    pub fn step(
        &mut self,
        now_ms: u64,
        entropy: Entropy,
        inputs: Vec<Input>,
    ) -> Result<Vec<Output>, NodeError> {
        self.now_ms = now_ms;
        self.entropy = (entropy, 0);
        for input in inputs {
            match input {
                Input::Instruct(instruction) => self.instruct(instruction)?,
                Input::Message(from, message) => self.receive(&from, message)?,
                Input::Verdict(id, verdict) => self.verdict(&id, verdict)?,
                Input::Acknowledged(sequences) => {
                    for sequence in sequences {
                        self.pending.delete(Table::Outbox, sequence.to_be_bytes());
                    }
                }
                Input::Members(members) => self.follow(members)?,
                Input::Earlier(members) => {
                    self.past_keys
                        .learn(&members, &self.members, &mut self.pending);
                }
                Input::SendAgain(party) => self.send_again(&party)?,
                Input::FileKept(file) => self.file_kept(&file),
                Input::FileShown(file, node) => self.file_shown(&file, &node),
                Input::Tick => self.tick()?,
            }
        }
        // Twice, so that what is drafted here finds what was just agreed to.
        self.sign_all()?;
        self.pump()?;
        self.sign_all()?;
        if self.sequence != self.sequence_written {
            let next = self.sequence.to_be_bytes().to_vec();
            self.pending.put_bytes(Table::Meta, OUTBOX_NEXT, next);
            self.sequence_written = self.sequence;
        }
        self.totals.save(&mut self.pending);
        self.attested.save(&mut self.pending);
        let batch = self.pending.take();
        if !batch.is_empty() {
            self.store.commit(batch)?;
        }
        Ok(std::mem::take(&mut self.outputs))
    }

    fn receive(&mut self, from: &Party, message: Message) -> Result<(), NodeError> {
        match message {
            Message::WantAddresses(party, purpose) => self.give_addresses(from, &party, purpose)?,
            Message::Addresses(sheet) => self.keep_addresses(from, sheet),
            Message::WantKeys(wanted) => self.give_key_secrets(from, wanted),
            Message::Keys(given) => self.keep_key_secrets(from, given),
            Message::Propose(proposal) => self.proposed(from, proposal)?,
            Message::Signed(id, signatures) => self.countersigned(from, &id, signatures)?,
            Message::Declined(id, code, reason, input) => {
                self.declined(from, &id, (&code, &reason), input)?;
            }
            Message::Final(finality) => self.finalised(finality)?,
            Message::Observe(observation) => self.observed(observation)?,
            // Only portals publish; a node that holds facts has no use for others' disclosures.
            Message::Disclose(_) => {}
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<(), NodeError> {
        self.waiting.wake_all();
        self.key_secrets.expire(self.now_ms);
        self.chase_signatures()?;
        self.chase_outcomes()
    }

    /// 32 bytes that nobody can guess, new at every call.
    pub(crate) fn random(&mut self) -> Digest {
        self.entropy.1 += 1;
        hmac_sha256(
            &self.entropy.0.0,
            &[b"step/v1", &self.entropy.1.to_be_bytes()],
        )
    }

    /// Sends a message that the flow itself sends again if it gets lost.
    pub(crate) fn send(&mut self, to: &Party, message: &Message) {
        self.outputs.push(Output::Send {
            to: to.clone(),
            sequence: None,
            bytes: codec::encode(message),
        });
    }

    /// Sends a message that must arrive: it stays in the outbox until its receiver has taken it over.
    pub(crate) fn post(&mut self, to: &Party, message: &Message) {
        let bytes = codec::encode(message);
        let sequence = self.sequence;
        self.sequence += 1;
        self.pending.put(
            Table::Outbox,
            sequence.to_be_bytes(),
            &StoredMessage {
                to: to.clone(),
                bytes: bytes.clone(),
            },
        );
        self.outputs.push(Output::Send {
            to: to.clone(),
            sequence: Some(sequence),
            bytes,
        });
    }

    pub(crate) fn index_money(&mut self, stored: &StoredFact, at: FactRef) {
        let contract = self.setup.book.get(&stored.fact.contract);
        if let Some((key, minor)) = contract.and_then(|c| PurseKey::of(&stored.fact, c)) {
            self.waiting.wake(&Cause::Money(key.clone()));
            self.purse.add(key, minor, at);
        }
    }

    pub(crate) fn hosts(&self, party: &Party) -> bool {
        self.setup.hosted.iter().any(|h| h.party == *party)
    }

    fn hosted(&self, party: &Party) -> Option<&Hosted> {
        self.setup.hosted.iter().find(|h| h.party == *party)
    }

    pub(crate) fn key_of(&self, party: &Party) -> Option<&SigningKey> {
        self.hosted(party)?.key(&self.members)
    }

    /// The P-256 key of a party of this node, with which it signs what others' software reads, whatever it signs with here.
    #[must_use]
    pub fn p256_key_of(&self, party: &Party) -> Option<&SigningKey> {
        let mut keys = self.hosted(party)?.keys.iter();
        keys.find(|key| key.public().suite() == Suite::P256)
    }
}
