//! Lines and their indentation: a line's clauses are the deeper lines under it.

use crate::limits::{INDENT_LEVELS_MAX, SOURCE_BYTES_MAX};

use super::characters;
use super::lexer;
use super::token::{Problem, Span, Tok, Token};

/// A source as lines of tokens, in its order.
#[derive(Debug, Default)]
pub(crate) struct Lines<'s> {
    /// Every line's tokens, with a break before each line.
    tokens: Vec<Token<'s>>,
    rows: Vec<Row>,
}

/// Where one line is.
#[derive(Debug)]
struct Row {
    indent: usize,
    span: Span,
    /// Its tokens.
    start: usize,
    end: usize,
    /// The row after the last one under it.
    next: usize,
    /// The lexer refused this line or one under it, and said so.
    broken: bool,
}

/// One line with the deeper lines under it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'t, 's> {
    of: &'t Lines<'s>,
    at: usize,
}

impl<'s> Lines<'s> {
    /// Splits a source into lines. Hostile characters end the reading: what follows can't be trusted.
    pub(crate) fn read(source: &'s str, problems: &mut Vec<Problem>) -> Self {
        let mut read = Self::default();
        if source.len() > SOURCE_BYTES_MAX {
            problems.push(Problem::new(
                Span::default(),
                format!("a contract has at most {SOURCE_BYTES_MAX} bytes"),
                format!("{} bytes", source.len()),
            ));
            return read;
        }
        if !characters::acceptable(source, problems) {
            return read;
        }
        read.tokens.reserve(source.len() / 5);
        let mut open = Open::default();
        let mut at = 0;
        for text in source.split('\n') {
            read.line(text, at, &mut open, problems);
            at += text.len() + 1;
        }
        read.close(&mut open, 0);
        read
    }

    fn line(&mut self, text: &'s str, at: usize, open: &mut Open, problems: &mut Vec<Problem>) {
        let before = self.tokens.len();
        let here = Span::new(at, at);
        self.tokens.push(Token {
            tok: Tok::Break,
            span: here,
        });
        let start = self.tokens.len();
        let broken = match lexer::tokens(text, at, &mut self.tokens) {
            Ok(()) => false,
            Err(problem) => {
                self.tokens.truncate(start);
                self.tokens.push(Token {
                    tok: Tok::End,
                    span: problem.span,
                });
                problems.push(problem);
                true
            }
        };
        let end = self.tokens.len();
        if start == end {
            return self.tokens.truncate(before);
        }
        let span = self.tokens[start].span.to(self.tokens[end - 1].span);
        self.tokens[before].span = Span::new(span.start, span.start);
        let indent = text.len() - text.trim_start_matches(' ').len();
        self.close(open, indent);
        if let Some(problem) = open.misplaced(indent, span) {
            problems.push(problem);
        }
        if open.rows.len() == INDENT_LEVELS_MAX {
            return self.tokens.truncate(before);
        }
        open.rows.push((self.rows.len(), None));
        self.rows.push(Row {
            indent,
            span,
            start,
            end,
            next: 0,
            broken,
        });
    }

    /// Ends every open line that is not above `indent`.
    fn close(&mut self, open: &mut Open, indent: usize) {
        while let Some((at, _)) = open.rows.pop_if(|(at, _)| self.rows[*at].indent >= indent) {
            self.rows[at].next = self.rows.len();
            if let Some((parent, _)) = open.rows.last() {
                self.rows[*parent].broken |= self.rows[at].broken;
            }
        }
    }

    fn among(&self, mut at: usize, end: usize) -> impl Iterator<Item = Line<'_, 's>> {
        std::iter::from_fn(move || {
            let line = (at < end).then_some(Line { of: self, at })?;
            at = self.rows[at].next;
            Some(line)
        })
    }

    /// The lines that stand under no other.
    pub(crate) fn roots(&self) -> impl Iterator<Item = Line<'_, 's>> {
        self.among(0, self.rows.len())
    }

    /// Whether nothing was read.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl<'t, 's> Line<'t, 's> {
    fn row(self) -> &'t Row {
        &self.of.rows[self.at]
    }

    pub(crate) fn indent(self) -> usize {
        self.row().indent
    }

    pub(crate) fn span(self) -> Span {
        self.row().span
    }

    pub(crate) fn broken(self) -> bool {
        self.row().broken
    }

    /// The tokens of this line alone.
    pub(crate) fn tokens(self) -> &'t [Token<'s>] {
        &self.of.tokens[self.row().start..self.row().end]
    }

    /// This line and all under it as one run of tokens, with a break before each further line.
    pub(crate) fn flat(self) -> &'t [Token<'s>] {
        let end = self.of.rows[self.row().next - 1].end;
        &self.of.tokens[self.row().start..end]
    }

    /// The lines right under this one.
    pub(crate) fn children(self) -> impl Iterator<Item = Line<'t, 's>> {
        self.of.among(self.at + 1, self.row().next)
    }
}

/// The lines above the next one, outermost first, each with the column at which the lines under it begin.
#[derive(Default)]
struct Open {
    rows: Vec<(usize, Option<usize>)>,
    roots: Option<usize>,
}

impl Open {
    /// What is wrong with the column of the next line, which stands under the innermost open one.
    fn misplaced(&mut self, indent: usize, span: Span) -> Option<Problem> {
        if self.rows.len() >= INDENT_LEVELS_MAX {
            let message = format!("lines are indented at most {} times", INDENT_LEVELS_MAX - 1);
            return Some(Problem::new(span, message, "one level too deep"));
        }
        let expected = match self.rows.last_mut() {
            Some((_, inside)) => *inside.get_or_insert(indent),
            None => *self.roots.get_or_insert(0),
        };
        (indent != expected).then(|| {
            Problem::new(
                span,
                "the line begins at another column than its neighbours",
                format!("{indent} spaces, where {expected} are expected"),
            )
            .help("lines that belong together begin at the same column".to_owned())
        })
    }
}
