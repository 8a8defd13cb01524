//! Drafting by hand, out of the ledger's parts, so that every part can be false.

use std::collections::{BTreeMap, BTreeSet};

use deed::{Party, Value};
use ledger::business_key::{Taken, key_token, taken};
use ledger::control::{Control, OneTimeKey, OneTimeSecret, Shape};
use ledger::fact::{DueRef, Fact};
use ledger::public::PublicPart;
use ledger::signature::{Role, Scope, ScopedSignature};
use ledger::tearoff::{Audience, TearOff, Vouched};
use ledger::transaction::{FORMAT, Header, Terms, Transaction, ViewHeader, Window};
use ledger::validity::{audiences, envelopes, fact_value, input_token};
use ledger::view::{Command, Input, View};
use ledger::{Digest, Token, codec, token};
use minicbor::bytes::ByteVec;
use protocol::node::keeper_secret;
use protocol::notary::{Authority, Request, Submission};

use super::Coin;
use crate::clients::canary;
use crate::economy::Order;
use crate::keys::{node_secret, signed, signing_key};
use crate::saboteur::Sabotage;
use crate::town::MALLORY;
use crate::world::World;

/// A transaction of hers, ready for everybody whom she wants to see it.
#[derive(Clone)]
pub(crate) struct Craft {
    pub(crate) transaction: Transaction,
    /// Her own signature.
    pub(crate) own: ScopedSignature,
    /// What each machine with a part in it is shown.
    pub(crate) told: BTreeMap<usize, TearOff>,
    /// What the notary is shown.
    pub(crate) submission: Request,
    /// The coin that it uses up.
    pub(crate) coin: Option<Coin>,
}

/// A transaction before its header, and who would see what of it were it honest.
pub(crate) struct Sketch {
    pub(crate) views: Vec<View>,
    pub(crate) vouchers: Vec<Vouched>,
    audiences: Vec<Audience>,
    coin: Option<Coin>,
    /// The blinding value of the coin's token, if it isn't the coin's own.
    rho: Option<Digest>,
    /// The secrets of its key tokens, as she would be told them.
    pub(super) keys: Vec<Digest>,
}

impl Sketch {
    /// The coin goes by another token than its own.
    pub(super) fn blind_otherwise(&mut self, rho: Digest) {
        self.rho = Some(rho);
    }

    /// Nobody is shown what now stands at this place of the money view.
    pub(super) fn forget_output(&mut self, output: u32) {
        if let Some(audience) = self.audiences.get_mut(1) {
            audience.owners.remove(&output);
            audience.creditors.remove(&output);
        }
    }
}

impl World {
    /// An honest sketch of an order in her own or anybody's name, its money taken from a coin of hers.
    pub(super) fn sketch(&mut self, order: &Order, coin: Option<&Coin>) -> Option<Sketch> {
        self.mallory.number += 1;
        let number = 900_000 + self.mallory.number;
        self.oracles.plant(&self.town, order, number);
        let (contract, id) = (self.town.contract.clone(), self.town.contract_id);
        let secret = canary(number);
        let given = self
            .town
            .economy
            .instruction(&contract, id, order, number, &secret);
        let outcome = contract
            .apply(&deed::Call {
                action: given.action,
                args: &given.args,
                effective: jiff::civil::date(2026, 11, 20),
                consumed: &[],
                referenced: &[],
            })
            .ok()?;
        let mut vouchers = Vec::new();
        let command = Command::Action(given.action, given.args);
        let mut created = Vec::new();
        for value in outcome.created {
            created.push(self.fact(&value, None, 0, created.len(), &mut vouchers)?);
        }
        let mut views = vec![self.view(0, command, Vec::new(), created)];
        let moved: i64 = outcome.dues.iter().map(|due| due.amount.minor).sum();
        if let Some(due) = outcome.dues.first() {
            let mut coins = Vec::new();
            for (position, due) in (0u32..).zip(&outcome.dues) {
                let at = Some(DueRef { view: 0, position });
                let value = self.coin_value(&due.payee, due.amount.minor);
                coins.push(self.fact(&value, at, 1, coins.len(), &mut vouchers)?);
            }
            let mut consumed = Vec::new();
            if let Some((stored, at)) = coin.filter(|_| due.from.is_some()) {
                let change = worth(&stored.fact) - moved;
                if change < 0 {
                    return None;
                }
                if change > 0 {
                    let mallory = Party::new(MALLORY).ok()?;
                    let value = self.coin_value(&mallory, change);
                    coins.push(self.fact(&value, None, 1, coins.len(), &mut vouchers)?);
                }
                consumed.push(Input {
                    at: *at,
                    fact: stored.fact.clone(),
                });
            }
            views.push(self.view(1, Command::Move(due.money), consumed, coins));
        }
        vouchers.retain(|vouched| !outcome.signers.contains(&vouched.voucher.party));
        let hidden = vec![Audience::default(); views.len()];
        let keys = self.key_secrets(views.first()?)?;
        let honest = self.head(views.clone(), &hidden, &keys)?;
        let audiences = audiences(&honest, &self.town.book).ok()?;
        Some(Sketch {
            views,
            vouchers,
            audiences,
            coin: coin.cloned(),
            rho: None,
            keys,
        })
    }

    /// The secrets of the business keys that a view takes, which she would be told on asking: she may begin such a transaction,
    /// or it is another who may and asks.
    fn key_secrets(&self, view: &View) -> Option<Vec<Digest>> {
        let contract = &self.town.contract;
        let created = view.created.iter();
        let taken = taken(
            contract,
            std::iter::empty(),
            created.map(|fact| (fact.kind, &fact.fields[..])),
        );
        let mut secrets = Vec::new();
        for Taken { output, key } in taken {
            let roles = contract.roles_of(&fact_value(view.created.get(output)?));
            for keeper in roles.ok()?.keepers {
                let host = self.town.machine_of(&keeper)?;
                let host = self.machines[host].me.as_str();
                let own = keeper_secret(&node_secret(host), &keeper);
                secrets.push(key.secret(&own, &view.contract));
            }
        }
        Some(secrets)
    }

    /// A coin's values in somebody's hands.
    pub(super) fn coin_value(&self, holder: &Party, minor: i64) -> deed::FactValue {
        let currency = deed::Currency::new("GBP").expect("a currency");
        deed::FactValue {
            kind: self
                .town
                .contract
                .kind(self.town.economy.money())
                .expect("money"),
            fields: vec![
                Value::Money(deed::Money { currency, minor }),
                Value::Party(holder.clone()),
                Value::Choice("held".into()),
            ],
        }
    }

    /// A fact under its controller's key: her own from the fact's salt, others' from their sheets.
    pub(super) fn fact(
        &mut self,
        value: &deed::FactValue,
        due: Option<DueRef>,
        view: u32,
        output: usize,
        vouchers: &mut Vec<Vouched>,
    ) -> Option<Fact> {
        let salt = self.rng.digest();
        let rights = self.town.economy.rights(&self.town.contract, value);
        let control = match rights.controller {
            None => Control::nobody(),
            Some(party) if party.as_str() == MALLORY => Control::key(own_key(&salt)),
            Some(party) => {
                let (key, voucher) = self.mallory.keys.get_mut(&party)?.pop_front()?;
                vouchers.extend(voucher.map(|voucher| Vouched {
                    view,
                    output: u32::try_from(output).unwrap_or(0),
                    voucher,
                }));
                Control::key(key)
            }
        };
        Some(Fact {
            contract: self.town.contract_id,
            kind: value.kind,
            fields: value.fields.clone(),
            salt,
            control,
            due,
            holder: None,
        })
    }

    fn view(
        &mut self,
        ordinal: u32,
        command: Command,
        consumed: Vec<Input>,
        created: Vec<Fact>,
    ) -> View {
        View {
            ordinal,
            salt: self.rng.digest(),
            contract: self.town.contract_id,
            command,
            consumed,
            referenced: Vec::new(),
            created,
        }
    }

    /// An honest header over whatever the views are.
    fn head(
        &mut self,
        views: Vec<View>,
        audiences: &[Audience],
        keys: &[Digest],
    ) -> Option<Transaction> {
        let tokens = |inputs: &[Input]| -> Vec<Token> {
            inputs
                .iter()
                .map(|input| input_token(input, &self.town.home.notary))
                .collect()
        };
        let directory = &self.town.directories[0];
        let mut headers = Vec::with_capacity(views.len());
        for (view, audience) in views.iter().zip(audiences) {
            let sealed = envelopes(view, &audience.observers, directory).ok()?;
            headers.push(ViewHeader {
                consumed: tokens(&view.consumed),
                referenced: Vec::new(),
                keys: match view.ordinal {
                    0 => keys.iter().map(key_token).collect(),
                    _ => Vec::new(),
                },
                public: PublicPart::of(view, &self.town.contract).map(|part| part.hash()),
                envelopes: sealed.iter().map(|(_, envelope)| envelope.hash()).collect(),
            });
        }
        let cancel = token::cancel(&self.rng.digest().0);
        Some(Transaction {
            header: Header {
                terms: Terms {
                    format: FORMAT,
                    network: self.town.home.network,
                    notary: self.town.home.notary,
                    window: Window {
                        from_ms: self.now_ms - 30_000,
                        until_ms: self.now_ms + 60_000,
                    },
                    map_size: self.town.directories[0].size(),
                    effective: jiff::civil::date(2026, 11, 20),
                    views: u32::try_from(views.len()).ok()?,
                },
                views: headers,
                cancel: vec![cancel],
            },
            views,
        })
    }

    /// From a sketch, however false, to what everybody is shown.
    pub(super) fn finish(&mut self, sketch: Sketch, spoil: impl Fn(&mut Header)) -> Option<Craft> {
        let Sketch {
            views,
            vouchers,
            audiences,
            coin,
            rho,
            keys,
        } = sketch;
        let mut transaction = self.head(views, &audiences, &keys)?;
        let views = transaction.header.views.iter_mut();
        for (header, view) in views.zip(&transaction.views).filter(|_| rho.is_some()) {
            let authorities = view.consumed.iter().map(|input| self.blinded(input, rho));
            header.consumed = authorities.map(|(_, token)| token).collect();
        }
        spoil(&mut transaction.header);
        let id = transaction.opening().id();
        if self.saboteur != Some(Sabotage::TokenTwice) {
            let mallory = self.town.mallory();
            self.oracles
                .learn_draft(&self.town, mallory, transaction.clone());
        }
        let parties = audiences.iter().flat_map(|audience| {
            let owners = audience.owners.values().chain(audience.creditors.values());
            audience.whole.iter().chain(owners.flatten())
        });
        let mut hosts: BTreeMap<usize, BTreeSet<Party>> = BTreeMap::new();
        for party in parties {
            if let Some(at) = self
                .town
                .machine_of(party)
                .filter(|at| *at != self.town.mallory())
            {
                hosts.entry(at).or_default().insert(party.clone());
            }
        }
        let told = hosts
            .into_iter()
            .map(|(at, parties)| (at, transaction.tear_off(&audiences, &parties, &vouchers)))
            .collect();
        Some(Craft {
            own: self.own_signature(&transaction, &id)?,
            told,
            submission: self.submission(&transaction, &id, coin.as_ref(), (rho, keys))?,
            coin,
            transaction,
        })
    }

    /// Her signature in every capacity that she could claim.
    fn own_signature(
        &self,
        transaction: &Transaction,
        id: &ledger::TransactionId,
    ) -> Option<ScopedSignature> {
        let party = Party::new(MALLORY).ok()?;
        let scopes = transaction.views.iter().flat_map(|view| {
            let root = view.root();
            [Role::Signer, Role::Attestor].map(|role| Scope { view: root, role })
        });
        let network = &self.town.home.network;
        signed(&signing_key(MALLORY), &party, network, id, scopes.collect())
    }

    /// An input's blinding value, its own or another, and the token that follows.
    fn blinded(&self, input: &Input, other: Option<Digest>) -> (Digest, Token) {
        let own = || {
            let key = input.fact.token_key();
            key.rho(&self.town.home.notary, &input.at)
        };
        let rho = other.unwrap_or_else(own);
        (rho, token::token(&input.fact.control.hash(), &rho))
    }

    fn submission(
        &mut self,
        transaction: &Transaction,
        id: &ledger::TransactionId,
        coin: Option<&Coin>,
        (rho, keys): (Option<Digest>, Vec<Digest>),
    ) -> Option<Request> {
        let mut authorities = Vec::new();
        let mut public = Vec::new();
        for (view, header) in transaction.views.iter().zip(&transaction.header.views) {
            let mut of_view = Vec::new();
            for input in &view.consumed {
                let (stored, _) = coin?;
                let secret =
                    OneTimeSecret::derive(&node_secret(MALLORY), &stored.nonces.first()?.0)?;
                let (rho, token) = self.blinded(input, rho);
                of_view.push(Authority {
                    control: input.fact.control.clone(),
                    rho,
                    signatures: vec![ByteVec::from(secret.authorise(&token, id))],
                });
            }
            authorities.push(of_view);
            let part =
                PublicPart::of(view, &self.town.contract).filter(|_| header.public.is_some());
            public.push(part.map(|part| ByteVec::from(codec::encode(&part))));
        }
        Some(Request::Certify(Submission {
            opening: transaction.opening(),
            authorities,
            public,
            r: self.rng.digest(),
            keys,
        }))
    }
}

/// Her key for a fact of this salt.
fn own_key(salt: &Digest) -> OneTimeKey {
    let secret = OneTimeSecret::derive(&node_secret(MALLORY), &salt.0);
    secret.expect("a one-time key").public()
}

/// A policy under her key instead of the one it should have.
pub(super) fn hijacked(salt: &Digest) -> Control {
    Control {
        shape: Shape::All(vec![own_key(salt)]),
        recovery: None,
    }
}

/// Minor units of a coin.
pub(super) fn worth(fact: &Fact) -> i64 {
    match fact_value(fact).fields.first() {
        Some(Value::Money(money)) => money.minor,
        _ => 0,
    }
}
