//! A node: the parties that it hosts, their facts, and the flows that they take part in.
//!
//! One generic flow serves every contract: draft, propose, verify and sign, notarise, distribute. It survives the death of
//! any node at any point and either completes or ends cleanly, with its facts free again.

mod addresses;
mod audit;
mod business_keys;
mod certified;
mod conclude;
mod core;
mod draft;
mod draft_money;
mod files;
mod initiate;
mod instruct;
mod key_secrets;
mod notarise;
mod observe;
mod outcomes;
mod past_keys;
mod pending;
mod prove;
mod purse;
pub mod records;
mod respond;
mod signing;
mod waiting;

pub use audit::{Finding, Holding};
pub use core::{Input, Node, NodeError, Output, Setup};
pub use key_secrets::keeper_secret;
pub use observe::{MoneyTotal, Totals, envelope_secret};
pub use prove::{Issuer, Provable};
pub use purse::{Purse, PurseKey};
pub use signing::Hosted;
