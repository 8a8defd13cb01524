//! Many messages in one POST: each is preceded by its length, four bytes, most significant first.

use bytes::{Buf, Bytes};

use crate::limits::{BATCH_BYTES_MAX, BATCH_MESSAGES_MAX, MESSAGE_BYTES_MAX};

/// Where batches of messages are posted.
pub const MESSAGES_PATH: &str = "/peer/v1/messages";

const LENGTH_BYTES: usize = 4;

/// Why the body of a POST is not a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// There is no message in it.
    #[error("the batch is empty")]
    Empty,
    /// A message has no bytes.
    #[error("message {index} of the batch is empty")]
    EmptyMessage {
        /// Which one, from 0.
        index: usize,
    },
    /// It ends within a message.
    #[error("the batch ends within message {index}")]
    CutShort {
        /// Which one, from 0.
        index: usize,
    },
    /// A message is too large.
    #[error(
        "message {index} of the batch has {bytes} bytes, at most {MESSAGE_BYTES_MAX} are taken"
    )]
    MessageTooLarge {
        /// Which one, from 0.
        index: usize,
        /// Its length.
        bytes: usize,
    },
    /// There are too many.
    #[error("the batch has more than {BATCH_MESSAGES_MAX} messages")]
    TooManyMessages,
}

/// A batch being packed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    bytes: Vec<u8>,
    messages: usize,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Batch {
        Batch::default()
    }

    /// Packs one more message unless the batch is full for it; a message within [`MESSAGE_BYTES_MAX`] always fits an
    /// empty batch.
    pub fn push(&mut self, message: &[u8]) -> bool {
        let packed = self.bytes.len() - self.messages * LENGTH_BYTES;
        let fits = self.messages < BATCH_MESSAGES_MAX
            && message.len() <= MESSAGE_BYTES_MAX
            && packed + message.len() <= BATCH_BYTES_MAX;
        let Some(length) = u32::try_from(message.len()).ok().filter(|_| fits) else {
            return false;
        };
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(message);
        self.messages += 1;
        true
    }

    /// The number of messages.
    pub fn messages(&self) -> usize {
        self.messages
    }

    /// The body of a POST.
    pub fn into_bytes(self) -> Bytes {
        self.bytes.into()
    }
}

/// The messages of a batch, in the order in which they were packed, without copying them.
pub fn decode_batch(mut body: Bytes) -> Result<Vec<Bytes>, BatchError> {
    let mut messages = Vec::new();
    while !body.is_empty() {
        let index = messages.len();
        if index == BATCH_MESSAGES_MAX {
            return Err(BatchError::TooManyMessages);
        }
        if body.len() < LENGTH_BYTES {
            return Err(BatchError::CutShort { index });
        }
        let bytes = body.get_u32() as usize;
        match bytes {
            0 => return Err(BatchError::EmptyMessage { index }),
            _ if bytes > MESSAGE_BYTES_MAX => {
                return Err(BatchError::MessageTooLarge { index, bytes });
            }
            _ if bytes > body.len() => return Err(BatchError::CutShort { index }),
            _ => messages.push(body.split_to(bytes)),
        }
    }
    match messages.is_empty() {
        true => Err(BatchError::Empty),
        false => Ok(messages),
    }
}
