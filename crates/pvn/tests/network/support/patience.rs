//! Waiting for a condition, never for a time.

use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine.
pub(crate) const LONG: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(25);

/// What `look` finds, as soon as it finds something.
///
/// # Panics
/// After `patience`, with `what` it waited for.
pub(crate) fn until<T>(what: &str, patience: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            Instant::now() < deadline,
            "waited {} s for {what}",
            patience.as_secs()
        );
        std::thread::sleep(LOOK);
    }
}
