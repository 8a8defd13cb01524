//! Published vectors for RFC 6962 proofs (transparency-dev/merkle, Apache-2.0), read from
//! `$PVN_DATA/vectors/rfc6962-merkle`.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tlog::{Hash, verify_consistency, verify_inclusion};

fn vectors(kind: &str) -> Vec<(PathBuf, Value)> {
    let Some(data) = std::env::var_os("PVN_DATA") else {
        println!("skipped: the {kind} vectors of rfc6962-merkle, because PVN_DATA is not set");
        return Vec::new();
    };
    let mut files = Vec::new();
    collect(
        &Path::new(&data).join("vectors/rfc6962-merkle").join(kind),
        &mut files,
    );
    files.sort();
    files
        .into_iter()
        .map(|path| {
            (
                path.clone(),
                serde_json::from_slice(&fs::read(path).unwrap()).unwrap(),
            )
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files)
        } else {
            files.push(path)
        }
    }
}

/// Some vectors have placeholders such as "don't care 1" for hashes: padded with zeroes they stay
/// different from each other and from any real hash. `None` for what is empty or too long to be a
/// hash, which our types refuse before any proof is looked at.
fn hash(value: &Value) -> Option<Hash> {
    let bytes = STANDARD.decode(value.as_str().unwrap()).unwrap();
    if bytes.is_empty() {
        return None;
    }
    let mut padded = [0; 32];
    padded.get_mut(..bytes.len())?.copy_from_slice(&bytes);
    Some(Hash(padded))
}

fn hashes(value: &Value) -> Option<Vec<Hash>> {
    value.as_array().into_iter().flatten().map(hash).collect()
}

fn inclusion(v: &Value) -> Option<()> {
    let (index, size) = (
        v["leafIdx"].as_u64().unwrap(),
        v["treeSize"].as_u64().unwrap(),
    );
    verify_inclusion(
        hash(&v["leafHash"])?,
        index,
        size,
        &hashes(&v["proof"])?,
        hash(&v["root"])?,
    )
    .ok()
}

fn consistency(v: &Value) -> Option<()> {
    let (old, new) = (v["size1"].as_u64().unwrap(), v["size2"].as_u64().unwrap());
    verify_consistency(
        old,
        hash(&v["root1"])?,
        new,
        hash(&v["root2"])?,
        &hashes(&v["proof"])?,
    )
    .ok()
}

fn check(kind: &str, count: usize, verify: fn(&Value) -> Option<()>) {
    let vectors = vectors(kind);
    let wrong: Vec<_> = vectors
        .iter()
        .filter(|(_, vector)| verify(vector).is_none() != vector["wantErr"].as_bool().unwrap())
        .map(|(path, vector)| (path, &vector["desc"]))
        .collect();
    assert_eq!(wrong, []);
    assert!(
        vectors.is_empty() || vectors.len() == count,
        "{} of {count} vectors",
        vectors.len()
    );
}

#[test]
fn inclusion_vectors_agree() {
    check("inclusion", 98, inclusion);
}

#[test]
fn consistency_vectors_agree() {
    check("consistency", 98, consistency);
}
