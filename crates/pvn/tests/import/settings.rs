//! A service's folder that can't be used says which file and why.

use crate::fixture::{CSV_IMPORTER, FUNCTIONS, Fixture, MAPPING, MEMBERS};

#[test]
fn wrong_settings_are_refused() {
    let member = |id: &str, rest: &str| {
        format!(
            "{MEMBERS}\n[[member]]\nid = \"{id}\"\nname = \"\"\nwebsite = \"\"\nservice = \"\"\n{rest}\n"
        )
    };
    let importer = |from: &str, to: &str| CSV_IMPORTER.replace(from, to);
    let table: Vec<(&str, &str, String, &str)> = vec![
        (
            "members.toml",
            "not TOML",
            "[[member".to_owned(),
            "settings_not_toml",
        ),
        (
            "members.toml",
            "an unknown word",
            member("T-X", "nmae = \"X\""),
            "settings_not_toml",
        ),
        (
            "members.toml",
            "a wrong id",
            member("T X", ""),
            "party_id_wrong",
        ),
        (
            "members.toml",
            "a member twice",
            member("T-COUNTY", ""),
            "name_twice",
        ),
        (
            "members.toml",
            "a name of two",
            member("T-X", "payee_names = [\"COUNTY COUNCIL\"]"),
            "name_twice",
        ),
        (
            "members.toml",
            "a line of two",
            member("T-X", "funding_names = [\"Roads\"]"),
            "name_twice",
        ),
        (
            "members.toml",
            "no such host",
            member("T-X", "host = \"T-Y\""),
            "party_unknown",
        ),
        (
            "members.toml",
            "a host with a host",
            member("T-X", "host = \"T-X\""),
            "party_unknown",
        ),
        (
            "members.toml",
            "too long",
            "#".repeat(5_000_000),
            "settings_too_long",
        ),
        (
            "portal-functions.csv",
            "no table",
            "code,name\n01\n".to_owned(),
            "settings_not_a_table",
        ),
        (
            "mappings/spend.csv",
            "no function",
            MAPPING.replace("function", "use"),
            "settings_column_missing",
        ),
        (
            "mappings/spend.csv",
            "an unknown function",
            MAPPING.replace("04.5", "04.6"),
            "function_unknown",
        ),
        (
            "mappings/spend.csv",
            "an unknown line",
            MAPPING.replace("back_office", "backoffice"),
            "service_line_unknown",
        ),
        (
            "importers/spend.toml",
            "another kind",
            importer("\"spending\"", "\"income\""),
            "settings_not_toml",
        ),
        (
            "importers/spend.toml",
            "a typo",
            importer("payee =", "payeee ="),
            "settings_not_toml",
        ),
        (
            "importers/spend.toml",
            "another name",
            importer("\"spend\"", "\"spent\""),
            "source_unknown",
        ),
        (
            "importers/spend.toml",
            "no such payer",
            importer("T-COUNCIL", "T-NOBODY"),
            "party_unknown",
        ),
        (
            "importers/spend.toml",
            "no such mapping",
            importer("spend.csv", "none.csv"),
            "settings_unreadable",
        ),
        (
            "importers/spend.toml",
            "no such currency",
            importer("\"GBP\"", "\"pounds\""),
            "currency_code_wrong",
        ),
        (
            "importers/spend.toml",
            "no such encoding",
            importer("\"delimited\"", "\"delimited\"\nencoding = \"cp99\""),
            "encoding_unknown",
        ),
        (
            "importers/spend.toml",
            "a long separator",
            importer("\"delimited\"", "\"delimited\"\ndelimiter = \"||\""),
            "delimiter_not_one_character",
        ),
    ];
    for (file, name, text, code) in table {
        let fixture = Fixture::csv();
        fixture.put(file, text.as_bytes());
        let refused = fixture.folder().expect_err(name);
        assert_eq!(refused.problem.code(), code, "{name}: {refused}");
    }
}

#[test]
fn a_missing_folder_and_a_missing_source_are_refused() {
    let fixture = Fixture::csv();
    let folder = fixture.folder().expect("a folder");
    assert_eq!(
        folder.spending("spent").expect_err("none").problem.code(),
        "source_unknown"
    );
    assert_eq!(
        folder.funding("spend").expect_err("none").problem.code(),
        "source_unknown"
    );
    let missing = pvn::import::Folder::open(&fixture.path().join("missing"));
    assert_eq!(
        missing.expect_err("none").problem.code(),
        "settings_unreadable"
    );
    fixture.put(
        "portal-functions.csv",
        &[FUNCTIONS.as_bytes(), b"\xff"].concat(),
    );
    assert_eq!(
        fixture.folder().expect_err("none").problem.code(),
        "settings_not_utf8"
    );
}
