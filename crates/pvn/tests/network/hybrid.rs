//! The logs of a running network begin to sign with P-256 and ML-DSA-65 beside Ed25519, while it goes on.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rustix::process::Signal;
use serde_json::{Value as Json, json};

use crate::support::alone;
use crate::support::books::open_year;
use crate::support::client::{Client, instruction};
use crate::support::demo::Demo;
use crate::support::patience::{LONG, until};
use crate::support::process::{Running, command_line, pvn, run, signal, text};
use crate::support::town::Place;

const LEEDS: &str = "GB-LAE-LDS";

/// The portal's payments: their proofs by their ids.
fn payments(portal: &Client) -> BTreeMap<String, Vec<u8>> {
    let list = portal.get("/data/payments.csv").body;
    let rows = csv::Reader::from_reader(list.as_slice())
        .deserialize::<BTreeMap<String, String>>()
        .map(|row| row.expect("a row"))
        .collect::<Vec<_>>();
    rows.iter()
        .map(|row| (row["id"].clone(), portal.get(&row["proof"]).body))
        .collect()
}

/// The step at which a proof fails under a trust file; none if it holds.
fn fails_at(folder: &Path, proof: &[u8], trust: &Json) -> Option<String> {
    let (proof_file, trust_file) = (folder.join("a.proof"), folder.join("a.trust"));
    fs::write(&proof_file, proof).expect("a file");
    fs::write(&trust_file, trust.to_string()).expect("a file");
    let said = run([
        "verify",
        "--json",
        text(&proof_file),
        "--trust",
        text(&trust_file),
    ]);
    let said = said.json();
    said["step"].as_str().map(str::to_owned)
}

/// Starts a process again with these settings as well.
fn start_again((place, id): &(Place, u32), settings: &str) -> Running {
    signal(*id, Signal::TERM);
    let address = place.http.unwrap_or(place.peer);
    // Its port is free before it has let go of its data folder.
    until("a process to stop", LONG, || {
        command_line(*id).is_empty().then_some(())
    });
    let config = fs::read_to_string(place.config()).expect("a file");
    fs::write(place.config(), format!("{config}{settings}")).expect("a file");
    let mut command = pvn();
    command.args(["run", "--config", text(&place.config())]);
    let running = Running::start(&mut command, &place.log());
    until("a process to come up", LONG, || {
        std::net::TcpStream::connect(address).ok()
    });
    running
}

#[test]
fn logs_of_a_running_network_begin_to_sign_with_both() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::play(&folder.path().join("demo"), 1);
    demo.wait_until_quiet(5);
    let portal = demo.portal().client();
    let trust = || portal.json("/network.trust");
    let of = |role: &str| {
        let mut members = demo.members.iter();
        members.find(|(p, _)| p.role == role).expect("a process")
    };
    let log = of("notary").0.client();
    let checkpoint = || {
        let note = String::from_utf8(log.get("/checkpoint").body).expect("text");
        let (text, lines) = note.split_once("\n\n").expect("a note");
        let size = text
            .lines()
            .nth(1)
            .map(|size| size.parse::<u64>().expect("a size"));
        (size.expect("a size"), lines.lines().count())
    };
    let before = (payments(&portal), trust(), checkpoint());
    let (size, lines) = before.2;
    assert_eq!(lines, 1);
    let leaves = || log.get(&format!("/tile/0/000.p/{size}"));
    let (status, hashes) = (leaves().status, leaves().body);
    assert_eq!(status, 200);

    let again =
        ["registrar", "notary"].map(|role| start_again(of(role), "\n[log]\nhybrid = true\n"));
    let both = until("the trust file to ask for both", LONG, || {
        let now = trust();
        let keys = ["registrar", "notary"].map(|log| now[log].as_array().map(Vec::len));
        (keys == [Some(2), Some(2)]).then_some(now)
    });
    let bread = [
        ("payer", json!(LEEDS)),
        ("payee", json!("A bakery")),
        ("amount", json!("1.23")),
        ("published", json!("2025-04-02")),
        ("purpose", json!("Bread")),
        ("function", json!("")),
        ("service_line", json!("unclassified")),
        ("source", json!("a letter")),
        ("period", json!("2025-04")),
        ("ordinal", json!(1)),
        ("reference", json!("1")),
        ("year", json!(open_year())),
    ];
    let bread = instruction("bread", LEEDS, "public_money", "Spend", bread);
    demo.of(LEEDS).client().settle(&[bread]);
    demo.wait_until_quiet(6);

    // One log, with the same name, founder and leaves, and a line more.
    for name in ["network", "founded_by"] {
        assert_eq!(both[name], before.1[name]);
    }
    for log in ["registrar", "notary"] {
        assert_eq!(both[log][0], before.1[log][0]);
    }
    let (grown, lines) = checkpoint();
    assert_eq!((grown > size, lines), (true, 2));
    assert_eq!(leaves().body, hashes);

    // Who asks for both gets both; who asks for one is not shown more than it can check.
    let after = payments(&portal);
    let (id, new) = after
        .iter()
        .find(|(id, _)| !before.0.contains_key(*id))
        .expect("the bread");
    let old = before.0.values().next().expect("a payment");
    let refused = Some("checkpoint".to_owned());
    for (proof, trust, expected) in [
        (old, &before.1, None),
        (new, &both, None),
        (old, &both, refused.clone()),
        (new, &before.1, refused),
    ] {
        assert_eq!(fails_at(folder.path(), proof, trust), expected, "{id}");
    }
    // An old proof is signed anew by any node, and says the same.
    let (stale, fresh) = (folder.path().join("stale"), folder.path().join("fresh"));
    fs::write(&stale, old).expect("a file");
    let data = folder.path().join("demo");
    let refresh = |output: &Path| {
        run([
            "proof",
            "refresh",
            text(&stale),
            "-o",
            text(output),
            "--data",
            text(&data),
        ])
    };
    refresh(&fresh).done();
    let fresh = fs::read(&fresh).expect("a proof");
    assert_eq!(fails_at(folder.path(), &fresh, &both), None);
    fs::write(&stale, &fresh[..fresh.len() - 1]).expect("a file");
    let refused = refresh(&folder.path().join("none"));
    assert_eq!(refused.code, 1);
    let why = "this is not a proof that anybody can show: one that its holder has shown is signed as it is, and asked for again\n";
    assert_eq!(
        refused.err.split_once("answers: ").expect("an answer").1,
        why
    );
    let doctor = demo.doctor();
    assert_eq!(doctor.json()["clean"], json!(true), "{}", doctor.out);
    for process in again {
        assert_eq!(process.stop(), Some(0));
    }
    // A portal that starts while nobody can tell it which keys sign knows it still.
    let portal_again = start_again(of("portal"), "");
    assert_eq!(trust(), both);
    assert_eq!(portal_again.stop(), Some(0));
    demo.stop();
}
