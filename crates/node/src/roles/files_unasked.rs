//! Fetching whatever facts name, as soon as it is named: some files at once, of each member so much a day, and those that can't
//! be had ever more rarely.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use deed::{FileAddress, Party};
use futures_util::{StreamExt, TryStreamExt, stream};
use ledger::limits::CHUNK_BYTES;

use super::files::{Files, FilesError};
use super::files_elsewhere::Elsewhere;
use crate::limits::{
    CHUNKS_AHEAD_MAX, FETCHED_UNASKED_BYTES_MAX, FETCHED_UNASKED_SECONDS, FILE_RETRY_FIRST_MS,
    FILE_RETRY_MAX_MS, FILES_FETCHED_MAX, FILES_LOOKED_FOR_SECONDS, FILES_PUT_OFF_MAX,
    FILES_WANTED_PAGE,
};

const LOOK: Duration = Duration::from_secs(FILES_LOOKED_FOR_SECONDS);
const DAY: Duration = Duration::from_secs(FETCHED_UNASKED_SECONDS);

/// What was fetched on whose word, and what is to wait.
#[derive(Debug, Default)]
struct Ledger {
    /// Since when, and how many bytes.
    fetched: BTreeMap<Party, (Instant, u64)>,
    /// How often in a row it could not be had, and until when it waits.
    put_off: BTreeMap<[u8; 32], (u32, Instant)>,
}

impl Ledger {
    /// Takes bytes from the day's share of the first of these nodes that has so much left, and says whose.
    fn take<'a>(&mut self, nodes: &'a [Party], bytes: u64, now: Instant) -> Option<&'a Party> {
        nodes.iter().find(|node| {
            let (since, fetched) = self.fetched.entry((*node).clone()).or_insert((now, 0));
            if now.duration_since(*since) >= DAY {
                (*since, *fetched) = (now, 0);
            }
            let enough = bytes <= FETCHED_UNASKED_BYTES_MAX - *fetched;
            *fetched += if enough { bytes } else { 0 };
            enough
        })
    }

    /// Gives back what was taken and not fetched.
    fn give_back(&mut self, node: &Party, bytes: u64) {
        if let Some((_, fetched)) = self.fetched.get_mut(node) {
            *fetched = fetched.saturating_sub(bytes);
        }
    }

    fn is_due(&self, file: &FileAddress, now: Instant) -> bool {
        let until = self.put_off.get(&file.root);
        until.is_none_or(|(_, until)| *until <= now)
    }

    /// Notes whether a file was had.
    fn tried(&mut self, file: &FileAddress, had: bool, now: Instant) {
        let failures = self
            .put_off
            .remove(&file.root)
            .map_or(0, |(failures, _)| failures);
        if had {
            return;
        }
        let doubled = 1_u64.checked_shl(failures).unwrap_or(u64::MAX);
        let pause = FILE_RETRY_FIRST_MS
            .saturating_mul(doubled)
            .min(FILE_RETRY_MAX_MS);
        if self.put_off.len() >= FILES_PUT_OFF_MAX {
            self.put_off.pop_first();
        }
        let until = now + Duration::from_millis(pause);
        self.put_off
            .insert(file.root, (failures.saturating_add(1), until));
    }
}

impl Files {
    /// Fetches every file that facts seen here name, for as long as the process runs. What is wanted was committed with the fact,
    /// so that nothing is forgotten when the process ends.
    pub(crate) async fn fetch_all(self) {
        let Some(elsewhere) = self.elsewhere.clone() else {
            return;
        };
        let ledger = Mutex::new(Ledger::default());
        let mut after = None;
        loop {
            let page = match elsewhere.wanted(after, FILES_WANTED_PAGE).await {
                Ok(page) => page,
                Err(error) => {
                    tracing::warn!(%error, "it can't be told which files are wanted; trying again");
                    Vec::new()
                }
            };
            after = page.last().copied();
            let now = Instant::now();
            let due: Vec<FileAddress> = {
                let ledger = lock(&ledger);
                page.into_iter()
                    .filter(|file| ledger.is_due(file, now))
                    .collect()
            };
            let idle = due.is_empty();
            stream::iter(due)
                .for_each_concurrent(FILES_FETCHED_MAX, |file| {
                    self.fetch_unasked(&elsewhere, &ledger, file)
                })
                .await;
            if idle {
                tokio::time::sleep(LOOK).await;
            }
        }
    }

    async fn fetch_unasked(
        &self,
        elsewhere: &Elsewhere,
        ledger: &Mutex<Ledger>,
        file: FileAddress,
    ) {
        let fetched = async {
            let whole = self.fetch(elsewhere, ledger, file).await?;
            if whole {
                elsewhere.note_kept(file)?;
            }
            Ok::<_, FilesError>(whole)
        };
        let had = fetched.await.unwrap_or_else(|error| {
            tracing::info!(%file, %error, "a file can't be had now; trying again");
            false
        });
        lock(ledger).tried(&file, had, Instant::now());
    }

    /// Fetches what of a file is missing here; then asks whoever shares it to show it, too.
    async fn fetch(
        &self,
        elsewhere: &Elsewhere,
        ledger: &Mutex<Ledger>,
        file: FileAddress,
    ) -> Result<bool, FilesError> {
        if !self.kept.holds(file).await? {
            let nodes = elsewhere.nodes(file).await?.unwrap_or_default();
            let bytes = self.missing_bytes(file).await?;
            let taken = lock(ledger).take(&nodes, bytes, Instant::now()).cloned();
            let Some(node) = taken else {
                tracing::warn!(%file, "whoever shares this file has shared too much today for it to be fetched unasked");
                return Ok(false);
            };
            let fetched = self.fetch_missing(file).await;
            let left = self.missing_bytes(file).await.unwrap_or(bytes);
            lock(ledger).give_back(&node, left);
            if !fetched? {
                return Ok(false);
            }
        }
        elsewhere.settle_doubts(file).await
    }

    /// How many bytes of a file are missing here, to a chunk.
    async fn missing_bytes(&self, file: FileAddress) -> Result<u64, FilesError> {
        let Some(tree) = self.kept.tree(file).await? else {
            return Ok(file.bytes);
        };
        let missing = self.kept.begin(file, &tree.hashes()).await?;
        let chunks: u64 = missing.iter().map(|range| range.end - range.start).sum();
        Ok(file.bytes.min(chunks * CHUNK_BYTES as u64))
    }

    /// Fetches what of a file is missing here, a few chunks at once.
    async fn fetch_missing(&self, file: FileAddress) -> Result<bool, FilesError> {
        let Some(tree) = self.tree(file).await? else {
            return Ok(false);
        };
        let missing = self.kept.begin(file, &tree.hashes()).await?;
        stream::iter(missing.into_iter().flatten())
            .map(|index| self.chunk(&tree, index))
            .buffer_unordered(CHUNKS_AHEAD_MAX)
            .try_for_each(async |_| Ok(()))
            .await?;
        self.settle(&tree).await
    }
}

fn lock(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(id: &str) -> Party {
        Party::new(id).expect("a party")
    }

    #[test]
    fn each_member_has_a_share_of_the_day() {
        let (mut ledger, now) = (Ledger::default(), Instant::now());
        let (alice, bob) = (vec![party("ALICE")], vec![party("ALICE"), party("BOB")]);
        let later = now + DAY;
        let most = FETCHED_UNASKED_BYTES_MAX;
        let table = [
            ("all of it", &alice, most, now, Some("ALICE")),
            ("one byte more", &alice, 1, now, None),
            ("somebody else's", &bob, most - 1, now, Some("BOB")),
            ("too much for either", &bob, 2, now, None),
            ("what is left", &bob, 1, now, Some("BOB")),
            ("nobody's", &Vec::new(), 1, now, None),
            ("the next day", &alice, most, later, Some("ALICE")),
        ];
        for (case, nodes, bytes, at, expected) in table {
            let whose = ledger.take(nodes, bytes, at).map(Party::as_str);
            assert_eq!(whose, expected, "{case}");
        }
        // What did not come counts for nothing.
        ledger.give_back(&alice[0], 5);
        assert!(ledger.take(&alice, 6, later).is_none());
        assert!(ledger.take(&alice, 5, later).is_some());
    }

    #[test]
    fn a_file_that_cannot_be_had_is_tried_ever_more_rarely_and_holds_up_no_other() {
        let (mut ledger, mut now) = (Ledger::default(), Instant::now());
        let file = |number| FileAddress {
            root: [number; 32],
            bytes: 1,
        };
        for pause_ms in [1_000, 2_000, 4_000, 8_000] {
            ledger.tried(&file(1), false, now);
            let due = now + Duration::from_millis(pause_ms);
            let before = due - Duration::from_millis(1);
            assert_eq!(
                (
                    ledger.is_due(&file(1), before),
                    ledger.is_due(&file(1), due)
                ),
                (false, true)
            );
            assert!(ledger.is_due(&file(2), now));
            now = due;
        }
        for _ in 0..99 {
            ledger.tried(&file(1), false, now);
        }
        assert!(ledger.is_due(&file(1), now + Duration::from_millis(FILE_RETRY_MAX_MS)));
        ledger.tried(&file(1), true, now);
        assert!(ledger.is_due(&file(1), now));
    }
}
