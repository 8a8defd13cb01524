use std::collections::BTreeMap;

use protocol::store::{
    Fault, FaultyStore, MemoryStore, Pair, Store, StoreError, Table, WriteBatch,
};

use super::open;

/// A writer that survives any single fault as a node does: on an error it opens the store again, looks how far it
/// got, and goes on from there. Counter and row move in one batch.
fn run<S: Store>(store: &mut S, steps: u8) -> Result<(), StoreError> {
    let done = store.get(Table::Meta, b"done")?.map_or(0, |value| value[0]);
    for step in done..steps {
        let mut batch = WriteBatch::new();
        batch.put(Table::Facts, [step], [step, step]);
        batch.put(Table::Index, [step ^ 0xff], [step]);
        if step > 0 {
            batch.delete(Table::Outbox, [step - 1]);
        }
        batch.put(Table::Outbox, [step], [step]);
        batch.put(Table::Meta, "done", [step + 1]);
        store.commit(batch)?;
    }
    Ok(())
}

fn contents(store: &impl Store) -> BTreeMap<Table, Vec<Pair>> {
    Table::ALL
        .map(|table| (table, store.scan(table, b"", None, 999).unwrap()))
        .into()
}

#[test]
fn every_write_may_fail_before_or_after_persisting() {
    const STEPS: u8 = 6;
    let mut expected = MemoryStore::new();
    run(&mut expected, STEPS).unwrap();
    let faults = [
        Fault::Before(StoreError::Full),
        Fault::Before(StoreError::Io("lost".into())),
        Fault::After(StoreError::Io("persisted".into())),
    ];
    for commit in 0..u64::from(STEPS) {
        for fault in &faults {
            let folder = tempfile::tempdir().unwrap();
            let plan = BTreeMap::from([(commit, fault.clone())]);
            let mut faulty = FaultyStore::new(open(&folder), plan);
            run(&mut faulty, STEPS).unwrap_err();
            drop(faulty);
            let mut store = open(&folder);
            run(&mut store, STEPS).unwrap();
            let case = format!("{fault:?} at commit {commit}");
            assert_eq!(contents(&store), contents(&expected), "{case}");
        }
    }
}
