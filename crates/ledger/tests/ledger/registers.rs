//! The town's registers: facts that their holders alone show.

use std::sync::LazyLock;

use deed::{Contract, Value};
use jiff::civil::{Date, date};
use ledger::ContractId;
use ledger::address::Purpose;
use ledger::bundle::ProofBundle;
use ledger::control::Control;
use ledger::fact::{FIXED_LEAVES, HOLDER};
use ledger::presentation::{HolderSecret, Occasion, Presentation, holder_key};
use ledger::signature::PublicKey;
use ledger::tearoff::Vouched;

use crate::payment::{Draft, action_of, bundle, vouch};
use crate::support::{NOON_MS, Net, noise, one_time, party, pounds, text};

const REGISTERS: &str = include_str!("../fixtures/registers.deed");

/// The town with its registers.
pub(crate) struct Town {
    pub(crate) net: Net,
    pub(crate) id: ContractId,
}

pub(crate) fn town() -> &'static Town {
    static TOWN: LazyLock<Town> = LazyLock::new(|| {
        let mut net = Net::with("registrar", "notary", "signing key");
        let registers = Contract::load(REGISTERS).expect("the fixture loads");
        let id = net.book.insert(registers);
        net.trust.contracts = net.book.clone();
        Town { net, id }
    });
    &TOWN
}

/// The key with which a party shows a fact.
pub(crate) fn to_show(holder: &str, label: &str) -> HolderSecret {
    HolderSecret::derive(&noise(holder).0, label.as_bytes()).expect("a key")
}

pub(crate) fn shown_with(holder: &str, label: &str) -> Option<PublicKey> {
    holder_key(&to_show(holder, label).public())
}

/// A draft of one action, and its one fact under the holder's key of that name, vouched for.
pub(crate) fn entered(action: &str, holder: &str, given: &[(&str, Value)]) -> Draft {
    let town = town();
    let mut view = action_of(&town.net, town.id, action, given);
    let signed_by_holder = action == "Convey";
    if signed_by_holder {
        view.created[0].control = Control::key(one_time(holder, action).public());
    } else if action == "License" {
        view.created[0].control = Control::key(one_time("TOWN-BANK", action).public());
    }
    view.created[0].holder = shown_with(holder, action);
    let key = to_show(holder, action).public();
    let vouched = Vouched {
        view: 0,
        output: 0,
        voucher: vouch(&town.net, holder, Purpose::Holder, key),
    };
    let mut signers = vec![party("TOWN-BANK")];
    signers.extend(signed_by_holder.then(|| party(holder)));
    Draft {
        views: vec![view],
        vouchers: if signed_by_holder {
            Vec::new()
        } else {
            vec![vouched]
        },
        signers,
    }
}

/// Somebody is entered in the register of people.
pub(crate) fn registered(holder: &str, name: &str, born: Date) -> Draft {
    let given = [
        ("holder", Value::Party(party(holder))),
        ("name", text(name)),
        ("born", Value::Date(born)),
        ("over_18", Value::Bool(true)),
    ];
    entered("Register", holder, &given)
}

pub(crate) fn alice() -> Draft {
    registered("ALICE", "Alice Adams", date(1990, 2, 28))
}

/// Leaves of the head, the holder's key, and one field.
pub(crate) fn field_alone(field: usize) -> impl Fn(usize) -> bool {
    move |leaf| [0, HOLDER, FIXED_LEAVES + field].contains(&leaf)
}

/// The proof of chosen leaves of a draft's one fact.
pub(crate) fn proof(draft: &Draft, shown: impl Fn(usize) -> bool) -> ProofBundle {
    bundle(&town().net, draft, 0, 0, &["TOWN-BANK"], shown)
}

/// Who asks.
pub(crate) const AUDIENCE: &str = "The Bell, Leeds";

pub(crate) fn nonce() -> Vec<u8> {
    noise("what The Bell asks").0[..16].to_vec()
}

pub(crate) fn occasion() -> Occasion {
    Occasion::new(AUDIENCE.to_owned(), nonce(), NOON_MS + 1_000).expect("an occasion")
}

/// Alice shows The Bell that she is over 18, and nothing else.
pub(crate) fn over_18() -> Presentation {
    let proof = proof(&alice(), field_alone(3));
    Presentation::sign(proof, occasion(), &to_show("ALICE", "Register"))
}

/// The price that a title was sold for, among what is not told.
pub(crate) fn conveyed(owner: &str, charges: Value, price: i64) -> Draft {
    let given = [
        ("owner", Value::Party(party(owner))),
        ("property", text("7 Mill Lane")),
        ("charges", charges),
        ("price", pounds(price)),
    ];
    entered("Convey", owner, &given)
}

pub(crate) fn licensed(holder: &str, terms: Value, until: Date) -> Draft {
    let given = [
        ("holder", Value::Party(party(holder))),
        ("trade", text("surgeon")),
        ("terms", terms),
        ("until", Value::Date(until)),
    ];
    entered("License", holder, &given)
}
