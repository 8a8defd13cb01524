//! Instructions that can't start yet, by what they wait for: whoever waits for one thing holds nobody else up, and isn't tried
//! again before that thing has changed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use deed::Party;

use super::key_secrets::KeptKey;
use super::purse::PurseKey;
use super::records::StoredInstruction;

/// What an instruction waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// Money of this sort, which is on its way.
    Money(PurseKey),
    /// A party on another node: its one-time keys, or its signatures of what it was asked before.
    Party(Party),
    /// The secret of a business key that is kept on another node.
    BusinessKey(KeptKey),
    /// The outcome of another transaction.
    Outcome,
}

/// The waiting instructions, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    by_cause: BTreeMap<Cause, VecDeque<StoredInstruction>>,
    woken: BTreeSet<Cause>,
}

impl Waiting {
    /// Keeps an instruction until its cause changes.
    pub(crate) fn push(&mut self, cause: Cause, instruction: StoredInstruction) {
        self.by_cause
            .entry(cause)
            .or_default()
            .push_back(instruction);
    }

    /// Gives instructions back that still wait, to the end of their line: those behind them have their turn.
    pub(crate) fn give_back(&mut self, cause: &Cause, instructions: Vec<StoredInstruction>) {
        if !instructions.is_empty() {
            let line = self.by_cause.entry(cause.clone()).or_default();
            line.extend(instructions);
        }
    }

    /// Something that instructions may wait for has changed.
    pub(crate) fn wake(&mut self, cause: &Cause) {
        if self.by_cause.contains_key(cause) {
            self.woken.insert(cause.clone());
        }
    }

    /// Anything may have changed.
    pub(crate) fn wake_all(&mut self) {
        self.woken.extend(self.by_cause.keys().cloned());
    }

    /// The next cause that has changed.
    pub(crate) fn woken(&mut self) -> Option<Cause> {
        self.woken.pop_first()
    }

    /// The first in the line of a cause.
    pub(crate) fn pop(&mut self, cause: &Cause) -> Option<StoredInstruction> {
        let line = self.by_cause.get_mut(cause)?;
        let first = line.pop_front();
        if line.is_empty() {
            self.by_cause.remove(cause);
        }
        first
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.by_cause.values().map(VecDeque::len).sum()
    }
}
