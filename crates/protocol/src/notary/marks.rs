//! The set of used marks in memory, as far as its root and its proofs need it: buckets' hashes and the forks above them.
//!
//! What is in a bucket is read from the store only to divide it or to show it. Versions share what they have in common, so that a
//! clone costs nothing, and readers keep the version that a root was made of while the notary goes on.

use std::sync::Arc;

use ledger::absence::{Absence, EMPTY, bit, fork, link, stem};
use ledger::limits::{BUCKET_MARKS_MAX, MARK_BITS_MAX};
use ledger::{Digest, Token};

use super::store::Mark;
use crate::store::StoreError;

/// Marks up to which a set is read at once, and not by ranges.
const READ_AT_ONCE: u64 = 1 << 16;
/// Bits of the ranges by which a larger set is read: some thousand marks each at ten million.
const RANGE_BITS: usize = 12;

/// Reads the marks that share so many first bits with this one, ascending.
pub(super) trait Read: Fn(&Token, usize) -> Result<Vec<Mark>, StoreError> {}
impl<F: Fn(&Token, usize) -> Result<Vec<Mark>, StoreError>> Read for F {}

/// Where a mark is or would be.
pub(super) enum Place {
    /// It is used, in the set or since.
    Used,
    /// It isn't in the set.
    Bucket(Absence),
    /// It isn't in the set, and there are too many where it would be to show them.
    Crowded,
}

/// A set of marks.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    top: Part,
    count: u64,
}

/// Marks that share their first bits.
#[derive(Clone, Debug)]
enum Part {
    Bucket { hash: Digest, count: u32 },
    Fork(Arc<Fork>),
}

#[derive(Clone, Debug)]
struct Fork {
    hash: Digest,
    parts: [Part; 2],
}

impl Part {
    fn hash(&self) -> Digest {
        match self {
            Self::Bucket { hash, .. } => *hash,
            Self::Fork(fork) => fork.hash,
        }
    }

    fn fork(parts: [Self; 2]) -> Self {
        let hash = fork(&parts[0].hash(), &parts[1].hash());
        Self::Fork(Arc::new(Fork { hash, parts }))
    }

    /// A bucket with these marks behind what is in it.
    fn bucket(hash: Digest, count: u32, marks: &[Mark]) -> Self {
        let mut ordered: Vec<&Mark> = marks.iter().collect();
        ordered.sort_by_key(|mark| (mark.height, mark.mark));
        Self::Bucket {
            hash: ordered
                .iter()
                .fold(hash, |all, mark| link(&all, &stem(&mark.mark))),
            count: count + marks.len() as u32,
        }
    }

    /// All of these, ascending, which share so many bits.
    fn of(marks: &[Mark], depth: usize) -> Self {
        if is_bucket(marks.len(), depth) {
            return Self::bucket(EMPTY, 0, marks);
        }
        let (zero, one) = halves(marks, depth);
        Self::fork([Self::of(zero, depth + 1), Self::of(one, depth + 1)])
    }

    fn add(&mut self, marks: &[Mark], depth: usize, read: &impl Read) -> Result<(), StoreError> {
        let Some(first) = marks.first() else {
            return Ok(());
        };
        match self {
            Self::Bucket { hash, count } if is_bucket(*count as usize + marks.len(), depth) => {
                *self = Self::bucket(*hash, *count, marks);
            }
            Self::Bucket { count, .. } => {
                let all = read(&first.mark, depth)?;
                if all.len() != *count as usize + marks.len() {
                    return Err(lost());
                }
                *self = Self::of(&all, depth);
            }
            Self::Fork(shared) => {
                let forked = Arc::make_mut(shared);
                let (zero, one) = halves(marks, depth);
                forked.parts[0].add(zero, depth + 1, read)?;
                forked.parts[1].add(one, depth + 1, read)?;
                forked.hash = fork(&forked.parts[0].hash(), &forked.parts[1].hash());
            }
        }
        Ok(())
    }
}

fn lost() -> StoreError {
    StoreError::Corrupt("the used marks are not those that were counted".to_owned())
}

fn is_bucket(marks: usize, depth: usize) -> bool {
    marks <= BUCKET_MARKS_MAX || depth == MARK_BITS_MAX
}

/// Ascending marks that share so many bits, by the next bit.
fn halves(marks: &[Mark], depth: usize) -> (&[Mark], &[Mark]) {
    marks.split_at(marks.partition_point(|mark| !bit(mark.mark.bytes(), depth)))
}

impl Marks {
    /// The set that the store holds, of about so many.
    pub(super) fn load(about: u64, read: &impl Read) -> Result<Self, StoreError> {
        let mut count = 0;
        let bits = if about < READ_AT_ONCE { 0 } else { RANGE_BITS };
        let top = Self::range(Digest([0; 32]), 0, bits, read, &mut count)?;
        Ok(Self { top, count })
    }

    fn range(
        from: Digest,
        depth: usize,
        bits: usize,
        read: &impl Read,
        count: &mut u64,
    ) -> Result<Part, StoreError> {
        if depth == bits {
            let marks = read(&Token(from), depth)?;
            *count += marks.len() as u64;
            return Ok(Part::of(&marks, depth));
        }
        let mut one = from;
        one.0[depth / 8] |= 0x80 >> (depth % 8);
        let parts = [
            Self::range(from, depth + 1, bits, read, count)?,
            Self::range(one, depth + 1, bits, read, count)?,
        ];
        match &parts {
            [
                Part::Bucket { count: zero, .. },
                Part::Bucket { count: one, .. },
            ] if is_bucket((zero + one) as usize, depth) => {
                Ok(Part::of(&read(&Token(from), depth)?, depth))
            }
            _ => Ok(Part::fork(parts)),
        }
    }

    /// Adds marks, in any order, that were used by later entries than all before. The store that is read holds them all, and no
    /// others. After an error the set is what it was.
    pub(super) fn add(&mut self, mut marks: Vec<Mark>, read: &impl Read) -> Result<(), StoreError> {
        marks.sort_by_key(|mark| mark.mark);
        let mut grown = self.clone();
        grown.top.add(&marks, 0, read)?;
        grown.count += marks.len() as u64;
        *self = grown;
        Ok(())
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn root(&self) -> Digest {
        self.top.hash()
    }

    /// Where a mark is or would be, among what was used by entries before this height.
    pub(super) fn place(
        &self,
        mark: &Token,
        before: u64,
        read: &impl Read,
    ) -> Result<Place, StoreError> {
        let mut path = Vec::new();
        let mut part = &self.top;
        while let Part::Fork(fork) = part {
            let next = usize::from(bit(mark.bytes(), path.len()));
            path.push(fork.parts[1 - next].hash());
            part = &fork.parts[next];
        }
        let Part::Bucket { count, .. } = part else {
            return Err(lost());
        };
        let mut marks = read(mark, path.len())?;
        if marks.iter().any(|used| used.mark == *mark) {
            return Ok(Place::Used);
        }
        marks.retain(|mark| mark.height < before);
        if marks.len() != *count as usize {
            return Err(lost());
        }
        marks.sort_by_key(|mark| (mark.height, mark.mark));
        if marks.len() > BUCKET_MARKS_MAX {
            return Ok(Place::Crowded);
        }
        path.reverse();
        let stems = marks.iter().map(|mark| stem(&mark.mark)).collect();
        Ok(Place::Bucket(Absence { stems, path }))
    }
}

#[cfg(test)]
mod tests;
