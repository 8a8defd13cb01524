//! The secrets of business keys: given to those who may draft, and asked of those who keep the keys.
//!
//! Whoever keeps a key answers alike whether it is used or not: that is for the notary to say, which remembers it when a node
//! that was restored from an old copy doesn't.

use std::collections::BTreeMap;

use deed::{FactValue, Party};
use ledger::business_key::{BusinessKey, Taken, key_token};
use ledger::digest::hmac_sha256;
use ledger::transaction::ViewHeader;
use ledger::validity::Meaning;
use ledger::{ContractId, Digest};

use super::core::Node;
use super::draft::{Accepted, Stop, refusal};
use super::waiting::Cause;
use crate::limits::{KEY_SECRETS_KEPT_MS, RETRY_MS};
use crate::message::{KeyGiven, KeysGiven, KeysWanted, Message};
use crate::store::Store;

/// A business key, and one of those who keep it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeptKey {
    keeper: Party,
    contract: ContractId,
    key: BusinessKey,
}

/// What was asked about a key.
#[derive(Debug)]
struct Asked {
    at_ms: u64,
    host: Party,
    /// The secret, or that it isn't given.
    answer: Option<Option<Digest>>,
}

/// The secrets of keys that parties of other nodes keep. In memory only: after a restart they are asked for again.
#[derive(Debug, Default)]
pub(crate) struct KeySecrets(BTreeMap<KeptKey, Asked>);

impl KeySecrets {
    /// How many are known or asked for.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// How many are asked of a node that has not answered.
    pub(crate) fn asked(&self, host: &Party) -> usize {
        let open = |asked: &&Asked| asked.host == *host && asked.answer.is_none();
        self.0.values().filter(open).count()
    }

    /// Drops those that nobody has asked for lately.
    pub(crate) fn expire(&mut self, now_ms: u64) {
        self.0
            .retain(|_, asked| now_ms < asked.at_ms + KEY_SECRETS_KEPT_MS);
    }

    /// Drops those that a flow has now.
    pub(crate) fn forget(&mut self, keys: &[KeptKey]) {
        for key in keys {
            self.0.remove(key);
        }
    }
}

/// The secrets of the keys that a transaction takes, and where they came from.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    /// In the order of the header.
    pub(crate) secrets: Vec<Digest>,
    /// Those that others gave.
    pub(crate) given: Vec<KeptKey>,
}

impl<S: Store> Node<S> {
    /// The secret of a key that a party hosted here keeps.
    fn own_key_secret(&self, keeper: &Party, contract: &ContractId, key: &BusinessKey) -> Digest {
        key.secret(&keeper_secret(&self.setup.secret, keeper), contract)
    }

    /// The secrets of the keys that created facts take: made here, or given by those who keep them. Or a wait for one.
    pub(crate) fn secrets_of(
        &mut self,
        of: &Accepted,
        taken: Vec<Taken>,
        created: &[FactValue],
    ) -> Result<Secrets, Stop> {
        let mut found = Secrets::default();
        let mut wanted: BTreeMap<Party, Vec<BusinessKey>> = BTreeMap::new();
        let mut missing = None;
        for Taken { output, key } in taken {
            let Some(value) = created.get(output) else {
                continue;
            };
            for keeper in of.contract.roles_of(value)?.keepers {
                if self.hosts(&keeper) {
                    found
                        .secrets
                        .push(self.own_key_secret(&keeper, &of.id, &key));
                    continue;
                }
                let kept = KeptKey {
                    keeper,
                    contract: of.id,
                    key: key.clone(),
                };
                match self.ask_for(&kept)? {
                    Answer::Secret(secret) => {
                        found.secrets.push(secret);
                        found.given.push(kept);
                    }
                    Answer::Ask => {
                        let all = wanted.entry(kept.keeper.clone()).or_default();
                        all.push(key.clone());
                        missing.get_or_insert(Cause::BusinessKey(kept));
                    }
                    Answer::Wait(cause) => {
                        missing.get_or_insert(cause);
                    }
                }
            }
        }
        for (keeper, keys) in wanted {
            let host = self.members.host(&keeper).cloned();
            let message = Message::WantKeys(KeysWanted {
                keeper,
                contract: of.id,
                keys,
            });
            if let Some(host) = host {
                self.send(&host, &message);
            }
        }
        match missing {
            Some(cause) => Err(Stop::Wait(cause)),
            None => Ok(found),
        }
    }

    /// What is known of the secret of a key that is kept elsewhere.
    fn ask_for(&mut self, kept: &KeptKey) -> Result<Answer, Stop> {
        let keeper = &kept.keeper;
        let host = self.members.host(keeper).cloned();
        let host = host.ok_or_else(|| {
            refusal(
                "not_a_member",
                format!("{keeper} is not in the network map"),
            )
        })?;
        let asked = match self.key_secrets.0.get(kept) {
            Some(asked) => asked,
            None if self.keeps_waiting(&host) => {
                return Ok(Answer::Wait(Cause::Party(keeper.clone())));
            }
            None => &Asked {
                at_ms: 0,
                host,
                answer: None,
            },
        };
        match asked.answer {
            Some(Some(secret)) => Ok(Answer::Secret(secret)),
            Some(None) => {
                self.key_secrets.0.remove(kept);
                let message = format!("{keeper} lets nobody here draft a fact of this kind");
                Err(refusal("business_key_not_given", message).into())
            }
            None if self.now_ms < asked.at_ms + RETRY_MS => {
                Ok(Answer::Wait(Cause::BusinessKey(kept.clone())))
            }
            None => {
                let asked = Asked {
                    at_ms: self.now_ms,
                    host: asked.host.clone(),
                    answer: None,
                };
                self.key_secrets.0.insert(kept.clone(), asked);
                Ok(Answer::Ask)
            }
        }
    }

    /// Gives a peer the secrets of keys that a party hosted here keeps, if the contract lets the peer draft such facts.
    pub(crate) fn give_key_secrets(&mut self, from: &Party, wanted: KeysWanted) {
        let KeysWanted {
            keeper,
            contract: id,
            keys,
        } = wanted;
        if !self.hosts(&keeper) {
            return;
        }
        let may_draft = |kind| {
            let contract = self.setup.book.get(&id);
            let mut theirs = self.members.hosted_by(from);
            contract.is_some_and(|c| theirs.any(|party| c.may_begin(kind, party)))
        };
        let given = keys.into_iter().map(|key| KeyGiven {
            secret: may_draft(key.kind).then(|| self.own_key_secret(&keeper, &id, &key)),
            key,
        });
        let given = given.collect();
        let message = Message::Keys(KeysGiven {
            keeper,
            contract: id,
            keys: given,
        });
        self.send(from, &message);
    }

    /// Keeps the secrets that were asked for.
    pub(crate) fn keep_key_secrets(&mut self, from: &Party, given: KeysGiven) {
        if self.members.host(&given.keeper) != Some(from) {
            return;
        }
        for KeyGiven { key, secret } in given.keys {
            let kept = KeptKey {
                keeper: given.keeper.clone(),
                contract: given.contract,
                key,
            };
            if let Some(asked) = self.key_secrets.0.get_mut(&kept) {
                asked.answer = Some(secret);
                self.waiting.wake(&Cause::BusinessKey(kept));
                self.waiting.wake(&Cause::Party(given.keeper.clone()));
            }
        }
    }

    /// Whether the tokens of the keys that parties hosted here keep are the ones that these would give.
    pub(crate) fn commits_our_keys(
        &self,
        contract: &ContractId,
        meaning: &Meaning,
        header: &ViewHeader,
    ) -> bool {
        let keys = meaning.taken.iter().flat_map(|taken| {
            let keepers = meaning.created.get(taken.output).map(|r| &r.keepers);
            let keepers = keepers.into_iter().flatten();
            keepers.map(move |keeper| (keeper, &taken.key))
        });
        header.keys.iter().zip(keys).all(|(token, (keeper, key))| {
            let own = || key_token(&self.own_key_secret(keeper, contract, key));
            !self.hosts(keeper) || own() == *token
        })
    }
}

/// What is known of a secret.
enum Answer {
    Secret(Digest),
    /// It is to be asked for now.
    Ask,
    Wait(Cause),
}

/// The secret from which the secrets of the keys follow that a party keeps: the same on all machines with this node's secret.
#[must_use]
pub fn keeper_secret(node_secret: &[u8; 32], keeper: &Party) -> [u8; 32] {
    let name = keeper.as_str().as_bytes();
    hmac_sha256(node_secret, &[b"business keys/1", name]).0
}
