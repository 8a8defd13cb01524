//! Published files that are not as their publisher describes them, and files that are sent twice.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::state;
use crate::support::demo::Demo;
use crate::support::process::{Said, run, text};
use crate::support::public_money;
use crate::support::published::{LEEDS, ROWS, SOURCE, TITLES, published};
use crate::support::town::Place;

fn import(file: &Path, leeds: &Place) -> Said {
    let service = public_money();
    run([
        "import",
        text(file),
        "--source",
        SOURCE,
        "--service",
        text(&service),
        "--node",
        text(&leeds.data),
        "--json",
    ])
}

fn dry_run(file: &Path) -> Said {
    run([
        "import",
        text(file),
        "--source",
        SOURCE,
        "--service",
        text(&public_money()),
        "--dry-run",
        "--json",
    ])
}

/// Files that are not as the publisher describes them, and where that is said to be.
pub(super) fn files_that_are_refused(folder: &Path) {
    let table = [
        (
            "a column renamed",
            published(&ROWS).replace("Beneficiary Name", "Beneficiary"),
            ", line 1: there is no column \"Beneficiary Name\"",
        ),
        (
            "a column left out",
            published(&ROWS).replace("Amount,", ""),
            ", line 1: there is no column \"Amount\"",
        ),
        (
            "cut in a row",
            published(&ROWS)[..TITLES.len() + 40].to_owned(),
            ", line 2: the row has 5 cells where the titles have 9",
        ),
        ("no rows", published(&[]), ""),
        (
            "another currency",
            published(&[&ROWS[0].replace("12.34", "€12.34")]),
            ", line 2: column \"Amount\": \"€12.34\"",
        ),
        (
            "no such day",
            published(&[&ROWS[0].replace("2021-05-04", "2021-02-30")]),
            ", line 2: column \"Payment Date\": \"2021-02-30\" is not a day",
        ),
        (
            "not a number",
            published(&[&ROWS[0].replace("12.34", "12.3x")]),
            ", line 2: column \"Amount\": \"12.3x\"",
        ),
    ];
    for (what, content, expected) in table {
        let path = folder.join("refused.csv");
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&content);
        fs::write(&path, bytes).expect("a file");
        let said = dry_run(&path);
        let expected = format!("pvn: {}{expected}", path.display());
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{what}: {said:?}");
        assert!(
            said.err.starts_with(&expected)
                && said.err.trim_end().ends_with("Nothing was imported."),
            "{what}: {said:?}"
        );
    }
}

pub(super) fn files_sent_twice(folder: &Path, demo: &Demo) {
    let path = folder.join("leeds.csv");
    fs::write(&path, published(&ROWS)).expect("a file");
    let sent = |said: &Said| said.json()["sent"].clone();
    let counts = |new: u64, known: u64| json!({ "new_rows": new, "known_rows": known, "waiting_rows": 0, "refused_rows": 0 });
    let dry = dry_run(&path);
    assert_eq!(
        (dry.code, sent(&dry), &dry.json()["total"]),
        (0, Json::Null, &json!({ "rows": 3, "minor": 2_568 }))
    );
    let leeds = demo.of(LEEDS);
    let first = import(&path, leeds);
    assert_eq!((first.code, sent(&first)), (0, counts(3, 0)), "{first:?}");
    demo.wait_until_quiet(9);
    let before = state(demo);
    let again = import(&path, leeds);
    assert_eq!((again.code, sent(&again)), (0, counts(0, 3)), "{again:?}");
    // Rows of equal content are different rows; a longer file is the old one and what is new in it.
    fs::write(&path, published(&[ROWS[0], ROWS[1], ROWS[2], ROWS[2]])).expect("a file");
    assert_eq!(state(demo), before, "nothing has changed");
    assert_eq!(sent(&import(&path, leeds)), counts(1, 3));
    demo.wait_until_quiet(10);
    // What the publisher changed in place stays as it stands on the ledger.
    let before = state(demo);
    let changed = ROWS[2].replace("1.00", "1.01");
    fs::write(&path, published(&[ROWS[0], ROWS[1], &changed, ROWS[2]])).expect("a file");
    let said = import(&path, leeds);
    let mut expected = counts(0, 3);
    expected["refused_rows"] = json!(1);
    assert_eq!((said.code, sent(&said)), (1, expected));
    assert!(
        said.err.trim_end().ends_with("[idempotency_key_reused]"),
        "{said:?}"
    );
    assert_eq!(state(demo), before, "nothing has changed");
}
