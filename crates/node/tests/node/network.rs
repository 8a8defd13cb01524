//! A network in miniature: a registrar's root and members with certificates.

use std::sync::Arc;
use std::time::Duration;

use deed::Party;
use jiff::Timestamp;
use node::pki::{RegistrarRoot, Request, TlsIdentity, new_request};
use node::transport::Credentials;
use tempfile::TempDir;

pub(crate) const REGISTRAR: &str = "GB-REG";
pub(crate) const DAY: Duration = Duration::from_hours(24);

pub(crate) struct Network {
    pub(crate) root: RegistrarRoot,
    folder: TempDir,
}

impl Network {
    pub(crate) fn new() -> Network {
        let folder = tempfile::tempdir().unwrap();
        let root = RegistrarRoot::create(
            folder.path(),
            "test network",
            &party(REGISTRAR),
            Timestamp::now(),
        )
        .unwrap();
        Network { root, folder }
    }

    /// An identity whose certificate was issued at `now` for `life`.
    pub(crate) fn identity_at(&self, id: &str, now: Timestamp, life: Duration) -> TlsIdentity {
        let folder = self.folder.path().join(id);
        let key = TlsIdentity::key(&folder).unwrap();
        let request = Request::parse(&new_request(&party(id), &key).unwrap()).unwrap();
        let certificate = self.root.issue(&request, now, life).unwrap();
        TlsIdentity::save(&folder, &certificate, self.root.certificate()).unwrap();
        TlsIdentity::load(&folder).unwrap().unwrap()
    }

    pub(crate) fn identity(&self, id: &str) -> TlsIdentity {
        self.identity_at(id, Timestamp::now(), 30 * DAY)
    }

    pub(crate) fn credentials(&self, id: &str) -> Arc<Credentials> {
        Arc::new(Credentials::new(&self.identity(id)).unwrap())
    }
}

pub(crate) fn party(id: &str) -> Party {
    Party::new(id).unwrap()
}
