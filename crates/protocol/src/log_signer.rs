//! What signs a log's checkpoints: its Ed25519 key, and perhaps a hybrid key beside it.

use std::sync::Arc;

use tlog::{Checkpoint, NoteSignature, NoteSigner, NoteText};

/// Signs a checkpoint's text a second time. It needs randomness, and so is given by whoever has some; nothing if it fails.
pub type SignsBeside = Arc<dyn Fn(&NoteText) -> Option<NoteSignature> + Send + Sync>;

/// A log's signer.
#[derive(Clone)]
pub struct LogSigner {
    own: NoteSigner,
    beside: Option<SignsBeside>,
}

impl LogSigner {
    /// A log's own key, and what signs beside it.
    #[must_use]
    pub fn new(own: NoteSigner, beside: Option<SignsBeside>) -> Self {
        Self { own, beside }
    }

    /// The log's own key.
    pub(crate) fn own(&self) -> &NoteSigner {
        &self.own
    }

    /// A signed checkpoint as text; nothing if a key can't sign.
    pub(crate) fn sign(&self, checkpoint: &Checkpoint) -> Option<String> {
        let mut note = checkpoint.sign(&self.own).ok()?;
        if let Some(beside) = &self.beside {
            let line = beside(note.unverified_text())?;
            note.add(line).ok()?;
        }
        Some(note.to_string())
    }
}

impl From<NoteSigner> for LogSigner {
    fn from(own: NoteSigner) -> Self {
        Self::new(own, None)
    }
}
