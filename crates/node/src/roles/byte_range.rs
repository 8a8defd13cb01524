//! Which bytes of a file a request asks for (RFC 9110, §14).

use std::ops::Range;

/// What a `Range` header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All of it. What can't be read, or asks for several pieces, counts as this too, as the RFC allows.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes beyond the end.
    Nowhere,
}

/// What the header asks for, of so many bytes.
pub(super) fn asked(header: Option<&str>, bytes: u64) -> Asked {
    let Some((first, last)) = header
        .and_then(|text| text.strip_prefix("bytes="))
        .and_then(|text| text.split_once('-'))
    else {
        return Asked::Whole;
    };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => Asked::Whole,
        (Some(first), _) if first >= bytes => Asked::Nowhere,
        (Some(first), Some(last)) => Asked::Part(first..bytes.min(last.saturating_add(1))),
        (Some(first), None) if last.is_empty() => Asked::Part(first..bytes),
        (None, Some(0)) if first.is_empty() => Asked::Nowhere,
        (None, Some(_)) if first.is_empty() && bytes == 0 => Asked::Nowhere,
        (None, Some(tail)) if first.is_empty() => Asked::Part(bytes.saturating_sub(tail)..bytes),
        _ => Asked::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_asks_for_one_piece_or_for_all() {
        let cases = [
            (None, 100, Asked::Whole),
            (Some("bytes=0-"), 100, Asked::Part(0..100)),
            (Some("bytes=40-"), 100, Asked::Part(40..100)),
            (Some("bytes=40-49"), 100, Asked::Part(40..50)),
            (Some("bytes=99-99"), 100, Asked::Part(99..100)),
            (Some("bytes=40-4000"), 100, Asked::Part(40..100)),
            (Some("bytes=-10"), 100, Asked::Part(90..100)),
            (Some("bytes=-1000"), 100, Asked::Part(0..100)),
            (Some("bytes=100-"), 100, Asked::Nowhere),
            (Some("bytes=0-"), 0, Asked::Nowhere),
            (Some("bytes=-0"), 100, Asked::Nowhere),
            (Some("bytes=-5"), 0, Asked::Nowhere),
            (Some("bytes=99999999999999999999-"), 100, Asked::Nowhere),
            (Some("bytes=50-40"), 100, Asked::Whole),
            (Some("bytes=0-1,3-4"), 100, Asked::Whole),
            (Some("bytes=+1-2"), 100, Asked::Whole),
            (Some("bytes=-"), 100, Asked::Whole),
            (Some("chunks=0-1"), 100, Asked::Whole),
            (Some(""), 100, Asked::Whole),
        ];
        for (header, bytes, expected) in cases {
            assert_eq!(asked(header, bytes), expected, "{header:?} of {bytes}");
        }
    }
}
