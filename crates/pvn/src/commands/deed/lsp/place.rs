//! Places as editors count them: lines, and UTF-16 units within a line (LSP 3.17, `Position`).

use tower_lsp_server::ls_types::{Position, Range};

/// The byte of the text at a position; the end of the line, or of the text, for what is beyond it.
pub(super) fn offset(text: &str, at: Position) -> usize {
    let mut start = 0;
    for _ in 0..at.line {
        match text[start..].find('\n') {
            Some(end) => start += end + 1,
            None => return text.len(),
        }
    }
    let line = text[start..].split('\n').next().unwrap_or_default();
    let mut units = 0;
    for (i, c) in line.char_indices() {
        if units >= at.character {
            return start + i;
        }
        units += u32::try_from(c.len_utf16()).unwrap_or(1);
    }
    start + line.len()
}

/// The position of a byte of the text.
pub(super) fn position(text: &str, at: usize) -> Position {
    let before = &text[..text.floor_char_boundary(at)];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let units = before[line_start..].chars().map(char::len_utf16).sum();
    Position::new(number(before.matches('\n').count()), number(units))
}

/// The range of a span of bytes.
pub(super) fn whole(text: &str, span: std::ops::Range<usize>) -> Range {
    Range::new(position(text, span.start), position(text, span.end))
}

#[test]
fn places_are_counted_in_utf_16_units() {
    let text = "a\n  £€ 𝄞x\n";
    let table = [
        ((0, 1), 1),
        ((1, 3), 6),
        ((1, 5), 10),
        ((1, 7), 14),
        ((1, 99), 15),
        ((9, 0), 16),
    ];
    for ((line, character), byte) in table {
        assert_eq!(offset(text, Position::new(line, character)), byte);
    }
    assert_eq!(position(text, 14), Position::new(1, 7));
    assert_eq!(position(text, 16), Position::new(2, 0));
}
