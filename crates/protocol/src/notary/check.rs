//! What can be said of requests by looking at them alone: form, hashes, signatures. It needs neither store nor time nor order, so
//! it is done before the machine has its turn, for many requests at once, on as many threads as there are.

use std::borrow::Cow;
use std::collections::BTreeSet;

use ledger::business_key::key_token;
use ledger::control::{Claims, Found, MESSAGE_BYTES, message};
use ledger::public::PublicPart;
use ledger::token::{self, Sort};
use ledger::validity::{Home, check_header};
use ledger::{Token, TransactionId};
use tlog::{Signed, verify_each};

use super::request::{Authority, NotaryRefusal, Request, Submission};

/// What a block asks: whoever has looked at it already says so.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// To be looked at by the machine.
    Requests(&'a [Request]),
    /// Looked at beforehand.
    Checked(&'a [Checked]),
}

impl Asked<'_> {
    /// All of it, looked at.
    pub(super) fn checked(&self, home: &Home) -> Cow<'_, [Checked]> {
        match self {
            Self::Requests(requests) => check(home, requests.to_vec()).into(),
            Self::Checked(checked) => (*checked).into(),
        }
    }
}

/// A request that was looked at, with what was found. Only [`check`] makes one.
#[derive(Clone, Debug)]
pub struct Checked {
    request: Request,
    seen: Seen,
}

/// What was found of a request.
#[derive(Clone, Debug)]
struct Seen {
    id: TransactionId,
    /// The tokens that must be unused, each with the name under which the notary remembers it: those that are used up first.
    tokens: Vec<(Token, Token)>,
    used_up: usize,
    /// What is wrong whatever the time.
    form: Option<NotaryRefusal>,
    /// What else is wrong, in the order of the request.
    faults: Vec<Fault>,
}

#[derive(Clone, Debug)]
struct Fault {
    refusal: NotaryRefusal,
    /// The signatures whose fault it is: a recovery key may take over in time.
    signed: Option<Found>,
}

impl Checked {
    /// The request.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The transaction that it is about.
    #[must_use]
    pub fn id(&self) -> TransactionId {
        self.seen.id
    }

    /// The names of the tokens that it uses up.
    pub(super) fn marks(&self) -> impl ExactSizeIterator<Item = Token> {
        let used_up = &self.seen.tokens[..self.seen.used_up];
        used_up.iter().map(|(_, mark)| *mark)
    }

    /// The tokens that must be unused, each with its name.
    pub(super) fn tokens(&self) -> &[(Token, Token)] {
        &self.seen.tokens
    }

    /// What speaks against certifying it at a time under a map of so many entries, whatever was used up.
    pub(super) fn refused(&self, now_ms: u64, map_size: u64) -> Option<NotaryRefusal> {
        let Request::Certify(submission) = &self.request else {
            return None;
        };
        if self.seen.form.is_some() {
            return self.seen.form.clone();
        }
        let terms = &submission.opening.header.terms;
        let (from_ms, until_ms) = (terms.window.from_ms, terms.window.until_ms);
        if now_ms > until_ms {
            return Some(NotaryRefusal::TooLate { until_ms, now_ms });
        }
        if now_ms < from_ms {
            return Some(NotaryRefusal::TooEarly { from_ms, now_ms });
        }
        if terms.map_size > map_size {
            return Some(NotaryRefusal::MapBehind {
                needed: terms.map_size,
                known: map_size,
            });
        }
        let mut faults = self.seen.faults.iter();
        let stands = |fault: &&Fault| fault.signed.is_none_or(|found| found.at(now_ms).is_err());
        faults.find(stands).map(|fault| fault.refusal.clone())
    }
}

/// Looks at requests together: their signatures are verified as one batch.
#[must_use]
pub fn check(home: &Home, requests: Vec<Request>) -> Vec<Checked> {
    let looks: Vec<Look<'_>> = requests.iter().map(|r| Look::at(home, r)).collect();
    let claims = looks.iter().flat_map(|look| &look.claims);
    let signed: Vec<Signed<'_>> = claims
        .flat_map(|(_, message, claims)| claims.signed(message))
        .collect();
    let mut holds = verify_each(&signed).into_iter();
    let seen: Vec<Seen> = looks
        .into_iter()
        .map(|look| look.with_signatures(&mut holds))
        .collect();
    let both = requests.into_iter().zip(seen);
    both.map(|(request, seen)| Checked { request, seen })
        .collect()
}

/// A request that is being looked at: what is found before signatures are verified, and which these are.
struct Look<'a> {
    seen: Seen,
    claims: Vec<(Token, [u8; MESSAGE_BYTES], Claims<'a>)>,
}

impl<'a> Look<'a> {
    fn at(home: &Home, request: &'a Request) -> Self {
        let mut look = Self {
            seen: Seen {
                id: request.id(),
                tokens: Vec::new(),
                used_up: 0,
                form: None,
                faults: Vec::new(),
            },
            claims: Vec::new(),
        };
        if let Request::Certify(submission) = request {
            match look.form(home, submission) {
                Ok(()) => {
                    if let Err(refusal) = look.content(submission) {
                        let signed = None;
                        look.seen.faults.push(Fault { refusal, signed });
                    }
                }
                Err(refusal) => look.seen.form = Some(refusal),
            }
        }
        look
    }

    fn form(&mut self, home: &Home, submission: &Submission) -> Result<(), NotaryRefusal> {
        let header = &submission.opening.header;
        check_header(header, home).map_err(|invalid| malformed(&invalid.to_string()))?;
        let views = header.views.len();
        if submission.opening.roots.len() != views
            || submission.authorities.len() != views
            || submission.public.len() != views
        {
            return Err(malformed("its parts do not match its number of views"));
        }
        let id = self.seen.id;
        let named = |(sort, token): (Sort, &Token)| (*token, sort.mark(token, &id));
        self.seen.tokens = header.spent().map(named).collect();
        self.seen.used_up = self.seen.tokens.len();
        let referenced = header.referenced().map(|token| (Sort::Fact, token));
        self.seen.tokens.extend(referenced.map(named));
        let marks: BTreeSet<_> = self.seen.tokens.iter().map(|(_, mark)| mark).collect();
        match marks.len() == self.seen.tokens.len() {
            true => Ok(()),
            false => Err(malformed("one token serves two inputs")),
        }
    }

    /// Stops at the first that no signature could mend.
    fn content(&mut self, submission: &'a Submission) -> Result<(), NotaryRefusal> {
        let header = &submission.opening.header;
        for ((view, committed), given) in (0u32..).zip(&header.views).zip(&submission.public) {
            if committed.public != given.as_ref().map(|bytes| PublicPart::hash_bytes(bytes)) {
                return Err(NotaryRefusal::NotPublished { view });
            }
        }
        let keys = header.views.iter().flat_map(|view| &view.keys);
        if keys.clone().count() != submission.keys.len() {
            return Err(malformed("a key token comes without its secret"));
        }
        for (token, secret) in keys.zip(&submission.keys) {
            if key_token(secret) != *token {
                return Err(not_authorised(*token, "its secret gives another token"));
            }
        }
        for (view, authorities) in header.views.iter().zip(&submission.authorities) {
            if view.consumed.len() != authorities.len() {
                return Err(malformed("a consumed token comes without authority"));
            }
            for (token, authority) in view.consumed.iter().zip(authorities) {
                let Authority {
                    control,
                    rho,
                    signatures,
                } = authority;
                if token::token(&control.hash(), rho) != *token {
                    let reason = "policy and blinding value give another token";
                    return Err(not_authorised(*token, reason));
                }
                let claims = control.claims(signatures.iter().map(|s| s.as_slice()));
                let message = message(token, &self.seen.id);
                self.claims.push((*token, message, claims));
            }
        }
        Ok(())
    }

    /// What was found, with what becomes of the signatures: whether each holds, in the order in which they were asked about.
    fn with_signatures(mut self, holds: &mut impl Iterator<Item = bool>) -> Seen {
        // What no signature could mend came last.
        let lasting = std::mem::take(&mut self.seen.faults);
        for (token, message, claims) in self.claims {
            let count = claims.signed(&message).count();
            let found = claims.found(&holds.by_ref().take(count).collect::<Vec<_>>());
            if let Err(error) = found.by_keys {
                self.seen.faults.push(Fault {
                    refusal: not_authorised(token, &error.to_string()),
                    signed: Some(found),
                });
            }
        }
        self.seen.faults.extend(lasting);
        self.seen
    }
}

fn malformed(reason: &str) -> NotaryRefusal {
    NotaryRefusal::Malformed {
        reason: reason.to_owned(),
    }
}

fn not_authorised(token: Token, reason: &str) -> NotaryRefusal {
    NotaryRefusal::NotAuthorised {
        token,
        reason: reason.to_owned(),
    }
}
