//! Parties, currencies and amounts.

use deed::{Currency, FileAddress, FileAddressError, Money, MoneyError, Party, PartyError, Value};

#[test]
fn amounts_read_and_show_as_people_write_them() {
    let cases = [
        ("105659291.51", "GBP", Ok("£105,659,291.51")),
        ("£1,234.5", "GBP", Ok("£1,234.50")),
        ("-£0.05", "GBP", Ok("-£0.05")),
        ("\u{2212}£1", "GBP", Ok("-£1.00")),
        ("GBP 12", "GBP", Ok("£12.00")),
        ("0.500", "GBP", Ok("£0.50")),
        ("€7", "EUR", Ok("€7.00")),
        ("JPY 1,234", "JPY", Ok("JPY 1,234")),
        ("1.234", "KWD", Ok("KWD 1.234")),
        ("1.5", "JPY", Err(MoneyError::TooFine)),
        ("0.005", "GBP", Err(MoneyError::TooFine)),
        ("1,00", "GBP", Err(MoneyError::Thousands)),
        (",100", "GBP", Err(MoneyError::Thousands)),
        ("1.", "GBP", Err(MoneyError::Shape)),
        (".5", "GBP", Err(MoneyError::Shape)),
        ("", "GBP", Err(MoneyError::Shape)),
        ("--1", "GBP", Err(MoneyError::Shape)),
        ("1 000", "GBP", Err(MoneyError::Shape)),
        ("€7", "GBP", Err(MoneyError::OtherCurrency)),
        ("EUR 7", "GBP", Err(MoneyError::OtherCurrency)),
        (
            "92233720368547758.07",
            "GBP",
            Ok("£92,233,720,368,547,758.07"),
        ),
        ("92233720368547758.08", "GBP", Err(MoneyError::TooLarge)),
    ];
    for (text, currency, expected) in cases {
        let money = Money::parse(text, Currency::new(currency).unwrap());
        assert_eq!(
            money.map(|m| m.to_string()),
            expected.map(str::to_owned),
            "{text}"
        );
    }
    assert_eq!(
        Money::gbp(i64::MIN).to_string(),
        "-£92,233,720,368,547,758.08"
    );
}

#[test]
fn identifiers_have_one_alphabet_and_a_length() {
    assert_eq!(
        Party::new("GB-GOR-D15").map(|p| p.to_string()),
        Ok("GB-GOR-D15".to_owned())
    );
    assert_eq!(Party::new(""), Err(PartyError::Length(0)));
    assert_eq!(Party::new(&"x".repeat(65)), Err(PartyError::Length(65)));
    assert_eq!("a b".parse::<Party>(), Err(PartyError::Character(' ')));
    assert_eq!(
        Party::new("GB-GОR"),
        Err(PartyError::Character('О')),
        "a Cyrillic O"
    );
    for code in ["gbp", "GB", "GBPX", "£££", ""] {
        assert!(Currency::new(code).is_err(), "{code}");
    }
}

#[test]
fn a_file_has_one_address() {
    let root = "0123456789abcdef".repeat(4);
    let bytes = |text: &str| text.parse::<FileAddress>().map(|file| file.bytes);
    let cases = [
        (format!("sha256-tree:{root}:5"), Ok(5)),
        (format!("sha256-tree:{root}:0"), Ok(0)),
        (format!("sha256-tree:{root}:{}", u64::MAX), Ok(u64::MAX)),
        (
            format!("sha256-tree:{root}:18446744073709551616"),
            Err(FileAddressError),
        ),
        (format!("sha256-tree:{root}:05"), Err(FileAddressError)),
        (format!("sha256-tree:{root}:+5"), Err(FileAddressError)),
        (format!("sha256-tree:{root}:-5"), Err(FileAddressError)),
        (format!("sha256-tree:{root}:"), Err(FileAddressError)),
        (format!("sha256-tree:{root}: 5"), Err(FileAddressError)),
        (format!("sha256-tree:{root}:5:"), Err(FileAddressError)),
        (format!("sha256-tree:{root}"), Err(FileAddressError)),
        (
            format!("sha256-tree:{}:5", root.to_uppercase()),
            Err(FileAddressError),
        ),
        (
            format!("sha256-tree:{}:5", &root[1..]),
            Err(FileAddressError),
        ),
        (format!("sha256-tree:{root}0:5"), Err(FileAddressError)),
        (
            format!("sha256-tree:{}:5", root.replace('0', "é")),
            Err(FileAddressError),
        ),
        (format!("sha256:{root}:5"), Err(FileAddressError)),
        (String::new(), Err(FileAddressError)),
    ];
    for (text, expected) in cases {
        assert_eq!(bytes(&text), expected, "{text}");
    }
    let mut root = [0; 32];
    (root[0], root[31]) = (0x1f, 0xe0);
    let file = FileAddress { root, bytes: 12 };
    let written = format!("sha256-tree:1f{}e0:12", "00".repeat(30));
    assert_eq!(file.to_string(), written);
    assert_eq!(written.parse(), Ok(file));
    assert_eq!(
        Value::File(file.into()).to_string(),
        format!("\"{written}\"")
    );
}

#[test]
fn values_show_as_people_read_them() {
    let date = jiff::civil::date(2026, 4, 1);
    let all = Value::List(vec![
        Value::Bool(true),
        Value::Int(-3),
        Value::text("a"),
        Value::Money(Money::gbp(5)),
        Value::Date(date),
        Value::choice("held"),
        Value::Absent,
        Value::Record(vec![]),
    ]);
    assert_eq!(
        all.to_string(),
        "[true, -3, \"a\", £0.05, 1 April 2026, held, none, ()]"
    );
}
