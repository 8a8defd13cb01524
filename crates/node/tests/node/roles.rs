//! The roles, as their operators meet them.

mod admission;

use node::config::Config;
use node::roles::{Home, HomeError, found_network};

use crate::network::party;

/// What a configuration of the registrar's folder says more, and what is said about it.
fn opened(folder: &std::path::Path, more: &str) -> Result<(), HomeError> {
    let text =
        format!("role = \"registrar\"\npeer_listen = \"127.0.0.1:1\"\ndata = \"data\"\n{more}");
    let config = Config::parse(&text, &folder.join("pvn.toml")).expect("a configuration");
    Home::of(&config).map(|_| ())
}

#[test]
fn a_process_starts_on_the_data_of_its_own_network_and_party_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let early = opened(folder.path(), "").expect_err("nothing is founded");
    assert!(matches!(early, HomeError::NotJoined { .. }), "{early}");
    found_network(&data, "town.example", &party("T-REGISTRAR")).expect("founded");
    let at = data.display();
    let table = [
        ("nothing said", "", None),
        (
            "as it is",
            "network = \"town.example\"\nparty = \"T-REGISTRAR\"",
            None,
        ),
        (
            "another network",
            "network = \"city.example\"",
            Some(format!(
                "{at} belongs to the network \"town.example\" and the configuration is for \"city.example\": set `data` to the right folder, or `network` to the right name"
            )),
        ),
        (
            "another party",
            "party = \"T-NOTARY\"",
            Some(format!(
                "{at} belongs to T-REGISTRAR and the configuration is for T-NOTARY: set `data` to the right folder, or `party` to the right identifier"
            )),
        ),
    ];
    for (case, more, expected) in table {
        let said = opened(folder.path(), more)
            .err()
            .map(|error| error.to_string());
        assert_eq!(said, expected, "{case}");
    }
}
