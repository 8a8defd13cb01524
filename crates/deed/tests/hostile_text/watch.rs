//! Nobody waits for a text: what takes too long is named, and ends the run.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A text of the largest size is answered in a small part of this, unoptimised, on a busy machine.
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// Watches the case that runs.
pub(super) struct Watch(Arc<Mutex<(Instant, String)>>);

impl Watch {
    /// A case that hangs can't be stopped, so that the process ends.
    pub(super) fn start() -> Self {
        Self::over(ANSWER_MAX, |case| {
            eprintln!("no answer in {ANSWER_MAX:?}: {case}");
            std::process::exit(1);
        })
    }

    /// Looks now and then, which costs the cases nothing.
    fn over(limit: Duration, late: impl Fn(String) + Send + 'static) -> Self {
        let current = Arc::new(Mutex::new((Instant::now(), String::new())));
        let watched = Arc::downgrade(&current);
        std::thread::spawn(move || {
            while let Some(current) = watched.upgrade() {
                let (since, case) = current.lock().unwrap().clone();
                drop(current);
                if since.elapsed() > limit {
                    return late(case);
                }
                std::thread::sleep(limit / 20);
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

#[test]
fn a_case_without_an_answer_is_named() {
    let (named, names) = std::sync::mpsc::channel();
    let watch = Watch::over(Duration::from_secs(1), move |case| {
        let _ = named.send(case);
    });
    watch.case("seed 7, text 9".to_owned());
    let name = names.recv_timeout(Duration::from_secs(60));
    assert_eq!(name.as_deref(), Ok("seed 7, text 9"));
}
