//! Characters that make a text read otherwise than it is (Trojan Source, CVE-2021-42574; UTS #39).

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// What is wrong with a character or word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hostile {
    /// Changes the direction in which its neighbours are shown.
    Bidirectional,
    /// Is not seen at all.
    Invisible,
    /// Is a control character.
    Control,
    /// Looks like a space but is none.
    OddSpace,
    /// A word mixes letters of scripts that look alike.
    MixedScript,
    /// Is not in Unicode's composed normal form.
    NotNfc,
}

impl Hostile {
    pub(crate) fn explain(self) -> &'static str {
        match self {
            Self::Bidirectional => "a character that reorders the text around it",
            Self::Invisible => "an invisible character",
            Self::Control => "a control character",
            Self::OddSpace => "a character that looks like a space but is none",
            Self::MixedScript => "a word that mixes letters of scripts that look alike",
            Self::NotNfc => "a character that is not in normal form NFC",
        }
    }
}

/// Judges one character, wherever it stands; line ends are the caller's business.
pub(crate) fn character(c: char) -> Option<Hostile> {
    match c {
        ' '..='~' => None,
        '\u{061C}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}' => Some(Hostile::Bidirectional),
        '\u{00AD}'
        | '\u{034F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200D}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{13430}'..='\u{1343F}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}'
        | '\u{E000}'..='\u{F8FF}'
        | '\u{F0000}'..='\u{10FFFF}' => Some(Hostile::Invisible),
        c if c.is_control() => Some(Hostile::Control),
        _ => None,
    }
}

/// A space other than U+0020: fine in published data, not in a contract.
pub(crate) fn odd_space(c: char) -> bool {
    c != ' ' && c.is_whitespace() && c != '\n'
}

/// Scripts whose letters are easily taken for one another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    Lisu,
    Styled,
}

fn script(c: char) -> Option<Script> {
    Some(match c {
        'a'..='z'
        | 'A'..='Z'
        | '\u{C0}'..='\u{24F}'
        | '\u{250}'..='\u{2AF}'
        | '\u{1E00}'..='\u{1EFF}'
            if c.is_alphabetic() =>
        {
            Script::Latin
        }
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Script::Greek,
        '\u{400}'..='\u{52F}'
        | '\u{1C80}'..='\u{1C8F}'
        | '\u{2DE0}'..='\u{2DFF}'
        | '\u{A640}'..='\u{A69F}' => Script::Cyrillic,
        '\u{530}'..='\u{58F}' => Script::Armenian,
        '\u{13A0}'..='\u{13FF}' | '\u{AB70}'..='\u{ABBF}' => Script::Cherokee,
        '\u{A4D0}'..='\u{A4FF}' => Script::Lisu,
        '\u{1D400}'..='\u{1D7FF}' | '\u{FF21}'..='\u{FF5A}' | '\u{2100}'..='\u{214F}' => {
            Script::Styled
        }
        _ => return None,
    })
}

/// The byte range of the first word that mixes look-alike scripts.
pub(crate) fn mixed_script_word(text: &str) -> Option<std::ops::Range<usize>> {
    let mut start = None;
    let mut seen: Option<Script> = None;
    let mut mixed = false;
    for (at, c) in text.char_indices() {
        // A mark that sits on a letter does not end the word.
        if !c.is_alphanumeric() && c != '_' && !is_combining_mark(c) {
            if mixed {
                return start.map(|s| s..at);
            }
            (start, seen) = (None, None);
            continue;
        }
        start.get_or_insert(at);
        if let Some(script) = script(c) {
            mixed |= seen.is_some_and(|s| s != script);
            seen.get_or_insert(script);
        }
    }
    start.filter(|_| mixed).map(|s| s..text.len())
}

/// Whether the text is in NFC.
pub(crate) fn is_nfc(text: &str) -> bool {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => true,
        IsNormalized::No => false,
        IsNormalized::Maybe => text.nfc().eq(text.chars()),
    }
}

/// Judges a text value: published data may hold odd spaces and foreign names, but nothing hidden.
pub(crate) fn value_text(text: &str) -> Option<Hostile> {
    if text.is_ascii() {
        return text
            .bytes()
            .any(|b| b.is_ascii_control())
            .then_some(Hostile::Control);
    }
    text.chars()
        .find_map(character)
        .or_else(|| (!is_nfc(text)).then_some(Hostile::NotNfc))
}
