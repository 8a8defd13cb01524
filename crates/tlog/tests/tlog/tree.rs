//! Trees in memory.

use proptest::prelude::*;
use tlog::{EMPTY_ROOT, Hash, MerkleTree, merkle_path, merkle_root, node_hash, verify_inclusion};

use crate::support::{Log, flipped, leaves};

/// MTH of RFC 6962 §2.1, word for word.
fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => EMPTY_ROOT,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&mth(left), &mth(right))
        }
    }
}

#[test]
fn every_way_to_the_root_gives_the_same_one() {
    let log = Log::of(130);
    for size in 0..=130 {
        let leaves = &log.leaves[..size];
        let tree = MerkleTree::new(leaves.to_vec());
        assert_eq!((tree.len(), tree.is_empty()), (size, size == 0));
        assert_eq!(
            [merkle_root(leaves), tree.root(), log.roots[size]],
            [mth(leaves); 3],
            "{size} leaves"
        );
    }
}

#[test]
fn every_leaf_has_one_path_and_no_other_leaf_has_any() {
    for size in 0..=40 {
        let leaves = leaves(size as u64);
        let tree = MerkleTree::new(leaves.clone());
        for (index, leaf) in leaves.iter().enumerate() {
            let path = tree.path(index).unwrap();
            assert_eq!(merkle_path(&leaves, index), Some(path.clone()));
            assert_eq!(
                verify_inclusion(*leaf, index as u64, size as u64, &path, tree.root()),
                Ok(())
            );
        }
        assert_eq!((tree.path(size), merkle_path(&leaves, size)), (None, None));
    }
}

proptest! {
    #[test]
    fn any_flipped_bit_of_a_leaf_changes_the_root(count in 1u64..300, which: prop::sample::Index, bit in 0usize..256) {
        let mut leaves = leaves(count);
        let before = merkle_root(&leaves);
        let at = which.index(leaves.len());
        leaves[at] = flipped(leaves[at], bit);
        prop_assert_ne!(merkle_root(&leaves), before);
    }
}
