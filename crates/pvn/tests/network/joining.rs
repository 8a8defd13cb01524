//! A new member joins a running demonstration, as the README says, receives money and spends it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::support::alone;
use crate::support::books::open_year;
use crate::support::client::{Client, instruction};
use crate::support::demo::Demo;
use crate::support::joining::{Invitation, Newcomer};
use crate::support::patience::{LONG, until};
use crate::support::process::{Running, Said, pvn, run, text};
use crate::support::town::is_quiet;
use crate::support::{first_port, public_money};

/// Files and folders, from one downwards, that others than their owner may read or change.
fn open_to_others(path: &Path) -> Vec<PathBuf> {
    let about = std::fs::metadata(path).expect("is there");
    let mode = about.permissions().mode();
    let mut open: Vec<PathBuf> = (mode & 0o077 != 0)
        .then(|| path.to_owned())
        .into_iter()
        .collect();
    if about.is_dir() {
        let entries = std::fs::read_dir(path).expect("a folder");
        for entry in entries {
            open.extend(open_to_others(&entry.expect("an entry").path()));
        }
    }
    open
}

const NEWCOMER: &str = "PVN-NEWTOWN";

#[test]
fn a_new_member_joins_a_running_demonstration_and_takes_part() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::play(&folder.path().join("demo"), 1);
    demo.wait_until_quiet(5);
    let invitation =
        Invitation::of(&run(["invite", "--data", text(&demo.folder), "--party", NEWCOMER]).done());
    let data = folder.path().join("newtown");
    let contract = public_money().join("budget.deed");
    let first = first_port();
    let [peer, http] =
        [first, first + 1].map(|port| std::net::SocketAddr::from(([127, 0, 0, 1], port)));
    let newtown = Newcomer {
        role: "node",
        party: NEWCOMER,
        name: "Newtown Council",
    };
    Said::by(&mut invitation.join(&newtown, &data, peer, http, &contract)).done();
    let config = data.join("pvn.toml");
    let process = Running::start(
        pvn().args(["run", "--config", text(&config)]),
        &data.join("process.log"),
    );
    let newtown: Client = until("the new member to come up", LONG, || {
        data.join("api.token")
            .exists()
            .then(|| Client::owner(http, &data))
            .filter(|c| c.try_status().is_some())
    });
    let giver = demo.of("GB-GOR-D4").client();
    for node in [
        &giver,
        &demo.of("GB-GOR-D15").client(),
        &demo.of("PVN-NAO").client(),
    ] {
        until("the directory to reach the members", LONG, || {
            node.members()
                .iter()
                .any(|m| m.party == NEWCOMER)
                .then_some(())
        });
    }

    let year = open_year();
    let grant = [
        ("giver", json!("GB-GOR-D4")),
        ("receiver", json!(NEWCOMER)),
        ("amount", json!("1000.00")),
        ("year", json!(year)),
        ("purpose", json!("To begin with")),
        ("source", json!("a letter")),
        ("line", json!(1)),
    ];
    giver.settle(&[instruction(
        "grant to the newcomer",
        "GB-GOR-D4",
        "public_money",
        "Grant",
        grant,
    )]);
    let spend = [
        ("payer", json!(NEWCOMER)),
        ("payee", json!("A bakery")),
        ("amount", json!("123.45")),
        ("published", json!("2025-04-02")),
        ("purpose", json!("Bread")),
        ("function", json!("")),
        ("service_line", json!("unclassified")),
        ("source", json!("newtown-spend")),
        ("period", json!("2025-04")),
        ("ordinal", json!(1)),
        ("reference", json!("1")),
        ("year", json!(year)),
    ];
    newtown.settle(&[instruction(
        "bread",
        NEWCOMER,
        "public_money",
        "Spend",
        spend,
    )]);
    demo.wait_until_quiet(6);
    until("the newcomer to be quiet", LONG, || {
        newtown.try_status().filter(is_quiet)
    });
    let mut held: Vec<(String, i64)> = newtown
        .status()
        .holdings
        .iter()
        .map(|h| {
            (
                h.attributes["state"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                h.free_minor + h.locked_minor,
            )
        })
        .collect();
    held.sort();
    assert_eq!(
        held,
        [("held".to_owned(), 87_655), ("spent".to_owned(), 12_345)]
    );
    let totals = demo.portal().client().json("/api/totals");
    let spent = totals["spent_by_payer"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|p| p["id"] == NEWCOMER)
        .expect("Newtown");
    assert_eq!(
        (&spent["name"], &spent["amount_minor"]),
        (&json!("Newtown Council"), &json!(12_345))
    );
    // The demonstration's doctor knows of the newcomer's money, and has not asked the newcomer.
    let doctor = demo.doctor();
    assert_eq!(
        (doctor.code, &doctor.json()["clean"]),
        (0, &json!(true)),
        "{}",
        doctor.out
    );
    let doctor = run(["doctor", "--json", "--data", text(&data)]);
    assert_eq!(
        (doctor.code, &doctor.json()["clean"]),
        (0, &json!(true)),
        "{}",
        doctor.out
    );
    assert_eq!(process.stop(), Some(0));
    assert_eq!(open_to_others(&demo.folder), Vec::<PathBuf>::new());
    let mut open = open_to_others(&data);
    // The test wrote that file, not the node.
    open.retain(|path| *path != data.join("process.log"));
    assert_eq!(open, Vec::<PathBuf>::new());
    demo.stop();
}
