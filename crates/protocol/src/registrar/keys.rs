//! How a member's stronger key comes into its record, and the weaker one goes.

use deed::Party;
use ledger::map::{MemberKeys, MemberRecord};
use ledger::signature::{PublicKey, Suite};

use super::{AdmissionRefusal, Registrar, RegistrarError};
use crate::limits::KEY_GOES_AFTER_MS;
use crate::store::Store;

impl<S: Store> Registrar<S> {
    /// A member has a stronger key, for itself or a party that it hosts, and has shown to hold it: it stands in the record
    /// beside the one that is there. Again is harmless.
    ///
    /// # Errors
    /// [`AdmissionRefusal`]; nothing is changed then.
    pub fn add_key(
        &mut self,
        host: &Party,
        party: &Party,
        key: PublicKey,
        now_ms: u64,
    ) -> Result<(), AdmissionRefusal> {
        let record = self.hosted(host, party)?;
        if record.keys.of(key.suite()) == Some(&key) {
            return Ok(());
        }
        let stronger = Some(key).filter(|key| key.suite() == Suite::P256_MLDSA65);
        let keys = stronger.and_then(|key| record.keys.with(key));
        let keys = keys.ok_or_else(|| AdmissionRefusal::NoFurtherKey(party.clone()))?;
        self.exchange(record, keys, now_ms)
    }

    /// A member needs a weaker key no longer. Whatever was signed with it must have ended: a proof needs the key in the record
    /// at the directory that its batch pinned. Who asks for this signs with the stronger key; so that the key goes once a window
    /// has passed since the first time. Again is harmless.
    ///
    /// # Errors
    /// [`AdmissionRefusal`]; nothing is changed then.
    pub fn drop_key(
        &mut self,
        host: &Party,
        party: &Party,
        suite: Suite,
        now_ms: u64,
    ) -> Result<(), AdmissionRefusal> {
        let record = self.hosted(host, party)?;
        if record.keys.of(suite).is_none() {
            return Ok(());
        }
        let strongest = record.keys.strongest();
        let keys = record.keys.without(suite);
        let keys = keys.filter(|_| strongest.is_some_and(|key| key.suite() > suite));
        let keys = keys.ok_or_else(|| AdmissionRefusal::LastKey(party.clone()))?;
        // A registrar that was started since counts anew.
        let since = *self.given_up_ms.entry(party.clone()).or_insert(now_ms);
        let since_ms = now_ms.saturating_sub(since);
        if since_ms < KEY_GOES_AFTER_MS {
            return Err(AdmissionRefusal::KeyInUse {
                party: party.clone(),
                since_s: since_ms / 1000,
            });
        }
        self.exchange(record, keys, now_ms)
    }

    fn hosted(&mut self, host: &Party, party: &Party) -> Result<MemberRecord, AdmissionRefusal> {
        self.settle().map_err(RegistrarError::from)?;
        self.in_force(host)?;
        self.in_force(party)?;
        let record = self.records.get(party);
        let hosted = record.filter(|record| record.details.host == *host);
        let hosted = hosted.ok_or_else(|| AdmissionRefusal::NotHosted(party.clone()));
        hosted.cloned()
    }

    fn exchange(
        &mut self,
        record: MemberRecord,
        keys: MemberKeys,
        now_ms: u64,
    ) -> Result<(), AdmissionRefusal> {
        let record = MemberRecord { keys, ..record };
        Ok(self.put(vec![record], Vec::new(), now_ms)?)
    }
}
