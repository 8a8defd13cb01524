//! A pound as a hundred pennies.

use crate::portal::figures::Parts;

const PER_ROW: u32 = 20;
const STEP: u32 = 24;
const RADIUS: u32 = 10;

/// A hundred pennies, of which each part has its share.
pub(crate) struct Pennies {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) parts: Vec<PennyPart>,
}

/// The pennies of one part.
pub(crate) struct PennyPart {
    pub(crate) tone: &'static str,
    pub(crate) path: String,
}

/// Lays the pennies of the parts out one after the other, row by row.
pub(crate) fn pennies(parts: &Parts) -> Pennies {
    let mut at = 0;
    let mut drawn = Vec::new();
    for part in &parts.rows {
        let coins = (at..at + part.share)
            .map(|coin| circle(coin % PER_ROW * STEP + 2, coin / PER_ROW * STEP + STEP / 2));
        drawn.push(PennyPart {
            tone: part.tone,
            path: coins.collect(),
        });
        at += part.share;
    }
    Pennies {
        width: PER_ROW * STEP,
        height: 100 / PER_ROW * STEP,
        parts: drawn,
    }
}

fn circle(left: u32, middle: u32) -> String {
    format!(
        "M{left} {middle}a{RADIUS} {RADIUS} 0 1 1 {d} 0a{RADIUS} {RADIUS} 0 1 1-{d} 0",
        d = 2 * RADIUS
    )
}
