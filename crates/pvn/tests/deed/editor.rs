//! An editor at work: a contract is opened, broken, looked at, completed and formatted.

use serde_json::{Value, json};

use crate::session::Session;

const CASH: &str = include_str!("../../../../docs/deed/examples/cash.deed");
const LAND: &str = include_str!("../../../../docs/deed/examples/land_transfer.deed");
const URI: &str = "file:///contract.deed";

fn open(session: &mut Session, text: &str) {
    let document = json!({ "uri": URI, "languageId": "deed", "version": 1, "text": text });
    session.tell("textDocument/didOpen", json!({ "textDocument": document }));
}

/// The position of the `skip`-th occurrence of `word`, one character in.
fn at(text: &str, word: &str, skip: usize) -> Value {
    let (byte, _) = text.match_indices(word).nth(skip).unwrap();
    let before = &text[..byte];
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
    json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": column + 1 } })
}

#[test]
fn errors_come_and_go_while_one_types() {
    let mut session = Session::start();
    open(&mut session, CASH);
    assert_eq!(session.diagnostics(1), json!([]));
    let broken = CASH.replacen("  attested by issuer", "  atested by issuer", 1);
    session.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": URI, "version": 2 }, "contentChanges": [{ "text": broken }] }),
    );
    insta::assert_snapshot!(serde_json::to_string_pretty(&session.diagnostics(2)).unwrap());
    let idle = CASH.replacen("payer != payee", "payer = payer", 1);
    session.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": URI, "version": 3 }, "contentChanges": [{ "text": idle }] }),
    );
    insta::assert_snapshot!(serde_json::to_string_pretty(&session.diagnostics(3)).unwrap());
    session.end();
}

#[test]
fn names_are_explained_and_found() {
    let mut session = Session::start();
    open(&mut session, LAND);
    let mut seen = String::new();
    let places = [
        ("stamp_duty(price)", 0),
        ("old.proprietor", 0),
        ("proprietor  law", 0),
        ("seller price", 0),
        ("registrar, seller", 0),
        ("Cash with", 0),
        ("releasing)", 0),
        ("consumes", 0),
    ];
    for (word, skip) in places {
        let hover = session.ask("textDocument/hover", at(LAND, word, skip));
        let found = session.ask("textDocument/definition", at(LAND, word, skip));
        let line = found["range"]["start"]["line"].as_u64();
        let declared = line
            .and_then(|n| LAND.lines().nth(n as usize))
            .unwrap_or("nowhere");
        let said = hover["contents"]["value"].as_str().unwrap_or("nothing");
        seen.push_str(&format!(
            "== {}\n{said}\ndeclared: {declared}\n\n",
            word.trim()
        ));
    }
    insta::assert_snapshot!(seen);
    session.end();
}

#[test]
fn what_can_stand_here_is_offered() {
    let mut session = Session::start();
    let text = LAND.replacen("let seller = old.proprietor", "let seller = old.pro", 1);
    open(&mut session, &text);
    let mut labels = |mut place: Value, ahead: u64| {
        let column = place["position"]["character"].as_u64().unwrap();
        place["position"]["character"] = json!(column + ahead);
        let found = session.ask("textDocument/completion", place);
        let items = found.as_array().unwrap().iter();
        items
            .map(|item| {
                format!(
                    "{} ({})",
                    item["label"].as_str().unwrap(),
                    item["detail"].as_str().unwrap()
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        labels(at(&text, "old.pro", 0), 6),
        [
            "property (property: text)",
            "proprietor (proprietor: party)"
        ]
    );
    let offered = labels(at(&text, "buyer != seller", 0), 0);
    let expected = [
        "buyer (buyer: party)",
        "bank (party bank)",
        "becoming (`keeps ... becoming state = spent`: what changes in the money on its way.)",
    ];
    for offer in expected {
        assert!(offered.iter().any(|o| o == offer), "{offer}: {offered:?}");
    }
    session.end();
}

#[test]
fn a_text_is_formatted_and_one_with_errors_left_alone() {
    let mut session = Session::start();
    let careless = CASH.replace("amount: money GBP", "amount   :   money GBP");
    open(&mut session, &careless);
    let params = json!({ "textDocument": { "uri": URI }, "options": { "tabSize": 2, "insertSpaces": true } });
    let edits = session.ask("textDocument/formatting", params.clone());
    assert_eq!(edits[0]["newText"], json!(CASH));
    session.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": URI, "version": 2 }, "contentChanges": [{ "text": "contract" }] }),
    );
    assert_eq!(session.ask("textDocument/formatting", params), Value::Null);
    session.end();
}
