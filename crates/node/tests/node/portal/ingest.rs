//! Filling the index: once, all or nothing, and nothing disappears.

use node::portal::{
    Coverage, Ingested, OpenError, Portal, PortalStore, PublishedFact, PublishedValue, ReadError,
};

use super::fixture;
use super::html::texts;
use super::server::Server;

fn with(field: &str, value: PublishedValue) -> PublishedFact {
    let mut fact = fixture::payment(100, 5_000);
    fact.fields.insert(field.to_owned(), value);
    fact
}

#[test]
fn the_same_facts_again_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = fixture::store(folder.path());
    let facts = fixture::facts();
    let all = facts.len() as u64;
    let first = store.ingest(&facts).unwrap();
    assert_eq!(
        first,
        Ingested {
            added: all,
            known: 0,
            set_aside: 0
        }
    );
    let before = store
        .read(|snapshot| Ok::<_, ReadError>((snapshot.spend()?, snapshot.flows()?, snapshot.last)))
        .unwrap();
    let again = store.ingest(&facts).unwrap();
    assert_eq!(
        again,
        Ingested {
            added: 0,
            known: all,
            set_aside: 0
        }
    );
    let after = store
        .read(|snapshot| Ok::<_, ReadError>((snapshot.spend()?, snapshot.flows()?, snapshot.last)))
        .unwrap();
    assert_eq!(before, after);
    assert_eq!(
        store
            .read(|snapshot| Ok::<_, ReadError>(snapshot.log_index))
            .unwrap(),
        Some(all - 1)
    );
}

#[test]
fn batches_of_any_size_give_the_same_index() {
    let spend = |size: usize| {
        let folder = tempfile::tempdir().unwrap();
        let store = fixture::store(folder.path());
        for batch in fixture::facts().chunks(size) {
            store.ingest(batch).unwrap();
        }
        store
            .read(|snapshot| Ok::<_, ReadError>((snapshot.spend()?, snapshot.files()?)))
            .unwrap()
    };
    assert_eq!(spend(1_000), spend(7));
}

#[test]
fn a_fact_that_does_not_say_what_is_expected_is_set_aside_with_its_proof() {
    let cases = [
        with("payer", PublishedValue::Text("HM Treasury".to_owned())),
        with(
            "amount",
            PublishedValue::Money {
                currency: "EUR".to_owned(),
                minor: 5,
            },
        ),
        with(
            "amount",
            PublishedValue::Money {
                currency: "GBP".to_owned(),
                minor: i64::MAX,
            },
        ),
        with(
            "amount",
            PublishedValue::Money {
                currency: "GBP".to_owned(),
                minor: i64::MIN,
            },
        ),
        with("treatment", PublishedValue::Choice("burnt".to_owned())),
        with(
            "service_line",
            PublishedValue::Choice("sideways".to_owned()),
        ),
        with("published", PublishedValue::Bool(true)),
        with("ordinal", PublishedValue::Absent),
    ];
    for fact in cases {
        let folder = tempfile::tempdir().unwrap();
        let store = fixture::store(folder.path());
        let done = store.ingest(std::slice::from_ref(&fact)).unwrap();
        assert_eq!(
            done,
            Ingested {
                added: 1,
                known: 0,
                set_aside: 1
            }
        );
        let (spend, proof) = store
            .read(|snapshot| Ok::<_, ReadError>((snapshot.spend()?, snapshot.proof(&fact.id)?)))
            .unwrap();
        assert_eq!((spend, proof), (Vec::new(), Some(fact.proof)));
    }
}

#[tokio::test]
async fn what_was_set_aside_is_said() {
    let server = Server::full();
    server
        .portal
        .store()
        .ingest(&[with("ordinal", PublishedValue::Absent)])
        .unwrap();
    let page = server.page("/about-the-data").await;
    let said = texts(&page, &["p"])
        .into_iter()
        .find(|text| text.contains("not in any figure"));
    assert_eq!(
        said.unwrap(),
        "1 published record is not in any figure, because it is written in a way that this website doesn’t understand."
    );
    assert_eq!(server.json("/health").await["set_aside"], 1);
}

#[test]
fn a_refund_lowers_the_total_whichever_sign_it_is_published_with() {
    for minor in [500, -500] {
        let folder = tempfile::tempdir().unwrap();
        let store = fixture::store(folder.path());
        let mut fact = with("treatment", PublishedValue::Choice("refund".to_owned()));
        fact.fields.insert(
            "amount".to_owned(),
            PublishedValue::Money {
                currency: "GBP".to_owned(),
                minor,
            },
        );
        store.ingest(&[fact]).unwrap();
        let spend = store.read(|snapshot| snapshot.spend()).unwrap();
        assert_eq!(spend[0].amount, -500);
    }
}

#[test]
fn an_index_of_another_reading_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(fixture::store(folder.path()));
    let path = folder.path().join("portal.db");
    let read = |name: &str| {
        let text = std::fs::read_to_string(fixture::service(name)).ok()?;
        Some(text.replace("payer = \"payer\"", "payer = \"member\""))
    };
    let other = std::sync::Arc::new(node::portal::Description::read(read).unwrap());
    let refused = PortalStore::open(&path, other).err().unwrap();
    assert!(matches!(refused, OpenError::OtherReading { path: named } if named == path));
}

#[test]
fn a_file_that_is_no_index_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("portal.db");
    std::fs::write(
        &path,
        "not a database, but long enough to look like one ".repeat(100),
    )
    .unwrap();
    assert!(matches!(
        PortalStore::open(&path, fixture::description()),
        Err(OpenError::Database { .. })
    ));
}

#[tokio::test]
async fn before_anything_is_published_every_page_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::of(
        Portal::new(
            fixture::store(folder.path()),
            Coverage::default(),
            Some(fixture::trust()),
        ),
        folder,
    );
    for address in [
        "/",
        "/spending",
        "/payments",
        "/front-line",
        "/organisations",
        "/data",
        "/about-the-data",
        "/check",
    ] {
        let page = server.page(address).await;
        let table_rows = page.matches("<tbody").count();
        let expected = usize::from(address == "/about-the-data");
        assert_eq!(table_rows, expected, "{address}");
    }
    let page = server.page("/payments").await;
    assert_eq!(
        texts(&page, &["h2"]),
        ["No payments have been published yet"]
    );
    assert_eq!(server.csv("/data/payments.csv").await.len(), 0);
}
