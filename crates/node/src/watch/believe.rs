//! Which checkpoints count as a log's.

use ledger::log_keys::LogKeys;
use tlog::{Checkpoint, Note};

/// The checkpoint in a note that the log signed; signatures of others, such as witnesses, are left aside (C2SP signed-note).
///
/// # Errors
/// What is missing, in words.
pub(super) fn believe(note: &Note, log: &LogKeys) -> Result<Checkpoint, String> {
    let own = std::slice::from_ref(log.own());
    let verified = note.verify_any(own).map_err(|error| error.to_string())?;
    let text = verified.text.as_str();
    let checkpoint = Checkpoint::parse(text).map_err(|error| error.to_string())?;
    if checkpoint.origin().as_str() != log.own().name().as_str() {
        return Err(format!("it is of the log {}", checkpoint.origin().as_str()));
    }
    Ok(checkpoint)
}
