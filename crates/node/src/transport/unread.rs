//! Answers that the other end of a connection has yet to take.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

/// The answers of one connection that are in memory, with when each was given.
#[derive(Default)]
pub(super) struct Unread(Mutex<Vec<(Instant, Weak<()>)>>);

/// Bytes that tell by going away that they were taken.
struct Watched {
    bytes: Bytes,
    _there: Arc<()>,
}

impl AsRef<[u8]> for Watched {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Unread {
    /// The bytes, of which is known from now on whether they were taken.
    pub(super) fn watch(&self, bytes: Bytes) -> Bytes {
        if bytes.is_empty() {
            return bytes;
        }
        let there = Arc::new(());
        let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        given.retain(|(_, there)| there.strong_count() > 0);
        given.push((Instant::now(), Arc::downgrade(&there)));
        Bytes::from_owner(Watched {
            bytes,
            _there: there,
        })
    }

    /// When the oldest answer was given that is still there.
    fn oldest(&self) -> Option<Instant> {
        let given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let there = given.iter().find(|(_, there)| there.strong_count() > 0);
        there.map(|(at, _)| *at)
    }

    /// Done when an answer has waited this long.
    pub(super) async fn waited_for(&self, span: Duration) {
        loop {
            let now = Instant::now();
            let oldest = self.oldest();
            if oldest.is_some_and(|at| at + span <= now) {
                return;
            }
            sleep_until(oldest.unwrap_or(now) + span).await;
        }
    }
}
