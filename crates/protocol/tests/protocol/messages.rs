//! What nodes say to each other, to the notary and to the registrar is pinned by a vector of each. Its parts are those of the
//! ledger's vectors; what each means stands in docs/protocol/messages.md.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use deed::Party;
use ledger::address::Purpose;
use ledger::bundle::ProofBundle;
use ledger::certificate::Certificate;
use ledger::codec::{self, list::List};
use ledger::digest::hmac_sha256;
use ledger::fact::FactRef;
use ledger::signature::ScopedSignature;
use ledger::tearoff::TearOff;
use ledger::transaction::{Header, IdOpening};
use ledger::view::View;
use ledger::{ContractId, Digest, Token, TransactionId};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use protocol::directory::Snapshot;
use protocol::message::{
    Disclosed, Disclosure, Finality, KeyGiven, KeysGiven, KeysWanted, Message, Observation,
    Proposal, SealedView, Vouching,
};
use protocol::notary::{Authority, NotaryRefusal, Request, Submission, Verdict};

const LEDGER: [&str; 5] = [
    include_str!("../../../ledger/tests/vectors/transaction.hex"),
    include_str!("../../../ledger/tests/vectors/tokens.hex"),
    include_str!("../../../ledger/tests/vectors/signed.hex"),
    include_str!("../../../ledger/tests/vectors/certificate.hex"),
    include_str!("../../../ledger/tests/vectors/shapes.hex"),
];
const OWN: &str = include_str!("../../../../docs/protocol/vectors/messages.hex");

/// The ledger's vectors, by name.
struct Vectors(BTreeMap<&'static str, Vec<u8>>);

impl Vectors {
    fn read() -> Self {
        let lines = LEDGER.iter().flat_map(|file| file.lines());
        let pairs = lines.filter_map(|line| line.split_once(": "));
        Self(pairs.map(|(name, hex)| (name, bytes(hex))).collect())
    }

    fn get<T: Encode<()> + for<'b> Decode<'b, ()>>(&self, name: &str) -> T {
        codec::decode(&self.0[name]).expect("readable")
    }

    fn digest(&self, name: &str) -> Digest {
        Digest(self.0[name].as_slice().try_into().expect("32 bytes"))
    }

    fn id(&self) -> TransactionId {
        TransactionId(self.digest("transaction id"))
    }

    fn opening(&self) -> IdOpening {
        let views: [View; 2] = ["view 0", "view 1"].map(|view| self.get(view));
        IdOpening {
            header: self.get::<Header>("header"),
            roots: views.iter().map(View::root).collect(),
        }
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = (0..hex.len()).step_by(2);
    digits
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits"))
        .collect()
}

/// Bytes that look random and are the same in every run.
fn noise(label: &str) -> Digest {
    hmac_sha256(b"test noise", &[label.as_bytes()])
}

fn party(name: &str) -> Party {
    Party::new(name).expect("a party")
}

fn messages(v: &Vectors) -> Vec<Message> {
    let bundle: ProofBundle = v.get("proof bundle");
    let seen: TearOff = v.get("seen by BOB and CAROL");
    let signatures = vec![v.get::<ScopedSignature>("scoped signature")];
    let certificate: Certificate = v.get("certificate");
    let at = FactRef {
        transaction: v.id(),
        view: 1,
        output: 0,
    };
    vec![
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
            "input_not_authentic".to_owned(),
            "it is used up".to_owned(),
            Some(at),
        ),
        Message::Final(Finality {
            id: seen.id(),
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
                observer: party("TOWN-AUDITOR"),
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
            keys: vec![KeyGiven {
                key: v.get("business key"),
                secret: Some(v.digest("secret of the business key")),
            }],
        }),
    ]
}

fn requests(v: &Vectors) -> [(&'static str, Request); 3] {
    let authority = Authority {
        control: v.get("control"),
        rho: v.digest("rho"),
        signatures: vec![ByteVec::from(v.0["control signature"].clone())],
    };
    let submission = Submission {
        opening: v.opening(),
        authorities: vec![vec![], vec![authority]],
        public: vec![Some(ByteVec::from(v.0["public part"].clone())), None],
        r: noise("r"),
        keys: vec![v.digest("secret of the business key")],
    };
    [
        ("certify", Request::Certify(submission)),
        ("cancel", Request::Cancel(v.id(), noise("secret"))),
        ("say the state", Request::Status(v.id())),
    ]
}

fn verdicts(v: &Vectors) -> Vec<(&'static str, Verdict)> {
    let token = Token(v.digest("token"));
    let spent_on = v.digest("spent on");
    let (from_ms, until_ms, now_ms) = (1_000, 2_000, 3_000);
    let (needed, known) = (6, 5);
    let reason = || "the reason, in words".to_owned();
    let proof = Box::new(v.get("used"));
    let refused = [
        NotaryRefusal::TokenUsed {
            token,
            spent_on,
            proof,
        },
        NotaryRefusal::TooLate { until_ms, now_ms },
        NotaryRefusal::TooEarly { from_ms, now_ms },
        NotaryRefusal::Malformed { reason: reason() },
        NotaryRefusal::NotAuthorised {
            token,
            reason: reason(),
        },
        NotaryRefusal::NotPublished { view: 1 },
        NotaryRefusal::MapBehind { needed, known },
        NotaryRefusal::NotNow { reason: reason() },
    ];
    let refused = refused.map(|refusal| (refusal.code(), Verdict::Refused(refusal)));
    let mut all = vec![
        ("certified", Verdict::Certified(v.get("certificate"))),
        ("cancelled", Verdict::Cancelled),
        ("unknown", Verdict::Unknown(now_ms)),
    ];
    all.extend(refused);
    all
}

#[test]
fn messages_requests_and_answers_are_pinned() {
    let v = Vectors::read();
    let mut lines: Vec<(String, Vec<u8>)> = messages(&v)
        .iter()
        .enumerate()
        .map(|(n, message)| (format!("message {n}"), codec::encode(message)))
        .collect();
    let requests = requests(&v);
    for (name, request) in &requests {
        lines.push((format!("request to {name}"), codec::encode(request)));
    }
    for (name, verdict) in verdicts(&v) {
        lines.push((format!("answer {name}"), codec::encode(&verdict)));
    }
    let asked = requests.map(|(_, request)| request);
    let waiting = List(asked.into_iter().skip(1).collect::<Vec<Request>>());
    lines.push(("body of a submission".to_owned(), codec::encode(&waiting)));
    let directory = Snapshot {
        records: vec![v.get("member record")],
        proof: v.get("map proof"),
    };
    lines.push(("directory".to_owned(), codec::encode(&directory)));
    let found = lines.iter().fold(String::new(), |mut text, (name, bytes)| {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = writeln!(text, "{name}: {hex}");
        text
    });
    assert!(
        found == OWN,
        "the format of messages.hex has changed; it would now be:\n{found}"
    );
}

/// A message that is added without a vector is noticed.
#[test]
fn every_message_has_a_vector() {
    let known = messages(&Vectors::read()).len();
    // Whether a number is a message's shows in what is wrong with one that has no fields.
    let is_message = |number: &u8| {
        let read: Result<Message, _> = minicbor::decode(&[0x82, *number, 0x80]);
        read.map_or_else(|error| !error.is_unknown_variant(), |_| true)
    };
    assert_eq!((0..24).filter(is_message).count(), known);
}
