//! Requests that a node's API refuses.

use api::{ErrorCode, Instruction, Problem};
use serde_json::{Value as Json, json};

use super::spend;
use crate::support::client::Client;
use crate::support::town::Place;

/// Requests that the API refuses: status, code.
pub(super) fn requests_that_are_refused(leeds: &Place) {
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
            "an address of a fact that is none",
            body(&|given| given.consumes.push("my licence".to_owned())),
            ErrorCode::BadArgument,
        ),
        (
            "an address without its output",
            body(&|given| given.references.push(format!("{}-0", "0".repeat(64)))),
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
    for path in ["/v1/instructions", "/v1/proofs", "/v1/audit"] {
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
