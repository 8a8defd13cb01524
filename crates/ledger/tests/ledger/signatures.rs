//! Scoped signatures: a signature stands for what its signer verified, and for nothing else.

use ledger::limits::{SCOPES_MAX, SIGNED_TOGETHER_MAX};
use ledger::signature::{
    Attestation, KeyError, PublicKey, Role, Scope, ScopedSignature, SigningKey, Suite, ToSign,
};
use ledger::validity::{Invalid, Standing};
use ledger::{Digest, NetworkId, TransactionId, ViewRoot};

use crate::payment::{bundle, found, gift, payment, signatures};
use crate::support::{self, net, noise, other_form, party, signing_key};

fn scope(view: &str, role: Role) -> Scope {
    Scope {
        view: ViewRoot(noise(view)),
        role,
    }
}

fn signed(scopes: Vec<Scope>) -> (ScopedSignature, PublicKey, NetworkId, TransactionId) {
    let (key, network, id) = (
        signing_key("TOWN-BANK"),
        net().home.network,
        TransactionId(noise("id")),
    );
    let signature = support::signed(&key, "TOWN-BANK", &network, &id, scopes);
    (signature, key.public().clone(), network, id)
}

#[test]
fn each_part_of_a_signature_counts() {
    let scopes = vec![
        scope("b", Role::Attestor),
        scope("a", Role::Receiver(vec![0, 2])),
    ];
    let (signature, key, network, id) = signed(scopes);
    assert!(signature.verifies(&key, &network, &id));
    assert!(signature.scope.is_sorted());

    type Tweak = fn(&mut ScopedSignature);
    let tweaks: [(&str, Tweak); 12] = [
        ("another party", |s| s.party = party("ALICE")),
        ("another suite", |s| s.suite = Suite::ED25519),
        ("a view more", |s| s.scope.push(scope("zzz", Role::Signer))),
        ("a view less", |s| drop(s.scope.pop())),
        ("another view", |s| s.scope[0].view.0.0[0] ^= 1),
        ("another role", |s| s.scope[1].role = Role::Signer),
        ("another order", |s| s.scope.reverse()),
        ("a shorter signature", |s| s.signature.truncate(63)),
        ("another salt", |s| s.salt.0[0] ^= 1),
        ("another place", |s| s.place.index = 1),
        ("more signed with it", |s| s.place.count = 2),
        ("a longer path", |s| s.place.path.push(noise("path"))),
    ];
    for (what, tweak) in tweaks {
        let mut other = signature.clone();
        tweak(&mut other);
        assert!(!other.verifies(&key, &network, &id), "{what}");
    }
    for bit in 0..signature.signature.len() * 8 {
        let mut other = signature.clone();
        other.signature[bit / 8] ^= 1 << (bit % 8);
        assert!(!other.verifies(&key, &network, &id), "bit {bit}");
    }
    let many = |count: usize| {
        let scopes = (0..count).map(|i| scope(&format!("view {i}"), Role::Signer));
        let (signature, key, network, id) = signed(scopes.collect());
        signature.verifies(&key, &network, &id)
    };
    assert!(many(SCOPES_MAX) && !many(SCOPES_MAX + 1), "no more scopes");
    assert!(!signature.verifies(signing_key("MALLORY").public(), &network, &id));
    assert!(!signature.verifies(&key, &NetworkId(noise("other")), &id));
    assert!(!signature.verifies(&key, &network, &TransactionId(noise("other"))));
}

/// ECDSA is malleable: both forms verify, and no id follows from either.
#[test]
fn both_forms_of_an_ecdsa_signature_are_one_signature() {
    let (signature, key, network, id) = signed(vec![scope("a", Role::Attestor)]);
    let mut other = signature.clone();
    other.signature = other_form(&signature.signature);
    assert_ne!(other, signature);
    assert_eq!(other_form(&other.signature), signature.signature);
    for form in [&signature, &other] {
        assert!(form.verifies(&key, &network, &id));
    }

    let draft = payment(net());
    let honest = bundle(net(), &draft, 0, 0, &["TOWN-BANK", "ALICE"], |_| true);
    let mut forms = honest.clone();
    for attestor in &mut forms.attestors {
        attestor.attestation.signature = other_form(&attestor.attestation.signature);
    }
    assert_ne!(forms, honest, "other bytes");
    let [one, other] = [honest, forms].map(|b| b.verify(&net().trust).expect("proven"));
    assert_eq!(one, other, "the same fact, of the same transaction");
}

/// Both forms together are one party's word, not two.
#[test]
fn a_signature_in_both_its_forms_counts_once() {
    let draft = payment(net());
    let mut twice = bundle(net(), &draft, 0, 0, &["TOWN-BANK"], |_| true);
    let mut other = twice.attestors[0].clone();
    other.attestation.signature = other_form(&other.attestation.signature);
    twice.attestors.push(other);
    let error = twice.verify(&net().trust).expect_err("one is missing");
    assert_eq!(error.code(), "signatures");
}

fn to_sign(id: TransactionId, scope: Vec<Scope>) -> ToSign {
    ToSign {
        id,
        scope,
        salt: noise("salt"),
    }
}

/// A node under load signs many transactions at one stroke: each signature stands for its own transaction alone.
#[test]
fn what_is_signed_together_stands_alone() {
    let (bank, key) = (party("TOWN-BANK"), signing_key("TOWN-BANK"));
    let network = net().home.network;
    let id = |i: usize| TransactionId(noise(&format!("id {i}")));
    for count in [1, 2, 3, 7, SIGNED_TOGETHER_MAX] {
        let scopes = |i: usize| vec![scope(&format!("view {i}"), Role::Attestor)];
        let all = (0..count).map(|i| to_sign(id(i), scopes(i))).collect();
        let signed = key.sign(&bank, &network, all).expect("signed");
        assert_eq!(signed.len(), count);
        for (i, signature) in signed.iter().enumerate() {
            assert!(signature.verifies(key.public(), &network, &id(i)));
            assert!(!signature.verifies(key.public(), &network, &id(i + 1)));
            let mut moved = signature.clone();
            moved.place = signed[(i + 1) % count].place.clone();
            assert_eq!(moved.verifies(key.public(), &network, &id(i)), count == 1);
            for hash in 0..signature.place.path.len() {
                let mut other = signature.clone();
                other.place.path[hash].0[7] ^= 1;
                assert!(
                    !other.verifies(key.public(), &network, &id(i)),
                    "{i} of {count}"
                );
            }
            assert!(!signature.verifies(signing_key("MALLORY").public(), &network, &id(i)));
        }
    }
    let too_many = (0..=SIGNED_TOGETHER_MAX)
        .map(|i| to_sign(id(i), Vec::new()))
        .collect();
    let refused = key.sign(&bank, &network, too_many);
    assert_eq!(refused, Err(KeyError::Signing));
}

#[test]
fn a_signature_covers_its_views_in_its_roles_only() {
    let (signature, ..) = signed(vec![
        scope("a", Role::Attestor),
        scope("b", Role::Receiver(vec![1])),
    ]);
    let view = |name: &str| ViewRoot(noise(name));
    let cases = [
        ("a", Role::Attestor, true),
        ("a", Role::Signer, false),
        ("a", Role::Receiver(vec![1]), false),
        ("b", Role::Receiver(vec![1]), true),
        ("b", Role::Receiver(vec![0, 1]), false),
        ("b", Role::Attestor, false),
        ("c", Role::Attestor, false),
    ];
    for (name, role, expected) in cases {
        assert_eq!(
            signature.covers(&view(name), &role),
            expected,
            "{name} {role:?}"
        );
    }
    assert!(signature.received(&view("b"), 1));
    assert!(!signature.received(&view("b"), 0));
    assert!(!signature.received(&view("a"), 1));
}

/// Everybody who needs to signs a payment; then one signature is tampered with.
#[test]
fn a_payment_counts_only_with_every_signature_it_needs() {
    let net = net();
    let draft = payment(net);
    let seen = draft.seen(net, &["TOWN-BANK"]);
    let checked = found(net, &seen, Standing::Party).expect("valid");
    let all = signatures(net, &draft, &["ALICE", "BOB", "TOWN-BANK"]);
    let holds =
        |signatures: &[ScopedSignature]| checked.relied_on(&net.home.network, signatures, &[], net);
    assert_eq!(holds(&all).as_ref(), Ok(&all));
    // What comes twice, or doubtful besides the true one, is dropped: nobody passes it on.
    let mut doubled = all.clone();
    doubled.extend(all.clone());
    doubled[3].signature[0] ^= 1;
    assert_eq!(holds(&doubled).as_ref(), Ok(&all));
    let too_many = vec![all[0].clone(); ledger::limits::SIGNATURES_MAX + 1];
    let refused = holds(&too_many).map_err(|e| e.code().to_owned());
    assert_eq!(refused, Err("limit_exceeded".to_owned()));
    let by = |name: &str| {
        all.iter()
            .position(|s| s.party == party(name))
            .expect("signed")
    };
    let without = |name: &str| {
        let mut some = all.clone();
        some.remove(by(name));
        some
    };
    let unsigned = |names: &[&str], view| {
        Err(Invalid::NotSigned {
            parties: names.iter().map(|name| party(name)).collect(),
            view,
        })
    };
    assert_eq!(
        holds(&without("TOWN-BANK")),
        unsigned(&["TOWN-BANK", "ALICE"], 0)
    );
    assert_eq!(holds(&without("ALICE")), unsigned(&["ALICE"], 0));
    assert_eq!(holds(&without("BOB")), unsigned(&["BOB"], 0));

    // Bob signs view 0, but not that the coin of view 1 is under his key.
    let bob = &all[by("BOB")];
    let only_first = bob
        .scope
        .iter()
        .filter(|s| s.view == checked.opening.roots[0]);
    let (key, network) = (signing_key("BOB"), &net.home.network);
    let only_first = only_first.cloned().collect();
    let partly = support::signed(&key, "BOB", network, &checked.id, only_first);
    let mut some = without("BOB");
    some.push(partly);
    assert_eq!(holds(&some), unsigned(&["BOB"], 1));

    // Mallory signs in Bob's name.
    let key = signing_key("MALLORY");
    let forged = support::signed(&key, "BOB", network, &checked.id, bob.scope.clone());
    let mut some = without("BOB");
    some.push(forged);
    assert_eq!(
        holds(&some),
        Err(Invalid::BadSignature {
            party: party("BOB")
        })
    );
}

/// The bank is shown a harmless view; its signature is held up for another.
#[test]
fn a_signature_lent_from_another_view_or_transaction_is_refused() {
    let net = net();
    let (paid, given) = (payment(net), gift(net));
    let checked = found(net, &paid.seen(net, &["TOWN-BANK"]), Standing::Party).expect("valid");
    let mut all = signatures(net, &paid, &["TOWN-BANK", "ALICE", "BOB"]);

    let elsewhere = signatures(net, &given, &["TOWN-BANK"]).remove(0);
    let own = std::mem::replace(&mut all[0], elsewhere);
    assert_eq!(
        checked
            .relied_on(&net.home.network, &all, &[], net)
            .map_err(|e| e.code().to_owned()),
        Err("signature_missing".to_owned()),
        "another transaction's views"
    );

    let first: Vec<Scope> = own
        .scope
        .into_iter()
        .filter(|s| s.view == checked.opening.roots[0])
        .collect();
    assert!(!first.is_empty());
    let bank: SigningKey = signing_key("TOWN-BANK");
    all[0] = support::signed(&bank, "TOWN-BANK", &net.home.network, &checked.id, first);
    let missing = Err(Invalid::NotSigned {
        parties: vec![party("TOWN-BANK")],
        view: 1,
    });
    assert_eq!(
        checked.relied_on(&net.home.network, &all, &[], net),
        missing
    );

    // Relabelled to cover the hidden view: then it is no signature any more.
    let mut relabelled = all[0].clone();
    for scope in &mut relabelled.scope {
        scope.view = checked.opening.roots[1];
    }
    relabelled.scope.extend(all[0].scope.clone());
    relabelled.scope.sort();
    all[0] = relabelled;
    assert_eq!(
        checked.relied_on(&net.home.network, &all, &[], net),
        Err(Invalid::BadSignature {
            party: party("TOWN-BANK")
        })
    );
}

#[test]
fn a_signature_of_somebody_unknown_or_of_nobody_needed_changes_nothing() {
    let net = net();
    let draft = payment(net);
    let checked = found(net, &draft.seen(net, &["TOWN-BANK"]), Standing::Party).expect("valid");
    let needed = signatures(net, &draft, &["ALICE", "BOB", "TOWN-BANK"]);
    let mut all = needed.clone();
    let mut stray = all[0].clone();
    stray.party = party("NOBODY-KNOWN");
    stray.signature = Digest::of(&[b"junk"]).0.to_vec();
    all.push(stray);
    assert_eq!(
        checked.relied_on(&net.home.network, &all, &[], net),
        Ok(needed)
    );
}

#[test]
fn a_key_that_is_not_p256_is_refused() {
    assert!(SigningKey::from_pkcs8(b"not a key").is_err());
    let (signature, _, network, id) = signed(vec![scope("a", Role::Signer)]);
    let no_point = PublicKey::new(Suite::P256, vec![4; 65]).expect("the right form");
    assert!(!signature.verifies(&no_point, &network, &id));
}

/// What strangers are shown of a signature: that its party vouches for one view, and nothing that can be lent to another.
#[test]
fn an_attestation_stands_for_its_own_view_alone() {
    let scopes = |n: usize| -> Vec<Scope> {
        let view = |i| scope(&format!("view {i}"), Role::Attestor);
        let mut all: Vec<Scope> = (0..n).map(view).collect();
        all.push(scope("view 0", Role::Signer));
        all.push(scope("signed", Role::Signer));
        all
    };
    let (bank, view) = (party("TOWN-BANK"), |i| {
        ViewRoot(noise(&format!("view {i}")))
    });
    for n in 1..6 {
        let (signature, key, network, id) = signed(scopes(n));
        for i in 0..n {
            let shown = signature.attestation(&view(i)).expect("vouched for");
            let holds = |a: &Attestation| a.verifies(&bank, &key, &network, &id, &view(i));
            assert!(holds(&shown), "{i} of {n}");
            assert_eq!(shown.scope.count, (n as u32 + 2).next_power_of_two());
            let others = [
                shown.verifies(&bank, &key, &network, &id, &view(i + 1)),
                shown.verifies(&party("ALICE"), &key, &network, &id, &view(i)),
                shown.verifies(&bank, &key, &network, &TransactionId(noise("x")), &view(i)),
                shown.verifies(&bank, &key, &NetworkId(noise("x")), &id, &view(i)),
                shown.verifies(
                    &bank,
                    signing_key("MALLORY").public(),
                    &network,
                    &id,
                    &view(i),
                ),
            ];
            assert_eq!(others, [false; 5], "{i} of {n}");
            type Tweak = fn(&mut Attestation);
            let tweaks: [(&str, Tweak); 10] = [
                ("another suite", |a| a.suite = Suite::ED25519),
                ("another salt", |a| a.salt.0[0] ^= 1),
                ("another scope's place", |a| a.scope.index ^= 1),
                ("more scopes", |a| a.scope.count += 1),
                ("another path", |a| a.scope.path[0].0[0] ^= 1),
                ("a longer path", |a| a.scope.path.push(Digest::default())),
                ("another stroke", |a| a.stroke.count += 1),
                ("another place in it", |a| a.stroke.index += 1),
                ("a longer stroke", |a| a.stroke.path.push(Digest::default())),
                ("another signature", |a| a.signature[0] ^= 1),
            ];
            for (what, tweak) in tweaks {
                let mut other = shown.clone();
                tweak(&mut other);
                assert!(!holds(&other), "{what}, {i} of {n}");
            }
        }
        assert_eq!(signature.attestation(&ViewRoot(noise("signed"))), None);
        assert_eq!(signature.attestation(&ViewRoot(noise("unknown"))), None);
    }
}
