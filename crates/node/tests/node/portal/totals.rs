//! One set of figures: the facts, the pages' tables, the charts, the files and the JSON agree to the penny.

use std::collections::BTreeMap;

use node::portal::{PublishedFact, PublishedValue};

use super::fixture;
use super::html::{table, texts};
use super::server::Server;

fn text(fact: &PublishedFact, field: &str) -> String {
    match &fact.fields[field] {
        PublishedValue::Text(text) | PublishedValue::Choice(text) => text.clone(),
        PublishedValue::Party { name, .. } => name.clone(),
        other => panic!("{field} is {other:?}"),
    }
}

fn minor(fact: &PublishedFact) -> i64 {
    match &fact.fields["amount"] {
        PublishedValue::Money { minor, .. } => *minor,
        other => panic!("amount is {other:?}"),
    }
}

/// Pounds and pence, as the pages write them.
fn pounds(minor: i64) -> String {
    fixture::description().currency.exact(minor)
}

/// The penny amounts that a page wrote.
fn pence(written: &str) -> i64 {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let sign = if written.starts_with(['\u{2212}', '-']) {
        -1
    } else {
        1
    };
    sign * digits.parse::<i64>().unwrap()
}

/// What the fixture's payments add up to, by a key, read from the facts alone.
fn expected<K: Ord>(key: impl Fn(&PublishedFact) -> Option<K>) -> BTreeMap<K, (u64, i64)> {
    let mut sums = BTreeMap::<K, (u64, i64)>::new();
    for fact in fixture::facts()
        .iter()
        .filter(|fact| fact.kind == "Payment")
    {
        if let Some(key) = key(fact) {
            let sum = sums.entry(key).or_default();
            *sum = (sum.0 + 1, sum.1 + minor(fact));
        }
    }
    sums
}

fn spent_by(field: &str) -> BTreeMap<String, (u64, i64)> {
    expected(|fact| (text(fact, "treatment") == "spent").then(|| text(fact, field)))
}

/// Rows of a table of parts: name, hundredths, payments, pence. The last one is the total.
fn parts(page: &str, caption: &str) -> Vec<(String, u32, u64, i64)> {
    let number = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let row = |row: Vec<String>| {
        let share = if row[1].starts_with("under") {
            0
        } else {
            number(&row[1]).parse().unwrap()
        };
        (
            row[0].clone(),
            share,
            number(&row[2]).parse().unwrap(),
            pence(&row[3]),
        )
    };
    table(page, caption).into_iter().map(row).collect()
}

#[tokio::test]
async fn tables_of_spending_equal_the_facts_and_their_shares_add_up_to_a_hundred() {
    let server = Server::full();
    let (home, spending) = (server.page("/").await, server.page("/spending").await);
    let line = |choice: &str| fixture::description().line(choice).unwrap().name.clone();
    let top = |code: &str| {
        fixture::description()
            .functions
            .name(fixture::description().functions.top(code))
    };
    let renamed = |field: &str, name: &dyn Fn(&str) -> String| {
        let mut sums = BTreeMap::<String, (u64, i64)>::new();
        for (key, (count, sum)) in spent_by(field) {
            let all = sums.entry(name(&key)).or_default();
            *all = (all.0 + count, all.1 + sum);
        }
        sums
    };
    let cases = [
        (&home, "Money spent, by purpose", renamed("function", &top)),
        (
            &spending,
            "Money spent outside the network, by purpose",
            renamed("function", &top),
        ),
        (
            &spending,
            "Money spent outside the network, by organisation",
            spent_by("payer"),
        ),
        (
            &spending,
            "Money spent outside the network, by where it ended",
            renamed("service_line", &line),
        ),
    ];
    for (page, caption, expected) in cases {
        let mut rows = parts(page, caption);
        let total = rows.pop().unwrap();
        let found: BTreeMap<_, _> = rows
            .iter()
            .map(|row| (row.0.clone(), (row.2, row.3)))
            .collect();
        assert_eq!(found, expected, "{caption}");
        assert_eq!(rows.iter().map(|row| row.1).sum::<u32>(), 100, "{caption}");
        let sums = expected
            .values()
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        assert_eq!(
            (total.0.as_str(), total.1, total.2, total.3),
            ("Total", 100, sums.0, sums.1),
            "{caption}"
        );
    }
}

#[tokio::test]
async fn the_pound_on_the_first_page_has_a_hundred_pennies() {
    let home = Server::full().page("/").await;
    let card = home
        .split("id=\"pound\"")
        .nth(1)
        .unwrap()
        .split("</section>")
        .next()
        .unwrap();
    let drawing = card
        .split("pvn-pennies")
        .nth(1)
        .unwrap()
        .split("</svg>")
        .next()
        .unwrap();
    assert_eq!(drawing.matches('M').count(), 100);
    let shares = texts(card, &["span"])
        .into_iter()
        .filter(|text| text.ends_with('p') && text.len() < 4);
    let shares: Vec<u32> = shares
        .map(|share| share.trim_end_matches('p').parse().unwrap())
        .collect();
    assert_eq!((shares.len(), shares.iter().sum::<u32>()), (3, 100));
}

#[tokio::test]
async fn chart_table_and_file_have_the_same_rows() {
    let server = Server::full();
    for (address, file) in [
        ("/", "/data/flows.csv?grouped"),
        ("/spending", "/data/flows.csv"),
    ] {
        let page = server.page(address).await;
        let rows = server.csv(file).await;
        let (paid, sources): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row["step"] == "paid");
        let end = |code: &str| {
            let description = fixture::description();
            let treatment = node::portal::Treatment::named(code)
                .and_then(|role| description.payment.treatment(role));
            treatment.map_or_else(
                || description.line(code).unwrap().name.clone(),
                |it| it.name.clone(),
            )
        };
        let in_file: Vec<Vec<String>> = paid
            .iter()
            .map(|row| {
                [
                    row["from"].clone(),
                    row["function_name"].clone(),
                    end(&row["ended_as"]),
                    row["payments"].clone(),
                    pounds(pence(&row["amount"])),
                ]
                .into()
            })
            .collect();
        let mut in_table = table(
            &page,
            "Published payments by payer, purpose and where they ended",
        );
        let total = in_table.pop().unwrap();
        assert_eq!(in_table, in_file, "{address}");
        assert_eq!(
            pence(total.last().unwrap()),
            paid.iter().map(|row| pence(&row["amount"])).sum::<i64>()
        );
        // Two bands a row of payments (to the purpose and on), one a row of sources.
        assert_eq!(
            page.matches("class=\"band").count(),
            2 * paid.len() + sources.len(),
            "{address}"
        );

        let in_file: Vec<String> = sources
            .iter()
            .map(|row| pounds(pence(&row["amount"])))
            .collect();
        let in_table = table(&page, "Money issued and passed on");
        assert_eq!(
            in_table
                .iter()
                .map(|row| row.last().unwrap().clone())
                .collect::<Vec<_>>(),
            in_file,
            "{address}"
        );
    }
}

#[tokio::test]
async fn each_pound_issued_is_shown_once() {
    let server = Server::full();
    let rows = server.csv("/data/flows.csv").await;
    let from_issuer = rows
        .iter()
        .filter(|row| row["from"] == fixture::ISSUER.1 && row["step"] != "paid");
    assert_eq!(
        from_issuer.map(|row| pence(&row["amount"])).sum::<i64>(),
        51_769_900_000_000
    );
    let grouped = server.csv("/data/flows.csv?grouped").await;
    let from_issuer = grouped
        .iter()
        .filter(|row| row["from"] == fixture::ISSUER.1 && row["step"] != "paid");
    assert_eq!(
        from_issuer.map(|row| pence(&row["amount"])).sum::<i64>(),
        51_769_900_000_000
    );
}

#[tokio::test]
async fn json_files_and_search_have_the_totals_of_the_facts() {
    let server = Server::full();
    let all = expected(|_| Some(()))[&()];
    let totals = server.json("/api/totals").await;
    assert_eq!(totals["payments"]["count"], all.0);
    assert_eq!(totals["payments"]["amount_minor"], all.1);
    assert_eq!(totals["issued"], 51_769_900_000_000_i64);
    let by_treatment: BTreeMap<String, (u64, i64)> = totals["by_treatment"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["id"].as_str().unwrap().to_owned(),
                (
                    row["count"].as_u64().unwrap(),
                    row["amount_minor"].as_i64().unwrap(),
                ),
            )
        })
        .collect();
    assert_eq!(by_treatment, expected(|fact| Some(text(fact, "treatment"))));

    let rows = server.csv("/data/payments.csv").await;
    assert_eq!(
        (
            rows.len() as u64,
            rows.iter().map(|row| pence(&row["amount"])).sum::<i64>()
        ),
        all
    );
    let page = server.page("/payments").await;
    assert_eq!(
        texts(&page, &["strong"])[1],
        format!("{} payments, {}", all.0, pounds(all.1))
    );
}

#[tokio::test]
async fn every_published_file_reconciles() {
    let server = Server::full();
    let rows = server.csv("/data/reconciliation.csv").await;
    let expected = expected(|fact| Some((text(fact, "payer"), text(fact, "period"))));
    let found: BTreeMap<_, _> = rows
        .iter()
        .map(|row| {
            (
                (row["payer"].clone(), row["period"].clone()),
                (row["rows"].parse().unwrap(), pence(&row["total"])),
            )
        })
        .collect();
    assert_eq!(found, expected);
    for row in &rows {
        let parts =
            ["spent", "to_members", "internal", "refunds"].map(|column| pence(&row[column]));
        assert_eq!(
            (parts.iter().sum::<i64>(), row["difference"].as_str()),
            (pence(&row["total"]), "0.00"),
            "{row:?}"
        );
    }
    let page = server.page("/data").await;
    let on_page = table(
        &page,
        "Published files, their rows, and how their totals are made up",
    );
    let totals: Vec<i64> = on_page
        .iter()
        .map(|row| pence(row.last().unwrap()))
        .collect();
    let all = rows.iter().map(|row| pence(&row["total"])).sum::<i64>();
    assert_eq!(
        totals,
        rows.iter()
            .map(|row| pence(&row["total"]))
            .chain([all])
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn adjustments_explain_the_published_total_and_are_no_pounds() {
    let page = Server::full().page("/about-the-data").await;
    let rows = table(&page, "From what was issued to the published total");
    let rows: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row[0].as_str(), row[1].as_str()))
        .collect();
    assert_eq!(
        rows,
        [
            ("27 positive lines, issued as pounds", "£517,699,000,000.00"),
            ("OBR allowance for shortfall", "\u{2212}£6,380,000,000.00"),
            ("Adjustment for Budget Exchange", "\u{2212}£164,000,000.00"),
            ("Net", "£511,155,000,000.00"),
            ("Rounding", "£1,000,000.00"),
            ("Total as published", "£511,156,000,000.00"),
        ]
    );
}

#[tokio::test]
async fn unclassified_money_stands_on_the_page_of_lines() {
    let page = Server::full().page("/front-line").await;
    let (count, sum) = spent_by("service_line")["unclassified"];
    let said = texts(&page, &["p"])
        .into_iter()
        .find(|text| text.contains("placed from what was published"));
    let share = parts(&page, "Money spent, by where it ended")[2].1;
    assert_eq!(
        said.unwrap(),
        format!(
            "{} , {share}% of the money spent, in {count} payments, can’t be placed from what was published. See these payments",
            pounds(sum)
        )
    );
}
