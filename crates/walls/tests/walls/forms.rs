//! What docs/protocol says of a structure's fields is what its vector has: the pages' forms are read against the vectors' bytes.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::str::Chars;

use crate::breach::Wall;
use crate::repository;

const WALL: Wall = Wall {
    reason: "Whoever writes another node knows a structure's fields, and their order, from these pages alone.",
    remedy: "Write the form of what the vector now has, with what each field means; give a new line of vectors its row.",
};

const FOLDER: &str = "docs/protocol/";

/// A structure as a page writes it.
#[derive(Debug, PartialEq)]
enum Form {
    /// Any one item.
    Any,
    /// This number.
    Number(u64),
    /// So many bytes that are no CBOR.
    Bare(Option<usize>),
    /// An array; the last of them may stand for any number of its sort.
    Array(Vec<Form>, bool),
    /// A map of any number of entries, from anything to this.
    Map(Box<Form>),
}

impl Form {
    fn read(text: &str) -> Option<Self> {
        let mut rest = text.chars().peekable();
        let form = Self::item(&mut rest)?;
        rest.next().is_none().then_some(form)
    }

    fn item(rest: &mut Peekable<Chars<'_>>) -> Option<Self> {
        while rest.next_if_eq(&' ').is_some() {}
        match rest.peek()? {
            '[' => Self::array(rest),
            '{' => {
                let key = |c: &char| *c != ':';
                while rest.next_if(key).is_some() {}
                rest.next_if_eq(&':')?;
                let value = Self::item(rest)?;
                rest.next_if_eq(&'…')?;
                rest.next_if_eq(&'}')?;
                Some(Self::Map(Box::new(value)))
            }
            _ => {
                let mut word = String::new();
                while let Some(c) = rest.next_if(|c| !",[]{}…".contains(*c)) {
                    word.push(c);
                }
                Some(match (word.parse(), word.strip_suffix("bytes")) {
                    (Ok(number), _) => Self::Number(number),
                    (_, Some("")) => Self::Bare(None),
                    (_, Some(many)) => many
                        .trim()
                        .parse()
                        .map_or(Self::Any, |n| Self::Bare(Some(n))),
                    _ => Self::Any,
                })
            }
        }
    }

    fn array(rest: &mut Peekable<Chars<'_>>) -> Option<Self> {
        rest.next_if_eq(&'[')?;
        let mut items = Vec::new();
        if rest.next_if_eq(&']').is_some() {
            return Some(Self::Array(items, false));
        }
        loop {
            items.push(Self::item(rest)?);
            let any_number = rest.next_if_eq(&'…').is_some();
            match rest.next()? {
                ']' => return Some(Self::Array(items, any_number)),
                ',' if !any_number => {}
                _ => return None,
            }
        }
    }

    /// What follows the item that has this form.
    fn of<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let (major, count, rest) = head(bytes)?;
        match self {
            Self::Bare(_) => None,
            Self::Any => skip(bytes),
            Self::Number(number) => (major == 0 && count == *number).then_some(rest),
            Self::Map(value) if major == 5 => repeated(count, rest, |rest| value.of(skip(rest)?)),
            Self::Map(_) => None,
            Self::Array(items, any_number) => {
                let (first, last) = items.split_at(items.len() - usize::from(*any_number));
                let more = count.checked_sub(first.len() as u64)?;
                (major == 4 && (*any_number || more == 0)).then_some(())?;
                let rest = first.iter().try_fold(rest, |rest, item| item.of(rest))?;
                repeated(more, rest, |rest| last.first()?.of(rest))
            }
        }
    }

    /// Whether these bytes are one structure of this form, and nothing else.
    fn fits(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Bare(many) => many.is_none_or(|many| bytes.len() == many),
            form => form.of(bytes).is_some_and(<[u8]>::is_empty),
        }
    }
}

/// What follows so many things, each read by `one`.
fn repeated<'b>(
    count: u64,
    bytes: &'b [u8],
    one: impl Fn(&'b [u8]) -> Option<&'b [u8]>,
) -> Option<&'b [u8]> {
    (0..count).try_fold(bytes, |rest, _| one(rest))
}

/// An item's major type, its argument, and what follows its head (RFC 8949 §3).
fn head(bytes: &[u8]) -> Option<(u8, u64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let width = match first & 0x1f {
        info @ 0..=23 => return Some((first >> 5, info.into(), rest)),
        info @ 24..=27 => 1_usize << (info - 24),
        _ => return None,
    };
    let (argument, rest) = rest.split_at_checked(width)?;
    let argument = argument
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    Some((first >> 5, argument, rest))
}

/// What follows one item, whatever it is.
fn skip(bytes: &[u8]) -> Option<&[u8]> {
    let (major, argument, rest) = head(bytes)?;
    match major {
        2 | 3 => rest.get(usize::try_from(argument).ok()?..),
        4 => repeated(argument, rest, skip),
        5 => repeated(argument, rest, |rest| skip(skip(rest)?)),
        _ => Some(rest),
    }
}

/// A page's word on a line of vectors.
#[derive(Debug, PartialEq)]
struct Row {
    file: String,
    line: String,
    form: String,
}

/// The rows of the tables whose heading links to a file of vectors.
fn rows(text: &str) -> Vec<Row> {
    let mut file: Option<String> = None;
    let mut rows = Vec::new();
    for row in text.lines() {
        let Some(row) = row.strip_prefix("| ") else {
            if !row.starts_with("|-") {
                file = None;
            }
            continue;
        };
        let cells: Vec<&str> = row.split(" | ").collect();
        let quoted = |cell: usize| cells.get(cell)?.split('`').nth(1).map(str::to_owned);
        match (&file, quoted(0), quoted(1)) {
            (Some(file), Some(line), Some(form)) => rows.push(Row {
                file: file.clone(),
                line,
                form,
            }),
            _ => {
                let link = cells[0].split_once("](").map(|(_, rest)| rest);
                let link = link.and_then(|rest| rest.split_once(".hex)"));
                file = link.map(|(path, _)| path.rsplit('/').next().unwrap().to_owned() + ".hex");
            }
        }
    }
    rows
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = (0..hex.len()).step_by(2);
    digits
        .map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok())
        .collect()
}

/// Lines without a row, rows without a line, and lines that have another form than their row says.
fn breaches(rows: &[Row], vectors: &[(String, String)]) -> Vec<String> {
    let mut breaches = Vec::new();
    let mut named = BTreeSet::new();
    for (file, text) in vectors {
        for (line, hex) in text.lines().filter_map(|line| line.split_once(": ")) {
            named.insert((file.as_str(), line));
            let mut of_line = rows
                .iter()
                .filter(|row| row.file == *file && row.line == line);
            let Some(Row { form, .. }) = of_line.next() else {
                breaches.push(format!("{file}: {line} has no row"));
                continue;
            };
            let fits = Form::read(form).zip(bytes(hex));
            if !fits.is_some_and(|(form, bytes)| form.fits(&bytes)) {
                breaches.push(format!("{file}: {line} is not `{form}`"));
            }
        }
    }
    let gone = rows
        .iter()
        .filter(|row| !named.contains(&(row.file.as_str(), row.line.as_str())));
    breaches.extend(gone.map(|row| format!("{}: {} has no line", row.file, row.line)));
    breaches
}

#[test]
fn every_vector_has_the_form_that_its_page_says() {
    let files = || repository::files().iter();
    let pages = files().filter(|file| file.starts_with(FOLDER) && file.ends_with(".md"));
    let rows: Vec<Row> = pages
        .flat_map(|page| rows(&repository::text(page).unwrap()))
        .collect();
    let vectors = files().filter(|file| file.ends_with(".hex"));
    let vectors: Vec<(String, String)> = vectors
        .map(|file| {
            let name = file.rsplit('/').next().unwrap().to_owned();
            (name, repository::text(file).unwrap())
        })
        .collect();
    assert!(rows.len() > 50, "the rows are found");
    WALL.stands(&breaches(&rows, &vectors));
}

#[test]
fn forms_are_read_against_bytes() {
    let table: [(&str, &[u8], bool); 14] = [
        ("[a, b]", &[0x82, 0x01, 0x02], true),
        ("[a, b]", &[0x81, 0x01], false),
        ("[a, b]", &[0x82, 0x01], false),
        ("[a]", &[0x81, 0x01, 0x00], false),
        ("[a…]", &[0x83, 1, 2, 3], true),
        ("[[a, b]…]", &[0x82, 0x82, 1, 2, 0x81, 1], false),
        ("[2, []]", &[0x82, 0x02, 0x80], true),
        ("[2, []]", &[0x82, 0x03, 0x80], false),
        ("[]", &[0x81, 0x01], false),
        ("{output: [a]…}", &[0xa1, 0x00, 0x81, 0x01], true),
        ("{output: [a]…}", &[0xa1, 0x00, 0x01], false),
        ("text", &[0x62, 0x61, 0x62], true),
        ("3 bytes", &[1, 2, 3], true),
        ("3 bytes", &[1, 2], false),
    ];
    for (form, bytes, fits) in table {
        let read = Form::read(form).expect("a form");
        assert_eq!(read.fits(bytes), fits, "{form}: {bytes:02x?}");
    }
    assert_eq!(Form::read("[a, b"), None);
}

#[test]
fn a_line_without_a_row_and_a_row_without_a_line_are_seen() {
    let page = "| line of [x.hex](vectors/x.hex) | form |\n|---|---|\n| `a` | `[b]` |\n| `gone` | `c` |\n\n| code | of |\n| `d` | `e` |\n";
    let vectors = [("x.hex".to_owned(), "a: 8101\nnew: 01\n".to_owned())];
    let found = breaches(&rows(page), &vectors);
    assert_eq!(found, ["x.hex: new has no row", "x.hex: gone has no line"]);
}
