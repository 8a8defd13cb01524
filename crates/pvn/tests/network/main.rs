//! Whole networks of real processes, driven as their users drive them: by the `pvn` command and over HTTP.
//!
//! Each test founds a network of its own in a temporary folder, on ports of its own. Every process is ended by its id, also
//! when a test fails. More is done when asked for: `PVN_FULL=1` plays the published files whole, `PVN_KILLS=50` kills fifty
//! processes, `PVN_SEED=7` chooses others.

mod attachments;
mod backup;
mod bad_input;
mod bad_machine;
mod current;
mod exports;
mod hybrid;
mod joining;
mod kills;
mod need_to_know;
mod old_data;
mod processes;
mod reader_gone;
mod security_module;
mod shown;
mod support;
mod totals;
mod verify;
mod watching;
