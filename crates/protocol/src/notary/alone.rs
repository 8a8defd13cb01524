//! A notary alone: one process orders, decides and signs, with its own clock and its own key.

use ledger::Digest;
use ledger::authorities::{DecisionRefusal, History};
use ledger::certificate::MapPin;
use ledger::log_keys::LogKeys;
use ledger::validity::Home;
use tlog::{Checkpoint, Origin};

use super::authorities::Change;
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
        let signer = signer.into();
        let founder = LogKeys::from(signer.own().verifier_key().clone());
        let mut machine = Machine::open(home, founder, store)?;
        let epoch = machine
            .keys()
            .at(machine.size())
            .map_or(0, |epoch| epoch.authorities.epoch());
        if epoch > 0 {
            return Err(NotaryError::HandedOver { epoch });
        }
        let published = sign(&signer, &origin, machine.size(), machine.root())?;
        machine.keep_handover(&published.note)?;
        Ok(Self {
            published,
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

    /// Hands the log over to those whom a decision names: its last entry here, durable when it returns. What asks for it again
    /// is shown the entry that there is.
    ///
    /// # Errors
    /// [`NotaryError`].
    pub fn hand_over(
        &mut self,
        now_ms: u64,
        decision: &str,
    ) -> Result<Result<Change, DecisionRefusal>, NotaryError> {
        let block = Block {
            decision: Some(decision),
            ..self.next(now_ms, self.machine.agreed().map())
        };
        let decided = self.decide_block(block)?;
        self.machine.keep_handover(&self.published.note)?;
        decided.change.ok_or(NotaryError::Damaged("a decision"))
    }

    /// How the log's authorities changed.
    ///
    /// # Errors
    /// [`NotaryError`].
    pub fn history(&self) -> Result<History, NotaryError> {
        self.machine.history()
    }

    /// Enters the root over the used marks, if it is time; to be called after each round, and every second when there is
    /// nothing to decide. Says whether the log has grown.
    ///
    /// # Errors
    /// [`NotaryError`]; the notary must be opened again from its store then.
    pub fn keep_current(&mut self, now_ms: u64) -> Result<bool, NotaryError> {
        if self.machine.keys().epoch() > 0 {
            return Ok(false);
        }
        let before = self.size();
        self.decide_block(Block {
            keeps_current: true,
            ..self.next(now_ms, self.machine.agreed().map())
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
            requests,
            statements,
            ..self.next(now_ms, map)
        })
    }

    /// A block in which nothing is asked yet.
    fn next(&self, now_ms: u64, map: MapPin) -> Block<'static> {
        Block {
            number: self.machine.blocks() + 1,
            agreed: self.machine.agreed().alone(now_ms, map),
            requests: Asked::Checked(&[]),
            statements: &[],
            decision: None,
            keeps_current: false,
        }
    }

    fn decide_block(&mut self, block: Block<'_>) -> Result<Decided, NotaryError> {
        let prepared = self.machine.prepare(&block)?;
        if prepared.is_idle() {
            return Ok(self.machine.pass_over(prepared));
        }
        let epoch = self.machine.keys().epoch();
        if epoch > 0 {
            return Err(NotaryError::HandedOver { epoch });
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
