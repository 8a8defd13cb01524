//! Nobody waits for a text: what takes too long is named, and ends the run.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A text of the largest size is answered in a small part of this, unoptimised, on a busy machine.
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// Watches the case that runs.
pub(super) struct Watch(Arc<Mutex<(Instant, String)>>);

impl Watch {
    /// Looks every second; a case that hangs can't be stopped, so that the process ends.
    pub(super) fn start() -> Self {
        let current = Arc::new(Mutex::new((Instant::now(), String::new())));
        let watched = Arc::downgrade(&current);
        std::thread::spawn(move || {
            while let Some(current) = watched.upgrade() {
                let (since, case) = current.lock().unwrap().clone();
                if since.elapsed() > ANSWER_MAX {
                    eprintln!("no answer in {ANSWER_MAX:?}: {case}");
                    std::process::exit(1);
                }
                drop(current);
                std::thread::sleep(Duration::from_secs(1));
            }
        });
        Self(current)
    }

    /// The next case begins; a panic shows it.
    pub(super) fn case(&self, case: String) {
        *self.0.lock().unwrap() = (Instant::now(), case);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in {}", self.0.lock().unwrap().1);
        }
    }
}
