//! The publishers' own files, where `PVN_DATA` says that they are.

use std::process::Command;

use pvn::import::{Folder, Report, ReportText, Rows, Treatment};
use serde_json::{Map, Value, json};

use crate::fixture::{Fixture, originals, public_money};

fn skipped(what: &str) {
    println!("skipped {what}: set PVN_DATA to the folder that holds public-money/");
}

fn read_all(folder: &Folder, dir: &std::path::Path) -> Vec<Rows> {
    let mut all = Vec::new();
    for spending in folder.spending.values() {
        for name in &spending.provenance.files {
            let read = spending.read(&dir.join(name), &folder.members);
            all.push(read.unwrap_or_else(|error| panic!("{error}")));
        }
    }
    all
}

#[test]
fn the_shipped_tables_equal_the_originals() {
    let Some(dir) = originals() else {
        return skipped("the shipped tables against the originals");
    };
    let folder = Folder::open(&public_money()).unwrap_or_else(|error| panic!("{error}"));
    let shipped = folder
        .read_shipped()
        .unwrap_or_else(|error| panic!("{error}"));
    let read = read_all(&folder, &dir);
    assert_eq!(shipped.files.len(), read.len());
    for (shipped, read) in shipped.files.iter().zip(&read) {
        assert_eq!(
            shipped.rows.len(),
            read.rows.len(),
            "{}",
            shipped.table.file
        );
        for (ours, theirs) in shipped.rows.iter().zip(&read.rows) {
            assert_eq!(ours, theirs, "{}", shipped.table.file);
        }
    }
    for (table, funding) in &shipped.funding {
        let importer = folder.funding(&table.source).expect("an importer");
        let read = importer.read(&dir.join(&table.original), &folder.members);
        assert_eq!(*funding, read.unwrap_or_else(|error| panic!("{error}")));
    }
}

#[test]
fn making_the_tables_again_makes_the_same_tables() {
    let Some(dir) = originals() else {
        return skipped("making the shipped tables again");
    };
    let service = public_money();
    let copy = Fixture::csv();
    std::fs::remove_file(copy.path().join("importers/spend.toml")).expect("an importer");
    std::fs::remove_file(copy.path().join("mappings/spend.csv")).expect("a mapping");
    for name in ["members.toml", "portal-functions.csv"] {
        copy.put(name, &std::fs::read(service.join(name)).expect("a file"));
    }
    for part in ["importers", "mappings"] {
        for entry in std::fs::read_dir(service.join(part)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = format!(
                "{part}/{}",
                path.file_name().expect("a name").to_string_lossy()
            );
            copy.put(&name, &std::fs::read(&path).expect("a file"));
        }
    }
    let made = copy.folder().expect("a folder").compact(&dir);
    let made = made.unwrap_or_else(|error| panic!("{error}"));
    let shipped = Folder::open(&service).expect("a folder").shipped_tables();
    assert_eq!(made, shipped.expect("a manifest"));
}

#[test]
fn the_reports_of_the_originals() {
    let Some(dir) = originals() else {
        return skipped("the reports of the originals");
    };
    let folder = Folder::open(&public_money()).unwrap_or_else(|error| panic!("{error}"));
    let reports: Vec<String> = (read_all(&folder, &dir).iter())
        .map(|read| Report::of(&read.rows, read.skipped).expect("rows"))
        .map(|report| ReportText::new(&report, &folder).to_string())
        .collect();
    insta::assert_snapshot!("originals", reports.join("\n"));
}

/// What a report says, in the words of the independent reader.
fn as_independent(report: &Report) -> Value {
    let members = (report.members.iter()).map(|(id, tally)| (id.to_string(), json!(tally.minor)));
    json!({
        "rows": report.total.rows,
        "total": report.total.minor,
        "spent": report.spent().minor,
        "to_members": report.to_members().minor,
        "internal": report.treated(Treatment::Internal).minor,
        "listed_rows": report.treated(Treatment::Listed).rows,
        "refund_rows": report.treated(Treatment::Refund).rows,
        "largest": report.extremes.0.minor,
        "smallest": report.extremes.1.minor,
        "by_member": members.collect::<Map<String, Value>>(),
    })
}

fn independent(kind: &str, dir: &std::path::Path) -> Option<Value> {
    let script = public_money().join("../../scripts/independent_totals.py");
    let output = match Command::new("python3")
        .arg(&script)
        .arg(kind)
        .arg(dir)
        .output()
    {
        Ok(output) if output.status.success() => output,
        Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => return None,
    };
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

#[test]
fn an_independent_reader_finds_the_same_totals() {
    let folder = Folder::open(&public_money()).unwrap_or_else(|error| panic!("{error}"));
    let shipped = folder
        .read_shipped()
        .unwrap_or_else(|error| panic!("{error}"));
    let mut spending = Map::new();
    for file in &shipped.files {
        let report = Report::of(&file.rows, pvn::import::Skipped::default()).expect("rows");
        spending.insert(
            format!("{} {}", report.source, report.period),
            as_independent(&report),
        );
    }
    let [(table, funding)] = &shipped.funding[..] else {
        panic!("one funding table")
    };
    let adjustments: Vec<i64> = funding
        .adjustments
        .iter()
        .map(|line| line.amount.minor)
        .collect();
    let ours = json!({
        "spending": spending,
        "funding": { &table.source: {
            "lines": funding.lines.len(),
            "issued": funding.issued().minor,
            "adjustments": adjustments,
            "net": funding.net().minor,
            "published_total": funding.published_total.minor,
        } },
    });
    let places = [
        ("shipped", Some(public_money().join("data"))),
        ("originals", originals()),
    ];
    for (kind, dir) in places {
        let Some(dir) = dir else {
            skipped("the independent reader over the originals");
            continue;
        };
        match independent(kind, &dir) {
            Some(theirs) => assert_eq!(ours, theirs, "{kind}"),
            None => println!("skipped the independent reader: python3 is not there"),
        }
    }
}
