//! What a member asks for when it reads something of an earlier time: the directory that was in force, and the notary's
//! certificate as it is signed now.

use std::sync::{Arc, PoisonError};

use ledger::TransactionId;
use ledger::certificate::Certificate;
use ledger::codec::{self, list::List};
use protocol::directory::Members;
use protocol::notary::{Request, Verdict};

use super::admission::MAP_AT_PATH;
use super::link::{Link, fetch};
use super::notary::SUBMIT_PATH;
use crate::limits::DIRECTORIES_KEPT;
use crate::transport::StatusCode;

impl Link {
    /// The directory that was in force at a size of the map's log, asked for once.
    pub(crate) async fn directory_at(&self, size: u64) -> Result<Arc<Members>, String> {
        let current = self.members();
        if current.size() == size {
            return Ok(current);
        }
        let known = || {
            let kept = self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
            kept.get(&size).cloned()
        };
        if let Some(known) = known() {
            return Ok(known);
        }
        // One after the other: whoever makes this node ask makes it ask slowly.
        let _turn = self.turn.lock().await;
        if let Some(known) = known() {
            return Ok(known);
        }
        let snapshot = fetch(&self.registrar, &format!("{MAP_AT_PATH}{size}")).await;
        let snapshot =
            snapshot.map_err(|error| format!("the registrar has no older directory: {error}"))?;
        let members = Members::accept(snapshot, &self.map_keys());
        let members = Arc::new(members.map_err(|error| error.to_string())?);
        let mut kept = self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(size, Arc::clone(&members));
        if kept.len() > DIRECTORIES_KEPT {
            kept.pop_first();
        }
        Ok(members)
    }

    /// The certificate of a transaction under the notary's latest checkpoint.
    pub(crate) async fn certificate(&self, id: TransactionId) -> Result<Certificate, String> {
        let (notary, _) = self.notary().map_err(|error| error.to_string())?;
        let client = self.to(&notary);
        let client = client.ok_or_else(|| "the notary is not in the directory".to_owned())?;
        let _turn = self.turn.lock().await;
        let reply = client
            .post(SUBMIT_PATH, codec::encode(&vec![Request::Status(id)]))
            .await
            .map_err(|error| format!("the notary can't be asked now: {error}"))?;
        if reply.status != StatusCode::OK {
            return Err(format!("the notary answers {}", reply.status));
        }
        let verdicts = codec::decode::<List<Verdict>>(&reply.body).map(|List(verdicts)| verdicts);
        match verdicts.ok().and_then(|mut verdicts| verdicts.pop()) {
            Some(Verdict::Certified(certificate)) => Ok(certificate),
            _ => Err(format!("the notary does not say that {id} is certified")),
        }
    }
}
