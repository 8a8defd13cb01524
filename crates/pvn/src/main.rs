//! `pvn`: one binary, many roles.

use std::process::ExitCode;

fn main() -> ExitCode {
    pvn::main()
}
