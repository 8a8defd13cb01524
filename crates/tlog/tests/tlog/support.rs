//! What several topics need: logs of numbered entries, and keys with fixed seeds.

use std::collections::BTreeMap;

use tlog::{
    Cosigner, Frontier, Hash, KeyName, Node, Note, NoteSigner, NoteText, Origin, leaf_hash,
};

/// Leaf hashes of the entries "entry 0", "entry 1", ...
pub(crate) fn leaves(count: u64) -> Vec<Hash> {
    (0..count)
        .map(|i| leaf_hash(format!("entry {i}").as_bytes()))
        .collect()
}

/// A log as a notary keeps it: every completed node, and the root at every size.
pub(crate) struct Log {
    pub(crate) leaves: Vec<Hash>,
    pub(crate) nodes: BTreeMap<Node, Hash>,
    pub(crate) roots: Vec<Hash>,
}

impl Log {
    pub(crate) fn of(count: u64) -> Log {
        let leaves = leaves(count);
        let (mut frontier, mut nodes) = (Frontier::new(), BTreeMap::new());
        let mut roots = vec![frontier.root()];
        for leaf in &leaves {
            frontier.append_with(*leaf, |node, hash| {
                assert_eq!(nodes.insert(node, hash), None, "{node:?} is completed once");
            });
            roots.push(frontier.root());
        }
        Log {
            leaves,
            nodes,
            roots,
        }
    }

    pub(crate) fn read(&self, node: Node) -> Result<Hash, Node> {
        self.nodes.get(&node).copied().ok_or(node)
    }
}

/// The hash with one bit inverted.
pub(crate) fn flipped(hash: Hash, bit: usize) -> Hash {
    let mut bytes = hash.0;
    bytes[bit / 8] ^= 1 << (bit % 8);
    Hash(bytes)
}

pub(crate) fn name(name: &str) -> KeyName {
    KeyName::new(name).unwrap()
}

pub(crate) fn origin(origin: &str) -> Origin {
    Origin::new(origin).unwrap()
}

pub(crate) fn log_key() -> NoteSigner {
    NoteSigner::from_seed(name("notary.example/log"), &[1; 32]).unwrap()
}

pub(crate) fn cosigner(number: u8) -> Cosigner {
    Cosigner::from_seed(name(&format!("witness.example/{number}")), &[number; 32]).unwrap()
}

pub(crate) fn text(text: &str) -> NoteText {
    NoteText::new(text).unwrap()
}

pub(crate) fn signed(message: &str, signers: &[&NoteSigner]) -> Note {
    let text = text(message);
    let mut note = Note::new(text.clone(), signers[0].sign(&text).unwrap());
    for signer in &signers[1..] {
        note.add(signer.sign(&text).unwrap()).unwrap();
    }
    note
}

pub(crate) fn signer(number: u8) -> NoteSigner {
    NoteSigner::from_seed(name(&format!("signer{number}")), &[number; 32]).unwrap()
}
