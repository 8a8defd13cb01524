//! What a portal believes and tells verifiers to believe: of a log's keys those that have signed, which never become fewer.

use std::sync::{PoisonError, RwLock};

use ledger::certificate::Certificate;
use ledger::log_keys::{LogKeys, verify_checkpoint};
use ledger::trust::Trust;
use protocol::message::Disclosure;
use tlog::Checkpoint;

use super::home::HomeError;
use super::link::Link;
use super::publication::trust_text;

/// The first checkpoint of the notary that was seen with as many signatures as any.
const CHECKPOINT: &str = "notary-checkpoint";

/// What a portal has seen of the logs' keys. That of the registrar's is kept with the directory.
pub(super) struct SeenKeys {
    trust: Trust,
    network: String,
    checkpoint: RwLock<Option<String>>,
}

impl SeenKeys {
    /// What was seen before the process was started; `trust` has every key that the logs may be signed with.
    pub(super) fn of(link: &Link, trust: Trust) -> Result<Self, HomeError> {
        let kept = link.home.read(CHECKPOINT)?;
        let kept = kept.and_then(|bytes| String::from_utf8(bytes).ok());
        // One of another key than the notary's says nothing.
        let kept = kept.filter(|note| verify_checkpoint(note, &trust.notary).is_ok());
        Ok(Self {
            trust,
            network: link.network.name.clone(),
            checkpoint: RwLock::new(kept),
        })
    }

    fn checkpoint(&self) -> Option<String> {
        let checkpoint = self.checkpoint.read();
        checkpoint.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys of the notary's log; once all of them have signed, none may be missing.
    fn notary(&self) -> LogKeys {
        let keys = self.trust.notary.clone();
        match self.checkpoint() {
            Some(note) => keys.since(&note),
            None => keys,
        }
    }

    /// What disclosures are checked against.
    pub(super) fn trust(&self, link: &Link) -> Trust {
        Trust {
            registrar: link.map_keys(),
            notary: self.notary(),
            ..self.trust.clone()
        }
    }

    /// The trust file: all keys in it have signed, so that verifiers can ask for each. None before a checkpoint was seen.
    pub(super) fn file(&self, link: &Link) -> Option<String> {
        let checkpoint = self.checkpoint()?;
        let members = link.members();
        let now = Trust {
            registrar: self
                .trust
                .registrar
                .that_signed(&members.snapshot().proof.checkpoint),
            notary: self.trust.notary.that_signed(&checkpoint),
            ..self.trust.clone()
        };
        match trust_text(&now, &self.network) {
            Ok(text) => Some(text),
            Err(error) => {
                tracing::error!(%error, "the trust file could not be written");
                None
            }
        }
    }

    /// Reads a checkpoint of the notary, which must bear the signatures that one bore before.
    pub(super) fn read(&self, link: &Link, note: String) -> Option<Checkpoint> {
        let needed = self.notary();
        let checkpoint = match verify_checkpoint(&note, &needed) {
            Ok(checkpoint) => checkpoint,
            Err(reason) => {
                tracing::error!(%reason, "the notary gives a checkpoint that does not hold");
                return None;
            }
        };
        let more = !needed.needs_all() && !needed.is_missed_by(&note);
        if self.checkpoint().is_none() || more {
            // What can't be kept is learned again, and told to nobody before.
            if let Err(error) = link.home.write(CHECKPOINT, note.as_bytes()) {
                tracing::warn!(%error, "the notary's checkpoint could not be kept; trying again");
                return Some(checkpoint);
            }
            *self
                .checkpoint
                .write()
                .unwrap_or_else(PoisonError::into_inner) = Some(note);
        }
        Some(checkpoint)
    }

    /// A disclosure as the notary's log is signed now: it may have been made before.
    pub(super) async fn renew(
        &self,
        link: &Link,
        disclosure: &mut Disclosure,
    ) -> Result<(), String> {
        let keys = self.notary();
        if !keys.needs_all() || !keys.is_missed_by(&disclosure.certificate.checkpoint) {
            return Ok(());
        }
        let first = disclosure.facts.first();
        let place = first.and_then(|fact| fact.place.resolve(fact.fact.commitment()?));
        let Some((_, id)) = place else {
            return Ok(());
        };
        let fresh: Certificate = link.certificate(id).await?;
        disclosure.certificate = fresh;
        Ok(())
    }
}
