//! What an editor may send by mistake: the server answers, and goes on.

use serde_json::{Value, json};

use crate::session::Session;

const CASH: &str = include_str!("../../../../docs/deed/examples/cash.deed");
const URI: &str = "file:///nowhere/cash.deed";

fn open(session: &mut Session, text: &str) {
    let document = json!({ "uri": URI, "languageId": "deed", "version": 1, "text": text });
    session.tell("textDocument/didOpen", json!({ "textDocument": document }));
}

fn at(line: u64, character: u64) -> Value {
    json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": character } })
}

/// That the server still answers, rightly.
fn alive(session: &mut Session) {
    let hover = session.ask("textDocument/hover", at(3, 6));
    assert_eq!(
        hover["contents"]["value"], "```deed\nparty central_bank = \"GB-BOE\"\n```\n",
        "{hover}"
    );
}

#[test]
fn broken_messages_and_unknown_ones_are_answered_with_errors() {
    let mut session = Session::start();
    open(&mut session, CASH);
    let mut seen = String::new();
    let mut raw = |session: &mut Session, body: &str| {
        session.forget();
        session.send_bytes(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        loop {
            let message = session.read();
            if message.get("error").is_some() {
                seen.push_str(&format!("{body}\n  {}\n", message["error"]["code"]));
                return;
            }
        }
    };
    raw(
        &mut session,
        "{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\":",
    );
    raw(&mut session, "[1, 2");
    raw(&mut session, "[1, 2]");
    raw(&mut session, "{\"jsonrpc\":\"1.0\",\"method\":7}");
    session.send_bytes("Nonsense\r\nContent-Length: -5\r\n\r\nContent-Length: abc\r\n\r\n");
    raw(
        &mut session,
        "{\"jsonrpc\":\"2.0\",\"id\":100,\"method\":\"textDocument/dance\"}",
    );
    raw(
        &mut session,
        "{\"jsonrpc\":\"2.0\",\"id\":101,\"method\":\"textDocument/hover\",\"params\":{\"position\":5}}",
    );
    raw(
        &mut session,
        "{\"jsonrpc\":\"2.0\",\"id\":102,\"method\":\"initialize\",\"params\":{\"capabilities\":{}}}",
    );
    session.tell("textDocument/dance", json!({}));
    session.tell("$/cancelRequest", json!({ "id": 999 }));
    alive(&mut session);
    session.end();
    insta::assert_snapshot!(seen);
}

#[test]
fn a_server_that_is_not_initialised_says_so() {
    let mut session = Session::uninitialised();
    let answer = session.answer("textDocument/hover", at(0, 0));
    assert_eq!(answer["error"]["code"], json!(-32002), "{answer}");
    session.ask("initialize", json!({ "capabilities": {} }));
    session.tell("initialized", json!({}));
    session.end();
}

#[test]
fn places_beyond_the_end_and_texts_that_are_not_open_are_nothing() {
    let mut session = Session::start();
    let params = at(0, 0);
    for what in ["hover", "completion", "definition"] {
        let answer = session.ask(&format!("textDocument/{what}"), params.clone());
        assert_eq!(answer, Value::Null, "{what} in a text that is not open");
    }
    // A change, and a farewell, of a text that was never opened.
    let change = json!([{ "range": null, "text": "x" }]);
    let document = json!({ "uri": URI, "version": 2 });
    session.tell(
        "textDocument/didChange",
        json!({ "textDocument": document, "contentChanges": change }),
    );
    session.tell(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": URI } }),
    );

    open(&mut session, CASH);
    let far = u64::from(u32::MAX);
    for (line, character) in [(far, 0), (0, far), (far, far), (1, far)] {
        assert_eq!(
            session.ask("textDocument/definition", at(line, character)),
            Value::Null
        );
        session.ask("textDocument/hover", at(line, character));
        session.ask("textDocument/completion", at(line, character));
    }
    // A change whose range lies beyond the end appends; one whose end is before its start inserts.
    let change = |line: u64, character: u64, end: u64, text: &str, version: u64| {
        let range = json!({ "start": { "line": line, "character": character }, "end": { "line": end, "character": 0 } });
        json!({ "textDocument": { "uri": URI, "version": version },
            "contentChanges": [{ "range": range, "text": text }] })
    };
    session.tell(
        "textDocument/didChange",
        change(far, 0, far, "# the end\n", 3),
    );
    session.tell(
        "textDocument/didChange",
        change(3, 0, 2, "# £ comes first\n", 4),
    );
    let params = json!({ "textDocument": { "uri": URI }, "options": { "tabSize": 2, "insertSpaces": true } });
    let edits = session.ask("textDocument/formatting", params);
    let expected = CASH.replacen("party central", "# £ comes first\nparty central", 1);
    assert_eq!(edits[0]["newText"], json!(format!("{expected}# the end\n")));
    session.end();
}

#[test]
fn columns_are_utf_16_units() {
    let mut session = Session::start();
    // One code point of two units and one of one before the slip, in a text and in a comment above it.
    let text = CASH
        .replacen("fact Cash", "# 🏦 £ and 💷\nfact Cash", 1)
        .replacen(
            "\"An amount in an account, owed by the bank that issued it.\"",
            "\"🏦£\"",
            1,
        )
        .replacen("amount is positive", "amount > £1 and amout > £2  # 💷", 1);
    open(&mut session, &text);
    let found = session.diagnostics(1);
    let line = text.lines().position(|l| l.contains("amout")).unwrap();
    let column = "    amount > £1 and ".encode_utf16().count();
    assert_eq!(
        found[0]["range"],
        json!({ "start": { "line": line, "character": column }, "end": { "line": line, "character": column + 5 } })
    );
    // Behind two symbols of two units each, one unit is deleted and one put in.
    let line = text.lines().position(|l| l.starts_with("# 🏦")).unwrap();
    let range = json!({ "start": { "line": line, "character": 5 }, "end": { "line": line, "character": 6 } });
    session.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": URI, "version": 2 },
            "contentChanges": [{ "range": range, "text": "€" }, { "range": { "start": { "line": line + 100, "character": 0 },
                "end": { "line": line + 100, "character": 0 } }, "text": "\n" }] }),
    );
    session.diagnostics(2);
    let fix = text.find("amout").unwrap();
    let before = &text[..fix];
    let start = json!({ "line": before.matches('\n').count(), "character": column });
    let end = json!({ "line": before.matches('\n').count(), "character": column + 5 });
    session.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": URI, "version": 3 },
            "contentChanges": [{ "range": { "start": start, "end": end }, "text": "amount" }] }),
    );
    assert_eq!(session.diagnostics(3), json!([]));
    let params = json!({ "textDocument": { "uri": URI }, "options": { "tabSize": 2, "insertSpaces": true } });
    let edits = session.ask("textDocument/formatting", params);
    let formatted = edits[0]["newText"].as_str().unwrap();
    let comment = formatted.lines().find(|l| l.starts_with("# 🏦"));
    assert_eq!(comment, Some("# 🏦 € and 💷"));
    session.end();
}
