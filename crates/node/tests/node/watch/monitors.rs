//! What a monitor raises an alarm at, with which evidence, and what it leaves alone.

use node::watch::{Alarm, AlarmCode, Evidence, EvidenceError, Monitor, Source};
use tempfile::TempDir;
use tlog::{ForkError, KeyName, NoteSigner};

use super::logs::{NOW_MS, Shown, checkpoint, entries, entry, forked, keys, signed, source};

async fn monitor(home: &TempDir, sources: &[&Shown], witnesses: Vec<Source>) -> Monitor {
    let sources = sources.iter().map(|shown| shown.source()).collect();
    Monitor::open(source(home.path()), keys(), sources, witnesses, NOW_MS)
        .await
        .expect("opens")
}

async fn alarms(monitor: &mut Monitor) -> Vec<Alarm> {
    let round = monitor.look(NOW_MS).await.expect("looks");
    assert_eq!(round.unread, Vec::new());
    round.alarms
}

fn codes(alarms: &[Alarm]) -> Vec<AlarmCode> {
    alarms.iter().map(|alarm| alarm.code).collect()
}

#[tokio::test]
async fn sources_of_one_history_raise_no_alarm_however_far_behind_they_are() {
    let all = entries(400, "honest");
    let (first, second) = (Shown::new(&all[..300]), Shown::new(&all[..20]));
    let empty = Shown::new(&[]);
    let home = tempfile::tempdir().expect("a folder");
    let mut watching = monitor(&home, &[&first, &second, &empty], Vec::new()).await;
    assert_eq!(alarms(&mut watching).await, Vec::new());
    second.show(&all[..350]);
    assert_eq!(alarms(&mut watching).await, Vec::new());
    assert_eq!(watching.look(NOW_MS).await.expect("looks").size, 350);
    // Opened again, it goes on from what it has, with and without its notes on entries.
    first.show(&all);
    for forget in [false, true] {
        drop(watching);
        if forget {
            std::fs::remove_dir_all(home.path().join("monitor")).expect("removed");
        }
        watching = monitor(&home, &[&first, &second], Vec::new()).await;
        assert_eq!(alarms(&mut watching).await, Vec::new());
    }
}

#[tokio::test]
async fn two_histories_are_an_alarm_with_evidence_that_convinces_strangers() {
    let table = [
        ("of one size", 300, 300),
        ("the second shorter", 300, 200),
        ("the second longer", 200, 300),
        ("by its first entry", 3, 1),
    ];
    for (case, ours, theirs) in table {
        let fork = if case == "by its first entry" { 0 } else { 150 };
        let first = Shown::new(&entries(ours, "honest"));
        let second = Shown::new(&forked(fork, theirs));
        let home = tempfile::tempdir().expect("a folder");
        let mut watching = monitor(&home, &[&first, &second], Vec::new()).await;
        let raised = alarms(&mut watching).await;
        assert_eq!(codes(&raised), [AlarmCode::SplitView], "{case}");
        let evidence = raised[0].evidence.as_ref().expect("evidence");
        let shown = evidence.check(&keys()).expect("it convinces");
        let size = ours.min(theirs);
        let expected =
            format!("The log notary.example/log signed two histories: after {size} entries");
        assert_eq!(
            shown.get(..expected.len()),
            Some(expected.as_str()),
            "{case}"
        );
        // As a file, it is the same evidence.
        let file = serde_json::to_string(&raised[0]).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Alarm>(&file).expect("reads"),
            raised[0]
        );
        // Its own copy stays what it was, and the liar stays one.
        assert_eq!(
            codes(&alarms(&mut watching).await),
            [AlarmCode::SplitView],
            "{case}"
        );
    }
}

#[tokio::test]
async fn nobody_is_accused_by_forged_evidence() {
    let all = entries(300, "honest");
    let other = forked(150, 300);
    let stranger = NoteSigner::from_seed(
        KeyName::new("notary.example/log").expect("a name"),
        &[8; 32],
    );
    let stranger = stranger.expect("a key");
    let split = |first: String, second: String, root: String| Evidence::SplitView {
        first,
        second,
        root,
        proof: Vec::new(),
    };
    let root_of = |note: &str| note.lines().nth(2).expect("a root").to_owned();
    let (ours, theirs) = (checkpoint(&all).to_string(), checkpoint(&other).to_string());
    let forged = signed(300, tlog::Hash([1; 32]), &stranger).to_string();
    let refused = |evidence: Evidence| evidence.check(&keys()).expect_err("refused");
    assert_eq!(
        refused(split(ours.clone(), ours.clone(), root_of(&ours))),
        EvidenceError::Fork(ForkError::Consistent)
    );
    assert_eq!(
        refused(split(ours.clone(), ours.clone(), root_of(&theirs))),
        EvidenceError::Fork(ForkError::Proof)
    );
    let by_a_stranger = refused(split(ours.clone(), forged.clone(), root_of(&forged)));
    assert!(
        matches!(by_a_stranger, EvidenceError::NotSigned(_)),
        "{by_a_stranger}"
    );
    assert_eq!(
        refused(split(ours, theirs, "no root".to_owned())),
        EvidenceError::Base64
    );
}

#[tokio::test]
async fn an_entry_that_breaks_a_rule_is_an_alarm_with_the_entry_as_evidence() {
    let table = [
        ("time runs back", entry(300, 1, "honest")),
        ("of another height", entry(7, 300, "honest")),
        ("of the future", entry(300, 40_000_000, "honest")),
        ("unreadable", b"what is this".to_vec()),
    ];
    for (case, bad) in table {
        let mut all = entries(300, "honest");
        all.push(bad);
        let shown = Shown::new(&all);
        let home = tempfile::tempdir().expect("a folder");
        let mut watching = monitor(&home, &[&shown], Vec::new()).await;
        let raised = alarms(&mut watching).await;
        assert_eq!(codes(&raised), [AlarmCode::BrokenRule], "{case}");
        let evidence = raised[0].evidence.as_ref().expect("evidence");
        assert!(evidence.check(&keys()).is_ok(), "{case}");
        let Evidence::Entry {
            checkpoint,
            entry,
            path,
            ..
        } = evidence.clone()
        else {
            panic!("{case}: {evidence:?}");
        };
        let elsewhere = Evidence::Entry {
            checkpoint,
            index: 299,
            entry,
            path,
        };
        assert_eq!(
            elsewhere.check(&keys()),
            Err(EvidenceError::NotIncluded),
            "{case}"
        );
        // It is told once.
        assert_eq!(alarms(&mut watching).await, Vec::new(), "{case}");
    }
}

#[tokio::test]
async fn signers_nobody_knows_damaged_files_and_hidden_checkpoints_are_alarms() {
    let all = entries(300, "honest");
    let honest = Shown::new(&all);
    let stranger = NoteSigner::from_seed(
        KeyName::new("notary.example/log").expect("a name"),
        &[8; 32],
    );
    let foreign = Shown::new(&all);
    foreign.show_checkpoint(&signed(300, tlog::Hash([1; 32]), &stranger.expect("a key")));
    let damaged = Shown::new(&all);
    // A checkpoint that the log signed, over entries that it doesn't show.
    damaged.show_checkpoint(&checkpoint(&entries(301, "honest")));
    damaged.write("tile/entries/001.p/45", b"\0\x01x");
    let witness = Shown::new(&entries(310, "honest"));
    let home = tempfile::tempdir().expect("a folder");
    let mut watching = monitor(
        &home,
        &[&honest, &foreign, &damaged],
        vec![witness.source()],
    )
    .await;
    let expected = [
        AlarmCode::UnknownSigners,
        AlarmCode::FilesDisagree,
        AlarmCode::HiddenCheckpoint,
    ];
    assert_eq!(codes(&alarms(&mut watching).await), expected);
    // A witness that is behind, or as far, hides nothing.
    witness.show_checkpoint(&checkpoint(&all[..20]));
    assert_eq!(codes(&alarms(&mut watching).await), &expected[..2]);
    // One that cosigned another history has the evidence.
    witness.show_checkpoint(&checkpoint(&forked(5, 20)));
    let raised = alarms(&mut watching).await;
    assert_eq!(
        codes(&raised),
        [
            AlarmCode::UnknownSigners,
            AlarmCode::FilesDisagree,
            AlarmCode::SplitView
        ]
    );
    let evidence = raised[2].evidence.as_ref().expect("evidence");
    assert!(evidence.check(&keys()).is_ok());
}

#[tokio::test]
async fn a_source_that_is_down_is_no_alarm_and_a_log_that_stands_still_is() {
    let shown = Shown::new(&entries(3, "honest"));
    let home = tempfile::tempdir().expect("a folder");
    // A port that was free a moment ago: nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let gone = format!("http://{}", free.local_addr().expect("an address"));
    drop(free);
    let down = Source::open(&gone).expect("a place");
    let sources = vec![shown.source(), down];
    let mut watching = Monitor::open(source(home.path()), keys(), sources, Vec::new(), NOW_MS)
        .await
        .expect("opens");
    let round = watching.look(NOW_MS).await.expect("looks");
    assert_eq!((round.alarms, round.size), (Vec::new(), 3));
    assert_eq!(round.unread.len(), 1);
    let still = watching.look(NOW_MS + 121_000).await.expect("looks");
    assert_eq!(codes(&still.alarms), [AlarmCode::StandsStill]);
}
