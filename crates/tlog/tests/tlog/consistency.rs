//! Consistency proofs from a log's stored nodes.

use proptest::prelude::*;
use tlog::{ConsistencyError, Hash, Node, ProveError, prove_consistency, verify_consistency};

use crate::support::{Log, flipped};

#[test]
fn all_pairs_up_to_130_are_consistent() {
    let log = Log::of(130);
    for new in 1..=130u64 {
        for old in 1..=new {
            let proof = prove_consistency(old, new, |node| log.read(node)).unwrap();
            let (old_root, new_root) = (log.roots[old as usize], log.roots[new as usize]);
            assert_eq!(
                verify_consistency(old, old_root, new, new_root, &proof),
                Ok(()),
                "{old} to {new}"
            );
        }
    }
}

#[test]
fn the_proofs_are_those_of_rfc_6962() {
    let log = Log::of(7);
    // The letters of RFC 6962 §2.1.3's figure.
    let node = |level, index| log.nodes[&Node { level, index }];
    let (c, d, j) = (node(0, 2), node(0, 3), node(0, 6));
    let (g, i, k) = (node(1, 0), node(1, 2), node(2, 0));
    let l = tlog::node_hash(&i, &j);
    let proof = |old| prove_consistency(old, 7, |node| log.read(node)).unwrap();
    assert_eq!(
        [proof(3), proof(4), proof(6)],
        [vec![c, d, g, l], vec![l], vec![i, j, k]]
    );
    assert_eq!(proof(7), Vec::<Hash>::new());
}

#[test]
fn sizes_that_prove_nothing_are_refused() {
    let log = Log::of(3);
    let never = |_: Node| Err("never read");
    assert_eq!(
        prove_consistency(0, 3, never),
        Err(ProveError::FromEmptyTree)
    );
    assert_eq!(
        prove_consistency(3, 2, never),
        Err(ProveError::Shrunk {
            old_size: 3,
            new_size: 2
        })
    );
    assert_eq!(
        prove_consistency(2, 3, never),
        Err(ProveError::Read("never read"))
    );
    let verify = |old: u64, new: u64| {
        verify_consistency(
            old,
            log.roots[old as usize],
            new,
            log.roots[new as usize],
            &[],
        )
    };
    assert_eq!(verify(0, 3), Err(ConsistencyError::FromEmptyTree));
    assert_eq!(
        verify(3, 2),
        Err(ConsistencyError::Shrunk {
            old_size: 3,
            new_size: 2
        })
    );
    assert_eq!(
        verify(2, 3),
        Err(ConsistencyError::ProofLength {
            expected: 1,
            got: 0
        })
    );
}

#[test]
fn another_history_is_refused() {
    let log = Log::of(7);
    let proof = prove_consistency(3, 7, |node| log.read(node)).unwrap();
    let other = Hash::of(b"another history");
    assert_eq!(
        verify_consistency(3, other, 7, log.roots[7], &proof),
        Err(ConsistencyError::OtherOldRoot {
            expected: other,
            got: log.roots[3]
        })
    );
    assert_eq!(
        verify_consistency(3, log.roots[3], 7, other, &proof),
        Err(ConsistencyError::OtherNewRoot {
            expected: other,
            got: log.roots[7]
        })
    );
    assert_eq!(
        verify_consistency(7, log.roots[7], 7, other, &[]),
        Err(ConsistencyError::OtherNewRoot {
            expected: other,
            got: log.roots[7]
        })
    );
}

proptest! {
    #[test]
    fn any_flipped_bit_is_refused(new in 2u64..600, which: prop::sample::Index, place: prop::sample::Index, bit in 0usize..256) {
        let log = Log::of(new);
        let old = 1 + which.index(new as usize - 1) as u64;
        let (old_root, new_root) = (log.roots[old as usize], log.roots[new as usize]);
        let mut proof = prove_consistency(old, new, |node| log.read(node)).unwrap();
        prop_assert_eq!(verify_consistency(old, old_root, new, new_root, &proof), Ok(()));

        prop_assert!(verify_consistency(old, flipped(old_root, bit), new, new_root, &proof).is_err());
        prop_assert!(verify_consistency(old, old_root, new, flipped(new_root, bit), &proof).is_err());
        let at = place.index(proof.len());
        proof[at] = flipped(proof[at], bit);
        prop_assert!(verify_consistency(old, old_root, new, new_root, &proof).is_err());
    }
}
