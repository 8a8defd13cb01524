//! Ways in which one byte string may follow from others: found by trying all of them where the truth is known.

use std::collections::{BTreeMap, BTreeSet};

use ledger::Digest;
use ledger::digest::hmac_sha256;
use ledger::validity::Home;

use super::evidence::Evidence;
use super::question::Puzzle;
use super::strings::{Role, Strings};

/// What an analyst knows before it begins: the specification, which is public.
#[derive(Clone, Debug)]
pub struct Lore {
    /// Every domain tag.
    pub tags: Vec<Vec<u8>>,
    /// Pairs on which it tries everything over two strings: half a million hashes each.
    pub pairs: usize,
}

/// Whose string it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Token,
    Candidate,
    Everybody,
}

/// How a string is made of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// It is the other.
    Same,
    /// Their first eight bytes are the same.
    Start,
    /// Their last eight bytes are the same.
    End,
    /// H(tag ‖ a ‖ b ‖ place).
    Hash,
    /// HMAC(a, tag ‖ b ‖ place).
    Mac,
    /// HMAC(a, tag ‖ notary ‖ b ‖ place).
    MacAtHome,
}

type Part = (Side, Role);

/// One way, for strings that play these parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Recipe {
    form: Form,
    tag: Vec<u8>,
    first: Part,
    second: Option<Part>,
    /// Whether view and output of the fact go in.
    placed: bool,
    result: Part,
}

/// Views and outputs that are tried where the truth isn't known.
const VIEWS: u32 = 3;
const OUTPUTS: u32 = 12;

/// All strings about a token and a candidate.
pub(super) struct Pair {
    home: Digest,
    strings: Vec<(Part, Digest)>,
}

impl Pair {
    pub(super) fn new(home: &Home, shown: &Strings, candidate: &Strings) -> Self {
        let constants = [
            (Role::Zero, Digest::default()),
            (Role::Network, home.network.0),
            (Role::Notary, home.notary.0),
        ];
        let sides = [
            (Side::Token, shown.as_slice()),
            (Side::Candidate, candidate.as_slice()),
            (Side::Everybody, &constants),
        ];
        let strings = sides.into_iter().flat_map(|(side, strings)| {
            strings
                .iter()
                .map(move |(role, digest)| ((side, *role), *digest))
        });
        Self {
            home: home.notary.0,
            strings: strings.collect(),
        }
    }

    fn playing(&self, part: Part) -> impl Iterator<Item = &Digest> {
        let strings = self.strings.iter();
        strings.filter_map(move |(other, digest)| (*other == part).then_some(digest))
    }

    fn cook(&self, form: Form, tag: &[u8], a: &Digest, b: Option<&Digest>, place: &[u8]) -> Digest {
        let b: &[u8] = b.map_or(&[], |b| &b.0);
        match form {
            Form::MacAtHome => hmac_sha256(&a.0, &[tag, &self.home.0, b, place]),
            Form::Mac => hmac_sha256(&a.0, &[tag, b, place]),
            _ => Digest::of(&[tag, &a.0, b, place]),
        }
    }
}

fn same(form: Form, a: &Digest, b: &Digest) -> bool {
    match form {
        Form::Start => a.0[..8] == b.0[..8],
        Form::End => a.0[24..] == b.0[24..],
        _ => a == b,
    }
}

/// Whether a recipe says something about token and candidate together.
fn crosses(parts: &[Part]) -> bool {
    let has = |side| parts.iter().any(|part| part.0 == side);
    has(Side::Token) && has(Side::Candidate)
}

fn place_bytes((view, output): (u32, u32)) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&view.to_be_bytes());
    bytes[4..].copy_from_slice(&output.to_be_bytes());
    bytes
}

/// The ways that hold for tokens and their true transactions in worlds whose truth is told.
pub(super) fn find(lore: &Lore, told: &[(&Evidence, Puzzle)]) -> Vec<Recipe> {
    let mut found = BTreeSet::new();
    let every = (told.len() / lore.pairs.max(1)).max(1);
    for (at, (evidence, puzzle)) in told.iter().enumerate() {
        let candidate = &puzzle.candidates[puzzle.answer].shown;
        let pair = Pair::new(&evidence.home, &puzzle.shown, candidate);
        find_alike(&pair, &mut found);
        if at % every == every / 2 {
            let place = puzzle.place.map(place_bytes);
            find_made(lore, &pair, place, &mut found);
        }
    }
    found.into_iter().collect()
}

fn find_alike(pair: &Pair, found: &mut BTreeSet<Recipe>) {
    for (first, a) in &pair.strings {
        for (result, b) in &pair.strings {
            let forms = [Form::Same, Form::Start, Form::End];
            let alike = forms.into_iter().find(|form| same(*form, a, b));
            if let Some(form) = alike.filter(|_| first < result && crosses(&[*first, *result])) {
                found.insert(Recipe {
                    form,
                    tag: Vec::new(),
                    first: *first,
                    second: None,
                    placed: false,
                    result: *result,
                });
            }
        }
    }
}

fn find_made(lore: &Lore, pair: &Pair, place: Option<[u8; 8]>, found: &mut BTreeSet<Recipe>) {
    let mut results: BTreeMap<Digest, Vec<Part>> = BTreeMap::new();
    for (part, digest) in &pair.strings {
        results.entry(*digest).or_default().push(*part);
    }
    let places: Vec<&[u8]> = std::iter::once([].as_slice())
        .chain(place.as_ref().map(<[u8; 8]>::as_slice))
        .collect();
    let seconds = || std::iter::once(None).chain(pair.strings.iter().map(Some));
    for (first, a) in &pair.strings {
        for second in seconds() {
            let (part, b) = second.map(|(part, b)| (*part, b)).unzip();
            for tag in &lore.tags {
                for form in [Form::Hash, Form::Mac, Form::MacAtHome] {
                    for place in &places {
                        let made = pair.cook(form, tag, a, b, place);
                        for result in results.get(&made).into_iter().flatten() {
                            let parts = [*first, part.unwrap_or(*first), *result];
                            if crosses(&parts) {
                                found.insert(Recipe {
                                    form,
                                    tag: tag.clone(),
                                    first: *first,
                                    second: part,
                                    placed: !place.is_empty(),
                                    result: *result,
                                });
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Recipe {
    /// Whether it holds between a token and a candidate.
    pub(super) fn holds(&self, pair: &Pair) -> bool {
        let results: Vec<&Digest> = pair.playing(self.result).collect();
        if matches!(self.form, Form::Same | Form::Start | Form::End) {
            let mut firsts = pair.playing(self.first);
            return firsts.any(|a| results.iter().any(|b| same(self.form, a, b)));
        }
        let places: Vec<Vec<u8>> = if self.placed {
            let all = (0..VIEWS).flat_map(|view| (0..OUTPUTS).map(move |output| (view, output)));
            all.map(|place| place_bytes(place).to_vec()).collect()
        } else {
            vec![Vec::new()]
        };
        let seconds: Vec<Option<&Digest>> = match self.second {
            Some(part) => pair.playing(part).map(Some).collect(),
            None => vec![None],
        };
        pair.playing(self.first).any(|a| {
            seconds.iter().any(|b| {
                places.iter().any(|place| {
                    let made = pair.cook(self.form, &self.tag, a, *b, place);
                    results.contains(&&made)
                })
            })
        })
    }
}

impl std::fmt::Display for Recipe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let part = |(side, role): &Part| match side {
            Side::Everybody => format!("{role:?}"),
            side => format!("{role:?} of {side:?}"),
        };
        let tag = String::from_utf8_lossy(&self.tag);
        write!(f, "{} = {:?} {tag:?}", part(&self.result), self.form)?;
        write!(f, " ({}", part(&self.first))?;
        if let Some(second) = &self.second {
            write!(f, ", {}", part(second))?;
        }
        f.write_str(if self.placed { ", place)" } else { ")" })
    }
}
