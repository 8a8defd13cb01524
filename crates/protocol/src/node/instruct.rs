//! Instructions: accepted once, kept, and started as soon as what they need is there.

use ledger::codec;

use super::core::{Node, NodeError, OPEN, Output, under};
use super::draft::Stop;
use super::records::{Instruction, InstructionState, StoredInstruction};
use super::waiting::Cause;
use crate::limits::{FLOWS_MAX, KEY_BYTES_MAX};
use crate::store::{Store, Table};

/// Instructions in one line that are tried and found to wait still, before the rest of the line is left for the next time.
const LOOK_AHEAD: usize = 8;

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

    /// Starts as many instructions as money, keys and limits allow: first those whose cause to wait has changed.
    pub(crate) fn pump(&mut self) -> Result<(), NodeError> {
        while self.may_begin()
            && let Some(cause) = self.waiting.woken()
        {
            let mut still = Vec::new();
            while self.may_begin() && still.len() < LOOK_AHEAD {
                let Some(stored) = self.waiting.pop(&cause) else {
                    break;
                };
                match self.start(stored)? {
                    Some((now, stored)) if now == cause => still.push(stored),
                    Some((other, stored)) => self.waiting.push(other, stored),
                    None => {}
                }
            }
            self.waiting.give_back(&cause, still);
        }
        while self.may_begin() {
            let Some(stored) = self.queue.pop_front() else {
                break;
            };
            if let Some((cause, stored)) = self.start(stored)? {
                self.waiting.push(cause, stored);
            }
        }
        Ok(())
    }

    fn may_begin(&self) -> bool {
        self.flows.len() + self.unsigned.len() < FLOWS_MAX
    }

    /// Starts an instruction; gives it back with what it waits for.
    fn start(
        &mut self,
        stored: StoredInstruction,
    ) -> Result<Option<(Cause, StoredInstruction)>, NodeError> {
        match self.draft(&stored.instruction) {
            Ok(draft) => Ok(self
                .begin(stored, draft)?
                .map(|stored| (Cause::Outcome, stored))),
            Err(Stop::Wait(cause)) => Ok(Some((cause, stored))),
            Err(Stop::Refuse(refusal)) => {
                let law = refusal
                    .law
                    .map(|law| format!(" ({law})"))
                    .unwrap_or_default();
                let state = InstructionState::Refused(refusal.rule, refusal.message + &law);
                self.progress(&stored.instruction.key, state)?;
                Ok(None)
            }
            Err(Stop::Fail(error)) => Err(error),
        }
    }
}

/// The state of an instruction that is refused.
pub(crate) fn refused(code: &str, reason: impl Into<String>) -> InstructionState {
    InstructionState::Refused(code.to_owned(), reason.into())
}
