//! The canonical encoding, against `dcbor` as a strict and independent reader of deterministic CBOR.

use dcbor::CBOR;
use deed::{Currency, FileAddress, Money, Party, Value};
use ledger::certificate::Certificate;
use ledger::codec::{self, DecodeError, list::List};
use ledger::control::{Control, Recovery, Shape};
use ledger::fact::{DueRef, Fact, FactRef};
use ledger::limits::{
    LIST_ITEMS_MAX, MESSAGE_BYTES_MAX, PATH_MAX, TEXT_BYTES_MAX, VALUE_DEPTH_MAX,
};
use ledger::map::{MapProof, MemberRecord, ShownRecord};
use ledger::signature::{PublicKey, Suite};
use ledger::tearoff::{SeenView, TearOff};
use ledger::transaction::{FORMAT, Header, Terms, ViewHeader, Window};
use ledger::view::{Command, Input, View};
use ledger::{ContractId, Digest, Lineage, NetworkId, Token, TransactionId};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::payment::{bundle, payment};
use crate::support::{NOON_MS, net, record};

/// One value by itself.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(transparent)]
struct One(#[cbor(n(0), with = "codec::value")] Value);

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

fn party() -> impl Strategy<Value = Party> {
    "[A-Za-z0-9][A-Za-z0-9._-]{0,20}".prop_filter_map("a party", |id| Party::new(&id).ok())
}

fn day() -> impl Strategy<Value = jiff::civil::Date> {
    (-60_000i32..60_000).prop_filter_map("a day", codec::date::from_days)
}

fn nfc() -> impl Strategy<Value = String> {
    use unicode_normalization::UnicodeNormalization as _;
    any::<String>().prop_map(|text| text.nfc().collect())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        nfc().prop_map(|t| Value::Text(t.into())),
        ("[A-Z]{3}", any::<i64>()).prop_map(|(code, minor)| Value::Money(Money {
            currency: Currency::new(&code).expect("three letters"),
            minor,
        })),
        day().prop_map(Value::Date),
        party().prop_map(Value::Party),
        nfc().prop_map(|t| Value::Choice(t.into())),
        (any::<[u8; 32]>(), any::<u64>())
            .prop_map(|(root, bytes)| Value::File(FileAddress { root, bytes }.into())),
        Just(Value::Absent),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::List),
            vec(inner, 0..5).prop_map(Value::Record),
        ]
    })
}

fn control() -> impl Strategy<Value = Control> {
    let shape = prop_oneof![
        Just(Shape::Nobody),
        vec(digest(), 0..4).prop_map(Shape::All),
    ];
    let recovery = option::of((digest(), any::<u64>()));
    (shape, recovery).prop_map(|(shape, recovery)| Control {
        shape,
        recovery: recovery.map(|(key, after_ms)| Recovery { key, after_ms }),
    })
}

fn fact() -> impl Strategy<Value = Fact> {
    let due = option::of((any::<u32>(), any::<u32>()));
    (
        digest(),
        any::<u16>(),
        vec(value(), 0..5),
        digest(),
        control(),
        due,
        option::of(digest()),
    )
        .prop_map(
            |(contract, kind, fields, salt, control, due, holder)| Fact {
                contract: ContractId(contract),
                kind,
                fields,
                salt,
                control,
                due: due.map(|(view, position)| DueRef { view, position }),
                holder: holder.and_then(|key| PublicKey::new(Suite::ED25519, key.0.to_vec()).ok()),
            },
        )
}

fn input() -> impl Strategy<Value = Input> {
    (digest(), any::<u32>(), any::<u32>(), fact()).prop_map(|(id, view, output, fact)| Input {
        at: FactRef {
            transaction: TransactionId(id),
            view,
            output,
        },
        fact,
    })
}

fn view() -> impl Strategy<Value = View> {
    let command = prop_oneof![
        (any::<u16>(), vec(value(), 0..3)).prop_map(|(a, args)| Command::Action(a, args)),
        any::<u16>().prop_map(Command::Move),
    ];
    let facts = (vec(input(), 0..2), vec(input(), 0..2), vec(fact(), 0..3));
    (any::<u32>(), digest(), digest(), command, facts).prop_map(
        |(ordinal, salt, contract, command, (consumed, referenced, created))| View {
            ordinal,
            salt,
            contract: ContractId(contract),
            command,
            consumed,
            referenced,
            created,
        },
    )
}

fn header() -> impl Strategy<Value = Header> {
    let tokens = || vec(digest().prop_map(Token), 0..3);
    let view = (
        tokens(),
        tokens(),
        tokens(),
        option::of(digest()),
        vec(digest(), 0..3),
    );
    let view = view.prop_map(
        |(consumed, referenced, keys, public, envelopes)| ViewHeader {
            consumed,
            referenced,
            keys,
            public,
            envelopes,
        },
    );
    let terms = (
        digest(),
        digest(),
        any::<u64>(),
        any::<u64>(),
        any::<u64>(),
        day(),
        any::<u32>(),
    );
    (terms, vec(view, 0..3), tokens()).prop_map(|(terms, views, cancel)| {
        let (network, notary, from_ms, until_ms, map_size, effective, count) = terms;
        Header {
            terms: Terms {
                format: FORMAT,
                network: NetworkId(network),
                notary: Lineage(notary),
                window: Window { from_ms, until_ms },
                map_size,
                effective,
                views: count,
            },
            views,
            cancel,
        }
    })
}

/// The encoding is deterministic CBOR by an independent reader, and reads back to the same object.
fn round_trips<T>(object: &T) -> Result<(), TestCaseError>
where
    T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + std::fmt::Debug,
{
    let bytes = codec::encode(object);
    let strict = CBOR::try_from_data(&bytes);
    prop_assert!(strict.is_ok(), "{strict:?} of {object:?}");
    prop_assert_eq!(
        strict.map(|cbor| cbor.to_cbor_data()).ok(),
        Some(bytes.clone())
    );
    let back = codec::decode::<T>(&bytes);
    prop_assert_eq!(back.as_ref(), Ok(object));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_value_fact_view_and_header_is_deterministic_cbor_and_reads_back(
        value in value(), fact in fact(), view in view(), header in header(),
    ) {
        round_trips(&One(value))?;
        round_trips(&fact)?;
        round_trips(&view)?;
        round_trips(&header)?;
    }

    /// Whatever is accepted encodes to the very bytes that were read: no two byte strings are the same object.
    #[test]
    fn damaged_bytes_are_refused_or_are_another_object(
        view in view(), at in any::<prop::sample::Index>(), to in any::<u8>(),
    ) {
        let mut bytes = codec::encode(&view);
        let at = at.index(bytes.len());
        let before = bytes[at];
        bytes[at] = to;
        if let Ok(read) = codec::decode::<View>(&bytes) {
            prop_assert_eq!(codec::encode(&read), bytes);
            prop_assert_eq!(read == view, before == to);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..400)) {
        let _ = codec::decode::<View>(&bytes);
        let _ = codec::decode::<Header>(&bytes);
        let _ = codec::decode::<TearOff>(&bytes);
        let _ = codec::decode::<ledger::bundle::ProofBundle>(&bytes);
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16).expect("hex"))
        .collect()
}

/// What the decoder says to one value: `ok`, `not canonical` or `wrong shape`.
fn says(bytes: &[u8]) -> &'static str {
    match codec::decode::<One>(bytes) {
        Ok(_) => "ok",
        Err(DecodeError::NotCanonical) => "not canonical",
        Err(DecodeError::Shape { .. }) => "wrong shape",
        Err(DecodeError::TooLarge { .. }) => "too large",
    }
}

#[test]
fn forms_that_other_decoders_let_pass_are_refused() {
    let file = |head: &str, root: usize, bytes: &str| {
        format!("83 0a {head} {} {bytes}", "ab".repeat(root))
    };
    let cases = [
        ("the number 5", "82 01 05", "ok"),
        ("5 in two bytes", "82 01 18 05", "not canonical"),
        (
            "5 in nine bytes",
            "82 01 1b 0000000000000005",
            "not canonical",
        ),
        ("-1 in two bytes", "82 01 38 00", "not canonical"),
        ("a long array header", "98 02 01 05", "not canonical"),
        ("an array without a length", "9f 01 05 ff", "wrong shape"),
        ("a text", "82 02 62 c3a9", "ok"),
        ("a text in pieces", "82 02 7f 62 c3a9 ff", "wrong shape"),
        (
            "a text with a long length",
            "82 02 78 02 c3a9",
            "not canonical",
        ),
        (
            "a text that is not in NFC",
            "82 02 63 65cc81",
            "wrong shape",
        ),
        ("a text that is not UTF-8", "82 02 62 c328", "wrong shape"),
        (
            "a choice that is not in NFC",
            "82 06 63 65cc81",
            "wrong shape",
        ),
        ("half-precision 5.0", "82 01 f9 4500", "wrong shape"),
        (
            "double-precision 5.0",
            "82 01 fb 4014000000000000",
            "wrong shape",
        ),
        ("true", "82 00 f5", "ok"),
        ("one for true", "82 00 01", "wrong shape"),
        ("a tagged number", "82 01 c1 05", "wrong shape"),
        ("a value beyond", "83 01 05 05", "wrong shape"),
        ("an absent with a value", "82 07 f6", "wrong shape"),
        ("an absent", "81 07", "ok"),
        ("a file", &file("5820", 32, "05"), "ok"),
        (
            "a file of 64 bits",
            &file("5820", 32, "1bffffffffffffffff"),
            "ok",
        ),
        (
            "a file of less than nothing",
            &file("5820", 32, "20"),
            "wrong shape",
        ),
        (
            "a file with a short root",
            &file("581f", 31, "05"),
            "wrong shape",
        ),
        (
            "a file with a long root",
            &file("5821", 33, "05"),
            "wrong shape",
        ),
        (
            "a file whose bytes are written long",
            &file("5820", 32, "1805"),
            "not canonical",
        ),
        ("a file without its bytes", "82 0a 05", "wrong shape"),
        ("an unknown type", "82 0b 05", "wrong shape"),
        ("bytes after the end", "82 01 05 00", "not canonical"),
        ("nothing", "", "wrong shape"),
        ("money", "83 03 63 474250 19 01f4", "ok"),
        (
            "money in a currency of four letters",
            "83 03 64 47425058 05",
            "wrong shape",
        ),
        (
            "money of 64 bits and one",
            "83 03 63 474250 1b 8000000000000000",
            "wrong shape",
        ),
        (
            "a day beyond the calendar",
            "82 04 1a 7fffffff",
            "wrong shape",
        ),
        ("a party with a space", "82 05 63 61 20 62", "wrong shape"),
    ];
    for (what, hex, expected) in cases {
        assert_eq!(says(&bytes(hex)), expected, "{what}");
    }
}

/// Every text of a record or note, in a form that shows the same and is other bytes.
#[test]
fn texts_of_records_and_notes_have_one_form_too() {
    type Tweak = fn(&mut MemberRecord, String);
    let fields: [(&str, Tweak); 4] = [
        ("name", |r, text| r.name = text),
        ("endpoint", |r, text| r.details.endpoint = text),
        ("service", |r, text| r.details.services = vec![text]),
        ("website", |r, text| r.details.website = text),
    ];
    for (field, tweak) in fields {
        let reads = |text: String| {
            let mut record = record("ALICE");
            tweak(&mut record, text);
            codec::decode::<MemberRecord>(&codec::encode(&record)).is_ok()
        };
        assert!(reads("caf\u{e9}".to_owned()), "{field}");
        assert!(!reads("cafe\u{301}".to_owned()), "{field} not in NFC");
        assert!(reads("x".repeat(TEXT_BYTES_MAX)), "{field}");
        assert!(!reads("x".repeat(TEXT_BYTES_MAX + 1)), "a long {field}");
        assert!(reads(codec::composed("cafe\u{301}")), "{field}");
        let long = codec::composed(&"\u{e9}".repeat(TEXT_BYTES_MAX));
        assert_eq!(long.len(), TEXT_BYTES_MAX);
        assert!(reads(long), "{field}");
    }
    let mut shown = record("ALICE").shown();
    shown.name = "cafe\u{301}".to_owned();
    assert!(codec::decode::<ShownRecord>(&codec::encode(&shown)).is_err());
    let id = TransactionId(Digest([7; 32]));
    let mut map = net().map.clone();
    let mut certificate = net().certify(&[id], NOON_MS).remove(0);
    assert!(codec::decode::<MapProof>(&codec::encode(&map)).is_ok());
    assert!(codec::decode::<Certificate>(&codec::encode(&certificate)).is_ok());
    map.checkpoint.push_str("e\u{301}");
    certificate.checkpoint.push_str("e\u{301}");
    assert!(codec::decode::<MapProof>(&codec::encode(&map)).is_err());
    assert!(codec::decode::<Certificate>(&codec::encode(&certificate)).is_err());
}

#[test]
fn paths_and_hashes_are_whole_and_bounded() {
    #[derive(Debug, PartialEq, Encode, Decode)]
    struct Both {
        #[cbor(n(0), with = "codec::path")]
        path: Vec<Digest>,
        #[cbor(n(1), with = "codec::hashes")]
        hashes: Vec<Digest>,
    }
    let cases = [
        (0, 0, true),
        (PATH_MAX, LIST_ITEMS_MAX, true),
        (PATH_MAX + 1, 0, false),
        (0, LIST_ITEMS_MAX + 1, false),
    ];
    for (path, hashes, allowed) in cases {
        let both = Both {
            path: vec![Digest([1; 32]); path],
            hashes: vec![Digest([2; 32]); hashes],
        };
        let read = codec::decode::<Both>(&codec::encode(&both));
        assert_eq!(read.ok(), allowed.then_some(both), "{path}, {hashes}");
    }
    for length in [1, 31, 33] {
        let bytes = ByteVec::from(vec![1; length]);
        let both = codec::encode(&(bytes, ByteVec::from(Vec::new())));
        assert!(codec::decode::<Both>(&both).is_err(), "{length} bytes");
    }
}

/// Six bytes of a header can stand for a hundred in memory: four megabytes of them are not read.
#[test]
fn lists_of_anything_have_a_limit() {
    type Lengthen = fn(&mut TearOff, usize);
    let lists: [(&str, Lengthen); 4] = [
        ("views of the header", |t, n| {
            let view = t.header.views[0].clone();
            t.header.views.resize(n, view);
        }),
        ("tokens", |t, n| {
            t.header.cancel.resize(n, Token(Digest::default()));
        }),
        ("views", |t, n| {
            t.views.resize(n, SeenView::Hidden(t.views[0].root()));
        }),
        ("inputs", |t, n| {
            let SeenView::Whole(view) = &mut t.views[1] else {
                panic!("the bank sees all of it");
            };
            let input = view.consumed[0].clone();
            view.consumed.resize(n, input);
        }),
    ];
    let seen = payment(net()).seen(net(), &["TOWN-BANK"]);
    for (what, lengthen) in lists {
        for (length, allowed) in [(LIST_ITEMS_MAX, true), (LIST_ITEMS_MAX + 1, false)] {
            let mut long = seen.clone();
            lengthen(&mut long, length);
            let read = codec::decode::<TearOff>(&codec::encode(&long));
            assert_eq!(read.is_ok(), allowed, "{length} {what}");
        }
    }
    type Nested = List<List<u8>>;
    for (length, allowed) in [(LIST_ITEMS_MAX, true), (LIST_ITEMS_MAX + 1, false)] {
        let outer = codec::encode(&vec![Vec::<u8>::new(); length]);
        assert_eq!(codec::decode::<Nested>(&outer).is_ok(), allowed);
        let inner = codec::encode(&[vec![0_u8; length]]);
        assert_eq!(codec::decode::<Nested>(&inner).is_ok(), allowed);
    }
}

#[test]
fn a_map_with_a_key_twice_or_out_of_order_is_refused() {
    use ledger::tearoff::{SeenOutputs, ShownOutput};
    use std::collections::BTreeMap;
    let draft = payment(net());
    let view = &draft.views[1];
    let part = |i: usize| ShownOutput::Part(view.created[i].open(|leaf| leaf == 0));
    let outputs = SeenOutputs {
        skeleton: view.hashes().skeleton,
        commitments: view.hashes().commitments,
        shown: BTreeMap::from([(0, part(0)), (1, part(1))]),
    };
    let good = codec::encode(&outputs);
    assert_eq!(codec::decode::<SeenOutputs>(&good).as_ref(), Ok(&outputs));
    let entries = [0u32, 1].map(|i| {
        let one = BTreeMap::from([(i, part(i as usize))]);
        codec::encode(&one)[1..].to_vec()
    });
    let start = good.len() - entries[0].len() - entries[1].len();
    let with = |order: [usize; 2]| {
        let shown = order.map(|i| entries[i].clone()).concat();
        [&good[..start], &shown].concat()
    };
    assert_eq!(with([0, 1]), good, "taken apart rightly");
    for order in [[1, 0], [0, 0], [1, 1]] {
        assert_eq!(
            codec::decode::<SeenOutputs>(&with(order)),
            Err(DecodeError::NotCanonical),
            "{order:?}"
        );
    }
}

#[test]
fn limits_hold_at_their_edges() {
    let nested = |depth: usize| (0..depth).fold(Value::Int(1), |inner, _| Value::List(vec![inner]));
    let cases = [
        (
            "the longest text",
            Value::Text("a".repeat(TEXT_BYTES_MAX).into()),
            true,
        ),
        (
            "one byte more",
            Value::Text("a".repeat(TEXT_BYTES_MAX + 1).into()),
            false,
        ),
        (
            "the longest list",
            Value::List(vec![Value::Absent; LIST_ITEMS_MAX]),
            true,
        ),
        (
            "one item more",
            Value::List(vec![Value::Absent; LIST_ITEMS_MAX + 1]),
            false,
        ),
        ("the deepest value", nested(VALUE_DEPTH_MAX), true),
        ("one level more", nested(VALUE_DEPTH_MAX + 1), false),
    ];
    for (what, value, allowed) in cases {
        let read = codec::decode::<One>(&codec::encode(&One(value)));
        assert_eq!(read.is_ok(), allowed, "{what}");
    }
    assert_eq!(
        codec::decode::<One>(&vec![0; MESSAGE_BYTES_MAX + 1]),
        Err(DecodeError::TooLarge {
            bytes: MESSAGE_BYTES_MAX + 1
        })
    );
}

#[test]
fn a_proof_bundle_is_deterministic_cbor() {
    let bundle = bundle(
        net(),
        &payment(net()),
        0,
        0,
        &["TOWN-BANK", "ALICE"],
        |_| true,
    );
    let bytes = codec::encode(&bundle);
    let strict = CBOR::try_from_data(&bytes).expect("deterministic");
    assert_eq!(strict.to_cbor_data(), bytes);
    assert_eq!(codec::decode(&bytes), Ok(bundle));
}
