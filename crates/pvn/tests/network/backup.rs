//! A copy taken while a node runs, put back into a fresh folder after the store is lost.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::alone;
use crate::support::demo::Demo;
use crate::support::patience::{LONG, until};
use crate::support::process::{Running, pvn, run, signal, text};
use crate::support::town::is_quiet;

const LEEDS: &str = "GB-LAE-LDS";

#[test]
fn a_node_whose_store_is_lost_comes_back_from_a_copy_taken_while_it_ran() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::play(&folder.path().join("demo"), 10);
    demo.wait_until_quiet(50);
    let (place, id) = demo
        .members
        .iter()
        .find(|(place, _)| place.party == LEEDS)
        .expect("Leeds")
        .clone();
    let copy = folder.path().join("leeds.backup");
    let holdings = || serde_json::to_value(place.client().status().holdings).expect("JSON");
    let before = holdings();
    run(["backup", "--data", text(&place.data), "--to", text(&copy)]).done();
    assert_eq!(
        fs::metadata(&copy).expect("a copy").permissions().mode() & 0o777,
        0o600,
        "it holds what the store holds"
    );
    let again = run(["backup", "--data", text(&place.data), "--to", text(&copy)]);
    let expected = format!(
        "pvn: {} exists already: choose a new name for the backup\n",
        copy.display()
    );
    assert_eq!((again.code, again.err), (1, expected));
    let running = run([
        "restore",
        "--from",
        text(&copy),
        "--data",
        text(&place.data),
    ]);
    assert_eq!(
        running.code, 1,
        "not into the folder of a running node: {running:?}"
    );

    signal(id, rustix::process::Signal::KILL);
    until("the node to be gone", LONG, || {
        place.client().try_status().is_none().then_some(())
    });
    let live = run([
        "restore",
        "--from",
        text(&copy),
        "--data",
        text(&place.data),
    ]);
    let store = place.data.join("node.sqlite");
    assert_eq!(
        (live.code, store.exists()),
        (1, true),
        "not over a store that is there: {live:?}"
    );
    for name in ["node.sqlite", "node.sqlite-wal", "node.sqlite-shm"] {
        // Those that a clean end left behind.
        let _ = fs::remove_file(place.data.join(name));
    }
    // A copy cut short is noticed before anything is written.
    let cut = folder.path().join("cut.backup");
    let bytes = fs::read(&copy).expect("the copy");
    fs::write(&cut, &bytes[..bytes.len() / 2]).expect("a file");
    let damaged = run(["restore", "--from", text(&cut), "--data", text(&place.data)]);
    assert_eq!((damaged.code, store.exists()), (1, false), "{damaged:?}");
    run([
        "restore",
        "--from",
        text(&copy),
        "--data",
        text(&place.data),
    ])
    .done();

    let process = Running::start(
        pvn().args(["run", "--config", text(&place.config())]),
        &place.log(),
    );
    until("the node to come back", LONG, || {
        place.client().try_status().filter(is_quiet)
    });
    assert_eq!(holdings(), before);
    let doctor = demo.doctor();
    assert_eq!(
        (doctor.code, &doctor.json()["clean"]),
        (0, &serde_json::json!(true)),
        "{}",
        doctor.out
    );
    // It goes on: what was played is known, what is new is paid.
    let words = run(["doctor", "--json", "--data", text(&place.data)]);
    assert_eq!(
        (words.code, &words.json()["clean"]),
        (0, &serde_json::json!(true)),
        "{}",
        words.out
    );
    assert_eq!(process.stop(), Some(0));
    demo.stop();
}
