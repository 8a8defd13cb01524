//! Files by address: what is kept, what is refused, what is shared, and what goes.

mod bucket;

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use deed::FileAddress;
use futures_util::TryStreamExt;
use ledger::file::{FileBuilder, FileError, FileTree};
use ledger::limits::CHUNK_BYTES;
use node::attachments::{AttachmentError, Attachments};
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// A file of so many chunks, the last one short, whose chunks begin with this number.
fn file(first: u8, count: u8) -> (FileTree, Vec<Bytes>) {
    let chunks: Vec<Bytes> = (0..count)
        .map(|nth| {
            let bytes = if nth + 1 == count { 1_000 } else { CHUNK_BYTES };
            vec![first + nth; bytes].into()
        })
        .collect();
    let mut builder = FileBuilder::default();
    for chunk in &chunks {
        builder.add(chunk).unwrap();
    }
    (builder.finish(), chunks)
}

/// One range of chunks.
fn only(range: Range<u64>) -> Vec<Range<u64>> {
    std::iter::once(range).collect()
}

/// Files in memory, and where they are.
fn kept() -> (Attachments, Arc<InMemory>) {
    let objects = Arc::new(InMemory::new());
    (Attachments::new(Arc::clone(&objects) as _, None), objects)
}

async fn send(kept: &Attachments, (tree, chunks): &(FileTree, Vec<Bytes>)) {
    let address = tree.address();
    for missing in kept.begin(address, &tree.hashes()).await.unwrap() {
        for index in missing {
            let chunk = chunks[index as usize].clone();
            kept.put(address, index, chunk).await.unwrap();
        }
    }
    let missing = kept.begin(address, &tree.hashes()).await.unwrap();
    assert_eq!(missing, []);
}

async fn whole(kept: &Attachments, address: FileAddress) -> Option<Vec<u8>> {
    let tree = kept.tree(address).await.unwrap()?;
    let mut bytes = Vec::new();
    for index in 0..tree.leaves().len() as u64 {
        bytes.extend(kept.chunk(&tree, index).await.unwrap()?);
    }
    Some(bytes)
}

async fn objects(objects: &InMemory) -> Vec<String> {
    let listed: Vec<_> = objects.list(None).try_collect().await.unwrap();
    let mut paths: Vec<String> = listed.iter().map(|o| o.location.to_string()).collect();
    paths.sort();
    paths
}

#[tokio::test]
async fn a_file_is_sent_in_pieces_and_given_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (tree, chunks) = file(1, 5);
    let address = tree.address();
    {
        let kept = Attachments::in_folder(folder.path(), 0).unwrap();
        let missing = kept.begin(address, &tree.hashes()).await.unwrap();
        assert_eq!(missing, only(0..5));
        for index in [1, 4] {
            let chunk = chunks[index as usize].clone();
            kept.put(address, index, chunk).await.unwrap();
        }
    }
    // Whoever comes back after a break, of either side, is told what is left.
    let kept = Attachments::in_folder(folder.path(), 0).unwrap();
    let missing = kept.begin(address, &tree.hashes()).await.unwrap();
    assert_eq!(missing, [0..1, 2..4]);
    assert!(!kept.holds(address).await.unwrap());
    for index in [0, 2, 3, 3] {
        let chunk = chunks[index as usize].clone();
        kept.put(address, index, chunk).await.unwrap();
    }
    assert_eq!(
        kept.begin(address, &tree.hashes()).await.unwrap(),
        [],
        "nothing is left"
    );
    assert!(kept.holds(address).await.unwrap());
    assert_eq!(whole(&kept, address).await, Some(chunks.concat()));
}

#[tokio::test]
async fn an_empty_file_is_one() {
    let (kept, _) = kept();
    let empty = FileBuilder::default().finish();
    assert_eq!(kept.begin(empty.address(), &[]).await.unwrap(), []);
    assert_eq!(whole(&kept, empty.address()).await, Some(Vec::new()));
}

#[tokio::test]
async fn what_is_not_the_file_is_refused_and_not_kept() {
    let (kept, objects_kept) = kept();
    let (tree, chunks) = file(1, 3);
    let (other, _) = file(7, 3);
    let address = tree.address();
    let begun = kept.begin(address, &other.hashes()).await.unwrap_err();
    assert_eq!(
        begun.to_string(),
        FileError::OtherFile { address }.to_string()
    );
    let early = kept.put(address, 0, chunks[0].clone()).await.unwrap_err();
    assert_eq!(
        early.to_string(),
        AttachmentError::Unknown { address }.to_string()
    );
    assert_eq!(objects(&objects_kept).await, Vec::<String>::new());
    kept.begin(address, &tree.hashes()).await.unwrap();
    let before = objects(&objects_kept).await;
    let cases = [
        (0, chunks[1].clone(), FileError::OtherBytes { index: 0 }),
        (
            3,
            chunks[1].clone(),
            FileError::NoSuchChunk {
                index: 3,
                chunks: 3,
            },
        ),
        (
            2,
            chunks[0].clone(),
            FileError::Length {
                index: 2,
                expected: 1_000,
                got: CHUNK_BYTES as u64,
            },
        ),
    ];
    for (index, chunk, expected) in cases {
        let refused = kept.put(address, index, chunk).await.unwrap_err();
        assert_eq!(refused.to_string(), expected.to_string());
    }
    assert_eq!(objects(&objects_kept).await, before);
}

#[tokio::test]
async fn chunks_that_files_share_are_kept_once() {
    let (kept, objects_kept) = kept();
    let (short, long) = (file(1, 4), file(1, 6));
    send(&kept, &short).await;
    let missing = kept
        .begin(long.0.address(), &long.0.hashes())
        .await
        .unwrap();
    assert_eq!(missing, only(3..6), "the first three are there");
    send(&kept, &long).await;
    let listed = objects(&objects_kept).await;
    let chunks = listed.iter().filter(|path| path.starts_with("chunks/"));
    assert_eq!(chunks.count(), 7);
}

#[tokio::test]
async fn what_is_damaged_on_the_disk_counts_as_missing() {
    let (kept, objects_kept) = kept();
    let file = file(1, 3);
    let address = file.0.address();
    send(&kept, &file).await;
    let leaf = file.0.leaves()[1].hex();
    let path = object_store::path::Path::from(format!("chunks/{}/{leaf}", &leaf[..2]));
    objects_kept
        .put(&path, PutPayload::from_static(b"rot"))
        .await
        .unwrap();
    assert!(kept.holds(address).await.unwrap(), "nobody has looked");
    assert_eq!(kept.chunk(&file.0, 1).await.unwrap(), None);
    assert!(!kept.holds(address).await.unwrap());
    let missing = kept.begin(address, &file.0.hashes()).await.unwrap();
    assert_eq!(missing, only(1..2));
    send(&kept, &file).await;
    assert!(kept.holds(address).await.unwrap());
    assert_eq!(whole(&kept, address).await, Some(file.1.concat()));
}

#[tokio::test]
async fn a_disk_that_runs_low_takes_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Attachments::in_folder(folder.path(), u64::MAX).unwrap();
    let (tree, _) = file(1, 1);
    let refused = kept.begin(tree.address(), &tree.hashes()).await;
    assert!(
        matches!(refused, Err(AttachmentError::DiskLow)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_file_that_nobody_needs_goes_and_takes_its_own_chunks_along() {
    let (kept, objects_kept) = kept();
    let (short, long) = (file(1, 4), file(1, 6));
    send(&kept, &short).await;
    send(&kept, &long).await;
    let now_ms = node::roles::now_ms();
    let young: Vec<FileAddress> = kept
        .old(now_ms + DAY_MS - 60_000)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(young, [], "a day has not passed");
    let later_ms = now_ms + DAY_MS + 60_000;
    let mut old: Vec<FileAddress> = kept.old(later_ms).try_collect().await.unwrap();
    old.sort();
    let mut both = [short.0.address(), long.0.address()];
    both.sort();
    assert_eq!(old, both);
    kept.remove(&[long.0.address()], now_ms).await.unwrap();
    let still = kept.tree(long.0.address()).await.unwrap();
    assert!(still.is_some(), "who has just sent it wants it");
    kept.remove(&[long.0.address()], later_ms).await.unwrap();
    assert_eq!(whole(&kept, long.0.address()).await, None);
    assert_eq!(
        whole(&kept, short.0.address()).await,
        Some(short.1.concat()),
        "what it shared stays"
    );
    kept.remove(&[short.0.address()], later_ms).await.unwrap();
    assert_eq!(objects(&objects_kept).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_removal_that_broke_off_is_finished_by_the_next() {
    let (kept, objects_kept) = kept();
    let file = file(1, 3);
    send(&kept, &file).await;
    let from = object_store::path::Path::from(format!(
        "files/{}-{}",
        ledger::Digest(file.0.address().root),
        file.0.address().bytes
    ));
    let to = object_store::path::Path::from(from.to_string().replace("files/", "going/"));
    objects_kept.rename(&from, &to).await.unwrap();
    kept.remove(&[], 0).await.unwrap();
    assert_eq!(objects(&objects_kept).await, Vec::<String>::new());
}
