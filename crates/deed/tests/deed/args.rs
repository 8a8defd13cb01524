//! Arguments from plain strings.

use std::collections::BTreeMap;

use deed::Contract;

use crate::fixtures::{BUDGET, LAND, SAFEGUARDING, load};

fn parse(contract: &Contract, action: &str, given: &[(&str, &str)]) -> String {
    let given: BTreeMap<String, String> = given
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect();
    match contract.parse_args(contract.action(action).unwrap(), &given) {
        Ok(values) => values
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; "),
        Err(error) => error.to_string(),
    }
}

#[test]
fn plain_strings_become_typed_values() {
    let budget = load(BUDGET);
    let spend = [
        ("payer", "GB-LAE-LDS"),
        ("payee", "  Cafe\u{301} Noir "),
        ("amount", "£5,400"),
        ("published", "2020-06-24"),
        ("purpose", ""),
        ("function", "10.2"),
        ("service_line", "front_line"),
        ("source", "file"),
        ("period", "2020-06"),
        ("ordinal", "1"),
        ("reference", "2006-00001"),
        ("year", "2026"),
    ];
    let change = |name: &'static str, value: &'static str| {
        let mut given = spend;
        given
            .iter_mut()
            .filter(|(n, _)| *n == name)
            .for_each(|pair| pair.1 = value);
        parse(&budget, "Spend", &given)
    };
    let lines = [
        change("", ""),
        change("payer", "Leeds City Council"),
        change("payer", ""),
        change("payee", "abc\u{202E}def"),
        change("amount", "5400.005"),
        change("amount", "1e9"),
        change("amount", "$5"),
        change("amount", "€5"),
        change("amount", "12,34"),
        change("amount", "99999999999999999999"),
        change("published", "24/06/2020"),
        change("published", "2020-06-31"),
        change("service_line", "frontline"),
        change("ordinal", "1.0"),
        parse(&budget, "Spend", &spend[2..]),
        parse(&budget, "Spend", &[&spend[..], &[("amuont", "1")]].concat()),
    ];
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn lists_come_as_lines_and_records_not_at_all() {
    let land = load(LAND);
    let transfer = |releasing| {
        parse(
            &land,
            "Transfer",
            &[("buyer", "b"), ("price", "1"), ("releasing", releasing)],
        )
    };
    assert_eq!(transfer(""), "b; £1.00; []");
    assert_eq!(transfer("first\n\n second\n"), "b; £1.00; [first, second]");
    assert_eq!(
        transfer(&"x\n".repeat(21)),
        "releasing: has 21 lines, at most 20 are allowed"
    );
    let register = [
        ("title_no", "A"),
        ("property", "p"),
        ("tenure", "freehold"),
        ("uprn", "1"),
        ("owner", "o"),
        ("charges", "x"),
    ];
    assert_eq!(
        parse(&land, "Register", &register),
        "charges: a record cannot be given as plain text"
    );
    let refer = [("urgency", "Soon"), ("reason", ""), ("since", "2026-01-01")];
    assert_eq!(
        parse(&load(SAFEGUARDING), "Refer", &refer),
        "urgency: \"Soon\" is not known: did you mean `soon`?"
    );
}

#[test]
fn a_file_is_given_by_its_address() {
    let contract = load(
        "contract evidence version 1\n  \"E.\"\nparty court = \"C\"\nfact Claim\n  holds: file\n  controlled by nobody\n  attested by court\n\
         action Lodge\n  holds: file\n  reply: file or none\n  rule \"another\" reply is none or holds != reply\n  signed by court\n  creates Claim with holds\n",
    );
    let file = format!("sha256-tree:{}:5", "1f".repeat(32));
    let said = |file: &str| parse(&contract, "Lodge", &[("holds", file), ("reply", "")]);
    assert_eq!(said(&format!(" {file} ")), format!("\"{file}\"; none"));
    assert_eq!(
        said("claim.pdf"),
        "holds: \"claim.pdf\": a file is written `sha256-tree:`, 64 digits of 0-9 and a-f, a colon and its bytes"
    );
}
