//! Dates in the importer's formats.

use jiff::civil::date;

use crate::fixture::{Fixture, TITLES};

fn file(day: &str) -> String {
    format!("{TITLES}\n2024-06-30,{day},A Ltd,1.00,1,Bins,Lorries\n")
}

#[test]
fn dates_are_read_in_the_first_format_that_fits() {
    let table = [
        ("24/06/2024", date(2024, 6, 24)),
        ("4/6/2024", date(2024, 6, 4)),
        ("2024-06-24", date(2024, 6, 24)),
        (" 29/02/2024 ", date(2024, 2, 29)),
    ];
    let fixture = Fixture::csv();
    for (written, day) in table {
        let rows = fixture
            .read("a.csv", file(written).as_bytes())
            .expect(written);
        assert_eq!(rows.rows[0].published, day, "{written}");
    }
}

#[test]
fn impossible_dates_are_refused() {
    let table = [
        ("30/02/2024", "date_impossible"),
        ("29/02/2023", "date_impossible"),
        ("01/13/2024", "date_impossible"),
        ("00/01/2024", "date_impossible"),
        ("2024-02-30", "date_impossible"),
        ("24/06/1066", "date_out_of_range"),
        ("24/06/9999", "date_out_of_range"),
        ("24 June 2024", "date_unreadable"),
        ("24/06/24", "date_out_of_range"),
        ("24/06/2024 10:00", "date_unreadable"),
        ("45467", "date_unreadable"),
        ("", "cell_blank"),
    ];
    let fixture = Fixture::csv();
    for (written, code) in table {
        let error = fixture
            .read("a.csv", file(written).as_bytes())
            .expect_err(written);
        assert_eq!(
            (error.problem.code(), error.place.line),
            (code, Some(2)),
            "{written}"
        );
    }
}
