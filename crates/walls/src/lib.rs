//! The walls of the house, kept by tests: which room may know which, what production code never holds, how long a file
//! may grow. Everything is in `tests/walls`; this library is empty and nothing depends on it.
#![forbid(unsafe_code)]
