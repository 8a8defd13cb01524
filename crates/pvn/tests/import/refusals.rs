//! Every refusal: its code, its line, and what it tells the reader to do.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use pvn::import::limits::{RECORD_BYTES_MAX, TEXT_BYTES_MAX};

use crate::fixture::{CSV_IMPORTER, Fixture, TITLES, refusal};

const ROW: &str = "2024-06-30,01/06/2024,A Ltd,1.00,1,Bins,Lorries";

#[test]
fn wrong_files_are_refused_with_line_and_reason() {
    let long = "x".repeat(TEXT_BYTES_MAX + 1);
    let rows = |rows: &str| format!("{TITLES}\n{rows}").into_bytes();
    let table: Vec<(&str, Vec<u8>, &str, Option<u64>)> = vec![
        ("nothing", vec![], "file_empty", None),
        ("titles only", rows(""), "file_empty", None),
        ("blank rows only", rows(",,,,,,\n"), "file_empty", None),
        (
            "another file",
            b"a,b\n1,2\n".to_vec(),
            "header_not_found",
            None,
        ),
        (
            "a column renamed",
            rows(ROW).replacen(b"Payee", b"Payees"),
            "column_missing",
            Some(1),
        ),
        (
            "a column in other letters",
            rows(ROW).replacen(b"Payee", b"payee"),
            "column_missing",
            Some(1),
        ),
        (
            "a column cut off",
            b"Month,Date,Payee,Amount,Number,Serv".to_vec(),
            "column_missing",
            Some(1),
        ),
        (
            "a column twice",
            rows(ROW).replacen(b"Kind", b"Kind,Payee"),
            "column_twice",
            Some(1),
        ),
        (
            "a row cut off",
            rows("2024-06-30,01/06/20"),
            "row_too_short",
            Some(2),
        ),
        (
            "a quote never closed",
            rows("2024-06-30,01/06/2024,\"A Ltd,1.00,1,Bins,Lorries\n"),
            "row_too_short",
            Some(2),
        ),
        (
            "a comma without quotes",
            rows("2024-06-30,01/06/2024,A, B Ltd,1.00,1,Bins,Lorries\n"),
            "row_too_long",
            Some(2),
        ),
        (
            "no payee",
            rows("2024-06-30,01/06/2024, ,1.00,1,Bins,Lorries\n"),
            "cell_blank",
            Some(2),
        ),
        (
            "a novel",
            rows(&format!(
                "2024-06-30,01/06/2024,{long},1.00,1,Bins,Lorries\n"
            )),
            "text_too_long",
            Some(2),
        ),
        (
            "two months",
            rows(&format!(
                "{ROW}\n\n\n{}\n",
                ROW.replacen("06-30", "07-31", 1)
            )),
            "period_changes",
            Some(5),
        ),
        (
            "bytes that are not UTF-8",
            rows(&ROW.replace("A Ltd", "\u{e9}")).replacen("\u{e9}".as_bytes(), b"\xe9"),
            "encoding_unreadable",
            Some(2),
        ),
        (
            "a picture",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xd8".to_vec(),
            "encoding_unreadable",
            Some(1),
        ),
    ];
    let fixture = Fixture::csv();
    for (name, bytes, code, line) in table {
        assert_eq!(
            refusal(fixture.read("a.csv", &bytes)),
            (code, line),
            "{name}"
        );
    }
}

/// Replaces bytes once; only for making wrong files from right ones.
trait Replace {
    fn replacen(self, from: &[u8], to: &[u8]) -> Self;
}

impl Replace for Vec<u8> {
    fn replacen(self, from: &[u8], to: &[u8]) -> Self {
        let at = self
            .windows(from.len())
            .position(|w| w == from)
            .expect("something to replace");
        [&self[..at], to, &self[at + from.len()..]].concat()
    }
}

#[test]
fn a_refusal_says_where_why_and_what_to_do() {
    let fixture = Fixture::csv();
    let said = |bytes: &str| {
        let error = fixture
            .read("a.csv", bytes.as_bytes())
            .expect_err("a refusal")
            .to_string();
        error.replace(&format!("{}/", fixture.path().display()), "")
    };
    insta::assert_snapshot!(
        [
            said(&format!("{TITLES}\n{ROW}\n").replace("Payee", "Payee Name")),
            said(&format!("{TITLES}\n2024-06-30,30/02/2024,A Ltd,1.00,1,Bins,Lorries\n")),
            said(&format!("{TITLES}\n2024-06-30,1 June,A Ltd,1.00,1,Bins,Lorries\n")),
            said(&format!("{TITLES}\n2024-06-30,01/06/2024,A Ltd,€1.00,1,Bins,Lorries\n")),
            said(&format!("{TITLES}\n2024-06-30,01/06/2024,A Ltd")),
        ]
        .join("\n"),
        @r#"
        a.csv, line 1: there is no column "Payee" (did the publisher rename it to "Payee Name"? Then name that in the importer); the file has "Month", "Date", "Payee Name", "Amount", "Number", "Service", "Kind". Nothing was imported.
        a.csv, line 2: column "Date": "30/02/2024" is not a day of the calendar; correct the cell, or ask the publisher. Nothing was imported.
        a.csv, line 2: column "Date": "1 June" is not a date written as "%d/%m/%Y", "%Y-%m-%d"; correct the cell, or add its format to the importer's date_formats. Nothing was imported.
        a.csv, line 2: column "Amount": "€1.00" is not in GBP; import each currency with an importer of its own. Nothing was imported.
        a.csv, line 2: the row has 3 cells where the titles have 7; the file is cut off here, or a quotation mark is not closed. Nothing was imported.
        "#
    );
}

#[test]
fn json_of_another_shape_is_refused() {
    let row = r#"{"Month":"2024-06-30","Date":"2024-06-01","Payee":"A","Amount":"1.00","Number":"","Service":"Bins","Kind":""}"#;
    let with = |row: &str| format!("{{\"about\":{{\"currency\":\"GBP\"}},\"data\":[\n{row}\n]}}");
    let euro = with(row).replace("GBP", "EUR");
    let table = [
        (
            "not JSON",
            "Month,Date".to_owned(),
            "json_unreadable",
            Some(1),
        ),
        (
            "cut off",
            with(row).replace("]}", ""),
            "json_unreadable",
            Some(3),
        ),
        (
            "something after it",
            format!("{}x", with(row)),
            "json_unreadable",
            Some(3),
        ),
        (
            "no list of that name",
            with(row).replace("data", "rows"),
            "json_rows_missing",
            None,
        ),
        ("no object", with("\"x\""), "json_unreadable", Some(2)),
        (
            "a name missing",
            with(&row.replace("Payee", "Payees")),
            "column_missing",
            Some(2),
        ),
        (
            "a name missing in the second row",
            with(&format!("{row},\n{{}}")),
            "column_missing",
            Some(3),
        ),
        (
            "a name twice",
            with(&row.replacen('{', "{\"Payee\":\"B\",", 1)),
            "column_twice",
            Some(2),
        ),
        (
            "a list where a text is",
            with(&row.replace("\"A\"", "[\"A\"]")),
            "cell_nested",
            Some(2),
        ),
        ("another currency", euro, "currency_unknown", None),
        (
            "no currency",
            with(row).replace("currency", "money"),
            "column_missing",
            None,
        ),
        ("no rows", with(""), "file_empty", None),
    ];
    let format = "kind = \"json\"\nrows = \"data\"\ncurrency_at = \"about.currency\"";
    let fixture = Fixture::new(&CSV_IMPORTER.replace("kind = \"delimited\"", format));
    for (name, text, code, line) in table {
        assert_eq!(
            refusal(fixture.read("a.json", text.as_bytes())),
            (code, line),
            "{name}"
        );
    }
}

#[test]
fn a_currency_column_is_held_to_the_importers_currency() {
    let importer = CSV_IMPORTER.replace("[amounts]", "currency = \"Currency\"\n[amounts]");
    let fixture = Fixture::new(&importer);
    for (code, refused) in [
        ("GBP", None),
        ("EUR", Some("currency_unknown")),
        ("", Some("cell_blank")),
    ] {
        let file = format!("{TITLES},Currency\n{ROW},{code}\n");
        let read = fixture.read("a.csv", file.as_bytes());
        assert_eq!(
            read.err().map(|error| error.problem.code()),
            refused,
            "{code}"
        );
    }
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    let fixture = Fixture::csv();
    let missing = fixture.path().join("missing.csv");
    assert_eq!(
        refusal(fixture.read_path(&missing)),
        ("file_unreadable", None)
    );
    assert_eq!(
        refusal(fixture.read_path(fixture.path())),
        ("file_unreadable", Some(1))
    );
}

/// Ten gigabytes without a line end, which the disk does not really hold.
fn ten_gigabytes(fixture: &Fixture, name: &str, start: &str) -> std::path::PathBuf {
    let path = fixture.path().join(name);
    let mut file = File::create(&path).expect("a file");
    file.write_all(start.as_bytes()).expect("a start");
    file.set_len(10_000_000_000).expect("a sparse file");
    path
}

#[test]
fn a_line_of_ten_gigabytes_stops_at_the_limit_at_once() {
    let fixture = Fixture::csv();
    let cases = [
        ("a.csv", "", 1),
        ("b.csv", &*format!("{TITLES}\n{ROW}\n"), 3),
        (
            "c.csv",
            &*format!("{TITLES}\n{ROW}\n2024-06-30,01/06/2024,\"never closed"),
            3,
        ),
    ];
    let started = Instant::now();
    for (name, start, line) in cases {
        let path = ten_gigabytes(&fixture, name, start);
        assert_eq!(
            refusal(fixture.read_path(&path)),
            ("record_too_long", Some(line)),
            "{name}"
        );
    }
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "took {:?}",
        started.elapsed()
    );
}

#[test]
fn an_endless_json_object_stops_at_the_limit() {
    let json = Fixture::new(&CSV_IMPORTER.replace("kind = \"delimited\"", "kind = \"json\""));
    let endless = " ".repeat(2 * RECORD_BYTES_MAX as usize);
    for start in ["[{\"Month\":\"", "[{\"other\":\"", "[", "[{"] {
        let read = json.read("a.json", format!("{start}{endless}").as_bytes());
        assert_eq!(refusal(read), ("record_too_long", Some(1)), "{start}");
    }
}

#[test]
fn a_quote_never_closed_does_not_swallow_the_file() {
    let mut file = format!("{TITLES}\n{ROW}\n2024-06-30,01/06/2024,\"A Ltd,1.00,1,Bins,Lorries\n");
    while file.len() as u64 <= 2 * RECORD_BYTES_MAX {
        file.push_str(ROW);
        file.push('\n');
    }
    assert_eq!(
        refusal(Fixture::csv().read("a.csv", file.as_bytes())),
        ("record_too_long", Some(3))
    );
}
