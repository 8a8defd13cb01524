//! Facts shown as still current: a proof with the fact's token, and with the notary's word that it was unused a moment ago.
//!
//! At least every ten seconds the notary enters in its log how many marks are used, and the root over them
//! ([`CurrentEntry`]). Whoever shows that a mark is not under such a root, and the root in the log, shows that it was unused
//! then. A fact's token follows from what the proof shows of the fact and from its token key, which is shown too: whoever is
//! shown a fact so can recognise it, and see when it is used up.

use minicbor::{Decode, Encode};

use crate::absence::{Absence, NotAbsent};
use crate::bundle::{BundleError, ProofBundle, Proven};
use crate::codec;
use crate::digest::{Digest, Token};
use crate::fact::LeafContent;
use crate::limits::CURRENT_AHEAD_MS_MAX;
use crate::log_keys::{LogKeys, verify_checkpoint};
use crate::presentation;
use crate::token::{TokenKey, token};
use crate::trust::Trust;

/// The marks used up by everything that stands before it in the notary's log, as an entry of this log. An array of four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CurrentEntry {
    /// Agreed time in milliseconds since 1970-01-01 UTC.
    #[n(0)]
    pub time_ms: u64,
    /// Entries before this one, which is its place in the log: all of them are covered.
    #[n(1)]
    pub covered: u64,
    /// Number of marks.
    #[n(2)]
    pub count: u64,
    /// Root over the marks.
    #[n(3)]
    pub root: Digest,
}

/// That a mark was unused at some time: what the notary gives to whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Unused {
    /// Where the mark would be, and isn't.
    #[n(0)]
    pub absence: Absence,
    /// The root over the used ones.
    #[n(1)]
    pub entry: CurrentEntry,
    /// Path from the entry to the log's root.
    #[cbor(n(2), with = "codec::path")]
    pub log_path: Vec<Digest>,
    /// The signed checkpoint of the log, a C2SP signed note.
    #[cbor(n(3), with = "codec::text")]
    pub checkpoint: String,
}

/// Why a proof that holds doesn't show that the fact is current.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCurrent {
    /// A proof without it.
    #[error("nothing says that it is still current")]
    Untold,
    /// The fact's control or token key is hidden.
    #[error("what makes the fact's token is hidden")]
    Hidden,
    /// The token key of another fact.
    #[error("the token key is not this fact's")]
    Key,
    /// It is used up, or the proof is about something else.
    #[error(transparent)]
    Mark(#[from] NotAbsent),
    /// The bucket is not one of the set.
    #[error("what is shown of the used ones does not lead to the notary's root")]
    Root,
    /// The root isn't in the log where it says.
    #[error("the root over the used ones is not in the notary's log")]
    NotInLog,
    /// The checkpoint isn't the notary's.
    #[error("its checkpoint: {0}")]
    Checkpoint(String),
    /// The root is older than the verifier takes.
    #[error("it was unused {age_ms} ms ago, and {max_ms} are allowed")]
    TooOld {
        /// How long ago.
        age_ms: u64,
        /// How long it may be.
        max_ms: u64,
    },
    /// The root is dated after the verifier's now.
    #[error("it is dated {ahead_ms} ms from now, and {CURRENT_AHEAD_MS_MAX} are allowed")]
    NotYet {
        /// How far ahead.
        ahead_ms: u64,
    },
}

impl Unused {
    /// Checks that the mark was unused at the entry's time. Every byte counts.
    ///
    /// # Errors
    /// [`NotCurrent`].
    pub fn verify(&self, mark: &Token, notary: &LogKeys) -> Result<(), NotCurrent> {
        let entry = &self.entry;
        if self.absence.root(mark, entry.count)? != entry.root {
            return Err(NotCurrent::Root);
        }
        let checkpoint = verify_checkpoint(&self.checkpoint, notary)
            .map_err(|error| NotCurrent::Checkpoint(error.to_string()))?;
        let leaf = tlog::leaf_hash(&codec::encode(entry));
        let path: Vec<tlog::Hash> = self.log_path.iter().map(|h| (*h).into()).collect();
        let (size, root) = (checkpoint.size(), checkpoint.root());
        tlog::verify_inclusion(leaf, entry.covered, size, &path, root)
            .map_err(|_| NotCurrent::NotInLog)
    }
}

/// How old a root may be.
#[derive(Clone, Copy, Debug)]
pub struct Recent {
    /// The time, in milliseconds since 1970-01-01 UTC.
    pub now_ms: u64,
    /// How old it may be.
    pub max_age_ms: u64,
}

impl Recent {
    fn allows(&self, time_ms: u64) -> Result<(), NotCurrent> {
        let ahead_ms = time_ms.saturating_sub(self.now_ms);
        if ahead_ms > CURRENT_AHEAD_MS_MAX {
            return Err(NotCurrent::NotYet { ahead_ms });
        }
        let age_ms = self.now_ms.saturating_sub(time_ms);
        let max_ms = self.max_age_ms;
        match age_ms > max_ms {
            true => Err(NotCurrent::TooOld { age_ms, max_ms }),
            false => Ok(()),
        }
    }
}

/// What makes a fact's token, and that it is unused.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Standing {
    /// The fact's token key.
    #[n(0)]
    pub key: Digest,
    /// That its token is unused.
    #[n(1)]
    pub unused: Unused,
}

/// A proof of a fact that is still current. Three items, where a bundle has six and a presentation four.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct CurrentProof {
    /// The format, [`crate::transaction::FORMAT`].
    #[n(0)]
    pub format: u8,
    /// That the fact is current.
    #[n(1)]
    pub standing: Standing,
    /// The proof, which shows [`TOKEN_LEAVES`] of the fact.
    #[n(2)]
    pub bundle: ProofBundle,
}

/// The leaves from which, with the token key, a fact's token follows: control and token key.
pub const TOKEN_LEAVES: [usize; 2] = [1, 2];

pub(crate) const CURRENT_ITEMS: u64 = 3;

impl CurrentProof {
    /// Verifies the proof, and that its fact was unused at the time that it names.
    pub(crate) fn verify(&self, trust: &Trust) -> Result<Proven, BundleError> {
        let proven = self.bundle.verify(trust)?;
        let mark = self.mark(&proven, trust)?;
        self.standing.unused.verify(&mark, &trust.notary)?;
        Ok(Proven {
            current: Some(self.standing.unused.entry),
            ..proven
        })
    }

    /// The mark that using the fact up would leave.
    fn mark(&self, proven: &Proven, trust: &Trust) -> Result<Token, NotCurrent> {
        let [control, key] = TOKEN_LEAVES.map(|leaf| self.bundle.fact.content(leaf));
        let (Some(LeafContent::Control(control)), Some(LeafContent::TokenKey(hash))) =
            (control, key)
        else {
            return Err(NotCurrent::Hidden);
        };
        let key = TokenKey(self.standing.key.0);
        if key.hash() != *hash {
            return Err(NotCurrent::Key);
        }
        Ok(token(control, &key.rho(&trust.lineage(), &proven.at)))
    }
}

/// Reads and verifies a proof, as a stranger does who relies on the fact being current.
///
/// # Errors
/// [`BundleError`], the step that failed.
pub fn verify(bytes: &[u8], trust: &Trust, recent: &Recent) -> Result<Proven, BundleError> {
    let proven = presentation::verify(bytes, trust, None)?;
    let entry = proven.current.as_ref().ok_or(NotCurrent::Untold)?;
    recent.allows(entry.time_ms)?;
    Ok(proven)
}
