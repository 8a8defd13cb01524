//! Asking witnesses to cosign what the notary has published, beside its work and never in its way.

use std::time::Duration;

use tlog::{Checkpoint, Note};

use super::notary_log::Shelf;
use crate::watch::{Asked, WitnessAddress, gather};

/// How often witnesses are asked, if there is something new.
const EVERY: Duration = Duration::from_secs(1);

/// Asks for as long as the process runs.
pub(super) async fn keep_witnessed(shelf: Shelf, witnesses: Vec<WitnessAddress>) {
    let mut asked = match Asked::new() {
        Ok(asked) => asked,
        Err(error) => return tracing::error!(%error, "witnesses can't be asked"),
    };
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut last = (String::new(), 0);
    loop {
        ticks.tick().await;
        let Some((text, read)) = shelf.tree() else {
            continue;
        };
        // One that not all have cosigned is shown to them again.
        if last == (text.clone(), witnesses.len()) {
            continue;
        }
        let Ok(note) = Note::parse(text.as_bytes()) else {
            continue;
        };
        let Ok(checkpoint) = Checkpoint::parse(note.unverified_text().as_str()) else {
            continue;
        };
        let cosigned = gather(&mut asked, &witnesses, &note, &checkpoint, &read).await;
        let lines = cosigned.unverified_signatures().len() - note.unverified_signatures().len();
        if lines > 0 {
            shelf.witness(cosigned.to_string());
        }
        last = (text, lines);
    }
}
