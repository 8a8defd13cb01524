//! Damage to a text, as bytes tell. Most of it keeps the form, so that what stands behind the parser is reached too.

use std::ops::Range;

use super::choices::Bytes;

/// What gets into a text.
const SNIPPETS: [&str; 64] = [
    "(",
    ")",
    "[",
    "]",
    "\"",
    ":",
    ",",
    ".",
    "=",
    "!=",
    "<",
    ">=",
    "-",
    "+",
    "*",
    "\n",
    "\n  ",
    "\n    ",
    "#",
    "£",
    "£0.01",
    "£9,999,999.99",
    "%",
    "12.5%",
    "1.5",
    "none",
    "true",
    "effective",
    "9223372036854775807",
    "31 January 2024",
    "\u{202E}",
    "é",
    " and ",
    " or ",
    " not ",
    " or none",
    " every x in ",
    " sum x in ",
    " of ",
    " of each ",
    " at most ",
    " with ",
    " in ",
    " law \"l\"",
    " if ",
    " then ",
    " else ",
    " is ",
    " when ",
    "rule \"r\" ",
    " becoming ",
    " from ",
    " otherwise ",
    " out of ",
    " rounded down to ",
    " within ",
    " before ",
    " months",
    " working days in ",
    " grouped by ",
    "exception \"e\" ",
    " issues ",
    " pays ",
    "creates ",
];

/// A text with the places of its words and lines.
pub struct Seed {
    text: String,
    /// Words of each sort, so that one can take another's place.
    words: [Vec<Range<usize>>; SORTS],
    lines: Vec<Range<usize>>,
}

/// Numbers, kinds, words of the language, other names.
const SORTS: usize = 4;

fn sort(word: &str) -> usize {
    match word.chars().next() {
        Some(c) if c.is_numeric() => 0,
        Some(c) if c.is_uppercase() => 1,
        _ if deed::editor::WORDS.iter().any(|known| known.word == word) => 2,
        _ => 3,
    }
}

impl Seed {
    pub fn new(text: &str) -> Self {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let mut words: Vec<Range<usize>> = Vec::new();
        for (at, c) in text.char_indices().filter(|(_, c)| word(*c)) {
            match words.last_mut().filter(|last| last.end == at) {
                Some(last) => last.end = at + c.len_utf8(),
                None => words.push(at..at + c.len_utf8()),
            }
        }
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            lines.push(start..start + line.len());
            start += line.len();
        }
        let mut sorted = [const { Vec::new() }; SORTS];
        for word in words {
            sorted[sort(&text[word.clone()])].push(word);
        }
        Self {
            text: text.to_owned(),
            words: sorted,
            lines,
        }
    }

    /// The text with one to four changes; `other` lends words and lines.
    pub fn damaged(&self, other: &Seed, bytes: &mut Bytes<'_>) -> String {
        let changes = *bytes.one_of(&[1, 1, 1, 1, 2, 4]);
        let mut changes: Vec<(Range<usize>, String)> =
            (0..changes).map(|_| self.change(other, bytes)).collect();
        // From the end, so that places stay where they are; of two that overlap, the later.
        changes.sort_by_key(|(at, _)| std::cmp::Reverse((at.start, at.end)));
        let mut text = self.text.clone();
        let mut end = text.len();
        for (at, with) in changes.iter() {
            if at.end <= end {
                text.replace_range(at.clone(), with);
                end = at.start;
            }
        }
        text
    }

    fn change(&self, other: &Seed, bytes: &mut Bytes<'_>) -> (Range<usize>, String) {
        let text = &self.text;
        let (at, with): (Range<usize>, &str) = match bytes.below(24) {
            // A word becomes another of its sort, of the same text or of the other.
            0..=9 => {
                let sort = *bytes.one_of(&[0, 1, 1, 2, 3, 3, 3, 3]);
                (self.word(sort, bytes), &text[self.word(sort, bytes)])
            }
            10..=12 => {
                let sort = *bytes.one_of(&[0, 1, 2, 3, 3]);
                (self.word(sort, bytes), &other.text[other.word(sort, bytes)])
            }
            // A line stands twice, elsewhere too, or no more; or another's comes in.
            13 => (self.before_a_line(bytes), &text[self.line(bytes)]),
            14 | 15 => (self.line(bytes), ""),
            16 => (self.line(bytes), &text[self.line(bytes)]),
            17 => (self.before_a_line(bytes), &other.text[other.line(bytes)]),
            // Any word becomes anything; anything comes in anywhere.
            18 => (
                self.word(bytes.below(SORTS), bytes),
                bytes.one_of::<&str>(&SNIPPETS),
            ),
            19 => (point(text, bytes), bytes.one_of::<&str>(&SNIPPETS)),
            20 => (stretch(text, bytes), ""),
            21 => (point(text, bytes), &text[stretch(text, bytes)]),
            22 => (self.word(bytes.below(SORTS), bytes), ""),
            _ => {
                let other = char::from_u32(bytes.below(0x3000) as u32).unwrap_or('x');
                return (point(text, bytes), other.to_string());
            }
        };
        (at, with.to_owned())
    }

    fn word(&self, sort: usize, bytes: &mut Bytes<'_>) -> Range<usize> {
        let words = &self.words[sort];
        let word = words.get(bytes.below(words.len()));
        word.cloned().unwrap_or_default()
    }

    fn line(&self, bytes: &mut Bytes<'_>) -> Range<usize> {
        let line = self.lines.get(bytes.below(self.lines.len()));
        line.cloned().unwrap_or_default()
    }

    fn before_a_line(&self, bytes: &mut Bytes<'_>) -> Range<usize> {
        let at = self.line(bytes).start;
        at..at
    }
}

fn point(text: &str, bytes: &mut Bytes<'_>) -> Range<usize> {
    let at = text.floor_char_boundary(bytes.below(text.len() + 1));
    at..at
}

fn stretch(text: &str, bytes: &mut Bytes<'_>) -> Range<usize> {
    let start = point(text, bytes).start;
    start..text.floor_char_boundary((start + bytes.below(60)).min(text.len()))
}
