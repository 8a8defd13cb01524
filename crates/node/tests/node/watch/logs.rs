//! Logs as their operators write them, honest or not.

use std::path::{Path, PathBuf};

use ledger::certificate::{BatchEntry, MapPin};
use ledger::log_keys::LogKeys;
use ledger::{Digest, codec};
use node::watch::Source;
use tempfile::TempDir;
use tlog::{
    Checkpoint, EntryBundle, Hash, KeyName, Note, NoteSigner, Origin, Tile, build_tiles,
    encode_entries, leaf_hash, merkle_root,
};

pub(super) const ORIGIN: &str = "notary.example/log";
/// The first entry's time: 1 January 2026.
pub(super) const BEGAN_MS: u64 = 1_767_225_600_000;
/// A minute after the last of any test's entries.
pub(super) const NOW_MS: u64 = BEGAN_MS + 3_600_000;

pub(super) fn key() -> NoteSigner {
    NoteSigner::from_seed(KeyName::new(ORIGIN).expect("a name"), &[7; 32]).expect("a key")
}

pub(super) fn keys() -> LogKeys {
    LogKeys::from(key().verifier_key().clone())
}

/// A notary's entry at this height, as of this many milliseconds after the first; `word` makes it another one.
pub(super) fn entry(height: u64, after_ms: u64, word: &str) -> Vec<u8> {
    codec::encode(&BatchEntry {
        height,
        time_ms: BEGAN_MS + after_ms,
        map: MapPin {
            size: 4,
            root: Digest::of(&[b"map"]),
        },
        ids: 1,
        ids_root: Digest::of(&[word.as_bytes(), &height.to_be_bytes()]),
        tokens_root: Digest::of(&[b"tokens"]),
    })
}

pub(super) fn entries(count: u64, word: &str) -> Vec<Vec<u8>> {
    (0..count)
        .map(|height| entry(height, height, word))
        .collect()
}

/// Entries that are the honest ones up to a height, and others from there.
pub(super) fn forked(at: u64, count: u64) -> Vec<Vec<u8>> {
    let mut all = entries(count, "honest");
    all.truncate(usize::try_from(at).expect("small"));
    all.extend((at..count).map(|height| entry(height, height, "other")));
    all
}

/// A checkpoint of these entries, signed by the log.
pub(super) fn checkpoint(entries: &[Vec<u8>]) -> Note {
    let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    signed(entries.len() as u64, merkle_root(&leaves), &key())
}

pub(super) fn signed(size: u64, root: Hash, key: &NoteSigner) -> Note {
    let origin = Origin::new(ORIGIN).expect("an origin");
    let checkpoint = Checkpoint::new(origin, size, root).expect("a checkpoint");
    checkpoint.sign(key).expect("signs")
}

/// A folder in which a log shows itself.
pub(super) struct Shown {
    folder: TempDir,
}

impl Shown {
    pub(super) fn new(entries: &[Vec<u8>]) -> Self {
        let shown = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        shown.show(entries);
        shown
    }

    pub(super) fn show(&self, entries: &[Vec<u8>]) {
        let size = entries.len() as u64;
        let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        for (tile, hashes) in build_tiles(&leaves) {
            self.write(&tile.to_string(), &Tile::encode(&hashes));
        }
        for (index, part) in (0..).zip(entries.chunks(256)) {
            let bundle = EntryBundle::in_log(index, size).expect("in the log");
            self.write(&bundle.to_string(), &encode_entries(part).expect("short"));
        }
        self.show_checkpoint(&checkpoint(entries));
    }

    pub(super) fn show_checkpoint(&self, note: &Note) {
        self.write("checkpoint", note.to_string().as_bytes());
    }

    pub(super) fn write(&self, file: &str, bytes: &[u8]) {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, bytes).expect("written");
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn source(&self) -> Source {
        source(self.path())
    }
}

pub(super) fn source(path: &Path) -> Source {
    Source::open(path.to_str().expect("text")).expect("a place")
}

/// Every file under a folder, by its name there.
pub(super) fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).expect("reads") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => open.push(path),
                false => {
                    let name = path.strip_prefix(folder).expect("under it").to_owned();
                    found.push((name, std::fs::read(&path).expect("reads")));
                }
            }
        }
    }
    found.sort();
    found
}
