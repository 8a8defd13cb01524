//! Quirks of publishers' files that are no mistakes.

use crate::fixture::{CSV_IMPORTER, Fixture, TITLES};

const ROW_1: &str = "2024-06-30,01/06/2024,A Ltd,1.00,1,Bins,Lorries";
const ROW_2: &str = "2024-06-30,02/06/2024,Brontë & Söhne,\"2,000.00\",2,Roads,Salt";

fn utf16le(text: &str) -> Vec<u8> {
    [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect()
}

#[test]
fn the_same_figures_are_read_from_every_way_of_writing_them() {
    let plain = format!("{TITLES}\n{ROW_1}\n{ROW_2}\n");
    let blank = ",,,,,,";
    let windows_1252 = encoding_rs::WINDOWS_1252.encode(&plain).0.into_owned();
    let reordered = "Payee,Amount,Left out,Number,Service,Kind,Month,Date\n\
         A Ltd,1.00,x,1,Bins,Lorries,2024-06-30,01/06/2024\n\
         Brontë & Söhne,\"2,000.00\",x,2,Roads,Salt,2024-06-30,02/06/2024\n";
    let table: [(&str, &str, Vec<u8>); 13] = [
        ("plain", "utf-8", plain.clone().into_bytes()),
        (
            "CR line ends",
            "utf-8",
            plain.replace('\n', "\r").into_bytes(),
        ),
        (
            "CRLF line ends",
            "utf-8",
            plain.replace('\n', "\r\n").into_bytes(),
        ),
        (
            "no last line end",
            "utf-8",
            plain.trim_end().as_bytes().to_vec(),
        ),
        (
            "byte-order mark",
            "utf-8",
            format!("\u{feff}{plain}").into_bytes(),
        ),
        (
            "byte-order mark against the importer",
            "windows-1252",
            format!("\u{feff}{plain}").into_bytes(),
        ),
        ("Windows-1252", "windows-1252", windows_1252),
        ("UTF-16", "utf-8", utf16le(&plain)),
        (
            "trailing blank rows",
            "utf-8",
            format!("{plain}{blank}\n\n{blank}\n \n").into_bytes(),
        ),
        (
            "repeated titles",
            "utf-8",
            format!("{TITLES}\n{ROW_1}\n{TITLES}\n{ROW_2}\n").into_bytes(),
        ),
        (
            "a heading above",
            "utf-8",
            format!("Payments of June\n\n,,\n{plain}").into_bytes(),
        ),
        (
            "blank columns at the end",
            "utf-8",
            plain.replace('\n', ",,\n").into_bytes(),
        ),
        (
            "columns in another order",
            "utf-8",
            reordered.as_bytes().to_vec(),
        ),
    ];
    let expected = Fixture::csv()
        .read("a.csv", plain.as_bytes())
        .expect("plain")
        .rows;
    assert_eq!(expected.len(), 2);
    for (name, encoding, bytes) in table {
        let format = format!("kind = \"delimited\"\nencoding = \"{encoding}\"");
        let fixture = Fixture::new(&CSV_IMPORTER.replace("kind = \"delimited\"", &format));
        let rows = fixture
            .read("a.csv", &bytes)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(rows.rows, expected, "{name}");
    }
}

#[test]
fn what_is_passed_over_is_counted() {
    let file = format!("{TITLES}\n{ROW_1}\n,,,,,,\n{TITLES}\n{ROW_2}\n,,,,,,\n,, ,,,,\n");
    let fixture = Fixture::csv();
    let rows = fixture.read("a.csv", file.as_bytes()).expect("rows");
    assert_eq!(
        (rows.skipped.blank_rows, rows.skipped.repeated_headers),
        (3, 1)
    );
    let ordinals: Vec<u32> = rows.rows.iter().map(|row| row.id.ordinal).collect();
    assert_eq!(ordinals, [1, 2]);
}

#[test]
fn another_separator_is_read() {
    let importer = CSV_IMPORTER.replace(
        "kind = \"delimited\"",
        "kind = \"delimited\"\ndelimiter = \";\"",
    );
    let file = format!("{TITLES}\n{ROW_1}\n").replace(',', ";");
    let rows = Fixture::new(&importer)
        .read("a.csv", file.as_bytes())
        .expect("rows");
    assert_eq!(rows.rows.len(), 1);
}

#[test]
fn names_are_one_line_without_hidden_characters() {
    let table = [
        ("A  Ltd ", "A Ltd"),
        ("A\u{a0}Ltd", "A Ltd"),
        ("\"A\nLtd\"", "A Ltd"),
        ("A\u{80}\u{93} Ltd", "A Ltd"),
        ("A\u{202e}dtL", "A dtL"),
        ("Cafe\u{301}", "Café"),
        ("Women\u{bf}s Aid", "Women¿s Aid"),
        ("\"A \"\"Best\"\" Ltd\"", "A \"Best\" Ltd"),
    ];
    let fixture = Fixture::csv();
    for (written, read) in table {
        let file = format!("{TITLES}\n2024-06-30,01/06/2024,{written},1.00,1,Bins,Lorries\n");
        let rows = fixture.read("a.csv", file.as_bytes()).expect(written);
        assert_eq!(&*rows.rows[0].payee, read, "{written}");
    }
}

#[test]
fn repeated_lines_of_one_invoice_stay_lines_of_their_own() {
    let file = format!("{TITLES}\n{ROW_1}\n{ROW_1}\n{ROW_1}\n");
    let fixture = Fixture::csv();
    let rows = fixture.read("a.csv", file.as_bytes()).expect("rows");
    assert_eq!(fixture.report(&rows).total.minor, 300);
    let ids: Vec<String> = rows.rows.iter().map(|row| row.id.to_string()).collect();
    assert_eq!(
        ids,
        [
            "spend 2024-06 row 1",
            "spend 2024-06 row 2",
            "spend 2024-06 row 3"
        ]
    );
}

const JSON_IMPORTER: &str = r#"
kind = "json"
rows = "data"
currency_at = "metadata.money.currency"
"#;

#[test]
fn json_numbers_keep_the_digits_that_were_written() {
    let importer = CSV_IMPORTER.replace("\nkind = \"delimited\"\n", JSON_IMPORTER);
    let file = r#"{ "metadata": { "money": { "currency": "GBP" }, "mean": 645586.5489999971 },
      "data": [
        { "Month": "2024-06-30", "Date": "2024-06-01", "Payee": "A \u0026 B", "Amount": 54040.2,
          "Number": "None", "Service": "Bins", "Kind": null, "more": [1, {"a": 2}] },
        { "Kind": "Salt", "Service": "Roads", "Number": 7, "Amount": 0.30000000000000004,
          "Payee": "B", "Date": "2024-06-02", "Month": "2024-06-30" }
      ], "after": {} }"#;
    let rows = Fixture::new(&importer)
        .read("a.json", file.as_bytes())
        .expect("rows")
        .rows;
    let read: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                &*row.payee,
                row.amount.minor,
                &*row.reference,
                &*row.purpose,
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            ("A & B", 5_404_020, "", "Bins"),
            ("B", 30, "7", "Roads / Salt")
        ]
    );
}

#[test]
fn json_may_be_one_line_or_a_bare_list() {
    let importer = CSV_IMPORTER.replace("kind = \"delimited\"", "kind = \"json\"");
    let row = r#"{"Month":"2024-06-30","Date":"2024-06-01","Payee":"A","Amount":"1.00","Number":"","Service":"Bins","Kind":""}"#;
    let fixture = Fixture::new(&importer);
    // Together far longer than the longest record: only one is held at a time.
    let many = vec![row; 5_000].join(",");
    let rows = fixture
        .read("a.json", format!("[{many}]").as_bytes())
        .expect("rows")
        .rows;
    assert_eq!(rows.len(), 5_000);
}
