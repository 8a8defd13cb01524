//! Whoever reads what a command prints may stop reading: the command ends, and says nothing of it.

use std::io::pipe;
use std::process::Stdio;

use crate::support::process::{pvn, text};
use crate::support::public_money;
use crate::support::published::{ROWS, SOURCE, published};

/// What shells report of a program that SIGPIPE ends.
const READER_GONE: i32 = 141;

#[test]
fn a_command_whose_reader_has_gone_away_ends_quietly() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("spending.csv");
    std::fs::write(&file, published(&ROWS)).expect("a file");
    let nobody = r#"{ "network": "empty.example", "fingerprint": "", "processes": [] }"#;
    std::fs::write(folder.path().join("network.json"), nobody).expect("a file");
    let data = text(folder.path());
    let service = public_money();
    let contract = service.join("budget.deed");
    let import = [
        "import",
        text(&file),
        "--source",
        SOURCE,
        "--service",
        text(&service),
        "--dry-run",
    ];
    let table: [&[&str]; 6] = [
        &import,
        &[import.as_slice(), &["--json"]].concat(),
        &["deed", "check", text(&contract)],
        &["deed", "test", text(&contract)],
        &["status", "--json", "--data", data],
        &["doctor", "--data", data],
    ];
    for args in table {
        let (reader, writer) = pipe().expect("a pipe");
        drop(reader);
        let mut command = pvn();
        let output = command.args(args).stdout(writer).stderr(Stdio::piped());
        let output = output.output().expect("the command starts");
        let err = String::from_utf8(output.stderr).expect("errors in UTF-8");
        assert_eq!(
            (output.status.code(), err.as_str()),
            (Some(READER_GONE), ""),
            "{args:?}"
        );
    }
}
