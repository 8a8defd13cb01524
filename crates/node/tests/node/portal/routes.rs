//! Every address: what it answers when all is well, and what when it isn't.

use axum::http::{Method, StatusCode};
use node::portal::route_paths;

use super::fixture::{COUNCIL, facts};
use super::html::{links, texts};
use super::server::Server;

/// An address that is answered, and one that is refused, with the status, for each pattern. A pattern
/// without parameters is refused what isn't reading.
fn cases(path: &str) -> (String, Option<(String, StatusCode)>) {
    let payment = facts()
        .into_iter()
        .find(|fact| fact.kind == "Payment")
        .unwrap()
        .id;
    let funding = facts().remove(0).id;
    let missing = |address: String| Some((address, StatusCode::NOT_FOUND));
    match path {
        "/spending/{id}" => (
            format!("/spending/{}", COUNCIL.0),
            missing("/spending/nobody".into()),
        ),
        "/payments/{id}" => (
            format!("/payments/{payment}"),
            missing(format!("/payments/{funding}")),
        ),
        "/payments/{id}/payment.proof" => (
            format!("/payments/{payment}/payment.proof"),
            missing(format!("/payments/{funding}/payment.proof")),
        ),
        "/funding/{id}" => (
            format!("/funding/{funding}"),
            missing(format!("/funding/{payment}")),
        ),
        "/funding/{id}/funding.proof" => (
            format!("/funding/{funding}/funding.proof"),
            missing(format!("/funding/{payment}/funding.proof")),
        ),
        "/organisations/{id}" => (
            format!("/organisations/{}", COUNCIL.0),
            missing("/organisations/10".into()),
        ),
        "/assets/{*name}" => (
            "/assets/portal.css".into(),
            missing("/assets/../Cargo.toml".into()),
        ),
        "/payments" => (
            "/payments?q=care".into(),
            Some(("/payments?min=x".into(), StatusCode::BAD_REQUEST)),
        ),
        "/data/payments.csv" => (
            path.into(),
            Some(("/data/payments.csv?max=x".into(), StatusCode::BAD_REQUEST)),
        ),
        plain => (plain.to_owned(), None),
    }
}

#[tokio::test]
async fn every_address_answers_and_refuses() {
    let server = Server::full();
    for path in route_paths() {
        let (good, bad) = cases(path);
        assert!(!good.contains('{'), "{path} has no case");
        if path != "/events" {
            assert_eq!(server.get(&good).await.status, StatusCode::OK, "{good}");
        }
        if let Some((bad, status)) = bad {
            assert_eq!(server.get(&bad).await.status, status, "{bad}");
        }
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            let answer = server.ask(method, &good).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{good}");
        }
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_readers_safe() {
    let server = Server::full();
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                  base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    for address in [
        "/",
        "/payments?min=x",
        "/nowhere",
        "/data/payments.csv",
        "/api/totals",
        "/assets/portal.css",
        "/health",
    ] {
        let answer = server.get(address).await;
        let header = |name: &str| answer.headers[name].to_str().unwrap();
        assert_eq!(header("content-security-policy"), policy, "{address}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{address}");
        assert_eq!(
            header("referrer-policy"),
            "strict-origin-when-cross-origin",
            "{address}"
        );
    }
}

#[tokio::test]
async fn no_page_has_a_style_or_a_script_in_it() {
    let server = Server::full();
    for path in route_paths() {
        let (address, _) = cases(path);
        let answer = if path == "/events" {
            continue;
        } else {
            server.get(&address).await
        };
        if answer.headers["content-type"] != "text/html; charset=utf-8" {
            continue;
        }
        let page = answer.text;
        let inline = [
            " style=",
            "<style",
            " onload=",
            " onclick=",
            " onerror=",
            "javascript:",
        ];
        let found: Vec<&str> = inline
            .into_iter()
            .filter(|mark| page.contains(mark))
            .collect();
        assert_eq!(found, Vec::<&str>::new(), "{address}");
        let script = if address == "/check" {
            "check-"
        } else {
            "portal.js?v="
        };
        let named = format!("<script type=\"module\" src=\"/assets/{script}");
        let scripts = ["<script", &named].map(|mark| page.matches(mark).count());
        assert_eq!(scripts, [1, 1], "{address}");
    }
}

#[tokio::test]
async fn every_link_of_every_page_leads_somewhere() {
    let server = Server::full();
    let mut seen = std::collections::BTreeSet::from(["/".to_owned()]);
    let mut open = vec!["/".to_owned()];
    let mut pages = 0;
    while let Some(address) = open.pop() {
        let answer = server.get(&address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        pages += 1;
        if answer.headers["content-type"] != "text/html; charset=utf-8" {
            continue;
        }
        for link in links(&answer.text) {
            if let Some(fragment) = link.strip_prefix('#') {
                assert_eq!(
                    answer.text.matches(&format!(" id=\"{fragment}\"")).count(),
                    1,
                    "{address} #{fragment}"
                );
                continue;
            }
            let link = link.split('#').next().unwrap().to_owned();
            // Of single records and of pages of results, some stand for all.
            let many = link.ends_with("-0-0")
                || link.ends_with(".proof")
                || link.contains("page=")
                || link.contains('&');
            let own = link.starts_with('/') && (!many || seen.len() % 10 == 0);
            if own && seen.insert(link.clone()) {
                open.push(link);
            }
        }
    }
    assert!(pages > 60, "only {pages} pages were reached");
}

#[tokio::test]
async fn ids_on_a_page_are_its_own() {
    let server = Server::full();
    for path in route_paths() {
        let (address, _) = cases(path);
        if path == "/events" {
            continue;
        }
        let page = server.get(&address).await.text;
        let mut ids: Vec<&str> = page
            .split(" id=\"")
            .skip(1)
            .map(|id| id.split('"').next().unwrap())
            .collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all, "{address}");
    }
}

#[tokio::test]
async fn a_page_that_is_not_there_says_where_to_go() {
    let answer = Server::full().get("/nowhere").await;
    assert_eq!(texts(&answer.text, &["h1"]), ["Page not found"]);
    assert_eq!(texts(&answer.text, &["main"]).len(), 1);
    let next = texts(answer.text.split("<main").nth(1).unwrap(), &["li"]);
    assert_eq!(
        next,
        [
            "Search all payments",
            "See all organisations",
            "Go to the first page"
        ]
    );
}

#[tokio::test]
async fn words_of_the_machine_room_stay_in_technical_details() {
    let server = Server::full();
    for path in route_paths() {
        let (address, _) = cases(path);
        let answer = if path == "/events" {
            continue;
        } else {
            server.get(&address).await
        };
        if answer.headers["content-type"] != "text/html; charset=utf-8" {
            continue;
        }
        let plain = answer
            .text
            .split("<details class=\"govuk-details\" id=\"technical\"")
            .next();
        let plain = format!("{}</body>", plain.unwrap().to_lowercase());
        let words = texts(&plain, &["body"]).remove(0);
        let words: Vec<&str> = words
            .split(|letter: char| !letter.is_alphanumeric())
            .collect();
        for word in [
            "hash",
            "node",
            "nodes",
            "ledger",
            "merkle",
            "utxo",
            "checkpoint",
            "notary",
            "token",
        ] {
            assert!(!words.contains(&word), "{address} says `{word}`");
        }
    }
}
