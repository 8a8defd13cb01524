//! Running a program. Total: it always ends, and what cannot be computed is a refusal.

mod apply;
mod cases;
mod compute;
mod dates;
mod expr;
mod fits;
mod lists;
mod rates;
mod schedule;
mod trace;

pub(crate) use apply::apply;
pub(crate) use compute::{arithmetic, ill_typed};
pub(crate) use expr::Machine;
pub(crate) use fits::fact_fits;
pub(crate) use trace::{Ran, Saw, trace};
