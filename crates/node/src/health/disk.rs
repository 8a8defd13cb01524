//! The disk that a folder is on.

use std::io;
use std::path::Path;

use serde::Serialize;

use crate::files::disk_bytes;

/// Room on a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Disk {
    /// Bytes that this process can still write.
    pub free_bytes: u64,
    /// Bytes in all.
    pub total_bytes: u64,
}

/// The disk that `folder` is on.
pub fn disk(folder: &Path) -> io::Result<Disk> {
    let (free_bytes, total_bytes) = disk_bytes(folder)?;
    Ok(Disk {
        free_bytes,
        total_bytes,
    })
}
