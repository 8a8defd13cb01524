//! What is asked in the tests: transactions that use up business keys, which need nobody's signature.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ledger::business_key::key_token;
use ledger::transaction::{FORMAT, Header, IdOpening, Terms, ViewHeader, Window};
use ledger::validity::Home;
use ledger::{Digest, Lineage, NetworkId, ViewRoot, token};
use protocol::notary::{Request, Submission, Verdict};

/// The log of the tests.
pub(crate) const ORIGIN: &str = "notary.town";
/// 20 November 2026, 12:00 UTC.
pub(crate) const NOON_MS: u64 = 1_795_176_000_000;

pub(crate) fn noise(label: &str) -> Digest {
    Digest::of(&[b"cluster tests", label.as_bytes()])
}

pub(crate) fn home() -> Home {
    Home {
        network: NetworkId(noise("network")),
        notary: Lineage::of_origin(ORIGIN),
    }
}

/// A transaction that uses up these keys. Its window is as long as one may be, from noon.
pub(crate) fn claim(label: &str, keys: &[&str]) -> Submission {
    claim_at(NOON_MS, label, keys)
}

/// The same at another time.
pub(crate) fn claim_at(now_ms: u64, label: &str, keys: &[&str]) -> Submission {
    let header = Header {
        terms: Terms {
            format: FORMAT,
            network: home().network,
            notary: home().notary,
            window: Window {
                from_ms: now_ms - 30_000,
                until_ms: now_ms + 800_000,
            },
            map_size: 0,
            effective: Timestamp::from_millisecond(now_ms as i64)
                .expect("a time")
                .to_zoned(TimeZone::UTC)
                .date(),
            views: 1,
        },
        views: vec![ViewHeader {
            consumed: Vec::new(),
            referenced: Vec::new(),
            keys: keys.iter().map(|key| key_token(&noise(key))).collect(),
            public: None,
            envelopes: Vec::new(),
        }],
        cancel: vec![token::cancel(&noise(label).0)],
    };
    Submission {
        opening: IdOpening {
            header,
            roots: vec![ViewRoot(noise(label))],
        },
        authorities: vec![Vec::new()],
        public: vec![None],
        r: noise("r"),
        keys: keys.iter().map(|key| noise(key)).collect(),
    }
}

pub(crate) fn certify(submission: &Submission) -> Request {
    Request::Certify(submission.clone())
}

pub(crate) fn code(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Certified(_) => "certified",
        Verdict::Refused(refusal) => refusal.code(),
        Verdict::Cancelled => "cancelled",
        Verdict::Unknown(_) => "unknown",
    }
}
