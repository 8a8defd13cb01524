//! Gathering cosignatures until a checkpoint has enough of them.
//!
//! Pure: lines come in, published checkpoints come out. A validator cosigns only what it has applied and made durable, so that
//! whatever `needed` of them cosigned is the log of every honest one.

use std::collections::BTreeMap;

use ledger::Digest;
use protocol::notary::Published;
use tlog::{Checkpoint, Note, NoteSignature};

use crate::committee::Committee;
use crate::limits::CHECKPOINTS_WAITING_MAX;

/// Validators enough to publish say that the log is another one: this validator must not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("validators enough to publish have another log of {size} entries than this one")]
pub struct Forked {
    /// Entries in both.
    pub size: u64,
    /// Our checkpoint.
    pub ours: String,
    /// Theirs, each with its validator's line.
    pub theirs: Vec<String>,
}

/// What a line came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Nothing new.
    Nothing,
    /// The first checkpoint of this size with enough cosignatures.
    Published(Published),
    /// A validator cosigned another log than ours: evidence against it, or against us.
    Differs {
        /// Its place among the validators.
        validator: usize,
    },
}

struct Ours {
    root: Digest,
    note: Note,
    /// The line of each validator that agrees.
    lines: BTreeMap<usize, NoteSignature>,
    /// The notes of those that don't.
    others: BTreeMap<usize, (Digest, String)>,
}

/// A checkpoint that one validator cosigned.
#[derive(Clone, Debug)]
struct Word {
    size: u64,
    root: Digest,
    line: NoteSignature,
    note: String,
    time_unix_s: u64,
}

/// Our checkpoints and everybody's cosignatures.
pub(crate) struct Gathering {
    committee: Committee,
    /// By size, those that aren't overtaken.
    ours: BTreeMap<u64, Ours>,
    /// By validator, then by size: what those ahead of us have said of logs that we don't have yet.
    ahead: BTreeMap<usize, BTreeMap<u64, Word>>,
    /// By validator: size and time of what it cosigned last.
    last: BTreeMap<usize, (u64, u64)>,
    published: Published,
}

impl Gathering {
    /// Begins with what those before published last, or with what these did before they were started again.
    pub(crate) fn new(committee: Committee, published: Published) -> Self {
        Self {
            committee,
            ours: BTreeMap::new(),
            ahead: BTreeMap::new(),
            last: BTreeMap::new(),
            published,
        }
    }

    pub(crate) fn published(&self) -> &Published {
        &self.published
    }

    /// The size and the time, in seconds since 1970-01-01 UTC, that a validator last cosigned.
    pub(crate) fn last_word(&self, validator: usize) -> Option<(u64, u64)> {
        self.last.get(&validator).copied()
    }

    /// Our own checkpoint, cosigned by us.
    pub(crate) fn ours(&mut self, note: &Note) -> Result<Heard, Forked> {
        let Some((validator, word)) = self.read(note) else {
            return Ok(Heard::Nothing);
        };
        let size = word.size;
        self.ours.entry(size).or_insert_with(|| Ours {
            root: word.root,
            note: note.clone(),
            lines: BTreeMap::new(),
            others: BTreeMap::new(),
        });
        while self.ours.len() > CHECKPOINTS_WAITING_MAX {
            self.ours.pop_first();
        }
        self.note_time(validator, &word);
        let mut heard = self.count(validator, word)?;
        // Whoever was ahead of us has said so before we came here.
        let said: Vec<(usize, Word)> = (self.ahead.iter_mut())
            .filter_map(|(validator, words)| {
                let word = words.remove(&size);
                *words = words.split_off(&size);
                word.map(|word| (*validator, word))
            })
            .collect();
        for (validator, word) in said {
            match self.count(validator, word)? {
                Heard::Nothing => {}
                found => heard = found,
            }
        }
        Ok(heard)
    }

    /// A checkpoint that another validator cosigned. What isn't one is nobody's word.
    pub(crate) fn theirs(&mut self, bytes: &[u8]) -> Result<Heard, Forked> {
        let note = Note::parse(bytes).ok();
        let Some((validator, word)) = note.and_then(|note| self.read(&note)) else {
            return Ok(Heard::Nothing);
        };
        self.note_time(validator, &word);
        let newest = self.ours.last_key_value().map(|(size, _)| *size);
        if newest.is_some_and(|newest| word.size <= newest) {
            return self.count(validator, word);
        }
        let ahead = self.ahead.entry(validator).or_default();
        ahead.insert(word.size, word);
        while ahead.len() > CHECKPOINTS_WAITING_MAX {
            ahead.pop_first();
        }
        Ok(Heard::Nothing)
    }

    fn note_time(&mut self, validator: usize, word: &Word) {
        let said = (word.size, word.time_unix_s);
        let last = self.last.entry(validator).or_insert(said);
        *last = said.max(*last);
    }

    /// Counts a validator's word for our checkpoint of its size, if it still waits.
    fn count(&mut self, validator: usize, word: Word) -> Result<Heard, Forked> {
        let Some(ours) = self.ours.get_mut(&word.size) else {
            return Ok(Heard::Nothing);
        };
        let Word {
            size,
            root,
            line,
            note,
            ..
        } = word;
        if root != ours.root {
            ours.others.insert(validator, (root, note));
            let same = || ours.others.values().filter(|(other, _)| *other == root);
            if same().count() >= self.committee.needed() {
                return Err(Forked {
                    size,
                    ours: ours.note.to_string(),
                    theirs: same().map(|(_, note)| note.clone()).collect(),
                });
            }
            return Ok(Heard::Differs { validator });
        }
        ours.lines.insert(validator, line);
        if ours.lines.len() < self.committee.needed() || size <= self.published.size {
            return Ok(Heard::Nothing);
        }
        let Some(note) = joined(&ours.note, &ours.lines) else {
            return Ok(Heard::Nothing);
        };
        let published = Published {
            size,
            root,
            note: note.to_string(),
        };
        self.published = published.clone();
        self.ours = self.ours.split_off(&size);
        Ok(Heard::Published(published))
    }

    /// Whose word a note is. It has one line, a validator's, over a checkpoint of our log.
    fn read(&self, note: &Note) -> Option<(usize, Word)> {
        let [line] = note.unverified_signatures() else {
            return None;
        };
        let mut validators = self.committee.validators().iter();
        let place = validators.position(|one| line.names(&one.cosigner))?;
        let key = &self.committee.validators()[place].cosigner;
        let verified = note.verify_exact(std::slice::from_ref(key)).ok()?;
        let time_unix_s = verified.signatures.first()?.cosigned_at_unix_s?;
        let checkpoint = Checkpoint::parse(verified.text.as_str()).ok()?;
        if checkpoint.origin() != self.committee.origin() {
            return None;
        }
        let word = Word {
            size: checkpoint.size(),
            root: checkpoint.root().into(),
            line: line.clone(),
            note: note.to_string(),
            time_unix_s,
        };
        Some((place, word))
    }
}

/// One note with every line, in the order of the validators.
fn joined(note: &Note, lines: &BTreeMap<usize, NoteSignature>) -> Option<Note> {
    let mut lines = lines.values().cloned();
    let mut joined = Note::new(note.unverified_text().clone(), lines.next()?);
    for line in lines {
        joined.add(line).ok()?;
    }
    Some(joined)
}

#[cfg(test)]
mod tests;
