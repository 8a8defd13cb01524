//! CBOR as a tree that can also be written wrongly: with long numbers, without lengths, in the wrong order.

/// A data item and how it is written.
#[derive(Clone, Debug)]
pub struct Node {
    pub item: Item,
    pub form: Form,
}

#[derive(Clone, Debug)]
pub enum Item {
    /// A number by its major type, 0 or 1.
    Number(u8, u64),
    Bytes(Vec<u8>),
    /// Text, which damage may make something else.
    Text(Vec<u8>),
    Array(Vec<Node>),
    /// Keys and values in turn.
    Map(Vec<Node>),
    /// A tag and the one item that it is on.
    Tag(u64, Vec<Node>),
    /// False, true, null and others.
    Simple(u8),
    /// Bytes that are written as they are.
    Raw(Vec<u8>),
}

#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// The one that deterministic CBOR allows.
    Shortest,
    /// A head of 2, 3, 5 or 9 bytes.
    Wide(u8),
    /// Without a length, ended by a break; bytes and texts in one piece.
    Endless,
}

impl From<Item> for Node {
    fn from(item: Item) -> Self {
        let form = Form::Shortest;
        Self { item, form }
    }
}

impl Node {
    /// The tree of well-formed CBOR.
    pub fn read(bytes: &[u8]) -> Self {
        let mut rest = bytes;
        let node = item(&mut rest).into();
        assert!(rest.is_empty(), "one item");
        node
    }

    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_to(&mut out);
        out
    }

    /// How many nodes the tree has.
    pub fn count(&self) -> usize {
        1 + self.children().iter().map(Self::count).sum::<usize>()
    }

    /// The n-th node, its parents counted before it.
    pub fn nth(&mut self, n: usize) -> &mut Self {
        if n == 0 {
            return self;
        }
        let mut n = n - 1;
        let counts: Vec<usize> = self.children().iter().map(Self::count).collect();
        for (child, count) in counts.iter().enumerate() {
            if n < *count {
                return self.children_mut()[child].nth(n);
            }
            n -= count;
        }
        self
    }

    /// All nodes, parents first.
    pub fn all(&self) -> Vec<&Self> {
        let mut all = vec![self];
        self.children().iter().for_each(|c| all.extend(c.all()));
        all
    }

    pub fn children(&self) -> &[Self] {
        match &self.item {
            Item::Array(of) | Item::Map(of) | Item::Tag(_, of) => of,
            _ => &[],
        }
    }

    fn children_mut(&mut self) -> &mut [Self] {
        match &mut self.item {
            Item::Array(of) | Item::Map(of) | Item::Tag(_, of) => of,
            _ => &mut [],
        }
    }

    fn write_to(&self, out: &mut Vec<u8>) {
        let (major, argument) = match &self.item {
            Item::Number(major, number) => (*major, *number),
            Item::Bytes(bytes) => (2, bytes.len() as u64),
            Item::Text(text) => (3, text.len() as u64),
            Item::Array(items) => (4, items.len() as u64),
            Item::Map(items) => (5, items.len() as u64 / 2),
            Item::Tag(tag, _) => (6, *tag),
            Item::Simple(number) => (7, u64::from(*number)),
            Item::Raw(bytes) => return out.extend(bytes),
        };
        let endless = matches!(self.form, Form::Endless) && (2..=5).contains(&major);
        match self.form {
            _ if endless => out.push(major << 5 | 31),
            Form::Wide(width) => head(major, argument, width, out),
            _ => head(major, argument, 0, out),
        }
        if let Item::Bytes(content) | Item::Text(content) = &self.item {
            if endless {
                head(major, argument, 0, out);
            }
            out.extend(content);
        }
        self.children().iter().for_each(|c| c.write_to(out));
        if endless {
            out.push(0xff);
        }
    }
}

/// A head whose argument takes at least 2^(width-1) bytes; none with width 0, if it is small enough.
fn head(major: u8, argument: u64, width: u8, out: &mut Vec<u8>) {
    let needed = match argument {
        0..24 => 0,
        24..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 3,
        _ => 4,
    };
    match width.max(needed) {
        0 => out.push(major << 5 | argument as u8),
        width => {
            out.push(major << 5 | (23 + width));
            out.extend(&argument.to_be_bytes()[8 - (1 << (width - 1))..]);
        }
    }
}

fn item(rest: &mut &[u8]) -> Item {
    let first = take(rest, 1)[0];
    let argument = match first & 31 {
        small @ 0..24 => u64::from(small),
        long => {
            let bytes = take(rest, 1 << (long - 24));
            bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b))
        }
    };
    let mut items = |count: u64| (0..count).map(|_| item(rest).into()).collect();
    match first >> 5 {
        major @ (0 | 1) => Item::Number(major, argument),
        2 => Item::Bytes(take(rest, argument as usize).to_vec()),
        3 => Item::Text(take(rest, argument as usize).to_vec()),
        4 => Item::Array(items(argument)),
        5 => Item::Map(items(2 * argument)),
        6 => Item::Tag(argument, items(1)),
        _ => Item::Simple(argument as u8),
    }
}

fn take<'b>(rest: &mut &'b [u8], count: usize) -> &'b [u8] {
    let (taken, after) = rest.split_at(count);
    *rest = after;
    taken
}
