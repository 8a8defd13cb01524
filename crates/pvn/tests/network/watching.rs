//! A running notary's log, witnessed, copied, read by an independent client, and watched while it lies.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value as Json, json};
use tlog::{
    Checkpoint, EntryBundle, Hash, Note, NoteSigner, Origin, Tile, VerifierKey, build_tiles,
    encode_entries, leaf_hash, merkle_root,
};

use crate::support::client::Client;
use crate::support::demo::Demo;
use crate::support::patience::{LONG, until};
use crate::support::process::{Running, Said, command_line, pvn, run, signal, text};
use crate::support::town::Place;
use crate::support::{alone, first_port};

/// A witness, up and listening.
struct Witness {
    url: String,
    key: String,
    process: Running,
}

fn witness(folder: &Path, trust: &Path) -> Witness {
    let data = folder.join("witness");
    let made = ["witness", "init", "--name", "witness.example/w1", "--data"];
    let key = Said::by(pvn().args(made).arg(&data))
        .done()
        .trim()
        .to_owned();
    let address = SocketAddr::from(([127, 0, 0, 1], first_port() + 60));
    let mut command = pvn();
    command.args([
        "witness",
        "run",
        "--log",
        text(trust),
        "--data",
        text(&data),
    ]);
    command.args(["--listen", &address.to_string()]);
    let process = Running::start(&mut command, &folder.join("witness.log"));
    until("the witness to come up", LONG, || {
        TcpStream::connect(address).ok()
    });
    Witness {
        url: format!("http://{address}"),
        key,
        process,
    }
}

/// Starts the notary again with these lines more in its configuration.
fn configured((place, id): &(Place, u32), lines: &str) -> Running {
    signal(*id, rustix::process::Signal::TERM);
    until("the notary to stop", LONG, || {
        command_line(*id).is_empty().then_some(())
    });
    let config = fs::read_to_string(place.config()).expect("a file");
    fs::write(place.config(), format!("{config}\n{lines}\n")).expect("a file");
    let mut command = pvn();
    command.args(["run", "--config", text(&place.config())]);
    let running = Running::start(&mut command, &place.log());
    let address = place.http.expect("an address");
    until("the notary to come up", LONG, || {
        TcpStream::connect(address).ok()
    });
    running
}

/// What the independent client says of a log; nothing, and said so, where Go isn't.
fn independent(url: &str, keys: &[&str]) -> Option<Json> {
    let there = Path::new("/usr/share/gocode/src/golang.org/x/mod/sumdb").is_dir();
    let go = Command::new("go").arg("version").output();
    if !there || go.is_err() {
        assert!(
            std::env::var_os("PVN_NEEDS_GO").is_none(),
            "Go or golang-golang-x-mod-dev is not here, and PVN_NEEDS_GO is set"
        );
        println!(
            "NOT TESTED: the independent client of logs needs golang-go and golang-golang-x-mod-dev"
        );
        return None;
    }
    let client = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scripts/tlog-client");
    let mut command = Command::new("go");
    command
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .args(["run", "main.go", url])
        .args(keys)
        .current_dir(client);
    Some(Said::by(&mut command).json())
}

/// What the notary itself would show to somebody else, were it to lie: its last entry another one, signed by its own key.
fn another_history(notary: &Place, copy: &Path, to: &Path) {
    let key = fs::read_to_string(notary.data.join("keys/log")).expect("the notary's key");
    let key = NoteSigner::parse(key.trim()).expect("a key");
    let note = Note::parse(&fs::read(copy.join("checkpoint")).expect("a file")).expect("a note");
    let shown = Checkpoint::parse(note.unverified_text().as_str()).expect("a checkpoint");
    let bundle = EntryBundle::in_log(0, shown.size()).expect("in the log");
    let bytes = fs::read(copy.join(bundle.to_string())).expect("a file");
    let mut entries: Vec<Vec<u8>> = bundle
        .decode(&bytes)
        .expect("entries")
        .into_iter()
        .map(<[u8]>::to_vec)
        .collect();
    // The end of a batch's entry is the hash of its tokens.
    let last = entries.last_mut().and_then(|entry| entry.last_mut());
    *last.expect("an entry") ^= 1;
    let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let write = |file: String, bytes: Vec<u8>| {
        let path = to.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    };
    for (tile, hashes) in build_tiles(&leaves) {
        write(tile.to_string(), Tile::encode(&hashes));
    }
    write(bundle.to_string(), encode_entries(&entries).expect("short"));
    let origin = Origin::new(shown.origin().as_str()).expect("an origin");
    let lie = Checkpoint::new(origin, shown.size(), merkle_root(&leaves)).expect("a checkpoint");
    write(
        "checkpoint".to_owned(),
        lie.sign(&key).expect("signs").to_string().into_bytes(),
    );
}

#[test]
fn a_log_is_witnessed_copied_and_read_by_others_and_a_split_view_raises_an_alarm() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let demo = Demo::play(&folder.join("demo"), 1);
    demo.wait_until_quiet(5);
    let trust = folder.join("network.trust");
    fs::write(&trust, demo.portal().client().get("/network.trust").body).expect("a file");
    let witness = witness(folder, &trust);
    let mut members = demo.members.iter();
    let notary = members.find(|(p, _)| p.role == "notary").expect("a notary");
    let lines = format!("[log]\nwitnesses = [\"{} {}\"]", witness.url, witness.key);
    let again = configured(notary, &lines);
    let (log, url) = (
        notary.0.client(),
        format!("http://{}", notary.0.http.expect("an address")),
    );

    // The witness's line is with the log's, and both hold.
    let note = until("the witness's line", LONG, || {
        let answer = log.get("/witnessed/checkpoint");
        (answer.status == 200).then_some(answer.body)
    });
    let keys = [log_key(&trust), witness.key.clone()];
    let known = keys
        .clone()
        .map(|key| VerifierKey::parse(&key).expect("a key"));
    let note = Note::parse(&note).expect("a note");
    assert!(note.verify_enough(&known, known.len()).is_ok(), "{note}");

    // Somebody else's client reads all of it.
    let entries = Checkpoint::parse(note.unverified_text().as_str())
        .expect("a checkpoint")
        .size();
    if let Some(said) = independent(&format!("{url}/witnessed"), &[&keys[0], &keys[1]]) {
        assert_eq!(
            said,
            json!({ "valid": true, "entries": entries, "signatures": 2 })
        );
        let stranger = "notary.example+31d1cd3d+AeVnPqnZeGZkZgLcvZTPxhZDRgBN9vwwLDUKwwrzFrJz";
        let said = independent(&url, &[stranger]).expect("Go is here");
        assert_eq!(said["valid"], json!(false), "{said}");
    }

    // A copy is the log, and a copy of the copy too.
    let (copy, trust) = (folder.join("copy"), text(&trust));
    run([
        "log",
        "export",
        "--from",
        &url,
        "--to",
        text(&copy),
        "--trust",
        trust,
    ])
    .done();
    let said = run(["log", "verify", text(&copy), "--trust", trust]).done();
    assert_eq!(
        said,
        format!(
            "VALID: {entries} entries and their tiles lead to the checkpoint that the log signed\n"
        )
    );

    // Whoever watches is content, until one source shows another history.
    let watch = folder.join("watch");
    let look = |source: &str| {
        let mut command = pvn();
        command.args(["monitor", "run", "--once", "--json", "--trust", trust]);
        command.args(["--data", text(&watch), "--witness", &witness.url]);
        command.args(["--source", &url, "--source", source]);
        Said::by(&mut command)
    };
    let content = look(text(&copy));
    assert_eq!(content.code, 0, "{content:?}");
    let said = json!({ "entries": entries, "alarms": [], "unread": [] });
    assert_eq!(content.json(), said);
    let lie = folder.join("lie");
    another_history(&notary.0, &copy, &lie);
    let alarmed = look(text(&lie));
    assert_eq!(alarmed.code, 2, "{alarmed:?}");
    let alarms = &alarmed.json()["alarms"];
    assert_eq!(
        (&alarms[0]["code"], &alarms[1]),
        (&json!("split_view"), &Json::Null)
    );

    // The evidence convinces whoever has the trust file, and nobody is convinced by less.
    let file = alarms[0]["file"].as_str().expect("a file");
    let shown = run(["monitor", "check", file, "--trust", trust]).done();
    let expected = format!(
        "PROVEN: The log {} signed two histories: after {entries} entries",
        known[0].name()
    );
    assert_eq!(shown.get(..expected.len()), Some(expected.as_str()));
    let mut forged: Json = serde_json::from_slice(&fs::read(file).expect("a file")).expect("JSON");
    forged["evidence"]["second"] = forged["evidence"]["first"].clone();
    let bent = folder.join("forged.json");
    fs::write(&bent, forged.to_string()).expect("a file");
    let said = run(["monitor", "check", text(&bent), "--trust", trust]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (
            1,
            "NOT PROVEN: the proof does not lead to the second checkpoint\n"
        )
    );

    // The witness does not cosign the lie.
    let lie = fs::read_to_string(lie.join("checkpoint")).expect("a file");
    let witness_client =
        Client::stranger(witness.url["http://".len()..].parse().expect("an address"));
    let answer = witness_client.post_text("/add-checkpoint", &format!("old {entries}\n\n{lie}"));
    assert_eq!(
        (answer.status, answer.body),
        (409, format!("{entries}\n").into_bytes())
    );

    assert_eq!(witness.process.stop(), Some(0));
    assert_eq!(again.stop(), Some(0));
    demo.stop();
}

/// The notary's own key in a trust file.
fn log_key(trust: &Path) -> String {
    let trust: Json = serde_json::from_slice(&fs::read(trust).expect("a file")).expect("JSON");
    trust["notary"][0].as_str().expect("a key").to_owned()
}
