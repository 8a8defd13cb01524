//! What is put in wrongly gets a clear answer, and changes nothing.

mod configuration;
mod files;
mod instructions;
mod newcomers;
mod requests;

use std::net::{Ipv4Addr, TcpListener};

use api::Instruction;
use serde_json::{Value as Json, json};

use files::{files_sent_twice, files_that_are_refused};
use instructions::instructions_that_are_refused;
use newcomers::newcomers_that_are_refused;
use requests::requests_that_are_refused;

use crate::support::books::open_year;
use crate::support::client::instruction;
use crate::support::demo::Demo;
use crate::support::process::{run, text};
use crate::support::published::LEEDS;
use crate::support::{alone, first_port};

fn spend(key: &str, pence: u64, ordinal: i64) -> Instruction {
    let args = [
        ("payer", json!(LEEDS)),
        ("payee", json!("A supplier")),
        (
            "amount",
            json!(format!("{}.{:02}", pence / 100, pence % 100)),
        ),
        ("published", json!("2021-05-04")),
        ("purpose", json!("Something")),
        ("function", json!("")),
        ("service_line", json!("unclassified")),
        ("source", json!("bad input")),
        ("period", json!("2021-05")),
        ("ordinal", json!(ordinal)),
        ("reference", json!("")),
        ("year", json!(open_year())),
    ];
    instruction(key, LEEDS, "public_money", "Spend", args)
}

/// What must be as it was. (The directory reaches the portal in its own time.)
fn state(demo: &Demo) -> Json {
    let mut status = demo.status();
    for moving in ["log_read_at", "organisations_expected"] {
        status["published"][moving].take();
    }
    for node in status["nodes"].as_array_mut().expect("nodes") {
        let node = node.as_object_mut().expect("a node");
        node.retain(|name, _| {
            ["party", "holdings", "open", "observed", "attested"].contains(&name.as_str())
        });
    }
    status
}

#[test]
fn wrong_input_to_a_running_network_is_answered_clearly_and_changes_nothing() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    // Two of the ports that it would take are taken.
    let port = first_port();
    let taken: Vec<TcpListener> = [port, port + 3]
        .iter()
        .map(|p| TcpListener::bind((Ipv4Addr::LOCALHOST, *p)).expect("a free port"))
        .collect();
    let mut demo = Demo::begin(
        &folder.path().join("demo"),
        Some(1),
        &["--port", &port.to_string()],
    );
    demo.wait_until_played();
    demo.wait_until_quiet(5);
    let warned: Vec<String> = demo
        .warnings()
        .lines()
        .filter(|l| l.starts_with("Port "))
        .map(str::to_owned)
        .collect();
    let expected = [
        format!("Port {port} is in use by another program; Registrar takes the next one."),
        format!(
            "Port {} is in use by another program; Notary takes the next one.",
            port + 3
        ),
    ];
    assert_eq!(warned, expected);
    assert_eq!(
        demo.places().next().expect("a registrar").peer.port(),
        port + 1
    );
    drop(taken);

    let leeds = demo.of(LEEDS).clone();
    let before = state(&demo);
    files_that_are_refused(folder.path());
    requests_that_are_refused(&leeds);
    // A second process in the folder of a running one, and one on its port.
    let said = run(["run", "--config", text(&leeds.config())]);
    let holder = demo
        .members
        .iter()
        .find(|(p, _)| p.party == LEEDS)
        .expect("Leeds")
        .1;
    let expected = format!(
        "pvn: the data folder {} is in use by process {holder}: stop it first, or give this process a folder of its own\n",
        leeds.data.display()
    );
    assert_eq!((said.code, said.err), (1, expected));
    assert_eq!(state(&demo), before, "nothing has changed");
    newcomers_that_are_refused(folder.path(), &demo);
    instructions_that_are_refused(&leeds);
    demo.wait_until_quiet(6);
    let doctor = demo.doctor();
    assert_eq!(
        (doctor.code, &doctor.json()["clean"]),
        (0, &json!(true)),
        "{}",
        doctor.out
    );
    files_sent_twice(folder.path(), &demo);
    demo.stop();
}
