//! Need-to-know: a proof of some fields says nothing else, in no byte and not by its length.

use std::collections::BTreeMap;

use dcbor::{CBOR, CBORCase};
use deed::Value;
use ledger::bundle::{Attestor, Place, ProofBundle};
use ledger::codec;
use ledger::control::Control;
use ledger::fact::{DueRef, FIXED_LEAVES, Fact};
use ledger::signature::{PublicKey, Role, Scope, Suite};
use ledger::view::{Command, View};

use crate::payment::{input, payment};
use crate::support::{NOON_MS, net, noise, one_time, party, pounds, signed, text};

/// What a stranger is not told.
#[derive(Clone)]
struct Secrets {
    fact: Fact,
    command: Command,
    inputs: usize,
    created: usize,
    scopes: Vec<Role>,
}

fn secrets() -> Secrets {
    Secrets {
        fact: payment(net()).views[0].created[0].clone(),
        command: Command::Action(0, Vec::new()),
        inputs: 0,
        created: 4,
        scopes: vec![Role::Attestor, Role::Signer],
    }
}

/// A proof of who paid and how much, by the bank and the payer.
fn proof(secrets: &Secrets) -> ProofBundle {
    let net = net();
    let mut created = vec![secrets.fact.clone()];
    created.resize(secrets.created, payment(net).views[1].created[0].clone());
    let inputs = (0..secrets.inputs).map(|i| input(net, "ALICE", 1, &format!("pound {i}")));
    let view = View {
        ordinal: 0,
        salt: noise(&format!("view {}", secrets.inputs)),
        contract: net.coins,
        command: secrets.command.clone(),
        consumed: inputs.collect(),
        referenced: Vec::new(),
        created,
    };
    let mut transaction = payment(net).transaction(net);
    transaction.views[0] = view.clone();
    let opening = transaction.opening();
    let (id, root) = (opening.id(), opening.roots[0]);
    let attestor = |name: &str| {
        let scopes = secrets.scopes.iter().map(|role| Scope {
            view: root,
            role: role.clone(),
        });
        let network = &net.home.network;
        let signature = signed(&net.key(name), name, network, &id, scopes.collect());
        Attestor {
            member: net.member(name),
            attestation: signature.attestation(&root).expect("vouched for"),
        }
    };
    let shown = |leaf| [0, FIXED_LEAVES, FIXED_LEAVES + 3].contains(&leaf);
    ProofBundle {
        format: 2,
        place: Place::of(&opening, 0, &view.hashes(), 0).expect("a place"),
        fact: secrets.fact.open(shown),
        attestors: ["TOWN-BANK", "ALICE"].map(attestor).to_vec(),
        map: net.map.clone(),
        certificate: net.certify(&[id], NOON_MS).remove(0),
    }
}

/// The proof's bytes, with what looks random masked: hashes, paths, salts, signatures, and the signed notes.
pub(crate) fn masked(bundle: &ProofBundle) -> Vec<String> {
    let mut bundle = bundle.clone();
    for attestor in &mut bundle.attestors {
        // In the order of salted hashes.
        attestor.attestation.scope.index = 0;
    }
    let bytes = codec::encode(&bundle);
    let mut words = Vec::new();
    write(
        &CBOR::try_from_data(&bytes).expect("deterministic"),
        &mut words,
    );
    words
}

fn write(cbor: &CBOR, words: &mut Vec<String>) {
    match cbor.as_case() {
        CBORCase::Array(items) => {
            words.push(format!("an array of {}", items.len()));
            items.iter().for_each(|item| write(item, words));
        }
        CBORCase::ByteString(bytes) if bytes.len() % 32 == 0 => {
            words.push(format!("{} random bytes", bytes.len()));
        }
        CBORCase::Text(note) if note.contains('\n') => {
            words.push(format!("a note of {} bytes", note.len()));
        }
        _ => words.push(cbor.diagnostic_flat()),
    }
}

#[test]
fn nothing_else_is_told() {
    type Tweak = fn(&mut Secrets);
    let tweaks: [(&str, Tweak); 17] = [
        ("other words", |s| {
            s.fact.fields[1] = text("x".repeat(999).as_str())
        }),
        ("a field absent", |s| s.fact.fields[2] = Value::Absent),
        ("all of them absent", |s| {
            for field in [1, 2, 4, 5, 6] {
                s.fact.fields[field] = Value::Absent;
            }
        }),
        ("an empty list", |s| s.fact.fields[4] = list(0)),
        ("a list of one", |s| s.fact.fields[4] = list(1)),
        ("a list of 4,095", |s| s.fact.fields[4] = list(4_095)),
        ("another number", |s| {
            s.fact.fields[6] = Value::Int(i64::MIN)
        }),
        ("a controller", |s| {
            s.fact.control = Control::key(one_time("BOB", "a key").public());
        }),
        ("a due", |s| {
            s.fact.due = Some(DueRef {
                view: 1,
                position: 7,
            });
        }),
        ("a holder", |s| {
            s.fact.holder = PublicKey::new(Suite::ED25519, noise("holder").0.to_vec()).ok();
        }),
        ("one fact less made with it", |s| s.created = 3),
        ("a fact used up for it", |s| s.inputs = 1),
        ("nine facts used up for it", |s| s.inputs = 9),
        ("another command", |s| s.command = Command::Move(0)),
        ("arguments", |s| {
            s.command = Command::Action(3, vec![text("SECRET"), pounds(5)]);
        }),
        ("another capacity besides", |s| {
            s.scopes = vec![Role::Attestor, Role::Receiver(vec![0, 1, 2])];
        }),
        ("another salt", |s| s.fact.salt = noise("another")),
    ];
    let expected = masked(&proof(&secrets()));
    let proven = proof(&secrets()).verify(&net().trust).expect("proven");
    let fields: BTreeMap<String, Value> = proven.fields.into_iter().collect();
    let told = [
        ("amount".to_owned(), pounds(5)),
        ("payer".to_owned(), Value::Party(party("ALICE"))),
    ];
    assert_eq!(fields, BTreeMap::from(told));
    for (what, tweak) in tweaks {
        let mut other = secrets();
        tweak(&mut other);
        let bundle = proof(&other);
        assert!(bundle.verify(&net().trust).is_ok(), "{what}");
        assert_eq!(masked(&bundle), expected, "{what}");
    }
    // The mask hides no difference that there is: what is shown, and the powers of two.
    let mut other = secrets();
    other.fact.fields[3] = pounds(6);
    assert_ne!(masked(&proof(&other)), expected, "the amount shown");
    let mut other = secrets();
    other.created = 5;
    assert_ne!(masked(&proof(&other)), expected, "more than four made");
}

/// One item of a list is proven, and told as a part of it; the others and their number are not.
#[test]
fn a_part_of_a_list_is_told_as_a_part() {
    let told = |items: usize| {
        let mut secrets = secrets();
        secrets.fact.fields[4] = list(items);
        let mut bundle = proof(&secrets);
        let shown = [0, FIXED_LEAVES, FIXED_LEAVES + 4];
        let list = secrets.fact.open(|leaf| shown.contains(&leaf));
        let part = list.narrow_list(4, false, |item| item == 17);
        bundle.fact = part.expect("an item");
        let proven = bundle.verify(&net().trust).expect("proven");
        let parts: Vec<_> = proven
            .parts
            .into_iter()
            .map(|(name, part)| {
                let items = part.items.into_iter().map(|i| (i.index, i.value));
                (name, part.length, items.collect::<Vec<_>>())
            })
            .collect();
        let expected = ("purpose".to_owned(), None, vec![(17, Value::Bool(true))]);
        assert_eq!(parts, [expected]);
        assert_eq!(
            proven.hidden,
            ["payee", "member", "amount", "note", "number"]
        );
        masked(&bundle)
    };
    assert_eq!(told(18), told(4_096));
}

fn list(items: usize) -> Value {
    Value::List(vec![Value::Bool(true); items])
}

/// A stranger who knows the view can't find out by trying what else the attestor signed of it.
#[test]
fn what_else_was_signed_cannot_be_guessed() {
    let bundle = proof(&secrets());
    let attestation = &bundle.attestors[0].attestation;
    assert_eq!(attestation.scope.count, 2);
    let commitment = bundle.fact.commitment().expect("well formed");
    let (root, id) = bundle.place.resolve(commitment).expect("a place");
    let (bank, network) = (party("TOWN-BANK"), &net().home.network);
    let key = net().key("TOWN-BANK");
    let holds =
        |a: &ledger::signature::Attestation| a.verifies(&bank, key.public(), network, &id, &root);
    assert!(holds(attestation));
    let guess = codec::encode(&Scope {
        view: root,
        role: Role::Signer,
    });
    for salt in [vec![], attestation.salt.0.to_vec(), vec![0; 32]] {
        let guessed = ledger::Digest::of(&[&[0x38], &salt, &guess]);
        assert_ne!(attestation.scope.path, [guessed]);
    }
}

/// Every tag of every level of every tree, each for one thing: no hash has two readings.
#[test]
fn no_two_levels_share_a_tag() {
    let mut uses: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source");
            for line in text.lines() {
                let tags = line
                    .match_indices("[0x")
                    .chain(line.match_indices("u8 = 0x"));
                for (at, _) in tags {
                    let tag = line[at..]
                        .split("0x")
                        .nth(1)
                        .map(|rest| rest[..2].to_owned());
                    let place = format!("{}: {}", path.display(), line.trim());
                    uses.entry(tag.expect("a tag")).or_default().push(place);
                }
            }
        }
    }
    let twice: Vec<_> = uses.iter().filter(|(_, places)| places.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:#?}");
    let tags: Vec<&str> = uses.keys().map(String::as_str).collect();
    assert_eq!(
        tags.join(" "),
        "00 01 02 03 04 06 10 20 22 27 28 30 31 32 33 34 35 36 37 38 39 40 41 50 51 52 53 54 55 60 61 62 70 71"
    );
}
