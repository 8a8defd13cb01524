//! pvn
fn main() {}
