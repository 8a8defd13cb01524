//! A log whose authorities change, made step by step, right or wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ledger::authorities::{History, Link, Validator};
use ledger::certificate::AuthoritiesEntry;
use ledger::codec;
use ledger::log_keys::LogKeys;
use tlog::{Checkpoint, MerkleTree, NoteSigner, Origin};

pub(crate) use crate::bodies::*;

/// The text of a decision, written here and not by what is tested.
pub(crate) fn text(epoch: u32, validators: &[Validator]) -> String {
    let lines = validators.iter().map(|v| {
        let consensus = BASE64.encode(v.consensus);
        format!(
            "validator {} {} {} {consensus}\n",
            v.party, v.cosigner, v.authority
        )
    });
    let needed = validators.len() - (validators.len().max(1) - 1) / 3;
    let lines: String = lines.collect();
    format!("pvn authorities/1\n{LOG}\nepoch {epoch}\nneeded {needed}\n{lines}")
}

/// A checkpoint over these entries, by the founder or by these bodies.
pub(crate) fn checkpoint(log: &str, entries: &[Vec<u8>], by: &[u8]) -> String {
    let leaves = entries.iter().map(|entry| tlog::leaf_hash(entry));
    let root = MerkleTree::new(leaves.collect()).root();
    let origin = Origin::new(log).expect("an origin");
    let checkpoint = Checkpoint::new(origin, entries.len() as u64, root).expect("a checkpoint");
    cosigned(&checkpoint, by)
}

/// A change of authorities: what is decided, by whom, and who signs the log under which it is.
pub(crate) struct Change {
    pub(crate) epoch: u32,
    pub(crate) validators: Vec<Validator>,
    /// What becomes of the text before it is signed.
    pub(crate) text: fn(String) -> String,
    pub(crate) approvals: Vec<NoteSigner>,
    /// What becomes of the note.
    pub(crate) note: fn(String) -> String,
    /// Entries that the log has besides, before the decision.
    pub(crate) entries_before: usize,
    /// Who signs the checkpoint; nobody for the founder.
    pub(crate) by: Vec<u8>,
    /// What becomes of the link.
    pub(crate) link: fn(&mut Link, &[Vec<u8>]),
}

/// The founder hands over to four.
pub(crate) fn first() -> Change {
    Change {
        epoch: 1,
        validators: validators(&[1, 2, 3, 4]),
        text: |text| text,
        approvals: [vec![founder()], approvals(&[1, 2, 3, 4])].concat(),
        note: |note| note,
        entries_before: 2,
        by: Vec::new(),
        link: |_, _| {},
    }
}

/// Of the four one is replaced.
pub(crate) fn second() -> Change {
    Change {
        epoch: 2,
        validators: validators(&[1, 2, 3, 5]),
        approvals: approvals(&[1, 2, 3, 5]),
        entries_before: 1,
        by: vec![1, 2, 4],
        ..first()
    }
}

/// The history that these changes make in one log.
pub(crate) fn history(changes: &[Change]) -> History {
    let mut entries: Vec<Vec<u8>> = Vec::new();
    let links = changes.iter().map(|change| {
        for _ in 0..change.entries_before {
            entries.push(format!("entry {}", entries.len()).into_bytes());
        }
        let text = (change.text)(text(change.epoch, &change.validators));
        let entry = AuthoritiesEntry {
            time_ms: 1_795_132_800_000 + entries.len() as u64,
            epoch: change.epoch,
            note: (change.note)(note(&text, &change.approvals)),
        };
        entries.push(codec::encode(&entry));
        let index = entries.len() as u64 - 1;
        let leaves = entries.iter().map(|entry| tlog::leaf_hash(entry)).collect();
        let path = MerkleTree::new(leaves)
            .path(index as usize)
            .expect("a path");
        let mut link = Link {
            index,
            entry,
            path: path.into_iter().map(Into::into).collect(),
            checkpoint: checkpoint(LOG, &entries, &change.by),
        };
        (change.link)(&mut link, &entries);
        link
    });
    History::new(links.collect())
}

pub(crate) fn from_the_founder() -> LogKeys {
    LogKeys::from(founder().verifier_key().clone())
}

/// Who knows the first epoch already: the founder's key and the four.
pub(crate) fn from_the_four() -> LogKeys {
    let known = from_the_founder().with_epoch(4, authorities(1, &[1, 2, 3, 4]));
    known.expect("an epoch")
}
