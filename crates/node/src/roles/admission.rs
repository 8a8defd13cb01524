//! What a newcomer and the registrar say to each other, in the ledger's encoding.

use deed::Party;
use ledger::codec;
use ledger::digest::Digest;
use ledger::map::MemberRecord;
use ledger::signature::SigningKey;
use minicbor::{Decode, Encode};

/// Where a newcomer asks to be admitted.
pub(super) const JOIN_PATH: &str = "/admission/v1/join";
/// Where anybody who pins the registrar's root learns about the network.
pub(super) const NETWORK_PATH: &str = "/admission/v1/network";
/// Where a member renews its certificate.
pub(super) const RENEW_PATH: &str = "/admission/v1/renew";
/// Where a member says at which address its node is reached now.
pub(super) const ENDPOINT_PATH: &str = "/admission/v1/endpoint";
/// Where a member gets the directory in force.
pub(super) const MAP_PATH: &str = "/map/v1/latest";
/// Where a member gets the directory at a size of its log: the size follows.
pub(super) const MAP_AT_PATH: &str = "/map/v1/at/";

/// A party that asks for an entry in the directory, with proof that it holds the key that it names.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(super) struct Applicant {
    /// The entry it asks for; admission time and revocation are the registrar's to set.
    #[n(0)]
    pub record: MemberRecord,
    /// A signature over the record with the key in it.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub possession: Vec<u8>,
}

/// A request to join.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(super) struct JoinRequest {
    /// The invitation's code.
    #[n(0)]
    pub code: String,
    /// The certificate request, PKCS#10 in DER.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub certificate_request: Vec<u8>,
    /// The body itself first, then the parties whose accounts it keeps.
    #[cbor(n(2), with = "codec::list")]
    pub applicants: Vec<Applicant>,
    /// A notary's log key, in C2SP verifier key form.
    #[n(3)]
    pub log_key: Option<String>,
}

impl JoinRequest {
    /// A hash over all keys in the request, of which `tls` is the certificate's.
    pub(super) fn keys(&self, tls: &[u8]) -> Digest {
        let records = self.applicants.iter().map(|a| &a.record);
        let held: Vec<_> = records
            .map(|r| (&r.keys, &r.details.envelope_key))
            .collect();
        let log_key = self.log_key.as_deref().unwrap_or_default();
        Digest::of(&[
            b"pvn newcomer's keys/1\0",
            &codec::encode(&(held, tls, log_key)),
        ])
    }
}

/// The registrar's answer to a newcomer, and to a member that renews.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(super) struct JoinReply {
    /// The certificate, in DER.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub certificate: Vec<u8>,
    /// The registrar's root, in DER.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub root: Vec<u8>,
    /// What every member knows about the network.
    #[n(2)]
    pub network: Network,
}

/// What every member knows about the network.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Network {
    /// Its name.
    #[cbor(n(0), with = "codec::text")]
    pub name: String,
    /// The registrar's party.
    #[cbor(n(1), with = "codec::party")]
    pub registrar: Party,
    /// The key of the map's log, in C2SP verifier key form.
    #[cbor(n(2), with = "codec::text")]
    pub map_key: String,
    /// The key of the notary's log, once there is a notary.
    #[n(3)]
    pub notary_key: Option<String>,
    /// The notary's party, once there is one.
    #[n(4)]
    pub notary: Option<String>,
}

fn possession_message(record: &MemberRecord) -> Vec<u8> {
    [b"pvn possession/1\0".as_slice(), &codec::encode(record)].concat()
}

impl Applicant {
    /// An application signed with the key that it names.
    ///
    /// # Errors
    /// [`ledger::signature::KeyError`].
    pub(super) fn sign(
        record: MemberRecord,
        key: &SigningKey,
    ) -> Result<Self, ledger::signature::KeyError> {
        let possession = key.sign_bytes(&possession_message(&record))?;
        Ok(Self { record, possession })
    }

    /// Whether the applicant holds the one key that it names: further ones are admitted later.
    #[must_use]
    pub(super) fn holds_its_key(&self) -> bool {
        let message = possession_message(&self.record);
        let key = self.record.keys.only();
        key.is_some_and(|key| key.verifies(&message, &self.possession))
    }
}
