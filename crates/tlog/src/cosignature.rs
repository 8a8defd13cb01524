//! Timestamped cosignatures of checkpoints (C2SP tlog-cosignature, Ed25519 form).

use crate::limits::COSIGNATURE_TIME_UNIX_S_MAX;

/// Bytes of a cosignature in a note: time and Ed25519 signature.
pub const COSIGNATURE_BYTES: usize = 8 + SIGNATURE_BYTES;

/// Bytes of an Ed25519 signature.
pub const SIGNATURE_BYTES: usize = 64;

/// A `timestamped_signature`: time as 8 big-endian bytes, then the Ed25519 signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cosignature {
    /// Seconds since the Unix epoch.
    pub time_unix_s: u64,
    /// Ed25519 signature over [`cosigned_message`].
    pub signature: [u8; SIGNATURE_BYTES],
}

/// Why bytes aren't a cosignature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureError {
    /// Not 72 bytes.
    #[error("a cosignature has {COSIGNATURE_BYTES} bytes, got {got}")]
    Length {
        /// Bytes given.
        got: usize,
    },
    /// The time is beyond what the format allows.
    #[error("a cosignature's time is at most {COSIGNATURE_TIME_UNIX_S_MAX}, got {time_unix_s}")]
    Time {
        /// Time read.
        time_unix_s: u64,
    },
}

impl Cosignature {
    /// Reads the 72 bytes that follow the key id in a note's signature line.
    ///
    /// # Errors
    /// [`CosignatureError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Cosignature, CosignatureError> {
        let wrong_length = CosignatureError::Length { got: bytes.len() };
        let (time, signature) = bytes.split_first_chunk().ok_or(wrong_length)?;
        let signature = signature.try_into().map_err(|_| wrong_length)?;
        let time_unix_s = u64::from_be_bytes(*time);
        if time_unix_s > COSIGNATURE_TIME_UNIX_S_MAX {
            return Err(CosignatureError::Time { time_unix_s });
        }
        Ok(Cosignature {
            time_unix_s,
            signature,
        })
    }

    /// The 72 bytes.
    pub fn to_bytes(&self) -> [u8; COSIGNATURE_BYTES] {
        let mut bytes = [0; COSIGNATURE_BYTES];
        let (time, signature) = bytes.split_at_mut(COSIGNATURE_BYTES - SIGNATURE_BYTES);
        time.copy_from_slice(&self.time_unix_s.to_be_bytes());
        signature.copy_from_slice(&self.signature);
        bytes
    }
}

/// The message that a cosigner signs: a header, the time and the checkpoint's whole text, without
/// its signatures.
pub fn cosigned_message(time_unix_s: u64, checkpoint_text: &str) -> String {
    format!("cosignature/v1\ntime {time_unix_s}\n{checkpoint_text}")
}
