//! One valid payment, built by hand: Alice has £8 in one coin, pays Bob £5 and keeps £3.

use std::collections::BTreeSet;

use deed::Party;
use jiff::civil::date;
use ledger::address::{Purpose, Sheet, Voucher};
use ledger::bundle::{Attestor, Place, ProofBundle};
use ledger::business_key::{key_token, taken};
use ledger::control::{Control, OneTimeKey};
use ledger::fact::{DueRef, Fact, FactRef};
use ledger::public::PublicPart;
use ledger::signature::ScopedSignature;
use ledger::tearoff::{Audience, TearOff, Vouched};
use ledger::transaction::{FORMAT, Header, Terms, Transaction, ViewHeader, Window};
use ledger::validity::{
    Checked, Invalid, Standing, audiences, check, envelopes, fact_value, input_token,
};
use ledger::view::{Command, Input, View};
use ledger::{ContractId, Token, TransactionId, token};

use crate::support::{
    NOON_MS, Net, args, choice, noise, one_time, party, pounds, signed, signing_key, text,
};

/// The views of a transaction, before its header is made.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) views: Vec<View>,
    pub(crate) vouchers: Vec<Vouched>,
    pub(crate) signers: Vec<Party>,
}

/// A coin of `amount` pounds in `holder`'s hands, under the one-time key of this label.
pub(crate) fn coin(net: &Net, holder: &str, amount: i64, label: &str) -> Fact {
    let contract = net.contract();
    Fact {
        contract: net.coins,
        kind: contract.kind("Coin").expect("a kind"),
        fields: vec![
            pounds(amount),
            deed::Value::Party(party(holder)),
            choice("held"),
        ],
        salt: noise(&format!("salt of {label}")),
        control: Control::key(one_time(holder, label).public()),
        due: None,
        holder: None,
    }
}

/// A coin that exists already.
pub(crate) fn input(net: &Net, holder: &str, amount: i64, label: &str) -> Input {
    Input {
        at: FactRef {
            transaction: TransactionId(noise(&format!("creation of {label}"))),
            view: 1,
            output: 0,
        },
        fact: coin(net, holder, amount, label),
    }
}

fn discharging(mut fact: Fact, position: u32) -> Fact {
    fact.due = Some(DueRef { view: 0, position });
    fact
}

/// The view of an action with coins, with the facts that follow from it.
pub(crate) fn action(net: &Net, name: &str, given: &[(&str, deed::Value)]) -> View {
    action_of(net, net.coins, name, given)
}

/// The view of an action of any contract, with the facts that follow from it, which nobody controls.
pub(crate) fn action_of(
    net: &Net,
    of: ContractId,
    name: &str,
    given: &[(&str, deed::Value)],
) -> View {
    let contract = net.book.get(&of).expect("accepted");
    let (action, args) = args(contract, name, given);
    let outcome = contract
        .apply(&deed::Call {
            action,
            args: &args,
            effective: date(2026, 11, 20),
            consumed: &[],
            referenced: &[],
        })
        .expect("valid");
    let created = outcome
        .created
        .into_iter()
        .enumerate()
        .map(|(i, value)| Fact {
            contract: of,
            kind: value.kind,
            fields: value.fields,
            salt: noise(&format!("salt {i} of {name}")),
            control: Control::nobody(),
            due: None,
            holder: None,
        });
    View {
        ordinal: 0,
        salt: noise("salt of view 0"),
        contract: of,
        command: Command::Action(action, args),
        consumed: Vec::new(),
        referenced: Vec::new(),
        created: created.collect(),
    }
}

/// The money view that goes with it.
pub(crate) fn moving(net: &Net, consumed: Vec<Input>, created: Vec<Fact>) -> View {
    View {
        ordinal: 1,
        salt: noise("salt of view 1"),
        contract: net.coins,
        command: Command::Move(net.contract().kind("Coin").expect("a kind")),
        consumed,
        referenced: Vec::new(),
        created,
    }
}

/// Alice pays Bob £5 out of £8.
pub(crate) fn payment(net: &Net) -> Draft {
    let pay = action(
        net,
        "Pay",
        &[
            ("payer", deed::Value::Party(party("ALICE"))),
            ("member", deed::Value::Party(party("BOB"))),
            ("payee", text("Bob & Sons")),
            ("amount", pounds(5)),
            ("purpose", text("a door")),
            ("note", text("SECRET-NOTE")),
            ("number", deed::Value::Int(1)),
        ],
    );
    let money = moving(
        net,
        vec![input(net, "ALICE", 8, "eight pounds")],
        vec![
            discharging(coin(net, "BOB", 5, "bob's five"), 0),
            coin(net, "ALICE", 3, "alice's change"),
        ],
    );
    Draft {
        views: vec![pay, money],
        vouchers: Vec::new(),
        signers: vec![party("ALICE"), party("BOB")],
    }
}

/// Alice gives £2 each to Bob and Carol, who need not agree: they vouch for the keys they gave out.
pub(crate) fn gift(net: &Net) -> Draft {
    let give = action(
        net,
        "Give",
        &[
            ("giver", deed::Value::Party(party("ALICE"))),
            ("first", deed::Value::Party(party("BOB"))),
            ("second", deed::Value::Party(party("CAROL"))),
            ("amount", pounds(2)),
            ("note", text("SECRET-NOTE")),
            ("number", deed::Value::Int(2)),
        ],
    );
    let money = moving(
        net,
        vec![input(net, "ALICE", 8, "eight pounds")],
        vec![
            discharging(coin(net, "BOB", 2, "bob's two"), 0),
            discharging(coin(net, "CAROL", 2, "carol's two"), 1),
            coin(net, "ALICE", 4, "alice's change"),
        ],
    );
    Draft {
        views: vec![give, money],
        vouchers: vec![
            voucher(net, "BOB", "bob's two", 0),
            voucher(net, "CAROL", "carol's two", 1),
        ],
        signers: vec![party("ALICE")],
    }
}

/// A member's voucher for a control key of its own, in the second view.
pub(crate) fn voucher(net: &Net, owner: &str, label: &str, output: u32) -> Vouched {
    Vouched {
        view: 1,
        output,
        voucher: vouch(
            net,
            owner,
            Purpose::Control,
            one_time(owner, label).public(),
        ),
    }
}

/// A member's voucher for a key, on a sheet of three.
pub(crate) fn vouch(net: &Net, owner: &str, purpose: Purpose, key: OneTimeKey) -> Voucher {
    let [first, last] = ["another", "a third"].map(|label| one_time(owner, label).public());
    let (owner, signing, network) = (party(owner), signing_key(owner), &net.home.network);
    let sheet = Sheet::sign(&signing, network, &owner, purpose, vec![first, key, last]);
    sheet.expect("signed").voucher(1).expect("a voucher")
}

/// The tokens of the business keys that a view takes, each made with a secret of its keeper.
fn key_tokens(net: &Net, view: &View) -> Vec<Token> {
    let contract = net.book.get(&view.contract).expect("accepted");
    let values = |fact: &Fact| (fact.kind, fact.fields.clone());
    let consumed: Vec<_> = view.consumed.iter().map(|i| values(&i.fact)).collect();
    let created: Vec<_> = view.created.iter().map(values).collect();
    let taken = taken(
        contract,
        consumed.iter().map(|(kind, fields)| (*kind, &fields[..])),
        created.iter().map(|(kind, fields)| (*kind, &fields[..])),
    );
    let tokens = taken.iter().flat_map(|taken| {
        let roles = contract.roles_of(&fact_value(&view.created[taken.output]));
        roles
            .into_iter()
            .flat_map(|roles| roles.keepers)
            .map(|keeper| {
                let keeper = noise(&format!("keys of {keeper}"));
                key_token(&taken.key.secret(&keeper.0, &view.contract))
            })
    });
    tokens.collect()
}

impl Draft {
    /// With an honest header over whatever the views are. Envelopes are those of the honest audiences.
    pub(crate) fn head(&self, net: &Net, audiences: &[Audience]) -> Transaction {
        let tokens = |inputs: &[Input]| {
            let tokens = inputs.iter().map(|i| input_token(i, &net.home.notary));
            tokens.collect::<Vec<_>>()
        };
        let views = self.views.iter().zip(audiences).map(|(view, audience)| {
            let contract = net.book.get(&view.contract);
            let sealed = envelopes(view, &audience.observers, net).expect("sealed");
            ViewHeader {
                consumed: tokens(&view.consumed),
                referenced: tokens(&view.referenced),
                keys: key_tokens(net, view),
                public: contract
                    .and_then(|contract| PublicPart::of(view, contract))
                    .map(|part| part.hash()),
                envelopes: sealed.iter().map(|(_, e)| e.hash()).collect(),
            }
        });
        let header = Header {
            terms: Terms {
                format: FORMAT,
                network: net.home.network,
                notary: net.home.notary,
                window: Window {
                    from_ms: NOON_MS - 30_000,
                    until_ms: NOON_MS + 60_000,
                },
                map_size: net.pin().size,
                effective: date(2026, 11, 20),
                views: self.views.len() as u32,
            },
            views: views.collect(),
            cancel: self
                .signers
                .iter()
                .map(|s| token::cancel(&noise(s.as_str()).0))
                .collect(),
        };
        Transaction {
            header,
            views: self.views.clone(),
        }
    }

    /// Who sees what of it, as its honest version says.
    pub(crate) fn audiences(&self, net: &Net) -> Vec<Audience> {
        let hidden = vec![Audience::default(); self.views.len()];
        let transaction = self.head(net, &hidden);
        audiences(&transaction, &net.book).expect("valid")
    }

    /// The whole transaction.
    pub(crate) fn transaction(&self, net: &Net) -> Transaction {
        self.head(net, &self.audiences(net))
    }

    /// The transaction as these parties see it.
    pub(crate) fn seen(&self, net: &Net, viewers: &[&str]) -> TearOff {
        let transaction = self.transaction(net);
        transaction.tear_off(&self.audiences(net), &parties(viewers), &self.vouchers)
    }
}

pub(crate) fn parties(names: &[&str]) -> BTreeSet<Party> {
    names.iter().map(|name| party(name)).collect()
}

/// What a party finds on what it sees.
pub(crate) fn found(net: &Net, seen: &TearOff, standing: Standing) -> Result<Checked, Invalid> {
    check(seen, standing, &net.book, &net.home, net)
}

/// Everybody's signatures, each over what that party alone sees.
pub(crate) fn signatures(net: &Net, draft: &Draft, names: &[&str]) -> Vec<ScopedSignature> {
    let sign = |name: &&str| {
        let checked = found(net, &draft.seen(net, &[name]), Standing::Party).expect("valid");
        let (who, network) = (party(name), &net.home.network);
        let key = net.key(name);
        let scopes = checked.scopes(&who);
        signed(&key, name, network, &checked.id, scopes)
    };
    names.iter().map(sign).collect()
}

/// A complete proof of one fact of a draft, with the signatures of these attestors.
pub(crate) fn bundle(
    net: &Net,
    draft: &Draft,
    view: u32,
    output: u32,
    attestors: &[&str],
    shown: impl Fn(usize) -> bool,
) -> ProofBundle {
    let transaction = draft.transaction(net);
    let opening = transaction.opening();
    let whole = &transaction.views[view as usize];
    let ids = [TransactionId(noise("another id")), opening.id()];
    let hashes = whole.hashes();
    let root = opening.roots[view as usize];
    let signed = signatures(net, draft, attestors);
    let attestors = signed.iter().map(|signature| Attestor {
        member: net.member(signature.party.as_str()),
        attestation: signature.attestation(&root).expect("vouched for"),
    });
    ProofBundle {
        format: FORMAT,
        place: Place::of(&opening, view, &hashes, output).expect("a place"),
        fact: whole.created[output as usize].open(shown),
        attestors: attestors.collect(),
        map: net.map.clone(),
        certificate: net.certify(&ids, NOON_MS).remove(1),
    }
}
