//! Nothing in the repository knows the machine or the network it was written on.

use crate::breach::Wall;
use crate::repository;

const PATHS: Wall = Wall {
    reason: "A path of one machine breaks every other, and says about its owner what nobody needs to know.",
    remedy: "Use a path relative to the repository, an environment variable or a temporary folder.",
};

const REGISTRIES: Wall = Wall {
    reason: "A lock file that names a mirror can't be used by those who have no access to it.",
    remedy: "Make the lock file again with the public registry: crates.io for Rust, registry.npmjs.org for npm.",
};

/// Folders of one machine. Put together here, so that this file has none.
const FOLDERS: [&str; 5] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Use", "rs/"),
    concat!("C:", "\\Users"),
];

fn paths(file: &str, text: &str) -> Vec<String> {
    // Part of a longer path or address, such as https://example.org/home/, is nobody's folder.
    let starts = |line: &str, at: usize| {
        !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-~}*".contains(c))
    };
    let named = |line: &str| {
        FOLDERS
            .into_iter()
            .find(|folder| line.match_indices(folder).any(|(at, _)| starts(line, at)))
    };
    let lines = (1..).zip(text.lines());
    lines
        .filter_map(|(n, line): (usize, _)| named(line).map(|f| format!("{file}:{n}: {f}")))
        .collect()
}

/// Where the lines of a lock file say that packages come from, other than the public registries.
fn registries(file: &str, text: &str) -> Vec<String> {
    const PUBLIC: [&str; 2] = [
        "registry+https://github.com/rust-lang/crates.io-index",
        "https://registry.npmjs.org/",
    ];
    // A workspace's own package is named by its folder, beside the lock file.
    let own = |source: &str| !source.contains([':', '.']) && !source.starts_with('/');
    let foreign = |line: &&str| {
        let line = line.trim();
        let source = line
            .strip_prefix("source = \"")
            .or_else(|| line.strip_prefix("\"resolved\": \""));
        source.is_some_and(|source| {
            !own(source) && !PUBLIC.iter().any(|public| source.starts_with(public))
        })
    };
    text.lines()
        .filter(foreign)
        .map(|line| format!("{file}: {}", line.trim()))
        .collect()
}

#[test]
fn no_file_names_a_folder_of_somebodys_machine() {
    let texts = repository::files()
        .iter()
        .filter_map(|file| Some((file, repository::text(file)?)));
    PATHS.stands(
        &texts
            .flat_map(|(file, text)| paths(file, &text))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn packages_come_from_public_registries() {
    let locks = repository::files()
        .iter()
        .filter(|f| f.ends_with("Cargo.lock") || f.ends_with("package-lock.json"));
    let texts = locks.filter_map(|file| Some((file, repository::text(file)?)));
    REGISTRIES.stands(
        &texts
            .flat_map(|(file, text)| registries(file, &text))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_machine_is_seen() {
    let planted = format!("see https://example.org{0}a\ncp {0}a .\n", FOLDERS[2]);
    assert_eq!(paths("a.md", &planted), [format!("a.md:2: {}", FOLDERS[2])]);
    let planted = "source = \"registry+https://mirror.example/index\"\n\"resolved\": \"https://registry.npmjs.org/a\"\n\
                   \"resolved\": \"own\",\n\"resolved\": \"../elsewhere\",\n";
    assert_eq!(
        registries("Cargo.lock", planted),
        [
            "Cargo.lock: source = \"registry+https://mirror.example/index\"",
            "Cargo.lock: \"resolved\": \"../elsewhere\",",
        ]
    );
}
