//! Amounts: exact to the penny however they are written.

use crate::fixture::{CSV_IMPORTER, Fixture, with_amounts};

#[test]
fn amounts_are_read_to_the_penny() {
    let table = [
        ("5400.00", 540_000),
        ("£1,234.50", 123_450),
        ("1,234,567", 123_456_700),
        ("12.5", 1_250),
        ("0.00", 0),
        ("-0.00", 0),
        ("+7", 700),
        ("-12.34", -1_234),
        ("\u{2212}12.34", -1_234),
        ("-£12.34", -1_234),
        ("£-12.34", -1_234),
        ("(1,234.50)", -123_450),
        ("(£1,234.50)", -123_450),
        ("£(1,234.50)", -123_450),
        ("1,234.50-", -123_450),
        ("GBP 3.10", 310),
        ("  £ 3.10 ", 310),
        // What binary fractions leave behind.
        ("0.30000000000000004", 30),
        ("12.339999999999998", 1_234),
        ("54040.199999999997", 5_404_020),
        ("0.999999999999", 100),
        ("1.7e3", 170_000),
        ("1.7E+3", 170_000),
        ("170e-2", 170),
        ("1e-17", 0),
        ("12.3400", 1_234),
        // The largest that fits, and where binary fractions would fail.
        ("92233720368547758.07", i64::MAX),
        ("90071992547409.93", 9_007_199_254_740_993),
    ];
    let fixture = Fixture::csv();
    for (written, pence) in table {
        let rows = fixture.read("a.csv", with_amounts(&[written]).as_bytes());
        let rows = rows.unwrap_or_else(|error| panic!("{written}: {error}"));
        assert_eq!(rows.rows[0].amount, deed::Money::gbp(pence), "{written}");
    }
}

#[test]
fn what_is_no_amount_is_refused() {
    let table = [
        ("", "cell_blank"),
        ("None", "cell_blank"),
        ("n/a", "amount_unreadable"),
        ("12.3.4", "amount_unreadable"),
        ("1,23.00", "amount_unreadable"),
        ("1234,567.00", "amount_unreadable"),
        ("(12", "amount_unreadable"),
        ("(-12)", "amount_unreadable"),
        ("-12-", "amount_unreadable"),
        ("--12", "amount_unreadable"),
        ("12 34", "amount_unreadable"),
        (".50", "amount_unreadable"),
        ("5.", "amount_unreadable"),
        ("0x10", "amount_unreadable"),
        ("inf", "amount_unreadable"),
        ("1.005", "amount_too_fine"),
        ("0.125", "amount_too_fine"),
        ("12.34999", "amount_too_fine"),
        ("€12.00", "currency_unknown"),
        ("USD 12.00", "currency_unknown"),
        ("XYZ12.00", "currency_unknown"),
        ("92233720368547758.08", "amount_too_large"),
        ("1e30", "amount_too_large"),
        ("1e2000000000", "amount_too_large"),
    ];
    let fixture = Fixture::csv();
    for (written, code) in table {
        let refused = fixture.read("a.csv", with_amounts(&["1.00", written]).as_bytes());
        let error = refused.expect_err(written);
        assert_eq!(
            (error.problem.code(), error.place.line),
            (code, Some(3)),
            "{written}"
        );
    }
}

#[test]
fn a_sum_that_does_not_fit_is_refused() {
    let largest = "92233720368547758.07";
    let refused = Fixture::csv().read("a.csv", with_amounts(&[largest, largest]).as_bytes());
    assert_eq!(
        crate::fixture::refusal(refused),
        ("amount_too_large", Some(3))
    );
}

#[test]
fn a_publisher_that_always_writes_pennies_is_held_to_it() {
    let fixture = Fixture::new(&format!("{CSV_IMPORTER}decimals = 2\n"));
    for (written, refused) in [
        ("12.30", false),
        ("12.3", true),
        ("12", true),
        ("12.300", true),
    ] {
        let read = fixture.read("a.csv", with_amounts(&[written]).as_bytes());
        let code = read.err().map(|error| error.problem.code());
        assert_eq!(code, refused.then_some("amount_decimals"), "{written}");
    }
}
