//! Which checkpoints count as a log's.

use ledger::log_keys::LogKeys;
use tlog::{Checkpoint, Note};

/// The checkpoint in a note that those signed who keep the log at its size; signatures of others, such as witnesses, are left
/// aside (C2SP signed-note).
///
/// # Errors
/// What is missing, in words.
pub(super) fn believe(note: &Note, log: &LogKeys) -> Result<Checkpoint, String> {
    let checkpoint = Checkpoint::parse(note.unverified_text().as_str());
    let checkpoint = checkpoint.map_err(|error| error.to_string())?;
    let (keys, needed) = match log.at(checkpoint.size()) {
        Some(epoch) => (epoch.authorities.cosigners(), epoch.authorities.needed()),
        None => (vec![log.own().clone()], 1),
    };
    let verified = note.verify_any(&keys).map_err(|error| error.to_string())?;
    let signed = verified.signatures.len();
    if signed < needed {
        return Err(format!(
            "{signed} of the {needed} needed authorities signed it"
        ));
    }
    if checkpoint.origin().as_str() != log.own().name().as_str() {
        return Err(format!("it is of the log {}", checkpoint.origin().as_str()));
    }
    Ok(checkpoint)
}
