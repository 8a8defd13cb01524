//! What is committed is finished, and production code doesn't crash on what it didn't expect.

use crate::breach::Wall;
use crate::repository;
use crate::source::Source;

const FINISHED: Wall = Wall {
    reason: "A marker in the code is a promise that nobody tracks.",
    remedy: "Do it now, or write it into an issue and leave the code complete for what it does today.",
};

const NO_CRASH: Wall = Wall {
    reason: "A node that crashes on an unforeseen value can be crashed by whoever sends it. Every refusal has a code.",
    remedy: "Return an error that names what was expected and what came. Where a crash is truly impossible, restructure \
             so that the compiler sees it; as a last resort add the file to MAY_EXPECT with the reason.",
};

/// Words that mark something unfinished, in any Rust of the repository. Put together here, so that this file has none.
const MARKERS: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("HACK", ":"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
];

/// Production files that may `expect`, each with the reason why the failure can't happen.
const MAY_EXPECT: [(&str, &str); 0] = [];

fn unfinished(source: &Source) -> Vec<String> {
    let marker = |line: &str| MARKERS.into_iter().find(|marker| line.contains(marker));
    let lines = (1..).zip(source.text.lines());
    lines
        .filter_map(|(n, line): (usize, _)| {
            marker(line).map(|m| format!("{}:{n}: {m}", source.path))
        })
        .collect()
}

/// `.unwrap()`, `.expect("…")` and their like, and the functions themselves given away as `Option::unwrap`.
fn crashes(source: &Source) -> Vec<String> {
    let may_expect = MAY_EXPECT.iter().any(|(path, _)| *path == source.path);
    let at = |line: usize, what: &str| format!("{}:{line}: {what}", source.path);
    let calls = source.code().calls.iter().filter_map(|call| {
        let crashes = match call.method.as_str() {
            "unwrap" | "unwrap_err" => call.arguments == 0,
            // A parser's own `expect(token, context)` is something else.
            "expect" | "expect_err" => !may_expect && call.arguments == 1,
            _ => false,
        };
        crashes.then(|| at(call.line, &format!(".{}()", call.method)))
    });
    let given_away = source.code().paths.iter().filter_map(|path| {
        let last = path.segments.last()?;
        ["unwrap", "expect"]
            .contains(&last.as_str())
            .then(|| at(path.line, &path.text()))
    });
    let macros = source.code().macros.iter();
    let macros = macros
        .filter(|(_, name)| ["panic", "unreachable"].contains(&name.as_str()))
        .map(|(line, name)| at(*line, &format!("{name}!")));
    calls.chain(given_away).chain(macros).collect()
}

#[test]
fn nothing_is_left_for_later() {
    FINISHED.stands(
        &repository::rust()
            .iter()
            .flat_map(unfinished)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn production_code_never_unwraps() {
    NO_CRASH.stands(
        &repository::production()
            .flat_map(crashes)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_exception_is_still_needed() {
    let unneeded: Vec<String> = MAY_EXPECT
        .iter()
        .filter(|(path, _)| !repository::production().any(|source| source.path == *path))
        .map(|(path, reason)| format!("{path} ({reason}) is not there"))
        .collect();
    NO_CRASH.stands(&unneeded);
}

#[test]
fn a_marker_is_seen() {
    let planted = format!("fn f() {{ {}) }} // {} later\n", MARKERS[3], MARKERS[0]);
    assert_eq!(
        unfinished(&Source::new("a.rs", &planted)),
        [format!("a.rs:1: {}", MARKERS[0])]
    );
}

#[test]
fn a_crash_is_seen_in_code_but_not_in_tests_documents_or_a_parsers_own_words() {
    let planted = "\
/// ```
/// a.unwrap();
/// ```
fn f() {
    a.unwrap_or(b).unwrap();
    parser.expect(token, context);
    assert!(a.expect(\"reason\"));
    b.map(Option::unwrap);
    panic!(\"no\");
}
#[cfg(test)]
mod tests {
    fn f() { a.unwrap(); }
}
";
    assert_eq!(
        crashes(&Source::new("a.rs", planted)),
        [
            "a.rs:5: .unwrap()",
            "a.rs:7: .expect()",
            "a.rs:8: Option::unwrap",
            "a.rs:9: panic!"
        ]
    );
}
