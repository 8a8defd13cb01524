//! When the portal can't do its work, it says so and what to do.

use axum::http::StatusCode;
use node::portal::{Coverage, Portal};

use super::fixture;
use super::html::texts;
use super::server::Server;

#[tokio::test]
async fn an_index_that_cant_be_read_is_said_and_not_an_empty_page() {
    let server = Server::full();
    let path = server.folder().join("portal.db");
    for file in [
        path.clone(),
        path.with_extension("db-wal"),
        path.with_extension("db-shm"),
    ] {
        std::fs::remove_file(file).unwrap();
    }
    for address in [
        "/",
        "/payments",
        "/spending/10",
        "/data/reconciliation.csv",
        "/data/payments.csv",
    ] {
        let answer = server.get(address).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{address}");
        assert_eq!(
            texts(&answer.text, &["h1"]),
            ["The figures can’t be read just now"],
            "{address}"
        );
    }
    let answer = server.get("/api/totals").await;
    assert_eq!(
        (answer.status, &answer.headers["content-type"]),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            &"application/problem+json".parse().unwrap()
        )
    );
    let health = server.get("/health").await;
    let health_status =
        serde_json::from_str::<serde_json::Value>(&health.text).unwrap()["status"].clone();
    assert_eq!(
        (health.status, health_status),
        (StatusCode::SERVICE_UNAVAILABLE, "failed".into())
    );
}

#[tokio::test]
async fn a_log_that_cant_be_reached_is_said_on_every_page_with_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = fixture::store(folder.path());
    store.ingest(&fixture::facts()).unwrap();
    let coverage = Coverage {
        unreachable_since: Some(fixture::NOW + 60_000),
        ..fixture::coverage()
    };
    let server = Server::of(Portal::new(store, coverage, Some(fixture::trust())), folder);
    for address in ["/", "/payments", "/check", "/nowhere"] {
        let page = server.get(address).await.text;
        let warning = page.split("pvn-notice--wrong").nth(1).unwrap();
        assert_eq!(
            texts(warning, &["strong"])[0],
            "Figures may be out of date."
        );
        assert!(
            texts(warning, &["p"])[0].contains("since 9:42am on 20 November 2026"),
            "{address}"
        );
    }
    assert_eq!(server.json("/health").await["status"], "behind");
    // Once it can be reached, the warning is gone.
    server.portal.set_coverage(fixture::coverage());
    assert_eq!(
        server.page("/").await.matches("pvn-notice--wrong").count(),
        0
    );
    assert_eq!(server.json("/health").await["status"], "ok");
}

#[tokio::test]
async fn no_trust_file_is_given_before_it_is_known_which_keys_sign() {
    let folder = tempfile::tempdir().unwrap();
    let store = fixture::store(folder.path());
    let server = Server::of(Portal::new(store, fixture::coverage(), None), folder);
    let answer = server.get("/network.trust").await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "It is not known yet which keys of the network sign: its notary has not answered since this site was set up. Try again in a moment.\n"
        )
    );
    server.portal.set_trust(Some(fixture::trust()));
    let answer = server.get("/network.trust").await;
    assert_eq!(
        (answer.status, answer.text),
        (StatusCode::OK, fixture::trust())
    );
}

#[tokio::test]
async fn figures_carry_their_time_and_their_coverage() {
    let server = Server::full();
    for address in [
        "/",
        "/spending",
        "/spending/10",
        "/front-line",
        "/organisations",
        "/data",
        "/payments",
    ] {
        let page = server.page(address).await;
        let source = texts(&page, &["p"])
            .into_iter()
            .find(|text| text.starts_with("Source: payments"));
        let source = source.unwrap_or_else(|| panic!("{address} names no source"));
        assert!(
            source.contains(
                "Newest transaction shown: 9:38am on 20 November 2026. List of transactions last read: 9:41am on 20 November 2026. 3 of 4 organisations reporting."
            ),
            "{address}: {source}"
        );
    }
}

#[tokio::test]
async fn an_address_that_is_too_long_is_refused() {
    let server = Server::full();
    let answer = server
        .get(&format!("/payments?q={}", "a".repeat(3_000)))
        .await;
    assert_eq!(answer.status, StatusCode::URI_TOO_LONG);
}
