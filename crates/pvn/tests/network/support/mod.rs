//! What the tests stand on: processes that end with their test, a demonstration, a network put together by hand, clients.

pub(crate) mod books;
pub(crate) mod client;
pub(crate) mod demo;
pub(crate) mod joining;
pub(crate) mod noise;
pub(crate) mod patience;
pub(crate) mod process;
pub(crate) mod published;
pub(crate) mod seed;
pub(crate) mod softhsm;
pub(crate) mod town;
pub(crate) mod traces;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The service that the demonstration plays.
pub(crate) fn public_money() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../services/public-money"
    ))
}

/// A file beside the tests.
pub(crate) fn fixture(name: &str) -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/network/fixtures"
    ))
    .join(name)
}

/// Where a network begins to look for free ports: below those that the system gives to connections, and apart for
/// processes that test side by side.
pub(crate) fn first_port() -> u16 {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    let nth = u32::from(TAKEN.fetch_add(1, Ordering::Relaxed));
    let room = (std::process::id() * 3 + nth) % 300;
    u16::try_from(10_000 + room * 64).expect("a port below 30,000")
}

/// Networks one at a time, or they measure each other. (Held by the test runner where each test is a process.)
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}
