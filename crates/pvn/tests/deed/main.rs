//! `pvn deed` as its users meet it: a process with files, an editor with a server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod checking;
mod commands;
mod editor;
mod grammar;
mod robust;
mod script;
mod session;
