//! Lines and their indentation: a line's clauses are the deeper lines under it.

use crate::hostile::{self, Hostile};
use crate::limits::{INDENT_LEVELS_MAX, SOURCE_BYTES_MAX};

use super::lexer;
use super::token::{Problem, Span, Tok, Token};

/// One line with the deeper lines under it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) indent: usize,
    pub(crate) tokens: Vec<Token>,
    pub(crate) children: Vec<Line>,
    pub(crate) span: Span,
    /// The lexer refused this line or one under it, and said so.
    pub(crate) broken: bool,
}

impl Line {
    /// This line and all under it as one run of tokens, with a break before each further line.
    pub(crate) fn flat(&self) -> Vec<Token> {
        let mut out = self.tokens.clone();
        for child in &self.children {
            out.push(Token {
                tok: Tok::Break,
                span: Span::new(child.span.start, child.span.start),
            });
            out.append(&mut child.flat());
        }
        out
    }
}

/// Splits a source into a tree of lines. Hostile characters end the reading: what follows can't be trusted.
pub(crate) fn lines(source: &str, problems: &mut Vec<Problem>) -> Vec<Line> {
    if !acceptable(source, problems) {
        return Vec::new();
    }
    let mut stack: Vec<Line> = Vec::new();
    let mut roots = Vec::new();
    let mut at = 0;
    for text in source.split('\n') {
        let start = at;
        at += text.len() + 1;
        let indent = text.len() - text.trim_start_matches(' ').len();
        let (tokens, broken) = match lexer::tokens(text, start) {
            Ok(tokens) => (tokens, false),
            Err(problem) => {
                let unread = Token {
                    tok: Tok::End,
                    span: problem.span,
                };
                problems.push(problem);
                (vec![unread], true)
            }
        };
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
            continue;
        };
        let span = first.span.to(last.span);
        let line = Line {
            indent,
            tokens,
            children: Vec::new(),
            span,
            broken,
        };
        close(&mut stack, &mut roots, indent);
        if let Some(problem) = misplaced(&line, &stack, &roots) {
            problems.push(problem);
        }
        if stack.len() < INDENT_LEVELS_MAX {
            stack.push(line);
        }
    }
    close(&mut stack, &mut roots, 0);
    roots
}

/// Ends every open line that is not above `indent`.
fn close(stack: &mut Vec<Line>, roots: &mut Vec<Line>, indent: usize) {
    while stack.last().is_some_and(|line| line.indent >= indent) {
        if let Some(done) = stack.pop() {
            match stack.last_mut() {
                Some(parent) => {
                    parent.broken |= done.broken;
                    parent.children.push(done);
                }
                None => roots.push(done),
            }
        }
    }
}

fn misplaced(line: &Line, stack: &[Line], roots: &[Line]) -> Option<Problem> {
    if stack.len() >= INDENT_LEVELS_MAX {
        let message = format!("lines are indented at most {} times", INDENT_LEVELS_MAX - 1);
        return Some(Problem::new(line.span, message, "one level too deep"));
    }
    let siblings = stack
        .last()
        .map_or(roots, |parent| parent.children.as_slice());
    let expected = match (siblings.first(), stack.last()) {
        (Some(sibling), _) => sibling.indent,
        (None, None) => 0,
        (None, Some(_)) => line.indent,
    };
    (line.indent != expected).then(|| {
        Problem::new(
            line.span,
            "the line begins at another column than its neighbours",
            format!("{} spaces, where {expected} are expected", line.indent),
        )
        .help("lines that belong together begin at the same column".to_owned())
    })
}

fn acceptable(source: &str, problems: &mut Vec<Problem>) -> bool {
    if source.len() > SOURCE_BYTES_MAX {
        problems.push(Problem::new(
            Span::default(),
            format!("a contract has at most {SOURCE_BYTES_MAX} bytes"),
            format!("{} bytes", source.len()),
        ));
        return false;
    }
    let before = problems.len();
    for (at, c) in source.char_indices() {
        let found = match c {
            '\n' => None,
            '\t' => Some((Hostile::Control, "use spaces instead of a tab")),
            '\r' => Some((Hostile::Control, "end lines with a line feed alone")),
            c if hostile::odd_space(c) => Some((Hostile::OddSpace, "use an ordinary space")),
            c => hostile::character(c).map(|h| (h, "remove it")),
        };
        if let Some((hostile, help)) = found {
            let span = Span::new(at, at + c.len_utf8());
            let label = format!("U+{:04X}", u32::from(c));
            problems.push(
                Problem::new(span, format!("the text holds {}", hostile.explain()), label)
                    .help(help.to_owned()),
            );
        }
    }
    if let Some(word) = hostile::mixed_script_word(source) {
        let span = Span::new(word.start, word.end);
        let message = format!("the text holds {}", Hostile::MixedScript.explain());
        problems.push(Problem::new(span, message, "this word"));
    }
    if !hostile::is_nfc(source) {
        let at = first_not_nfc(source);
        let message = format!("the text holds {}", Hostile::NotNfc.explain());
        problems.push(
            Problem::new(at, message, "in this line").help("save the file in NFC".to_owned()),
        );
    }
    problems.len() == before
}

fn first_not_nfc(source: &str) -> Span {
    let mut at = 0;
    for line in source.split('\n') {
        if !hostile::is_nfc(line) {
            return Span::new(at, at + line.len());
        }
        at += line.len() + 1;
    }
    Span::new(0, source.len())
}
