//! What clients ask: transactions that use up one token each, signed.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ledger::control::{Control, OneTimeSecret};
use ledger::transaction::{FORMAT, Header, IdOpening, Terms, ViewHeader, Window};
use ledger::validity::Home;
use ledger::{Digest, Lineage, NetworkId, ViewRoot, token};
use minicbor::bytes::ByteVec;
use protocol::limits::CLOCK_SKEW_MS;
use protocol::notary::{Authority, Request, Submission};

pub(super) const ORIGIN: &str = "bench.example/log";
const SECRET: [u8; 32] = [7; 32];

pub(super) fn belongs() -> Home {
    Home {
        network: NetworkId(Digest::of(&[b"network"])),
        notary: Lineage::of_origin(ORIGIN),
    }
}

pub(super) fn now_ms() -> u64 {
    u64::try_from(Timestamp::now().as_millisecond()).unwrap_or_default()
}

/// A request that nobody made before.
pub(super) fn request(number: u64) -> Option<Request> {
    let name = |what: &str| Digest::of(&[what.as_bytes(), &number.to_be_bytes()]);
    let key = OneTimeSecret::derive(&SECRET, &name("nonce").0)?;
    let (control, rho) = (Control::key(key.public()), name("rho"));
    let consumed = token::token(&control.hash(), &rho);
    let (now_ms, home) = (now_ms(), belongs());
    let opening = IdOpening {
        header: Header {
            terms: Terms {
                format: FORMAT,
                network: home.network,
                notary: home.notary,
                window: Window {
                    from_ms: now_ms - CLOCK_SKEW_MS,
                    until_ms: now_ms - CLOCK_SKEW_MS + ledger::limits::WINDOW_MS_MAX,
                },
                map_size: 0,
                effective: Timestamp::now().to_zoned(TimeZone::UTC).date(),
                views: 1,
            },
            views: vec![ViewHeader {
                consumed: vec![consumed],
                referenced: Vec::new(),
                keys: Vec::new(),
                public: None,
                envelopes: Vec::new(),
            }],
            cancel: Vec::new(),
        },
        roots: vec![ViewRoot(name("root"))],
    };
    let id = opening.id();
    let authority = Authority {
        control,
        rho,
        signatures: vec![ByteVec::from(key.authorise(&consumed, &id))],
    };
    Some(Request::Certify(Submission {
        opening,
        authorities: vec![vec![authority]],
        public: vec![None],
        r: name("r"),
        keys: Vec::new(),
    }))
}
