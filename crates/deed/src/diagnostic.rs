//! Errors in a contract's text, shown where they are.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::limits::DIAGNOSTICS_MAX;
use crate::syntax::Problem;

/// One error at one place of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong.
    pub message: String,
    /// What stands at the place.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The place, in bytes of the source.
    pub span: Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Diagnostic {
    pub(crate) fn new(source: &str, problem: Problem) -> Self {
        let floor = |at: usize| source.floor_char_boundary(at.min(source.len()));
        let span = floor(problem.span.start)..floor(problem.span.end.max(problem.span.start));
        let before = &source[..span.start];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Self {
            message: problem.message,
            label: problem.label,
            help: problem.help,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            span,
        }
    }
}

/// The contract was refused at load, with every error found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    origin: &'static str,
    source: String,
    diagnostics: Vec<Diagnostic>,
}

impl LoadError {
    /// Puts problems in the order of the text, the first of each place, up to the limit.
    pub(crate) fn new(origin: &'static str, source: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|p| (p.span.start, p.span.end));
        problems.dedup_by(|a, b| a.span == b.span && a.message == b.message);
        problems.truncate(DIAGNOSTICS_MAX);
        let diagnostics = problems
            .into_iter()
            .map(|p| Diagnostic::new(source, p))
            .collect();
        Self {
            origin,
            source: source.to_owned(),
            diagnostics,
        }
    }

    /// The report for a text that was read from `path`.
    #[must_use]
    pub fn render(&self, path: &str) -> String {
        reports(&Level::ERROR, &self.diagnostics, &self.source, path)
    }

    /// The errors in the order of the text; never empty.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

/// The report of warnings about a text.
pub(crate) fn render_warnings(diagnostics: &[Diagnostic], source: &str, path: &str) -> String {
    reports(&Level::WARNING, diagnostics, source, path)
}

/// Each message with the source line and a caret under its place.
fn reports(level: &Level<'_>, diagnostics: &[Diagnostic], source: &str, path: &str) -> String {
    let renderer = Renderer::plain();
    let report = |d: &Diagnostic| {
        let place = AnnotationKind::Primary
            .span(d.span.clone())
            .label(d.label.as_str());
        let snippet = Snippet::source(source).path(path).annotation(place);
        let mut group = level
            .clone()
            .primary_title(d.message.as_str())
            .element(snippet);
        if let Some(help) = &d.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    };
    let reports: Vec<String> = diagnostics.iter().map(report).collect();
    reports.join("\n\n")
}

impl std::error::Error for LoadError {}

/// A report with the source line and a caret under each place.
impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(self.origin))
    }
}
