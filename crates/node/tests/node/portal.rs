//! The public portal over a deterministic fixture.

mod description;
mod events;
mod files;
mod fixture;
mod html;
mod ingest;
mod refusals;
mod routes;
mod search;
pub(crate) mod server;
mod totals;
