//! A full disk and a wrong clock are said clearly, and cost nothing once they are put right.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use api::{ErrorCode, Instruction, Problem, State};
use serde_json::json;

use crate::support::client::instruction;
use crate::support::joining::Newcomer;
use crate::support::patience::{LONG, until};
use crate::support::process::pvn;
use crate::support::town::Town;
use crate::support::{alone, fixture};

const NOTARY: &str = "T-NOTARY";
const PAYER: &str = "T-ALDER";
const PAYEE: &str = "T-BIRCH";
const REGISTRY: &str = "T-CEDAR";

/// A small network in which the payer has £900.
fn town(folder: &Path) -> Town {
    let node = |party, name| Newcomer {
        role: "node",
        party,
        name,
    };
    let members = [
        Newcomer {
            role: "notary",
            party: NOTARY,
            name: "Notary",
        },
        node(PAYER, "Alder"),
        node(PAYEE, "Birch"),
        node(REGISTRY, "Cedar"),
        node("T-DAISY", "Daisy"),
    ];
    let town = Town::found(folder, &fixture("private.deed"), &members);
    let endow = instruction(
        "endow",
        REGISTRY,
        "private_matters",
        "Endow",
        [("amount", json!("900.00"))],
    );
    let fund = [("receiver", json!(PAYER)), ("amount", json!("900.00"))];
    let fund = instruction("fund", REGISTRY, "private_matters", "Fund", fund);
    town.client(REGISTRY).settle(&[endow]);
    town.client(REGISTRY).settle(&[fund]);
    town.wait_until_quiet();
    town
}

fn agree(number: i64) -> Instruction {
    let args = [
        ("first", json!(PAYER)),
        ("second", json!(PAYEE)),
        ("secret", json!("x".repeat(1_000))),
        ("price", json!("1.00")),
        ("number", json!(number)),
    ];
    instruction(
        &format!("agree {number}"),
        PAYER,
        "private_matters",
        "Agree",
        args,
    )
}

fn held(town: &Town, party: &str) -> i64 {
    town.client(party)
        .status()
        .holdings
        .iter()
        .map(|h| h.free_minor + h.locked_minor)
        .sum()
}

/// A file system of its own, of so many bytes, that goes with the test.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn at(path: &Path, bytes: u64) -> Option<Self> {
        fs::create_dir_all(path).expect("a folder");
        let size = format!("size={bytes},mode=0700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(path)
            .output();
        mounted
            .is_ok_and(|out| out.status.success())
            .then(|| Self(path.to_owned()))
    }

    /// Fills what is left of it; the file takes up the room until it is removed.
    fn fill(&self) -> PathBuf {
        use std::io::Write;
        let ballast = self.0.join("ballast");
        let mut file = fs::File::create(&ballast).expect("a file");
        for piece in [1 << 16, 1 << 12, 1 << 8, 1_usize] {
            let bytes = vec![1; piece];
            while file.write_all(&bytes).is_ok() {}
        }
        ballast
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a process may still be ending in it.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_node_whose_disk_is_full_says_so_and_goes_on_when_there_is_room() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let Some(disk) = SmallDisk::at(&folder.path().join("t-alder"), 8 << 20) else {
        return println!("skipped the full disk: mounting a small one takes root's rights");
    };
    let mut town = town(folder.path());
    let client = town.client(PAYER);
    let ballast = disk.fill();
    // What it takes before it notices goes into room that its store had already.
    let mut number = 0;
    let problem = until("the node to notice", LONG, || {
        number += 1;
        let body = json!({ "instructions": [agree(number)], "wait": false }).to_string();
        let answer = client
            .try_post("/v1/instructions", &body)
            .expect("an answer");
        (answer.status != 200).then(|| answer.read::<Problem>())
    });
    let expected = "no room left for the store; nothing of this batch was written";
    assert_eq!(
        (problem.code, problem.status, problem.detail.as_str()),
        (ErrorCode::Unavailable, 503, expected)
    );
    until("its health to say so", LONG, || {
        let answer = client.get("/health");
        let health: serde_json::Value = answer.read();
        (answer.status == 503).then(|| {
            assert_eq!(
                health["sentence"],
                "The disk is full (0 MiB left): make room."
            )
        })
    });
    fs::remove_file(ballast).expect("the ballast");
    let all: Vec<Instruction> = (1..=number).map(agree).collect();
    until("all to be done", LONG, || {
        let states = client.instruct(&all)?;
        assert!(
            states.iter().all(|s| s.state != State::Refused),
            "{states:?}"
        );
        states.iter().all(|s| s.state == State::Done).then_some(())
    });
    town.wait_until_quiet();
    town.assert_clean();
    let paid = number * 100;
    assert_eq!(
        (held(&town, PAYER), held(&town, PAYEE)),
        (90_000 - paid, paid)
    );

    // With the disk full it still stops when it is told to.
    let _ballast = disk.fill();
    let body = json!({ "instructions": (number + 1..number + 200).map(agree).collect::<Vec<_>>(), "wait": false }).to_string();
    let _ = client.try_post("/v1/instructions", &body);
    town.stop(PAYER);
    town.stop_all();
}

fn faked(offset: &str) -> Option<Command> {
    let places = [
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib64",
        "/usr/lib",
    ];
    let library = places
        .iter()
        .map(|p| Path::new(p).join("faketime/libfaketimeMT.so.1"))
        .find(|p| p.exists())?;
    let mut command = pvn();
    command
        .env("LD_PRELOAD", library)
        .env("FAKETIME", offset)
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    Some(command)
}

#[test]
fn a_node_whose_clock_is_an_hour_wrong_says_so_and_changes_nothing() {
    let _alone = alone();
    if faked("+1h").is_none() {
        return println!(
            "skipped the wrong clock: install faketime (Debian, Ubuntu: apt install faketime)"
        );
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut town = town(folder.path());
    // How wrong the clock is, and what the node says of it.
    let table = [("+1h", "ahead of"), ("-1h", "behind")];
    for (number, (offset, said)) in (1..).zip(table) {
        let before = (held(&town, PAYER), held(&town, PAYEE));
        town.stop(PAYER);
        town.launch_by(PAYER, faked(offset).expect("faketime"));
        town.wait_until_up(PAYER);
        let (code, reason) = town.client(PAYER).refused(&agree(number));
        assert_eq!(code, "window_not_open", "{offset}: {reason}");
        let sentence = town.client(PAYER).status().sentence;
        let off = sentence
            .split_whitespace()
            .find_map(|word| word.parse::<u32>().ok())
            .expect("seconds");
        assert!((3_590..=3_610).contains(&off), "{sentence}");
        assert_eq!(
            sentence,
            format!("This machine's clock is {off} s {said} its peers': set it.")
        );
        town.stop(PAYER);
        town.start(PAYER);
        assert_eq!(
            (held(&town, PAYER), held(&town, PAYEE)),
            before,
            "nothing has changed"
        );
        town.client(PAYER).settle(&[agree(number + 10)]);
        let paid = (before.0 - 100, before.1 + 100);
        until("the payee to be told", LONG, || {
            ((held(&town, PAYER), held(&town, PAYEE)) == paid).then_some(())
        });
        town.assert_clean();
    }
    town.stop_all();
}

/// A log stamped ahead would close every window until the true time has caught up: such a notary decides nothing.
#[test]
fn a_notary_whose_clock_is_an_hour_wrong_decides_nothing_until_it_is_set() {
    let _alone = alone();
    if faked("+1h").is_none() {
        return println!(
            "skipped the notary's wrong clock: install faketime (Debian, Ubuntu: apt install faketime)"
        );
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut town = town(folder.path());
    let before = (held(&town, PAYER), held(&town, PAYEE));
    town.stop(NOTARY);
    town.launch_by(NOTARY, faked("+1h").expect("faketime"));
    town.wait_until_up(NOTARY);
    let given = town.client(PAYER).instruct(&[agree(1)]);
    assert_eq!(given.expect("an answer").len(), 1);
    let sentence = until("the payer to name the notary's clock", LONG, || {
        let sentence = town.client(PAYER).status().sentence;
        sentence
            .starts_with("The notary's clock is ")
            .then_some(sentence)
    });
    let off = sentence
        .split_whitespace()
        .find_map(|word| word.parse::<u32>().ok());
    let off = off.expect("seconds");
    assert!((3_590..=3_610).contains(&off), "{sentence}");
    assert_eq!(
        sentence,
        format!(
            "The notary's clock is {off} s ahead: nothing is certified until its operator sets it."
        )
    );
    town.stop(NOTARY);
    town.start(NOTARY);
    town.client(PAYER).settle(&[agree(1)]);
    let paid = (before.0 - 100, before.1 + 100);
    until("the payee to be told", LONG, || {
        ((held(&town, PAYER), held(&town, PAYEE)) == paid).then_some(())
    });
    town.wait_until_quiet();
    town.assert_clean();
    town.stop_all();
}
