//! Faults put into what the notary has, as if the protocol had them: each must be found, or the analyst is blind.

use std::collections::{BTreeMap, BTreeSet};

use ledger::certificate::spent_on;
use ledger::control::Control;
use ledger::fact::FactRef;
use ledger::{Digest, Token, TransactionId, token};

use super::evidence::Evidence;

/// One fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leak {
    /// The blinding value is made without the fact's secret.
    RhoWithoutKey,
    /// The secret is something that the notary sees.
    KeyIsViewRoot,
    /// What a transaction creates is controlled by a key that it used already, and that no third fact has. Only such facts
    /// are asked about.
    KeyAgain,
    /// The token is a hash of where the fact was created.
    TokenOfPlace,
    /// The token is a lot like the id of the transaction that created the fact.
    TokenLikeId,
    /// Tokens lie in the order of the transactions that created the facts.
    TokenInOrder,
    /// Nothing blinds what tokens were spent on.
    NoBlinding,
}

impl Evidence {
    /// What the notary would have, had the protocol this fault.
    #[must_use]
    pub fn with(&self, leak: Leak) -> Self {
        let mut world = self.clone();
        let mut renamed: BTreeMap<TransactionId, TransactionId> = BTreeMap::new();
        let mut tokens: BTreeMap<Token, (Token, Digest)> = BTreeMap::new();
        // Under its new id: a key that it used for the first time, and its view roots.
        let mut shown: BTreeMap<TransactionId, (Option<Digest>, Vec<Digest>)> = BTreeMap::new();
        let mut keys_used: BTreeSet<Digest> = BTreeSet::new();
        world.created.clear();
        for asked in &mut world.asked {
            let submission = &mut asked.submission;
            let old = submission.opening.id();
            let mut changed = Vec::new();
            let views = submission.opening.header.views.iter_mut();
            for (view, authorities) in views.zip(&mut submission.authorities) {
                for (token, authority) in view.consumed.iter_mut().zip(authorities) {
                    let Some(at) = self.created.get(token) else {
                        continue;
                    };
                    let creator = renamed.get(&at.transaction).unwrap_or(&at.transaction);
                    let at = FactRef {
                        transaction: *creator,
                        ..*at
                    };
                    let known = shown.get(creator).cloned().unwrap_or_default();
                    match leak {
                        Leak::RhoWithoutKey => {
                            authority.rho = rho(&Digest::default(), self, &at);
                        }
                        Leak::KeyIsViewRoot => {
                            let root = known.1.get(at.view as usize).copied();
                            authority.rho = rho(&root.unwrap_or_default(), self, &at);
                        }
                        Leak::KeyAgain => {
                            if let Some(key) = known.0 {
                                authority.control = Control::key(key);
                            }
                        }
                        _ => {}
                    }
                    let concerned = leak != Leak::KeyAgain || known.0.is_some();
                    let fresh = match leak {
                        Leak::TokenLikeId => Token(like(at.transaction.bytes(), &token.0)),
                        Leak::TokenInOrder => {
                            let mut bytes = token.0.0;
                            bytes[..2].copy_from_slice(&at.transaction.bytes()[..2]);
                            Token(Digest(bytes))
                        }
                        Leak::TokenOfPlace => Token(Digest::of(&[
                            b"null/v1",
                            at.transaction.bytes(),
                            &at.view.to_be_bytes(),
                            &at.output.to_be_bytes(),
                        ])),
                        _ => token::token(&authority.control.hash(), &authority.rho),
                    };
                    changed.push((*token, fresh));
                    world.created.extend(concerned.then_some((fresh, at)));
                    *token = fresh;
                }
            }
            if leak == Leak::NoBlinding {
                submission.r = Digest::default();
            }
            let id = submission.opening.id();
            renamed.insert(old, id);
            let on = spent_on(&id, &submission.r);
            tokens.extend(changed.into_iter().map(|(old, new)| (old, (new, on))));
            let keys = submission.authorities.iter().flatten();
            let keys: Vec<Digest> = keys
                .flat_map(|authority| authority.control.keys())
                .copied()
                .collect();
            let fresh = keys.iter().find(|key| !keys_used.contains(key)).copied();
            let roots = submission.opening.roots.iter().map(|root| root.0);
            shown.insert(id, (fresh, roots.collect()));
            keys_used.extend(keys);
        }
        for entry in &mut world.entries {
            for id in &mut entry.ids {
                *id = renamed.get(id).copied().unwrap_or(*id);
            }
            for spent in &mut entry.spent {
                *spent = tokens.get(&spent.0).copied().unwrap_or(*spent);
            }
            entry.spent.sort();
        }
        world
    }
}

/// The specification's blinding value, from whatever stands for the fact's secret.
fn rho(secret: &Digest, evidence: &Evidence, at: &FactRef) -> Digest {
    token::TokenKey(secret.0).rho(&evidence.home.notary, at)
}

/// An id with a quarter of its bits changed.
fn like(id: &[u8; 32], noise: &Digest) -> Digest {
    let more = Digest::of(&[&noise.0]);
    let mut bytes = *id;
    for ((byte, noise), more) in bytes.iter_mut().zip(noise.0).zip(more.0) {
        *byte ^= noise & more;
    }
    Digest(bytes)
}
