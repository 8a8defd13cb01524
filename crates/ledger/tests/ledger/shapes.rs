//! What the other vectors have none of: more outputs than one, or none, and fillers; several scopes of one signature; a
//! transaction of which only some facts are shown.

use ledger::bundle::Place;
use ledger::codec;
use ledger::signature::{Role, Scope};
use ledger::tearoff::Vouched;
use ledger::view::View;

use crate::formats::{bytes, cbor, hex, line, pinned};
use crate::payment::{Draft, gift};
use crate::support::{net, noise, signed, signing_key};

#[test]
fn fillers_and_tear_offs_are_pinned() {
    let samples = include_str!("../vectors/signed.hex");
    let voucher = codec::decode(&bytes(line(samples, "voucher of BOB"))).expect("canonical");
    let draft = Draft {
        vouchers: vec![Vouched {
            view: 1,
            output: 0,
            voucher,
        }],
        ..gift(net())
    };
    let opening = draft.transaction(net()).opening();
    let three = &draft.views[1];
    let none = View {
        created: Vec::new(),
        ..draft.views[0].clone()
    };
    let [of_three, of_none] = [three, &none].map(View::hashes);
    let flat = |hashes: &ledger::view::ViewHashes| -> String {
        let commitments = hashes.commitments.iter();
        commitments.map(|commitment| commitment.hex()).collect()
    };
    let place = Place::of(&opening, 1, &of_three, 2).expect("a place");
    let [first, second] = [opening.roots[0], opening.roots[1]];
    let scope = |view, role| Scope { view, role };
    let mut scopes = vec![
        scope(first, Role::Signer),
        scope(first, Role::Attestor),
        scope(second, Role::Receiver(vec![0, 2])),
    ];
    scopes.sort();
    let key = signing_key("BOB");
    let id = opening.id();
    let signature = signed(&key, "BOB", &net().home.network, &id, scopes);
    let attestation = signature.attestation(&first).expect("vouched for");
    pinned(
        "shapes.hex",
        include_str!("../vectors/shapes.hex"),
        &[
            ("view of three", cbor(three)),
            ("view of three commitments", flat(&of_three)),
            ("view of three root", three.root().0.hex()),
            ("view of none", cbor(&none)),
            ("view of none commitments", flat(&of_none)),
            ("view of none root", none.root().0.hex()),
            ("header of three", cbor(&draft.transaction(net()).header)),
            ("id of three", id.0.hex()),
            ("place of output 2", cbor(&place)),
            (
                "three scopes",
                cbor(&codec::list::List(signature.scope.clone())),
            ),
            ("three scopes salt", signature.salt.hex()),
            ("attestor's scope salt", attestation.salt.hex()),
            (
                "attestor's scope place",
                hex(&codec::encode(&attestation.scope)),
            ),
            (
                "seen by BOB and CAROL",
                cbor(&draft.seen(net(), &["BOB", "CAROL"])),
            ),
        ],
    );
    assert_eq!(signature.salt, noise(&format!("scopes of BOB in {id}")));
}
