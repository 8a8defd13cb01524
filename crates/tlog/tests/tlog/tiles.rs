//! Tiles, proofs from tiles, and entry bundles.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tlog::{
    DecodeEntriesError, EncodeEntriesError, EntryBundle, Hash, Node, ProveError, Tile,
    TileBytesError, TileReadError, TileReader, build_tiles, encode_entries, prove_consistency,
    prove_inclusion, stored_root, tiles_grown, verify_consistency, verify_inclusion,
};

use crate::support::Log;

fn tile(level: u8, index: u64, width: u16) -> Tile {
    Tile::new(level, index, width).unwrap()
}

/// The example of C2SP tlog-tiles: a tree of 70,000 leaves.
#[test]
fn a_tree_has_the_tiles_of_the_specifications_example() {
    let leaves = vec![Hash::of(b"leaf"); 70_000];
    let tiles: Vec<Tile> = build_tiles(&leaves)
        .into_iter()
        .map(|(tile, _)| tile)
        .collect();
    let mut expected: Vec<Tile> = (0..273).map(|index| tile(0, index, 256)).collect();
    expected.extend([
        tile(0, 273, 112),
        tile(1, 0, 256),
        tile(1, 1, 17),
        tile(2, 0, 1),
    ]);
    assert_eq!(tiles, expected);
    assert_eq!(tiles_grown(0, 70_000).collect::<Vec<_>>(), expected);
    assert_eq!(
        (expected[0].is_full(), expected[273].is_full()),
        (true, false)
    );

    let of_256: Vec<Tile> = build_tiles(&leaves[..256])
        .into_iter()
        .map(|(tile, _)| tile)
        .collect();
    assert_eq!(of_256, [tile(0, 0, 256), tile(1, 0, 1)]);
    assert_eq!(build_tiles(&[]), []);
}

#[test]
fn growing_rewrites_only_tiles_with_new_hashes() {
    for (old, new, expected) in [
        (0, 0, vec![]),
        (5, 5, vec![]),
        (0, 1, vec![tile(0, 0, 1)]),
        (1, 255, vec![tile(0, 0, 255)]),
        (255, 256, vec![tile(0, 0, 256), tile(1, 0, 1)]),
        (256, 257, vec![tile(0, 1, 1)]),
        (
            250,
            513,
            vec![
                tile(0, 0, 256),
                tile(0, 1, 256),
                tile(0, 2, 1),
                tile(1, 0, 2),
            ],
        ),
        (
            65_535,
            65_536,
            vec![tile(0, 255, 256), tile(1, 0, 256), tile(2, 0, 1)],
        ),
    ] {
        assert_eq!(
            tiles_grown(old, new).collect::<Vec<_>>(),
            expected,
            "{old} to {new}"
        );
    }
}

#[test]
fn tiles_filled_slot_by_slot_are_those_built_at_once() {
    let log = Log::of(66_000);
    let mut filled: BTreeMap<(u8, u64), Vec<Hash>> = BTreeMap::new();
    for index in 0..log.leaves.len() as u64 {
        for node in tlog::completed_by(index) {
            if let Some(slot) = node.tile_slot() {
                let hashes = filled.entry((slot.level, slot.index)).or_default();
                assert_eq!(hashes.len(), usize::from(slot.position));
                hashes.push(log.nodes[&node]);
            }
        }
    }
    let built = build_tiles(&log.leaves).into_iter();
    assert_eq!(
        built
            .map(|(tile, hashes)| ((tile.level(), tile.index()), hashes))
            .collect::<BTreeMap<_, _>>(),
        filled
    );
}

#[test]
fn proofs_from_tiles_are_those_from_nodes() {
    let size = 66_000;
    let log = Log::of(size);
    let tiles: BTreeMap<Tile, Vec<u8>> = build_tiles(&log.leaves)
        .into_iter()
        .map(|(tile, hashes)| (tile, Tile::encode(&hashes)))
        .collect();
    let root = log.roots[size as usize];
    for index in [0, 1, 255, 256, 65_279, 65_535, 65_536, 65_900, 65_999] {
        let mut fetched = 0;
        let mut reader = TileReader::new(size, |tile| {
            fetched += 1;
            tiles.get(&tile).cloned().ok_or(tile)
        });
        let path = prove_inclusion(index, size, |node| reader.read(node)).unwrap();
        assert_eq!(stored_root(size, |node| reader.read(node)), Ok(root));
        let old = index + 1;
        let proof = prove_consistency(old, size, |node| reader.read(node)).unwrap();
        drop(reader);
        assert!(fetched <= 5, "{fetched} tiles for leaf {index}");
        assert_eq!(
            prove_inclusion(index, size, |node| log.read(node)),
            Ok(path.clone())
        );
        assert_eq!(
            verify_inclusion(log.leaves[index as usize], index, size, &path, root),
            Ok(())
        );
        assert_eq!(
            verify_consistency(old, log.roots[old as usize], size, root, &proof),
            Ok(())
        );
    }
}

#[test]
fn nodes_that_tiles_do_not_give_are_refused() {
    let leaves = Log::of(300).leaves;
    let content = Tile::encode(&leaves[..256]);
    let mut reader = TileReader::new(300, |tile: Tile| {
        if tile.level() == 0 {
            Ok(content.clone())
        } else {
            Err("offline")
        }
    });
    for (level, index) in [(0, 300), (6, 4), (8, 1), (64, 0), (255, 0)] {
        let node = Node { level, index };
        assert_eq!(
            reader.read(node),
            Err(TileReadError::NotInTree { node, size: 300 })
        );
    }
    assert_eq!(
        reader.read(Node { level: 8, index: 0 }),
        Err(TileReadError::Fetch {
            tile: tile(1, 0, 1),
            source: "offline"
        })
    );
    let damaged = TileBytesError {
        tile: tile(0, 1, 44),
        expected: 1_408,
        got: 8_192,
    };
    assert_eq!(
        reader.read(Node::leaf(256)),
        Err(TileReadError::Bytes(damaged))
    );
    assert_eq!(reader.read(Node::leaf(255)), Ok(leaves[255]));
    let proof = prove_inclusion(256, 300, |node| reader.read(node));
    assert_eq!(proof, Err(ProveError::Read(TileReadError::Bytes(damaged))));
}

#[test]
fn a_tile_has_exactly_its_hashes() {
    let hashes = Log::of(3).leaves;
    let bytes = Tile::encode(&hashes);
    assert_eq!(tile(0, 0, 3).decode(&bytes), Ok(hashes));
    for (width, got) in [(2, 96), (4, 96)] {
        let tile = tile(0, 0, width);
        assert_eq!(
            tile.decode(&bytes),
            Err(TileBytesError {
                tile,
                expected: usize::from(width) * 32,
                got
            })
        );
    }
    assert_eq!(
        (
            Tile::in_tree(0, 1, 256),
            Tile::in_tree(3, 0, 256),
            Tile::in_tree(63, 0, u64::MAX)
        ),
        (None, None, None)
    );
}

#[test]
fn a_bundle_has_exactly_its_entries() {
    let entries: [&[u8]; 3] = [b"one", b"", b"three"];
    let bytes = encode_entries(&entries).unwrap();
    assert_eq!(bytes, b"\x00\x03one\x00\x00\x00\x05three");
    let bundle = EntryBundle::in_log(0, 3).unwrap();
    assert_eq!(bundle, EntryBundle::new(0, 3).unwrap());
    assert_eq!(EntryBundle::in_log(1, 256), None);
    assert_eq!(bundle.decode(&bytes), Ok(entries.to_vec()));
    for (wrong, refusal) in [
        (&b""[..], DecodeEntriesError::Truncated { at: 0 }),
        (b"\x00", DecodeEntriesError::Truncated { at: 0 }),
        (
            b"\x00\x03one\x00\x00\x00\x06three",
            DecodeEntriesError::Truncated { at: 2 },
        ),
        (
            b"\x00\x03one\x00\x00",
            DecodeEntriesError::Truncated { at: 2 },
        ),
        (
            b"\x00\x03one\x00\x00\x00\x05three!",
            DecodeEntriesError::Trailing { got: 1 },
        ),
    ] {
        assert_eq!(bundle.decode(wrong), Err(refusal));
    }
}

#[test]
fn entries_that_do_not_fit_are_refused() {
    let long = vec![0; 65_536];
    let entries = [&[][..], &long];
    assert_eq!(
        encode_entries(&entries),
        Err(EncodeEntriesError::TooLong { at: 1, got: 65_536 })
    );
    assert_eq!(
        encode_entries(&[&long[1..]]).map(|bytes| bytes.len()),
        Ok(65_537)
    );
    assert_eq!(
        encode_entries::<&[u8]>(&[]),
        Err(EncodeEntriesError::Count { got: 0 })
    );
    assert_eq!(
        encode_entries(&[b"x"; 257]),
        Err(EncodeEntriesError::Count { got: 257 })
    );
    assert_eq!(
        encode_entries(&[b"x"; 256]).map(|bytes| bytes.len()),
        Ok(768)
    );
}

proptest! {
    #[test]
    fn entries_come_back(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..=256)) {
        let bytes = encode_entries(&entries).unwrap();
        let bundle = EntryBundle::in_log(0, entries.len() as u64).unwrap();
        prop_assert_eq!(bundle.decode(&bytes).unwrap(), entries);
    }
}
