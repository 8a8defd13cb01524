//! Running a program. Total: it always ends, and what cannot be computed is a refusal.

mod apply;
mod compute;
mod expr;
mod fits;
mod schedule;
mod trace;

pub(crate) use apply::apply;
pub(crate) use fits::fact_fits;
pub(crate) use trace::trace;
