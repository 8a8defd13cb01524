//! The built-in rules of money: it is never made, lost or used for two dues.

mod draft;
mod holding;
mod issue;
mod settle;

pub(crate) use draft::draft;
pub(crate) use issue::issuers;
pub(crate) use settle::settle;
