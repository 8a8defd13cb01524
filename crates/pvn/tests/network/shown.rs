//! A fact that its holder alone can show, from the registry that enters it to the stranger who asks for it, each by command.

use api::{ErrorCode, Problem};
use serde_json::{Value as Json, json};

use crate::support::client::instruction;
use crate::support::joining::Newcomer;
use crate::support::patience::{LONG, until};
use crate::support::process::{Said, pvn, run, text};
use crate::support::town::Town;
use crate::support::{alone, fixture};

const PORTAL: &str = "T-PORTAL";
/// Holds a licence.
const A: &str = "T-ALDER";
const B: &str = "T-BIRCH";
/// Keeps the registers.
const C: &str = "T-CEDAR";
/// Joins later, and makes another directory.
const D: &str = "T-DAISY";

const MEMBERS: [Newcomer<'_>; 5] = [
    Newcomer {
        role: "notary",
        party: "T-NOTARY",
        name: "Notary",
    },
    Newcomer {
        role: "portal",
        party: PORTAL,
        name: "Portal",
    },
    Newcomer {
        role: "node",
        party: A,
        name: "Alder Surgery",
    },
    Newcomer {
        role: "node",
        party: B,
        name: "Birch Surgery",
    },
    Newcomer {
        role: "node",
        party: C,
        name: "Cedar Registry",
    },
];

/// Who asks.
const CLINIC: &str = "Dr Daisy's \"clinic\"";

fn entered<const N: usize>(
    town: &Town,
    key: &str,
    action: &str,
    args: [(&str, Json); N],
) -> String {
    let asked = instruction(key, C, "registers", action, args);
    let id = town.client(C).settle(&[asked]).remove(0);
    format!("{id}-0-0")
}

/// The code of a node's answer to a request for a proof; `proof` for one.
fn answer(town: &Town, at: &str, request: &Json) -> String {
    let client = town.client(at);
    let answer = client
        .try_post("/v1/proofs", &request.to_string())
        .expect("an answer");
    match answer.status {
        200 => answer.kind,
        _ => json!(answer.read::<Problem>().code)
            .as_str()
            .expect("a code")
            .to_owned(),
    }
}

#[test]
fn a_licence_is_shown_by_its_holder_to_the_one_who_asked() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let mut town = Town::found(folder.path(), &fixture("registers.deed"), &MEMBERS);
    let args = [
        ("holder", json!(A)),
        ("trade", json!("surgeon")),
        ("terms", json!("supervised until June")),
        ("until", json!("2030-01-01")),
    ];
    let licence = entered(&town, "licence", "License", args);
    let args = [
        ("about", json!(A)),
        ("words", json!("moved to Mill Lane")),
        ("clerk", json!("Mr Oak")),
    ];
    let notice = entered(&town, "notice", "Notify", args);

    let challenge = run(["challenge", CLINIC, "--json"]).json();
    let nonce = challenge["nonce"].as_str().expect("a nonce").to_owned();
    assert_eq!(
        (challenge["audience"].as_str(), nonce.len()),
        (Some(CLINIC), 64)
    );
    assert_eq!(
        run(["challenge", "O'Neill"])
            .done()
            .split(" --nonce ")
            .next(),
        Some(r"--audience 'O'\''Neill'")
    );
    assert_eq!(run(["challenge", ""]).code, 1);
    let asked = |fact: &str| json!({ "fact": fact, "fields": ["trade"], "audience": CLINIC, "nonce": nonce });
    until("the facts to reach their holder", LONG, || {
        let there = [&licence, &notice].map(|fact| answer(&town, A, &asked(fact)));
        there.iter().all(|kind| kind != "not_found").then_some(())
    });

    requests_that_are_refused(&town, &licence, &notice, &asked(&licence));

    let trust = town.client(PORTAL).get("/network.trust");
    std::fs::write(path("network.trust"), trust.body).expect("a file");
    let prove = |at: &str, fact: &str, fields: &str, to: &str| {
        let data = town.place(at).data.clone();
        Said::by(
            pvn()
                .args(["prove", fact, "--fields", fields, "--audience", CLINIC])
                .args([
                    "--nonce",
                    &nonce,
                    "--data",
                    text(&data),
                    "--output",
                    text(&path(to)),
                ]),
        )
    };
    prove(A, &licence, "trade", "trade.proof").done();
    let refused = prove(C, &licence, "trade", "hers.proof");
    assert_eq!(
        (
            refused.code,
            refused.err.lines().next().map(|line| line.ends_with(
                "the key to show this fact is not one of this node's: ask the node of its holder"
            ))
        ),
        (1, Some(true))
    );
    prove(A, &notice, "words", "words.proof").done();

    // From here on nothing is asked of the network.
    let verify = |proof: &str, more: &[&str]| {
        let (proof, trust) = (path(proof), path("network.trust"));
        Said::by(
            pvn()
                .args(["verify", text(&proof), "--trust", text(&trust)])
                .args(more),
        )
    };
    let to_me = ["--audience", CLINIC, "--nonce", &nonce];
    let said = verify("trade.proof", &[to_me.as_slice(), &["--json"]].concat()).json();
    assert_eq!(
        (
            &said["valid"],
            &said["fields"],
            &said["hidden"],
            &said["shown"]["to"]
        ),
        (
            &json!(true),
            &json!({ "trade": "surgeon" }),
            &json!(["holder", "terms", "until"]),
            &json!(CLINIC)
        )
    );
    let words = verify("trade.proof", &to_me).done();
    println!("{words}");
    let last = words
        .lines()
        .last()
        .and_then(|line| line.rsplit_once(" on "));
    assert_eq!(
        last.map(|(shown, _)| shown),
        Some(r#"Shown by its holder to Dr Daisy's "clinic""#)
    );
    let step = |proof: &str, more: &[&str]| {
        let said = verify(proof, &[more, &["--json"]].concat());
        (said.code, said.json()["step"].as_str().map(str::to_owned))
    };
    let holder = (1, Some("holder".to_owned()));
    let other = "00".repeat(32);
    assert_eq!(step("trade.proof", &[]), holder);
    assert_eq!(
        step("trade.proof", &["--audience", "Mr Elm", "--nonce", &nonce]),
        holder
    );
    assert_eq!(
        step("trade.proof", &["--audience", CLINIC, "--nonce", &other]),
        holder
    );
    let soon = [to_me.as_slice(), &["--max-age", "0s"]].concat();
    assert_eq!(step("trade.proof", &soon), holder);
    // What anybody can show needs no asking, and is the same when it was asked for.
    assert_eq!(step("words.proof", &[]), (0, None));
    assert_eq!(step("words.proof", &to_me), (0, None));
    // Asked wrongly.
    for more in [
        ["--audience", CLINIC].as_slice(),
        &["--nonce", &nonce],
        &["--audience", CLINIC, "--nonce", &nonce, "--max-age", "soon"],
    ] {
        assert_eq!(verify("trade.proof", more).code, 2, "{more:?}");
    }
    assert_eq!(
        verify("trade.proof", &["--audience", CLINIC, "--nonce", "5"]).code,
        1
    );

    // A newcomer changes the directory; the fact is proven under the one that the notary pinned.
    town.let_in(&Newcomer {
        role: "node",
        party: D,
        name: "Daisy's Clinic",
    });
    town.wait_until_known();
    town.stop(A);
    town.start(A);
    let data = town.place(A).data.clone();
    let again = path("again.proof");
    let fields = ["prove", &licence, "--fields", "trade,until"];
    let prove = [
        "--audience",
        CLINIC,
        "--nonce",
        &nonce,
        "--data",
        text(&data),
        "-o",
        text(&again),
    ];
    Said::by(pvn().args(fields).args(prove)).done();
    let said = verify("again.proof", &[to_me.as_slice(), &["--json"]].concat()).json();
    assert_eq!(
        said["fields"],
        json!({ "trade": "surgeon", "until": "2030-01-01" })
    );
}

fn requests_that_are_refused(town: &Town, licence: &str, notice: &str, good: &Json) {
    let with = |name: &str, value: Json| {
        let mut request = good.clone();
        request[name] = value;
        request
    };
    let unknown = format!("{}-0-0", "ab".repeat(32));
    let beside = licence.replace("-0-0", "-0-1");
    let table = [
        ("its holder's", A, good.clone(), "application/octet-stream"),
        (
            "a notice about it",
            A,
            json!({ "fact": notice }),
            "application/octet-stream",
        ),
        (
            "by who entered it",
            C,
            json!({ "fact": notice }),
            "application/octet-stream",
        ),
        ("somebody else's", C, good.clone(), "not_the_holder"),
        ("of no business of its", B, good.clone(), "not_found"),
        ("unknown", A, with("fact", json!(unknown)), "not_found"),
        ("beside it", A, with("fact", json!(beside)), "not_found"),
        (
            "no address",
            A,
            with("fact", json!("my licence")),
            "bad_argument",
        ),
        (
            "no field of it",
            A,
            with("fields", json!(["colour"])),
            "bad_argument",
        ),
        ("to nobody", A, with("audience", json!("")), "bad_argument"),
        (
            "a short nonce",
            A,
            with("nonce", json!("00")),
            "bad_argument",
        ),
        (
            "a nonce in words",
            A,
            with("nonce", json!("please")),
            "bad_argument",
        ),
        (
            "without being asked",
            A,
            json!({ "fact": licence }),
            "bad_argument",
        ),
        (
            "another shape",
            A,
            json!({ "facts": [licence] }),
            "malformed_request",
        ),
        (
            "a word too many",
            A,
            with("colour", json!("red")),
            "malformed_request",
        ),
    ];
    for (what, at, request, expected) in table {
        assert_eq!(answer(town, at, &request), expected, "{what}");
    }
    assert_eq!(json!(ErrorCode::NotTheHolder), json!("not_the_holder"));
}
