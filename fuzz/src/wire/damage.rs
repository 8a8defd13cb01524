//! Changes to a tree of CBOR: such as make something else of it, and such as write the same in another form.

use super::choices::Bytes;
use super::tree::{Form, Item, Node};

/// Texts that stand at an end of what a text may be: composed and not, turning, too long, not UTF-8, a party's, a log's.
const TEXTS: [&[u8]; 12] = [
    b"",
    b" ",
    b"BOB",
    "caf\u{e9}".as_bytes(),
    "cafe\u{301}".as_bytes(),
    "\u{202e}txet".as_bytes(),
    b"\xc3\x28",
    b"\0",
    b"a b",
    b"GBP",
    b"notary.town\n5\n",
    &[b'x'; 64 * 1024 + 1],
];
const NUMBERS: [u64; 10] = [
    0,
    1,
    2,
    23,
    24,
    64,
    4_096,
    u32::MAX as u64,
    i64::MAX as u64,
    u64::MAX,
];
/// Longer than any list may be.
const LONG: usize = 4_097;
/// Deeper than any value may be, and not too deep for this tree, which is read by recursion.
const DEEP: usize = 300;

/// The seed with one to three changes, often written in its one form; `other` lends nodes.
pub fn damaged(seed: &Node, other: &Node, bytes: &mut Bytes<'_>) -> Vec<u8> {
    let mut tree = seed.clone();
    for _ in 0..*bytes.one_of(&[1, 1, 1, 2, 3]) {
        let count = tree.count();
        let lent = if bytes.below(2) == 0 { seed } else { other };
        change(tree.nth(bytes.below(count)), lent, bytes);
    }
    let mut out = tree.write();
    match bytes.below(24) {
        0 => out.truncate(bytes.below(out.len() + 1)),
        1 => out.push(bytes.below(256) as u8),
        2 => {
            let at = bytes.below(out.len().max(1));
            out.get_mut(at)
                .into_iter()
                .for_each(|b| *b ^= 1 << bytes.below(8));
        }
        _ => {}
    }
    out
}

fn change(node: &mut Node, lent: &Node, bytes: &mut Bytes<'_>) {
    match bytes.below(16) {
        0 => node.form = *bytes.one_of(&[1, 2, 3, 4].map(Form::Wide)),
        1 => node.form = Form::Endless,
        2 => node.item = odd(node.clone(), bytes),
        // A node of the same sort from elsewhere stands in its place.
        3..6 => {
            let same = std::mem::discriminant(&node.item);
            let all = lent.all();
            let like = |n: &&&Node| std::mem::discriminant(&n.item) == same;
            let likes: Vec<_> = all.iter().filter(like).collect();
            if !likes.is_empty() {
                *node = (**bytes.one_of(&likes)).clone();
            }
        }
        6 => *node = (*bytes.one_of(&lent.all())).clone(),
        _ => within(&mut node.item, lent, bytes),
    }
}

/// What doesn't belong there at all.
fn odd(node: Node, bytes: &mut Bytes<'_>) -> Item {
    match bytes.below(9) {
        0 => Item::Tag(*bytes.one_of(&[0, 2, 24, 200, 55_799]), vec![node]),
        1 => Item::Array(vec![node]),
        2 => Item::Simple(*bytes.one_of(&[20, 21, 22, 23, 32])),
        3 => Item::Raw(
            bytes
                .one_of::<&[u8]>(&[
                    b"\xf9\x45\0",
                    b"\xfb\x40\x14\0\0\0\0\0\0",
                    b"\xff",
                    b"\xf8\x16",
                    b"",
                ])
                .to_vec(),
        ),
        4 => {
            (0..DEEP)
                .fold(node, |inner, _| Item::Array(vec![inner]).into())
                .item
        }
        5 => match node.item {
            Item::Bytes(content) => Item::Text(content),
            Item::Text(content) => Item::Bytes(content),
            Item::Number(major, number) => Item::Number(1 - major, number),
            Item::Array(items) => Item::Map(items),
            other => other,
        },
        6 => Item::Map(vec![Item::Number(0, 0).into(), node]),
        7 => Item::Array(vec![node; 2]),
        _ => Item::Array(Vec::new()),
    }
}

/// Something else of the same sort.
fn within(item: &mut Item, lent: &Node, bytes: &mut Bytes<'_>) {
    match item {
        Item::Number(_, number) => {
            *number = match bytes.below(4) {
                0 => *bytes.one_of(&NUMBERS),
                1 => number.wrapping_sub(1),
                2 => *number ^ 1 << bytes.below(64),
                _ => number.wrapping_add(1),
            }
        }
        Item::Bytes(content) => hash(content, bytes),
        Item::Text(content) => *content = bytes.one_of::<&[u8]>(&TEXTS).to_vec(),
        Item::Array(items) | Item::Map(items) | Item::Tag(_, items) => list(items, lent, bytes),
        Item::Simple(number) => *number = *bytes.one_of(&[20, 21, 22]),
        Item::Raw(content) => content.reverse(),
    }
}

fn hash(content: &mut Vec<u8>, bytes: &mut Bytes<'_>) {
    match bytes.below(10) {
        0 => content.truncate(bytes.below(content.len() + 1)),
        1 => content.truncate(content.len().saturating_sub(32)),
        2 => content.extend([7; 32]),
        3 => content.push(0),
        4 => *content = [content.as_slice(); 70].concat(),
        5 => {
            let by = 32 % content.len().max(1);
            content.rotate_left(by);
        }
        6 => content.fill(0),
        _ => {
            let at = bytes.below(content.len().max(1));
            content
                .get_mut(at)
                .into_iter()
                .for_each(|b| *b ^= 1 << bytes.below(8));
        }
    }
}

fn list(items: &mut Vec<Node>, lent: &Node, bytes: &mut Bytes<'_>) {
    let at = bytes.below(items.len().max(1));
    let other = bytes.below(items.len().max(1));
    match bytes.below(8) {
        0 if !items.is_empty() => items.swap(at, other),
        1 => items.reverse(),
        2 if !items.is_empty() => drop(items.remove(at)),
        3 if !items.is_empty() => items.insert(other, items[at].clone()),
        4 => items.push(Item::Simple(22).into()),
        5 => items.push((*bytes.one_of(&lent.all())).clone()),
        6 => items.truncate(at),
        _ => {
            // Small ones, so that what is too long isn't refused for being too large.
            let one = items.iter().min_by_key(|item| item.count()).cloned();
            if let Some(one) = one.filter(|one| one.count() < 16) {
                items.resize(LONG, one);
            }
        }
    }
}
