use ledger::{Digest, Token};
use node::store::{DataFolder, FjallNotaryStore};
use proptest::prelude::*;
use protocol::notary::store::{Mark, MemoryNotaryStore, NotaryBatch, NotaryStore};
use protocol::store::StoreError;

fn mark(byte: u8, height: u64) -> Mark {
    let mark = Token(Digest([byte; 32]));
    Mark { mark, height }
}

fn batch(height: u8) -> NotaryBatch {
    NotaryBatch {
        tokens: vec![([height; 32], [!height; 32])],
        marks: vec![mark(height, height.into())],
        entries: vec![(u64::from(height), vec![height; 7])],
        nodes: vec![((0, u64::from(height)), [height; 32]), ((1, 0), [1; 32])],
        meta: vec![("height".into(), vec![height])],
    }
}

#[test]
fn a_batch_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::take(folder.path()).unwrap();
    for height in 0..5 {
        let mut store = FjallNotaryStore::open(&data).unwrap();
        store.commit(batch(height)).unwrap();
        store.commit(NotaryBatch::new()).unwrap();
        assert_eq!(store.syncs(), 1);
    }
    let store = FjallNotaryStore::open(&data).unwrap();
    for height in 0..5_u8 {
        assert_eq!(store.token(&[height; 32]), Ok(Some([!height; 32])));
        assert_eq!(store.entry(height.into()), Ok(Some(vec![height; 7])));
        assert_eq!(store.node(0, height.into()), Ok(Some([height; 32])));
    }
    let marks: Vec<Mark> = (0..5).map(|height| mark(height, height.into())).collect();
    assert_eq!(store.marks(&marks[4].mark, 0), Ok(marks.clone()));
    assert_eq!(store.marks(&marks[4].mark, 6), Ok(marks[4..].to_vec()));
    assert_eq!(store.meta("height"), Ok(Some(vec![4])));
    assert_eq!(store.token(&[9; 32]), Ok(None));
    assert_eq!(store.entry(9), Ok(None));
    assert_eq!(store.node(1, 1), Ok(None));
    assert_eq!(store.meta("other"), Ok(None));
}

#[test]
fn without_the_reserve_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::take(folder.path()).unwrap();
    let store = FjallNotaryStore::open(&data).unwrap();
    let mut full = store.with_disk_reserve(u64::MAX);
    assert_eq!(full.commit(batch(3)), Err(StoreError::Full));
    assert_eq!(full.token(&[3; 32]), Ok(None));
    assert_eq!(full.meta("height"), Ok(None));
    let mut roomy = full.with_disk_reserve(0);
    assert_eq!(roomy.commit(batch(3)), Ok(()));
}

#[derive(Clone, Debug)]
struct Small(NotaryBatch);

fn small_batch() -> impl Strategy<Value = Small> {
    let tokens = prop::collection::vec((0..9_u8, any::<u8>()), 0..4);
    let marks = prop::collection::vec((any::<u8>(), 0..9_u64), 0..4);
    let entries = prop::collection::vec((0..9_u64, any::<u8>()), 0..4);
    let nodes = prop::collection::vec(((0..3_u8, 0..3_u64), any::<u8>()), 0..4);
    let meta = prop::collection::vec((0..3_usize, any::<u8>()), 0..3);
    (tokens, marks, entries, nodes, meta).prop_map(|(tokens, marks, entries, nodes, meta)| {
        Small(NotaryBatch {
            tokens: tokens.iter().map(|(k, v)| ([*k; 32], [*v; 32])).collect(),
            marks: marks.iter().map(|(k, v)| mark(*k, *v)).collect(),
            entries: entries.iter().map(|(k, v)| (*k, vec![*v])).collect(),
            nodes: nodes.iter().map(|(k, v)| (*k, [*v; 32])).collect(),
            meta: meta
                .iter()
                .map(|(k, v)| (["a", "b", ""][*k].into(), vec![*v]))
                .collect(),
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn the_disk_answers_as_memory_does(batches in prop::collection::vec(small_batch(), 1..6)) {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::take(folder.path()).unwrap();
        let mut disk = FjallNotaryStore::open(&data).unwrap();
        let mut memory = MemoryNotaryStore::new();
        for Small(batch) in batches {
            memory.commit(batch.clone()).unwrap();
            disk.commit(batch).unwrap();
        }
        for key in 0..9_u8 {
            prop_assert_eq!(disk.token(&[key; 32]), memory.token(&[key; 32]));
            prop_assert_eq!(disk.entry(key.into()), memory.entry(key.into()));
            prop_assert_eq!(disk.node(key / 3, (key % 3).into()), memory.node(key / 3, (key % 3).into()));
        }
        for (like, bits) in [(0, 0), (0x80, 1), (0x47, 3), (0x47, 8), (0x47, 64)] {
            let like = mark(like, 0).mark;
            prop_assert_eq!(disk.marks(&like, bits), memory.marks(&like, bits));
        }
        for name in ["a", "b", ""] {
            prop_assert_eq!(disk.meta(name), memory.meta(name));
        }
    }
}
