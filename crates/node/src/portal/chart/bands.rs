//! Bands between cards: as thick as the money, and as straight as the order of the cards allows.

use super::layout::Card;

/// A thinner band could not be seen.
pub(super) const BAND_MIN: f64 = 1.5;
/// Bands thinner than this are drawn in a stronger colour.
const BAND_THIN: f64 = 4.0;

/// Money from one node to another; `amount` is never below zero.
pub(super) struct BandIn {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) amount: i64,
    pub(super) tone: &'static str,
    pub(super) title: String,
}

/// A band as it is drawn.
pub(crate) struct Band {
    pub(crate) path: String,
    pub(crate) tone: &'static str,
    pub(crate) thin: bool,
    pub(crate) title: String,
}

/// Bands leave and enter each card in the order of the cards at their other ends, so that they cross least.
pub(super) fn draw(cards: &[Card], bands: Vec<BandIn>, scale: f64) -> Vec<Band> {
    let leaves = stacked(cards, &bands, scale, |band| (band.from, band.to));
    let enters = stacked(cards, &bands, scale, |band| (band.to, band.from));
    let ends = leaves.into_iter().zip(enters);
    let drawn = bands.into_iter().zip(ends).map(|(band, (leave, enter))| {
        let thick = (band.amount as f64 * scale).max(BAND_MIN);
        let from = &cards[band.from];
        let right = from.x.0 + from.width.0;
        Band {
            path: ribbon((right, leave), (cards[band.to].x.0, enter), thick),
            tone: band.tone,
            thin: thick < BAND_THIN,
            title: band.title,
        }
    });
    drawn.collect()
}

/// Where each band touches one of its cards, one below the other in the order of `ends`: the card touched, the other one.
fn stacked(
    cards: &[Card],
    bands: &[BandIn],
    scale: f64,
    ends: impl Fn(&BandIn) -> (usize, usize),
) -> Vec<f64> {
    let mut next: Vec<f64> = cards.iter().map(|card| card.money_top().0).collect();
    let mut order: Vec<usize> = (0..bands.len()).collect();
    order.sort_by_key(|&at| (ends(&bands[at]), at));
    let mut touches = vec![0.0; bands.len()];
    for at in order {
        let (card, _) = ends(&bands[at]);
        touches[at] = next[card];
        next[card] += bands[at].amount as f64 * scale;
    }
    touches
}

fn ribbon((x0, y0): (f64, f64), (x1, y1): (f64, f64), thick: f64) -> String {
    let middle = (x0 + x1) / 2.0;
    let (below0, below1) = (y0 + thick, y1 + thick);
    format!(
        "M{x0:.0} {y0:.1}C{middle:.0} {y0:.1} {middle:.0} {y1:.1} {x1:.0} {y1:.1}V{below1:.1}\
         C{middle:.0} {below1:.1} {middle:.0} {below0:.1} {x0:.0} {below0:.1}Z"
    )
}
