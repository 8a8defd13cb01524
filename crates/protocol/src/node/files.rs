//! Files that the facts seen here name, with the parties that have a part in those facts: whoever has one may have the file.
//!
//! What is noted is committed together with the facts. It is never struck out: a transaction is kept, and so are its files.

use std::collections::BTreeSet;

use deed::{FactRoles, FileAddress, Party, Value};
use ledger::fact::Fact;
use ledger::tearoff::{SeenView, ShownOutput, TearOff};
use ledger::validity::{Checked, fact_value};

use super::core::{Node, NodeError, under};
use super::pending::pairs;
use crate::store::{Store, Table};

/// Prefix of a file and a party that may have it.
const FILE: &[u8] = b"file/";
/// Prefix of files that may not be kept here yet.
const WANTED: &[u8] = b"wanted/";

fn key_of(prefix: &[u8], file: &FileAddress) -> Vec<u8> {
    under(&under(prefix, &file.root), &file.bytes.to_be_bytes())
}

/// The files that a value names, however deep.
fn files_in(value: &Value, found: &mut Vec<FileAddress>) {
    match value {
        Value::File(file) => found.push(**file),
        Value::List(items) | Value::Record(items) => {
            items.iter().for_each(|item| files_in(item, found));
        }
        _ => {}
    }
}

/// Who may have the files that each field of a fact names: who has a part in the fact, and sees that field of it.
fn entitled(roles: &FactRoles, field: usize) -> impl Iterator<Item = &Party> {
    let parts = [
        &roles.controllers,
        &roles.attestors,
        &roles.seen_by,
        &roles.observed_by,
    ];
    let seen = roles.seen_in_part.iter();
    let seen =
        seen.filter(move |(_, fields)| fields.iter().any(|seen| usize::from(*seen) == field));
    let seen = seen.map(|(party, _)| party);
    parts
        .into_iter()
        .flatten()
        .chain(&roles.shown_by)
        .chain(seen)
}

impl<S: Store> Node<S> {
    /// Notes the files that the facts of a certified transaction name, as far as it is seen here.
    pub(crate) fn note_files(
        &mut self,
        seen: &TearOff,
        checked: &Checked,
    ) -> Result<(), NodeError> {
        for (view, meaning) in seen.views.iter().zip(&checked.meanings) {
            match (view, meaning) {
                (SeenView::Whole(view), Some(meaning)) => {
                    let attestors = meaning.created.iter().flat_map(|roles| &roles.attestors);
                    // They see what goes in as well as what comes out.
                    let all: BTreeSet<&Party> = meaning.signers.iter().chain(attestors).collect();
                    let inputs = view.consumed.iter().chain(&view.referenced);
                    for fact in inputs.map(|input| &input.fact).chain(&view.created) {
                        self.note_files_of(fact, &all)?;
                    }
                }
                (SeenView::Outputs(outputs), _) => {
                    for fact in outputs.shown.values().filter_map(ShownOutput::whole) {
                        self.note_files_of(fact, &BTreeSet::new())?;
                    }
                }
                (SeenView::Whole(_) | SeenView::Hidden(_), _) => {}
            }
        }
        Ok(())
    }

    fn note_files_of(&mut self, fact: &Fact, all: &BTreeSet<&Party>) -> Result<(), NodeError> {
        let mut found = Vec::new();
        for (field, value) in fact.fields.iter().enumerate() {
            let mut files = Vec::new();
            files_in(value, &mut files);
            found.extend(files.into_iter().map(|file| (field, file)));
        }
        if found.is_empty() {
            return Ok(());
        }
        let contract = self.setup.book.get(&fact.contract);
        let Some(Ok(roles)) = contract.map(|contract| contract.roles_of(&fact_value(fact))) else {
            return Ok(());
        };
        for (field, file) in found {
            let key = key_of(FILE, &file);
            for party in all.iter().copied().chain(entitled(&roles, field)) {
                let key = under(&key, party.as_str().as_bytes());
                if self
                    .pending
                    .bytes(&self.store, Table::Index, &key)?
                    .is_none()
                {
                    self.pending.put_bytes(Table::Index, key, Vec::new());
                    let wanted = key_of(WANTED, &file);
                    self.pending.put_bytes(Table::Index, wanted, Vec::new());
                }
            }
        }
        Ok(())
    }

    /// The file is kept here, whole.
    pub(crate) fn file_kept(&mut self, file: &FileAddress) {
        self.pending.delete(Table::Index, key_of(WANTED, file));
    }

    /// The parties that have a part in a fact that names the file; none for a file that no fact seen here names.
    ///
    /// # Errors
    /// [`NodeError`].
    pub fn parties_of_file(&self, file: &FileAddress) -> Result<BTreeSet<Party>, NodeError> {
        let prefix = key_of(FILE, file);
        let found = pairs(&self.store, Table::Index, &prefix)?.into_iter();
        let names =
            found.filter_map(|(key, _)| String::from_utf8(key.get(prefix.len()..)?.to_vec()).ok());
        Ok(names.filter_map(|name| Party::new(&name).ok()).collect())
    }

    /// Up to so many files, after this one, that facts name and that may not be kept here yet.
    ///
    /// # Errors
    /// [`NodeError`].
    pub fn wanted_files(
        &self,
        after: Option<&FileAddress>,
        limit: usize,
    ) -> Result<Vec<FileAddress>, NodeError> {
        let after = after.map(|file| key_of(WANTED, file));
        let found = self
            .store
            .scan(Table::Index, WANTED, after.as_deref(), limit)?;
        let read = |key: &[u8]| {
            let (root, bytes) = key.get(WANTED.len()..)?.split_first_chunk::<32>()?;
            let bytes = u64::from_be_bytes(bytes.try_into().ok()?);
            Some(FileAddress { root: *root, bytes })
        };
        Ok(found.iter().filter_map(|(key, _)| read(key)).collect())
    }
}
