//! Files that the facts seen here name, with the parties that have a part in those facts, and who shared the file with them.
//!
//! Naming a file gives no right to it: an address can be learned by anybody. The first signer of a transaction, who alone wants
//! it done, shares what it names; that counts here if it signs at this node, if its node has shown that it has the file, or if
//! the file was shared with it in a way that counts. All of it follows from what is noted, in whatever order that came.
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

/// Prefix of a file, a party with a part in a fact that names it, `/`, and who shared it so; nobody, where that isn't seen.
const SHARED: &[u8] = b"shared/";
/// Prefix of a file and a node that has given this one the hashes of its chunks: only who has them can.
const SHOWN: &[u8] = b"shown/";
/// Prefix of files that may not be kept here yet.
const WANTED: &[u8] = b"wanted/";

fn key_of(prefix: &[u8], file: &FileAddress) -> Vec<u8> {
    under(&under(prefix, &file.root), &file.bytes.to_be_bytes())
}

fn shared_with(file: &FileAddress, party: &Party) -> Vec<u8> {
    let key = under(&key_of(SHARED, file), party.as_str().as_bytes());
    under(&key, b"/")
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

/// With whom the files are shared that a field of a fact names: who has a part in the fact, and sees that field of it.
fn with_a_part(roles: &FactRoles, field: usize) -> impl Iterator<Item = &Party> {
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
                        self.note_files_of(fact, &all, meaning.signers.first())?;
                    }
                }
                (SeenView::Outputs(outputs), _) => {
                    for fact in outputs.shown.values().filter_map(ShownOutput::whole) {
                        self.note_files_of(fact, &BTreeSet::new(), None)?;
                    }
                }
                (SeenView::Whole(_) | SeenView::Hidden(_), _) => {}
            }
        }
        Ok(())
    }

    fn note_files_of(
        &mut self,
        fact: &Fact,
        all: &BTreeSet<&Party>,
        sharer: Option<&Party>,
    ) -> Result<(), NodeError> {
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
        let sharer = sharer.map_or("", Party::as_str);
        for (field, file) in found {
            let with = all.iter().copied().chain(with_a_part(&roles, field));
            for party in with {
                let key = under(&shared_with(&file, party), sharer.as_bytes());
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

    /// A node has shown that it has the file.
    pub(crate) fn file_shown(&mut self, file: &FileAddress, node: &Party) {
        let key = under(&key_of(SHOWN, file), node.as_str().as_bytes());
        self.pending.put_bytes(Table::Index, key, Vec::new());
    }

    /// Whether a fact seen here names the file.
    ///
    /// # Errors
    /// [`NodeError`].
    pub fn is_file_named(&self, file: &FileAddress) -> Result<bool, NodeError> {
        let prefix = key_of(SHARED, file);
        let first = self.store.scan(Table::Index, &prefix, None, 1)?;
        Ok(!first.is_empty())
    }

    /// The other nodes that may have the file, by the facts seen here: first those that shared it, then those with which it was shared.
    ///
    /// # Errors
    /// [`NodeError`].
    pub fn nodes_of_file(&self, file: &FileAddress) -> Result<Vec<Party>, NodeError> {
        let (with, by) = self.shares(file)?;
        let mut nodes: Vec<Party> = Vec::new();
        for party in by.iter().chain(&with) {
            let host = self.members.host(party);
            if let Some(host) =
                host.filter(|host| **host != self.setup.me && !nodes.contains(*host))
            {
                nodes.push(host.clone());
            }
        }
        Ok(nodes)
    }

    /// The nodes that shared the file by what they say, and have yet to show that they have it.
    ///
    /// # Errors
    /// [`NodeError`].
    pub fn doubted_sharers(&self, file: &FileAddress) -> Result<Vec<Party>, NodeError> {
        let (_, by) = self.shares(file)?;
        let hosts: BTreeSet<&Party> = by.iter().filter_map(|p| self.members.host(p)).collect();
        let mut doubted = Vec::new();
        for host in hosts {
            if !self.may_have_file(file, host)? {
                doubted.push(host.clone());
            }
        }
        Ok(doubted)
    }

    /// Those with whom a file was shared, and those who shared it.
    fn shares(&self, file: &FileAddress) -> Result<(BTreeSet<Party>, BTreeSet<Party>), NodeError> {
        let prefix = key_of(SHARED, file);
        let (mut with, mut by) = (BTreeSet::new(), BTreeSet::new());
        for (key, _) in pairs(&self.store, Table::Index, &prefix)? {
            let names = key
                .get(prefix.len()..)
                .and_then(|names| str::from_utf8(names).ok());
            if let Some((party, sharer)) = names.and_then(|names| names.split_once('/')) {
                with.extend(Party::new(party));
                by.extend(Party::new(sharer));
            }
        }
        Ok((with, by))
    }

    /// Whether a node may have the file from this one: it was shared with a party that it hosts, by somebody who had it to share.
    ///
    /// # Errors
    /// [`NodeError`].
    pub fn may_have_file(&self, file: &FileAddress, node: &Party) -> Result<bool, NodeError> {
        let mut open: Vec<Party> = self.members.hosted_by(node).cloned().collect();
        let mut seen: BTreeSet<Party> = open.iter().cloned().collect();
        while let Some(party) = open.pop() {
            if self.has_shown(file, &party)? {
                return Ok(true);
            }
            let prefix = shared_with(file, &party);
            for (key, _) in pairs(&self.store, Table::Index, &prefix)? {
                let sharer = key
                    .get(prefix.len()..)
                    .and_then(|name| str::from_utf8(name).ok());
                let sharer = sharer.and_then(|name| Party::new(name).ok());
                if let Some(sharer) = sharer.filter(|sharer| seen.insert(sharer.clone())) {
                    open.push(sharer);
                }
            }
        }
        Ok(false)
    }

    /// Whether a party's node is this one, or has shown that it has the file.
    fn has_shown(&self, file: &FileAddress, party: &Party) -> Result<bool, NodeError> {
        if self.hosts(party) {
            return Ok(true);
        }
        let Some(host) = self.members.host(party) else {
            return Ok(false);
        };
        let key = under(&key_of(SHOWN, file), host.as_str().as_bytes());
        Ok(self.store.get(Table::Index, &key)?.is_some())
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
