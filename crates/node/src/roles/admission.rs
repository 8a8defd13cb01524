//! What a newcomer and the registrar say to each other, in the ledger's encoding.

use deed::Party;
use ledger::codec;
use ledger::digest::Digest;
use ledger::map::MemberRecord;
use ledger::signature::SigningKey;
use minicbor::data::Type;
use minicbor::{Decode, Decoder, Encode};

/// Where a newcomer asks to be admitted.
pub(super) const JOIN_PATH: &str = "/admission/v1/join";
/// Where anybody who pins the registrar's root learns about the network.
pub(super) const NETWORK_PATH: &str = "/admission/v1/network";
/// Where a member renews its certificate.
pub(super) const RENEW_PATH: &str = "/admission/v1/renew";
/// Where a member says at which address its node is reached now.
pub(super) const ENDPOINT_PATH: &str = "/admission/v1/endpoint";
/// Where a member says that it has a stronger key.
pub(super) const ADD_KEY_PATH: &str = "/admission/v1/key/add";
/// Where a member gives a weaker key up.
pub(super) const DROP_KEY_PATH: &str = "/admission/v1/key/drop";
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
    #[cbor(n(0), with = "codec::text")]
    pub code: String,
    /// The certificate request, PKCS#10 in DER.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub certificate_request: Vec<u8>,
    /// The body itself first, then the parties whose accounts it keeps.
    #[cbor(n(2), with = "codec::list")]
    pub applicants: Vec<Applicant>,
    /// A notary's log key, in C2SP verifier key form.
    #[cbor(n(3), decode_with = "optional_text", nil = "no_text")]
    pub log_key: Option<String>,
    /// The hybrid key with which a notary's log may be signed beside that one.
    #[cbor(n(4), decode_with = "optional_text", nil = "no_text")]
    pub log_hybrid: Option<String>,
}

impl JoinRequest {
    /// A hash over all keys in the request, of which `tls` is the certificate's.
    pub(super) fn keys(&self, tls: &[u8]) -> Digest {
        let records = self.applicants.iter().map(|a| &a.record);
        let held: Vec<_> = records
            .map(|r| (&r.keys, &r.details.envelope_key))
            .collect();
        let log_keys: Vec<&String> = self.log_key.iter().chain(&self.log_hybrid).collect();
        Digest::of(&[
            b"pvn newcomer's keys/1\0",
            &codec::encode(&(held, tls, log_keys)),
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
    #[cbor(n(3), decode_with = "optional_text", nil = "no_text")]
    pub notary_key: Option<String>,
    /// The notary's party, once there is one.
    #[cbor(n(4), decode_with = "optional_text", nil = "no_text")]
    pub notary: Option<String>,
    /// The hybrid key with which the map's log may be signed beside its own.
    #[cbor(n(5), decode_with = "optional_text", nil = "no_text")]
    pub map_hybrid: Option<String>,
    /// The hybrid key with which the notary's log may be signed beside its own.
    #[cbor(n(6), decode_with = "optional_text", nil = "no_text")]
    pub notary_hybrid: Option<String>,
}

impl Network {
    /// Whether this is a later word about the network of an earlier one: what was known of its keys stays.
    pub(super) fn continues(&self, earlier: &Self) -> bool {
        let stays = |now: &Option<String>, then: &Option<String>| then.is_none() || now == then;
        self.name == earlier.name
            && self.map_key == earlier.map_key
            && stays(&self.notary, &earlier.notary)
            && stays(&self.notary_key, &earlier.notary_key)
            && stays(&self.map_hybrid, &earlier.map_hybrid)
            && stays(&self.notary_hybrid, &earlier.notary_hybrid)
    }
}

/// A text that may be left out, and is as strict as any other.
fn optional_text<C>(
    d: &mut Decoder<'_>,
    c: &mut C,
) -> Result<Option<String>, minicbor::decode::Error> {
    match d.datatype()? {
        Type::Null => d.null().map(|()| None),
        _ => codec::text::decode(d, c).map(Some),
    }
}

/// What stands for a text that was left out.
const fn no_text() -> Option<Option<String>> {
    Some(None)
}

/// Where a member's node is reached, as the member says it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub(super) struct Endpoint(#[cbor(n(0), with = "codec::text")] pub String);

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

#[cfg(test)]
mod tests;
