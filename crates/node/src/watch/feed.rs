//! A log's side of being witnessed: its checkpoint goes to each witness with a proof, and their lines come back.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use tlog::witness::{AddCheckpoint, size};
use tlog::{Checkpoint, Hash, Node, Note, NoteSignature, VerifierKey, prove_consistency};

use super::source::client;
use crate::limits::WITNESS_ANSWER_BYTES_MAX;

/// Where a witness is asked, and the key with which it cosigns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessAddress {
    /// The submission prefix of C2SP tlog-witness, without a slash at its end.
    pub url: String,
    /// Its key.
    pub key: VerifierKey,
}

/// Why a text is no witness's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessAddressError {
    /// Not a URL and a key.
    #[error(
        "a witness is written as its URL, a space, and its key: `https://witness.example witness.example/w1+…`"
    )]
    Form,
    /// Not a witness's key.
    #[error("the witness's key is not one with which checkpoints are cosigned: {0}")]
    Key(String),
}

impl FromStr for WitnessAddress {
    type Err = WitnessAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (url, key) = text.split_once(' ').ok_or(WitnessAddressError::Form)?;
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(WitnessAddressError::Form);
        }
        let key = VerifierKey::parse(key.trim());
        let key = key.map_err(|error| WitnessAddressError::Key(error.to_string()))?;
        if key.signature_type() != tlog::SignatureType::CosignatureV1 {
            return Err(WitnessAddressError::Key("it signs logs".to_owned()));
        }
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            key,
        })
    }
}

impl fmt::Display for WitnessAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.url, self.key)
    }
}

/// What is known of witnesses from one asking to the next: the size that each cosigned last.
pub(crate) struct Asked {
    client: reqwest::Client,
    sizes: BTreeMap<String, u64>,
}

impl Asked {
    pub(crate) fn new() -> reqwest::Result<Self> {
        Ok(Self {
            client: client()?,
            sizes: BTreeMap::new(),
        })
    }
}

/// Asks every witness for its cosignature of a checkpoint, reading nodes of the log's tree for the proofs; whoever doesn't answer
/// is left out, and told of in the process's own log.
pub(crate) async fn gather(
    asked: &mut Asked,
    witnesses: &[WitnessAddress],
    note: &Note,
    checkpoint: &Checkpoint,
    read: &(impl Fn(Node) -> Option<Hash> + Sync),
) -> Note {
    let mut cosigned = note.clone();
    for witness in witnesses {
        let old = asked.sizes.get(&witness.url).copied().unwrap_or(0);
        match ask(&asked.client, witness, note, checkpoint, old, read).await {
            Ok((line, at)) => {
                asked.sizes.insert(witness.url.clone(), at);
                if cosigned.add(line).is_err() {
                    tracing::warn!(witness = witness.url, "its line is there already");
                }
            }
            Err(reason) => tracing::warn!(witness = witness.url, reason, "no cosignature"),
        }
    }
    cosigned
}

async fn ask(
    client: &reqwest::Client,
    witness: &WitnessAddress,
    note: &Note,
    checkpoint: &Checkpoint,
    mut old: u64,
    read: &(impl Fn(Node) -> Option<Hash> + Sync),
) -> Result<(NoteSignature, u64), String> {
    // A second try, from the size that the witness itself names.
    for _ in 0..2 {
        let proof = match old {
            0 => Vec::new(),
            _ => prove_consistency(old, checkpoint.size(), |node| read(node).ok_or(()))
                .map_err(|_| format!("it cosigned {old} entries, and the log has fewer"))?,
        };
        let request = AddCheckpoint {
            old,
            proof,
            note: note.clone(),
        };
        let sent = client.post(format!("{}/add-checkpoint", witness.url));
        let sent = sent.body(request.to_string()).send().await;
        let answer = sent.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let text = body(answer).await?;
        match status {
            200 => return line(&text, witness, note, checkpoint).map(|l| (l, checkpoint.size())),
            409 => {
                let named = size(text.trim_end_matches('\n'));
                match named.filter(|named| *named != old) {
                    Some(named) => old = named,
                    None => return Err("it holds another root of this size".to_owned()),
                }
            }
            status => return Err(format!("it answers {status}: {}", text.trim_end())),
        }
    }
    Err("its size changes while it is asked".to_owned())
}

async fn body(mut answer: reqwest::Response) -> Result<String, String> {
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|error| error.to_string())? {
        bytes.extend_from_slice(&part);
        if bytes.len() > WITNESS_ANSWER_BYTES_MAX {
            return Err("its answer is too long".to_owned());
        }
    }
    String::from_utf8(bytes).map_err(|_| "its answer is no text".to_owned())
}

/// The witness's own line in its answer, verified; lines of others are left aside.
fn line(
    text: &str,
    witness: &WitnessAddress,
    note: &Note,
    checkpoint: &Checkpoint,
) -> Result<NoteSignature, String> {
    for line in text.lines() {
        let Ok(line) = NoteSignature::parse(line) else {
            continue;
        };
        if !line.names(&witness.key) {
            continue;
        }
        let signed = Note::new(note.unverified_text().clone(), line.clone());
        let keys = std::slice::from_ref(&witness.key);
        return match signed.verify_exact(keys) {
            Ok(_) => Ok(line),
            Err(error) => Err(format!(
                "its cosignature of {} entries is not valid: {error}",
                checkpoint.size()
            )),
        };
    }
    Err("there is no line of its own in its answer".to_owned())
}
