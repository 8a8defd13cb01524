//! Copies of a log: complete, checked, and going on after a break.

use node::watch::{Mirror, MirrorError};

use super::logs::{Shown, entries, files, forked, keys, source};

async fn advance(mirror: &mut Mirror, shown: &Shown) -> Result<Vec<u64>, MirrorError> {
    let from = shown.source();
    let (note, next) = mirror.shown_by(&from).await?.expect("a checkpoint");
    let mut seen = Vec::new();
    mirror
        .advance(&from, note, next, |at, _| seen.push(at))
        .await?;
    Ok(seen)
}

#[tokio::test]
async fn a_copy_made_in_steps_verifies_and_has_each_entry_once() {
    let all = entries(700, "honest");
    let copy = tempfile::tempdir().expect("a folder");
    let shown = Shown::new(&all[..1]);
    let mut last = 0;
    for size in [1, 5, 255, 256, 257, 512, 513, 700] {
        shown.show(&all[..size]);
        // Opened anew each time: what is kept is what is on the disk.
        let mut mirror = Mirror::open(source(copy.path()), keys())
            .await
            .expect("opens");
        assert_eq!(mirror.size(), last);
        let seen = advance(&mut mirror, &shown).await.expect("copies");
        assert_eq!(seen, (last..size as u64).collect::<Vec<_>>());
        let mut verified = 0;
        mirror.verify(|_, _| verified += 1).await.expect("verifies");
        assert_eq!(verified, size);
        last = size as u64;
    }
    // The log shows each tile that it ever showed, and the copy those of the sizes at which it was made: the same.
    assert_eq!(files(copy.path()), files(shown.path()));
}

#[tokio::test]
async fn what_was_left_by_a_break_is_used_if_it_is_right_and_fetched_again_if_not() {
    let all = entries(600, "honest");
    let shown = Shown::new(&all);
    for damage in [false, true] {
        let copy = tempfile::tempdir().expect("a folder");
        let bundle = "tile/entries/000";
        let mut bytes = std::fs::read(shown.path().join(bundle)).expect("reads");
        if damage {
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
        }
        std::fs::create_dir_all(copy.path().join("tile/entries")).expect("made");
        std::fs::write(copy.path().join(bundle), bytes).expect("written");
        let mut mirror = Mirror::open(source(copy.path()), keys())
            .await
            .expect("opens");
        let seen = advance(&mut mirror, &shown).await.expect("copies");
        assert_eq!(seen.len(), 600, "damaged: {damage}");
        assert_eq!(files(copy.path()), files(shown.path()));
    }
}

#[tokio::test]
async fn what_does_not_lead_to_the_checkpoint_is_not_copied() {
    let shown = Shown::new(&entries(300, "honest"));
    let whole = files(shown.path());
    let table = [
        (
            "another entry",
            "tile/entries/001.p/44",
            Some(1),
            "other root",
        ),
        ("no bundle", "tile/entries/000", None, "missing"),
        ("cut", "tile/entries/000", Some(0), "damaged"),
    ];
    for (case, file, change, expected) in table {
        for (name, bytes) in &whole {
            shown.write(name.to_str().expect("text"), bytes);
        }
        let path = shown.path().join(file);
        match change {
            None => std::fs::remove_file(&path).expect("removed"),
            Some(flip) => {
                let mut bytes = std::fs::read(&path).expect("reads");
                bytes.pop();
                if flip == 1 {
                    bytes.push(99);
                }
                std::fs::write(&path, bytes).expect("written");
            }
        }
        let copy = tempfile::tempdir().expect("a folder");
        let mut mirror = Mirror::open(source(copy.path()), keys())
            .await
            .expect("opens");
        let said = match advance(&mut mirror, &shown).await {
            Err(MirrorError::OtherRoot { size: 300, .. }) => "other root",
            Err(MirrorError::Missing { .. }) => "missing",
            Err(MirrorError::Damaged { .. }) => "damaged",
            other => panic!("{case}: {other:?}"),
        };
        assert_eq!(said, expected, "{case}");
        assert_eq!(mirror.size(), 0, "{case}");
    }
}

#[tokio::test]
async fn a_copy_that_was_damaged_does_not_verify() {
    let shown = Shown::new(&entries(300, "honest"));
    let mut whole = 0;
    for (name, bytes) in files(shown.path()) {
        if name.to_str() == Some("checkpoint") {
            continue;
        }
        let file = name.to_str().expect("text").to_owned();
        let mut bent = bytes.clone();
        let last = bent.len() - 1;
        bent[last] ^= 1;
        shown.write(&file, &bent);
        let mirror = Mirror::open(shown.source(), keys()).await.expect("opens");
        assert!(mirror.verify(|_, _| {}).await.is_err(), "{file}");
        shown.write(&file, &bytes);
        whole += 1;
    }
    assert_eq!(whole, 5, "two bundles, two tiles of hashes, one above");
    let mirror = Mirror::open(shown.source(), keys()).await.expect("opens");
    mirror.verify(|_, _| {}).await.expect("whole again");
}

#[tokio::test]
async fn a_log_that_becomes_another_is_not_followed() {
    let shown = Shown::new(&entries(300, "honest"));
    let copy = tempfile::tempdir().expect("a folder");
    let mut mirror = Mirror::open(source(copy.path()), keys())
        .await
        .expect("opens");
    advance(&mut mirror, &shown).await.expect("copies");
    shown.show(&forked(7, 400));
    let refused = advance(&mut mirror, &shown).await;
    assert!(
        matches!(refused, Err(MirrorError::OtherRoot { size: 400, .. })),
        "{refused:?}"
    );
    assert_eq!(mirror.size(), 300);
    // What it has is still whole.
    shown.show(&entries(500, "honest"));
    advance(&mut mirror, &shown).await.expect("goes on");
    mirror.verify(|_, _| {}).await.expect("verifies");
}
