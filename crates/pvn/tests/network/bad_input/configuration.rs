//! Slips in a configuration file.

use std::fs;

use crate::support::process::{Said, pvn, run, text};

/// Configurations with one slip each, and what is said of it.
#[test]
fn a_slip_in_a_configuration_is_named_with_its_line_and_the_near_miss() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pvn.toml");
    let good = "role = \"registrar\"\ndata = \"data\"\npeer_listen = \"127.0.0.1:7400\"\n";
    let table = [
        (
            "peer_listen",
            "peer_lisen",
            "3: there is no setting `peer_lisen`: did you mean `peer_listen`?",
        ),
        (
            "\"registrar\"",
            "\"registrer\"",
            "1: there is no role `registrer`: did you mean `registrar`?",
        ),
        (
            "127.0.0.1:7400",
            "127.0.0.1:74000",
            "3: `peer_listen` is \"127.0.0.1:74000\": ",
        ),
    ];
    for (right, wrong, expected) in table {
        fs::write(&path, good.replace(right, wrong)).expect("a file");
        let said = run(["run", "--config", text(&path)]);
        let expected = format!("pvn: {}:{expected}", path.display());
        assert_eq!(
            (
                said.code,
                said.out.as_str(),
                said.err.starts_with(&expected)
            ),
            (1, "", true),
            "{said:?}"
        );
    }
    assert!(!folder.path().join("data").exists(), "no data was touched");
}

#[test]
fn a_network_is_not_founded_with_a_configuration_that_does_not_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("registrar");
    let init = [
        "init",
        "--network",
        "town.example",
        "--party",
        "T-REGISTRAR",
        "--data",
        text(&data),
        "--listen",
        "0.0.0.0:17401",
    ];
    let said = run(init);
    let path = data.canonicalize().expect("a folder").join("pvn.toml");
    let expected = format!(
        "pvn: {}: `endpoint` is missing: peers need an address to connect to, and `peer_listen` is not one\n",
        path.display()
    );
    assert_eq!((said.code, said.err), (1, expected));
    // Nothing stands in the way of doing it right.
    let endpoint = ["--endpoint", "registrar.example:17401"];
    let said = Said::by(pvn().args(init).args(endpoint)).done();
    assert!(said.starts_with("Founded town.example."), "{said}");
    let invited = run(["invite", "--data", text(&data), "--party", "T-A"]).done();
    assert!(
        invited.contains("--registrar registrar.example:17401 "),
        "{invited}"
    );
}
