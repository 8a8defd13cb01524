//! What a node writes down.

use deed::{Party, Value};
use ledger::certificate::Certificate;
use ledger::codec;
use ledger::fact::{Fact, FactRef};
use ledger::signature::ScopedSignature;
use ledger::tearoff::{TearOff, Vouched};
use ledger::transaction::Transaction;
use ledger::{ContractId, Digest, TransactionId};
use minicbor::{Decode, Encode};

/// A current fact that a party hosted here controls.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct StoredFact {
    /// The fact.
    #[n(0)]
    pub fact: Fact,
    /// The nonce from which each controller's one-time key is derived, in the policy's order.
    #[n(1)]
    pub nonces: Vec<Digest>,
}

/// A certified transaction as far as this node sees it.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct StoredTransaction {
    /// What is seen of it.
    #[n(0)]
    pub seen: TearOff,
    /// Everybody's signatures.
    #[n(1)]
    pub signatures: Vec<ScopedSignature>,
    /// The notary's certificate, with the inclusion proof.
    #[n(2)]
    pub certificate: Certificate,
}

/// What a client asks for: one action of one contract, once, however often it is asked.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Instruction {
    /// The client's idempotency key.
    #[n(0)]
    pub key: String,
    /// The party in whose name, hosted here.
    #[cbor(n(1), with = "codec::party")]
    pub party: Party,
    /// The contract.
    #[n(2)]
    pub contract: ContractId,
    /// The action, by position.
    #[n(3)]
    pub action: u16,
    /// Its arguments in declared order.
    #[cbor(n(4), with = "codec::values")]
    pub args: Vec<Value>,
    /// The facts that it consumes, in declared order.
    #[n(5)]
    pub consumes: Vec<FactRef>,
    /// The facts that it references, in declared order.
    #[n(6)]
    pub references: Vec<FactRef>,
}

/// How far an instruction has got.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum InstructionState {
    /// Accepted; waiting for what it needs.
    #[n(0)]
    Queued,
    /// A transaction is being signed or certified.
    #[n(1)]
    InFlight(#[n(0)] TransactionId),
    /// Certified.
    #[n(2)]
    Done(#[n(0)] TransactionId),
    /// Refused: the rule's code, and the reason with its figures.
    #[n(3)]
    Refused(#[n(0)] String, #[n(1)] String),
}

/// An instruction and how far it has got.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct StoredInstruction {
    /// The instruction.
    #[n(0)]
    pub instruction: Instruction,
    /// Its state.
    #[n(1)]
    pub state: InstructionState,
    /// Order of arrival.
    #[n(2)]
    pub number: u64,
}

/// A flow that this node drives.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct StoredFlow {
    /// The instruction that it carries out.
    #[n(0)]
    pub instruction: String,
    /// The transaction, whole.
    #[n(1)]
    pub transaction: Transaction,
    /// Vouchers for keys of recipients that don't sign.
    #[n(2)]
    pub vouchers: Vec<Vouched>,
    /// This node's own signatures.
    #[n(3)]
    pub own: Vec<ScopedSignature>,
    /// Blinds what the notary's batch says about the tokens.
    #[n(4)]
    pub r: Digest,
    /// The secrets of its key tokens, in the header's order.
    #[cbor(n(5), with = "codec::list")]
    pub keys: Vec<Digest>,
}

/// A proposal that this node has signed and whose outcome it waits for.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct StoredSigned {
    /// Who drives the flow.
    #[cbor(n(0), with = "codec::party")]
    pub from: Party,
    /// What is seen of it.
    #[n(1)]
    pub seen: TearOff,
    /// This node's signatures.
    #[n(2)]
    pub own: Vec<ScopedSignature>,
    /// Those that came with it or later.
    #[n(3)]
    pub theirs: Vec<ScopedSignature>,
}

impl StoredSigned {
    /// Every signature that is known here.
    #[must_use]
    pub fn known(&self) -> Vec<ScopedSignature> {
        self.own.iter().chain(&self.theirs).cloned().collect()
    }
}

/// A message that its receiver has not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct StoredMessage {
    /// The receiving node.
    #[cbor(n(0), with = "codec::party")]
    pub to: Party,
    /// The encoded message.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// The key of a fact in its table: transaction, view, output, so that a transaction's facts stand together.
#[must_use]
pub fn fact_key(at: &FactRef) -> Vec<u8> {
    let mut key = at.transaction.bytes().to_vec();
    key.extend_from_slice(&at.view.to_be_bytes());
    key.extend_from_slice(&at.output.to_be_bytes());
    key
}

/// The fact that a key of [`fact_key`] names.
#[must_use]
pub fn fact_of_key(key: &[u8]) -> Option<FactRef> {
    let (transaction, rest) = key.split_first_chunk::<32>()?;
    let (view, rest) = rest.split_first_chunk::<4>()?;
    let output = rest.first_chunk::<4>()?;
    Some(FactRef {
        transaction: TransactionId(Digest(*transaction)),
        view: u32::from_be_bytes(*view),
        output: u32::from_be_bytes(*output),
    })
}
