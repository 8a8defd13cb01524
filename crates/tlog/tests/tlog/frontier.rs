//! The right edge of a log.

use tlog::limits::TREE_SIZE_MAX;
use tlog::{EMPTY_ROOT, Frontier, FrontierError, Hash, Node, TileSlot, completed_by, subtrees};

use crate::support::{Log, leaves};

#[test]
fn stored_and_loaded_frontiers_continue_the_same_log() {
    let log = Log::of(70);
    let mut frontier = Frontier::new();
    assert_eq!((frontier.size(), frontier.root()), (0, EMPTY_ROOT));
    for (size, leaf) in (1..).zip(&log.leaves) {
        frontier.append(*leaf);
        assert_eq!(
            (frontier.size(), frontier.root()),
            (size, log.roots[size as usize])
        );
        let bytes = frontier.to_bytes();
        assert_eq!(bytes.len(), 8 + 32 * size.count_ones() as usize);
        assert_eq!(Frontier::from_bytes(&bytes), Ok(frontier.clone()));
        assert_eq!(
            Frontier::load(size, |node| log.read(node)),
            Ok(frontier.clone())
        );
    }
    let lost = Node { level: 6, index: 0 };
    assert_eq!(
        Frontier::load(70, |node| if node == lost {
            Err(node)
        } else {
            log.read(node)
        }),
        Err(lost)
    );
}

#[test]
fn appending_tells_exactly_the_nodes_that_are_new() {
    let (mut frontier, all) = (Frontier::new(), leaves(300));
    for (index, leaf) in (0..).zip(&all) {
        let mut told = Vec::new();
        frontier.append_with(*leaf, |node, hash| told.push((node, hash)));
        let expected: Vec<(Node, Hash)> = completed_by(index)
            .map(|node| {
                let first = (node.index << node.level) as usize;
                (
                    node,
                    tlog::merkle_root(&all[first..first + (1 << node.level)]),
                )
            })
            .collect();
        assert_eq!(told, expected, "leaf {index}");
    }
}

#[test]
fn nodes_have_their_places() {
    let node = |level, index| Node { level, index };
    assert_eq!(Node::leaf(3), node(0, 3));
    assert_eq!(
        completed_by(7).collect::<Vec<_>>(),
        [node(0, 7), node(1, 3), node(2, 1), node(3, 0)]
    );
    assert_eq!(completed_by(8).collect::<Vec<_>>(), [node(0, 8)]);
    assert_eq!(completed_by(u64::MAX).count(), 64);
    assert_eq!(subtrees(11), [node(3, 0), node(1, 4), node(0, 10)]);
    assert_eq!(subtrees(0), []);

    let slot = |level, index, position| {
        Some(TileSlot {
            level,
            index,
            position,
        })
    };
    assert_eq!(node(0, 70_000).tile_slot(), slot(0, 273, 112));
    assert_eq!(node(8, 272).tile_slot(), slot(1, 1, 16));
    assert_eq!([1, 7, 9].map(|level| node(level, 0).tile_slot()), [None; 3]);
}

#[test]
fn other_bytes_are_refused() {
    let three = {
        let mut frontier = Frontier::new();
        leaves(3).into_iter().for_each(|leaf| frontier.append(leaf));
        frontier.to_bytes()
    };
    let too_large = (TREE_SIZE_MAX + 1).to_be_bytes();
    let longer = [&three[..], &[0]].concat();
    for (bytes, refusal) in [
        (&three[..7], FrontierError::NoSize { got: 7 }),
        (
            &too_large,
            FrontierError::TooLarge {
                size: TREE_SIZE_MAX + 1,
            },
        ),
        (
            &three[..71],
            FrontierError::Length {
                size: 3,
                expected: 72,
                got: 71,
            },
        ),
        (
            &longer,
            FrontierError::Length {
                size: 3,
                expected: 72,
                got: 73,
            },
        ),
        (
            &three[..8],
            FrontierError::Length {
                size: 3,
                expected: 72,
                got: 8,
            },
        ),
    ] {
        assert_eq!(Frontier::from_bytes(bytes), Err(refusal));
    }
    assert_eq!(Frontier::from_bytes(&[0; 8]), Ok(Frontier::new()));
}
