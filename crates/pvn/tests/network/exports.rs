//! Facts taken elsewhere, by command, and what software that knows nothing of this project says of them.

use std::path::{Path, PathBuf};
use std::process::Command;

use api::Problem;
use serde_json::{Value as Json, json};

use crate::support::client::instruction;
use crate::support::joining::Newcomer;
use crate::support::patience::{LONG, until};
use crate::support::process::{Said, pvn, text};
use crate::support::town::Town;
use crate::support::{alone, fixture};

const NOTARY: &str = "T-NOTARY";
const PORTAL: &str = "T-PORTAL";
/// Holds a licence.
const A: &str = "T-ALDER";
/// Has nothing to do with it.
const B: &str = "T-BIRCH";
/// Keeps the registers.
const C: &str = "T-CEDAR";

const MEMBERS: [Newcomer<'_>; 5] = [
    Newcomer {
        role: "notary",
        party: NOTARY,
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

const CLINIC: &str = "https://clinic.example";
const NONCE: &str = "6e6f2072657761726420776974686f75";

fn repository() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the repository")
}

/// A command that needs what not every machine has; none, and said so, where it is not there.
fn checker(what: &str, needed: &str, command: Option<Command>) -> Option<Command> {
    if command.is_none() {
        assert!(
            std::env::var_os(needed).is_none(),
            "{what} is not here, and {needed} is set"
        );
        println!("NOT TESTED: {what} is not here");
    }
    command
}

/// Libraries for credentials, which come with the web's packages.
fn jose() -> Option<Command> {
    let web = repository().join("web");
    let there = web.join("node_modules/@sd-jwt/sd-jwt-vc").is_dir();
    let command = there.then(|| {
        let mut node = Command::new("node");
        node.arg(web.join("tests/exports/check.mjs"));
        node
    });
    checker("the web's packages (npm ci)", "PVN_NEEDS_JOSE", command)
}

/// A Python that has scitt-cose.
fn scitt() -> Option<Command> {
    let python = std::env::var_os("PVN_SCITT_PYTHON");
    let command = python.map(|python| {
        let mut command = Command::new(python);
        command.arg(repository().join("scripts/check-statement.py"));
        command
    });
    checker("scitt-cose (PVN_SCITT_PYTHON)", "PVN_NEEDS_SCITT", command)
}

struct Exports<'a> {
    town: &'a Town,
    folder: &'a Path,
}

impl Exports<'_> {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn export(&self, at: &str, fact: &str, form: &str, to: &str) -> Said {
        let (data, to) = (self.town.place(at).data.clone(), self.path(to));
        let form = ["export", fact, "--form", form];
        Said::by(
            pvn()
                .args(form)
                .args(["-o", text(&to), "--data", text(&data)]),
        )
    }

    fn show(&self, at: &str, fact: &str, from: &str, fields: &str, to: &str) -> Said {
        let (data, from) = (self.town.place(at).data.clone(), self.path(from));
        let to = self.path(to);
        let show = ["show", text(&from), "--fact", fact, "--fields", fields];
        let whom = ["--audience", CLINIC, "--nonce", NONCE];
        let files = ["-o", text(&to), "--data", text(&data)];
        Said::by(pvn().args(show).args(whom).args(files))
    }

    /// The keys of a party, as the portal lists them.
    fn keys(&self, party: &str) -> PathBuf {
        let path = self.path(&format!("{party}.jwks"));
        let portal = self.town.client(PORTAL);
        let answer = portal.get(&format!("/organisations/{party}/jwks.json"));
        std::fs::write(&path, answer.body).expect("a file");
        path
    }
}

/// What the libraries for credentials say.
fn credential(mut checker: Command, token: &Path, keys: &Path, shown: &[&str]) -> Json {
    Said::by(checker.args([token, keys]).args(shown)).json()
}

/// A file with one character of its middle changed.
fn damaged(path: &Path) -> PathBuf {
    let mut bytes = std::fs::read(path).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] = if bytes[middle] == b'A' { b'B' } else { b'A' };
    let damaged = path.with_extension("damaged");
    std::fs::write(&damaged, bytes).expect("a file");
    damaged
}

#[test]
fn what_leaves_the_network_is_checked_by_others_software() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let town = Town::found(folder.path(), &fixture("registers.deed"), &MEMBERS);
    let exports = Exports {
        town: &town,
        folder: folder.path(),
    };
    let entered = |key: &str, action: &str, args: [(&str, Json); 3]| {
        let asked = instruction(key, C, "registers", action, args);
        format!("{}-0-0", town.client(C).settle(&[asked]).remove(0))
    };
    // It has no terms: what is absent must not show.
    let licence = entered(
        "licence",
        "License",
        [
            ("holder", json!(A)),
            ("trade", json!("surgeon")),
            ("until", json!("2030-01-01")),
        ],
    );
    let notice = entered(
        "notice",
        "Notify",
        [
            ("about", json!(A)),
            ("words", json!("moved to Mill Lane")),
            ("clerk", json!("Mr Oak")),
        ],
    );
    until("the facts to reach their holder", LONG, || {
        let said = exports.export(A, &notice, "statement", "try.cose");
        (said.code == 0).then_some(())
    });

    credentials(&exports, &licence);
    statements(&exports, &notice);
    requests_that_are_refused(&exports, &licence, &notice);
}

fn credentials(exports: &Exports<'_>, licence: &str) {
    let keys = exports.keys(C);
    println!(
        "{}",
        exports
            .export(C, licence, "sd-jwt-vc", "licence.sdjwt")
            .done()
    );
    exports.export(C, licence, "vc-jwt", "licence.vc").done();
    exports
        .show(A, licence, "licence.sdjwt", "trade", "shown.sdjwt")
        .done();
    let check = |file: &str, shown: &[&str]| {
        jose().map(|jose| credential(jose, &exports.path(file), &keys, shown))
    };
    let Some(whole) = check("licence.sdjwt", &[]) else {
        return;
    };
    println!("{whole}");
    let claims = &whole["claims"];
    assert_eq!(whole["valid"], true, "{whole}");
    assert_eq!(
        (
            &claims["iss"],
            &claims["vct"],
            &claims["trade"],
            &claims["until"]
        ),
        (
            &json!("https://t-cedar.example"),
            &json!("https://registry.example/licence"),
            &json!("surgeon"),
            &json!("2030-01-01"),
        )
    );
    // The end of its last day, in London as elsewhere written in UTC.
    assert_eq!(claims["exp"], json!(1_893_542_400));
    assert_eq!(claims["pvn"]["fact"], json!(licence));

    let shown = check("shown.sdjwt", &[CLINIC, NONCE]).expect("as before");
    println!("{shown}");
    assert_eq!(shown["valid"], true, "{shown}");
    let told: Vec<&String> = shown["claims"]
        .as_object()
        .expect("claims")
        .keys()
        .collect();
    assert!(told.contains(&&"trade".to_owned()), "{told:?}");
    for hidden in ["holder", "terms", "until"] {
        assert!(!told.contains(&&hidden.to_owned()), "{told:?}");
    }
    let vc = check("licence.vc", &[]).expect("as before");
    println!("{vc}");
    assert_eq!(vc["valid"], true, "{vc}");
    assert_eq!(
        vc["claims"]["credentialSubject"],
        json!({ "holder": A, "trade": "surgeon", "until": "2030-01-01" })
    );

    let other_keys = exports.keys(A);
    let refused = [
        check("shown.sdjwt", &["https://elsewhere.example", NONCE]),
        check("shown.sdjwt", &[CLINIC, "another"]),
        check("licence.sdjwt", &[CLINIC, NONCE]),
        jose().map(|jose| credential(jose, &damaged(&exports.path("shown.sdjwt")), &keys, &[])),
        jose().map(|jose| credential(jose, &damaged(&exports.path("licence.vc")), &keys, &[])),
        jose().map(|jose| credential(jose, &exports.path("licence.vc"), &other_keys, &[])),
    ];
    for said in refused.into_iter().flatten() {
        assert_eq!(said["valid"], false, "{said}");
    }
}

fn statements(exports: &Exports<'_>, notice: &str) {
    let (issuer, notary) = (exports.keys(A), exports.keys(NOTARY));
    println!(
        "{}",
        exports.export(A, notice, "statement", "notice.cose").done()
    );
    let check = |file: &Path, issuer: &Path, notary: &Path| {
        scitt().map(|mut scitt| Said::by(scitt.args([file, issuer, notary])))
    };
    let file = exports.path("notice.cose");
    let Some(said) = check(&file, &issuer, &notary) else {
        return;
    };
    println!("{}", said.out);
    let found = said.json();
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(
        (&found["issuer"], &found["subject"], &found["notary"]),
        (&json!(A), &json!(notice), &json!(NOTARY))
    );
    assert_eq!(found["content_type"], "application/vnd.pvn.proof+cbor");
    for (file, issuer, notary) in [
        (&damaged(&file), &issuer, &notary),
        (&file, &notary, &notary),
        (&file, &issuer, &issuer),
    ] {
        let said = check(file, issuer, notary).expect("as before");
        assert_ne!(said.code, 0, "{said:?}");
    }
}

fn requests_that_are_refused(exports: &Exports<'_>, licence: &str, notice: &str) {
    let code = |at: &str, path: &str, request: &Json| {
        let client = exports.town.client(at);
        let answer = client.try_post(path, &request.to_string());
        let problem = answer.expect("an answer").read::<Problem>();
        json!(problem.code).as_str().expect("a code").to_owned()
    };
    let unknown = format!("{}-0-0", "ab".repeat(32));
    let export = |fact: &str, form: &str| json!({ "fact": fact, "form": form });
    let table = [
        (
            "no credential",
            C,
            export(notice, "sd-jwt-vc"),
            "not_issuable",
        ),
        (
            "by its holder",
            A,
            export(licence, "sd-jwt-vc"),
            "not_the_issuer",
        ),
        (
            "of no business of its",
            B,
            export(licence, "vc-jwt"),
            "not_found",
        ),
        ("unknown", C, export(&unknown, "vc-jwt"), "not_found"),
        (
            "no address",
            C,
            export("my licence", "vc-jwt"),
            "bad_argument",
        ),
        ("no form", C, export(licence, "pdf"), "malformed_request"),
        (
            "a credential in part",
            C,
            json!({ "fact": licence, "form": "sd-jwt-vc", "fields": ["trade"] }),
            "bad_argument",
        ),
        (
            "shown to nobody",
            A,
            export(licence, "statement"),
            "bad_argument",
        ),
    ];
    for (what, at, request, expected) in table {
        assert_eq!(code(at, "/v1/exports", &request), expected, "{what}");
    }
    let token = std::fs::read_to_string(exports.path("licence.sdjwt")).expect("a credential");
    let show = |credential: &str, fields: &[&str]| {
        json!({
            "fact": licence, "credential": credential, "fields": fields,
            "audience": CLINIC, "nonce": NONCE,
        })
    };
    let table = [
        ("not its holder", C, show(&token, &[]), "not_the_holder"),
        ("nobody's here", B, show(&token, &[]), "not_found"),
        (
            "a field that is absent",
            A,
            show(&token, &["terms"]),
            "bad_argument",
        ),
        ("no credential", A, show("nonsense", &[]), "bad_argument"),
    ];
    for (what, at, request, expected) in table {
        assert_eq!(
            code(at, "/v1/credentials/show", &request),
            expected,
            "{what}"
        );
    }
    // A licence that was withdrawn is issued no more.
    let mut revoke = instruction("revoke", C, "registers", "Revoke", []);
    revoke.consumes = vec![licence.to_owned()];
    exports.town.client(C).settle(&[revoke]);
    assert_eq!(
        code(C, "/v1/exports", &export(licence, "sd-jwt-vc")),
        "not_issuable"
    );
}
