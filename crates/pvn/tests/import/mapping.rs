//! The mapping table: the publisher's columns decide, never the payee.

use pvn::import::ServiceLine::{self, BackOffice, FrontLine, Unclassified};

use crate::fixture::{Fixture, TITLES};

fn classified(payee: &str, service: &str, kind: &str) -> (Option<String>, ServiceLine) {
    let file = format!("{TITLES}\n2024-06-30,01/06/2024,{payee},1.00,1,{service},{kind}\n");
    let rows = Fixture::csv()
        .read("a.csv", file.as_bytes())
        .expect("rows")
        .rows;
    (
        rows[0].function.as_deref().map(str::to_owned),
        rows[0].service_line,
    )
}

#[test]
fn the_first_line_that_names_a_thing_decides_it() {
    let table = [
        ("Roads", "Salt", Some("04.5"), FrontLine),
        ("Bins", "Lorries", Some("05.1"), FrontLine),
        // A line that names only the service line leaves the function to a later one.
        ("Bins", "Computers", Some("05.1"), BackOffice),
        // A line may keep a thing open against later ones.
        ("Roads", "Levy", Some("04.5"), Unclassified),
        ("Parks", "Grass", None, Unclassified),
        ("", "", None, Unclassified),
        // Blanks are folded; letters are not.
        (" Roads ", "Salt", Some("04.5"), FrontLine),
        ("ROADS", "Salt", None, Unclassified),
    ];
    for (service, kind, function, line) in table {
        let expected = (function.map(str::to_owned), line);
        assert_eq!(
            classified("A Ltd", service, kind),
            expected,
            "{service} {kind}"
        );
    }
}

#[test]
fn the_payee_changes_nothing() {
    for payee in [
        "Roads",
        "Bins Ltd",
        "Computers plc",
        "COUNTY COUNCIL",
        "BOROUGH COUNCIL",
    ] {
        assert_eq!(
            classified(payee, "Parks", "Grass"),
            (None, Unclassified),
            "{payee}"
        );
    }
}
