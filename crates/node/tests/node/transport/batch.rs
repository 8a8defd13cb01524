use bytes::Bytes;
use node::limits::{BATCH_BYTES_MAX, BATCH_MESSAGES_MAX, BODY_BYTES_MAX, MESSAGE_BYTES_MAX};
use node::transport::{Batch, BatchError, decode_batch};
use proptest::prelude::*;

fn packed(messages: &[&[u8]]) -> Bytes {
    let mut batch = Batch::new();
    for message in messages {
        assert!(batch.push(message));
    }
    batch.into_bytes()
}

#[test]
fn anything_else_than_a_batch_is_refused() {
    let good = packed(&[b"one", b"three"]);
    assert_eq!(&good[..], b"\0\0\0\x03one\0\0\0\x05three");
    let cases: [(&str, Vec<u8>, BatchError); 6] = [
        ("nothing", Vec::new(), BatchError::Empty),
        (
            "half a length",
            good[..9].to_vec(),
            BatchError::CutShort { index: 1 },
        ),
        (
            "half a message",
            good[..13].to_vec(),
            BatchError::CutShort { index: 1 },
        ),
        (
            "an empty message",
            vec![0; 4],
            BatchError::EmptyMessage { index: 0 },
        ),
        (
            "a huge length",
            [&good[..], &[0xff; 4]].concat(),
            BatchError::MessageTooLarge {
                index: 2,
                bytes: u32::MAX as usize,
            },
        ),
        (
            "too many",
            b"\0\0\0\x01x".repeat(BATCH_MESSAGES_MAX + 1),
            BatchError::TooManyMessages,
        ),
    ];
    for (case, body, expected) in cases {
        assert_eq!(decode_batch(body.into()), Err(expected), "{case}");
    }
}

#[test]
fn a_batch_is_full_at_its_limits() {
    let mut by_count = Batch::new();
    for _ in 0..BATCH_MESSAGES_MAX {
        assert!(by_count.push(b"x"));
    }
    assert!(!by_count.push(b"x"));
    assert_eq!(by_count.messages(), BATCH_MESSAGES_MAX);

    let largest = vec![1; MESSAGE_BYTES_MAX];
    let mut by_bytes = Batch::new();
    assert!(by_bytes.push(&largest), "the largest message fits alone");
    assert!(!by_bytes.push(b"x"));
    assert!(!Batch::new().push(&vec![1; MESSAGE_BYTES_MAX + 1]));
    const { assert!(BATCH_BYTES_MAX + BATCH_MESSAGES_MAX * 4 <= BODY_BYTES_MAX) };
}

proptest! {
    #[test]
    fn what_is_packed_is_unpacked(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 1..40),
    ) {
        let borrowed: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let unpacked = decode_batch(packed(&borrowed)).unwrap();
        prop_assert_eq!(unpacked, messages);
    }

    #[test]
    fn no_bytes_do_harm(body in prop::collection::vec(prop_oneof![Just(0_u8), Just(1), any::<u8>()], 0..60)) {
        if let Ok(messages) = decode_batch(body.clone().into()) {
            let borrowed: Vec<&[u8]> = messages.iter().map(|message| &message[..]).collect();
            prop_assert_eq!(&packed(&borrowed)[..], &body[..]);
        }
    }
}
