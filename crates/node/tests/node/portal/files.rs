//! Downloads: complete, of one moment, and safe in a spreadsheet.

use axum::http::StatusCode;
use node::portal::Portal;

use super::fixture::{self, HOSTILE};
use super::server::Server;

#[tokio::test]
async fn a_download_longer_than_its_pieces_is_complete_and_in_order() {
    let server = Server::full();
    let more: Vec<_> = (1_000..3_500)
        .map(|number| fixture::payment(100, number))
        .collect();
    server_store(&server).ingest(&more).unwrap();
    let rows = server.csv("/data/payments.csv").await;
    let expected = fixture::facts()
        .into_iter()
        .chain(more)
        .filter(|fact| fact.kind == "Payment");
    assert_eq!(
        rows.into_iter()
            .map(|mut row| row.remove("id").unwrap())
            .collect::<Vec<_>>(),
        expected.map(|fact| fact.id).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn pages_files_and_assets_come_compressed() {
    let server = Server::full();
    for address in [
        "/",
        "/data/payments.csv",
        "/data/flows.csv",
        "/api/totals",
        "/assets/portal.css",
    ] {
        let plain = server.page(address).await.len();
        let (bytes, encoding) = server.compressed(address).await;
        assert_eq!(encoding, "gzip", "{address}");
        assert!(bytes * 2 < plain, "{address}: {bytes} of {plain}");
    }
}

#[tokio::test]
async fn text_that_a_spreadsheet_would_run_is_text() {
    let server = Server::full();
    let rows = server.csv("/data/payments.csv").await;
    let payees: Vec<&str> = rows.iter().map(|row| row["payee"].as_str()).collect();
    for name in HOSTILE {
        let written = if name.starts_with(['=', '-']) {
            format!("'{name}")
        } else {
            name.to_owned()
        };
        assert!(payees.contains(&written.as_str()), "{name}");
    }
    // A refund's minus is a number's, not a formula's.
    let refunds = rows.iter().filter(|row| row["treatment"] == "refund");
    assert!(
        refunds.clone().count() == 2 && refunds.clone().all(|row| row["amount"].starts_with('-'))
    );
}

#[tokio::test]
async fn columns_are_those_that_the_page_explains() {
    let server = Server::full();
    let text = server.page("/data/payments.csv").await;
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let page = server.page("/data").await;
    let explained = super::html::texts(page.split("id=\"columns\"").nth(1).unwrap(), &["dt"]);
    assert_eq!(header, explained);
}

#[tokio::test]
async fn a_proof_comes_back_byte_for_byte() {
    let server = Server::full();
    let fact = fixture::facts().pop().unwrap();
    let folder = server.folder().to_owned();
    let answer = server
        .get(&format!("/payments/{}/payment.proof", fact.id))
        .await;
    assert_eq!(answer.headers["content-type"], "application/octet-stream");
    assert_eq!(
        answer.headers["content-disposition"],
        "attachment; filename=\"payment.proof\""
    );
    let store = fixture::store(&folder);
    let proof = store.read(|snapshot| snapshot.proof(&fact.id)).unwrap();
    assert_eq!(proof, Some(fact.proof));
}

#[tokio::test]
async fn what_only_its_holder_can_show_has_no_proof_to_download() {
    let folder = tempfile::tempdir().unwrap();
    let store = fixture::store(folder.path());
    let mut facts = fixture::facts();
    facts.last_mut().unwrap().proof.clear();
    let id = facts.last().unwrap().id.clone();
    store.ingest(&facts).unwrap();
    let portal = Portal::new(store, fixture::coverage(), Some(fixture::trust()));
    let server = Server::of(portal, folder);
    let page = server.page(&format!("/payments/{id}")).await;
    let words = super::html::texts(&page, &["p"]);
    let said = "Only whom this payment belongs to can show a proof of it: ask them for one.";
    assert!(words.iter().any(|text| text == said), "{words:?}");
    let proof = format!("/payments/{id}/payment.proof");
    assert_eq!(server.get(&proof).await.status, StatusCode::NOT_FOUND);
    let others = |text: &str| text.matches("payment.proof").count();
    assert_eq!(others(&page), 0);
    let table = server.page("/data/payments.csv").await;
    assert_eq!(others(&table) + 1, table.lines().count() - 1);
    assert!(!table.contains(&proof));
}

fn server_store(server: &Server) -> std::sync::Arc<node::portal::PortalStore> {
    server.portal.store().clone()
}
