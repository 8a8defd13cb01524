//! What is put in wrongly gets a clear answer, and changes nothing.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use api::{ErrorCode, Instruction, Problem};
use serde_json::{Value as Json, json};

use crate::support::books::open_year;
use crate::support::client::{Client, instruction};
use crate::support::demo::Demo;
use crate::support::process::{Said, pvn, run, text};
use crate::support::town::{Invitation, Place};
use crate::support::{alone, first_port, public_money};

const LEEDS: &str = "GB-LAE-LDS";
const SOURCE: &str = "leeds-city-council-spend";
const TITLES: &str = "Effective Date,Payment Date,Transaction Number,Beneficiary Name,Amount,Service Division Label,Purpose,\
                      Organisational Unit,Category Internal Name";

/// A file as Leeds publishes them.
fn published(rows: &[&str]) -> String {
    let mut text = format!("{TITLES}\r\n");
    for row in rows {
        text += &format!("{row}\r\n");
    }
    text
}

const ROWS: [&str; 3] = [
    "2021-05-31,2021-05-04,2105-1,A BAKERY,12.34,Bins,Bread,Adults and Health,Third Party Payments",
    "2021-05-31,2021-05-05,2105-1,A BAKERY,12.34,Bins,Bread,Adults and Health,Third Party Payments",
    "2021-05-31,2021-05-06,2105-2,A BREWERY,1.00,Bins,Beer,Adults and Health,Third Party Payments",
];

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

/// What must be as it was.
fn state(demo: &Demo) -> Json {
    let mut status = demo.status();
    status["published"]["log_read_at"].take();
    for node in status["nodes"].as_array_mut().expect("nodes") {
        let node = node.as_object_mut().expect("a node");
        node.retain(|name, _| {
            ["party", "holdings", "open", "observed", "attested"].contains(&name.as_str())
        });
    }
    status
}

fn import(file: &Path, leeds: &Place) -> Said {
    let service = public_money();
    run([
        "import",
        text(file),
        "--source",
        SOURCE,
        "--service",
        text(&service),
        "--node",
        text(&leeds.data),
        "--json",
    ])
}

fn dry_run(file: &Path) -> Said {
    run([
        "import",
        text(file),
        "--source",
        SOURCE,
        "--service",
        text(&public_money()),
        "--dry-run",
        "--json",
    ])
}

/// Files that are not as the publisher describes them, and where that is said to be.
fn files_that_are_refused(folder: &Path) {
    let table = [
        (
            "a column renamed",
            published(&ROWS).replace("Beneficiary Name", "Beneficiary"),
            ", line 1: there is no column \"Beneficiary Name\"",
        ),
        (
            "a column left out",
            published(&ROWS).replace("Amount,", ""),
            ", line 1: there is no column \"Amount\"",
        ),
        (
            "cut in a row",
            published(&ROWS)[..TITLES.len() + 40].to_owned(),
            ", line 2: the row has 5 cells where the titles have 9",
        ),
        ("no rows", published(&[]), ""),
        (
            "another currency",
            published(&[&ROWS[0].replace("12.34", "€12.34")]),
            ", line 2: column \"Amount\": \"€12.34\"",
        ),
        (
            "no such day",
            published(&[&ROWS[0].replace("2021-05-04", "2021-02-30")]),
            ", line 2: column \"Payment Date\": \"2021-02-30\" is not a day",
        ),
        (
            "not a number",
            published(&[&ROWS[0].replace("12.34", "12.3x")]),
            ", line 2: column \"Amount\": \"12.3x\"",
        ),
    ];
    for (what, content, expected) in table {
        let path = folder.join("refused.csv");
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&content);
        fs::write(&path, bytes).expect("a file");
        let said = dry_run(&path);
        let expected = format!("pvn: {}{expected}", path.display());
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{what}: {said:?}");
        assert!(
            said.err.starts_with(&expected)
                && said.err.trim_end().ends_with("Nothing was imported."),
            "{what}: {said:?}"
        );
    }
}

fn files_sent_twice(folder: &Path, demo: &Demo) {
    let path = folder.join("leeds.csv");
    fs::write(&path, published(&ROWS)).expect("a file");
    let sent = |said: &Said| said.json()["sent"].clone();
    let counts = |new: u64, known: u64| json!({ "new_rows": new, "known_rows": known, "waiting_rows": 0, "refused_rows": 0 });
    let dry = dry_run(&path);
    assert_eq!(
        (dry.code, sent(&dry), &dry.json()["total"]),
        (0, Json::Null, &json!({ "rows": 3, "minor": 2_568 }))
    );
    let leeds = demo.of(LEEDS);
    let first = import(&path, leeds);
    assert_eq!((first.code, sent(&first)), (0, counts(3, 0)), "{first:?}");
    demo.wait_until_quiet(9);
    let before = state(demo);
    let again = import(&path, leeds);
    assert_eq!((again.code, sent(&again)), (0, counts(0, 3)), "{again:?}");
    // Rows of equal content are different rows; a longer file is the old one and what is new in it.
    fs::write(&path, published(&[ROWS[0], ROWS[1], ROWS[2], ROWS[2]])).expect("a file");
    assert_eq!(state(demo), before, "nothing has changed");
    assert_eq!(sent(&import(&path, leeds)), counts(1, 3));
    demo.wait_until_quiet(10);
}

/// Requests that the API refuses: status, code.
fn requests_that_are_refused(leeds: &Place) {
    let http = leeds.http.expect("a server");
    let (owner, stranger) = (leeds.client(), Client::stranger(http));
    let body = |change: &dyn Fn(&mut Instruction)| {
        let mut given = spend("refused request", 1, 1);
        change(&mut given);
        json!({ "instructions": [given] }).to_string()
    };
    let arg = |name: &str, value: Json| {
        let name = name.to_owned();
        body(&move |given| drop(given.args.insert(name.clone(), value.clone())))
    };
    let many: Vec<Instruction> = (0..1_001)
        .map(|n| spend(&format!("many {n}"), 1, n))
        .collect();
    let table = [
        (
            "an amount of three decimals",
            arg("amount", json!("1.005")),
            ErrorCode::BadArgument,
        ),
        (
            "an amount that is a word",
            arg("amount", json!("lots")),
            ErrorCode::BadArgument,
        ),
        (
            "a day that isn't",
            arg("published", json!("2021-02-30")),
            ErrorCode::BadArgument,
        ),
        (
            "an unknown choice",
            arg("service_line", json!("middle")),
            ErrorCode::BadArgument,
        ),
        (
            "an argument too many",
            arg("colour", json!("red")),
            ErrorCode::BadArgument,
        ),
        (
            "an argument missing",
            body(&|given| drop(given.args.remove("payee"))),
            ErrorCode::BadArgument,
        ),
        (
            "no such contract",
            body(&|given| given.contract = "private_money".to_owned()),
            ErrorCode::UnknownContract,
        ),
        (
            "no such action",
            body(&|given| given.action = "Squander".to_owned()),
            ErrorCode::UnknownAction,
        ),
        (
            "no party",
            body(&|given| given.party = Some("Leeds City Council".to_owned())),
            ErrorCode::UnknownParty,
        ),
        ("not JSON", "{".to_owned(), ErrorCode::MalformedRequest),
        (
            "another shape",
            json!({ "instruction": [] }).to_string(),
            ErrorCode::MalformedRequest,
        ),
        (
            "too many",
            json!({ "instructions": many }).to_string(),
            ErrorCode::TooMany,
        ),
    ];
    for (what, body, code) in table {
        let answer = owner.try_post("/v1/instructions", &body).expect(what);
        let problem: Problem = answer.read();
        let expected = (problem.status, "application/problem+json", code);
        assert_eq!(
            (answer.status, answer.kind.as_str(), problem.code),
            expected,
            "{what}: {problem:?}"
        );
    }
    for path in [
        "/v1/status",
        "/v1/members",
        "/v1/instructions/some-key",
        "/v1/contracts",
    ] {
        let answer = stranger.get(path);
        assert_eq!(
            (answer.status, answer.read::<Problem>().code),
            (401, ErrorCode::NotAuthenticated),
            "{path}"
        );
    }
    for path in ["/v1/instructions", "/v1/audit"] {
        let answer = stranger.try_post(path, "{}").expect("an answer");
        assert_eq!(
            (answer.status, answer.read::<Problem>().code),
            (401, ErrorCode::NotAuthenticated),
            "{path}"
        );
    }
    for path in ["/v1/instructions/no-such-key", "/v1/nothing", "/"] {
        let answer = owner.get(path);
        assert_eq!(
            (answer.status, answer.read::<Problem>().code),
            (404, ErrorCode::NotFound),
            "{path}"
        );
    }
}

/// Instructions that the ledger refuses: the rule, and the reason with its figures.
fn instructions_that_are_refused(leeds: &Place) {
    let client = leeds.client();
    let used = spend("used", 1, 4);
    client.settle(std::slice::from_ref(&used));
    let holding = client
        .status()
        .holdings
        .into_iter()
        .find(|h| h.attributes["state"] == "held")
        .expect("money");
    let (held, due) = (holding.free_minor + holding.locked_minor, 1_234_567_890_012);
    let pounds = |minor: i64| {
        deed::Money {
            currency: deed::Currency::new("GBP").expect("a currency"),
            minor,
        }
        .to_string()
    };
    let year = open_year();
    let too_much = format!(
        "{LEEDS} holds {} of Pound (year {year}, state held) but {} is due",
        pounds(held),
        pounds(due)
    );
    let with = |key: &str, name: &str, value: Json| {
        let mut given = spend(key, 1, 2);
        given.args.insert(name.to_owned(), value);
        given
    };
    let mut foreign = spend("of another", 1, 3);
    foreign.party = Some("GB-GOR-D16".to_owned());
    let mut reused = used.clone();
    reused
        .args
        .insert("purpose".to_owned(), json!("Something else"));
    let mut doubled = used.clone();
    doubled.key = "the same row under another key".to_owned();
    let table = [
        (
            spend("too much", u64::try_from(due).expect("pence"), 1),
            "payer_holds_enough_money",
            Some(too_much),
        ),
        (
            with("nothing", "amount", json!("0.00")),
            "the_amount_is_above_zero",
            None,
        ),
        (
            with("another year", "year", json!(year - 1)),
            "money_is_spent_in_its_year",
            None,
        ),
        (
            with("to nobody", "payee", json!(" ")),
            "the_payee_is_named",
            None,
        ),
        (
            with("for another", "payer", json!("GB-GOR-D16")),
            "party_does_not_sign",
            None,
        ),
        (foreign, "party_not_hosted_here", None),
        (reused, "idempotency_key_reused", None),
        (doubled, "one_per_business_key", None),
    ];
    for (given, rule, reason) in table {
        let (code, said) = client.refused(&given);
        assert_eq!(code, rule, "{}: {said}", given.key);
        assert!(
            reason.is_none_or(|reason| said.starts_with(&reason)),
            "{said}"
        );
    }
}

/// Newcomers that are refused; each can join with the right words afterwards.
fn newcomers_that_are_refused(folder: &Path, demo: &Demo) {
    let invite = |party: &str| {
        Invitation::of(&run(["invite", "--data", text(&demo.folder), "--party", party]).done())
    };
    let join = |party: &str, name: &str, fingerprint: &str, code: &str, registrar: &str| {
        let first = first_port();
        let address = |port: u16| format!("127.0.0.1:{port}");
        let mut command = pvn();
        command.args([
            "join",
            "--registrar",
            registrar,
            "--fingerprint",
            fingerprint,
            "--code",
            code,
            "--party",
            party,
        ]);
        command.args([
            "--name",
            name,
            "--data",
            text(&folder.join(party)),
            "--peer-listen",
            &address(first),
        ]);
        Said::by(command.args([
            "--http-listen",
            &address(first + 1),
            "--contract",
            text(&public_money().join("budget.deed")),
        ]))
    };
    let (ann, ben) = (invite("PVN-ANN"), invite("PVN-BEN"));
    let wrong = "0123456789abcdef".repeat(4);
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|l| l.local_addr())
        .expect("a port")
        .to_string();
    let refusal = "pvn: the registrar refuses: the invitation is unknown or for another party: ask the registrar for a new one\n";
    let unreachable = |fingerprint: &str, at: &str| {
        format!(
            "pvn: no registrar with the root {fingerprint} answers at {at}: check both with the registrar's operator\n"
        )
    };
    let table = [
        (
            "a wrong fingerprint",
            wrong.as_str(),
            ann.code.as_str(),
            ann.registrar.as_str(),
            unreachable(&wrong, &ann.registrar),
        ),
        (
            "another's invitation",
            &ann.fingerprint,
            &ben.code,
            &ann.registrar,
            refusal.to_owned(),
        ),
        (
            "an invented code",
            &ann.fingerprint,
            &wrong[..32],
            &ann.registrar,
            refusal.to_owned(),
        ),
        (
            "nobody there",
            &ann.fingerprint,
            &ann.code,
            &nobody,
            unreachable(&ann.fingerprint, &nobody),
        ),
    ];
    for (what, fingerprint, code, registrar, expected) in table {
        let said = join("PVN-ANN", "Ann", fingerprint, code, registrar);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{what}: {said:?}");
        assert!(said.err.starts_with(&expected), "{what}: {said:?}");
    }
    let members = || {
        demo.of(LEEDS)
            .client()
            .members()
            .into_iter()
            .map(|m| m.party)
            .collect::<Vec<_>>()
    };
    assert!(!members().contains(&"PVN-ANN".to_owned()));
    join(
        "PVN-ANN",
        "Ann",
        &ann.fingerprint,
        &ann.code,
        &ann.registrar,
    )
    .done();
    // Whoever got hold of the code later can't become Ann with keys of their own.
    fs::rename(folder.join("PVN-ANN"), folder.join("real")).expect("a folder");
    let said = join(
        "PVN-ANN",
        "Ann",
        &ann.fingerprint,
        &ann.code,
        &ann.registrar,
    );
    let expected = "pvn: the registrar refuses: the invitation has been used already, with other keys: ask the registrar for a new one\n";
    assert_eq!((said.code, said.err.as_str()), (1, expected));
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
