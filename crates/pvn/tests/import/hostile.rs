//! Files that are damaged: rows or a refusal, in time, and never a panic.

#[path = "../../../../fuzz/src/choices.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets see it too")]
mod choices;
#[path = "../../../../fuzz/src/wire/text.rs"]
#[allow(unreachable_pub, reason = "the fuzz targets see it too")]
mod text;

use crate::fixture::{CSV_IMPORTER, Fixture, TITLES};
use crate::workbook::{MAIN_SHEET, spending, xlsx, xlsx_with};
use choices::Bytes;
use pvn::import::{ImportError, Rows};

/// A file changed once to four times, by the case's number alone.
fn damaged(case: u64, file: &[u8]) -> Vec<u8> {
    let mut state = case;
    let mut byte = || {
        // Knuth's MMIX generator; its upper bits are good enough to choose by.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    let choices: Vec<u8> = (0..40).map(|_| byte()).collect();
    let mut bytes = Bytes(&choices);
    let mut damaged = file.to_vec();
    for _ in 0..*bytes.one_of(&[1, 1, 2, 4]) {
        text::damage(&mut damaged, file, &mut bytes);
    }
    damaged
}

/// Whether rows came of it.
fn is_read(read: Result<Rows, ImportError>) -> bool {
    match read {
        Ok(rows) => {
            assert!(!rows.rows.is_empty());
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

#[test]
fn a_damaged_table_is_read_or_refused() {
    let mut file = format!("{TITLES}\n");
    for number in 1..20 {
        file.push_str(&format!(
            "2024-06-30,{number:02}/06/2024,\"Bront\u{eb} & S\u{f6}hne, Ltd\",\"{number},000.50\",{number},Bins,Lorries\n"
        ));
    }
    let fixture = Fixture::csv();
    let cases = 0..600;
    let read =
        cases.filter(|case| is_read(fixture.read("a.csv", &damaged(*case, file.as_bytes()))));
    let read = read.count();
    assert!((50..550).contains(&read), "{read} of 600 are read");
}

#[test]
fn a_damaged_workbook_is_read_or_refused() {
    let titles: Vec<&str> = TITLES.split(',').collect();
    let row = vec![
        "2024-06-30",
        "d:45444",
        "A &amp; B",
        "n:54040.2",
        "n:7",
        "Roads",
        "Salt",
    ];
    let rows = [titles, row];
    let whole = xlsx("June", &rows);
    let fixture = spending();
    let outside = (0..300).filter(|case| is_read(fixture.read("a.xlsx", &damaged(*case, &whole))));
    let outside = outside.count();
    // Packed rightly, and damaged within.
    let within = (0..300).filter(|case| {
        let file = xlsx_with("June", &rows, |name, text| match name {
            MAIN_SHEET => String::from_utf8_lossy(&damaged(*case, text.as_bytes())).into_owned(),
            _ => text,
        });
        is_read(fixture.read("a.xlsx", &file))
    });
    let within = within.count();
    assert!((1..299).contains(&outside), "{outside} of 300 are read");
    assert!((10..290).contains(&within), "{within} of 300 are read");
}

#[test]
fn a_damaged_importer_is_read_or_refused() {
    for case in 0..300 {
        let importer = damaged(case, CSV_IMPORTER.as_bytes());
        let fixture = Fixture::new(&String::from_utf8_lossy(&importer));
        if let Err(error) = fixture.folder() {
            assert!(!error.to_string().is_empty());
        }
    }
}
