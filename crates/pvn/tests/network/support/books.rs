//! What the published files add up to, counted by a reader that shares nothing with the importer.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::Command;

use flate2::read::GzDecoder;
use serde_json::Value as Json;

use super::public_money;

/// A published file by its payer, source and period.
pub(crate) type FileName = (String, String, String);

/// What a file adds up to, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) rows: u64,
    pub(crate) total: i64,
    pub(crate) spent: i64,
    pub(crate) to_members: i64,
    pub(crate) internal: i64,
    pub(crate) listed_rows: u64,
}

/// The shipped files: payer, source, period, and the columns of payee and amount. They stand here again on purpose: a mistake
/// in the importer's settings must not be repeated here.
const FILES: [(&str, &str, &str, &str, &str); 5] = [
    (
        "GB-LAE-LDS",
        "leeds-city-council-spend",
        "2020-06",
        "Beneficiary Name",
        "Amount",
    ),
    (
        "GB-GOR-D2",
        "cabinet-office-spend",
        "2022-03",
        "Supplier",
        "Amount",
    ),
    (
        "GB-GOR-D15",
        "hm-treasury-spend",
        "2025-01",
        "supplier",
        "amount_gbp",
    ),
    (
        "GB-GOR-D15",
        "hm-treasury-spend",
        "2025-02",
        "supplier",
        "amount_gbp",
    ),
    (
        "GB-GOR-D15",
        "hm-treasury-spend",
        "2025-03",
        "supplier",
        "amount_gbp",
    ),
];

/// Minor units of an amount with at most two decimals.
pub(crate) fn minor(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<2}");
    let negative = whole.starts_with('-');
    let units: i64 = whole
        .trim_start_matches('-')
        .parse()
        .unwrap_or_else(|_| panic!("{text:?} is an amount"));
    let pence: i64 = part
        .parse()
        .ok()
        .filter(|_| part.len() == 2)
        .unwrap_or_else(|| panic!("{text:?} is in pence"));
    let minor = units * 100 + pence;
    if negative { -minor } else { minor }
}

/// Members by the names under which they are paid.
fn members() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(public_money().join("members.toml")).expect("the members");
    let table: toml::Table = text.parse().expect("TOML");
    let mut members = BTreeMap::new();
    for member in table["member"].as_array().expect("a list") {
        for name in member
            .get("payee_names")
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
        {
            let name = name.as_str().expect("a name").to_owned();
            members.insert(
                name,
                member["id"].as_str().expect("an identifier").to_owned(),
            );
        }
    }
    members
}

/// What the first rows of each shipped file add up to.
pub(crate) fn of_first_rows(rows: usize) -> BTreeMap<FileName, Sums> {
    let members = members();
    let mut books = BTreeMap::new();
    for (payer, source, period, payee, amount) in FILES {
        let file = File::open(public_money().join(format!("data/{source}.{period}.csv.gz")))
            .expect("a shipped table");
        let mut table = csv::Reader::from_reader(GzDecoder::new(file));
        let titles = table.headers().expect("titles").clone();
        let column = |title: &str| {
            titles
                .iter()
                .position(|t| t == title)
                .unwrap_or_else(|| panic!("a column {title}"))
        };
        let (payee, amount) = (column(payee), column(amount));
        let mut sums = Sums::default();
        for row in table.records().take(rows) {
            let row = row.expect("a row");
            let minor = minor(&row[amount]);
            let name = row[payee].split_whitespace().collect::<Vec<_>>().join(" ");
            sums.rows += 1;
            sums.total += minor;
            sums.listed_rows += u64::from(minor == 0);
            match members.get(&name) {
                None => sums.spent += minor,
                Some(member) if member == payer => sums.internal += minor,
                Some(_) => sums.to_members += minor,
            }
        }
        books.insert([payer, source, period].map(str::to_owned).into(), sums);
    }
    books
}

/// What the publishers' own files add up to, counted by the script beside the repository.
pub(crate) fn of_originals(folder: &Path) -> BTreeMap<FileName, Sums> {
    let script = public_money().join("../../scripts/independent_totals.py");
    let output = Command::new("python3")
        .arg(script)
        .arg("originals")
        .arg(folder)
        .output()
        .expect("Python");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let counted: Json = serde_json::from_slice(&output.stdout).expect("JSON");
    let book = |(payer, source, period, ..): (&str, &str, &str, &str, &str)| {
        let file = &counted["spending"][format!("{source} {period}")];
        let number = |name: &str| {
            file[name]
                .as_i64()
                .unwrap_or_else(|| panic!("{name} of {source} {period}"))
        };
        let count = |name: &str| u64::try_from(number(name)).expect("a count");
        let sums = Sums {
            rows: count("rows"),
            total: number("total"),
            spent: number("spent"),
            to_members: number("to_members"),
            internal: number("internal"),
            listed_rows: count("listed_rows"),
        };
        ([payer, source, period].map(str::to_owned).into(), sums)
    };
    FILES.into_iter().map(book).collect()
}

/// Minor units of the positive lines of the funding table.
pub(crate) fn issued() -> i64 {
    let mut table = csv::Reader::from_path(public_money().join("data/pesa-2025-table-1-5.csv"))
        .expect("a shipped table");
    let lines = table.records().map(|row| row.expect("a line"));
    let lines = lines
        .filter(|row| &row[0] != "=")
        .map(|row| row[1].parse::<i64>().expect("minor units"));
    lines.filter(|minor| *minor > 0).sum()
}

/// The financial year that is open today, by the year in which it starts on 1 April.
pub(crate) fn open_year() -> i64 {
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    i64::from(today.year()) - i64::from(today.month() < 4)
}
