//! Errors in a contract's text, shown where they are.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

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

/// The contract was refused at load, with every error found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    source: String,
    diagnostics: Vec<Diagnostic>,
}

impl LoadError {
    /// The errors in the order of the text; never empty.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

impl std::error::Error for LoadError {}

/// A report with the source line and a caret under each place.
impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let renderer = Renderer::plain();
        for (i, d) in self.diagnostics.iter().enumerate() {
            let snippet = Snippet::source(self.source.as_str())
                .path("contract")
                .annotation(
                    AnnotationKind::Primary
                        .span(d.span.clone())
                        .label(d.label.as_str()),
                );
            let mut group = Level::ERROR
                .primary_title(d.message.as_str())
                .element(snippet);
            if let Some(help) = &d.help {
                group = group.element(Level::HELP.message(help.as_str()));
            }
            write!(
                f,
                "{}{}",
                if i == 0 { "" } else { "\n\n" },
                renderer.render(&[group])
            )?;
        }
        Ok(())
    }
}
