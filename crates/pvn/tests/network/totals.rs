//! The figures of the portal, of its files and of `pvn status` equal those of an independent reader, to the penny.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::support::alone;
use crate::support::books::{FileName, Sums, issued, minor, of_first_rows, of_originals};
use crate::support::client::Client;
use crate::support::demo::Demo;

/// Rows of each file where not all are played.
const ROWS: usize = 150;
const AUDITOR: &str = "National Audit Office";

fn number(value: &Json) -> i64 {
    value
        .as_i64()
        .unwrap_or_else(|| panic!("{value} is a number"))
}

fn count(text: &str) -> u64 {
    text.parse()
        .unwrap_or_else(|_| panic!("{text:?} is a count"))
}

/// The files as `/api/totals` has them.
fn by_totals(totals: &Json) -> BTreeMap<FileName, Sums> {
    let files = totals["files"].as_array().expect("a list of files");
    let sums = |file: &Json| {
        let word = |name: &str| file[name].as_str().expect("a word").to_owned();
        assert_eq!(number(&file["refunds_minor"]), 0);
        let sums = Sums {
            rows: file["rows"].as_u64().expect("a count"),
            total: number(&file["total_minor"]),
            spent: number(&file["spent_minor"]),
            to_members: number(&file["to_members_minor"]),
            internal: number(&file["internal_minor"]),
            listed_rows: file["listed_rows"].as_u64().expect("a count"),
        };
        ((word("payer"), word("source"), word("period")), sums)
    };
    files.iter().map(sums).collect()
}

/// A CSV file of the portal, as rows by column.
fn table(portal: &Client, path: &str) -> Vec<BTreeMap<String, String>> {
    let answer = portal.get(path);
    assert_eq!(
        (answer.status, answer.kind.as_str()),
        (200, "text/csv; charset=utf-8; header=present"),
        "{path}"
    );
    let mut table = csv::Reader::from_reader(answer.body.as_slice());
    table.deserialize().map(|row| row.expect("a row")).collect()
}

/// The files as the reconciliation has them.
fn by_reconciliation(portal: &Client) -> BTreeMap<FileName, Sums> {
    let sums = |row: BTreeMap<String, String>| {
        assert_eq!(
            (minor(&row["difference"]), minor(&row["refunds"])),
            (0, 0),
            "{row:?}"
        );
        let sums = Sums {
            rows: count(&row["rows"]),
            total: minor(&row["total"]),
            spent: minor(&row["spent"]),
            to_members: minor(&row["to_members"]),
            internal: minor(&row["internal"]),
            listed_rows: count(&row["listed_rows"]),
        };
        (
            (
                row["payer_id"].clone(),
                row["source"].clone(),
                row["period"].clone(),
            ),
            sums,
        )
    };
    table(portal, "/data/reconciliation.csv")
        .into_iter()
        .map(sums)
        .collect()
}

/// The files as all payments add up to.
fn by_payments(portal: &Client) -> BTreeMap<FileName, Sums> {
    let mut books: BTreeMap<FileName, Sums> = BTreeMap::new();
    for row in table(portal, "/data/payments.csv") {
        let sums = books
            .entry((
                row["payer_id"].clone(),
                row["source"].clone(),
                row["period"].clone(),
            ))
            .or_default();
        let amount = minor(&row["amount"]);
        sums.rows += 1;
        sums.total += amount;
        match row["treatment"].as_str() {
            "spent" => sums.spent += amount,
            "transfer" => sums.to_members += amount,
            "internal" => sums.internal += amount,
            "listed" => sums.listed_rows += 1,
            other => panic!("no row of these files is a {other}: {row:?}"),
        }
    }
    books
}

/// Checks every place that shows totals against what the files add up to.
fn assert_equal(demo: &Demo, books: &BTreeMap<FileName, Sums>) {
    let portal = demo.portal().client();
    let totals = portal.json("/api/totals");
    assert_eq!(by_totals(&totals), *books, "/api/totals");
    assert_eq!(
        by_reconciliation(&portal),
        *books,
        "/data/reconciliation.csv"
    );
    assert_eq!(by_payments(&portal), *books, "/data/payments.csv");
    assert_eq!(number(&totals["issued"]), issued());
    let all = |part: fn(&Sums) -> i64| books.values().map(part).sum::<i64>();
    let flows = table(&portal, "/data/flows.csv");
    let sum_of = |step: &str| {
        flows
            .iter()
            .filter(|row| row["step"] == step)
            .map(|row| minor(&row["amount"]))
            .sum::<i64>()
    };
    let steps: BTreeMap<&str, i64> = flows
        .iter()
        .map(|row| (row["step"].as_str(), sum_of(&row["step"])))
        .collect();
    assert_eq!(
        steps["issued"] + steps["allocated"],
        issued(),
        "what is kept and what is passed on"
    );
    assert_eq!(steps["paid"], all(|s| s.total));

    let mut status = demo.status();
    let mut published = status["published"].take();
    assert!(published["log_read_at"].take().is_string());
    let mut expected = totals.clone();
    expected["log_read_at"].take();
    assert_eq!(published, expected, "pvn status");
    // What the bodies hold themselves, by holder and state.
    let mut held: BTreeMap<(String, String), i64> = BTreeMap::new();
    for holding in status["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .flat_map(|n| n["holdings"].as_array().expect("holdings"))
    {
        let word = |value: &Json| value.as_str().expect("a word").to_owned();
        let place = (
            word(&holding["holder"]),
            word(&holding["attributes"]["state"]),
        );
        *held.entry(place).or_default() +=
            number(&holding["free_minor"]) + number(&holding["locked_minor"]);
    }
    let mut spent: BTreeMap<&str, i64> = BTreeMap::new();
    for ((payer, ..), sums) in books {
        *spent.entry(payer).or_default() += sums.spent;
    }
    for (payer, spent) in spent {
        assert_eq!(
            held.get(&(payer.to_owned(), "spent".to_owned())),
            Some(&spent),
            "what {payer} has spent"
        );
    }
    assert_eq!(
        held.values().sum::<i64>(),
        issued(),
        "issued = held + spent + lapsed, in the holders' own vaults"
    );
    assert_eq!(
        all(|s| s.total),
        all(|s| s.spent) + all(|s| s.to_members) + all(|s| s.internal)
    );
}

/// What the auditor has added up from its own facts: issued, and all parts of it.
fn audited(report: &Json) -> Option<(i64, i64)> {
    let rows = report["totals"].as_array().expect("totals");
    let row = rows
        .iter()
        .find(|row| row["by"] == AUDITOR && row["capacity"] == "observed")?;
    let parts = row["parts_minor"].as_object().expect("parts");
    Some((
        number(&row["issued_minor"]),
        parts.values().map(number).sum(),
    ))
}

fn play_and_compare(rows: Option<usize>, books: &BTreeMap<FileName, Sums>) {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let mut demo = Demo::begin(&folder.path().join("demo"), rows, &[]);
    let mut looks = Vec::new();
    let (mut looked, mut pause) = (Instant::now(), Duration::ZERO);
    while !demo.is_played() {
        // A doctor who never leaves holds up the work.
        if looked.elapsed() < pause {
            std::thread::sleep(Duration::from_millis(25));
            continue;
        }
        looked = Instant::now();
        let report = demo.doctor().json();
        pause = looked.elapsed() * 2;
        // Others may be a moment ahead of each other; each by itself must be right at every moment.
        let places = report["places"]
            .as_array()
            .expect("places")
            .iter()
            .filter(|p| p["name"] != "All together");
        for place in places {
            assert_eq!(place["findings"], serde_json::json!([]), "{place}");
        }
        looks.extend(audited(&report));
    }
    for (issued, parts) in &looks {
        assert_eq!(
            issued, parts,
            "issued = held + spent + lapsed while it plays"
        );
    }
    demo.wait_until_quiet(books.values().map(|s| s.rows).sum());
    let doctor = demo.doctor();
    assert_eq!(
        (doctor.code, &doctor.json()["clean"]),
        (0, &Json::Bool(true)),
        "{}",
        doctor.out
    );
    assert_eq!(audited(&doctor.json()), Some((issued(), issued())));
    let moments = looks
        .iter()
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    println!(
        "{} looks at the auditor while it played, at {moments} different sums",
        looks.len()
    );
    assert!(!looks.is_empty(), "it was looked at while it played");
    assert_equal(&demo, books);
    for (file, sums) in books {
        println!("{file:?}: {sums:?}");
    }
    demo.stop();
}

#[test]
fn the_first_rows_add_up_everywhere() {
    play_and_compare(Some(ROWS), &of_first_rows(ROWS));
}

#[test]
fn the_whole_files_add_up_everywhere() {
    let data =
        std::env::var_os("PVN_DATA").map(|folder| PathBuf::from(folder).join("public-money"));
    match (std::env::var_os("PVN_FULL"), data) {
        (Some(_), Some(data)) => play_and_compare(None, &of_originals(&data)),
        _ => println!(
            "skipped the whole files: set PVN_FULL=1, and PVN_DATA to the folder that holds public-money/"
        ),
    }
}
