//! Columns of cards joined by bands whose thickness is the money.

use std::fmt;

use super::bands::{BAND_MIN, Band, BandIn, draw};

/// Width of the drawing; its height follows from what is in it.
pub(crate) const WIDTH: f64 = 1100.0;
/// A card holds at least one line of text and is at least as high as a finger needs.
const CARD_HEIGHT_MIN: f64 = 28.0;
const CARD_GAP: f64 = 6.0;
const TEXT_LINE: f64 = 17.0;
/// Average width of a letter at the size of the labels, on the wide side, so that nothing is cut off.
const LETTER: f64 = 7.6;
const CARD_PADDING: f64 = 12.0;
/// Height of all the money of the fullest column.
const MONEY_HEIGHT: f64 = 420.0;

/// Something that money comes from or goes to.
pub(crate) struct NodeIn {
    pub(crate) column: usize,
    pub(crate) label: String,
    /// An earlier node that this one should stand beside, or below.
    pub(crate) beside: Option<usize>,
    /// The amount in words.
    pub(crate) amount: String,
    pub(crate) href: String,
    pub(crate) tone: &'static str,
}

/// A length in the drawing's units, written to a tenth.
#[derive(Clone, Copy)]
pub(crate) struct Px(pub(super) f64);

impl fmt::Display for Px {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}", (self.0 * 10.0).round() / 10.0)
    }
}

impl askama::FastWritable for Px {
    fn write_into(&self, to: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        Ok(write!(to, "{self}")?)
    }
}

/// A drawing.
pub(crate) struct Chart {
    pub(crate) width: Px,
    pub(crate) height: Px,
    pub(crate) heads: Vec<Head>,
    pub(crate) bands: Vec<Band>,
    pub(crate) cards: Vec<Card>,
}

/// Heading of a column.
pub(crate) struct Head {
    pub(crate) x: Px,
    pub(crate) text: String,
}

pub(crate) struct Card {
    pub(crate) href: String,
    pub(crate) tone: &'static str,
    pub(crate) x: Px,
    pub(crate) y: Px,
    pub(crate) width: Px,
    pub(crate) height: Px,
    /// Height of the money, centred in the card.
    pub(crate) money: Px,
    /// Lines of the label with their baselines.
    pub(crate) lines: Vec<(Px, String)>,
    pub(crate) amount: String,
    /// Baseline of the amount, where it doesn't fit behind the last line of the label.
    pub(crate) amount_below: Option<Px>,
}

const HEAD_HEIGHT: f64 = 34.0;
const EDGE: f64 = 5.0;

impl Card {
    pub(crate) fn money_top(&self) -> Px {
        Px(self.y.0 + (self.height.0 - self.money.0) / 2.0)
    }

    pub(crate) fn right_edge(&self) -> Px {
        Px(self.x.0 + self.width.0 - EDGE)
    }

    pub(crate) fn text_left(&self) -> Px {
        Px(self.x.0 + CARD_PADDING)
    }
}

/// Lays the nodes out in their columns, in the order given.
pub(crate) fn lay_out(
    heads: &[&str],
    card_width: f64,
    nodes: Vec<NodeIn>,
    bands: Vec<BandIn>,
) -> Chart {
    let columns = heads.len();
    let step = (WIDTH - card_width) / (columns.max(2) - 1) as f64;
    let through: Vec<i64> = (0..nodes.len()).map(|at| through(at, &bands)).collect();
    let fullest = (0..columns).map(|column| {
        nodes
            .iter()
            .zip(&through)
            .filter(|(node, _)| node.column == column)
            .map(|(_, money)| money)
            .sum::<i64>()
    });
    let scale = MONEY_HEIGHT / fullest.max().unwrap_or(0).max(1) as f64;
    let mut next = vec![HEAD_HEIGHT; columns];
    let mut cards: Vec<Card> = Vec::new();
    for (node, money) in nodes.into_iter().zip(&through) {
        let column = node.column;
        let beside = node.beside.map_or(0.0, |at| cards[at].y.0);
        let top = next[column].max(beside);
        let money = (*money as f64 * scale).max(BAND_MIN);
        let card = card(node, column as f64 * step, top, card_width, money);
        next[column] = card.y.0 + card.height.0 + CARD_GAP;
        cards.push(card);
    }
    let head = |(at, text): (usize, &&str)| Head {
        x: Px(at as f64 * step),
        text: (*text).to_owned(),
    };
    Chart {
        width: Px(WIDTH),
        height: Px(next.iter().copied().fold(HEAD_HEIGHT, f64::max)),
        heads: heads.iter().enumerate().map(head).collect(),
        bands: draw(&cards, bands, scale),
        cards,
    }
}

/// Money through a node: what comes in or what goes out, whichever is more.
fn through(node: usize, bands: &[BandIn]) -> i64 {
    let sum = |end: fn(&BandIn) -> usize| {
        bands
            .iter()
            .filter(|band| end(band) == node)
            .map(|band| band.amount)
            .sum::<i64>()
    };
    sum(|band| band.to).max(sum(|band| band.from))
}

fn card(node: NodeIn, x: f64, y: f64, width: f64, money: f64) -> Card {
    let letters = ((width - 2.0 * CARD_PADDING) / LETTER) as usize;
    let words = wrapped(&node.label, letters);
    let room = |line: &String| line.chars().count() + 1 + node.amount.chars().count() <= letters;
    let beside = words.last().is_some_and(room);
    let text = (words.len() + usize::from(!beside)) as f64 * TEXT_LINE;
    let height = CARD_HEIGHT_MIN.max(money).max(text + 10.0);
    let first = y + (height - text) / 2.0 + TEXT_LINE * 0.76;
    let baseline = |at: usize| Px(first + at as f64 * TEXT_LINE);
    let amount_below = (!beside).then(|| baseline(words.len()));
    let placed = |(at, line)| (baseline(at), line);
    let lines = words.into_iter().enumerate().map(placed).collect();
    let [x, y, width, height, money] = [x, y, width, height, money].map(Px);
    Card {
        amount: node.amount,
        amount_below,
        href: node.href,
        tone: node.tone,
        x,
        y,
        width,
        height,
        money,
        lines,
    }
}

/// Breaks a label between words, and a word only where it is longer than a line.
fn wrapped(label: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in label
        .split_whitespace()
        .flat_map(|word| pieces(word, letters))
    {
        let room = |line: &&mut String| line.chars().count() + 1 + word.chars().count() <= letters;
        match lines.last_mut().filter(room) {
            Some(line) => {
                line.push(' ');
                line.push_str(&word);
            }
            None => lines.push(word),
        }
    }
    lines
}

fn pieces(word: &str, letters: usize) -> Vec<String> {
    let letters_of_word: Vec<char> = word.chars().collect();
    letters_of_word
        .chunks(letters)
        .map(|piece| piece.iter().collect())
        .collect()
}
