//! The event stream: soon, complete, once.

use std::time::{Duration, Instant};

use axum::body::Body;
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::fixture;
use super::server::Server;

/// One event: name, id, data.
struct Event {
    name: String,
    id: u64,
    data: serde_json::Value,
}

/// The next event of a stream; None when it ends.
async fn next(stream: &mut Body) -> Option<Event> {
    loop {
        let frame = timeout(Duration::from_secs(20), stream.frame())
            .await
            .expect("an event in time")?;
        let text = String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap();
        let field = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
        };
        if let (Some(name), Some(id), Some(data)) = (field("event"), field("id"), field("data")) {
            return Some(Event {
                name,
                id: id.parse().unwrap(),
                data: serde_json::from_str(&data).unwrap(),
            });
        }
    }
}

/// The next event with payments in it.
async fn payments(stream: &mut Body) -> Event {
    loop {
        let event = next(stream).await.expect("the stream goes on");
        if event.name == "payments" {
            return event;
        }
    }
}

fn pay(server: &Server, numbers: std::ops::Range<u64>) -> Vec<String> {
    let facts: Vec<_> = numbers
        .map(|number| fixture::payment(100, number))
        .collect();
    server.portal.store().ingest(&facts).unwrap();
    facts.into_iter().map(|fact| fact.id).collect()
}

#[tokio::test]
async fn a_stream_begins_with_a_sign_of_life_and_tells_a_payment_within_two_seconds() {
    let server = Server::full();
    let mut stream = server.stream("/events", None).await;
    let beat = next(&mut stream).await.unwrap();
    assert_eq!(
        (beat.name.as_str(), beat.data["added"].as_u64()),
        ("beat", Some(0))
    );
    // A newer look at the log doesn't make what is shown any newer.
    assert_eq!(
        [
            &beat.data["newest_transaction_at"],
            &beat.data["log_read_at"]
        ],
        ["2026-11-20T09:38:50Z", "2026-11-20T09:41:00Z"]
    );
    assert_eq!(
        beat.data["as_of_words"],
        "Newest transaction shown: 9:38am on 20 November 2026. List of transactions last read: 9:41am on 20 November 2026."
    );
    let before = Instant::now();
    let ids = pay(&server, 2_000..2_001);
    let event = payments(&mut stream).await;
    assert!(before.elapsed() < Duration::from_secs(2));
    assert_eq!(
        (event.id, event.data["added"].as_u64()),
        (beat.id + 1, Some(1))
    );
    assert_eq!(event.data["payments"][0]["id"], ids[0]);
}

#[tokio::test]
async fn a_reader_that_comes_back_gets_what_it_missed_once() {
    let server = Server::full();
    let mut stream = server.stream("/events", None).await;
    pay(&server, 2_000..2_003);
    let seen = payments(&mut stream).await;
    drop(stream);
    let missed = pay(&server, 2_003..2_010);
    let mut stream = server.stream("/events", Some(seen.id)).await;
    let event = payments(&mut stream).await;
    assert_eq!(event.data["added"], 7);
    let told: Vec<String> = event.data["payments"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(told, missed);
    // With nothing missed there is nothing to tell but life.
    let mut stream = server.stream("/events", Some(event.id)).await;
    assert_eq!(next(&mut stream).await.unwrap().name, "beat");
}

#[tokio::test]
async fn counts_are_complete_however_many_come_at_once() {
    let server = Server::full();
    let mut stream = server.stream("/events", None).await;
    let start = next(&mut stream).await.unwrap().id;
    for batch in 0..6 {
        pay(&server, 3_000 + batch * 50..3_050 + batch * 50);
    }
    let mut added = 0;
    let mut last = start;
    while added < 300 {
        let event = payments(&mut stream).await;
        assert!(event.data["payments"].as_array().unwrap().len() <= 20);
        added += event.data["added"].as_u64().unwrap();
        assert!(event.id > last);
        last = event.id;
    }
    assert_eq!((added, last), (300, start + 300));
}

#[tokio::test]
async fn a_page_names_where_its_stream_goes_on() {
    let server = Server::full();
    let page = server.page("/").await;
    let last = page
        .split("data-last=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    pay(&server, 2_000..2_002);
    let mut stream = server.stream(&format!("/events?after={last}"), None).await;
    assert_eq!(payments(&mut stream).await.data["added"], 2);
}

#[tokio::test]
async fn a_reader_of_an_index_that_was_filled_anew_is_told_all_of_it() {
    let server = Server::full();
    let mut stream = server.stream("/events", Some(1_000_000)).await;
    assert_eq!(payments(&mut stream).await.data["added"], 420);
}

#[tokio::test]
async fn closing_ends_every_stream() {
    let server = Server::full();
    let mut stream = server.stream("/events", None).await;
    assert_eq!(next(&mut stream).await.unwrap().name, "beat");
    server.portal.close();
    assert!(next(&mut stream).await.is_none());
    assert!(
        next(&mut server.stream("/events", None).await)
            .await
            .is_none()
    );
}
