//! Texts that mean to deceive or to exhaust.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a wait is measured by the clock"
)]

use std::time::{Duration, Instant};

use deed::{Contract, limits};

use crate::fixtures::CASH;

/// Every error of a source as `line:column message (label)`.
fn errors(source: &str) -> Vec<String> {
    let error = Contract::load(source).expect_err("hostile text was accepted");
    let show =
        |d: &deed::Diagnostic| format!("{}:{} {} ({})", d.line, d.column, d.message, d.label);
    error.diagnostics().iter().map(show).collect()
}

#[test]
fn deceiving_characters_are_refused_wherever_they_stand() {
    let cases = [
        ("right-to-left override", "owner", "own\u{202E}er"),
        ("isolate", "who pays", "who \u{2066}pays"),
        ("zero-width space in a name", "payer ", "pay\u{200B}er "),
        (
            "zero-width joiner in a text",
            "who pays",
            "who\u{200D} pays",
        ),
        (
            "soft hyphen in a comment",
            "contract cash version 1",
            "contract cash version 1 # so\u{AD}ft",
        ),
        ("byte order mark", "contract cash", "\u{FEFF}contract cash"),
        ("tag character", "who pays", "who pays\u{E0041}"),
        ("variation selector", "who pays", "who pays\u{FE0F}"),
        ("no-break space", "who pays", "who\u{A0}pays"),
        (
            "tab",
            "  amount: money GBP\n  issuer",
            "\tamount: money GBP\n  issuer",
        ),
        (
            "carriage return",
            "party central_bank",
            "\r\nparty central_bank",
        ),
        ("null", "who pays", "who\0pays"),
        ("decomposed letter", "who pays", "cafe\u{301}"),
        ("Cyrillic letter in a name", "payer:", "p\u{430}yer:"),
        ("Greek letter in a text", "who pays", "wh\u{3BF} pays"),
        ("name all in Cyrillic", "payer:", "\u{440}\u{430}\u{443}:"),
        ("fullwidth letters", "who pays", "\u{FF50}\u{FF41}ys"),
        (
            "lookalike name",
            "  payee:  party      \"who is paid\"",
            "  payerl: party\n  payer1: party",
        ),
        ("curly quotes", "\"who pays\"", "\u{201C}who pays\u{201D}"),
    ];
    let mut out = Vec::new();
    for (what, from, to) in cases {
        let source = CASH.replacen(from, to, 1);
        assert_ne!(source, CASH, "{what}");
        out.push(format!("{what}: {}", errors(&source).join(" | ")));
    }
    insta::assert_snapshot!(out.join("\n"));
}

#[test]
fn foreign_names_and_accents_in_texts_are_welcome() {
    for text in [
        "Café Königsberg",
        "Ελληνικά",
        "Владимир",
        "北京",
        "Żółw",
        "naïve — “quoted”",
    ] {
        let source = CASH.replacen("who pays", text, 1);
        assert!(Contract::load(&source).is_ok(), "{text}");
    }
}

fn with_rule(condition: &str) -> String {
    CASH.replacen("payer != payee", condition, 1)
}

#[test]
fn deep_and_huge_texts_end_quickly_with_an_error() {
    let deep = 100_000;
    let nested_lines: String = (0..60).map(|i| format!("{}x\n", " ".repeat(i))).collect();
    let cases = [
        (
            "parentheses",
            with_rule(&format!("{}1{}", "(".repeat(deep), ")".repeat(deep))),
        ),
        ("negations", with_rule(&"not ".repeat(deep / 4))),
        (
            "minus signs",
            with_rule(&format!("{}1 = 1", "-".repeat(deep))),
        ),
        ("brackets", with_rule(&"[".repeat(deep))),
        (
            "a chain of `and`",
            with_rule(&format!("true{}", " and true".repeat(deep / 10))),
        ),
        (
            "a chain of fields",
            with_rule(&format!("payer{} = payee", ".x".repeat(deep / 2))),
        ),
        ("quantifiers", with_rule(&"every x in [1]: ".repeat(5000))),
        (
            "alternatives",
            with_rule(&"if true then true else ".repeat(5000)),
        ),
        (
            "types",
            CASH.replacen(
                "owner:  party",
                &format!("owner: {}party", "list of ".repeat(20_000)),
                1,
            ),
        ),
        ("indentation", format!("{CASH}{nested_lines}")),
        ("a long name", with_rule(&"x".repeat(deep))),
        (
            "a long text",
            CASH.replacen("who pays", &"x".repeat(deep), 1),
        ),
        (
            "a huge number",
            with_rule(&format!("{} = 1", "9".repeat(deep))),
        ),
        (
            "a huge amount",
            with_rule(&format!("amount < £{}", "9".repeat(deep))),
        ),
        (
            "many declarations",
            format!("{CASH}{}", "action A\n".repeat(20_000)),
        ),
        (
            "many lines",
            CASH.replacen(
                "  signed by payer\n",
                &"  signed by payer\n".repeat(10_000),
                1,
            ),
        ),
        ("too long", CASH.repeat(400)),
        ("open texts", "\"".repeat(deep)),
        ("nothing", String::new()),
        ("only comments", "# nothing\n".repeat(10)),
    ];
    let mut out = Vec::new();
    for (what, source) in cases {
        let start = Instant::now();
        let errors = errors(&source);
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{what} took {:?}",
            start.elapsed()
        );
        assert!(
            errors.len() <= limits::DIAGNOSTICS_MAX,
            "{what}: {} errors",
            errors.len()
        );
        let first: String = errors[0].chars().take(160).collect();
        out.push(format!("{what}: {first}"));
    }
    insta::assert_snapshot!(out.join("\n"));
}

#[test]
fn the_report_never_repeats_hidden_characters() {
    let source = CASH.replacen("who pays", "who\u{202E} pays", 1);
    let report = Contract::load(&source).unwrap_err().to_string();
    assert_eq!(report.chars().find(|c| *c == '\u{202E}'), None);
}
