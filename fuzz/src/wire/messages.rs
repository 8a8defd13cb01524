//! Messages between nodes, requests to the notary and its answers, made of the vectors.

use ledger::address::Purpose;
use ledger::bundle::ProofBundle;
use ledger::certificate::Certificate;
use ledger::codec::{self, list::List};
use ledger::fact::FactRef;
use ledger::map::MemberRole;
use ledger::signature::ScopedSignature;
use ledger::tearoff::TearOff;
use ledger::{ContractId, Token};
use minicbor::bytes::ByteVec;
use protocol::directory::Snapshot;
use protocol::message::{
    Disclosed, Disclosure, Finality, KeyGiven, KeysGiven, KeysWanted, Message, Observation,
    Proposal, SealedView, Vouching,
};
use protocol::notary::{Authority, NotaryRefusal, Request, Submission, Verdict};
use protocol::registrar::Invitation;

use super::read;
use super::seeds::{Seed, Vectors, party, seed};

pub fn messages(v: &Vectors, all: &mut Vec<Seed>) {
    let bundle: ProofBundle = v.get("proof bundle");
    let scoped: ScopedSignature = v.get("scoped signature");
    let (seen, certificate): (TearOff, Certificate) =
        (v.get("seen by the payee"), v.get("certificate"));
    let signatures = vec![scoped.clone()];
    let at = FactRef {
        transaction: v.id(),
        view: 1,
        output: 0,
    };
    let messages = [
        Message::WantAddresses(party("BOB"), Purpose::Holder),
        Message::Addresses(v.get("sheet of BOB")),
        Message::Propose(Proposal {
            seen: seen.clone(),
            evidence: vec![bundle.clone()],
            signatures: signatures.clone(),
        }),
        Message::Signed(v.id(), signatures.clone()),
        Message::Declined(
            v.id(),
            "due_paid_in_full".into(),
            "caf\u{e9}".into(),
            Some(at),
        ),
        Message::Final(Finality {
            id: v.id(),
            seen: Some(seen),
            signatures: signatures.clone(),
            certificate: certificate.clone(),
        }),
        Message::Disclose(Disclosure {
            facts: vec![Disclosed {
                place: bundle.place,
                fact: bundle.fact,
            }],
            vouching: vec![Vouching {
                party: party("TOWN-BANK"),
                attestation: v.get("attestation of view 0"),
            }],
            certificate: certificate.clone(),
        }),
        Message::Observe(Observation {
            opening: v.opening(),
            envelopes: vec![SealedView {
                view: 0,
                observer: party("AUDITOR"),
                envelope: v.get("envelope"),
            }],
            signatures,
            certificate,
        }),
        Message::WantKeys(KeysWanted {
            keeper: party("TOWN-BANK"),
            contract: ContractId(v.digest("contract id")),
            keys: vec![v.get("business key")],
        }),
        Message::Keys(KeysGiven {
            keeper: party("TOWN-BANK"),
            contract: ContractId(v.digest("contract id")),
            keys: vec![
                KeyGiven {
                    key: v.get("business key"),
                    secret: Some(v.digest("secret of the business key")),
                },
                KeyGiven {
                    key: v.get("business key"),
                    secret: None,
                },
            ],
        }),
    ];
    let seeds = messages.iter().enumerate();
    all.extend(
        seeds.map(|(n, m)| seed(&format!("message {n}"), codec::encode(m), read::<Message>)),
    );
    let invitation = Invitation {
        party: party("BOB"),
        hosts: vec![party("CAROL")],
        role: MemberRole::Body,
        until_ms: 1_795_176_000_000,
    };
    all.push(seed(
        "invitation",
        codec::encode(&invitation),
        read::<Invitation>,
    ));
    let snapshot = Snapshot {
        records: vec![v.get("member record")],
        proof: v.get("map proof"),
    };
    all.push(seed(
        "directory",
        codec::encode(&snapshot),
        read::<Snapshot>,
    ));
}

pub fn requests(v: &Vectors, all: &mut Vec<Seed>) {
    let authority = Authority {
        control: v.get("control"),
        rho: v.digest("rho"),
        signatures: vec![ByteVec::from(v.0["control signature"].clone())],
    };
    let submission = Submission {
        opening: v.opening(),
        authorities: vec![vec![], vec![authority]],
        public: vec![Some(ByteVec::from(v.0["public part"].clone())), None],
        r: v.digest("rho"),
        keys: vec![v.digest("secret of the business key")],
    };
    let requests = vec![
        Request::Certify(submission),
        Request::Cancel(v.id(), v.digest("cancel token")),
        Request::Status(v.id()),
    ];
    all.push(seed(
        "requests",
        codec::encode(&requests),
        read::<List<Request>>,
    ));
    let token = Token(v.digest("token"));
    let (from_ms, until_ms, now_ms) = (1, 2, 3);
    let (spent_on, reason) = (v.digest("spent on"), "caf\u{e9}".to_owned());
    let refusals = [
        NotaryRefusal::TokenUsed {
            token,
            spent_on,
            proof: Box::new(v.get("used")),
        },
        NotaryRefusal::TooLate { until_ms, now_ms },
        NotaryRefusal::TooEarly { from_ms, now_ms },
        NotaryRefusal::Malformed {
            reason: reason.clone(),
        },
        NotaryRefusal::NotAuthorised {
            token,
            reason: reason.clone(),
        },
        NotaryRefusal::NotPublished { view: 1 },
        NotaryRefusal::MapBehind {
            needed: 6,
            known: 5,
        },
        NotaryRefusal::NotNow { reason },
    ];
    let mut verdicts = vec![
        Verdict::Certified(v.get("certificate")),
        Verdict::Cancelled,
        Verdict::Unknown(now_ms),
    ];
    verdicts.extend(refusals.map(Verdict::Refused));
    all.push(seed(
        "verdicts",
        codec::encode(&verdicts),
        read::<List<Verdict>>,
    ));
}
