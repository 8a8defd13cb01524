//! Rounds of the notary: whatever is waiting is checked together, decided as one batch and synced once.
//!
//! Two threads take turns: while one has the notary, the other gathers and checks what arrives meanwhile. Whoever is alone waits
//! for nobody but its own round.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use ledger::Digest;
use ledger::validity::Home as Belongs;
use protocol::limits::BATCH_REQUESTS_MAX;
use protocol::notary::{Checked, Notary, NotaryError, Registered, Request, Verdict, check};
use tokio::sync::oneshot;

use super::engine::now_ms;
use super::http::RunError;
use super::link::Link;
use super::notary::{Clocks, clock_wrong};
use super::notary_log::Shelf;
use crate::store::FjallNotaryStore;

/// Threads that take turns.
const DECIDERS: usize = 2;
/// Signatures for which a further thread is worth its start, a few dozen microseconds.
const SIGNATURES_A_THREAD: usize = 256;

/// How often an idle notary looks whether a root over the used marks is due.
const IDLE: Duration = Duration::from_secs(1);

pub(super) type DiskNotary = Notary<FjallNotaryStore>;
pub(super) type Open = Box<dyn Fn() -> Result<DiskNotary, RunError> + Send + Sync>;

pub(super) enum Work {
    Decide(Vec<Request>, oneshot::Sender<Vec<Verdict>>),
    Register(Vec<Digest>, oneshot::Sender<Vec<Registered>>),
    Stop,
}

/// What one caller asked for: how many of a round's are its own, and where the answers go.
type Waiting<T> = (usize, oneshot::Sender<Vec<T>>);

/// What goes into one round.
#[derive(Default)]
struct Round {
    requests: Vec<Request>,
    callers: Vec<Waiting<Verdict>>,
    statements: Vec<Digest>,
    registering: Vec<Waiting<Registered>>,
    stop: bool,
}

impl Round {
    /// Whether it is as much as is decided at once: every item counts, so that no stream of small ones puts off the decision.
    fn is_full(&self) -> bool {
        let items = self.requests.len().max(self.callers.len());
        let statements = self.statements.len().max(self.registering.len());
        items.max(statements) >= BATCH_REQUESTS_MAX
    }
}

/// Gives each caller its share of the answers.
fn hand_out<T>(answers: Vec<T>, callers: Vec<Waiting<T>>) {
    let mut answers = answers.into_iter();
    for (count, reply) in callers {
        // Whoever asked may have gone away; asking again gives the same answer.
        drop(reply.send(answers.by_ref().take(count).collect()));
    }
}

/// Takes what is waiting, up to a batch.
fn gather(first: Work, waiting: &Receiver<Work>) -> Round {
    let mut round = Round::default();
    let mut next = Some(first);
    while let Some(work) = next.take() {
        match work {
            Work::Decide(given, reply) => {
                round.callers.push((given.len(), reply));
                round.requests.extend(given);
            }
            Work::Register(given, reply) => {
                round.registering.push((given.len(), reply));
                round.statements.extend(given);
            }
            Work::Stop => {
                round.stop = true;
                return round;
            }
        }
        if !round.is_full() {
            next = waiting.try_recv().ok();
        }
    }
    round
}

/// Checks requests on as many threads as they are worth.
fn check_all(belongs: &Belongs, requests: Vec<Request>) -> Vec<Checked> {
    let weight = |request: &Request| match request {
        Request::Certify(submission) => submission.authorities.iter().map(Vec::len).sum(),
        Request::Cancel(..) | Request::Status(_) => 0,
    };
    let all: usize = requests.iter().map(weight).sum();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = (all / SIGNATURES_A_THREAD).clamp(1, cores);
    if threads == 1 {
        return check(belongs, requests);
    }
    let mut parts = vec![Vec::new()];
    let mut weighed = 0;
    for request in requests {
        if weighed * threads >= all * parts.len() {
            parts.push(Vec::new());
        }
        weighed += weight(&request);
        if let Some(part) = parts.last_mut() {
            part.push(request);
        }
    }
    std::thread::scope(|scope| {
        let checking: Vec<_> = parts
            .into_iter()
            .map(|part| scope.spawn(|| check(belongs, part)))
            .collect();
        let ended = checking.into_iter().map(|thread| thread.join());
        ended.flat_map(Result::unwrap_or_default).collect()
    })
}

/// The notary with what it takes to decide, and the threads that do.
pub(super) struct Deciders(Vec<JoinHandle<()>>);

struct Shared {
    /// What waits; none once the notary has stopped.
    waiting: Mutex<Option<Receiver<Work>>>,
    /// None after a failed batch, when nobody knows what reached the disk: it is opened again before anything else is decided.
    notary: Mutex<Option<DiskNotary>>,
    open: Open,
    link: Arc<Link>,
    clocks: Arc<Clocks>,
    shelf: Shelf,
    belongs: Belongs,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Deciders {
    pub(super) fn start(
        notary: DiskNotary,
        open: Open,
        waiting: Receiver<Work>,
        (link, clocks): (Arc<Link>, Arc<Clocks>),
        shelf: Shelf,
        belongs: Belongs,
    ) -> Self {
        let shared = Arc::new(Shared {
            waiting: Mutex::new(Some(waiting)),
            notary: Mutex::new(Some(notary)),
            open,
            link,
            clocks,
            shelf,
            belongs,
        });
        let threads = (0..DECIDERS).map(|_| {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || while shared.round() {})
        });
        Self(threads.collect())
    }

    /// Waits until all have stopped.
    pub(super) fn join(self) {
        for thread in self.0 {
            // One that panicked has stopped as well.
            drop(thread.join());
        }
    }
}

impl Shared {
    /// Decides whatever is waiting; false if there won't be any more. One sync and one signature serve all of it.
    fn round(&self) -> bool {
        let mut turn = locked(&self.waiting);
        let Some(waiting) = turn.as_ref() else {
            return false;
        };
        let mut round = match waiting.recv_timeout(IDLE) {
            Ok(first) => gather(first, waiting),
            Err(RecvTimeoutError::Timeout) if self.is_clock_right() => Round::default(),
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        if round.stop {
            *turn = None;
        }
        let checked = check_all(&self.belongs, std::mem::take(&mut round.requests));
        let mut notary = locked(&self.notary);
        // Only now may others gather: what comes in the meantime is one round, and not many.
        drop(turn);
        let stop = round.stop;
        if notary.is_none() {
            *notary = (self.open)()
                .inspect_err(|error| tracing::error!(%error, "the notary can't be opened again"))
                .inspect(|notary| show(&self.shelf, notary))
                .ok();
        }
        // Whoever has no notary to decide learns from its dropped reply that there is no answer now.
        if let Some(deciding) = notary.as_mut()
            && let Err(error) = self.decide(deciding, &checked, round)
        {
            tracing::error!(%error, "a batch could not be decided; opening the store again");
            self.shelf.let_go();
            *notary = None;
        }
        !stop
    }

    /// Whether the registrar's clock was heard, and doesn't speak against this one: a root stamped by a wrong clock would do as much
    /// harm as a batch, and without anybody's asking for it.
    fn is_clock_right(&self) -> bool {
        let registrar = self.link.registrar_ahead();
        registrar.is_some() && clock_wrong(&self.clocks.all(), registrar).is_none()
    }

    /// Decides a round and gives the answers, which are durable by then.
    fn decide(
        &self,
        notary: &mut DiskNotary,
        checked: &[Checked],
        round: Round,
    ) -> Result<(), NotaryError> {
        let verdicts = notary.apply_checked(now_ms(), self.link.members().pin(), checked)?;
        let registered = notary.register(now_ms(), &round.statements)?;
        show(&self.shelf, notary);
        hand_out(verdicts, round.callers);
        hand_out(registered, round.registering);
        if self.is_clock_right() && notary.keep_current(now_ms())? {
            show(&self.shelf, notary);
        }
        Ok(())
    }
}

/// Shows what is durable.
pub(super) fn show(shelf: &Shelf, notary: &DiskNotary) {
    let root = notary.marks_root().cloned();
    let log = notary.store().log();
    shelf.publish(notary.checkpoint(), notary.size(), log, root);
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use ledger::TransactionId;

    use super::*;

    #[test]
    fn a_round_ends_however_small_what_arrives_is() {
        let (work, waiting) = sync_channel(3 * BATCH_REQUESTS_MAX);
        let decide = |count: usize| {
            let requests = vec![Request::Status(TransactionId(Digest([0; 32]))); count];
            Work::Decide(requests, oneshot::channel().0)
        };
        let table = [
            ("empty", 0, BATCH_REQUESTS_MAX),
            ("small", 1, BATCH_REQUESTS_MAX),
            ("full", BATCH_REQUESTS_MAX, 1),
        ];
        for (case, size, callers) in table {
            for _ in 0..2 * BATCH_REQUESTS_MAX {
                work.try_send(decide(size))
                    .unwrap_or_else(|_| panic!("{case}: room"));
            }
            let first = waiting.try_recv().expect("one");
            let round = gather(first, &waiting);
            assert_eq!(
                (round.callers.len(), round.stop),
                (callers, false),
                "{case}"
            );
            while waiting.try_recv().is_ok() {}
        }
        drop(work.try_send(Work::Stop));
        drop(work.try_send(decide(1)));
        let round = gather(decide(1), &waiting);
        assert_eq!((round.callers.len(), round.stop), (1, true));
    }
}
