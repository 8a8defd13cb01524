//! Proof bundles: every bit is covered, nothing inside is trusted, and what is shown is all that is told.

use std::collections::BTreeMap;

use deed::Value;
use ledger::bundle::{BundleError, ProofBundle, Proven};
use ledger::codec;
use ledger::fact::FIXED_LEAVES;
use ledger::presentation;
use ledger::signature::Scope;

use crate::formats::{bytes, line};
use crate::payment::{Draft, bundle, found, payment, signatures};
use crate::support::{NOON_MS, Net, net, noise, party, signed, signing_key};

pub(crate) const ATTESTORS: [&str; 2] = ["TOWN-BANK", "ALICE"];

fn good() -> ProofBundle {
    bundle(net(), &payment(net()), 0, 0, &ATTESTORS, |_| true)
}

fn proven(bundle: &ProofBundle) -> Result<Proven, BundleError> {
    presentation::verify(&codec::encode(bundle), &net().trust, None)
}

fn code(bundle: &ProofBundle) -> &'static str {
    proven(bundle).map_or_else(|error| error.code(), |_| "proven")
}

#[test]
fn a_proof_says_who_paid_whom_what_when_and_on_whose_authority() {
    let said = proven(&good()).expect("proven");
    let fields: Vec<String> = said
        .fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let attested: Vec<&str> = said.attested_by.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(
        (said.contract.as_str(), said.kind.as_str()),
        ("coins", "Receipt")
    );
    assert_eq!(
        fields,
        [
            "payer: ALICE",
            r#"payee: "Bob & Sons""#,
            "member: BOB",
            "amount: £5.00",
            r#"purpose: "a door""#,
            r#"note: "SECRET-NOTE""#,
            "number: 1"
        ]
    );
    assert_eq!(said.hidden, Vec::<String>::new());
    assert_eq!(attested, ["The TOWN-BANK", "The ALICE"]);
    assert_eq!((said.time_ms, said.log_index), (NOON_MS, 2));
    let transaction = payment(net()).transaction(net()).opening().id();
    assert_eq!(
        (said.at.transaction, said.at.view, said.at.output),
        (transaction, 0, 0)
    );
}

#[test]
fn any_field_can_be_hidden_but_those_that_name_the_attestors() {
    let draft = payment(net());
    // The receipt's fields are payer, payee, member, amount, purpose, note, number; the payer attests it.
    for field in 0..7 {
        let hidden = FIXED_LEAVES + field;
        let bundle = bundle(net(), &draft, 0, 0, &ATTESTORS, |leaf| leaf != hidden);
        let expected = if field == 0 { "fact" } else { "proven" };
        assert_eq!(code(&bundle), expected, "field {field}");
    }
    let least = bundle(net(), &draft, 0, 0, &ATTESTORS, |leaf| {
        leaf == 0 || leaf == FIXED_LEAVES
    });
    let said = proven(&least).expect("proven");
    assert_eq!(
        said.fields,
        [("payer".to_owned(), Value::Party(party("ALICE")))]
    );
    assert_eq!(
        said.hidden,
        ["payee", "member", "amount", "purpose", "note", "number"]
    );
    let bytes = codec::encode(&least);
    assert!(
        !bytes.windows(6).any(|w| w == b"SECRET"),
        "what is hidden is not in it"
    );
}

#[test]
fn every_bit_is_covered() {
    let bytes = codec::encode(&good());
    assert!(presentation::verify(&bytes, &net().trust, None).is_ok());
    let mut steps: BTreeMap<&str, usize> = BTreeMap::new();
    let mut changed = bytes.clone();
    for bit in 0..bytes.len() * 8 {
        changed[bit / 8] ^= 1 << (bit % 8);
        match presentation::verify(&changed, &net().trust, None) {
            Ok(_) => panic!("bit {bit} of {} is not covered", bytes.len() * 8),
            Err(error) => *steps.entry(error.code()).or_default() += 1,
        }
        changed[bit / 8] ^= 1 << (bit % 8);
    }
    assert_eq!(
        steps.keys().copied().collect::<Vec<_>>(),
        [
            "checkpoint",
            "contract",
            "fact",
            "log",
            "network_map",
            "read",
            "signatures",
            "where_it_belongs"
        ]
    );
}

#[test]
fn a_proof_cut_short_or_lengthened_is_refused() {
    let bytes = codec::encode(&good());
    for end in (0..bytes.len()).step_by(7) {
        let error = presentation::verify(&bytes[..end], &net().trust, None);
        assert_eq!(error.map_err(|e| e.code()), Err("read"), "{end} bytes");
    }
    let longer = [bytes, vec![0]].concat();
    let error = presentation::verify(&longer, &net().trust, None);
    assert_eq!(error.map_err(|e| e.code()), Err("read"));
}

/// A forger rebuilds everything with keys of his own and changes nothing else: the more keys are his, the sooner he fails.
#[test]
fn keys_inside_the_proof_are_never_trusted() {
    let forged = |registrar: &str, notary: &str, members: &str| {
        let net = Net::with(registrar, notary, members);
        code(&bundle(&net, &payment(&net), 0, 0, &ATTESTORS, |_| true))
    };
    assert_eq!(forged("registrar", "notary", "signing key"), "proven");
    assert_eq!(forged("registrar", "his own", "signing key"), "checkpoint");
    assert_eq!(forged("his own", "notary", "signing key"), "network_map");
    assert_eq!(forged("his own", "notary", "his own"), "network_map");
    assert_eq!(forged("his own", "his own", "his own"), "checkpoint");

    // The true directory and log, and signatures by keys of his own.
    let his = Net::with("registrar", "notary", "his own");
    let theirs = crate::payment::bundle(&his, &payment(&his), 0, 0, &ATTESTORS, |_| true);
    let mut bundle = good();
    for (attestor, his) in bundle.attestors.iter_mut().zip(&theirs.attestors) {
        attestor.attestation = his.attestation.clone();
    }
    assert_eq!(code(&bundle), "signatures");
    // The record that would make them good, which is in no directory.
    bundle.attestors = theirs.attestors;
    assert_eq!(code(&bundle), "network_map");
}

#[test]
fn other_networks_notaries_and_contracts_are_refused() {
    let bytes = codec::encode(&good());
    let mut trust = net().trust.clone();
    trust.network.0 = noise("another network");
    let verify = |trust| presentation::verify(&bytes, trust, None).map_err(|e| e.code());
    assert_eq!(verify(&trust), Err("where_it_belongs"));

    let mut trust = net().trust.clone();
    trust.contracts = ledger::trust::ContractBook::default();
    assert_eq!(verify(&trust), Err("contract"));

    let mut trust = net().trust.clone();
    trust.notary = trust.registrar.clone();
    assert_eq!(verify(&trust), Err("where_it_belongs"));
}

/// Adds a signature of `name` over everything that `of` covers.
fn resign(
    bundle: &mut ProofBundle,
    draft: &Draft,
    at: usize,
    name: &str,
    view: usize,
    keep: impl Fn(&Scope) -> bool,
) {
    let net = net();
    let seen = draft.seen(net, &[name]);
    let checked = found(net, &seen, ledger::validity::Standing::Party).expect("valid");
    let scopes = checked
        .scopes(&party(name))
        .into_iter()
        .filter(keep)
        .collect();
    let (key, network) = (signing_key(name), &net.home.network);
    let signature = signed(&key, name, network, &checked.id, scopes);
    let shown = signature.attestation(&checked.opening.roots[view]);
    bundle.attestors[at].attestation = shown.expect("vouched for");
}

#[test]
fn what_a_forger_may_try_with_true_keys_is_refused_at_its_step() {
    type Attack = (&'static str, fn(&mut ProofBundle), &'static str);
    let attacks: [Attack; 18] = [
        ("the true proof", |_| {}, "proven"),
        (
            "another amount",
            |b| {
                let fact = &payment(net()).views[0].created[0];
                let mut other = fact.clone();
                other.fields[3] = crate::support::pounds(6);
                b.fact = other.open(|_| true);
            },
            "log",
        ),
        ("at another place", |b| b.place.output = 1, "log"),
        ("in another view", |b| b.place.view = 1, "log"),
        (
            "of another command or contract",
            |b| b.place.rest = noise("x"),
            "log",
        ),
        (
            "with another window",
            |b| b.place.terms.window.until_ms += 1,
            "log",
        ),
        ("with other tokens", |b| b.place.load = noise("x"), "log"),
        ("a leaf left out", |b| drop(b.fact.shown.pop()), "fact"),
        (
            "a field that the kind has not",
            |b| {
                let mut fact = payment(net()).views[0].created[0].clone();
                fact.fields.push(Value::Absent);
                b.fact = fact.open(|_| true);
            },
            "fact",
        ),
        (
            "an attestor left out",
            |b| drop(b.attestors.pop()),
            "signatures",
        ),
        (
            "one attestor twice",
            |b| b.attestors[1] = b.attestors[0].clone(),
            "signatures",
        ),
        (
            "keys exchanged",
            |b| {
                let other = b.attestors[1].member.clone();
                b.attestors[1].member = std::mem::replace(&mut b.attestors[0].member, other);
            },
            "signatures",
        ),
        (
            "a suite that the member has no key of",
            |b| b.attestors[0].attestation.suite = ledger::signature::Suite::P256_MLDSA65,
            "signatures",
        ),
        (
            "somebody else signs as well",
            |b| {
                let mut other = b.attestors[0].clone();
                other.member = net().member("BOB");
                b.attestors.push(other);
            },
            "signatures",
        ),
        ("nobody signs", |b| b.attestors.clear(), "signatures"),
        (
            "a certificate of another transaction",
            |b| {
                let ids = ["a", "b"].map(|id| ledger::TransactionId(noise(id)));
                b.certificate = net().certify(&ids, NOON_MS).remove(1);
            },
            "log",
        ),
        (
            "certified after its window",
            |b| {
                let id = payment(net()).transaction(net()).opening().id();
                b.certificate = net().certify(&[id], NOON_MS + 60_001).remove(0);
            },
            "time",
        ),
        (
            "certified before its window",
            |b| {
                let id = payment(net()).transaction(net()).opening().id();
                b.certificate = net().certify(&[id], NOON_MS - 30_001).remove(0);
            },
            "time",
        ),
    ];
    for (what, tweak, expected) in attacks {
        let mut bundle = good();
        tweak(&mut bundle);
        assert_eq!(code(&bundle), expected, "{what}");
    }
}

/// Alice signs the receipt as its attestor too; her signature as a mere signer of the same view does not vouch for it.
#[test]
fn a_signature_in_another_capacity_does_not_vouch() {
    use ledger::signature::Role;
    let draft = payment(net());
    let mut bundle = good();
    resign(&mut bundle, &draft, 1, "ALICE", 0, |_| true);
    assert_eq!(code(&bundle), "proven");
    let mere = signatures(net(), &draft, &["ALICE"]).remove(0);
    let receipt = draft.views[0].root();
    let signer = mere.scope.iter().position(|s| s.role == Role::Signer);
    let attestor = mere.scope.iter().position(|s| s.role == Role::Attestor);
    assert!(signer < attestor, "both");
    let only = mere.scope.iter().filter(|s| s.role == Role::Signer);
    let (key, network) = (signing_key("ALICE"), &net().home.network);
    let id = draft.transaction(net()).opening().id();
    let mere = signed(&key, "ALICE", network, &id, only.cloned().collect());
    assert_eq!(mere.attestation(&receipt), None);
    // Her true signature, as if what she signed were that she vouches for it.
    let shown = &mut bundle.attestors[1].attestation;
    (shown.signature, shown.stroke) = (mere.signature, mere.place);
    (shown.scope.index, shown.scope.count) = (0, 1);
    shown.scope.path.clear();
    assert_eq!(code(&bundle), "signatures");
    // The bank vouched for the money, not for the receipt.
    let mut bundle = good();
    resign(&mut bundle, &draft, 0, "TOWN-BANK", 1, |scope| {
        scope.view != receipt
    });
    assert_eq!(code(&bundle), "signatures");
}

#[test]
fn a_directory_that_was_not_in_force_is_refused() {
    let net = net();
    let id = payment(net).transaction(net).opening().id();
    let mut records = net.records.clone();
    records[0].revoked_ms = Some(NOON_MS);
    let revoked = records[0].party.clone();
    let entries = [
        ledger::map::map_entry(&records[..1], NOON_MS - 2),
        ledger::map::map_entry(&records, NOON_MS - 1),
    ];
    let map = net.map_of(&entries);
    let pin = ledger::certificate::MapPin {
        size: 2,
        root: map.log_root(2).expect("a root"),
    };
    assert_eq!(revoked, party("ALICE"), "the first of the directory");

    // The notary decided under the directory in which she is revoked; the proof shows the one before.
    let mut bundle = good();
    bundle.certificate = net.certify_pinned(&[id], NOON_MS, pin).remove(0);
    assert_eq!(code(&bundle), "network_map");
    // Shown truly, her signature counts no more.
    bundle.map = map;
    for (attestor, name) in bundle.attestors.iter_mut().zip(ATTESTORS) {
        let index = records.iter().position(|r| r.party == party(name));
        let proof = ledger::map::MemberProof::of(&records, index.expect("a member"));
        attestor.member = proof.expect("a proof");
    }
    assert_eq!(code(&bundle), "signatures");
    // A moment earlier it did.
    bundle.certificate = net.certify_pinned(&[id], NOON_MS - 1, pin).remove(0);
    assert_eq!(code(&bundle), "proven");
}

#[test]
fn a_directory_older_than_the_signers_had_proves_nothing() {
    let net = net();
    let id = payment(net).transaction(net).opening().id();
    let mut pin = net.pin();
    pin.size -= 1;
    let mut bundle = good();
    bundle.certificate = net.certify_pinned(&[id], NOON_MS, pin).remove(0);
    let error = bundle.verify(&net.trust).expect_err("too old");
    assert_eq!(
        error.to_string(),
        "the network map: the notary decided under an older directory than the transaction asks for"
    );
}

#[test]
fn a_coin_can_be_proven_too() {
    let draft = payment(net());
    let bundle = bundle(net(), &draft, 1, 0, &["TOWN-BANK"], |leaf| {
        leaf != 1 && leaf != 2
    });
    let said = proven(&bundle).expect("proven");
    assert_eq!(said.kind, "Coin");
    assert_eq!(said.at.view, 1);
}

#[test]
fn a_proof_in_another_format_is_refused_in_words() {
    let file = include_str!("../vectors/format-1.hex");
    let old = bytes(line(file, "proof bundle of format 1"));
    let error = presentation::verify(&old, &net().trust, None).expect_err("of format 1");
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        (
            "where_it_belongs",
            "where it belongs: the proof is in format 1, and this version reads format 2"
        )
    );
    let mut bundle = good();
    bundle.format = 3;
    assert_eq!(code(&bundle), "where_it_belongs");
    let mut bundle = good();
    bundle.place.terms.format = 1;
    assert_eq!(code(&bundle), "where_it_belongs");
}
