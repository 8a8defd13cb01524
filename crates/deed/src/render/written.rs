//! Pieces of a text as the author wrote them: their lines, their comments, the law beside them.

use crate::outline::{Clause, Declaration, is_word};
use crate::syntax::{Lines, Span, Tok, Token};

/// Spaces before the lines that go on what began within a line.
const GOES_ON: usize = 2;

/// A clause or a part of one, without its law.
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) law: Option<String>,
}

/// The comments of a text, each with the place where it begins.
pub(super) struct Comments<'s> {
    source: &'s str,
    all: Vec<(usize, &'s str)>,
}

/// Everything from the first to the last of these tokens, in lines as written, moved to the left.
pub(super) fn lines(tokens: &[Token<'_>], source: &str) -> String {
    let mut tokens = tokens.iter().filter(|t| t.tok != Tok::Break);
    let Some(first) = tokens.next() else {
        return String::new();
    };
    let span = tokens
        .next_back()
        .map_or(first.span, |last| first.span.to(last.span));
    let text = source.get(span.start..span.end).unwrap_or_default();
    let before = source.get(..span.start).unwrap_or_default();
    let before = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let rest = || text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let (cut, put) = match before.trim().is_empty() {
        true => (before.len(), 0),
        false => (rest().map(indent).min().unwrap_or(0), GOES_ON),
    };
    let mut out = text.lines().next().unwrap_or_default().to_owned();
    for line in rest() {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', put));
        out.push_str(line.get(cut.min(indent(line))..).unwrap_or_default());
    }
    out
}

/// The tokens before a law at the end, and the law.
pub(super) fn law<'t, 's>(tokens: &'t [Token<'s>]) -> (&'t [Token<'s>], Option<String>) {
    let words = |t: &Token<'_>| matches!(t.tok, Tok::Text(_) | Tok::Break);
    let Some(at) = tokens.iter().rposition(|t| is_word(t, "law")) else {
        return (tokens, None);
    };
    let (before, cited) = (&tokens[..at], &tokens[at + 1..]);
    match cited.iter().all(words) {
        true => (before, Some(texts(cited))),
        false => (tokens, None),
    }
}

/// The texts among tokens.
pub(super) fn texts(tokens: &[Token<'_>]) -> String {
    let texts = tokens.iter().filter_map(|t| match &t.tok {
        Tok::Text(text) => Some(*text),
        _ => None,
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// A run of tokens as a piece.
pub(super) fn piece(tokens: &[Token<'_>], source: &str) -> Piece {
    let (said, law) = law(tokens);
    Piece {
        text: lines(said, source),
        law,
    }
}

/// A clause without the word or words that it begins with; then each exception under it.
pub(super) fn pieces(clause: &Clause<'_>, skip: usize, source: &str) -> Vec<Piece> {
    let tokens = clause.tokens.get(skip..).unwrap_or_default();
    let mut out = Vec::new();
    let mut from = 0;
    let starts = (1..tokens.len()).filter(|i| is_word(&tokens[*i], "exception"));
    for to in starts.chain([tokens.len()]) {
        out.push(piece(&tokens[from..to], source));
        from = to;
    }
    out
}

impl<'s> Comments<'s> {
    /// The comments of a text.
    pub(super) fn of(source: &'s str) -> Self {
        let lines = Lines::read(source, &mut Vec::new());
        let mut ends = Vec::new();
        for root in lines.roots() {
            ends.extend(root.flat().iter().map(|t| t.span.end));
        }
        let mut all = Vec::new();
        let mut at = 0;
        for line in source.split('\n') {
            let end = at + line.len();
            let behind = ends.partition_point(|e| *e <= end);
            let behind = behind.checked_sub(1).and_then(|i| ends.get(i));
            let behind = behind.map_or(at, |e| (*e).max(at));
            let rest = source.get(behind..end).unwrap_or_default();
            if let Some(mark) = rest.find('#') {
                let said = rest[mark..].trim_start_matches('#').trim();
                all.push((behind + mark, said));
            }
            at = end + 1;
        }
        Self { source, all }
    }

    /// The comments that begin between two places.
    pub(super) fn between(&self, from: usize, to: usize) -> impl Iterator<Item = &'s str> {
        let all = self.all.iter();
        all.filter(move |(at, _)| (from..to).contains(at))
            .map(|(_, said)| *said)
    }

    /// The end of the line in which a place is.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let rest = self.source.get(at..).unwrap_or_default();
        rest.find('\n').map_or(self.source.len(), |end| at + end)
    }

    /// Where what belongs to a declaration begins and ends: the comments above it at the margin, and those further in below it.
    pub(super) fn zone(&self, declarations: &[Declaration<'_>], number: usize) -> Span {
        let begins = |number: usize| {
            let start = declarations.get(number).map(Declaration::start);
            let before = number.checked_sub(1).and_then(|i| declarations.get(i));
            let above = before.map_or(0, |d| self.line_end(d.end()));
            let at_margin = |at: &&(usize, &str)| {
                let margin = at.0 == 0 || self.source.as_bytes().get(at.0 - 1) == Some(&b'\n');
                at.0 >= above && margin
            };
            let comment = self.all.iter().find(at_margin).map(|(at, _)| *at);
            let start = start.unwrap_or(self.source.len());
            comment.map_or(start, |comment| comment.min(start))
        };
        let end = match number + 1 < declarations.len() {
            true => begins(number + 1),
            false => self.source.len(),
        };
        Span::new(if number == 0 { 0 } else { begins(number) }, end)
    }
}
