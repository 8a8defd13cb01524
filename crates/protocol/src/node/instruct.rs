//! Instructions: accepted once, kept, and started as soon as what they need is there.

use ledger::codec;

use super::core::{Node, NodeError, OPEN, Output, under};
use super::draft::Stop;
use super::records::{Instruction, InstructionState, StoredInstruction};
use crate::limits::{FLOWS_MAX, KEY_BYTES_MAX};
use crate::store::{Store, Table};

/// Instructions looked at in one go before the rest must wait: a blocked one doesn't block all.
const LOOK_AHEAD: usize = 64;

impl<S: Store> Node<S> {
    /// Accepts an instruction once, however often it is sent.
    pub(crate) fn instruct(&mut self, instruction: Instruction) -> Result<(), NodeError> {
        let key = instruction.key.clone();
        let known: Option<StoredInstruction> =
            self.pending
                .get(&self.store, Table::Instructions, key.as_bytes())?;
        let state = match known {
            Some(known) if known.instruction == instruction => known.state,
            Some(_) => refused(
                "idempotency_key_reused",
                "this key was used for another instruction before",
            ),
            None if key.is_empty() || key.len() > KEY_BYTES_MAX => refused(
                "idempotency_key_not_allowed",
                format!("a key has 1 to {KEY_BYTES_MAX} bytes"),
            ),
            None if !self.hosts(&instruction.party) => refused(
                "party_not_hosted_here",
                format!("{} does not have its facts at this node", instruction.party),
            ),
            // What is written here must be readable again, or the node would not open any more.
            None if codec::decode::<Instruction>(&codec::encode(&instruction)).is_err() => refused(
                "instruction_not_readable",
                "an argument is too long, nested too deep, or not in Unicode normalisation form C",
            ),
            None => {
                let number = self.arrivals;
                self.arrivals += 1;
                let stored = StoredInstruction {
                    instruction,
                    state: InstructionState::Queued,
                    number,
                };
                self.write_instruction(&stored);
                self.queue.push_back(stored);
                InstructionState::Queued
            }
        };
        self.outputs.push(Output::Progress { key, state });
        Ok(())
    }

    /// Writes an instruction, and keeps a list of the unfinished ones beside the table of all.
    pub(super) fn write_instruction(&mut self, stored: &StoredInstruction) {
        let key = stored.instruction.key.as_bytes();
        self.pending.put(Table::Instructions, key, stored);
        match stored.state {
            InstructionState::Queued | InstructionState::InFlight(_) => {
                self.pending.put(Table::Index, under(OPEN, key), stored);
            }
            InstructionState::Done(_) | InstructionState::Refused(..) => {
                self.pending.delete(Table::Index, under(OPEN, key));
            }
        }
    }

    pub(super) fn progress(&mut self, key: &str, state: InstructionState) -> Result<(), NodeError> {
        let stored: Option<StoredInstruction> =
            self.pending
                .get(&self.store, Table::Instructions, key.as_bytes())?;
        if let Some(mut stored) = stored {
            stored.state = state.clone();
            self.write_instruction(&stored);
            if state == InstructionState::Queued {
                self.queue.push_front(stored);
            }
        }
        self.outputs.push(Output::Progress {
            key: key.to_owned(),
            state,
        });
        Ok(())
    }

    /// Starts as many queued instructions as money, keys and limits allow.
    pub(crate) fn pump(&mut self) -> Result<(), NodeError> {
        let mut waiting = Vec::new();
        while self.flows.len() < FLOWS_MAX && waiting.len() < LOOK_AHEAD {
            let Some(stored) = self.queue.pop_front() else {
                break;
            };
            match self.draft(&stored.instruction) {
                Ok(draft) => waiting.extend(self.begin(stored, draft)?),
                Err(Stop::Wait) => waiting.push(stored),
                Err(Stop::Refuse(refusal)) => {
                    let law = refusal
                        .law
                        .map(|law| format!(" ({law})"))
                        .unwrap_or_default();
                    let state = InstructionState::Refused(refusal.rule, refusal.message + &law);
                    self.progress(&stored.instruction.key, state)?;
                }
                Err(Stop::Fail(error)) => return Err(error),
            }
        }
        for stored in waiting.into_iter().rev() {
            self.queue.push_front(stored);
        }
        Ok(())
    }
}

/// The state of an instruction that is refused.
pub(crate) fn refused(code: &str, reason: impl Into<String>) -> InstructionState {
    InstructionState::Refused(code.to_owned(), reason.into())
}
