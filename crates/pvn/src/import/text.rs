//! Published text as the ledger can carry it.

use unicode_normalization::UnicodeNormalization;

use super::limits::SHOWN_CHARS_MAX;

/// One line of text: Unicode NFC, with every run of blanks, control characters and invisible
/// formatting characters (which can make one name look like another) turned into one blank.
pub(super) fn clean(published: &str) -> String {
    if is_clean(published.as_bytes()) {
        return published.to_owned();
    }
    let mut text = String::with_capacity(published.len());
    let mut gap = false;
    for c in published.nfc() {
        if is_gap(c) {
            gap = true;
            continue;
        }
        if gap && !text.is_empty() {
            text.push(' ');
        }
        gap = false;
        text.push(c);
    }
    text
}

/// Most cells are short ASCII texts that need nothing done.
fn is_clean(bytes: &[u8]) -> bool {
    let blank = |at: usize| bytes.get(at).is_none_or(|byte| *byte == b' ');
    let plain = |(at, byte): (usize, &u8)| match byte {
        b' ' => at > 0 && !blank(at + 1),
        _ => byte.is_ascii_graphic(),
    };
    bytes.iter().enumerate().all(plain)
}

fn is_gap(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// A cell as an error shows it: short and on one line.
pub(super) fn shown(cell: &str) -> String {
    let text = clean(cell);
    if text.chars().count() <= SHOWN_CHARS_MAX {
        return text;
    }
    text.chars().take(SHOWN_CHARS_MAX).chain(['…']).collect()
}

/// The most similar of `names`, when it is similar enough to be a slip or a small rename.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let wanted = name.to_lowercase();
    names
        .filter(|other| !other.is_empty())
        .map(|other| (likeness(&wanted, &other.to_lowercase()), other))
        .filter(|(likeness, _)| *likeness >= 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other.to_owned())
}

/// 1 for equal texts, 0 for strangers; a title that begins like the wanted one is close.
fn likeness(a: &str, b: &str) -> f64 {
    let starts = a.starts_with(b) || b.starts_with(a);
    let plain = strsim::normalized_damerau_levenshtein(a, b);
    if starts { plain.max(0.75) } else { plain }
}
