//! Between nodes.

mod batch;
