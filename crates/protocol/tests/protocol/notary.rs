//! The notary's every answer, as tables.

use std::cell::RefCell;
use std::rc::Rc;

use jiff::civil::date;
use ledger::business_key::key_token;
use ledger::certificate::{Certificate, MapPin, spent_on};
use ledger::control::{Control, OneTimeSecret, Recovery};
use ledger::log_keys::{LogKeys, verify_checkpoint};
use ledger::public::PublicPart;
use ledger::transaction::{FORMAT, Header, IdOpening, Terms, ViewHeader, Window};
use ledger::validity::Home;
use ledger::{Digest, Lineage, NetworkId, Token, TransactionId, ViewRoot, token};
use minicbor::bytes::ByteVec;
use protocol::limits::{BATCH_REQUESTS_MAX, BATCH_TOKENS_MAX};
use protocol::notary::store::{Mark, MemoryNotaryStore, NotaryBatch, NotaryStore};
use protocol::notary::{
    Authority, Notary, NotaryError, NotaryRefusal, Request, Submission, Verdict,
};
use protocol::store::{Fault, StoreError};
use tlog::Origin;

use crate::support::{NOON_MS, noise, note_signer};

pub(crate) const HOUR_MS: u64 = 3_600_000;

/// A disk that fails at chosen commits, and counts the named records that are read.
#[derive(Clone, Default)]
pub(crate) struct Disk(pub(crate) Rc<RefCell<(MemoryNotaryStore, Option<Fault>, usize)>>);

impl NotaryStore for Disk {
    fn token(&self, token: &[u8; 32]) -> Result<Option<[u8; 32]>, StoreError> {
        self.0.borrow().0.token(token)
    }

    fn marks(&self, like: &Token, bits: usize) -> Result<Vec<Mark>, StoreError> {
        self.0.borrow().0.marks(like, bits)
    }

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.borrow().0.entry(index)
    }

    fn node(&self, level: u8, index: u64) -> Result<Option<[u8; 32]>, StoreError> {
        self.0.borrow().0.node(level, index)
    }

    fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut platter = self.0.borrow_mut();
        platter.2 += 1;
        platter.0.meta(name)
    }

    fn commit(&mut self, batch: NotaryBatch) -> Result<(), StoreError> {
        let mut platter = self.0.borrow_mut();
        match platter.1.take() {
            None => platter.0.commit(batch),
            Some(Fault::Before(error)) => Err(error),
            Some(Fault::After(error)) => {
                platter.0.commit(batch)?;
                Err(error)
            }
        }
    }
}

pub(crate) fn home() -> Home {
    Home {
        network: NetworkId(noise("network")),
        notary: Lineage::of_origin("notary.town"),
    }
}

pub(crate) fn open(disk: &Disk) -> Notary<Disk> {
    let origin = Origin::new("notary.town").expect("an origin");
    Notary::open(home(), note_signer("notary.town"), origin, disk.clone()).expect("opens")
}

fn pin() -> MapPin {
    MapPin {
        size: 1,
        root: noise("map"),
    }
}

pub(crate) fn ask_at(notary: &mut Notary<Disk>, now_ms: u64, requests: &[Request]) -> Vec<Verdict> {
    notary.apply(now_ms, pin(), requests).expect("decided")
}

pub(crate) fn ask(notary: &mut Notary<Disk>, request: &Request) -> Verdict {
    ask_at(notary, NOON_MS, std::slice::from_ref(request)).remove(0)
}

/// A fact as the notary meets it: a policy, a blinding value, and the key that satisfies the policy.
pub(crate) struct Coin {
    control: Control,
    rho: Digest,
    keys: Vec<OneTimeSecret>,
}

fn key(name: &str) -> OneTimeSecret {
    OneTimeSecret::derive(&[7; 32], name.as_bytes()).expect("a key")
}

pub(crate) fn coin(name: &str) -> Coin {
    Coin {
        control: Control::key(key(name).public()),
        rho: noise(name),
        keys: vec![key(name)],
    }
}

impl Coin {
    pub(crate) fn token(&self) -> Token {
        token::token(&self.control.hash(), &self.rho)
    }

    fn authority(&self, id: &TransactionId) -> Authority {
        let sign = |key: &OneTimeSecret| ByteVec::from(key.authorise(&self.token(), id));
        Authority {
            control: self.control.clone(),
            rho: self.rho,
            signatures: self.keys.iter().map(sign).collect(),
        }
    }
}

/// A transaction of two views: the first publishes something, the second uses up these coins.
pub(crate) fn opening(label: &str, coins: &[&Coin], tweak: impl Fn(&mut Header)) -> IdOpening {
    let nothing = ViewHeader {
        consumed: Vec::new(),
        referenced: Vec::new(),
        keys: Vec::new(),
        public: None,
        envelopes: Vec::new(),
    };
    let mut header = Header {
        terms: Terms {
            format: FORMAT,
            network: home().network,
            notary: home().notary,
            window: Window {
                from_ms: NOON_MS - 30_000,
                until_ms: NOON_MS + 60_000,
            },
            map_size: pin().size,
            effective: date(2026, 11, 20),
            views: 2,
        },
        views: vec![
            ViewHeader {
                public: Some(PublicPart::hash_bytes(b"what is published")),
                ..nothing.clone()
            },
            ViewHeader {
                consumed: coins.iter().map(|coin| coin.token()).collect(),
                ..nothing
            },
        ],
        cancel: vec![token::cancel(&noise(label).0)],
    };
    tweak(&mut header);
    IdOpening {
        header,
        roots: [0, 1]
            .map(|view| ViewRoot(noise(&format!("{label} {view}"))))
            .to_vec(),
    }
}

pub(crate) fn submission_of(opening: IdOpening, coins: &[&Coin]) -> Submission {
    let id = opening.id();
    Submission {
        authorities: vec![
            Vec::new(),
            coins.iter().map(|coin| coin.authority(&id)).collect(),
        ],
        public: vec![Some(ByteVec::from(b"what is published".to_vec())), None],
        r: noise("r"),
        keys: Vec::new(),
        opening,
    }
}

pub(crate) fn submission(label: &str, coins: &[&Coin]) -> Submission {
    submission_of(opening(label, coins, |_| {}), coins)
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

/// A certificate that holds for this id, under the notary's key.
/// What a token was used up on, as a refusal shows under the notary's own checkpoint.
pub(crate) fn used(verdict: &Verdict, expected: &Token) -> Digest {
    let Verdict::Refused(NotaryRefusal::TokenUsed {
        token,
        spent_on,
        proof,
    }) = verdict
    else {
        panic!("not a token that was used up: {verdict:?}");
    };
    let keys = LogKeys::from(note_signer("notary.town").verifier_key().clone());
    assert_eq!(token, expected);
    assert_eq!(proof.verify(token, spent_on, &keys), Ok(()));
    *spent_on
}

pub(crate) fn holds(verdict: &Verdict, id: &TransactionId) -> Certificate {
    let Verdict::Certified(certificate) = verdict else {
        panic!("{verdict:?}");
    };
    let signer = note_signer("notary.town");
    let checkpoint = verify_checkpoint(
        &certificate.checkpoint,
        &signer.verifier_key().clone().into(),
    );
    let checkpoint = checkpoint.expect("signed by the notary");
    let held = certificate.check_paths(id, checkpoint.size(), &checkpoint.root().into());
    assert_eq!(held, Ok(()));
    certificate.clone()
}

#[test]
fn a_transaction_is_certified_once_and_the_answer_is_the_same_ever_after() {
    let disk = Disk::default();
    let mut notary = open(&disk);
    let coin = coin("coin");
    let first = submission("first", &[&coin]);
    let id = first.opening.id();
    let certificate = holds(&ask(&mut notary, &certify(&first)), &id);
    assert_eq!(
        (certificate.entry.time_ms, certificate.entry.map),
        (NOON_MS, pin())
    );

    // Later, after its window, with the log grown, blinded otherwise: the same entry under a later checkpoint.
    let other = submission("other", &[]);
    ask(&mut notary, &certify(&other));
    let mut again = first.clone();
    again.r = noise("another r");
    for request in [certify(&first), certify(&again), Request::Status(id)] {
        let verdict = ask_at(&mut notary, NOON_MS + HOUR_MS, &[request]).remove(0);
        let again = holds(&verdict, &id);
        assert_eq!(
            (again.entry, again.index),
            (certificate.entry, certificate.index)
        );
    }
    assert_eq!(notary.size(), 2, "asking again writes nothing");
}

#[test]
fn in_one_batch_the_first_of_those_in_conflict_wins() {
    let mut notary = open(&Disk::default());
    let (one, two) = (coin("one"), coin("two"));
    let first = submission("first", &[&one]);
    let both = submission("both", &[&one, &two]);
    let second = submission("second", &[&two]);
    let third = submission("third", &[]);
    let requests = [
        certify(&first),
        certify(&both),
        certify(&second),
        certify(&first),
        Request::Cancel(third.opening.id(), noise("third")),
        certify(&third),
    ];
    let verdicts = ask_at(&mut notary, NOON_MS, &requests);
    let codes: Vec<&str> = verdicts.iter().map(code).collect();
    let expected = [
        "certified",
        "token_used",
        "certified",
        "certified",
        "cancelled",
        "token_used",
    ];
    assert_eq!(codes, expected);
    assert_eq!(
        verdicts[0], verdicts[3],
        "the same transaction twice in a batch"
    );
    assert_eq!(notary.size(), 1, "one batch is one entry");
    let first = holds(&verdicts[0], &first.opening.id());
    let second = holds(&verdicts[2], &second.opening.id());
    assert_eq!((first.index, second.index, first.entry.ids), (0, 1, 2));
}

#[test]
fn time_is_the_batchs_and_never_runs_backwards() {
    let window = |ms: i64| NOON_MS.saturating_add_signed(ms);
    let cases = [
        ("as the window opens", window(-30_000), "certified"),
        ("a moment earlier", window(-30_001), "window_not_open"),
        ("as it closes", window(60_000), "certified"),
        ("a moment later", window(60_001), "window_closed"),
        ("an hour early", window(-3_600_000), "window_not_open"),
        ("an hour late", window(3_600_000), "window_closed"),
    ];
    for (what, now_ms, expected) in cases {
        let mut notary = open(&Disk::default());
        let request = certify(&submission("one", &[&coin("coin")]));
        let verdict = ask_at(&mut notary, now_ms, &[request]).remove(0);
        assert_eq!(code(&verdict), expected, "{what}");
        if let Verdict::Refused(refusal) = verdict {
            assert!(
                refusal.to_string().contains(&now_ms.to_string()),
                "{refusal}"
            );
        }
    }

    // Once it was too late, no clock set back makes it early enough.
    let mut notary = open(&Disk::default());
    let one = submission("one", &[&coin("coin")]);
    let id = one.opening.id();
    let asked = [
        (
            NOON_MS + 60_001,
            Request::Status(id),
            Verdict::Unknown(NOON_MS + 60_001),
        ),
        (
            NOON_MS,
            Request::Status(id),
            Verdict::Unknown(NOON_MS + 60_001),
        ),
    ];
    for (now_ms, request, expected) in asked {
        assert_eq!(ask_at(&mut notary, now_ms, &[request]), [expected]);
    }
    let verdict = ask_at(&mut notary, NOON_MS, &[certify(&one)]).remove(0);
    assert_eq!(code(&verdict), "window_closed");
    // A clock set back an hour does not date the next entry before the last.
    let late = |h: &mut Header| h.terms.window.until_ms = NOON_MS + 90_000;
    let late = submission_of(opening("late", &[], late), &[]);
    let verdict = ask_at(&mut notary, NOON_MS - HOUR_MS, &[certify(&late)]).remove(0);
    assert_eq!(
        holds(&verdict, &late.opening.id()).entry.time_ms,
        NOON_MS + 60_001
    );
}

#[test]
fn what_belongs_elsewhere_or_does_not_fit_together_is_refused() {
    type Tweak = fn(&mut Header);
    let headers: [(&str, Tweak, &str); 11] = [
        ("as it should be", |_| {}, "certified"),
        (
            "another network",
            |h| h.terms.network = NetworkId(noise("x")),
            "not_acceptable",
        ),
        (
            "another notary",
            |h| h.terms.notary = Lineage(noise("x")),
            "not_acceptable",
        ),
        ("another format", |h| h.terms.format = 9, "not_acceptable"),
        (
            "another day",
            |h| h.terms.effective = date(2026, 11, 22),
            "not_acceptable",
        ),
        (
            "a window of an hour",
            |h| h.terms.window.until_ms = NOON_MS + HOUR_MS,
            "not_acceptable",
        ),
        ("views miscounted", |h| h.terms.views = 3, "not_acceptable"),
        (
            "one coin as two inputs",
            |h| {
                let coin = h.views[1].consumed[0];
                h.views[1].consumed.push(coin);
            },
            "not_acceptable",
        ),
        (
            "one coin in two views",
            |h| h.views[0].consumed = h.views[1].consumed.clone(),
            "not_acceptable",
        ),
        (
            "one coin used up and referred to",
            |h| h.views[0].referenced = h.views[1].consumed.clone(),
            "not_acceptable",
        ),
        (
            "one cancel token twice",
            |h| h.cancel.push(h.cancel[0]),
            "not_acceptable",
        ),
    ];
    for (what, tweak, expected) in headers {
        let coin = coin("coin");
        let opening = opening("one", &[&coin], tweak);
        let id = opening.id();
        let mut submission = submission_of(opening, &[&coin]);
        // Authority for everything, so that nothing else is missing.
        submission.authorities = submission
            .opening
            .header
            .views
            .iter()
            .map(|view| view.consumed.iter().map(|_| coin.authority(&id)).collect())
            .collect();
        let verdict = ask(&mut open(&Disk::default()), &certify(&submission));
        assert_eq!(code(&verdict), expected, "{what}");
    }

    type Spoil = fn(&mut Submission);
    let parts: [(&str, Spoil, &str); 9] = [
        (
            "a root too few",
            |s| s.opening.roots.truncate(1),
            "not_acceptable",
        ),
        (
            "authority for too few views",
            |s| s.authorities.truncate(1),
            "not_acceptable",
        ),
        (
            "public parts of too few views",
            |s| s.public.truncate(1),
            "not_acceptable",
        ),
        (
            "no authority",
            |s| s.authorities[1].clear(),
            "not_acceptable",
        ),
        (
            "authority for more than is used up",
            |s| {
                let more = s.authorities[1].clone();
                s.authorities[1].extend(more);
            },
            "not_acceptable",
        ),
        (
            "nothing to publish",
            |s| s.public[0] = None,
            "public_part_missing",
        ),
        (
            "something else to publish",
            |s| s.public[0] = Some(ByteVec::from(b"something else".to_vec())),
            "public_part_missing",
        ),
        (
            "something to publish where nothing is public",
            |s| s.public[1] = s.public[0].clone(),
            "public_part_missing",
        ),
        (
            "the public parts exchanged",
            |s| s.public.swap(0, 1),
            "public_part_missing",
        ),
    ];
    for (what, spoil, expected) in parts {
        let mut submission = submission("one", &[&coin("coin")]);
        spoil(&mut submission);
        let verdict = ask(&mut open(&Disk::default()), &certify(&submission));
        assert_eq!(code(&verdict), expected, "{what}");
    }
}

#[test]
fn nobody_uses_up_what_is_not_its_own() {
    let lost = Coin {
        control: Control {
            recovery: Some(Recovery {
                key: key("rescue").public(),
                after_ms: NOON_MS,
            }),
            ..Control::key(key("lost").public())
        },
        rho: noise("lost"),
        keys: vec![key("rescue")],
    };
    type Spoil = fn(&mut Authority);
    let cases: [(&str, Coin, u64, Spoil, &str); 10] = [
        ("the owner", coin("coin"), NOON_MS, |_| {}, "certified"),
        (
            "another policy",
            coin("coin"),
            NOON_MS,
            |a| a.control = coin("x").control,
            "not_authorised",
        ),
        (
            "another blinding",
            coin("coin"),
            NOON_MS,
            |a| a.rho = noise("x"),
            "not_authorised",
        ),
        (
            "a policy without recovery made one with",
            coin("coin"),
            NOON_MS,
            |a| {
                a.control.recovery = Some(Recovery {
                    key: key("thief").public(),
                    after_ms: 0,
                });
            },
            "not_authorised",
        ),
        (
            "no signature",
            coin("coin"),
            NOON_MS,
            |a| a.signatures.clear(),
            "not_authorised",
        ),
        (
            "a signature too many",
            coin("coin"),
            NOON_MS,
            |a| a.signatures.push(a.signatures[0].clone()),
            "not_authorised",
        ),
        (
            "somebody else's signature",
            Coin {
                keys: vec![key("thief")],
                ..coin("coin")
            },
            NOON_MS,
            |_| {},
            "not_authorised",
        ),
        (
            "a permanent record",
            Coin {
                control: Control::nobody(),
                keys: Vec::new(),
                ..coin("coin")
            },
            NOON_MS,
            |_| {},
            "not_authorised",
        ),
        (
            "the way back, too early",
            lost,
            NOON_MS - 1,
            |_| {},
            "not_authorised",
        ),
        (
            "the way back, in time",
            Coin {
                control: Control {
                    recovery: Some(Recovery {
                        key: key("rescue").public(),
                        after_ms: NOON_MS,
                    }),
                    ..Control::key(key("lost").public())
                },
                rho: noise("lost"),
                keys: vec![key("rescue")],
            },
            NOON_MS,
            |_| {},
            "certified",
        ),
    ];
    for (what, coin, now_ms, spoil, expected) in cases {
        let mut submission = submission("one", &[&coin]);
        spoil(&mut submission.authorities[1][0]);
        let mut notary = open(&Disk::default());
        let verdict = ask_at(&mut notary, now_ms, &[certify(&submission)]).remove(0);
        assert_eq!(code(&verdict), expected, "{what}");
    }
    // A signature for one transaction is none for another.
    let coin = coin("coin");
    let mut stolen = submission("mine", &[&coin]);
    stolen.authorities = submission("yours", &[&coin]).authorities;
    assert_eq!(
        code(&ask(&mut open(&Disk::default()), &certify(&stolen))),
        "not_authorised"
    );
}

#[test]
fn whoever_has_seen_a_token_cannot_burn_it() {
    let mut notary = open(&Disk::default());
    let victim = coin("victim");
    let pending = submission("pending", &[&victim]);
    let header = pending.opening.header.clone();
    let (theirs, cancel) = (header.views[1].consumed[0], header.cancel[0]);
    let (key, secret) = (key_token(&noise("a title")), noise("a guess"));
    for (label, keys, cancel, expected) in [
        ("coin as key", vec![theirs], vec![], "not_authorised"),
        ("cancel as key", vec![cancel], vec![], "not_authorised"),
        (
            "key without its secret",
            vec![key],
            vec![],
            "not_authorised",
        ),
        (
            "all as cancel",
            vec![],
            vec![theirs, cancel, key],
            "certified",
        ),
    ] {
        let burn = opening(label, &[], |h| {
            h.views[0].keys.clone_from(&keys);
            h.cancel.clone_from(&cancel);
        });
        let mut submission = submission_of(burn, &[]);
        submission.keys = vec![secret; keys.len()];
        assert_eq!(
            code(&ask(&mut notary, &certify(&submission))),
            expected,
            "{label}"
        );
    }
    assert_eq!(
        code(&ask(&mut notary, &claim("title", "a title"))),
        "certified"
    );
    assert_eq!(code(&ask(&mut notary, &certify(&pending))), "certified");
    // A reference to a fact doesn't use it up, nor does its token as a key.
    let current = coin("current").token();
    let refers = opening("refers", &[], |h| h.views[0].referenced = vec![current]);
    for label in ["refers once", "refers again"] {
        let again = opening(label, &[], |h| h.views[0].referenced = vec![current]);
        assert_eq!(
            code(&ask(&mut notary, &certify(&submission_of(again, &[])))),
            "certified"
        );
    }
    assert_eq!(
        code(&ask(&mut notary, &certify(&submission_of(refers, &[])))),
        "certified"
    );
    let used = opening("too late", &[], |h| {
        h.views[0].referenced = vec![victim.token()]
    });
    assert_eq!(
        code(&ask(&mut notary, &certify(&submission_of(used, &[])))),
        "token_used"
    );
}

#[test]
fn a_reference_is_to_what_is_unused_in_the_same_step() {
    let coin = coin("coin");
    let using = submission("using", &[&coin]);
    let referring = opening("referring", &[], |h| {
        h.views[0].referenced = vec![coin.token()];
    });
    let referring = submission_of(referring, &[]);
    let (uses, refers) = (certify(&using), certify(&referring));
    let orders = [
        (
            "referred to, then used up",
            [&refers, &uses],
            ["certified", "certified"],
        ),
        (
            "used up, then referred to",
            [&uses, &refers],
            ["certified", "token_used"],
        ),
    ];
    for (what, requests, expected) in orders {
        let requests = requests.map(Clone::clone);
        let verdicts = ask_at(&mut open(&Disk::default()), NOON_MS, &requests);
        let codes: Vec<&str> = verdicts.iter().map(code).collect();
        assert_eq!(codes, expected, "{what}, in one batch");
        let mut notary = open(&Disk::default());
        let codes = requests.map(|request| code(&ask(&mut notary, &request)));
        assert_eq!(codes, expected, "{what}, in two");
    }
    // Who refers learns what the fact was used up for as little as anybody else.
    let mut notary = open(&Disk::default());
    let verdicts = ask_at(&mut notary, NOON_MS, &[uses, refers]);
    let spent_on = spent_on(&using.opening.id(), &using.r);
    assert_eq!(used(&verdicts[1], &coin.token()), spent_on);
}

#[test]
fn a_business_key_is_used_once_by_who_has_its_secret() {
    let mut notary = open(&Disk::default());
    assert_eq!(
        code(&ask(&mut notary, &claim("first", "a key"))),
        "certified"
    );
    assert_eq!(
        code(&ask(&mut notary, &claim("second", "a key"))),
        "token_used"
    );
    type Spoil = fn(&mut Submission);
    let cases: [(&str, Spoil, &str); 3] = [
        ("no secret", |s| s.keys.clear(), "not_acceptable"),
        ("one more", |s| s.keys.push(noise("more")), "not_acceptable"),
        (
            "another's",
            |s| s.keys = vec![noise("a key")],
            "not_authorised",
        ),
    ];
    for (what, spoil, expected) in cases {
        let Request::Certify(mut submission) = claim("third", "another key") else {
            panic!("a transaction to certify");
        };
        spoil(&mut submission);
        let verdict = ask(&mut notary, &certify(&submission));
        assert_eq!(code(&verdict), expected, "{what}");
    }
}

/// A transaction that takes the business key of this secret.
fn claim(label: &str, secret: &str) -> Request {
    let secret = noise(secret);
    let opening = opening(label, &[], |h| h.views[0].keys = vec![key_token(&secret)]);
    let mut submission = submission_of(opening, &[]);
    submission.keys = vec![secret];
    certify(&submission)
}

#[test]
fn a_signer_can_cancel_until_it_is_certified() {
    let mut notary = open(&Disk::default());
    let (one, two) = (
        submission("one", &[&coin("one")]),
        submission("two", &[&coin("two")]),
    );
    let cancel = |s: &Submission, secret: &str| Request::Cancel(s.opening.id(), noise(secret));
    let asked = [
        (
            "with somebody else's secret",
            cancel(&one, "two"),
            "cancelled",
        ),
        ("which changes nothing", certify(&one), "certified"),
        ("too late", cancel(&one, "one"), "token_used"),
        ("in time", cancel(&two, "two"), "cancelled"),
        ("again", cancel(&two, "two"), "cancelled"),
        ("then it is over", certify(&two), "token_used"),
        ("for good", Request::Status(two.opening.id()), "unknown"),
    ];
    for (what, request, expected) in asked {
        assert_eq!(code(&ask(&mut notary, &request)), expected, "{what}");
    }
    assert_eq!(notary.size(), 3, "cancelling again writes nothing");
}

#[test]
fn a_notary_goes_on_where_its_store_left_off() {
    let disk = Disk::default();
    let coins = ["a", "b", "c", "d", "e"].map(coin);
    let mut certificates = Vec::new();
    for (i, coin) in coins.iter().enumerate() {
        let mut notary = open(&disk);
        assert_eq!(notary.size(), i as u64);
        let one = submission(&format!("transaction {i}"), &[coin]);
        let now_ms = NOON_MS + i as u64;
        let verdict = ask_at(&mut notary, now_ms, &[certify(&one)]).remove(0);
        certificates.push((one.opening.id(), holds(&verdict, &one.opening.id())));
    }
    let mut notary = open(&disk);
    let before = notary.checkpoint().to_owned();
    for (id, certificate) in &certificates {
        let again = holds(&ask(&mut notary, &Request::Status(*id)), id);
        assert_eq!(again.entry, certificate.entry);
    }
    for coin in &coins {
        let again = submission("double", &[coin]);
        assert_eq!(code(&ask(&mut notary, &certify(&again))), "token_used");
    }
    assert_eq!(open(&disk).checkpoint(), before, "reading changes nothing");
    let next = submission("next", &[]);
    let verdict = ask_at(&mut notary, NOON_MS - HOUR_MS, &[certify(&next)]).remove(0);
    assert_eq!(
        code(&verdict),
        "certified",
        "no earlier than the last entry"
    );
    assert_eq!(
        holds(&verdict, &next.opening.id()).entry.time_ms,
        NOON_MS + 4
    );
}

#[test]
fn a_write_that_fails_stops_the_notary_until_it_is_opened_again() {
    let error = || StoreError::Io("the disk failed".to_owned());
    for (fault, persisted) in [
        (Fault::Before(error()), false),
        (Fault::After(error()), true),
    ] {
        let disk = Disk::default();
        let mut notary = open(&disk);
        ask(&mut notary, &certify(&submission("before", &[])));
        disk.0.borrow_mut().1 = Some(fault);
        let coin = coin("coin");
        let (one, two) = (submission("one", &[&coin]), submission("two", &[&coin]));
        let decided = notary.apply(NOON_MS, pin(), &[certify(&one)]);
        assert_eq!(decided, Err(NotaryError::Store(error())));
        // It doesn't know what its store holds: another batch could rewrite the log.
        let decided = notary.apply(NOON_MS, pin(), &[certify(&two)]);
        assert_eq!(decided, Err(NotaryError::Reopen));

        let mut notary = open(&disk);
        assert_eq!(notary.size(), if persisted { 2 } else { 1 });
        let status = ask(&mut notary, &Request::Status(one.opening.id()));
        assert_eq!(
            code(&status),
            if persisted { "certified" } else { "unknown" }
        );
        let second = ask(&mut notary, &certify(&two));
        assert_eq!(
            code(&second),
            if persisted { "token_used" } else { "certified" }
        );
    }
}

#[test]
fn a_damaged_store_is_named_and_not_guessed_at() {
    let disk = Disk::default();
    ask(&mut open(&disk), &certify(&submission("one", &[])));
    let mut damaged = NotaryBatch::new();
    damaged.entries.push((0, vec![0xff]));
    disk.0.borrow_mut().0.commit(damaged).expect("written");
    let origin = Origin::new("notary.town").expect("an origin");
    let opened = Notary::open(home(), note_signer("notary.town"), origin, disk);
    assert_eq!(
        opened.err(),
        Some(NotaryError::Damaged("an unreadable entry"))
    );
}

/// A transaction that uses up nothing but business keys.
fn claims(label: &str, keys: usize) -> Submission {
    let secrets = (0..keys).map(|n| noise(&format!("{label} {n}")));
    let secrets: Vec<Digest> = secrets.collect();
    let tokens = || secrets.iter().map(key_token).collect();
    let mut submission = submission_of(opening(label, &[], |h| h.views[0].keys = tokens()), &[]);
    submission.keys = secrets;
    submission
}

#[test]
fn what_is_too_much_for_one_batch_goes_to_the_next_and_all_of_it_can_be_read_again() {
    let table = [
        ("many tokens", 70, 900, BATCH_TOKENS_MAX / 901),
        (
            "many requests",
            BATCH_REQUESTS_MAX + 10,
            1,
            BATCH_REQUESTS_MAX,
        ),
    ];
    for (case, count, keys, first_batch) in table {
        let mut notary = open(&Disk::default());
        let all: Vec<Submission> = (0..count)
            .map(|n| claims(&format!("{case} {n}"), keys))
            .collect();
        let mut requests: Vec<Request> = all.iter().map(certify).collect();
        // The first is asked for again after its batch was full, and one of the last in the same batch.
        requests.push(certify(&all[0]));
        requests.push(Request::Status(all[count - 1].opening.id()));
        let verdicts = ask_at(&mut notary, NOON_MS, &requests);
        assert_eq!(verdicts.len(), requests.len(), "{case}");
        let batches: Vec<u64> = requests
            .iter()
            .zip(&verdicts)
            .map(|(request, verdict)| holds(verdict, &request.id()).entry.height)
            .collect();
        let expected: Vec<u64> = (0..count)
            .map(|n| u64::from(n >= first_batch))
            .chain([0, 1])
            .collect();
        assert_eq!((notary.size(), batches), (2, expected), "{case}");
        let status: Vec<Request> = all
            .iter()
            .map(|s| Request::Status(s.opening.id()))
            .collect();
        for (request, verdict) in status.iter().zip(ask_at(&mut notary, NOON_MS, &status)) {
            holds(&verdict, &request.id());
        }
    }
}

#[test]
fn a_batch_that_many_ask_for_is_read_once() {
    let disk = Disk::default();
    let mut notary = open(&disk);
    let all = ["a", "b", "c"].map(|label| submission(label, &[]));
    for one in &all {
        ask(&mut notary, &certify(one));
    }
    let ids = all.iter().map(|one| one.opening.id());
    let requests: Vec<Request> = ids
        .cycle()
        .take(BATCH_REQUESTS_MAX)
        .map(Request::Status)
        .collect();
    disk.0.borrow_mut().2 = 0;
    let verdicts = ask_at(&mut notary, NOON_MS, &requests);
    for (request, verdict) in requests.iter().zip(&verdicts) {
        holds(verdict, &request.id());
    }
    assert_eq!(
        (verdicts.len(), disk.0.borrow().2),
        (BATCH_REQUESTS_MAX, all.len())
    );
}

#[test]
fn a_damaged_record_of_a_batch_fails_those_who_ask_for_it_and_nobody_else() {
    let table = [
        ("nonsense", vec![0xff]),
        // A batch of no ids and no tokens.
        ("another batch", vec![0x82, 0x80, 0x80]),
        (
            "more than is read",
            vec![0; ledger::limits::MESSAGE_BYTES_MAX + 1],
        ),
    ];
    for (case, bytes) in table {
        let disk = Disk::default();
        let mut notary = open(&disk);
        let [one, two, three] = ["one", "two", "three"].map(|label| submission(label, &[]));
        ask(&mut notary, &certify(&one));
        ask(&mut notary, &certify(&two));
        let mut damage = NotaryBatch::new();
        damage.meta.push((format!("body/{:016x}", 0), bytes));
        disk.0.borrow_mut().0.commit(damage).expect("written");
        let requests = [
            Request::Status(one.opening.id()),
            certify(&one),
            Request::Status(two.opening.id()),
            certify(&three),
        ];
        let verdicts = ask_at(&mut notary, NOON_MS, &requests);
        let codes: Vec<&str> = verdicts.iter().map(code).collect();
        assert_eq!(
            codes,
            ["not_now", "not_now", "certified", "certified"],
            "{case}"
        );
    }
}
