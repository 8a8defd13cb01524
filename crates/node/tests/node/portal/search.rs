//! Finding payments by words and filters.

use axum::http::StatusCode;
use node::portal::PublishedValue;

use super::fixture::{self, HOSTILE};
use super::html::{links, table, texts};
use super::server::Server;

/// Payees on a page of results.
fn payees(page: &str) -> Vec<String> {
    let mut rows = table(page, "Payments found");
    rows.drain(..).map(|mut row| row.remove(0)).collect()
}

/// How many a search finds.
async fn count(server: &Server, query: &str) -> usize {
    server
        .csv(&format!("/data/payments.csv?{query}"))
        .await
        .len()
}

#[tokio::test]
async fn words_find_payee_purpose_and_payer() {
    let server = Server::full();
    let cases = [
        ("q=o%27brien", vec![HOSTILE[3]]),
        ("q=O%27Brien+builders", vec![HOSTILE[3]]),
        ("q=pneumonoultra", vec![HOSTILE[5]]),
        ("q=%C5%81%C3%B3d%C5%BA+cafe", vec![HOSTILE[6]]),
        ("q=hyperlink", vec![HOSTILE[2]]),
        ("q=cabinet+summit+offices", vec![]),
        ("q=home+office", vec!["HOME OFFICE"]),
        ("q=%22%2A%29+NEAR+%28", vec![]),
        ("q=%2A", vec![]),
    ];
    for (query, expected) in cases {
        let rows = server.csv(&format!("/data/payments.csv?{query}")).await;
        let found: Vec<&str> = rows
            .iter()
            .map(|row| row["payee"].trim_start_matches('\''))
            .collect();
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn filters_are_those_of_the_facts() {
    let server = Server::full();
    let all = server.csv("/data/payments.csv").await;
    let amount =
        |row: &std::collections::BTreeMap<String, String>| row["amount"].parse::<f64>().unwrap();
    type Keeps<'a> = Box<dyn Fn(&std::collections::BTreeMap<String, String>) -> bool + 'a>;
    let cases: [(&str, Keeps<'_>); 9] = [
        (
            "payer=GB-LAE-LDS",
            Box::new(|row| row["payer_id"] == "GB-LAE-LDS"),
        ),
        (
            "function=10",
            Box::new(|row| row["function"].starts_with("10.")),
        ),
        (
            "function=01",
            Box::new(|row| row["function"].starts_with("01.")),
        ),
        ("function=10.2", Box::new(|row| row["function"] == "10.2")),
        (
            "function=unclassified",
            Box::new(|row| row["function"].is_empty()),
        ),
        (
            "line=front_line&period=2020-06",
            Box::new(|row| row["line"] == "front_line" && row["period"] == "2020-06"),
        ),
        (
            "treatment=refund",
            Box::new(|row| row["treatment"] == "refund"),
        ),
        (
            "min=1%2C000&max=%C2%A350%2C000.50",
            Box::new(|row| (1_000.0..=50_000.5).contains(&amount(row))),
        ),
        ("payer=nobody", Box::new(|_| false)),
    ];
    for (query, keeps) in cases {
        let expected = all.iter().filter(|row| keeps(row)).count();
        assert_eq!(count(&server, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn pages_hold_every_payment_once_and_lead_to_each_other() {
    let server = Server::full();
    let mut seen = Vec::new();
    let mut next = Some("/payments?payer=GB-GOR-D2".to_owned());
    while let Some(address) = next {
        let page = server.page(&address).await;
        seen.extend(
            links(&page)
                .into_iter()
                .filter(|link| link.ends_with("-0-0")),
        );
        let tag = page.split("<a ").find(|tag| tag.contains("rel=\"next\""));
        next = tag.map(|tag| links(&format!("<a {tag}")).remove(0));
    }
    let expected = server.csv("/data/payments.csv?payer=GB-GOR-D2").await;
    let mut expected: Vec<String> = expected.iter().map(|row| row["page"].clone()).collect();
    expected.reverse();
    assert_eq!(seen, expected);
    assert_eq!(
        server.get("/payments?page=18").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        server
            .get("/payments?page=99999999999999999999")
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn largest_first_means_largest_first() {
    let server = Server::full();
    let page = server.page("/payments?sort=largest").await;
    assert_eq!(payees(&page)[0], "HOME OFFICE International summit");
}

#[tokio::test]
async fn a_code_that_nobody_knows_has_a_page_and_a_search_of_its_own() {
    let server = Server::full();
    let code = "99 A/B&c=#?";
    let mut fact = fixture::payment(100, 7_003);
    fact.fields
        .insert("function".to_owned(), PublishedValue::Text(code.to_owned()));
    server.portal.store().ingest(&[fact]).unwrap();
    let links = links(&server.page("/spending").await);
    let own = links
        .iter()
        .find(|link| link.starts_with("/spending/99"))
        .unwrap();
    let page = server.page(own).await;
    assert_eq!(texts(&page, &["h1"]), [format!("Code {code}")]);
    let search = super::html::links(&page);
    let search = search
        .iter()
        .find(|link| link.starts_with("/payments?function="))
        .unwrap();
    assert_eq!(payees(&server.page(search).await).len(), 1);
}

#[tokio::test]
async fn nothing_found_says_so_and_leads_on() {
    let server = Server::full();
    let page = server.page("/payments?q=nonesuch&payer=GB-GOR-D2").await;
    assert_eq!(texts(&page, &["h2"]), ["Your search", "No payments match"]);
    let steps = texts(page.split("No payments match").nth(1).unwrap(), &["li"]);
    assert_eq!(
        steps,
        [
            "use fewer words, or only the beginning of a name",
            "search without “Words: nonesuch”",
            "search without “Paid by: Cabinet Office”",
            "see which organisations publish payments here",
        ]
    );
}

#[tokio::test]
async fn what_cant_be_understood_is_kept_and_explained() {
    let server = Server::full();
    let long = "a".repeat(201);
    let cases = [
        (
            "min=ten",
            "min",
            "Smallest amount must be an amount, like 25,000 or 25,000.50",
        ),
        (
            "max=1.234",
            "max",
            "Largest amount must be an amount, like 25,000 or 25,000.50",
        ),
        (
            "min=5&max=4",
            "max",
            "Largest amount must not be below the smallest",
        ),
        (
            "treatment=stolen",
            "treatment",
            "Choose what happened to the money from the list",
        ),
        (&format!("q={long}"), "q", "Search for at most 200 letters"),
    ];
    for (query, field, words) in cases {
        let answer = server.get(&format!("/payments?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        let summary = answer
            .text
            .split("govuk-error-summary__list")
            .nth(1)
            .unwrap();
        assert_eq!(texts(summary, &["li"])[0], words);
        assert_eq!(links(summary)[0], format!("#{field}"));
        assert_eq!(
            answer
                .text
                .matches(&format!("id=\"{field}-error\""))
                .count(),
            1,
            "{query}"
        );
        assert_eq!(
            server
                .get(&format!("/data/payments.csv?{query}"))
                .await
                .status,
            StatusCode::BAD_REQUEST
        );
    }
    let page = server.get("/payments?min=ten&q=care").await.text;
    assert_eq!(
        (
            page.matches("value=\"ten\"").count(),
            page.matches("value=\"care\"").count()
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn names_that_mean_harm_are_only_names() {
    let server = Server::full();
    for (number, name) in HOSTILE.iter().enumerate() {
        let fact = fixture::facts().into_iter().find(|fact| {
            fact.fields.get("payee")
                == Some(&node::portal::PublishedValue::Text((*name).to_owned()))
        });
        let page = server
            .page(&format!("/payments/{}", fact.unwrap().id))
            .await;
        assert_eq!(
            page.matches("<script").count(),
            1,
            "{name}: the page's own script only"
        );
        assert_eq!(page.matches("<img").count(), 0, "{name}");
        assert_eq!(page.matches("49 Ltd").count(), 0, "{name}");
        let shown = texts(&page, &["h1"]).remove(0);
        assert_eq!(&shown.split_once(' ').unwrap().1, name, "{number}");
    }
    // What was asked for comes back as text as well.
    let page = server
        .page("/payments?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        .await;
    assert_eq!(page.matches("<script").count(), 1);
}
