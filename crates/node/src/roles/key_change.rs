//! How a node's stronger key gets into its record and the weaker one out of it: what it asks, and the registrar's answer.

use std::sync::Arc;
use std::time::Duration;

use deed::Party;
use ledger::codec;
use ledger::map::MemberRecord;
use ledger::signature::{KeyError, PublicKey, SigningKey, Suite};
use minicbor::{Decode, Encode};

use super::admission::{ADD_KEY_PATH, DROP_KEY_PATH};
use super::ledger_keys::LedgerKeys;
use super::link::Link;
use crate::config::Signatures;

/// How long until the directory shows what the registrar has agreed to.
const SEEN_AFTER: Duration = Duration::from_secs(2);
/// How long a node waits after it was refused.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// A key that is to stand in a party's record, with proof that whoever asks holds it and the one that stands there.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(super) struct FurtherKey {
    #[cbor(n(0), with = "codec::party")]
    pub(super) party: Party,
    #[n(1)]
    pub(super) key: PublicKey,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(super) by_key: Vec<u8>,
    #[cbor(n(3), with = "minicbor::bytes")]
    pub(super) by_listed: Vec<u8>,
}

/// A suite whose key is to leave a party's record, signed with the strongest that stays.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(super) struct GivenUp {
    #[cbor(n(0), with = "codec::party")]
    pub(super) party: Party,
    #[n(1)]
    pub(super) suite: Suite,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(super) by_stronger: Vec<u8>,
}

impl FurtherKey {
    fn message(party: &Party, key: &PublicKey) -> Vec<u8> {
        let what = codec::encode(&(party.as_str(), key));
        [b"pvn further key/1\0".as_slice(), &what].concat()
    }

    pub(super) fn of(
        party: &Party,
        key: &SigningKey,
        listed: &SigningKey,
    ) -> Result<Self, KeyError> {
        let message = Self::message(party, key.public());
        Ok(Self {
            party: party.clone(),
            key: key.public().clone(),
            by_key: key.sign_bytes(&message)?,
            by_listed: listed.sign_bytes(&message)?,
        })
    }

    /// Whether whoever asks holds both keys.
    pub(super) fn is_held(&self, record: &MemberRecord) -> bool {
        let message = Self::message(&self.party, &self.key);
        let listed = record.keys.strongest();
        self.key.verifies(&message, &self.by_key)
            && listed.is_some_and(|key| key.verifies(&message, &self.by_listed))
    }
}

impl GivenUp {
    fn message(party: &Party, suite: Suite) -> Vec<u8> {
        let what = codec::encode(&(party.as_str(), suite));
        [b"pvn key given up/1\0".as_slice(), &what].concat()
    }

    pub(super) fn of(party: &Party, suite: Suite, stronger: &SigningKey) -> Result<Self, KeyError> {
        Ok(Self {
            party: party.clone(),
            suite,
            by_stronger: stronger.sign_bytes(&Self::message(party, suite))?,
        })
    }

    /// Whether whoever asks holds the key that stays.
    pub(super) fn is_held(&self, record: &MemberRecord) -> bool {
        let message = Self::message(&self.party, self.suite);
        let stays = record.keys.strongest();
        stays.is_some_and(|key| key.verifies(&message, &self.by_stronger))
    }
}

/// What a party's record lacks of what the configuration says: where to ask for it, and how.
fn next(
    record: &MemberRecord,
    keys: &[SigningKey],
    wanted: Signatures,
) -> Result<Option<(&'static str, Vec<u8>)>, KeyError> {
    let [first, stronger] = keys else {
        return Ok(None);
    };
    let listed = |key: &SigningKey| {
        let public = key.public();
        record.keys.of(public.suite()) == Some(public)
    };
    let party = &record.party;
    Ok(match (listed(first), listed(stronger), wanted) {
        (true, false, Signatures::Both | Signatures::Hybrid) => {
            let asked = FurtherKey::of(party, stronger, first)?;
            Some((ADD_KEY_PATH, codec::encode(&asked)))
        }
        (true, true, Signatures::Hybrid) => {
            let asked = GivenUp::of(party, first.public().suite(), stronger)?;
            Some((DROP_KEY_PATH, codec::encode(&asked)))
        }
        _ => None,
    })
}

/// Asks the registrar until the records of these parties are what the configuration says.
pub(super) async fn tell_keys(link: Arc<Link>, keys: Arc<LedgerKeys>, parties: Vec<Party>) {
    for party in parties {
        loop {
            let members = link.members();
            let asked = members.get(&party).map(|record| {
                let own = keys.all(&party).map_err(|error| error.to_string())?;
                next(record, &own, keys.signatures()).map_err(|error| error.to_string())
            });
            let answered = match asked.transpose() {
                Ok(None | Some(None)) => break,
                Ok(Some(Some((path, body)))) => link.ask_registrar(path, body).await,
                Err(reason) => Err(reason),
            };
            let pause = match answered {
                Ok(()) => SEEN_AFTER,
                Err(reason) => {
                    tracing::info!(%party, %reason, "the keys in the directory are not yet those of the configuration; asking again");
                    ASKED_AGAIN_AFTER
                }
            };
            tokio::time::sleep(pause).await;
        }
    }
}
