//! On a machine where something is missing, `make` says precisely what, all of it at once.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::repository;

/// A machine that has these tools, each answering any question with one line.
struct Machine(tempfile::TempDir);

impl Machine {
    fn with(tools: &[Tool]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, answer) in tools {
            let tool = folder.path().join(name);
            std::fs::write(&tool, format!("#!/bin/sh\necho '{answer}'\n")).unwrap();
            std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self(folder)
    }

    /// What `scripts/need` finds missing, and whether it lets the build go on.
    fn missing(&self) -> (Vec<String>, bool) {
        let need = repository::root().join("scripts/need");
        let shell = Path::new("/bin/sh");
        let said = Command::new(shell)
            .arg(need)
            .env_clear()
            .env("PATH", self.0.path())
            .output()
            .unwrap();
        let text = String::from_utf8(said.stderr).unwrap();
        let headings = text.lines().filter_map(|line| {
            line.strip_prefix("  ")
                .filter(|rest| !rest.starts_with(' '))
        });
        (headings.map(str::to_owned).collect(), said.status.success())
    }
}

/// A tool and its answer.
type Tool = (&'static str, &'static str);

const RUST: Tool = ("rustc", "rustc 1.95.0 (59807616e 2026-04-14)");
const CARGO: Tool = ("cargo", "cargo 1.95.0");
const CC: Tool = ("cc", "cc 12");
const NODE: Tool = ("node", "v20.19.0");
const NPM: Tool = ("npm", "11.0.0");

#[test]
fn what_is_missing_is_named() {
    let cases: [(&str, &[Tool], &[&str]); 8] = [
        ("all there", &[RUST, CARGO, CC, NODE, NPM], &[]),
        (
            "newer than asked for",
            &[
                ("rustc", "rustc 2.0.0-nightly"),
                CARGO,
                CC,
                ("node", "v100.0.0"),
                NPM,
            ],
            &[],
        ),
        (
            "nothing there",
            &[],
            &[
                "Rust 1.95 or newer is not installed",
                "A C compiler (cc) is not installed",
                "Node.js 20.19 or newer is not installed",
                "npm is not installed",
            ],
        ),
        (
            "an old Rust",
            &[
                ("rustc", "rustc 1.94.1 (abc 2026-01-01)"),
                CARGO,
                CC,
                NODE,
                NPM,
            ],
            &["Rust 1.95 or newer; found 1.94.1"],
        ),
        (
            "Rust without cargo",
            &[RUST, CC, NODE, NPM],
            &["Rust 1.95 or newer is not installed"],
        ),
        (
            "an old Node.js",
            &[RUST, CARGO, CC, ("node", "v20.9.0"), NPM],
            &["Node.js 20.19 or newer; found 20.9.0"],
        ),
        (
            "a Node.js that answers nonsense",
            &[RUST, CARGO, CC, ("node", "segmentation fault"), NPM],
            &["Node.js 20.19 or newer; found segmentation fault"],
        ),
        (
            "no C compiler",
            &[RUST, CARGO, NODE, NPM],
            &["A C compiler (cc) is not installed"],
        ),
    ];
    for (case, tools, expected) in cases {
        let (missing, goes_on) = Machine::with(tools).missing();
        assert_eq!(
            (case, missing, goes_on),
            (
                case,
                expected.iter().map(|s| s.to_string()).collect(),
                expected.is_empty()
            )
        );
    }
}

#[test]
fn the_versions_asked_for_are_those_of_the_manifests() {
    let need = repository::text("scripts/need").unwrap();
    let asked = |name: &str| {
        let line = need
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_default().to_owned()
    };
    let manifest: toml::Table = repository::text("Cargo.toml").unwrap().parse().unwrap();
    let rust = manifest["workspace"]["package"]["rust-version"]
        .as_str()
        .unwrap()
        .to_owned();
    let web = repository::text("web/package.json").unwrap();
    assert_eq!(asked("rust_min"), rust);
    assert!(
        web.contains(&format!("\"node\": \">={}\"", asked("node_min"))),
        "scripts/need asks for Node.js {}, web/package.json for another",
        asked("node_min")
    );
}
