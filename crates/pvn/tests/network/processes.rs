//! Each member of the demonstration is a process with a folder, keys and a store of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::support::alone;
use crate::support::demo::Demo;
use crate::support::patience::{LONG, until};
use crate::support::process::command_line;
use crate::support::traces::files_below;

/// Certificates are public; everything else below `keys` is secret.
fn secrets(data: &Path) -> Vec<PathBuf> {
    let is_certificate = |path: &Path| path.to_string_lossy().ends_with(".cert.pem");
    let mut secrets: Vec<PathBuf> = files_below(&data.join("keys"))
        .into_iter()
        .filter(|p| !is_certificate(p))
        .collect();
    secrets.extend(Some(data.join("api.token")).filter(|path| path.exists()));
    secrets
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path)
        .expect("a file")
        .permissions()
        .mode()
        & 0o777
}

#[test]
fn every_member_is_a_process_with_its_own_folder_keys_and_store() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::play(&folder.path().join("demo"), 1);
    let ids: BTreeSet<u32> = demo.members.iter().map(|(_, id)| *id).collect();
    assert_eq!(
        (ids.len(), ids.contains(&0)),
        (10, false),
        "{:#?}",
        demo.members
    );
    let folders: BTreeSet<&PathBuf> = demo.places().map(|p| &p.data).collect();
    assert_eq!(folders.len(), 10);

    let mut holders: BTreeMap<Vec<u8>, PathBuf> = BTreeMap::new();
    let mut stores = BTreeMap::new();
    for (place, id) in &demo.members {
        let line = command_line(*id);
        let expected = [
            "run".to_owned(),
            "--config".to_owned(),
            place.config().to_string_lossy().into_owned(),
        ];
        assert_eq!(
            line.get(1..).unwrap_or_default(),
            expected,
            "{}",
            place.name
        );
        let lock = std::fs::read_to_string(place.data.join("lock")).expect("a lock");
        assert_eq!(
            lock.trim(),
            id.to_string(),
            "{} holds its folder",
            place.name
        );
        assert_eq!(mode(&place.data), 0o700, "{}", place.data.display());
        for key in secrets(&place.data) {
            assert_eq!(mode(&key), 0o600, "{}", key.display());
            let content = std::fs::read(&key).expect("a key");
            if let Some(other) = holders.insert(content, key.clone()) {
                panic!(
                    "{} and {} hold the same key",
                    key.display(),
                    other.display()
                );
            }
        }
        let holds = |name: &str| place.data.join(name).exists();
        let store = [
            holds("node.sqlite"),
            holds("notary"),
            holds("portal.sqlite"),
        ];
        stores
            .entry(place.role.as_str())
            .or_insert_with(BTreeSet::new)
            .insert(store);
    }
    // Each with two keys at least: for connections, and for what it signs.
    assert!(holders.len() >= 20, "{} secrets", holders.len());
    let only = |store: [bool; 3]| BTreeSet::from([store]);
    let expected = BTreeMap::from([
        ("registrar", only([true, false, false])),
        ("notary", only([false, true, false])),
        ("portal", only([false, false, true])),
        ("node", only([true, false, false])),
    ]);
    assert_eq!(
        stores, expected,
        "stores: of a vault, of a notary, of a portal"
    );
    assert_eq!(demo.places().filter(|p| p.role == "node").count(), 7);
    demo.stop();
}

#[test]
fn a_demonstration_resumes_where_it_stopped_and_starts_clean_when_asked() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("demo");
    let totals = |demo: &Demo| {
        demo.wait_until_quiet(10);
        let mut totals = demo.portal().client().json("/api/totals");
        // The only figures that are about times.
        totals["newest_transaction_at"].take();
        totals["log_read_at"].take();
        totals
    };
    let log = |demo: &Demo| {
        let notary = demo
            .places()
            .find(|p| p.role == "notary")
            .expect("a notary");
        String::from_utf8(notary.client().get("/checkpoint").body).expect("a checkpoint")
    };
    let first = Demo::play(&data, 2);
    let (totals_then, log_then) = (totals(&first), log(&first));
    // Those whose files are played; the other bodies with a node publish nothing here and are not missed.
    let expected = serde_json::json!(["GB-GOR-D15", "GB-GOR-D2", "GB-LAE-LDS"]);
    assert_eq!(totals_then["organisations_expected"], expected);
    first.stop();

    let mut again = Demo::begin(&data, Some(2), &["--resume"]);
    again.wait_until_played();
    assert_eq!(
        totals(&again),
        totals_then,
        "what was played is not played twice"
    );
    assert_eq!(log(&again), log_then, "nothing was added to the log");
    assert_eq!(again.doctor().json()["clean"], true);
    again.stop();

    let mut afresh = Demo::begin(&data, Some(2), &["--clean"]);
    afresh.wait_until_played();
    assert_eq!(totals(&afresh), totals_then);
    assert_ne!(log(&afresh), log_then, "another network with other keys");
    afresh.stop();
}

#[test]
fn a_demonstration_stopped_while_it_plays_goes_on_when_resumed() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("demo");
    let first = Demo::begin(&data, Some(60), &[]);
    let portal = first.portal().client();
    let played = until("the first payments", LONG, || {
        portal.json("/api/totals")["payments"]["count"]
            .as_u64()
            .filter(|count| *count > 0)
    });
    first.stop();
    println!("stopped after {played} payments were published");
    let mut again = Demo::begin(&data, Some(60), &["--resume"]);
    again.wait_until_played();
    again.wait_until_quiet(300);
    let doctor = again.doctor();
    assert_eq!(
        (doctor.code, &doctor.json()["clean"]),
        (0, &serde_json::json!(true)),
        "{}",
        doctor.out
    );
    again.stop();
}
