//! Files that are there whole or not at all, readable by their owner alone.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Mode of every file a process writes: owner only, since nearly all hold keys or other bodies' affairs.
pub(crate) const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// Creates `folder` and its parents, readable by the owner alone; one that exists is left as it is.
///
/// # Errors
/// What the operating system said.
pub fn create_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(folder)
}

/// Makes the names in `folder` durable: without it a new file may be gone after loss of power.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Creates an empty file, readable by the owner alone; fails if there is one.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(path)
}

/// Replaces `path` by `bytes`, readable by the owner alone, so that a reader, or a crash at any moment, finds the old file or
/// the new one whole.
///
/// # Errors
/// What the operating system said.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = draft_of(path)?;
    remove_if_there(&draft)?;
    let mut file = create_private(&draft)?;
    file.write_all(bytes)?;
    publish(&draft, path)
}

/// Makes a finished `draft` durable and renames it to `path`.
pub(crate) fn publish(draft: &Path, path: &Path) -> io::Result<()> {
    File::open(draft)?.sync_all()?;
    std::fs::rename(draft, path)?;
    sync_folder(folder_of(path))
}

/// The name under which `path` is prepared, in the same folder so that renaming it is atomic.
pub(crate) fn draft_of(path: &Path) -> io::Result<PathBuf> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?;
    let mut draft = name.to_owned();
    draft.push(".draft");
    Ok(path.with_file_name(draft))
}

/// Removes a file left over from an earlier try.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The folder a file is in; the current one for a bare name.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Bytes that this process can still write to the disk that `folder` is on, and bytes of that disk in all.
pub(crate) fn disk_bytes(folder: &Path) -> io::Result<(u64, u64)> {
    let disk = rustix::fs::statvfs(folder)?;
    let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
    Ok((bytes(disk.f_bavail), bytes(disk.f_blocks)))
}
