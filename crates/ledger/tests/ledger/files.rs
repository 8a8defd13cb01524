//! Files by address: a tree over chunks that leads to one address, and chunks that are checked one by one.

use deed::FileAddress;
use ledger::Digest;
use ledger::file::{FileBuilder, FileError, FileTree, chunks};
use ledger::limits::{CHUNK_BYTES, FILE_BYTES_MAX};
use proptest::prelude::*;

const CHUNK: u64 = CHUNK_BYTES as u64;

/// Bytes that differ from chunk to chunk.
fn content(bytes: usize) -> Vec<u8> {
    (0..bytes)
        .map(|at| (at / CHUNK_BYTES * 31 + at % 251) as u8)
        .collect()
}

fn tree(content: &[u8]) -> FileTree {
    let mut builder = FileBuilder::default();
    for chunk in content.chunks(CHUNK_BYTES) {
        builder.add(chunk).expect("a chunk");
    }
    builder.finish()
}

#[test]
fn addresses_are_pinned() {
    // Computed by another program, from the words in docs/protocol/attachments.md.
    let cases = [
        (
            "nothing",
            0,
            "sha256-tree:cac9c8f802e397e3ba87e24fc3f54d5d9fb8fbed14d0890e9ec5f6237c01f10a:0",
        ),
        (
            "one byte",
            1,
            "sha256-tree:ec18cc003eeafff48b18eebac773e0922c58fe01a709bcc673657f9faa98b8ea:1",
        ),
        (
            "a chunk",
            CHUNK_BYTES,
            "sha256-tree:5996b1a78a10e8e7115a9151a81f19edc9583c62daeae3aeb0d0b3a9c45cb877:1048576",
        ),
        (
            "a chunk and a byte",
            CHUNK_BYTES + 1,
            "sha256-tree:95d78810ad4c4fefe2f59f56952f3fa515fb548003c7f8b2a623b268abf72c0b:1048577",
        ),
        (
            "three chunks and a half",
            CHUNK_BYTES * 7 / 2,
            "sha256-tree:de26364b5a9cc654f8074c52960f8916a85741f5030b5e714db0ea96559d3859:3670016",
        ),
    ];
    for (case, bytes, address) in cases {
        let tree = tree(&content(bytes));
        assert_eq!(tree.address().to_string(), address, "{case}");
        assert_eq!(chunks(bytes as u64), tree.leaves().len() as u64, "{case}");
        assert_eq!(
            FileTree::read(tree.address(), &tree.hashes()),
            Ok(tree),
            "{case}"
        );
    }
}

#[test]
fn a_chunk_is_proven_alone_by_its_path() {
    let tree = tree(&content(CHUNK_BYTES * 7 / 2));
    let leaves: Vec<tlog::Hash> = tree.leaves().iter().map(|leaf| (*leaf).into()).collect();
    let FileAddress { root, bytes } = tree.address();
    for (index, leaf) in leaves.iter().enumerate() {
        let path = tlog::merkle_path(&leaves, index).expect("a leaf");
        let merkle = tlog::root_from_path(*leaf, index as u64, chunks(bytes), &path);
        let merkle = merkle.expect("a path");
        let found = Digest::of(&[&[0x71], &bytes.to_be_bytes(), &merkle.0]);
        assert_eq!(found.0, root, "chunk {index}");
    }
}

#[test]
fn what_is_no_chunk_of_the_file_is_refused() {
    let whole = content(CHUNK_BYTES * 5 / 2);
    let tree = tree(&whole);
    let chunk = |index: usize| whole.chunks(CHUNK_BYTES).nth(index).expect("a chunk");
    let mut damaged = chunk(1).to_vec();
    damaged[CHUNK_BYTES - 1] ^= 1;
    let length = |index, expected, got| {
        Err(FileError::Length {
            index,
            expected,
            got,
        })
    };
    let cases = [
        ("the first", 0, chunk(0), Ok(())),
        ("the last", 2, chunk(2), Ok(())),
        (
            "another one's place",
            1,
            chunk(0),
            Err(FileError::OtherBytes { index: 1 }),
        ),
        (
            "one bit",
            1,
            &damaged[..],
            Err(FileError::OtherBytes { index: 1 }),
        ),
        ("cut", 1, &chunk(1)[1..], length(1, CHUNK, CHUNK - 1)),
        ("nothing", 2, &[][..], length(2, CHUNK / 2, 0)),
        ("too long", 2, chunk(0), length(2, CHUNK / 2, CHUNK)),
        (
            "beyond the end",
            3,
            chunk(0),
            Err(FileError::NoSuchChunk {
                index: 3,
                chunks: 3,
            }),
        ),
        (
            "far beyond",
            u64::MAX,
            chunk(0),
            Err(FileError::NoSuchChunk {
                index: u64::MAX,
                chunks: 3,
            }),
        ),
    ];
    for (case, index, bytes, expected) in cases {
        assert_eq!(tree.check(index, bytes), expected, "{case}");
    }
}

#[test]
fn hashes_of_another_file_are_refused() {
    let tree = tree(&content(CHUNK_BYTES * 5 / 2));
    let FileAddress { root, bytes } = tree.address();
    let hashes = tree.hashes();
    let mut swapped = hashes.clone();
    swapped.rotate_left(32);
    let other = |bytes| {
        let address = FileAddress { root, bytes };
        Err(FileError::OtherFile { address })
    };
    let cases = [
        ("in another order", bytes, &swapped[..], other(bytes)),
        ("one missing", bytes, &hashes[32..], other(bytes)),
        ("cut within", bytes, &hashes[1..], other(bytes)),
        ("another length", bytes + 1, &hashes[..], other(bytes + 1)),
        ("another count", 1, &hashes[..], other(1)),
        (
            "too large",
            FILE_BYTES_MAX + 1,
            &hashes[..],
            Err(FileError::TooLarge {
                bytes: FILE_BYTES_MAX + 1,
            }),
        ),
    ];
    for (case, bytes, hashes, expected) in cases {
        let address = FileAddress { root, bytes };
        assert_eq!(FileTree::read(address, hashes), expected, "{case}");
    }
}

#[test]
fn a_builder_takes_chunks_and_nothing_else() {
    let length = |index, got| {
        Err(FileError::Length {
            index,
            expected: CHUNK,
            got,
        })
    };
    let chunk = content(CHUNK_BYTES + 1);
    let mut builder = FileBuilder::default();
    assert_eq!(builder.add(&[]), length(0, 0));
    assert_eq!(builder.add(&chunk), length(0, CHUNK + 1));
    assert_eq!(builder.add(&chunk[1..]), Ok(()));
    assert_eq!(builder.add(b"the end"), Ok(()));
    assert_eq!(builder.add(&chunk[1..]), length(2, CHUNK));
    assert_eq!(builder.finish().address().bytes, CHUNK + 7);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_byte_and_the_length_are_in_the_address(bytes in 1_usize..3 * CHUNK_BYTES, at: prop::sample::Index) {
        let whole = content(bytes);
        let address = tree(&whole).address();
        let mut changed = whole.clone();
        changed[at.index(bytes)] ^= 1;
        prop_assert_ne!(tree(&changed).address(), address);
        prop_assert_ne!(tree(&whole[..bytes - 1]).address().root, address.root);
        prop_assert_eq!(address.to_string().parse(), Ok(address));
    }
}
