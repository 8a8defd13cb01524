//! Which characters a text may be made of.

use crate::hostile::{self, Hostile};

use super::token::{Problem, Span};

/// Whether a source holds nothing that deceives its reader; each offence is a problem.
pub(crate) fn acceptable(source: &str, problems: &mut Vec<Problem>) -> bool {
    let before = problems.len();
    let mut at = 0;
    let (mut mixed, mut composed, mut returned) = (None, true, false);
    for line in source.split('\n') {
        // Nearly every line is plain, and nothing that is looked for reaches over a line's end.
        let plain = line
            .bytes()
            .fold(true, |plain, b| plain & matches!(b, b' '..=b'~'));
        if !plain {
            let plain = line.strip_suffix('\r').unwrap_or(line);
            if plain.len() < line.len() && !std::mem::replace(&mut returned, true) {
                problems.push(line_ends(at + plain.len()));
            }
            offences(plain, at, problems);
            mixed = mixed.or_else(|| hostile::mixed_script_word(line).map(|word| within(at, word)));
            if composed && !hostile::is_nfc(line) {
                composed = false;
                problems.push(not_nfc(Span::new(at, at + line.len())));
            }
        }
        at += line.len() + 1;
    }
    if let Some(word) = mixed {
        let message = format!("the text holds {}", Hostile::MixedScript.explain());
        problems.push(Problem::new(word, message, "this word"));
    }
    problems.len() == before
}

fn within(at: usize, part: std::ops::Range<usize>) -> Span {
    Span::new(at + part.start, at + part.end)
}

fn offences(line: &str, at: usize, problems: &mut Vec<Problem>) {
    for (offset, c) in line.char_indices() {
        let found = match c {
            '\t' => Some((Hostile::Control, "use spaces instead of a tab")),
            c if hostile::odd_space(c) => Some((Hostile::OddSpace, "use an ordinary space")),
            c => hostile::character(c).map(|h| (h, "remove it")),
        };
        if let Some((hostile, help)) = found {
            let label = format!("U+{:04X}", u32::from(c));
            let message = format!("the text holds {}", hostile.explain());
            let place = within(at, offset..offset + c.len_utf8());
            problems.push(Problem::new(place, message, label).help(help.to_owned()));
        }
    }
}

/// Said once of a text: nearly always all its lines end so.
fn line_ends(at: usize) -> Problem {
    let message = "the lines end with a carriage return and a line feed";
    let help = "end them with a line feed alone: `pvn deed fmt` does that".to_owned();
    Problem::new(Span::new(at, at + 1), message, "U+000D").help(help)
}

fn not_nfc(line: Span) -> Problem {
    let message = format!("the text holds {}", Hostile::NotNfc.explain());
    Problem::new(line, message, "in this line").help("save the file in NFC".to_owned())
}
