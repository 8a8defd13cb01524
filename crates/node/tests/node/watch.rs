//! Watching a log from outside, with real files and real connections.

mod logs;
mod mirrors;
mod monitors;
mod witnesses;
