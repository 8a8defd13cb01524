//! Workbooks: rows of payments, and tables of funding.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use pvn::import::limits::WORKBOOK_UNPACKED_BYTES_MAX;
use zip::write::SimpleFileOptions;

use crate::fixture::{CSV_IMPORTER, Fixture, TITLES, refusal};

pub(crate) const PLANS: &str = r#"
kind = "funding"
source = "plans"
giver = "T-COUNCIL"
currency = "GBP"
[provenance]
title = "Plans"
publisher = "Borough Council"
published_at = "council.example"
licence = "OGL"
attribution = "Contains."
files = []
[table]
sheet = "Plans"
column = ["2025-26", "plans"]
first_after = "By body"
total = "Total"
unit_minor = 100_000_000
year = 2025
"#;

/// Where the cells of a workbook's one sheet are.
pub(crate) const MAIN_SHEET: &str = "xl/worksheets/sheet1.xml";

/// Cells of a sheet: `n:` before a number, `d:` before a date's serial number; the rest is text.
pub(crate) fn xlsx(sheet: &str, rows: &[Vec<&str>]) -> Vec<u8> {
    xlsx_with(sheet, rows, |_, text| text)
}

/// The same, with each file in it changed before it is packed.
pub(crate) fn xlsx_with(
    sheet: &str,
    rows: &[Vec<&str>],
    change: impl Fn(&str, String) -> String,
) -> Vec<u8> {
    let mut data = String::new();
    for (r, row) in rows.iter().enumerate() {
        let _ = write!(data, "<row r=\"{}\">", r + 1);
        for (c, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let at = format!(
                "{}{}",
                char::from(b'A' + u8::try_from(c).expect("few columns")),
                r + 1
            );
            let _ = match cell.split_once(':') {
                Some(("n", number)) => write!(data, "<c r=\"{at}\"><v>{number}</v></c>"),
                Some(("d", number)) => write!(data, "<c r=\"{at}\" s=\"1\"><v>{number}</v></c>"),
                _ => write!(
                    data,
                    "<c r=\"{at}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"
                ),
            };
        }
        data.push_str("</row>");
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let members = [
        ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>".to_owned()),
        ("_rels/.rels", format!("<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>")),
        ("xl/workbook.xml", format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"{sheet}\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels", format!("<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>")),
        ("xl/styles.xml", format!("<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>")),
        (MAIN_SHEET, format!("<worksheet xmlns=\"{main}\"><sheetData>{data}</sheetData></worksheet>")),
    ];
    zipped(&members.map(|(name, text)| (name, change(name, text))))
}

fn zipped(members: &[(&str, String)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in members {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .expect("a member");
        archive.write_all(text.as_bytes()).expect("its text");
    }
    archive.finish().expect("an archive").into_inner()
}

pub(crate) fn spending() -> Fixture {
    Fixture::new(&CSV_IMPORTER.replace(
        "kind = \"delimited\"",
        "kind = \"workbook\"\nsheet = \"June\"",
    ))
}

#[test]
fn rows_of_payments_are_read_from_a_sheet() {
    let titles: Vec<&str> = TITLES.split(',').collect();
    let bytes = xlsx(
        "June",
        &[
            vec!["Payments over £500"],
            vec![],
            titles,
            vec![
                "2024-06-30",
                "d:45444",
                "A &amp; B",
                "n:54040.199999999997",
                "n:7",
                "Roads",
                "Salt",
            ],
            vec!["d:45473", "24/06/2024", "C", "-£1,234.50", "None", "Bins"],
            vec!["", "", "", " "],
        ],
    );
    let rows = spending().read("a.xlsx", &bytes).expect("rows").rows;
    let read: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                &*row.payee,
                row.amount.minor,
                row.published.to_string(),
                &*row.reference,
                &*row.purpose,
            )
        })
        .collect();
    let expected = [
        (
            "A & B",
            5_404_020,
            "2024-06-01".to_owned(),
            "7",
            "Roads / Salt",
        ),
        ("C", -123_450, "2024-06-24".to_owned(), "", "Bins"),
    ];
    assert_eq!(read, expected);
}

#[test]
fn what_is_no_such_sheet_is_refused() {
    let titles: Vec<&str> = TITLES.split(',').collect();
    let far = vec!["x"; 8];
    let row = vec![
        "2024-06-30",
        "2024-06-01",
        "A",
        "n:1",
        "1",
        "Roads",
        "Salt",
        "beyond",
    ];
    let right = xlsx("June", &[titles.clone(), row]);
    let table: Vec<(&str, Vec<u8>, &str, Option<u64>)> = vec![
        (
            "not a workbook",
            b"PK not really".to_vec(),
            "workbook_unreadable",
            None,
        ),
        (
            "cut off",
            right[..right.len() / 2].to_vec(),
            "workbook_unreadable",
            None,
        ),
        (
            "a zip of something else",
            zipped(&[("a.txt", "a".to_owned())]),
            "workbook_unreadable",
            None,
        ),
        (
            "another sheet",
            xlsx("July", std::slice::from_ref(&titles)),
            "sheet_missing",
            None,
        ),
        ("no titles", xlsx("June", &[far]), "header_not_found", None),
        ("no rows", xlsx("June", &[titles]), "file_empty", None),
        ("a cell beyond the titles", right, "row_too_long", Some(2)),
    ];
    for (name, bytes, code, line) in table {
        assert_eq!(
            refusal(spending().read("a.xlsx", &bytes)),
            (code, line),
            "{name}"
        );
    }
}

#[test]
fn a_workbook_that_swells_is_refused_before_it_is_opened() {
    let megabyte = " ".repeat(1 << 20);
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file("xl/sharedStrings.xml", SimpleFileOptions::default())
        .expect("a member");
    for _ in 0..=WORKBOOK_UNPACKED_BYTES_MAX >> 20 {
        archive.write_all(megabyte.as_bytes()).expect("blanks");
    }
    let bytes = archive.finish().expect("an archive").into_inner();
    assert!(bytes.len() < 1 << 20, "{} bytes", bytes.len());
    assert_eq!(
        refusal(spending().read("a.xlsx", &bytes)),
        ("workbook_too_large", None)
    );
}

fn plans(rows: &[[&str; 3]], total: &str) -> Vec<u8> {
    let mut sheet = vec![
        vec!["Table 1"],
        vec!["", "2024-25", "2025-26"],
        vec!["", "outturn", "plans"],
        vec!["By body"],
    ];
    sheet.extend(rows.iter().map(|row| row.to_vec()));
    sheet.push(vec!["Total", "n:1", total]);
    sheet.push(vec!["(1) A note."]);
    xlsx("Plans", &sheet)
}

fn funding_fixture() -> Fixture {
    let fixture = Fixture::csv();
    fixture.put("importers/plans.toml", PLANS.as_bytes());
    fixture
}

#[test]
fn a_funding_table_keeps_lines_adjustments_and_the_published_total_apart() {
    let bytes = plans(
        &[
            ["Roads ", "n:9", "n:120"],
            ["Ferries", "n:3", "-"],
            ["Bridges", "-", "n:30"],
            ["Expected shortfall", "-", "n:-11"],
        ],
        "n:140",
    );
    let fixture = funding_fixture();
    let funding = fixture
        .read_funding(&fixture.put("a.xlsx", &bytes))
        .expect("a table");
    let lines: Vec<_> = (funding.lines.iter())
        .map(|line| {
            (
                line.ordinal,
                &*line.name,
                line.receiver.as_str(),
                line.amount.to_string(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            (1, "Roads", "T-COUNTY", "£120,000,000.00".to_owned()),
            (2, "Bridges", "T-COUNTY", "£30,000,000.00".to_owned()),
        ]
    );
    let figures = [
        funding.issued(),
        funding.net(),
        funding.published_total,
        funding.rounding(),
    ]
    .map(|m| m.minor);
    assert_eq!(
        figures,
        [15_000_000_000, 13_900_000_000, 14_000_000_000, 100_000_000]
    );
    assert_eq!((funding.adjustments.len(), funding.year), (1, 2025));
    let folder = fixture.folder().expect("a folder");
    let text = pvn::import::FundingText::new(&funding, &folder);
    insta::assert_snapshot!("funding_text", text.to_string());
    insta::assert_snapshot!(
        "funding_json",
        serde_json::to_string_pretty(&text.json()).expect("JSON")
    );
}

#[test]
fn a_funding_table_that_does_not_fit_is_refused() {
    let good = [["Roads", "n:9", "n:120"], ["Bridges", "", "n:30"]];
    let table: Vec<(&str, Vec<u8>, &str, Option<u64>)> = vec![
        (
            "another total",
            plans(&good, "n:153"),
            "total_differs",
            None,
        ),
        (
            "a line of nobody",
            plans(&[["Canals", "", "n:150"]], "n:150"),
            "line_without_receiver",
            Some(5),
        ),
        (
            "no amount",
            plans(&[["Roads", "", "soon"]], "n:150"),
            "amount_unreadable",
            Some(5),
        ),
        ("no lines", plans(&[], "n:0"), "file_empty", None),
        (
            "no such year",
            xlsx("Plans", &[vec!["By body"], vec!["Total"]]),
            "column_missing",
            None,
        ),
        (
            "no total",
            xlsx("Plans", &[vec!["By body", "2025-26"], vec!["", "plans"]]),
            "line_missing",
            None,
        ),
        ("no such sheet", xlsx("Outturn", &[]), "sheet_missing", None),
    ];
    let fixture = funding_fixture();
    for (name, bytes, code, line) in table {
        let read = fixture.read_funding(&fixture.put("a.xlsx", &bytes));
        assert_eq!(refusal(read), (code, line), "{name}");
    }
}
