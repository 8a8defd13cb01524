//! `pvn`: one binary, many roles. Everything it does is in the library beside it, where tests reach it.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    pvn::main()
}
