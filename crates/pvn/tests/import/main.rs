//! Importing published files: amounts, quirks, refusals, the shipped tables and the originals.

mod amounts;
mod dates;
mod fixture;
mod hostile;
mod mapping;
mod originals;
mod quirks;
mod refusals;
mod reports;
mod scenario;
mod settings;
mod shipped;
mod workbook;
