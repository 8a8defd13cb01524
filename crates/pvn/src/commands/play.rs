//! Sending instructions through the public API until each is done.

use std::sync::atomic::{AtomicBool, Ordering};

use api::{Instruction, InstructionStatus, State};

use crate::client::{Client, ClientError};

/// Instructions in one request.
const BATCH: usize = 250;

/// Why playing stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlayError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("{key} was refused: {reason} [{code}]")]
    Refused {
        key: String,
        code: String,
        reason: String,
    },
    #[error("stopped before everything was played")]
    Stopped,
}

/// Sends instructions until every one is done; tells how many more were after each batch. The first refusal stops it, and
/// so does `stopping`.
pub(crate) fn play(
    client: &Client,
    instructions: &[Instruction],
    stopping: &AtomicBool,
    mut done: impl FnMut(u64),
) -> Result<(), PlayError> {
    for batch in instructions.chunks(BATCH) {
        let mut open: Vec<Instruction> = batch.to_vec();
        while !open.is_empty() {
            if stopping.load(Ordering::Relaxed) {
                return Err(PlayError::Stopped);
            }
            let before = open.len();
            let states = client.instruct(open.clone(), true)?.instructions;
            let mut left = Vec::new();
            for (instruction, state) in open.into_iter().zip(states) {
                match state {
                    InstructionStatus {
                        state: State::Done, ..
                    } => {}
                    InstructionStatus {
                        state: State::Refused,
                        key,
                        code,
                        reason,
                        ..
                    } => {
                        return Err(PlayError::Refused {
                            key,
                            code: code.unwrap_or_default(),
                            reason: reason.unwrap_or_default(),
                        });
                    }
                    InstructionStatus { .. } => left.push(instruction),
                }
            }
            open = left;
            done((before - open.len()) as u64);
        }
    }
    Ok(())
}
