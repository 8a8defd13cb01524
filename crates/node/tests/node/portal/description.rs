//! A service description that can't be used is refused with what is wrong.

use node::portal::{Description, DescriptionError};

use super::fixture;

fn read_with(change: impl Fn(String) -> String) -> Result<Description, DescriptionError> {
    Description::read(|name| {
        let text = std::fs::read_to_string(fixture::service(name)).ok()?;
        Some(if name == Description::FILE {
            change(text)
        } else {
            text
        })
    })
}

#[test]
fn the_service_of_this_repository_has_one() {
    let description = fixture::description();
    assert_eq!(description.functions.name("10.4.0"), "Family and children");
    assert_eq!(
        description.functions.path("10.4.0"),
        ["10", "10.4", "10.4.0"]
    );
    assert_eq!(description.functions.below("10", "10.4.0"), Some("10.4"));
    assert_eq!(description.functions.below("1", "10.4.0"), None);
    assert_eq!(
        description.adjustments.as_ref().unwrap().rounding_minor(),
        100_000_000
    );
}

#[test]
fn who_is_expected_to_publish_is_said_and_nobody_is_when_it_is_not() {
    let expected = ["GB-GOR-D15", "GB-GOR-D2", "GB-LAE-LDS"].map(str::to_owned);
    assert_eq!(fixture::description().expected, expected.into());
    let unsaid = read_with(|text| {
        let mut lines = Vec::new();
        let mut within = false;
        for line in text.lines() {
            within = if line.starts_with('[') {
                line == "[coverage]"
            } else {
                within
            };
            if !within {
                lines.push(line);
            }
        }
        lines.join("\n")
    });
    assert_eq!(unsaid.unwrap().expected, [].into());
}

#[test]
fn each_fault_has_its_name() {
    let says = |text: &str, error: &DescriptionError| assert_eq!(error.to_string(), text);
    says(
        "portal.toml is missing from the service's folder",
        &Description::read(|_| None).unwrap_err(),
    );
    says(
        "portal-functions.csv is missing from the service's folder",
        &Description::read(|name| {
            (name == Description::FILE)
                .then(|| std::fs::read_to_string(fixture::service(name)).unwrap())
        })
        .unwrap_err(),
    );
    let typo = read_with(|text| text.replace("operator =", "operater ="));
    assert!(matches!(typo, Err(DescriptionError::Syntax(_))));
    let none = read_with(|text| text.replace("unclassified = true", ""));
    says(
        "exactly one of [[lines]] must be marked `unclassified = true`, and it must be the last",
        &none.unwrap_err(),
    );
    let role = read_with(|text| text.replace("role = \"listed\"", "role = \"spent\""));
    says(
        "[payment.treatments] names no choice for the role `listed`",
        &role.unwrap_err(),
    );
    let zone = read_with(|text| text.replace("GMT0BST,M3.5.0/1,M10.5.0", "London"));
    says("`London` is not a POSIX time zone", &zone.unwrap_err());
}
