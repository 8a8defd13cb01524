//! Documents lead somewhere.

use std::path::{Component, Path, PathBuf};

use crate::breach::Wall;
use crate::repository;

const WALL: Wall = Wall {
    reason: "A link that leads nowhere is the first thing that a newcomer finds out about a project.",
    remedy: "Mend the link, or write what it promises.",
};

/// The files that a Markdown text links to, as paths from the repository's root.
fn links(file: &str, text: &str) -> Vec<String> {
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let mut inside_code = false;
    let lines = text.lines().filter(|line| {
        inside_code ^= line.starts_with("```");
        !inside_code && !line.starts_with("    ")
    });
    let targets = lines.flat_map(|line| {
        line.split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
    });
    let local = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
    let file_part = local
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|path| !path.is_empty());
    file_part.map(|path| tidy(&folder.join(path))).collect()
}

/// Resolves `..` without looking at the disk.
fn tidy(path: &Path) -> String {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::CurDir => {}
            part => parts.push(part),
        }
    }
    parts.to_string_lossy().into_owned()
}

#[test]
fn every_link_of_a_document_leads_to_a_file() {
    let exists = |link: &String| {
        let within = |file: &String| file == link || file.starts_with(&format!("{link}/"));
        repository::files().iter().any(within)
    };
    let documents = repository::files()
        .iter()
        .filter(|file| file.ends_with(".md"));
    let texts = documents.filter_map(|file| Some((file, repository::text(file)?)));
    let dead = texts.flat_map(|(file, text)| {
        let dead: Vec<String> = links(file, &text)
            .into_iter()
            .filter(|link| !exists(link))
            .collect();
        dead.into_iter()
            .map(move |link| format!("{file}: {link} is not there"))
    });
    WALL.stands(&dead.collect::<Vec<_>>());
}

#[test]
fn a_link_is_seen() {
    let planted = "[a](b.md#c) [d](../e.md), ![f](https://example.org/g.png)\n```\n[h](i)\n```\n[j](#k) [l](m/)\n";
    assert_eq!(links("docs/x.md", planted), ["docs/b.md", "e.md", "docs/m"]);
}
