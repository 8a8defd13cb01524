//! One sitting of an editor, with everything that the server answers.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::session::Session;

const FILES: [&str; 4] = [
    "early_help.deed",
    "early_help.policies",
    "scenarios/early_help.scenario",
    "scenarios/early_help_policies.scenario",
];

struct Sitting {
    session: Session,
    folder: tempfile::TempDir,
    said: String,
}

impl Sitting {
    fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("scenarios")).unwrap();
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/deed/examples");
        for file in FILES {
            std::fs::copy(examples.join(file), folder.path().join(file)).unwrap();
        }
        let session = Session::start();
        let said = format!("## initialize\n{:#}\n", session.abilities);
        Self {
            session,
            folder,
            said,
        }
    }

    fn uri(&self, file: &str) -> String {
        format!("file://{}/{file}", self.folder.path().display())
    }

    fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(file)).unwrap()
    }

    fn note(&mut self, what: &str, answer: &Value) {
        let answer = format!("{answer:#}");
        let answer = answer.replace(&self.folder.path().display().to_string(), "/folder");
        let _ = writeln!(self.said, "\n## {what}\n{answer}");
    }

    fn open(&mut self, file: &str) {
        let document = json!({ "uri": self.uri(file), "languageId": "deed", "version": 1, "text": self.text(file) });
        self.session
            .tell("textDocument/didOpen", json!({ "textDocument": document }));
        let found = self.session.diagnostics_of(&self.uri(file), Some(1));
        self.note(&format!("{file} is opened"), &found);
    }

    /// Replaces the first `from` of the text on disk, which is what the editor holds, by a part change.
    fn change(&mut self, file: &str, version: u64, range: Value, text: &str) -> Value {
        let document = json!({ "uri": self.uri(file), "version": version });
        let changes = json!([{ "range": range, "text": text }]);
        self.session.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
        self.session.diagnostics_of(&self.uri(file), Some(version))
    }

    fn ask(&mut self, what: &str, file: &str, word: &str, into: usize) {
        let text = self.text(file);
        let at = position(&text, text.find(word).unwrap() + into);
        let params = json!({ "textDocument": { "uri": self.uri(file) }, "position": at });
        let answer = self.session.ask(&format!("textDocument/{what}"), params);
        let (before, after) = word.split_at(into);
        self.note(&format!("{what} in {file} at {before}|{after}"), &answer);
    }
}

fn position(text: &str, byte: usize) -> Value {
    let before = &text[..byte];
    let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
    json!({ "line": before.matches('\n').count(), "character": column })
}

fn range(text: &str, word: &str) -> Value {
    let start = text.find(word).unwrap();
    json!({ "start": position(text, start), "end": position(text, start + word.len()) })
}

#[test]
fn an_editor_works_on_a_contract_its_policies_and_its_scenarios() {
    let mut sitting = Sitting::begin();
    let [contract, policies, actions, scenarios] = FILES;
    for file in FILES {
        sitting.open(file);
    }

    // One word is changed in the contract: what depends on it is told as well.
    let text = sitting.text(contract);
    let found = sitting.change(
        contract,
        2,
        range(&text, "arrived:  date\n  cost"),
        "came:     date\n  cost",
    );
    sitting.note("a parameter of the contract gets another name", &found);
    let uri = sitting.uri(actions);
    let found = sitting.session.errors_of(&uri);
    sitting.note("what depends on it, before anybody touched it", &found);
    let changed = text.replacen("arrived:  date\n  cost", "came:     date\n  cost", 1);
    let found = sitting.change(
        contract,
        3,
        range(&changed, "came:     date\n  cost"),
        "arrived:  date\n  cost",
    );
    sitting.note("it is put back", &found);

    let text = sitting.text(policies);
    let found = sitting.change(policies, 2, range(&text, "visits > 1"), "visit > 1");
    sitting.note("a slip in a policy", &found);
    let changed = text.replacen("visits > 1", "visit > 1", 1);
    let found = sitting.change(policies, 3, range(&changed, "visit > 1"), "visits > 1");
    sitting.note("it is put right", &found);

    sitting.ask("hover", policies, "with social_services", 7);
    sitting.ask("hover", policies, "child.guardian", 8);
    sitting.ask("hover", policies, "v.arrived", 3);
    sitting.ask("hover", scenarios, "policy costly", 9);
    sitting.ask("hover", scenarios, "asked on", 2);
    sitting.ask("hover", actions, "because \"the child is born\"", 14);
    sitting.ask("definition", policies, "known Visit", 8);
    sitting.ask("definition", policies, "visits > 1", 1);
    sitting.ask("definition", scenarios, "policy costly", 9);
    sitting.ask("definition", scenarios, "knowing Child", 9);
    sitting.ask("definition", actions, "Enrol on", 2);
    sitting.ask("definition", actions, "guardian = mother", 2);
    sitting.ask("definition", actions, "because \"the child is born\"", 14);
    sitting.ask("completion", policies, "child.guardian", 6);
    sitting.ask("completion", policies, "social_services", 3);
    sitting.ask("completion", scenarios, "forgetting", 2);
    sitting.ask("completion", actions, "because \"the child is born\"", 13);

    let text = sitting.text(actions);
    let found = sitting.change(
        actions,
        2,
        range(&text, "    child    = ann\n"),
        "    child =    ann\n",
    );
    sitting.note("a careless line", &found);
    let params = json!({ "textDocument": { "uri": sitting.uri(actions) }, "options": { "tabSize": 2, "insertSpaces": true } });
    let edits = sitting.session.ask("textDocument/formatting", params);
    assert_eq!(edits[0]["newText"], json!(text));
    sitting.note("it is formatted", &edits[0]["range"]);

    let goodbye = sitting.session.answer("shutdown", Value::Null);
    sitting.note("shutdown", &goodbye);
    sitting.session.gone();
    insta::assert_snapshot!(sitting.said);
}

#[test]
fn a_contract_that_uses_another_of_the_folder_knows_what_that_declares() {
    let mut sitting = Sitting::begin();
    let folder = sitting.folder.path().to_path_buf();
    let cash = crate::commands::fixture("cash.deed");
    std::fs::copy(&cash, folder.join("cash.deed")).unwrap();
    // Nothing says a hash better than a check.
    let (_, checked, _) =
        crate::commands::pvn(&["deed", "check", &cash.display().to_string(), "--json"]);
    let checked: Value = serde_json::from_str(&checked).unwrap();
    let hash = checked["files"][0]["sha256"].as_str().unwrap();
    let text = crate::checking::PURCHASE.replace("HASH", hash);
    std::fs::write(folder.join("purchase.deed"), &text).unwrap();
    sitting.open("purchase.deed");
    sitting.ask("hover", "purchase.deed", "in cash.Cash", 9);
    sitting.ask("definition", "purchase.deed", "in cash.Cash", 9);
    sitting.ask("completion", "purchase.deed", "in cash.Cash", 8);
    // The other text is opened and changed, so that its hash is another; then it is as it was.
    sitting.open("cash.deed");
    let other = sitting.text("cash.deed");
    let change = range(&other, "who pays");
    sitting.change("cash.deed", 2, change, "who pay");
    let uri = sitting.uri("purchase.deed");
    let found = sitting.session.errors_of(&uri);
    sitting.note("the text that it uses is changed", &found);
    let found = sitting.session.ask(
        "textDocument/definition",
        json!({ "textDocument": { "uri": uri }, "position": position(&text, text.find("cash.Cash").unwrap() + 6) }),
    );
    sitting.note("what it used is not there any more", &found);
    sitting.session.ask("shutdown", Value::Null);
    sitting.session.gone();
    let (_, said) = sitting.said.split_once("## purchase.deed").unwrap();
    insta::assert_snapshot!(said);
}
