//! The thread that runs a node's state machine: everything that arrives while one commit is under way goes into the next.
//!
//! One thread, one store, one durable commit a round: the group commit that makes many small payments cheap.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use api::OpenWork;
use deed::Party;
use ledger::{Digest, TransactionId};
use protocol::directory::Members;
use protocol::message::Message;
use protocol::node::records::{Instruction, InstructionState};
use protocol::node::{Input, Node, NodeError, Output};
use protocol::notary::{Request, Verdict};
use tokio::sync::oneshot;

use super::pulse::Pulse;
use super::round::{Gathered, Reply, Work, gather};
use crate::store::SqliteStore;

/// Inputs that wait for the engine; more than this and callers are told to come back.
const WAITING_MAX: usize = 8_192;
/// How often the engine looks at its clocks when nothing arrives.
const TICK: Duration = Duration::from_millis(250);

/// A node over its store on disk.
pub(crate) type DiskNode = Node<SqliteStore>;

/// Why the engine didn't take something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum EngineError {
    /// Too much is waiting already.
    #[error("the node is busy: too much is waiting already")]
    Busy,
    /// The engine has stopped.
    #[error("the node is stopping")]
    Stopped,
    /// The round failed; nothing of it was done.
    #[error(transparent)]
    Node(#[from] NodeError),
}

/// Where the engine's outputs go, after they are safe to let out.
pub(crate) trait Outlet: Send + 'static {
    /// Sends a message to a peer.
    fn send(&mut self, to: Party, sequence: Option<u64>, bytes: Vec<u8>);
    /// Asks the notary.
    fn notarise(&mut self, id: TransactionId, request: Request);
}

/// A hold on the engine: cheap to clone, usable from async code.
#[derive(Clone)]
pub(crate) struct Engine {
    work: SyncSender<Work>,
    pulse: Arc<RwLock<Pulse>>,
}

/// Milliseconds since 1970-01-01 UTC by this machine's clock.
#[must_use]
pub fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// 32 bytes from the operating system's generator.
///
/// # Errors
/// If the generator fails.
pub fn random_32() -> Result<[u8; 32], aws_lc_rs::error::Unspecified> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes)?;
    Ok(bytes)
}

impl Engine {
    /// Starts the thread. `open` makes the node from its store; it is called again after a round that failed.
    pub(crate) fn start<F, O>(open: F, outlet: O) -> (Self, JoinHandle<()>)
    where
        F: Fn() -> Result<(DiskNode, Vec<Output>), EngineOpenError> + Send + 'static,
        O: Outlet,
    {
        let (work, waiting) = sync_channel(WAITING_MAX);
        let opening = Pulse::new(OpenWork::default(), Some("it is being opened".to_owned()));
        let pulse = Arc::new(RwLock::new(opening));
        let beat = {
            let pulse = Arc::clone(&pulse);
            move |said| *pulse.write().unwrap_or_else(PoisonError::into_inner) = said
        };
        let thread = std::thread::spawn(move || {
            run(&open, outlet, &waiting, &beat);
            beat(Pulse::new(
                OpenWork::default(),
                Some(EngineError::Stopped.to_string()),
            ));
        });
        (Self { work, pulse }, thread)
    }

    /// What was open after the last round, and why the engine doesn't work, if it doesn't. Costs the engine nothing.
    pub(crate) fn pulse(&self) -> (OpenWork, Option<String>) {
        let pulse = self.pulse.read().unwrap_or_else(PoisonError::into_inner);
        pulse.at(Instant::now())
    }

    /// Whether certificates that come from now on must be signed by all keys of the notary's log.
    pub(crate) fn needs_all_log_keys(&self) -> bool {
        let pulse = self.pulse.read().unwrap_or_else(PoisonError::into_inner);
        pulse.needs_all_log_keys
    }

    fn give(&self, work: Work) -> Result<(), EngineError> {
        self.work.try_send(work).map_err(|error| match error {
            TrySendError::Full(_) => EngineError::Busy,
            TrySendError::Disconnected(_) => EngineError::Stopped,
        })
    }

    /// Hands over a peer's messages; done when what they changed is durable.
    pub(crate) async fn messages(
        &self,
        from: &Party,
        messages: Vec<Message>,
    ) -> Result<(), EngineError> {
        let inputs = messages
            .into_iter()
            .map(|m| Input::Message(from.clone(), m))
            .collect();
        let (done, reply) = oneshot::channel();
        self.give(Work::Inputs(inputs, done))?;
        reply.await.unwrap_or(Err(EngineError::Stopped))
    }

    /// Hands over an instruction; answers when it is durably accepted, or (`until_final`) when it is done or refused.
    pub(crate) fn instruct(
        &self,
        instruction: Instruction,
        until_final: bool,
    ) -> Result<oneshot::Receiver<Result<InstructionState, EngineError>>, EngineError> {
        let (reply, state) = oneshot::channel();
        self.give(Work::Instruct {
            instruction,
            until_final,
            reply,
        })?;
        Ok(state)
    }

    /// Tells the engine something that nobody waits for.
    pub(crate) fn tell(&self, inputs: Vec<Input>) -> Result<(), EngineError> {
        self.give(Work::Tell(inputs))
    }

    /// Reports the notary's answers.
    pub(crate) fn verdicts(
        &self,
        verdicts: Vec<(TransactionId, Verdict)>,
    ) -> Result<(), EngineError> {
        self.tell(
            verdicts
                .into_iter()
                .map(|(id, verdict)| Input::Verdict(id, verdict))
                .collect(),
        )
    }

    /// Reports that another directory is in force.
    pub(crate) fn members(&self, members: Members) -> Result<(), EngineError> {
        self.tell(vec![Input::Members(members)])
    }

    /// Looks at the node between two rounds.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut DiskNode) -> T + Send + 'static,
    ) -> Result<T, EngineError> {
        let (reply, answer) = oneshot::channel();
        self.give(Work::Ask(Box::new(move |node| {
            // Whoever asked may have gone away.
            let _ = reply.send(question(node));
        })))?;
        answer.await.map_err(|_| EngineError::Stopped)
    }

    /// Finishes the round under way and ends the thread.
    pub(crate) fn stop(&self) {
        // A full queue empties, a closed one has stopped already.
        let _ = self.work.send(Work::Stop);
    }
}

/// Why a node couldn't be opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum EngineOpenError {
    /// The store.
    #[error(transparent)]
    Open(#[from] crate::store::OpenError),
    /// The node.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// Keys or network.
    #[error("{0}")]
    Setup(String),
}

/// Who waits for which instruction.
type Waiters = HashMap<String, Vec<Reply>>;

fn run<F, O>(open: &F, mut outlet: O, waiting: &Receiver<Work>, beat: &impl Fn(Pulse))
where
    F: Fn() -> Result<(DiskNode, Vec<Output>), EngineOpenError>,
    O: Outlet,
{
    let mut waiters: Waiters = HashMap::new();
    loop {
        let (mut node, outputs) = match open() {
            Ok(opened) => opened,
            Err(error) => {
                tracing::error!(%error, "the node's store can't be opened; trying again");
                beat(Pulse::new(OpenWork::default(), Some(error.to_string())));
                if !pause(waiting) {
                    return;
                }
                continue;
            }
        };
        deliver(outputs, &mut outlet, &mut waiters);
        let mut ticked = Instant::now();
        beat(Pulse::of(&node));
        loop {
            match round(
                &mut node,
                waiting,
                &mut ticked,
                &mut outlet,
                &mut waiters,
                beat,
            ) {
                Round::Done => {}
                Round::Stop => return,
                Round::Failed => break,
            }
        }
    }
}

/// Waits before opening again, refusing what comes meanwhile; `false` when told to stop.
fn pause(waiting: &Receiver<Work>) -> bool {
    match waiting.recv_timeout(Duration::from_secs(1)) {
        Ok(Work::Stop) | Err(RecvTimeoutError::Disconnected) => false,
        Ok(work) => {
            refuse(work, &EngineError::Busy);
            true
        }
        Err(RecvTimeoutError::Timeout) => true,
    }
}

fn refuse(work: Work, error: &EngineError) {
    match work {
        // Whoever waited may have gone away.
        Work::Inputs(_, done) => drop(done.send(Err(error.clone()))),
        Work::Instruct { reply, .. } => drop(reply.send(Err(error.clone()))),
        Work::Tell(_) | Work::Ask(_) | Work::Stop => {}
    }
}

enum Round {
    Done,
    Stop,
    Failed,
}

fn round<O: Outlet>(
    node: &mut DiskNode,
    waiting: &Receiver<Work>,
    ticked: &mut Instant,
    outlet: &mut O,
    waiters: &mut Waiters,
    beat: &impl Fn(Pulse),
) -> Round {
    let first = match waiting.recv_timeout(TICK) {
        Ok(work) => Some(work),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => return Round::Stop,
    };
    let Gathered {
        mut inputs,
        done,
        accepted,
        questions,
        stop,
    } = gather(first, waiting);
    if ticked.elapsed() >= TICK {
        *ticked = Instant::now();
        inputs.insert(0, Input::Tick);
    }
    for question in questions {
        question(node);
    }
    let entropy = match random_32() {
        Ok(bytes) => Digest(bytes),
        Err(_) => return Round::Failed,
    };
    match node.step(now_ms(), entropy, inputs) {
        Ok(outputs) => {
            let mut latest: HashMap<String, InstructionState> = HashMap::new();
            for output in &outputs {
                if let Output::Progress { key, state } = output {
                    latest.insert(key.clone(), state.clone());
                }
            }
            // Whoever is answered finds the node as the answer leaves it.
            beat(Pulse::of(node));
            deliver(outputs, outlet, waiters);
            for (key, until_final, reply) in accepted {
                let state = latest
                    .get(&key)
                    .cloned()
                    .unwrap_or(InstructionState::Queued);
                if until_final && !is_final(&state) {
                    waiters.entry(key).or_default().push(reply);
                } else {
                    drop(reply.send(Ok(state)));
                }
            }
            for reply in done {
                drop(reply.send(Ok(())));
            }
            if stop { Round::Stop } else { Round::Done }
        }
        Err(error) => {
            tracing::error!(%error, "a round failed; opening the store again");
            let error = EngineError::Node(error);
            for reply in done {
                drop(reply.send(Err(error.clone())));
            }
            for (_, _, reply) in accepted {
                drop(reply.send(Err(error.clone())));
            }
            // Told to stop once, it is not told again.
            if stop { Round::Stop } else { Round::Failed }
        }
    }
}

fn is_final(state: &InstructionState) -> bool {
    matches!(
        state,
        InstructionState::Done(_) | InstructionState::Refused(..)
    )
}

fn deliver<O: Outlet>(outputs: Vec<Output>, outlet: &mut O, waiters: &mut Waiters) {
    for output in outputs {
        match output {
            Output::Send {
                to,
                sequence,
                bytes,
            } => outlet.send(to, sequence, bytes),
            Output::Notarise { id, request } => outlet.notarise(id, request),
            Output::Progress { key, state } => {
                if is_final(&state) {
                    for waiter in waiters.remove(&key).unwrap_or_default() {
                        drop(waiter.send(Ok(state.clone())));
                    }
                }
            }
        }
    }
}
