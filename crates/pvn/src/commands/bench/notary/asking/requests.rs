//! Requests as a member's node makes them, signed and encoded before the clock starts.

use std::error::Error;

use bytes::Bytes;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ledger::business_key::key_token;
use ledger::codec;
use ledger::control::{Control, OneTimeSecret};
use ledger::transaction::{FORMAT, Header, IdOpening, Terms, ViewHeader, Window};
use ledger::{Digest, Token, ViewRoot, token};
use minicbor::bytes::ByteVec;
use protocol::limits::CLOCK_SKEW_MS;
use protocol::notary::{Authority, Request, Submission};

use super::super::town::Town;
use super::Load;

const SECRET: [u8; 32] = [7; 32];

/// So many bodies, none of which was asked before.
pub(super) fn bodies(
    town: &mut Town,
    load: &Load,
    count: usize,
) -> Result<Vec<Bytes>, Box<dyn Error>> {
    let first = town.requests_made;
    town.requests_made += (count * load.requests) as u64;
    let now = Timestamp::now();
    let now_ms = u64::try_from(now.as_millisecond())?;
    let terms = Terms {
        format: FORMAT,
        network: town.belongs.network,
        notary: town.belongs.notary,
        window: Window {
            from_ms: now_ms - CLOCK_SKEW_MS,
            until_ms: now_ms - CLOCK_SKEW_MS + ledger::limits::WINDOW_MS_MAX,
        },
        map_size: 1,
        effective: now.to_zoned(TimeZone::UTC).date(),
        views: 1,
    };
    let halves = [0..count / 2, count / 2..count];
    let made = std::thread::scope(|scope| {
        let workers = halves.map(|half| {
            let terms = &terms;
            scope.spawn(move || {
                half.map(|at| body(terms, load, first + (at * load.requests) as u64))
                    .collect::<Option<Vec<Bytes>>>()
            })
        });
        let mut all = Vec::with_capacity(count);
        for worker in workers {
            all.extend(worker.join().ok().flatten()?);
        }
        Some(all)
    });
    made.ok_or_else(|| "a request could not be signed".into())
}

/// The list of requests from this number on.
fn body(terms: &Terms, load: &Load, first: u64) -> Option<Bytes> {
    let requests = (first..first + load.requests as u64)
        .map(|number| request(terms, load, number))
        .collect::<Option<Vec<_>>>()?;
    Some(codec::encode(&codec::list::List(requests)).into())
}

fn request(terms: &Terms, load: &Load, number: u64) -> Option<Request> {
    let signed = if load.signed { load.tokens } else { 1 };
    let name = |what: &str, at: usize| {
        Digest::of(&[what.as_bytes(), &number.to_be_bytes(), &at.to_be_bytes()])
    };
    let coins = (0..signed)
        .map(|at| {
            let nonce = name("nonce", at);
            let key = OneTimeSecret::derive(&SECRET, &nonce.0)?;
            Some((Control::key(key.public()), name("rho", at), key))
        })
        .collect::<Option<Vec<_>>>()?;
    let tokens: Vec<Token> = coins
        .iter()
        .map(|(control, rho, _)| token::token(&control.hash(), rho))
        .collect();
    let secrets: Vec<Digest> = (signed..load.tokens).map(|at| name("key", at)).collect();
    let view = ViewHeader {
        consumed: tokens.clone(),
        referenced: Vec::new(),
        keys: secrets.iter().map(key_token).collect(),
        public: None,
        envelopes: Vec::new(),
    };
    let opening = IdOpening {
        header: Header {
            terms: terms.clone(),
            views: vec![view],
            cancel: Vec::new(),
        },
        roots: vec![ViewRoot(name("root", 0))],
    };
    let id = opening.id();
    let authorities = coins
        .into_iter()
        .zip(&tokens)
        .map(|((control, rho, key), token)| Authority {
            control,
            rho,
            signatures: vec![ByteVec::from(key.authorise(token, &id))],
        })
        .collect();
    Some(Request::Certify(Submission {
        opening,
        authorities: vec![authorities],
        keys: secrets,
        public: vec![None],
        r: name("r", 0),
    }))
}
