//! The lines of a text, each with its depth, its code and its comment.

use crate::syntax::{Line, Lines, Token};

use super::space::spaced;

/// One line to print.
pub(super) struct Row<'s> {
    pub(super) depth: usize,
    /// Empty for a line that is only a comment.
    pub(super) tokens: &'s [Token<'s>],
    pub(super) code: String,
    pub(super) comment: Option<&'s str>,
    pub(super) blank_before: bool,
    pub(super) source: &'s str,
}

impl Row<'_> {
    pub(super) fn is_code(&self) -> bool {
        !self.tokens.is_empty()
    }
}

/// A line of code with its depth, and its indentation as written.
struct Placed<'s> {
    start: usize,
    indent: usize,
    depth: usize,
    tokens: &'s [Token<'s>],
}

fn place<'s>(line: Line<'s, 's>, depth: usize, out: &mut Vec<Placed<'s>>) {
    out.push(Placed {
        start: line.span().start,
        indent: line.indent(),
        depth,
        tokens: line.tokens(),
    });
    for child in line.children() {
        place(child, depth + 1, out);
    }
}

/// Reads a text without errors of form into rows, in its own order.
pub(super) fn rows<'s>(source: &'s str, lines: &'s Lines<'s>) -> Vec<Row<'s>> {
    let mut placed = Vec::new();
    for line in lines.roots() {
        place(line, 0, &mut placed);
    }
    let mut rows = Vec::new();
    let (mut next, mut at, mut blank) = (0, 0, false);
    for text in source.split('\n') {
        let (start, end) = (at, at + text.len());
        at = end + 1;
        let indent = text.len() - text.trim_start_matches(' ').len();
        let here = placed.get(next).filter(|line| line.start < end.max(1));
        let (depth, tokens) = match here {
            Some(line) => {
                next += 1;
                (line.depth, line.tokens)
            }
            None => (comment_depth(&placed, next, indent), [].as_slice()),
        };
        let behind = tokens.last().map_or(start, |t| t.span.end);
        let comment = source[behind..end].trim();
        if tokens.is_empty() && comment.is_empty() {
            blank = true;
            continue;
        }
        // Nothing stands between a line and the first one under it.
        let is_child = rows.last().is_some_and(|row: &Row<'_>| row.depth < depth);
        rows.push(Row {
            depth,
            code: spaced(tokens, source, None),
            tokens,
            comment: (!comment.is_empty()).then_some(comment),
            blank_before: std::mem::take(&mut blank) && !is_child,
            source,
        });
    }
    rows
}

/// A comment belongs to the code that follows, or, when it is written further in than that, to the block that ends above it.
fn comment_depth(placed: &[Placed<'_>], next: usize, indent: usize) -> usize {
    let following = placed.get(next).map_or(0, |line| line.depth);
    let mut depth = following;
    // The lines that are open above the comment, innermost first.
    let mut inner = usize::MAX;
    for line in placed[..next].iter().rev() {
        if line.depth >= inner {
            continue;
        }
        inner = line.depth;
        if line.depth >= following && line.indent <= indent {
            depth = depth.max(line.depth);
        }
        if line.depth <= following {
            break;
        }
    }
    depth
}

/// A declaration of several lines has a blank line before and after it, comments that belong to it included.
pub(super) fn separate_declarations(rows: &mut [Row<'_>]) {
    let mut last_had_lines = false;
    for i in 0..rows.len() {
        if rows[i].depth > 0 {
            last_had_lines |= rows[i].is_code();
            continue;
        }
        if !rows[i].is_code() {
            continue;
        }
        let has_lines = rows[i + 1..]
            .iter()
            .take_while(|row| row.depth > 0)
            .any(Row::is_code);
        if last_had_lines || has_lines {
            let mut first = i;
            while first > 0
                && !rows[first].blank_before
                && !rows[first - 1].is_code()
                && rows[first - 1].depth == 0
            {
                first -= 1;
            }
            rows[first].blank_before = true;
        }
        last_had_lines = false;
    }
}
