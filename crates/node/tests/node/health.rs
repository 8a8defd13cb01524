//! What a process says of its own health.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use node::health::{Disk, Report, Signs, State, disk};
use node::pki::Leaf;
use node::transport::{OutboxStatus, Reach, StatusCode, TransportFigures};

use crate::network::party;

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

/// A process that is well.
fn well() -> Signs {
    Signs {
        now: now(),
        started: now() - SignedDuration::from_secs(90),
        store_failure: None,
        disk: Some(Disk {
            free_bytes: 10 << 30,
            total_bytes: 20 << 30,
        }),
        certificate: Some(Leaf {
            party: party("A"),
            not_before: now() - DAY,
            not_after: now() + DAY * 29,
        }),
        notary: None,
        outboxes: vec![peer("B", |_| {}), peer("C", |_| {}), peer("D", |_| {})],
        queues: BTreeMap::from([("payments waiting".to_owned(), 3)]),
        transport: TransportFigures::default(),
    }
}

fn peer(id: &str, change: impl FnOnce(&mut OutboxStatus)) -> OutboxStatus {
    let mut status = OutboxStatus {
        party: party(id),
        queued: 0,
        queued_bytes: 0,
        delivered: 7,
        reach: Reach {
            last_answer: Some(now()),
            last_failure: None,
            failures: 0,
            clock_ahead: Some(SignedDuration::from_millis(-250)),
        },
        refused: None,
    };
    change(&mut status);
    status
}

fn silent(id: &str, queued: u64) -> OutboxStatus {
    peer(id, |status| {
        status.queued = queued;
        status.reach.last_failure = Some((now(), "no answer".to_owned()));
    })
}

fn clocks(signs: &mut Signs, ahead_seconds: [i64; 3]) {
    for (outbox, ahead) in signs.outboxes.iter_mut().zip(ahead_seconds) {
        outbox.reach.clock_ahead = Some(SignedDuration::from_secs(ahead));
    }
}

fn dated(ahead_seconds: i64) -> Reach {
    Reach {
        clock_ahead: Some(SignedDuration::from_secs(ahead_seconds)),
        ..Reach::default()
    }
}

type Change = fn(&mut Signs);

#[test]
fn the_worst_of_what_is_wrong_is_said_first() {
    let cases: [(Change, State, &str); 20] = [
        (|_| {}, State::Ok, "Everything is in order."),
        (
            |signs| signs.store_failure = Some("input/output error".to_owned()),
            State::Failing,
            "The store cannot be written (input/output error): see to the disk and start again.",
        ),
        (
            |signs| signs.disk.as_mut().unwrap().free_bytes = 10 << 20,
            State::Failing,
            "The disk is full (10 MiB left): make room.",
        ),
        (
            |signs| signs.disk.as_mut().unwrap().free_bytes = 500 << 20,
            State::Degraded,
            "The disk is nearly full (500 MiB left): make room.",
        ),
        (
            |signs| signs.disk = None,
            State::Ok,
            "Everything is in order.",
        ),
        (
            |signs| clocks(signs, [3_600, 3_600, 0]),
            State::Failing,
            "This machine's clock is 3600 s behind its peers': set it.",
        ),
        (
            |signs| clocks(signs, [-3_600, -3_601, -3_599]),
            State::Failing,
            "This machine's clock is 3600 s ahead of its peers': set it.",
        ),
        (
            |signs| clocks(signs, [10, 10, 10]),
            State::Degraded,
            "This machine's clock is 10 s behind its peers': set it.",
        ),
        (
            |signs| {
                clocks(signs, [0, 1, 0]);
                signs.notary = Some(dated(3_600));
            },
            State::Degraded,
            "The notary's clock is 3600 s ahead: nothing is certified until its operator sets it.",
        ),
        (
            |signs| {
                clocks(signs, [3_600, 3_600, 3_600]);
                signs.notary = Some(dated(3_600));
            },
            State::Failing,
            "This machine's clock is 3600 s behind its peers': set it.",
        ),
        (
            |signs| clocks(signs, [0, 0, 3_600]),
            State::Ok,
            "Everything is in order.",
        ),
        (
            |signs| signs.certificate.as_mut().unwrap().not_after = now(),
            State::Failing,
            "The certificate expired at 2026-11-20T12:00:00Z: join again.",
        ),
        (
            |signs| signs.now = now() + DAY * 25,
            State::Degraded,
            "The certificate expires at 2026-12-19T12:00:00Z and has not been renewed: see to the \
             registrar.",
        ),
        (
            |signs| signs.now = now() + DAY * 20,
            State::Ok,
            "Everything is in order.",
        ),
        (
            |signs| signs.certificate = None,
            State::Ok,
            "Everything is in order.",
        ),
        (
            |signs| signs.outboxes = vec![silent("B", 1)],
            State::Degraded,
            "B cannot be reached; 1 message waits for it.",
        ),
        (
            |signs| signs.outboxes = vec![silent("B", 1), peer("C", |_| {}), silent("D", 4)],
            State::Degraded,
            "B and D cannot be reached; 5 messages wait for them.",
        ),
        (
            |signs| signs.outboxes = ["B", "C", "D", "E"].map(|id| silent(id, 2)).to_vec(),
            State::Degraded,
            "B, C and 2 more cannot be reached; 8 messages wait for them.",
        ),
        (
            |signs| signs.outboxes = vec![silent("B", 0)],
            State::Ok,
            "Everything is in order.",
        ),
        (
            |signs| {
                signs.outboxes = vec![silent("B", 1)];
                signs.certificate.as_mut().unwrap().not_after = now();
                signs.disk.as_mut().unwrap().free_bytes = 0;
            },
            State::Failing,
            "The disk is full (0 MiB left): make room.",
        ),
    ];
    for (change, state, sentence) in cases {
        let mut signs = well();
        change(&mut signs);
        let report = Report::new(signs);
        assert_eq!((report.state, report.sentence.as_str()), (state, sentence));
    }
}

#[test]
fn a_report_is_read_by_machines_too() {
    let mut signs = well();
    signs.outboxes = vec![
        peer("B", |status| {
            status.refused = Some(StatusCode::SERVICE_UNAVAILABLE);
            status.queued = 2;
            status.queued_bytes = 600;
        }),
        silent("C", 1),
    ];
    let report = serde_json::to_value(Report::new(signs)).unwrap();
    let expected = serde_json::json!({
        "state": "degraded",
        "sentence": "B and C cannot be reached; 3 messages wait for them.",
        "findings": ["B and C cannot be reached; 3 messages wait for them."],
        "uptime_seconds": 90,
        "peers": [
            {
                "party": "B", "reachable": true, "waiting": 2, "waiting_bytes": 600, "delivered": 7,
                "last_answer": "2026-11-20T12:00:00Z", "error": "it answers 503 Service Unavailable",
                "clock_ahead_seconds": -0.25,
            },
            {
                "party": "C", "reachable": false, "waiting": 1, "waiting_bytes": 0, "delivered": 7,
                "last_answer": "2026-11-20T12:00:00Z", "error": "no answer",
                "clock_ahead_seconds": -0.25,
            },
        ],
        "queues": { "payments waiting": 3 },
        "disk": { "free_bytes": 10_u64 << 30, "total_bytes": 20_u64 << 30 },
        "clock_ahead_seconds": 0.25,
        "certificate_expires": "2026-12-19T12:00:00Z",
        "transport": {
            "handshakes": 0, "handshakes_failed": 0, "requests_served": 0, "requests_refused": 0,
            "requests_sent": 0, "messages_sent": 0,
        },
    });
    assert_eq!(report, expected);
}

#[test]
fn the_disk_of_a_folder_has_room() {
    let folder = tempfile::tempdir().unwrap();
    let found = disk(folder.path()).unwrap();
    assert!(found.free_bytes > 0 && found.free_bytes <= found.total_bytes);
    assert!(disk(&folder.path().join("none")).is_err());
}
