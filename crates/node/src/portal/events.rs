//! Server-sent events (HTML Living Standard §9.2): which payments came, as they come.
//!
//! An event's id is the number of the last fact it covers, so a reader that comes back with the last
//! id it saw gets everything after it, once. A count is always complete; only the latest payments of
//! an event are named in it.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::as_of::AsOf;
use super::dates::machine;
use super::limits::{EVENT_BEAT_S, EVENT_GATHER_MS, EVENT_PAYMENTS};
use super::pages::PageError;
use super::state::Portal;
use super::store::Snapshot;

#[derive(Serialize)]
struct News {
    /// Payments since the event before.
    added: u64,
    newest_transaction_at: Option<String>,
    log_read_at: Option<String>,
    as_of_words: Option<String>,
    /// The latest of them, newest first.
    payments: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
    id: String,
    payer: String,
    payee: String,
    amount_minor: i64,
    published: String,
}

struct Reader {
    portal: Portal,
    last: watch::Receiver<u64>,
    closed: watch::Receiver<bool>,
    /// The last number told; None before the first event.
    told: Option<u64>,
    beat_at: Instant,
    _place: OwnedSemaphorePermit,
}

/// `/events`: `Last-Event-ID`, or `?after=` for a first connection, says where to go on.
pub(crate) async fn events(
    State(portal): State<Portal>,
    asked: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(place) = portal.stream_place() else {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "30")],
            "Too many readers of events\n",
        )
            .into_response();
    };
    let header = asked
        .get("last-event-id")
        .and_then(|id| id.to_str().ok())
        .and_then(|id| id.parse().ok());
    let parameter = query
        .as_deref()
        .and_then(|query| query.strip_prefix("after="))
        .and_then(|id| id.parse().ok());
    let last = portal.store().watch();
    let told = Some(header.or(parameter).unwrap_or_else(|| *last.borrow()));
    let reader = Reader {
        last,
        closed: portal.closed(),
        told,
        beat_at: Instant::now(),
        _place: place,
        portal,
    };
    let buffering = (
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    ([buffering], Sse::new(told_one_by_one(reader))).into_response()
}

fn told_one_by_one(reader: Reader) -> impl Stream<Item = Result<Event, Infallible>> {
    let events = stream::unfold(reader, |mut reader| async move {
        reader.next().await.map(|event| (Ok(event), reader))
    });
    events.fuse()
}

impl Reader {
    /// Waits for the next event: news, or a sign of life. None when the portal closes or can't be read.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if *self.closed.borrow() {
                return None;
            }
            if Some(*self.last.borrow_and_update()) != self.told {
                return self.news().await;
            }
            if self.beat_at <= Instant::now() {
                self.beat_at = Instant::now() + Duration::from_secs(EVENT_BEAT_S);
                return self.event("beat", self.told?, 0).await;
            }
            tokio::select! {
                changed = self.last.changed() => { changed.ok()?; sleep(Duration::from_millis(EVENT_GATHER_MS)).await }
                closed = self.closed.changed() => closed.ok()?,
                () = sleep_until(self.beat_at) => {}
            }
        }
    }

    async fn news(&mut self) -> Option<Event> {
        self.beat_at = Instant::now() + Duration::from_secs(EVENT_BEAT_S);
        self.event("payments", self.told?, EVENT_PAYMENTS).await
    }

    async fn event(&mut self, name: &'static str, after: u64, named: u64) -> Option<Event> {
        let portal = self.portal.clone();
        let read = self.portal.read(move |snapshot| {
            Ok::<_, PageError>((snapshot.last, news(&portal, snapshot, after, named)?))
        });
        let (last, news) = read.await.ok()?;
        self.told = Some(last);
        Event::default()
            .event(name)
            .id(last.to_string())
            .json_data(news)
            .ok()
    }
}

fn news(
    portal: &Portal,
    snapshot: &Snapshot<'_>,
    after: u64,
    named: u64,
) -> Result<News, PageError> {
    // A number beyond the last is of an index that has been filled anew: then all that is there is news.
    let after = if after > snapshot.last { 0 } else { after };
    let (added, payments) = snapshot.since(after, named)?;
    let as_of = AsOf {
        newest_at: snapshot.latest_at,
        log_read_at: portal.coverage().log_read_at,
    };
    let told = payments.into_iter().map(|row| Told {
        id: row.id,
        payer: row.payer_name,
        payee: row.payee,
        amount_minor: row.amount,
        published: row.published,
    });
    Ok(News {
        added,
        newest_transaction_at: as_of.newest_at.map(machine),
        log_read_at: as_of.log_read_at.map(machine),
        as_of_words: as_of.words(&portal.description().service.time_zone),
        payments: told.collect(),
    })
}
