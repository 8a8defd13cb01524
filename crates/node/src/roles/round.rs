//! What the engine takes into one round.

use std::sync::mpsc::Receiver;

use protocol::node::Input;
use protocol::node::records::{Instruction, InstructionState};
use tokio::sync::oneshot;

use super::engine::{DiskNode, EngineError};
use crate::limits::ROUND_ITEMS_MAX;

/// Something that somebody wants to know of the node.
pub(super) type Question = Box<dyn FnOnce(&mut DiskNode) + Send>;

/// Something for the engine.
pub(super) enum Work {
    Inputs(Vec<Input>, oneshot::Sender<Result<(), EngineError>>),
    Instruct {
        instruction: Instruction,
        until_final: bool,
        reply: Reply,
    },
    Tell(Vec<Input>),
    Ask(Question),
    Stop,
}

/// Where the answer to an instruction goes.
pub(super) type Reply = oneshot::Sender<Result<InstructionState, EngineError>>;

/// What goes into one round.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) inputs: Vec<Input>,
    pub(super) done: Vec<oneshot::Sender<Result<(), EngineError>>>,
    pub(super) accepted: Vec<(String, bool, Reply)>,
    pub(super) questions: Vec<Question>,
    pub(super) stop: bool,
}

/// Takes what is waiting, up to a round: every item counts, so that no stream of questions puts off the commit.
pub(super) fn gather(first: Option<Work>, waiting: &Receiver<Work>) -> Gathered {
    let mut round = Gathered::default();
    let mut next = first;
    let mut taken = 0;
    while let Some(work) = next.take() {
        taken += 1;
        match work {
            Work::Inputs(given, reply) => {
                round.inputs.extend(given);
                round.done.push(reply);
            }
            Work::Instruct {
                instruction,
                until_final,
                reply,
            } => {
                round
                    .accepted
                    .push((instruction.key.clone(), until_final, reply));
                round.inputs.push(Input::Instruct(instruction));
            }
            Work::Tell(given) => round.inputs.extend(given),
            Work::Ask(question) => round.questions.push(question),
            Work::Stop => {
                round.stop = true;
                break;
            }
        }
        if round.inputs.len().max(taken) < ROUND_ITEMS_MAX {
            next = waiting.try_recv().ok();
        }
    }
    round
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    #[test]
    fn a_round_ends_however_small_what_arrives_is() {
        let (work, waiting) = sync_channel(3 * ROUND_ITEMS_MAX);
        type Case = (&'static str, fn() -> Work, [usize; 3]);
        let items: [Case; 4] = [
            (
                "questions",
                || Work::Ask(Box::new(|_| {})),
                [0, 0, ROUND_ITEMS_MAX],
            ),
            ("empty news", || Work::Tell(Vec::new()), [0, 0, 0]),
            (
                "empty posts",
                || Work::Inputs(Vec::new(), oneshot::channel().0),
                [0, ROUND_ITEMS_MAX, 0],
            ),
            (
                "much news",
                || Work::Tell(vec![Input::Tick; ROUND_ITEMS_MAX]),
                [ROUND_ITEMS_MAX, 0, 0],
            ),
        ];
        for (case, item, expected) in items {
            for _ in 0..2 * ROUND_ITEMS_MAX {
                work.try_send(item())
                    .unwrap_or_else(|_| panic!("{case}: room"));
            }
            let first = waiting.try_recv().ok();
            let round = gather(first, &waiting);
            let found = [round.inputs.len(), round.done.len(), round.questions.len()];
            assert_eq!(found, expected, "{case}");
            assert!(
                waiting.try_recv().is_ok(),
                "{case}: something is left for the next round"
            );
            while waiting.try_recv().is_ok() {}
        }
    }
}
