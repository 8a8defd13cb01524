//! Inclusion proofs from a log's stored nodes.

use std::cell::RefCell;
use std::collections::BTreeSet;

use proptest::prelude::*;
use tlog::{
    InclusionError, MerkleTree, Node, ProveError, merkle_root, prove_inclusion, root_from_path,
    stored_root, verify_inclusion,
};

use crate::support::{Log, flipped};

#[test]
fn every_leaf_of_every_tree_up_to_130_is_proven() {
    let log = Log::of(130);
    for size in 1..=130 {
        let tree = MerkleTree::new(log.leaves[..size as usize].to_vec());
        for index in 0..size {
            let path = prove_inclusion(index, size, |node| log.read(node)).unwrap();
            assert_eq!(
                Some(path.clone()),
                tree.path(index as usize),
                "leaf {index} of {size}"
            );
            assert_eq!(
                verify_inclusion(log.leaves[index as usize], index, size, &path, tree.root()),
                Ok(())
            );
        }
    }
}

#[test]
fn a_leaf_that_the_tree_does_not_have_is_refused() {
    let leaf = Log::of(1).leaves[0];
    for (index, size) in [(0, 0), (1, 1), (5, 3), (u64::MAX, u64::MAX)] {
        let proof = prove_inclusion(index, size, |_: Node| Err("never read"));
        assert_eq!(proof, Err(ProveError::NoSuchLeaf { index, size }));
        assert_eq!(
            root_from_path(leaf, index, size, &[]),
            Err(InclusionError::NoSuchLeaf { index, size })
        );
    }
}

#[test]
fn a_path_of_another_length_is_refused() {
    let log = Log::of(7);
    let path = prove_inclusion(6, 7, |node| log.read(node)).unwrap();
    let longer = [path.clone(), vec![path[0]]].concat();
    for wrong in [&path[..1], &[], &longer] {
        assert_eq!(
            verify_inclusion(log.leaves[6], 6, 7, wrong, log.roots[7]),
            Err(InclusionError::PathLength {
                expected: 2,
                got: wrong.len()
            })
        );
    }
}

#[test]
fn a_path_to_another_root_is_refused() {
    let log = Log::of(7);
    let path = prove_inclusion(3, 7, |node| log.read(node)).unwrap();
    assert_eq!(
        verify_inclusion(log.leaves[3], 3, 7, &path, log.roots[6]),
        Err(InclusionError::OtherRoot {
            expected: log.roots[6],
            got: log.roots[7]
        })
    );
}

#[test]
fn a_node_that_can_not_be_read_ends_the_proof() {
    let lost = Node { level: 1, index: 1 };
    let log = Log::of(8);
    let read = |node| {
        if node == lost {
            Err("disk")
        } else {
            log.read(node).map_err(|_| "unknown")
        }
    };
    assert_eq!(prove_inclusion(0, 8, read), Err(ProveError::Read("disk")));
    assert_eq!(stored_root(8, read), Ok(log.roots[8]));
}

#[test]
fn a_proof_in_a_log_of_millions_reads_few_nodes() {
    let size = 10_000_019;
    let read = RefCell::new(BTreeSet::new());
    let root_of_node = |node: Node| {
        assert!(read.borrow_mut().insert(node), "{node:?} is read once");
        Ok::<_, Node>(merkle_root(&[tlog::Hash::of(
            format!("{node:?}").as_bytes(),
        )]))
    };
    let path = prove_inclusion(9_999_999, size, root_of_node).unwrap();
    assert_eq!((path.len(), read.borrow().len()), (15, 17));
    read.borrow_mut().clear();
    let path = prove_inclusion(1, size, root_of_node).unwrap();
    assert_eq!((path.len(), read.borrow().len()), (24, 33));
}

proptest! {
    #[test]
    fn any_flipped_bit_is_refused(size in 1u64..600, which: prop::sample::Index, place: prop::sample::Index, bit in 0usize..256) {
        let log = Log::of(size);
        let index = which.index(size as usize) as u64;
        let leaf = log.leaves[index as usize];
        let root = log.roots[size as usize];
        let path = prove_inclusion(index, size, |node| log.read(node)).unwrap();
        prop_assert_eq!(verify_inclusion(leaf, index, size, &path, root), Ok(()));

        prop_assert!(verify_inclusion(flipped(leaf, bit), index, size, &path, root).is_err());
        prop_assert!(verify_inclusion(leaf, index, size, &path, flipped(root, bit)).is_err());
        prop_assert!(verify_inclusion(leaf, index ^ (1 << (bit % 64)), size, &path, root).is_err());
        if !path.is_empty() {
            let mut path = path;
            let at = place.index(path.len());
            path[at] = flipped(path[at], bit);
            prop_assert!(verify_inclusion(leaf, index, size, &path, root).is_err());
        }
    }
}
