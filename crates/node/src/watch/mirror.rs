//! A copy of a log as static files (C2SP tlog-tiles), of which no byte is shown that doesn't lead to a checkpoint.

use std::collections::BTreeMap;

use bytes::Bytes;
use ledger::log_keys::LogKeys;
use tlog::limits::TILE_HEIGHT;
use tlog::{
    Checkpoint, EntryBundle, Frontier, Hash, Node, Note, Tile, TileReader, encode_entries,
    leaf_hash, prove_consistency, stored_root, tiles_grown,
};

use super::believe::believe;
use super::source::{Source, SourceError};

/// The name of the file that says how long the log is and what its root is.
pub(super) const CHECKPOINT: &str = "checkpoint";

/// A mirror of one log.
pub struct Mirror {
    place: Source,
    log: LogKeys,
    /// The newest checkpoint under which everything is here.
    last: Option<(Note, Checkpoint)>,
}

/// Why a copy didn't go on.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// A file couldn't be read or written.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A file that the checkpoint promises isn't there.
    #[error("{place} does not have {file}, which its checkpoint promises")]
    Missing {
        /// The place.
        place: String,
        /// The file.
        file: String,
    },
    /// A file isn't what its name says.
    #[error("{place}: {file} is damaged: {reason}")]
    Damaged {
        /// The place.
        place: String,
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A checkpoint isn't the log's.
    #[error("{place}: the checkpoint is not signed as trusted: {reason}")]
    NotSigned {
        /// The place.
        place: String,
        /// What is missing.
        reason: String,
    },
    /// The entries lead to another root than the log signed.
    #[error("{place}: the entries lead to another root than the log signed for {size} entries")]
    OtherRoot {
        /// The place.
        place: String,
        /// Entries in the checkpoint.
        size: u64,
    },
}

impl Mirror {
    /// The mirror at a place, with what is there already.
    ///
    /// # Errors
    /// [`MirrorError`].
    pub async fn open(place: Source, log: LogKeys) -> Result<Self, MirrorError> {
        let last = signed(&place, &log).await?;
        Ok(Self { place, log, last })
    }

    /// The newest checkpoint under which everything is here.
    #[must_use]
    pub fn last(&self) -> Option<&(Note, Checkpoint)> {
        self.last.as_ref()
    }

    /// Entries here.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.last.as_ref().map_or(0, |(_, last)| last.size())
    }

    /// The checkpoint that a source shows now, signed by the log; nothing if it shows none.
    ///
    /// # Errors
    /// [`MirrorError`].
    pub async fn shown_by(
        &self,
        source: &Source,
    ) -> Result<Option<(Note, Checkpoint)>, MirrorError> {
        signed(source, &self.log).await
    }

    /// The root that the log had at an earlier size, and the consistency proof from there, by what is here.
    ///
    /// # Errors
    /// [`MirrorError`]: the size is beyond what is here.
    pub async fn history(&self, size: u64) -> Result<(Hash, Vec<Hash>), MirrorError> {
        history(&self.place, size, self.size()).await
    }

    /// Copies what a checkpoint, which the log signed, has beyond what is here, and gives each entry to `see` once it is known to
    /// be in the log. What was copied before a break is not fetched again.
    ///
    /// # Errors
    /// [`MirrorError`]; the mirror is then as it was.
    pub async fn advance(
        &mut self,
        source: &Source,
        note: Note,
        next: Checkpoint,
        mut see: impl FnMut(u64, &[u8]),
    ) -> Result<(), MirrorError> {
        let old = self.size();
        let rebuilt = match self.copy(source, old, &next, true).await {
            // What an earlier copy left behind may be of another log: fetched anew.
            Err(MirrorError::OtherRoot { .. } | MirrorError::Damaged { .. }) => {
                self.copy(source, old, &next, false).await?
            }
            copied => copied?,
        };
        self.write_tiles(old, &next, &rebuilt).await?;
        for index in old / WIDTH..next.size().div_ceil(WIDTH) {
            let Some(bundle) = EntryBundle::in_log(index, next.size()) else {
                continue;
            };
            let bytes = read(&self.place, &bundle.to_string()).await?;
            let entries = decoded(&self.place, &bundle, &bytes)?;
            for (at, entry) in (index * WIDTH..).zip(entries).filter(|(at, _)| *at >= old) {
                see(at, entry);
            }
        }
        self.place
            .write(CHECKPOINT, Bytes::from(note.to_string()))
            .await?;
        self.last = Some((note, next));
        Ok(())
    }

    /// Reads every entry that is here, and checks all of it against the checkpoint.
    ///
    /// # Errors
    /// [`MirrorError`].
    pub async fn verify(&self, mut see: impl FnMut(u64, &[u8])) -> Result<(), MirrorError> {
        let Some((_, last)) = &self.last else {
            return Err(MirrorError::Missing {
                place: self.place.name().to_owned(),
                file: CHECKPOINT.to_owned(),
            });
        };
        let mut frontier = Frontier::new();
        let mut completed = BTreeMap::new();
        for index in 0..last.size().div_ceil(WIDTH) {
            let Some(bundle) = EntryBundle::in_log(index, last.size()) else {
                continue;
            };
            let bytes = read(&self.place, &bundle.to_string()).await?;
            for (at, entry) in (index * WIDTH..).zip(decoded(&self.place, &bundle, &bytes)?) {
                append(&mut frontier, &mut completed, entry);
                see(at, entry);
            }
        }
        if frontier.root() != last.root() {
            return Err(self.other_root(&self.place, last));
        }
        for tile in tiles_grown(0, last.size()) {
            let expected = self.hashes(&tile, 0, last.size(), &completed).await?;
            let found = read(&self.place, &tile.to_string()).await?;
            if found != Tile::encode(&expected) {
                return Err(MirrorError::Damaged {
                    place: self.place.name().to_owned(),
                    file: tile.to_string(),
                    reason: "its hashes are not those of the entries".to_owned(),
                });
            }
        }
        Ok(())
    }

    fn other_root(&self, source: &Source, checkpoint: &Checkpoint) -> MirrorError {
        MirrorError::OtherRoot {
            place: source.name().to_owned(),
            size: checkpoint.size(),
        }
    }

    /// Copies bundles of entries and gives the tree's nodes that they complete.
    async fn copy(
        &self,
        source: &Source,
        old: u64,
        next: &Checkpoint,
        go_on: bool,
    ) -> Result<BTreeMap<Node, Hash>, MirrorError> {
        let mut frontier = self.frontier(old).await?;
        let mut completed = BTreeMap::new();
        for index in old / WIDTH..next.size().div_ceil(WIDTH) {
            let Some(bundle) = EntryBundle::in_log(index, next.size()) else {
                continue;
            };
            let name = bundle.to_string();
            let here = match go_on {
                true => self.place.read(&name).await?,
                false => None,
            };
            let fresh = here.is_none();
            let bytes = match here {
                Some(bytes) => bytes,
                None => read(source, &name).await?,
            };
            let entries = decoded(source, &bundle, &bytes)?;
            for (at, entry) in (index * WIDTH..).zip(&entries) {
                if at >= old {
                    append(&mut frontier, &mut completed, entry);
                }
            }
            if fresh {
                // In its one encoding, whatever the source's.
                let encoded = encode_entries(&entries).map_err(|error| MirrorError::Damaged {
                    place: source.name().to_owned(),
                    file: name.clone(),
                    reason: error.to_string(),
                })?;
                self.place.write(&name, encoded.into()).await?;
            }
        }
        match frontier.root() == next.root() {
            true => Ok(completed),
            false => Err(self.other_root(source, next)),
        }
    }

    /// The right edge of what is here, from its tiles.
    async fn frontier(&self, size: u64) -> Result<Frontier, MirrorError> {
        if size == 0 {
            return Ok(Frontier::new());
        }
        with_tiles(&self.place, size, |reader| Frontier::load(size, reader)).await
    }

    async fn write_tiles(
        &self,
        old: u64,
        next: &Checkpoint,
        completed: &BTreeMap<Node, Hash>,
    ) -> Result<(), MirrorError> {
        for tile in tiles_grown(old, next.size()) {
            let content = self.hashes(&tile, old, next.size(), completed).await?;
            self.place
                .write(&tile.to_string(), Tile::encode(&content).into())
                .await?;
        }
        Ok(())
    }

    /// What belongs into a tile: of the lowest level, its entries' hashes; above, what was there at the old size and what was
    /// completed since.
    async fn hashes(
        &self,
        tile: &Tile,
        old: u64,
        size: u64,
        completed: &BTreeMap<Node, Hash>,
    ) -> Result<Vec<Hash>, MirrorError> {
        if tile.level() == 0
            && let Some(bundle) = EntryBundle::in_log(tile.index(), size)
        {
            let bytes = read(&self.place, &bundle.to_string()).await?;
            let entries = decoded(&self.place, &bundle, &bytes)?;
            return Ok(entries.into_iter().map(leaf_hash).collect());
        }
        let mut content = match Tile::in_tree(tile.level(), tile.index(), old) {
            Some(before) => {
                let bytes = read(&self.place, &before.to_string()).await?;
                before
                    .decode(&bytes)
                    .map_err(|error| MirrorError::Damaged {
                        place: self.place.name().to_owned(),
                        file: before.to_string(),
                        reason: error.to_string(),
                    })?
            }
            None => Vec::new(),
        };
        let level = tile.level() * TILE_HEIGHT;
        let places = content.len() as u64..u64::from(tile.width());
        let index = |place| tile.index() * WIDTH + place;
        content.extend(places.filter_map(|place| {
            let index = index(place);
            completed.get(&Node { level, index }).copied()
        }));
        Ok(content)
    }
}

const WIDTH: u64 = tlog::limits::TILE_WIDTH as u64;

/// Appends an entry; of the nodes that it completes, those that tiles above the lowest level hold are kept: one of 256 entries.
fn append(frontier: &mut Frontier, completed: &mut BTreeMap<Node, Hash>, entry: &[u8]) {
    frontier.append_with(leaf_hash(entry), |node, hash| {
        if node.level > 0 && node.level.is_multiple_of(TILE_HEIGHT) {
            completed.insert(node, hash);
        }
    });
}

fn decoded<'a>(
    source: &Source,
    bundle: &EntryBundle,
    bytes: &'a [u8],
) -> Result<Vec<&'a [u8]>, MirrorError> {
    bundle.decode(bytes).map_err(|error| MirrorError::Damaged {
        place: source.name().to_owned(),
        file: bundle.to_string(),
        reason: error.to_string(),
    })
}

async fn read(source: &Source, file: &str) -> Result<Bytes, MirrorError> {
    source
        .read(file)
        .await?
        .ok_or_else(|| MirrorError::Missing {
            place: source.name().to_owned(),
            file: file.to_owned(),
        })
}

/// A source's checkpoint, if it shows one.
async fn signed(source: &Source, log: &LogKeys) -> Result<Option<(Note, Checkpoint)>, MirrorError> {
    let Some(bytes) = source.read(CHECKPOINT).await? else {
        return Ok(None);
    };
    let not_signed = |reason| MirrorError::NotSigned {
        place: source.name().to_owned(),
        reason,
    };
    let note = Note::parse(&bytes).map_err(|error| not_signed(error.to_string()))?;
    let checkpoint = believe(&note, log).map_err(not_signed)?;
    Ok(Some((note, checkpoint)))
}

/// The root that a place's tiles give at a size, and the proof from it to a larger one.
pub(super) async fn history(
    place: &Source,
    size: u64,
    now: u64,
) -> Result<(Hash, Vec<Hash>), MirrorError> {
    let root = with_tiles(place, now, |reader| stored_root(size, reader)).await?;
    if size == 0 || size >= now {
        return Ok((root, Vec::new()));
    }
    let proof = with_tiles(place, now, |reader| {
        match prove_consistency(size, now, reader) {
            Ok(proof) => Ok(proof),
            Err(tlog::ProveError::Read(error)) => Err(error),
            Err(_) => Err(None),
        }
    })
    .await?;
    Ok((root, proof))
}

/// The path from an entry to the root that a place's tiles give at a size.
pub(super) async fn inclusion(
    place: &Source,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, MirrorError> {
    with_tiles(place, size, |reader| {
        match tlog::prove_inclusion(index, size, reader) {
            Ok(path) => Ok(path),
            Err(tlog::ProveError::Read(error)) => Err(error),
            Err(_) => Err(None),
        }
    })
    .await
}

/// Runs something that reads nodes of a tree, with the tiles that it asks for: it is run again for each tile that it turns out
/// to need, which are a handful.
async fn with_tiles<T>(
    place: &Source,
    size: u64,
    mut run: impl FnMut(&mut dyn FnMut(Node) -> Result<Hash, Option<Tile>>) -> Result<T, Option<Tile>>,
) -> Result<T, MirrorError> {
    let mut tiles: BTreeMap<Tile, Bytes> = BTreeMap::new();
    loop {
        let mut reader = TileReader::new(size, |tile: Tile| {
            let found = tiles.get(&tile).map(|bytes| bytes.to_vec());
            found.ok_or(tile)
        });
        let mut damaged = None;
        let outcome = run(&mut |node| {
            reader.read(node).map_err(|error| match error {
                tlog::TileReadError::Fetch { tile, .. } => Some(tile),
                other => {
                    damaged = Some(other.to_string());
                    None
                }
            })
        });
        match outcome {
            Ok(value) => return Ok(value),
            Err(Some(tile)) => {
                let bytes = read(place, &tile.to_string()).await?;
                tiles.insert(tile, bytes);
            }
            Err(None) => {
                return Err(MirrorError::Damaged {
                    place: place.name().to_owned(),
                    file: "a tile".to_owned(),
                    reason: damaged.unwrap_or_default(),
                });
            }
        }
    }
}
