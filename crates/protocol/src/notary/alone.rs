//! A notary alone: one process orders, decides and signs, with its own clock and its own key.

use ledger::Digest;
use ledger::certificate::MapPin;
use ledger::validity::Home;
use tlog::{Checkpoint, Origin};

use super::check::{Asked, Checked};
use super::current::MarksRoot;
use super::machine::{Block, Decided, Machine, NotaryError, Published};
use super::request::{Request, Verdict};
use super::statements::Registered;
use super::store::NotaryStore;
use crate::log_signer::LogSigner;

/// The machine, and the log's own key, which signs at once.
pub struct Notary<S> {
    machine: Machine<S>,
    signer: LogSigner,
    origin: Origin,
    published: Published,
}

impl<S: NotaryStore> Notary<S> {
    /// Opens the notary where its store left off.
    ///
    /// # Errors
    /// [`NotaryError`].
    pub fn open(
        home: Home,
        signer: impl Into<LogSigner>,
        origin: Origin,
        store: S,
    ) -> Result<Self, NotaryError> {
        let machine = Machine::open(home, store)?;
        let signer = signer.into();
        Ok(Self {
            published: sign(&signer, &origin, machine.size(), machine.root())?,
            machine,
            signer,
            origin,
        })
    }

    /// The latest signed checkpoint.
    #[must_use]
    pub fn checkpoint(&self) -> &str {
        &self.published.note
    }

    /// Entries in the log.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.machine.size()
    }

    /// The store, for serving the log.
    #[must_use]
    pub fn store(&self) -> &S {
        self.machine.store()
    }

    /// Decides requests at an agreed time under a pinned map: all answers, durable when it returns.
    ///
    /// Time never runs backwards, whatever the clock says: what was too late once stays too late. (Over a restart it is held
    /// only to the last round that wrote something.)
    ///
    /// # Errors
    /// [`NotaryError`]; no answer may leave then, and the notary must be opened again from its store, which may or may not
    /// hold the batches.
    pub fn apply(
        &mut self,
        now_ms: u64,
        map: MapPin,
        requests: &[Request],
    ) -> Result<Vec<Verdict>, NotaryError> {
        let decided = self.decide(now_ms, map, Asked::Requests(requests), &[])?;
        self.machine.verdicts(&decided, &self.published)
    }

    /// [`Self::apply`], for what was looked at before the notary had its turn.
    ///
    /// # Errors
    /// [`NotaryError`], as there.
    pub fn apply_checked(
        &mut self,
        now_ms: u64,
        map: MapPin,
        requests: &[Checked],
    ) -> Result<Vec<Verdict>, NotaryError> {
        let decided = self.decide(now_ms, map, Asked::Checked(requests), &[])?;
        self.machine.verdicts(&decided, &self.published)
    }

    /// Registers statements by their hashes, each as an entry of the log: durable when it returns. Whoever registers one again
    /// is shown the entry that there is. What a statement says, and who signed it, the notary doesn't learn.
    ///
    /// # Errors
    /// [`NotaryError`]; no answer may leave then, and the notary must be opened again from its store, which may or may not
    /// hold the entries.
    pub fn register(
        &mut self,
        now_ms: u64,
        statements: &[Digest],
    ) -> Result<Vec<Registered>, NotaryError> {
        self.enter(now_ms, statements)?;
        let registered = |hash| self.machine.registered(hash, &self.published);
        statements.iter().map(registered).collect()
    }

    /// [`Self::register`], without showing anybody where the entries are.
    ///
    /// # Errors
    /// [`NotaryError`], as there.
    pub fn enter(&mut self, now_ms: u64, statements: &[Digest]) -> Result<(), NotaryError> {
        let map = self.machine.agreed().map();
        self.decide(now_ms, map, Asked::Checked(&[]), statements)?;
        Ok(())
    }

    /// Enters the root over the used marks, if it is time; to be called after each round, and every second when there is
    /// nothing to decide. Says whether the log has grown.
    ///
    /// # Errors
    /// [`NotaryError`]; the notary must be opened again from its store then.
    pub fn keep_current(&mut self, now_ms: u64) -> Result<bool, NotaryError> {
        let before = self.size();
        self.decide_block(Block {
            number: self.machine.blocks() + 1,
            agreed: self
                .machine
                .agreed()
                .alone(now_ms, self.machine.agreed().map()),
            requests: Asked::Checked(&[]),
            statements: &[],
            keeps_current: true,
        })?;
        Ok(self.size() > before)
    }

    /// The latest root, once it is known.
    #[must_use]
    pub fn marks_root(&self) -> Option<&MarksRoot> {
        self.machine.marks_root()
    }

    fn decide(
        &mut self,
        now_ms: u64,
        map: MapPin,
        requests: Asked<'_>,
        statements: &[Digest],
    ) -> Result<Decided, NotaryError> {
        self.decide_block(Block {
            number: self.machine.blocks() + 1,
            agreed: self.machine.agreed().alone(now_ms, map),
            requests,
            statements,
            keeps_current: false,
        })
    }

    fn decide_block(&mut self, block: Block<'_>) -> Result<Decided, NotaryError> {
        let prepared = self.machine.prepare(&block)?;
        if prepared.is_idle() {
            return Ok(self.machine.pass_over(prepared));
        }
        let Decided { size, root, .. } = *prepared.decided();
        let published = sign(&self.signer, &self.origin, size, root)?;
        let decided = self.machine.commit(prepared)?;
        self.published = published;
        Ok(decided)
    }
}

fn sign(
    signer: &LogSigner,
    origin: &Origin,
    size: u64,
    root: Digest,
) -> Result<Published, NotaryError> {
    let checkpoint = Checkpoint::new(origin.clone(), size, root.into())
        .map_err(|_| NotaryError::Damaged("log size"))?;
    let note = signer.sign(&checkpoint).ok_or(NotaryError::Sign)?;
    Ok(Published { size, root, note })
}
