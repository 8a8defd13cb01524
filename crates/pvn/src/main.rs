//! `pvn`: one binary, many roles. Everything it does is in the library beside it, where tests reach it.
#![forbid(unsafe_code)]

use std::process::ExitCode;

/// A tenth of a node's time went into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pvn::main()
}
