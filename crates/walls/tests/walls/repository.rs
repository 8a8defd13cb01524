//! The repository as files: what is in it, and which Rust is production and which is tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::source::Source;

/// Rooms whose Rust runs for users. `sim` and `walls` are tests.
pub(crate) const PRODUCTION: [&str; 7] =
    ["tlog", "deed", "ledger", "protocol", "api", "node", "pvn"];
/// Rooms without clock, randomness, files, sockets, threads or async runtime.
pub(crate) const PURE: [&str; 4] = ["tlog", "deed", "ledger", "protocol"];

/// The repository's root folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Every file that is or would be committed, relative to the root, with `/` between its parts.
pub(crate) fn files() -> &'static [String] {
    static FILES: OnceLock<Vec<String>> = OnceLock::new();
    FILES.get_or_init(|| {
        let mut files = listed_by_git().unwrap_or_else(|| {
            let mut found = Vec::new();
            walk(&root(), "", &mut found);
            found
        });
        // Git still lists what was deleted and not yet committed.
        files.retain(|file| root().join(file).is_file());
        files.sort();
        files
    })
}

fn listed_by_git() -> Option<Vec<String>> {
    let git = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output()
        .ok()?;
    let listing = git.status.success().then_some(git.stdout)?;
    let files = String::from_utf8(listing).ok()?;
    Some(files.split_terminator('\0').map(str::to_owned).collect())
}

/// Where there is no git, as in a source archive: everything but what builds leave behind.
fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    const BUILT: [&str; 4] = ["target", "node_modules", "dist", ".git"];
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = format!("{prefix}{name}");
        if !entry.file_type().unwrap().is_dir() {
            found.push(path);
        } else if !BUILT.contains(&name.as_str()) {
            walk(&entry.path(), &format!("{path}/"), found);
        }
    }
}

/// A file's text; `None` for bytes that are not UTF-8.
pub(crate) fn text(file: &str) -> Option<String> {
    String::from_utf8(std::fs::read(root().join(file)).unwrap()).ok()
}

/// Every Rust file of the repository, read once.
pub(crate) fn rust() -> &'static [Source] {
    static SOURCES: OnceLock<Vec<Source>> = OnceLock::new();
    SOURCES.get_or_init(|| {
        let files = files().iter().filter(|file| file.ends_with(".rs"));
        files
            .map(|file| Source::new(file, &text(file).unwrap()))
            .collect()
    })
}

/// The Rust of one crate's `src` that is compiled into what users run.
pub(crate) fn production_of(room: &str) -> impl Iterator<Item = &'static Source> {
    let folder = format!("crates/{room}/src/");
    let tests: Vec<String> = rust().iter().flat_map(Source::test_files).collect();
    rust().iter().filter(move |source| {
        let is_test = || {
            let under = |module: &String| source.path.starts_with(&format!("{module}/"));
            tests
                .iter()
                .any(|module| under(module) || source.path == format!("{module}.rs"))
        };
        source.path.starts_with(&folder) && !source.is_test() && !is_test()
    })
}

/// The Rust of all rooms that is compiled into what users run.
pub(crate) fn production() -> impl Iterator<Item = &'static Source> {
    PRODUCTION.into_iter().flat_map(production_of)
}

/// The manifest of every crate, by the crate's name.
pub(crate) fn manifests() -> BTreeMap<String, toml::Table> {
    let manifest = |file: &String| {
        let room = file.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
        Some((room.to_owned(), text(file)?.parse().unwrap()))
    };
    files().iter().filter_map(manifest).collect()
}
