//! Changes to bytes that are lines, or nothing in particular.

use super::choices::Bytes;

/// What ends, separates, escapes or overflows something somewhere.
const SNIPPETS: [&[u8]; 24] = [
    b"\n",
    b"\n\n",
    b"\r\n",
    b" ",
    b"+",
    b"=",
    b"==",
    b"0",
    b"00",
    b"18446744073709551616",
    b"-1",
    b"x000/",
    b".p/0",
    b".p/256",
    b"../",
    b"\0",
    b"\xff",
    "\u{2014} ".as_bytes(),
    b",",
    b"\"",
    b"[",
    b"<",
    b"%00",
    b"1e999",
];

/// One change to a text or to bytes that are no tree; `other` lends a stretch.
pub fn damage(text: &mut Vec<u8>, other: &[u8], bytes: &mut Bytes<'_>) {
    let start = bytes.below(text.len() + 1);
    let end = (start + bytes.below(40)).min(text.len());
    let other_start = bytes.below(other.len() + 1);
    let other_end = (other_start + bytes.below(100)).min(other.len());
    let point = start..start;
    match bytes.below(9) {
        0 => drop(text.drain(start..end)),
        1 => drop(text.splice(point, other[other_start..other_end].to_vec())),
        2 => drop(text.splice(start..end, other[other_start..other_end].to_vec())),
        3 => text.truncate(start),
        4 => drop(text.splice(start..end, text[start..end].repeat(2))),
        5 | 6 => drop(text.splice(point, bytes.one_of::<&[u8]>(&SNIPPETS).to_vec())),
        7 => line(text, bytes),
        _ => text
            .get_mut(start)
            .into_iter()
            .for_each(|b| *b ^= 1 << bytes.below(8)),
    }
}

/// A line stands twice or goes.
fn line(text: &mut Vec<u8>, bytes: &mut Bytes<'_>) {
    let mut lines: Vec<Vec<u8>> = text
        .split_inclusive(|b| *b == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    let at = bytes.below(lines.len().max(1));
    if lines.is_empty() {
        return;
    }
    if bytes.below(2) == 0 {
        lines.insert(at, lines[at].clone());
    } else {
        lines.remove(at);
    }
    *text = lines.concat();
}
