//! What is signed or hashed can't change by accident: every format is pinned by a vector.
//!
//! A change here is a change of the wire format: other implementations stop agreeing with ours. If it is meant, replace the
//! file by the lines that the failing test prints, and say so in docs/protocol.

use std::fmt::Write as _;

use deed::Value;
use ledger::address::{Purpose, Sheet, Voucher};
use ledger::business_key::{BusinessKey, key_token};
use ledger::codec;
use ledger::control::{Control, Recovery, Shape};
use ledger::envelope;
use ledger::fact::Fact;
use ledger::presentation::{self, Presentation};
use ledger::public::PublicPart;
use ledger::signature::{Attestation, PublicKey, ScopedSignature, Suite};
use ledger::spent::{Spent, SpentTree};
use ledger::token::{self, Sort};
use ledger::validity::input_token;
use ledger::{Digest, Token, certificate};
use minicbor::Encode;

use crate::current::current_proof;
use crate::payment::{bundle, payment, signatures, voucher};
use crate::registers::{AUDIENCE, nonce, occasion, over_18, to_show, town};
use crate::support::{NOON_MS, envelope_secret, net, noise, one_time, party, signing_key};

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2)
        .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex"))
        .collect()
}

pub(crate) fn cbor<T: Encode<()>>(object: &T) -> String {
    hex(&codec::encode(object))
}

/// Compares `name: hex` lines with a file of vectors.
pub(crate) fn pinned(file: &str, expected: &str, lines: &[(&str, String)]) {
    let found: String = lines.iter().fold(String::new(), |text, (name, hex)| {
        text + name + ": " + hex + "\n"
    });
    assert!(
        found == expected,
        "the format of {file} has changed; it would now be:\n{found}"
    );
}

/// The vector of this name in a file.
pub(crate) fn line<'a>(file: &'a str, name: &str) -> &'a str {
    file.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .expect("a vector of that name")
}

#[test]
fn facts_are_pinned() {
    let draft = payment(net());
    let (receipt, coin) = (&draft.views[0].created[0], &draft.views[1].created[0]);
    let mut listed: Fact = receipt.clone();
    listed.fields[4] = deed::Value::List(vec![
        deed::Value::Bool(true),
        deed::Value::Date(jiff::civil::date(1969, 12, 31)),
        deed::Value::Record(vec![deed::Value::Absent, deed::Value::Int(-1)]),
    ]);
    let list = listed.open(|l| l == 0 || l == 9);
    let item = list
        .narrow_list(4, false, |item| item == 2)
        .expect("an item");
    let mut held = receipt.clone();
    held.holder = PublicKey::new(Suite::ED25519, one_time("BOB", "shows").public().0.to_vec()).ok();
    let mut filed = receipt.clone();
    let file = deed::FileAddress {
        root: [7; 32],
        bytes: 1 << 40,
    };
    filed.fields[4] = deed::Value::File(file.into());
    pinned(
        "facts.hex",
        include_str!("../vectors/facts.hex"),
        &[
            ("receipt", cbor(receipt)),
            ("receipt commitment", receipt.commitment().hex()),
            (
                "receipt opened at head and amount",
                cbor(&receipt.open(|l| l == 0 || l == 8)),
            ),
            ("coin", cbor(coin)),
            ("coin commitment", coin.commitment().hex()),
            ("with a list", cbor(&listed)),
            ("with a list commitment", listed.commitment().hex()),
            ("item 2 of the list shown alone", cbor(&item)),
            ("with a file", cbor(&filed)),
            ("with a file commitment", filed.commitment().hex()),
            ("with a holder", cbor(&held)),
            ("with a holder commitment", held.commitment().hex()),
        ],
    );
}

#[test]
fn what_shows_a_fact_to_be_current_is_pinned() {
    let proof = current_proof(net());
    let unused = &proof.standing.unused;
    pinned(
        "current.hex",
        include_str!("../vectors/current.hex"),
        &[
            ("root over the used marks, as an entry", cbor(&unused.entry)),
            ("absence", cbor(&unused.absence)),
            ("the notary's word", cbor(unused)),
        ],
    );
}

#[test]
fn transactions_are_pinned() {
    let draft = payment(net());
    let transaction = draft.transaction(net());
    let opening = transaction.opening();
    let part = PublicPart::of(&draft.views[0], net().contract()).expect("public");
    let skeleton = draft.views[1].hashes().skeleton;
    pinned(
        "transaction.hex",
        include_str!("../vectors/transaction.hex"),
        &[
            ("contract id", net().coins.0.hex()),
            ("network id", net().home.network.0.hex()),
            ("notary lineage", net().home.notary.0.hex()),
            ("view 0", cbor(&draft.views[0])),
            ("view 0 root", opening.roots[0].0.hex()),
            ("view 1", cbor(&draft.views[1])),
            ("view 1 rest", skeleton.rest.hex()),
            ("view 1 outputs", skeleton.outputs.hex()),
            ("view 1 root", opening.roots[1].0.hex()),
            ("public part", cbor(&part)),
            ("public part hash", part.hash().hex()),
            ("header", cbor(&transaction.header)),
            ("header load", transaction.header.load().hex()),
            ("transaction id", opening.id().0.hex()),
            ("seen by the payee", cbor(&draft.seen(net(), &["BOB"]))),
        ],
    );
}

#[test]
fn tokens_and_control_are_pinned() {
    let draft = payment(net());
    let input = &draft.views[1].consumed[0];
    let token = input_token(input, &net().home.notary);
    let id = draft.transaction(net()).opening().id();
    let secret = one_time("ALICE", "eight pounds");
    let key = BusinessKey {
        kind: 1,
        values: vec![Value::Party(party("ALICE")), Value::Int(1)],
    };
    let keeper = noise("keys of TOWN-BANK");
    let key_secret = key.secret(&keeper.0, &net().coins);
    let token_of_key = key_token(&key_secret);
    assert_eq!(
        draft.transaction(net()).header.views[0].keys,
        [token_of_key]
    );
    let policies = Control {
        shape: Shape::All(vec![secret.public(), one_time("BOB", "x").public()]),
        recovery: Some(Recovery {
            key: one_time("CAROL", "x").public(),
            after_ms: NOON_MS,
        }),
    };
    pinned(
        "tokens.hex",
        include_str!("../vectors/tokens.hex"),
        &[
            ("token key hash", input.fact.token_key().hash().hex()),
            (
                "rho",
                input
                    .fact
                    .token_key()
                    .rho(&net().home.notary, &input.at)
                    .hex(),
            ),
            ("token", token.0.hex()),
            ("token as a key", Sort::Key.mark(&token, &id).0.hex()),
            (
                "token as a cancel token",
                Sort::Cancel.mark(&token, &id).0.hex(),
            ),
            ("cancel token", token::cancel(&noise("secret").0).0.hex()),
            ("secret of who keeps business keys", keeper.hex()),
            ("business key", cbor(&key)),
            ("secret of the business key", key_secret.hex()),
            ("token of the business key", token_of_key.0.hex()),
            ("one-time public key", secret.public().hex()),
            (
                "holder's public key",
                to_show("ALICE", "Register").public().hex(),
            ),
            ("control", cbor(&input.fact.control)),
            ("control hash", input.fact.control.hash().hex()),
            ("control with recovery", cbor(&policies)),
            ("control with recovery hash", policies.hash().hex()),
            ("nobody hash", Control::nobody().hash().hex()),
            ("control signature", hex(&secret.authorise(&token, &id))),
        ],
    );
}

#[test]
fn certificates_maps_and_envelopes_are_pinned() {
    let draft = payment(net());
    let id = draft.transaction(net()).opening().id();
    let certificate = net().certify(&[id], NOON_MS).remove(0);
    let spent = [(Token(noise("a token")), noise("what it was spent on"))];
    let place = SpentTree::new(&spent).place(&Token(noise("a token")));
    let used = Spent {
        entry: certificate.entry,
        place: place.expect("it is there").1,
        log_path: certificate.log_path.clone(),
        checkpoint: certificate.checkpoint.clone(),
    };
    let sealed = envelope::seal(
        &envelope::public_key(&envelope_secret("TOWN-AUDITOR")).expect("a key"),
        &envelope::ephemeral(&draft.views[0].salt, &party("TOWN-AUDITOR")),
        ledger::validity::ENVELOPE_INFO,
        b"TOWN-AUDITOR",
        &codec::encode(&draft.views[0]),
    )
    .expect("sealed");
    pinned(
        "certificate.hex",
        include_str!("../vectors/certificate.hex"),
        &[
            ("batch entry", cbor(&certificate.entry)),
            ("ids root", certificate.entry.ids_root.hex()),
            ("tokens root", certificate.entry.tokens_root.hex()),
            ("spent on", certificate::spent_on(&id, &noise("r")).hex()),
            ("certificate", cbor(&certificate)),
            ("used mark", noise("a token").hex()),
            ("used on", noise("what it was spent on").hex()),
            ("used", cbor(&used)),
            ("map entry", cbor(&net().map.entry)),
            ("map proof", cbor(&net().map)),
            ("member record", cbor(&net().records[0])),
            ("member record as shown", cbor(&net().records[0].shown())),
            ("member proof", cbor(&net().member("BOB"))),
            ("envelope", cbor(&sealed)),
            ("envelope hash", sealed.hash().hex()),
        ],
    );
}

/// ECDSA signatures differ every time they are made: samples made once must verify for ever.
#[test]
fn signed_samples_still_verify() {
    let file = include_str!("../vectors/signed.hex");
    let network = net().home.network;
    let draft = payment(net());
    let id = draft.transaction(net()).opening().id();
    assert_eq!(
        line(file, "public key of TOWN-BANK"),
        hex(signing_key("TOWN-BANK").public().bytes())
    );
    let key = PublicKey::new(Suite::P256, bytes(line(file, "public key of TOWN-BANK")));
    let key = key.expect("a point");
    let signature: ScopedSignature =
        codec::decode(&bytes(line(file, "scoped signature"))).expect("canonical");
    assert!(signature.verifies(&key, &network, &id));
    let again = signatures(net(), &draft, &["TOWN-BANK"]).remove(0);
    assert_eq!(
        (&again.party, again.suite, &again.scope, again.salt),
        (
            &signature.party,
            signature.suite,
            &signature.scope,
            signature.salt
        )
    );

    let receipt = draft.views[0].root();
    let attestation: Attestation =
        codec::decode(&bytes(line(file, "attestation of view 0"))).expect("canonical");
    assert!(attestation.verifies(&party("TOWN-BANK"), &key, &network, &id, &receipt));
    assert_eq!(signature.attestation(&receipt), Some(attestation));

    let voucher: Voucher = codec::decode(&bytes(line(file, "voucher of BOB"))).expect("canonical");
    let vouched = Digest::from_hex(line(file, "vouched key")).expect("a key");
    assert!(voucher.verifies(&vouched, signing_key("BOB").public(), &network));
    let sheet: Sheet = codec::decode(&bytes(line(file, "sheet of BOB"))).expect("canonical");
    assert!(sheet.verifies(signing_key("BOB").public(), &network));

    let proof = bytes(line(file, "proof bundle"));
    let proven = presentation::verify(&proof, &net().trust, None).expect("proven");
    assert_eq!(proven.at.transaction, id);
    assert_eq!(proven.fields.len(), 6, "the note is hidden");

    let shown = bytes(line(file, "presentation"));
    let trust = &town().net.trust;
    let expected = presentation::Expected {
        audience: AUDIENCE,
        nonce: &nonce(),
        now_ms: NOON_MS + 1_000,
        max_age_ms: 0,
    };
    let proven = presentation::verify(&shown, trust, Some(&expected)).expect("proven");
    assert_eq!(proven.shown, Some(occasion()));
    // Ed25519 signs the same thing in the same way.
    let read: Presentation = codec::decode(&shown).expect("canonical");
    let again = Presentation::sign(
        read.bundle.clone(),
        occasion(),
        &to_show("ALICE", "Register"),
    );
    assert_eq!(again, read);
}

/// Makes new samples, when the format of what is signed was changed on purpose: run it with `--run-ignored only`.
#[test]
#[ignore = "prints new samples for vectors/signed.hex"]
fn print_new_signed_samples() {
    let draft = payment(net());
    let signature = signatures(net(), &draft, &["TOWN-BANK"]).remove(0);
    let keys = vec![one_time("BOB", "sheet").public()];
    let sheet = Sheet::sign(
        &signing_key("BOB"),
        &net().home.network,
        &party("BOB"),
        Purpose::Control,
        keys,
    );
    let bundle = bundle(net(), &draft, 0, 0, &["TOWN-BANK", "ALICE"], |leaf| {
        leaf != 10
    });
    println!(
        "public key of TOWN-BANK: {}",
        hex(signing_key("TOWN-BANK").public().bytes())
    );
    println!("scoped signature: {}", cbor(&signature));
    let attestation = signature.attestation(&draft.views[0].root());
    println!(
        "attestation of view 0: {}",
        cbor(&attestation.expect("vouched for"))
    );
    println!(
        "vouched key: {}",
        one_time("BOB", "bob's two").public().hex()
    );
    println!(
        "voucher of BOB: {}",
        cbor(&voucher(net(), "BOB", "bob's two", 0).voucher)
    );
    println!("sheet of BOB: {}", cbor(&sheet.expect("signed")));
    println!("proof bundle: {}", cbor(&bundle));
    println!("presentation: {}", cbor(&over_18()));
}
