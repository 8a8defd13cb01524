//! A monitor: reads what several sources show of one log, and raises an alarm when they can't all be telling the truth.

use ledger::codec;
use ledger::log_keys::LogKeys;
use protocol::monitor::{BrokenRule, EntryWatch};
use tlog::{Checkpoint, Fork, Note};

use super::alarm::{Alarm, AlarmCode, Evidence};
use super::mirror::{self, Mirror, MirrorError};
use super::source::{Source, SourceError};
use crate::limits::LOG_SILENT_SECONDS;

/// The file, beside the mirror, that keeps what was seen of the entries.
const SEEN: &str = "monitor/seen";

/// A monitor of one notary's log.
pub struct Monitor {
    mirror: Mirror,
    place: Source,
    sources: Vec<Source>,
    /// Where only checkpoints are read: witnesses, and others who saw one.
    witnesses: Vec<Source>,
    seen: EntryWatch,
    /// When the log was last seen to grow, ms.
    grew_ms: u64,
}

/// Why a monitor can't work.
#[derive(Debug, thiserror::Error)]
pub enum MonitorError {
    /// Its own copy.
    #[error("the monitor's own copy of the log: {0}")]
    Mirror(#[from] MirrorError),
    /// Its own files.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// What one look at all sources gave.
#[derive(Debug, Default)]
pub struct Round {
    /// What is wrong.
    pub alarms: Vec<Alarm>,
    /// Sources that couldn't be read, and why: no alarm, unless it lasts.
    pub unread: Vec<(String, String)>,
    /// Entries verified.
    pub size: u64,
}

impl Monitor {
    /// A monitor that keeps its own verified copy at a place, and goes on from what is there.
    ///
    /// # Errors
    /// [`MonitorError`].
    pub async fn open(
        place: Source,
        log: LogKeys,
        sources: Vec<Source>,
        witnesses: Vec<Source>,
        now_ms: u64,
    ) -> Result<Self, MonitorError> {
        let mirror = Mirror::open(place.clone(), log).await?;
        let kept = place.read(SEEN).await?;
        let kept = kept.and_then(|bytes| codec::decode::<EntryWatch>(&bytes).ok());
        let mut seen = kept.filter(|seen| seen.seen() == mirror.size());
        if seen.is_none() {
            let mut fresh = EntryWatch::default();
            if mirror.size() > 0 {
                // Rules that entries broke were told when they were first seen.
                mirror
                    .verify(|_, entry| drop(fresh.see(entry, now_ms)))
                    .await?;
            }
            seen = Some(fresh);
        }
        Ok(Self {
            mirror,
            place,
            sources,
            witnesses,
            seen: seen.unwrap_or_default(),
            grew_ms: now_ms,
        })
    }

    /// Looks at every source once.
    ///
    /// # Errors
    /// [`MonitorError`]: of the monitor's own files; what is wrong with sources is in the [`Round`].
    pub async fn look(&mut self, now_ms: u64) -> Result<Round, MonitorError> {
        let mut round = Round::default();
        for source in self.sources.clone() {
            match self.compare(&source, true, now_ms).await {
                Ok(alarms) => round.alarms.extend(alarms),
                Err(error) => sort(&mut round, &source, error),
            }
        }
        for witness in self.witnesses.clone() {
            match self.compare(&witness, false, now_ms).await {
                Ok(alarms) => round.alarms.extend(alarms),
                Err(error) => sort(&mut round, &witness, error),
            }
        }
        let silent_ms = now_ms.saturating_sub(self.grew_ms);
        if silent_ms > LOG_SILENT_SECONDS * 1_000 {
            round.alarms.push(Alarm {
                code: AlarmCode::StandsStill,
                source: self.place.name().to_owned(),
                says: format!("no new entry for {} s, from any source", silent_ms / 1_000),
                evidence: None,
            });
        }
        round.size = self.mirror.size();
        Ok(round)
    }

    async fn compare(
        &mut self,
        source: &Source,
        has_files: bool,
        now_ms: u64,
    ) -> Result<Vec<Alarm>, MirrorError> {
        let Some((note, shown)) = self.mirror.shown_by(source).await? else {
            return Ok(Vec::new());
        };
        let Some((ours, last)) = self.mirror.last().cloned() else {
            return match has_files {
                true => self.advance(source, note, shown, now_ms).await,
                false => Ok(Vec::new()),
            };
        };
        if shown.size() > last.size() {
            if !has_files {
                return Ok(vec![Alarm {
                    code: AlarmCode::HiddenCheckpoint,
                    source: source.name().to_owned(),
                    says: format!(
                        "it has a checkpoint of {} entries, and the log's files show {}",
                        shown.size(),
                        last.size()
                    ),
                    evidence: None,
                }]);
            }
            return match self
                .advance(source, note.clone(), shown.clone(), now_ms)
                .await
            {
                Err(MirrorError::OtherRoot { .. }) => {
                    self.forked(source, (&ours, &last), (&note, &shown)).await
                }
                advanced => advanced,
            };
        }
        if shown.size() == 0 {
            return Ok(Vec::new());
        }
        let (root, proof) = self.mirror.history(shown.size()).await?;
        if root == shown.root() {
            return Ok(Vec::new());
        }
        let fork = Fork { root, proof };
        Ok(vec![split(source, (&note, &shown), (&ours, &last), &fork)])
    }

    /// What a source's own files say about why its longer log doesn't continue ours.
    async fn forked(
        &self,
        source: &Source,
        (ours, last): (&Note, &Checkpoint),
        (note, shown): (&Note, &Checkpoint),
    ) -> Result<Vec<Alarm>, MirrorError> {
        let (root, proof) = mirror::history(source, last.size(), shown.size()).await?;
        let fork = Fork { root, proof };
        if fork.check(last, shown).is_ok() {
            return Ok(vec![split(source, (ours, last), (note, shown), &fork)]);
        }
        Ok(vec![Alarm {
            code: AlarmCode::FilesDisagree,
            source: source.name().to_owned(),
            says: format!(
                "its entries and tiles don't lead to the checkpoint of {} entries that it shows",
                shown.size()
            ),
            evidence: None,
        }])
    }

    async fn advance(
        &mut self,
        source: &Source,
        note: Note,
        next: Checkpoint,
        now_ms: u64,
    ) -> Result<Vec<Alarm>, MirrorError> {
        let mut broken: Vec<(u64, Vec<u8>, BrokenRule)> = Vec::new();
        let mut seen = self.seen;
        let see = |index, entry: &[u8]| {
            let rules = seen.see(entry, now_ms).into_iter();
            broken.extend(rules.map(|rule| (index, entry.to_vec(), rule)));
        };
        self.mirror.advance(source, note, next, see).await?;
        self.place.write(SEEN, codec::encode(&seen).into()).await?;
        self.seen = seen;
        self.grew_ms = now_ms;
        let mut alarms = Vec::new();
        for (index, entry, rule) in broken {
            alarms.push(self.broken_rule(source, index, &entry, &rule).await?);
        }
        Ok(alarms)
    }

    async fn broken_rule(
        &self,
        source: &Source,
        index: u64,
        entry: &[u8],
        rule: &BrokenRule,
    ) -> Result<Alarm, MirrorError> {
        let evidence = match self.mirror.last() {
            Some((note, last)) => {
                let path = mirror::inclusion(&self.place, index, last.size()).await?;
                Some(Evidence::entry(note, index, entry, &path))
            }
            None => None,
        };
        Ok(Alarm {
            code: AlarmCode::BrokenRule,
            source: source.name().to_owned(),
            says: rule.to_string(),
            evidence,
        })
    }
}

fn split(
    source: &Source,
    (first, shorter): (&Note, &Checkpoint),
    (second, longer): (&Note, &Checkpoint),
    fork: &Fork,
) -> Alarm {
    Alarm {
        code: AlarmCode::SplitView,
        source: source.name().to_owned(),
        says: format!(
            "the log signed two histories: checkpoints of {} and {} entries that can't both be of one log",
            shorter.size(),
            longer.size()
        ),
        evidence: Some(Evidence::split_view(first, second, fork)),
    }
}

fn sort(round: &mut Round, source: &Source, error: MirrorError) {
    let alarm = |code| Alarm {
        code,
        source: source.name().to_owned(),
        says: error.to_string(),
        evidence: None,
    };
    match &error {
        MirrorError::NotSigned { .. } => round.alarms.push(alarm(AlarmCode::UnknownSigners)),
        MirrorError::Damaged { .. } | MirrorError::OtherRoot { .. } => {
            round.alarms.push(alarm(AlarmCode::FilesDisagree));
        }
        MirrorError::Source(_) | MirrorError::Missing { .. } => {
            let reason = error.to_string();
            round.unread.push((source.name().to_owned(), reason));
        }
    }
}
