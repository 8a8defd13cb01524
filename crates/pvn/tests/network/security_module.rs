//! A node whose ledger key is in a security module takes part like any other, and says what is wrong with the module.

use std::fs;
use std::path::Path;
use std::process::Command;

use api::Instruction;
use ledger::codec;
use ledger::signature::{PublicKey, Suite};
use protocol::directory::Snapshot;
use serde_json::json;

use crate::support::client::instruction;
use crate::support::joining::Newcomer;
use crate::support::patience::{LONG, until};
use crate::support::process::{Said, text};
use crate::support::softhsm::SoftHsm;
use crate::support::town::Town;
use crate::support::{alone, fixture};

const PAYER: &str = "T-ALDER";
const PAYEE: &str = "T-BIRCH";
const REGISTRY: &str = "T-CEDAR";
const TOKEN: &str = "alder council";
const PIN: &str = "246810";

const ALDER: Newcomer<'_> = Newcomer {
    role: "node",
    party: PAYER,
    name: "Alder",
};

fn town(folder: &Path) -> Town {
    let node = |party, name| Newcomer {
        role: "node",
        party,
        name,
    };
    let members = [
        Newcomer {
            role: "notary",
            party: "T-NOTARY",
            name: "Notary",
        },
        node(PAYEE, "Birch"),
        node(REGISTRY, "Cedar"),
        node("T-DAISY", "Daisy"),
    ];
    Town::found(folder, &fixture("private.deed"), &members)
}

fn agree(number: i64) -> Instruction {
    let args = [
        ("first", json!(PAYER)),
        ("second", json!(PAYEE)),
        ("secret", json!("x")),
        ("price", json!("1.00")),
        ("number", json!(number)),
    ];
    let key = format!("agree {number}");
    instruction(&key, PAYER, "private_matters", "Agree", args)
}

fn fund(town: &Town) {
    let amount = || ("amount", json!("900.00"));
    let endow = instruction("endow", REGISTRY, "private_matters", "Endow", [amount()]);
    let receiver = ("receiver", json!(PAYER));
    let args = [receiver, amount()];
    let fund = instruction("fund", REGISTRY, "private_matters", "Fund", args);
    town.client(REGISTRY).settle(&[endow]);
    town.client(REGISTRY).settle(&[fund]);
}

/// `[keys]` as options of `pvn join`.
fn keys(command: &mut Command, library: &Path, token: &str, pin_file: &Path) {
    command.args(["--key-module", text(library), "--key-token", token]);
    command.args(["--key-pin-file", text(pin_file)]);
}

/// What a command says that is to fail.
fn refused(command: &mut Command) -> String {
    let said = Said::by(command);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    said.err
}

#[test]
fn a_key_in_a_security_module_pays_and_its_troubles_are_named() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let outside = fs::canonicalize(folder.path()).expect("a folder");
    let Some(module) = SoftHsm::new(&outside.join("module")) else {
        return;
    };
    module.token(TOKEN, PIN);
    module.token("spare", PIN);
    let mut town = town(folder.path());
    let (pin, wrong, open) = (
        module.pin("pin", PIN, 0o600),
        module.pin("wrong", "999999", 0o600),
        module.pin("open", PIN, 0o644),
    );
    let contract = fixture("private.deed");

    // None of these uses the invitation up.
    let invitation = town.invite(&ALDER);
    let nowhere = outside.join("nowhere.so");
    let joining = |town: &mut Town, library: &Path, token: &str, pin: &Path| {
        let (mut command, place) = town.join(&ALDER, &invitation);
        command.env("SOFTHSM2_CONF", outside.join("module/softhsm2.conf"));
        keys(&mut command, library, token, pin);
        (command, place)
    };
    let table = [
        (
            joining(&mut town, &nowhere, TOKEN, &pin),
            format!(
                "pvn: {} can't be read: No such file or directory (os error 2)\n",
                nowhere.display()
            ),
        ),
        (
            joining(&mut town, &contract, TOKEN, &pin),
            format!(
                "pvn: {path} is not a PKCS#11 library that can be used here (libloading error ({path}: invalid ELF header)): \
                 set `module` to the one that came with the security module\n",
                path = fs::canonicalize(&contract).expect("a file").display()
            ),
        ),
        (
            joining(&mut town, &module.library, "elder council", &pin),
            "pvn: the security module has no token \"elder council\"; it has \"alder council\", \"spare\": put the token in, \
             or set `token` to its label\n"
                .to_owned(),
        ),
        (
            joining(&mut town, &module.library, TOKEN, &wrong),
            format!(
                "pvn: the token \"alder council\" refuses the PIN in {}: put the right one there and start again; it is not \
                 tried a second time, since tokens lock themselves\n",
                wrong.display()
            ),
        ),
        (
            joining(&mut town, &module.library, TOKEN, &open),
            format!(
                "pvn: {} can be read by others (mode 644): make sure nobody has, then run `chmod 600` on it\n",
                open.display()
            ),
        ),
    ];
    for ((mut command, _), expected) in table {
        let mut said = refused(&mut command);
        // The order of tokens is the module's.
        said = said.replace(
            "\"spare\", \"alder council\"",
            "\"alder council\", \"spare\"",
        );
        assert_eq!(said, expected);
    }
    let (mut command, place) = joining(&mut town, &module.library, TOKEN, &pin);
    let said = Said::by(&mut command).done();
    let first = said.lines().next().unwrap_or_default();
    assert_eq!(
        first,
        format!(
            "Alder is a member of town.example. Its keys are in {} and in the security module's token \"alder council\" and \
             never left it.",
            place.data.display()
        )
    );
    assert!(!place.data.join("keys/ledger-T-ALDER.pem").exists());
    town.places.push(place.clone());
    town.launch_by(PAYER, module.pvn());
    town.wait_until_up(PAYER);
    town.wait_until_known();

    // What is stored of the private key: sensitive, and never extractable.
    let objects = module.objects();
    let said_of = |object: &str, name: &str| {
        let after = object.split(name).nth(1).unwrap_or_default();
        let mut words = after.split_whitespace();
        words
            .find(|w| matches!(*w, "TRUE" | "FALSE"))
            .map(str::to_owned)
    };
    let private: Vec<_> = objects
        .iter()
        .filter(|object| object.contains("CKA_EXTRACTABLE"))
        .map(|o| {
            ["CKA_SENSITIVE", "CKA_EXTRACTABLE", "CKA_NEVER_EXTRACTABLE"].map(|n| said_of(o, n))
        })
        .collect();
    let (yes, no) = (Some("TRUE".to_owned()), Some("FALSE".to_owned()));
    assert_eq!(private, [[yes.clone(), no, yes]], "{objects:?}");

    // It is paid, and pays.
    fund(&town);
    town.client(PAYER).settle(&[agree(1)]);
    town.wait_until_quiet();

    // Without the token, nothing is signed and nobody has half a transaction; with it, the same instruction goes on.
    let gone = outside.join("gone");
    fs::rename(module.tokens(), &gone).expect("the token is taken out");
    fs::create_dir(module.tokens()).expect("an empty reader");
    let client = town.client(PAYER);
    assert!(client.instruct(&[agree(2)]).is_none());
    let health = until("the node to say what is missing", LONG, || {
        let answer = client.try_get("/health").filter(|a| a.status == 503)?;
        String::from_utf8(answer.body)
            .ok()
            .filter(|b| b.contains("token"))
    });
    assert!(
        health.contains("the security module has no token"),
        "{health}"
    );
    for party in [PAYEE, REGISTRY] {
        // What was drafted may wait for its drafter to hear it; nothing is signed.
        let open = town.client(party).status().open;
        assert_eq!(
            (open.driving, open.signed, open.queued),
            (0, 0, 0),
            "{party}"
        );
    }
    fs::remove_dir(module.tokens()).expect("an empty folder");
    fs::rename(&gone, module.tokens()).expect("the token is put back");
    client.settle(&[agree(2)]);
    town.wait_until_quiet();

    // A node that was admitted with a key in a token begins with no other.
    town.stop(PAYER);
    let run = || {
        let mut command = module.pvn();
        command.args(["run", "--config", text(&place.config())]);
        refused(&mut command)
    };
    let config = fs::read_to_string(place.config()).expect("a file");
    let with = |from: &str, to: &str| {
        assert!(config.contains(from), "{config}");
        fs::write(place.config(), config.replace(from, to)).expect("a file");
    };
    with(&format!("token = \"{TOKEN}\""), "token = \"spare\"");
    assert_eq!(
        run(),
        "pvn: the token \"spare\" does not hold the key \"ledger-T-ALDER\", with which this node was admitted: put back the \
         token that does, or restore the key from the module's own backup\n"
    );
    let without = config
        .split("# The ledger keys are")
        .next()
        .expect("a part");
    fs::write(place.config(), without).expect("a file");
    assert_eq!(
        run(),
        "pvn: the key with which T-ALDER was admitted is in a security module: put `[keys]` back into the configuration\n"
    );
    with(text(&pin), text(&wrong));
    let said = run();
    assert_eq!(
        said.split(" in ").next(),
        Some("pvn: the token \"alder council\" refuses the PIN")
    );
    with(text(&module.library), text(&nowhere));
    let said = run();
    assert_eq!(
        said.split("`module` ").nth(1),
        Some(format!("names {}, where there is no file\n", nowhere.display()).as_str())
    );
    fs::write(place.config(), &config).expect("a file");
    town.launch_by(PAYER, module.pvn());
    town.wait_until_up(PAYER);
    town.client(PAYER).settle(&[agree(3)]);
    town.wait_until_quiet();

    // The key in the module becomes half of a stronger one, which stands in the directory beside it from then on.
    town.stop(PAYER);
    let stronger = format!("signatures = \"both\"\n{config}");
    fs::write(place.config(), stronger).expect("a file");
    town.launch_by(PAYER, module.pvn());
    town.wait_until_up(PAYER);
    let directory = town.place(PAYEE).data.join("directory");
    let keys = until("the directory to have both keys", LONG, || {
        let bytes = fs::read(&directory).expect("a directory");
        let snapshot: Snapshot = codec::decode(&bytes).ok()?;
        let record = snapshot
            .records
            .iter()
            .find(|r| r.party.as_str() == PAYER)?;
        record.keys.of(Suite::P256_MLDSA65)?;
        Some(record.keys.clone())
    });
    let [first, both] = [Suite::P256, Suite::P256_MLDSA65].map(|suite| keys.of(suite));
    assert_eq!(
        first.map(PublicKey::bytes),
        both.and_then(|key| key.bytes().get(..65))
    );
    town.client(PAYER).settle(&[agree(4)]);
    town.wait_until_quiet();
    let held = |party| {
        let status = town.client(party).status();
        let each = status
            .holdings
            .iter()
            .map(|h| h.free_minor + h.locked_minor);
        each.sum::<i64>()
    };
    assert_eq!((held(PAYER), held(PAYEE)), (89_600, 400));
    town.assert_clean();
    town.stop_all();
}
