//! The tables that the project ships: complete, unchanged, and equal to the publishers' files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use pvn::import::{Folder, Report, Skipped};

use crate::fixture::{Fixture, public_money};

fn folder() -> Folder {
    Folder::open(&public_money()).unwrap_or_else(|error| panic!("{error}"))
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = File::open(path).expect("a shipped table");
    GzDecoder::new(file)
        .read_to_end(&mut bytes)
        .expect("a packed table");
    bytes
}

#[test]
fn shipped_tables_add_up_to_the_published_totals() {
    let shipped = folder()
        .read_shipped()
        .unwrap_or_else(|error| panic!("{error}"));
    let mut totals: BTreeMap<String, (u64, i64)> = BTreeMap::new();
    for file in &shipped.files {
        let report = Report::of(&file.rows, Skipped::default()).expect("rows");
        assert_eq!(report.difference_minor(), 0, "{}", file.table.file);
        let total = totals.entry(file.table.source.clone()).or_default();
        *total = (total.0 + report.total.rows, total.1 + report.total.minor);
    }
    let expected = [
        ("cabinet-office-spend", (839, 17_856_964_422)),
        ("hm-treasury-spend", (272, 5_568_981_306)),
        ("leeds-city-council-spend", (16_176, 10_565_929_151)),
    ];
    assert_eq!(
        totals,
        expected
            .map(|(name, total)| (name.to_owned(), total))
            .into()
    );
    let [(_, funding)] = &shipped.funding[..] else {
        panic!("one funding table")
    };
    let million = 100_000_000;
    let figures = [
        funding.issued(),
        funding.net(),
        funding.published_total,
        funding.rounding(),
    ];
    let expected = [517_699, 511_155, 511_156, 1].map(|millions: i64| millions * million);
    assert_eq!(figures.map(|money| money.minor), expected);
    let adjustments: Vec<i64> = funding
        .adjustments
        .iter()
        .map(|a| a.amount.minor / million)
        .collect();
    assert_eq!((funding.lines.len(), adjustments), (27, vec![-6_380, -164]));
}

#[test]
fn each_shipped_table_names_its_source_publisher_and_licence() {
    for table in folder()
        .shipped_tables()
        .unwrap_or_else(|error| panic!("{error}"))
    {
        let said = [
            &table.title,
            &table.publisher,
            &table.published_at,
            &table.original,
        ];
        assert!(said.iter().all(|text| !text.is_empty()), "{}", table.file);
        assert_eq!(
            table.licence, "Open Government Licence v3.0",
            "{}",
            table.file
        );
        assert_eq!(
            table.attribution,
            "Contains public sector information licensed under the Open Government Licence v3.0."
        );
    }
}

#[test]
fn a_shipped_table_that_was_changed_is_refused() {
    type Change = fn(&str) -> String;
    let changes: [(&str, Change); 3] = [
        ("another payee", |text| text.replace("A Ltd", "B Ltd")),
        ("a row less", |text| {
            text.lines()
                .take(2)
                .map(|line| format!("{line}\n"))
                .collect()
        }),
        ("a row more", |text| {
            format!("{text}2024-06-30,2024-06-01,1,A Ltd,1.00,Bins,Lorries\n")
        }),
    ];
    for (name, change) in changes {
        let fixture = fixture_with_one_original();
        let folder = fixture.folder().expect("a folder");
        folder
            .compact(fixture.path())
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            folder.read_shipped().expect("tables").files[0].rows.len(),
            2
        );
        let path = fixture.path().join("data/spend.2024-06.csv.gz");
        let text = String::from_utf8(unpacked(&path)).expect("text");
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packer, change(&text).as_bytes()).expect("packing");
        fs::write(&path, packer.finish().expect("packing")).expect("a table");
        let refused = folder.read_shipped().expect_err(name);
        let pvn::import::ShippedError::Table(error) = refused else {
            panic!("{name}: {refused}")
        };
        assert_eq!(error.problem.code(), "shipped_table_changed", "{name}");
    }
}

fn fixture_with_one_original() -> Fixture {
    use crate::fixture::{CSV_IMPORTER, with_amounts};
    let fixture = Fixture::new(&CSV_IMPORTER.replace("files = []", "files = [\"june.csv\"]"));
    fixture.put(
        "june.csv",
        with_amounts(&["£1,234.50", "(0.30000000000000004)"]).as_bytes(),
    );
    fixture
}

#[test]
fn a_compact_table_holds_only_what_the_importer_reads_written_plainly() {
    let fixture = fixture_with_one_original();
    fixture
        .folder()
        .expect("a folder")
        .compact(fixture.path())
        .expect("tables");
    let text = String::from_utf8(unpacked(&fixture.path().join("data/spend.2024-06.csv.gz")));
    insta::assert_snapshot!(text.expect("text"), @r"
    Month,Date,Number,Payee,Amount,Service,Kind
    2024-06-30,2024-06-01,1,A Ltd,1234.50,Bins,Lorries
    2024-06-30,2024-06-01,1,A Ltd,-0.30,Bins,Lorries
    ");
}

/// `pvn import FOLDER --ship`, and what it said.
fn ship(fixture: &Fixture) -> String {
    let folder = fixture.path();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_pvn"))
        .arg("import")
        .arg(folder)
        .args(["--ship", "--service"])
        .arg(folder)
        .output()
        .expect("the command starts");
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_command_makes_the_tables_and_says_which_are_not_what_they_were() {
    let fixture = fixture_with_one_original();
    let said = |changed: &str| format!("{:<44} {:>8} rows  {changed}\n", "spend.2024-06.csv.gz", 2);
    assert_eq!(ship(&fixture), said("new"));
    let shipped = fixture.folder().expect("a folder").read_shipped();
    assert_eq!(shipped.expect("tables").files[0].rows.len(), 2);
    assert_eq!(ship(&fixture), said("as it was"));
    let more = crate::fixture::with_amounts(&["£1,234.51", "0.00"]);
    fixture.put("june.csv", more.as_bytes());
    assert_eq!(ship(&fixture), said("new"));
}

#[test]
fn nothing_is_written_when_an_original_is_wrong() {
    let fixture = fixture_with_one_original();
    fixture.put("june.csv", b"Month\n");
    assert!(
        fixture
            .folder()
            .expect("a folder")
            .compact(fixture.path())
            .is_err()
    );
    assert!(!fixture.path().join("data").exists());
}

/// A line of a mapping that fits no published row is a slip of its writer.
#[test]
fn every_line_of_every_mapping_fits_a_shipped_row() {
    let folder = folder();
    for (source, spending) in &folder.spending {
        let columns = spending.mapping.columns();
        let mut rows: BTreeSet<Vec<String>> = BTreeSet::new();
        for table in folder.shipped_tables().expect("a manifest") {
            if table.source != *source {
                continue;
            }
            let bytes = unpacked(&public_money().join("data").join(&table.file));
            let mut reader = csv::Reader::from_reader(&bytes[..]);
            let titles = reader.headers().expect("titles").clone();
            let places = columns
                .iter()
                .map(|c| titles.iter().position(|t| t == c).expect("a column"));
            let places: Vec<usize> = places.collect();
            let row = |row: csv::StringRecord| places.iter().map(|i| row[*i].to_owned()).collect();
            rows.extend(reader.records().map(|record| row(record.expect("a row"))));
        }
        let name = fs::read_to_string(public_money().join(format!("importers/{source}.toml")));
        let name: toml::Table = toml::from_str(&name.expect("an importer")).expect("TOML");
        let path = public_money()
            .join("mappings")
            .join(name["mapping"].as_str().expect("a name"));
        let mut mapping = csv::Reader::from_path(&path).expect("a mapping");
        for line in mapping.records().map(|line| line.expect("a line")) {
            let fits = |row: &Vec<String>| {
                row.iter()
                    .zip(&line)
                    .all(|(cell, wanted)| wanted.is_empty() || wanted == cell)
            };
            assert!(rows.iter().any(fits), "{}: {line:?}", path.display());
        }
    }
}

/// Every exact name in the member list is one that a shipped file really pays.
#[test]
fn every_payee_name_of_every_member_is_published() {
    let folder = folder();
    let shipped = folder
        .read_shipped()
        .unwrap_or_else(|error| panic!("{error}"));
    let published: BTreeSet<&str> = shipped
        .files
        .iter()
        .flat_map(|file| &file.rows)
        .map(|row| &*row.payee)
        .collect();
    let list = fs::read_to_string(public_money().join("members.toml")).expect("members");
    let list: toml::Table = toml::from_str(&list).expect("TOML");
    for member in list["member"].as_array().expect("a list") {
        for name in member
            .get("payee_names")
            .and_then(|names| names.as_array())
            .into_iter()
            .flatten()
        {
            let name = name.as_str().expect("a name");
            assert!(published.contains(name), "{name}");
        }
    }
}
