//! What a holder shows to one is nothing to another, and tells nothing else.

use std::collections::{BTreeMap, BTreeSet};

use deed::Value;
use jiff::civil::date;
use ledger::address::Purpose;
use ledger::bundle::{BundleError, ProofBundle, Proven};
use ledger::codec;
use ledger::fact::HOLDER;
use ledger::presentation::{Expected, Occasion, OccasionError, Presentation, holder_key, verify};
use ledger::signature::{PublicKey, Role, Suite};
use ledger::validity::Standing;

use crate::disclosure::masked;
use crate::payment::{Draft, found, payment, signatures, vouch};
use crate::registers::{
    AUDIENCE, alice, conveyed, field_alone, licensed, nonce, occasion, over_18, proof, registered,
    shown_with, to_show, town,
};
use crate::support::{NOON_MS, net, noise, one_time, p256, party, text};

/// What The Bell has been handed, and what it asked for.
struct Shown {
    bytes: Vec<u8>,
    audience: String,
    nonce: Vec<u8>,
    now_ms: u64,
    asked: bool,
}

const AGE_MS: u64 = 5 * 60 * 1000;

impl Shown {
    fn to_the_bell(presentation: &Presentation) -> Self {
        Self {
            bytes: codec::encode(presentation),
            audience: AUDIENCE.to_owned(),
            nonce: nonce(),
            now_ms: NOON_MS + 2_000,
            asked: true,
        }
    }

    fn verdict(&self) -> Result<Proven, BundleError> {
        let expected = Expected {
            audience: &self.audience,
            nonce: &self.nonce,
            now_ms: self.now_ms,
            max_age_ms: AGE_MS,
        };
        verify(
            &self.bytes,
            &town().net.trust,
            self.asked.then_some(&expected),
        )
    }

    fn said(&self) -> String {
        self.verdict()
            .map_or_else(|e| e.to_string(), |_| "proven".to_owned())
    }

    fn changed(&mut self, change: impl Fn(&mut Presentation)) {
        let mut presentation = codec::decode(&self.bytes).expect("a presentation");
        change(&mut presentation);
        self.bytes = codec::encode(&presentation);
    }
}

fn at(audience: &str, time_ms: u64) -> Occasion {
    Occasion::new(audience.to_owned(), nonce(), time_ms).expect("an occasion")
}

#[test]
fn over_18_is_proven_and_nothing_else() {
    let proven = Shown::to_the_bell(&over_18()).verdict().expect("proven");
    assert_eq!(proven.fields, [("over_18".to_owned(), Value::Bool(true))]);
    assert_eq!(proven.hidden, ["holder", "name", "born"]);
    assert_eq!(proven.shown, Some(occasion()));
}

#[test]
fn what_is_shown_to_one_is_nothing_to_another() {
    type Attack = (&'static str, fn(&mut Shown), &'static str);
    let attacks: [Attack; 20] = [
        ("the true presentation", |_| {}, "proven"),
        (
            "replayed to another audience",
            |s| s.audience = "The Crown, York".to_owned(),
            "the holder: it is shown to The Bell, Leeds, and not to you",
        ),
        (
            "replayed in answer to another question",
            |s| s.nonce[0] ^= 1,
            "the holder: it answers another nonce",
        ),
        (
            "in answer to the beginning of the question",
            |s| s.nonce.truncate(15),
            "the holder: it answers another nonce",
        ),
        (
            "at the last moment",
            |s| s.now_ms = NOON_MS + 1_000 + AGE_MS,
            "proven",
        ),
        (
            "too late",
            |s| s.now_ms = NOON_MS + 1_001 + AGE_MS,
            "the holder: it was shown 300001 ms ago, and 300000 are allowed",
        ),
        (
            "by a clock that is ahead",
            |s| s.now_ms = NOON_MS - 59_000,
            "proven",
        ),
        (
            "not yet",
            |s| s.now_ms = NOON_MS - 59_001,
            "the holder: it is dated 60001 ms from now, and 60000 are allowed",
        ),
        (
            "stripped of its wrapper",
            |s| s.bytes = codec::encode(&over_18().bundle),
            "the holder: only its holder can show a fact of this kind, and nobody's signature says that it does",
        ),
        (
            "to one who doesn't say who it is",
            |s| s.asked = false,
            "the holder: it is shown to The Bell, Leeds: say for whom you ask, and with which nonce",
        ),
        (
            "with the holder's key hidden",
            |s| {
                let proof = proof(&alice(), |leaf| leaf != HOLDER);
                let alice = to_show("ALICE", "Register");
                s.bytes = codec::encode(&Presentation::sign(proof, occasion(), &alice));
            },
            "the holder: the key of its holder is hidden",
        ),
        (
            "by somebody else",
            |s| {
                let bundle = over_18().bundle;
                let mallory = to_show("MALLORY", "Register");
                s.bytes = codec::encode(&Presentation::sign(bundle, occasion(), &mallory));
            },
            "the holder: the signature is not its holder's over what is shown",
        ),
        (
            "with her key for another fact",
            |s| {
                let bundle = over_18().bundle;
                let other = to_show("ALICE", "License");
                s.bytes = codec::encode(&Presentation::sign(bundle, occasion(), &other));
            },
            "the holder: the signature is not its holder's over what is shown",
        ),
        (
            "re-addressed",
            |s| {
                s.audience = "The Crown, York".to_owned();
                s.changed(|p| p.occasion = at("The Crown, York", NOON_MS + 1_000));
            },
            "the holder: the signature is not its holder's over what is shown",
        ),
        (
            "re-dated",
            |s| s.changed(|p| p.occasion = at(AUDIENCE, NOON_MS + 1_001)),
            "the holder: the signature is not its holder's over what is shown",
        ),
        (
            "with more shown than she did",
            |s| s.changed(|p| p.bundle = proof(&alice(), |leaf| leaf != 6)),
            "the holder: the signature is not its holder's over what is shown",
        ),
        (
            "with less shown than she did",
            |s| {
                let whole = proof(&alice(), |_| true);
                let alice = to_show("ALICE", "Register");
                s.bytes = codec::encode(&Presentation::sign(whole, occasion(), &alice));
                s.changed(|p| {
                    let fact = p.bundle.fact.narrow(field_alone(3));
                    p.bundle.fact = fact.expect("well formed");
                });
            },
            "the holder: the signature is not its holder's over what is shown",
        ),
        (
            "without a signature",
            |s| s.changed(|p| p.signature.clear()),
            "the holder: the signature is not its holder's over what is shown",
        ),
        (
            "of what anybody can show",
            |s| {
                let receipt = crate::payment::bundle(
                    net(),
                    &payment(net()),
                    0,
                    0,
                    &["TOWN-BANK", "ALICE"],
                    |_| true,
                );
                let alice = to_show("ALICE", "Register");
                s.bytes = codec::encode(&Presentation::sign(receipt, occasion(), &alice));
            },
            "the holder: anybody can show a fact of this kind, and a signature says that its holder does",
        ),
        (
            "of what was never certified",
            |s| s.changed(|p| p.bundle.certificate.index = 0),
            "the notary's log: the transaction is not in the notary's batch",
        ),
    ];
    for (what, tweak, expected) in attacks {
        let mut shown = Shown::to_the_bell(&over_18());
        tweak(&mut shown);
        assert_eq!(shown.said(), expected, "{what}");
    }
}

#[test]
fn every_bit_of_a_presentation_is_covered() {
    let mut shown = Shown::to_the_bell(&over_18());
    let mut steps: BTreeMap<&str, usize> = BTreeMap::new();
    let bits = shown.bytes.len() * 8;
    for bit in 0..bits {
        shown.bytes[bit / 8] ^= 1 << (bit % 8);
        match shown.verdict() {
            Ok(_) => panic!("bit {bit} of {bits} is not covered"),
            Err(error) => *steps.entry(error.code()).or_default() += 1,
        }
        shown.bytes[bit / 8] ^= 1 << (bit % 8);
    }
    assert_eq!(
        steps.keys().copied().collect::<Vec<_>>(),
        [
            "checkpoint",
            "contract",
            "fact",
            "holder",
            "log",
            "network_map",
            "read",
            "signatures",
            "where_it_belongs"
        ]
    );
}

#[test]
fn a_presentation_and_a_bundle_are_never_read_as_each_other() {
    let presentation = over_18();
    let shown = codec::encode(&presentation);
    let bare = codec::encode(&presentation.bundle);
    assert!(codec::decode::<ProofBundle>(&shown).is_err());
    assert!(codec::decode::<Presentation>(&bare).is_err());
    let mut of_format_3 = presentation.clone();
    of_format_3.format = 3;
    let mut inner = presentation;
    inner.bundle.format = 3;
    for other in [of_format_3, inner] {
        let other = Shown::to_the_bell(&other);
        assert_eq!(
            other.said(),
            "where it belongs: the proof is in format 3, and this version reads format 2"
        );
    }
}

#[test]
fn an_occasion_has_a_name_and_a_nonce_that_nobody_guesses() {
    let nonce_of = |bytes| Err(OccasionError::Nonce { bytes });
    let cases: [(&str, String, usize, Result<(), OccasionError>); 9] = [
        ("a name and a nonce", AUDIENCE.to_owned(), 16, Ok(())),
        ("a long nonce", AUDIENCE.to_owned(), 64, Ok(())),
        ("a longer one", AUDIENCE.to_owned(), 65, nonce_of(65)),
        ("a short one", AUDIENCE.to_owned(), 15, nonce_of(15)),
        ("none", AUDIENCE.to_owned(), 0, nonce_of(0)),
        ("a long name", "x".repeat(256), 16, Ok(())),
        (
            "a longer name",
            "x".repeat(257),
            16,
            Err(OccasionError::Audience),
        ),
        ("no name", String::new(), 16, Err(OccasionError::Audience)),
        (
            "a name in another form",
            "Cafe\u{301}".to_owned(),
            16,
            Err(OccasionError::Audience),
        ),
    ];
    for (what, audience, bytes, expected) in cases {
        let made = Occasion::new(audience.clone(), vec![7; bytes], NOON_MS);
        assert_eq!(made.map(drop), expected, "{what}");
        let written = (
            audience.as_str(),
            minicbor::bytes::ByteVec::from(vec![7; bytes]),
            NOON_MS,
        );
        let read = codec::decode::<Occasion>(&codec::encode(&written));
        assert_eq!(read.is_ok(), expected.is_ok(), "{what}, read");
    }
}

/// Each of the three, of somebody else with other words in every field that is not shown: the same bytes but for what looks
/// random, and so the same length.
#[test]
fn three_proofs_tell_one_thing_each() {
    let long = "x".repeat(999);
    let born = |holder, name: &str, year| registered(holder, name, date(year, 2, 28));
    let of_age = vec![
        born("ALICE", "Alice Adams", 1990),
        born("ALICE", &long, 1890),
        born("BOB", "", 2008),
    ];
    let surgeons = vec![
        licensed("ALICE", Value::Absent, date(2030, 1, 1)),
        licensed("ALICE", text(&long), date(2030, 1, 1)),
        licensed("CAROL", text("supervised"), date(2027, 6, 30)),
    ];
    let owners = vec![
        conveyed("ALICE", Value::Absent, 250_000),
        conveyed("BOB", Value::Absent, 1),
        conveyed("CAROL", text(&long), 99_000_000),
    ];
    type Case = (
        &'static str,
        &'static str,
        &'static str,
        usize,
        Value,
        Vec<Draft>,
    );
    let cases: [Case; 3] = [
        (
            "over 18",
            "Register",
            "over_18",
            3,
            Value::Bool(true),
            of_age,
        ),
        (
            "licensed to practise",
            "License",
            "trade",
            1,
            text("surgeon"),
            surgeons,
        ),
        (
            "owns 7 Mill Lane",
            "Convey",
            "property",
            1,
            text("7 Mill Lane"),
            owners,
        ),
    ];
    for (what, action, field, index, value, drafts) in cases {
        let mut told = BTreeSet::new();
        for draft in drafts {
            let of = draft.views[0].created[0].fields[0].as_party().cloned();
            let holder = to_show(of.expect("a party").as_str(), action);
            let shown = proof(&draft, field_alone(index));
            let shown = Presentation::sign(shown, occasion(), &holder);
            let proven = Shown::to_the_bell(&shown).verdict().expect(what);
            assert_eq!(proven.fields, [(field.to_owned(), value.clone())]);
            told.insert((codec::encode(&shown).len(), masked(&shown.bundle)));
        }
        assert_eq!(told.len(), 1, "{what}");
    }
}

/// What a viewer finds: the code of a refusal, or who must sign in which role.
fn verdict(
    honest: &Draft,
    viewer: &str,
    tweak: impl Fn(&mut Draft),
) -> Result<Vec<String>, String> {
    let net = &town().net;
    let mut draft = honest.clone();
    tweak(&mut draft);
    let checked = found(net, &draft.seen(net, &[viewer]), Standing::Party);
    let checked = checked.map_err(|error| error.code().to_owned())?;
    let role = |role: &Role| match role {
        Role::Signer => "signs",
        Role::Attestor => "vouches",
        Role::Receiver(_) => "receives",
    };
    let required = checked.required.iter();
    Ok(required
        .map(|r| format!("{} {}", r.parties[0], role(&r.role)))
        .collect())
}

fn says(words: &[&str]) -> Result<Vec<String>, String> {
    Ok(words.iter().map(|word| (*word).to_owned()).collect())
}

/// Whoever drafts could otherwise put its own key into a fact about somebody else, and show it as its own.
#[test]
fn a_hijacked_holder_is_noticed() {
    type Attack = (&'static str, fn(&mut Draft), Result<Vec<String>, String>);
    let hijacked = || Err("holder_not_vouched_for".to_owned());
    let received = ["TOWN-BANK signs", "TOWN-BANK vouches", "ALICE receives"];
    let agreed = ["TOWN-BANK signs", "TOWN-BANK vouches"];
    let attacks: [Attack; 9] = [
        ("her own key, vouched for", |_| {}, says(&agreed)),
        (
            "no key",
            |d| d.views[0].created[0].holder = None,
            Err("does_not_follow_from_contract".to_owned()),
        ),
        (
            "somebody else's under her voucher",
            |d| d.views[0].created[0].holder = shown_with("MALLORY", "Register"),
            hijacked(),
        ),
        (
            "somebody else's with that one's voucher in her name",
            |d| {
                let key = to_show("MALLORY", "Register").public();
                d.views[0].created[0].holder = holder_key(&key);
                let mut voucher = vouch(&town().net, "MALLORY", Purpose::Holder, key);
                voucher.party = party("ALICE");
                d.vouchers[0].voucher = voucher;
            },
            hijacked(),
        ),
        (
            "a key that she gave out for control, as such",
            |d| {
                let key = one_time("ALICE", "coins").public();
                d.views[0].created[0].holder = holder_key(&key);
                d.vouchers[0].voucher = vouch(&town().net, "ALICE", Purpose::Control, key);
            },
            says(&received),
        ),
        (
            "a key that she gave out for control, as if for this",
            |d| {
                let key = one_time("ALICE", "coins").public();
                d.views[0].created[0].holder = holder_key(&key);
                d.vouchers[0].voucher = vouch(&town().net, "ALICE", Purpose::Control, key);
                d.vouchers[0].voucher.purpose = Purpose::Holder;
            },
            hijacked(),
        ),
        (
            "a key of a suite that sheets don't have, under her voucher",
            |d| d.views[0].created[0].holder = Some(p256("a telephone").public().clone()),
            hijacked(),
        ),
        (
            "her key of that suite, without one",
            |d| {
                d.views[0].created[0].holder = Some(p256("a telephone").public().clone());
                d.vouchers.clear();
            },
            says(&received),
        ),
        ("nobody vouches", |d| d.vouchers.clear(), says(&received)),
    ];
    for viewer in ["TOWN-BANK", "ALICE"] {
        for (what, tweak, expected) in &attacks {
            // Shown the fact alone, she sees who vouches for it, and not who agreed to it.
            let seen = expected.clone().map(|mut words| {
                words.retain(|word| viewer == "TOWN-BANK" || word != "TOWN-BANK signs");
                words
            });
            assert_eq!(verdict(&alice(), viewer, tweak), seen, "{what} to {viewer}");
        }
    }
    // A licence is the registry's to end and its holder's to show: she is shown it alone, and takes the registry's word.
    let licence = licensed("ALICE", Value::Absent, date(2030, 1, 1));
    assert_eq!(
        verdict(&licence, "ALICE", |_| {}),
        says(&["TOWN-BANK vouches", "TOWN-BANK receives"])
    );
    // Whoever vouches for the view has seen its own key in it.
    let net = &town().net;
    let checked = found(net, &licence.seen(net, &["ALICE"]), Standing::Party).expect("valid");
    let signed = signatures(net, &licence, &["TOWN-BANK"]);
    assert_eq!(checked.covered(&signed), Ok(()));
    // Who signs the view agrees to its own keys by that.
    let agreed = ["ALICE signs", "TOWN-BANK signs", "TOWN-BANK vouches"];
    let title = conveyed("ALICE", Value::Absent, 1);
    assert_eq!(verdict(&title, "TOWN-BANK", |_| {}), says(&agreed));
}

/// A key for showing does not use a fact up: whoever is lent one can't be lent the other.
#[test]
fn a_holders_key_controls_nothing() {
    let title = conveyed("ALICE", Value::Absent, 1);
    let shows = to_show("ALICE", "Convey").public();
    let controls = one_time("ALICE", "Convey").public();
    assert_ne!(shows, controls);
    let fact = &title.views[0].created[0];
    assert_eq!(fact.holder, holder_key(&shows));
    assert_eq!(fact.control.keys(), [controls]);
}

#[test]
fn a_key_for_which_anybody_can_sign_is_no_holders_key() {
    let zero = ledger::Digest([0; 32]);
    assert_eq!(holder_key(&zero), None);
    assert!(PublicKey::new(Suite::ED25519, zero.0.to_vec()).is_err());
    assert!(holder_key(&noise("another")).is_some());
}
