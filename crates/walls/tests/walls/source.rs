//! A Rust file as the walls see it: production apart from tests, and what production code names and calls.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::OnceLock;

use proc_macro2::{Group, LexError, TokenStream, TokenTree};

use crate::tokens;

/// One Rust file.
pub(crate) struct Source {
    /// Relative to the repository's root.
    pub(crate) path: String,
    /// The text as it stands.
    pub(crate) text: String,
    code: OnceLock<Code>,
}

/// What is compiled outside tests.
#[derive(Default)]
pub(crate) struct Code {
    /// Every path that it names; `use` trees are spelled out.
    pub(crate) paths: Vec<Named>,
    /// Every method that it calls.
    pub(crate) calls: Vec<Call>,
    /// Every macro that it calls, with its line.
    pub(crate) macros: Vec<(usize, String)>,
    /// Every identifier, with its line.
    pub(crate) identifiers: Vec<(usize, String)>,
    /// Every word that is used, comments and `use` apart.
    pub(crate) words: Vec<String>,
    /// What stands between the quotes of every text, with its line.
    pub(crate) texts: Vec<(usize, String)>,
    all_is_test: bool,
    test_lines: Vec<RangeInclusive<usize>>,
    test_modules: Vec<String>,
}

/// A path that code names, such as `std::fs::read`.
pub(crate) struct Named {
    /// Line in the file, from 1.
    pub(crate) line: usize,
    /// The path's segments.
    pub(crate) segments: Vec<String>,
}

/// A method call.
pub(crate) struct Call {
    /// Line in the file, from 1.
    pub(crate) line: usize,
    /// The method's name.
    pub(crate) method: String,
    /// How many arguments it is given.
    pub(crate) arguments: usize,
}

impl Named {
    /// Whether the path starts with these segments.
    pub(crate) fn starts_with(&self, prefix: &str) -> bool {
        let prefix: Vec<&str> = prefix.split("::").collect();
        self.segments.len() >= prefix.len() && self.segments.iter().zip(prefix).all(|(a, b)| a == b)
    }

    /// The path as it is written.
    pub(crate) fn text(&self) -> String {
        self.segments.join("::")
    }
}

impl Source {
    /// A file of this path and text.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: OnceLock::new(),
        }
    }

    /// The file's production code, read when it is first asked for.
    #[track_caller]
    pub(crate) fn code(&self) -> &Code {
        self.code.get_or_init(|| {
            Code::read(&self.text)
                .unwrap_or_else(|error| panic!("{} is not Rust: {error}", self.path))
        })
    }

    /// Whether the whole file is a test.
    pub(crate) fn is_test(&self) -> bool {
        self.has_tests() && self.code().all_is_test
    }

    /// Production lines with their numbers, comments included.
    pub(crate) fn production_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = if self.has_tests() {
            self.code().test_lines.as_slice()
        } else {
            &[]
        };
        let is_test = |line: usize| tests.iter().any(|range| range.contains(&line));
        (1..)
            .zip(self.text.lines())
            .filter(move |(line, _)| !is_test(*line))
    }

    /// Where `#[cfg(test)] mod x;` says that tests are: paths without `.rs`, relative to the repository's root.
    pub(crate) fn test_files(&self) -> Vec<String> {
        let own = match self.path.rsplit_once('/') {
            Some((folder, "lib.rs" | "main.rs" | "mod.rs")) => folder,
            _ => self.path.trim_end_matches(".rs"),
        };
        let modules: &[String] = if self.has_tests() {
            &self.code().test_modules
        } else {
            &[]
        };
        modules
            .iter()
            .map(|module| format!("{own}/{module}"))
            .collect()
    }

    fn has_tests(&self) -> bool {
        self.text.contains("(test") || self.text.contains("[test]")
    }
}

impl Code {
    fn read(text: &str) -> Result<Self, LexError> {
        let stream = TokenStream::from_str(text)?;
        let mut code = Self::default();
        let production = code.without_tests(stream);
        tokens::paths(&production, &mut code.paths);
        tokens::calls(&production, &mut code.calls);
        tokens::macros(&production, &mut code.macros);
        tokens::identifiers(&production, &mut code.identifiers);
        tokens::words(&production, &mut code.words);
        tokens::texts(&production, &mut code.texts);
        Ok(code)
    }

    /// The tokens that are compiled outside tests; remembers where the others stand.
    fn without_tests(&mut self, stream: TokenStream) -> Vec<TokenTree> {
        let all: Vec<TokenTree> = stream.into_iter().collect();
        let mut kept = Vec::new();
        let mut next = 0;
        while let Some(token) = all.get(next) {
            self.all_is_test |=
                tokens::inner_attribute(&all[next..]).is_some_and(tokens::is_for_tests);
            if tokens::attribute(&all[next..]).is_some_and(tokens::is_for_tests) {
                let end = tokens::item_end(&all, next);
                self.leave_out(&all[next..end]);
                next = end;
                continue;
            }
            kept.push(match token {
                TokenTree::Group(group) => {
                    let inner = self.without_tests(group.stream()).into_iter().collect();
                    Group::new(group.delimiter(), inner).into()
                }
                token => token.clone(),
            });
            next += 1;
        }
        kept
    }

    fn leave_out(&mut self, item: &[TokenTree]) {
        let (Some(first), Some(last)) = (item.first(), item.last()) else {
            return;
        };
        self.test_lines
            .push(first.span().start().line..=last.span().end().line);
        let module = item
            .windows(2)
            .find(|pair| tokens::is_word(&pair[0], "mod"));
        if let (true, Some([_, TokenTree::Ident(name)])) = (tokens::is_sign(last, ';'), module) {
            self.test_modules.push(name.to_string());
        }
    }
}

#[test]
fn tests_are_told_apart_from_production() {
    let text = "\
fn a() {}
#[cfg(test)]
mod tests {
    fn b() {}
}
struct S {
    kept: u8,
    #[cfg(all(test, unix))]
    only_in_tests: u8,
    also_kept: u8,
}
#[cfg(not(test))]
fn c() {}
#[cfg(test)]
#[allow(dead_code)]
mod elsewhere;
";
    let source = Source::new("crates/x/src/room.rs", text);
    let lines: Vec<usize> = source.production_lines().map(|(line, _)| line).collect();
    assert_eq!(lines, [1, 6, 7, 10, 11, 12, 13]);
    assert_eq!(source.test_files(), ["crates/x/src/room/elsewhere"]);
    assert!(!source.is_test());
    assert!(Source::new("a.rs", "#![cfg(test)]\nfn a() {}").is_test());
}
