//! Logs: notes and checkpoints, keys, paths of tiles, entry bundles and what a log keeps of its tree; and addresses of files.
//! What is read of them is written back as it was.

use std::sync::LazyLock;

use deed::FileAddress;
use ledger::certificate::Certificate;
use ledger::codec;
use ledger::file::FileTree;
use ledger::log_keys::verify_checkpoint;
use ledger::map::MapProof;
use ledger::presentation::nonce_of_hex;
use tlog::{
    Checkpoint, Cosignature, EntryBundle, Frontier, Note, Tile, TilePath, VerifierKey,
    encode_entries, leaf_hash,
};

use super::choices::Bytes;
use super::seeds::SEEDS;
use super::text;

/// Keys and notes at the edges of Ed25519.
const EDGES: &str = include_str!("../../../docs/protocol/vectors/ed25519.txt");
const PATHS: [&str; 7] = [
    "tile/0/000",
    "tile/63/x001/x234/067.p/255",
    "tile/entries/x999/999",
    "tile/1/x001/000.p/1",
    "tile/entries/000.p/12",
    "sha256-tree:77046ac6ad2f4ddd4a98cb47a9d4fbe2ab3ac4e6bdc1d9ad52b7a3ec34a8b8c3:1048577",
    "00112233445566778899aabbccddeeff",
];
struct Texts {
    notes: Vec<Vec<u8>>,
    keys: Vec<Vec<u8>>,
    paths: Vec<Vec<u8>>,
    bundles: Vec<Vec<u8>>,
    frontiers: Vec<Vec<u8>>,
}

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let of = |name: &str| {
        let mut seeds = SEEDS.all.iter();
        &seeds.find(|seed| seed.name == name).unwrap().bytes
    };
    let map: MapProof = codec::decode(of("map proof")).unwrap();
    let certificate: Certificate = codec::decode(of("certificate")).unwrap();
    let mut notes = vec![map.checkpoint, certificate.checkpoint];
    let mut keys = vec![
        SEEDS.trust.registrar.own().to_string(),
        SEEDS.trust.notary.own().to_string(),
    ];
    for line in EDGES.lines() {
        let parts: Vec<&str> = line.split(" | ").collect();
        let [_, _, key, note] = parts[..] else {
            continue;
        };
        keys.push(key.to_owned());
        notes.extend(String::from_utf8(super::seeds::unhex(note)));
    }
    let entries = |count: u8| {
        let entries: Vec<Vec<u8>> = (0..count).map(|n| vec![n; usize::from(n) * 7]).collect();
        encode_entries(&entries).unwrap()
    };
    let frontiers = (0..9).map(|size| {
        let mut frontier = Frontier::new();
        for leaf in 0..size {
            frontier.append(leaf_hash(&[leaf]));
        }
        frontier.to_bytes()
    });
    let bytes = |texts: Vec<String>| texts.into_iter().map(String::into_bytes).collect();
    Texts {
        notes: bytes(notes),
        keys: bytes(keys),
        paths: bytes(PATHS.map(str::to_owned).into()),
        bundles: vec![entries(1), entries(3), entries(200)],
        frontiers: frontiers.collect(),
    }
});

/// A damaged text of a log, read as all of them: whether anything was accepted.
pub fn notes(bytes: &[u8]) -> bool {
    let mut bytes = Bytes(bytes);
    let sorts = [
        &TEXTS.notes,
        &TEXTS.notes,
        &TEXTS.keys,
        &TEXTS.paths,
        &TEXTS.bundles,
        &TEXTS.frontiers,
    ];
    let sort = *bytes.one_of(&sorts);
    let (seed, other) = (bytes.one_of(sort), bytes.one_of(sort));
    let mut damaged = seed.clone();
    for _ in 0..*bytes.one_of(&[1, 1, 2, 4]) {
        text::damage(&mut damaged, other, &mut bytes);
    }
    any(&damaged, bytes.below(257) as u16)
}

/// Any bytes as all texts of a log, and as tiles and bundles of a width: whether anything was accepted.
pub fn any(bytes: &[u8], width: u16) -> bool {
    let mut accepted = false;
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
        accepted = true;
    }
    if let Ok(text) = str::from_utf8(bytes) {
        accepted |= texts(text);
    }
    if let Ok(frontier) = Frontier::from_bytes(bytes) {
        assert_eq!(frontier.to_bytes(), bytes);
        accepted = true;
    }
    if let Ok(cosignature) = Cosignature::from_bytes(bytes) {
        assert_eq!(cosignature.to_bytes().as_slice(), bytes);
        accepted = true;
    }
    if let Ok(bundle) = EntryBundle::new(0, width)
        && let Ok(entries) = bundle.decode(bytes)
    {
        assert_eq!(encode_entries(&entries).unwrap(), bytes);
        accepted = true;
    }
    if let Ok(tile) = Tile::new(0, 0, width)
        && let Ok(hashes) = tile.decode(bytes)
    {
        assert_eq!(hashes.len() * 32, bytes.len());
        accepted = true;
    }
    accepted
}

fn texts(text: &str) -> bool {
    let mut accepted = false;
    for key in [&SEEDS.trust.registrar, &SEEDS.trust.notary] {
        if verify_checkpoint(text, key).is_ok() {
            let mut honest = TEXTS.notes[..2].iter();
            assert!(honest.any(|note| note == text.as_bytes()), "an honest note");
        }
    }
    let checkpoint = text.split_inclusive("\n\n").next();
    for text in [Some(text), checkpoint.map(|c| c.trim_end_matches("\n\n"))]
        .into_iter()
        .flatten()
    {
        let text = if text.ends_with('\n') {
            text.to_owned()
        } else {
            format!("{text}\n")
        };
        if let Ok(checkpoint) = Checkpoint::parse(&text) {
            assert_eq!(checkpoint.to_string(), text);
            accepted = true;
        }
    }
    if let Ok(key) = VerifierKey::parse(text) {
        assert_eq!(key.to_string(), text);
        accepted = true;
    }
    if let Ok(address) = text.parse::<FileAddress>() {
        assert_eq!(address.to_string(), text);
        assert!(
            FileTree::read(address, text.as_bytes()).is_err(),
            "no file's chunks"
        );
        accepted = true;
    }
    if let Some(nonce) = nonce_of_hex(text) {
        let digits: String = nonce.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digits, text);
        accepted = true;
    }
    if let Ok(path) = TilePath::parse(text) {
        assert_eq!(path.to_string(), text);
        accepted = true;
    }
    accepted
}
