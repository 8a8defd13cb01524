//! Whether the notary's certificates hold, and which keys of its log must have signed them.

use ledger::certificate::{Certificate, CertificateError};
use ledger::log_keys::{LogKeys, verify_checkpoint};
use ledger::transaction::Terms;
use ledger::{Digest, TransactionId};

use super::core::Node;
use crate::store::{Store, StoreError, Table};

/// That the notary has begun to sign with each of its log's keys.
const ALL_SIGN: &[u8] = b"all keys of the notary's log sign";

/// The keys of the notary's log for a node that goes on: all are needed if all have signed before.
pub(crate) fn keys_needed(keys: LogKeys, store: &impl Store) -> Result<LogKeys, StoreError> {
    Ok(match store.get(Table::Meta, ALL_SIGN)? {
        Some(_) => keys.all_are_needed(),
        None => keys,
    })
}

fn read_checkpoint(note: &str, keys: &LogKeys) -> Result<(u64, Digest), CertificateError> {
    let checkpoint =
        verify_checkpoint(note, keys).map_err(|error| CertificateError::Checkpoint {
            reason: error.to_string(),
        })?;
    Ok((checkpoint.size(), Digest::from(checkpoint.root())))
}

impl<S: Store> Node<S> {
    /// Whether a certificate holds for the transaction with this id and these terms. The checkpoint's signature is verified
    /// once for all of a batch.
    pub(crate) fn certified(
        &mut self,
        id: &TransactionId,
        terms: &Terms,
        certificate: &Certificate,
    ) -> Result<(), CertificateError> {
        certificate.entry.keeps(terms)?;
        let known = self
            .checkpoint
            .as_ref()
            .filter(|(note, ..)| *note == certificate.checkpoint);
        let (size, root) = match known {
            Some((_, size, root)) => (*size, *root),
            None => {
                let (size, root) = read_checkpoint(&certificate.checkpoint, &self.setup.notary)?;
                self.checkpoint = Some((certificate.checkpoint.clone(), size, root));
                self.notice_signers(&certificate.checkpoint);
                (size, root)
            }
        };
        certificate.check_paths(id, size, &root)
    }

    /// Whether a certificate that was believed when it came holds: it may be from before the log was signed with all keys.
    pub(crate) fn was_certified(
        &self,
        id: &TransactionId,
        terms: &Terms,
        certificate: &Certificate,
    ) -> Result<(), CertificateError> {
        certificate.entry.keeps(terms)?;
        let keys = self.setup.notary.clone().own_is_enough();
        let (size, root) = read_checkpoint(&certificate.checkpoint, &keys)?;
        certificate.check_paths(id, size, &root)
    }

    /// Once all keys of the notary's log have signed, none may be missing any more.
    fn notice_signers(&mut self, note: &str) {
        let keys = &self.setup.notary;
        if keys.keys().len() > 1 && !keys.needs_all() && !keys.is_missed_by(note) {
            self.setup.notary = keys.clone().all_are_needed();
            self.pending.put_bytes(Table::Meta, ALL_SIGN, Vec::new());
        }
    }

    /// Whether all keys of the notary's log must have signed a certificate that comes from now on: they have before.
    #[must_use]
    pub fn needs_all_log_keys(&self) -> bool {
        self.setup.notary.needs_all()
    }
}
