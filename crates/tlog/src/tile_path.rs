//! Paths of tiles and entry bundles below a log's URL prefix (C2SP tlog-tiles, "APIs"). One
//! resource has one path.

use std::fmt;
use std::str::FromStr;

use crate::checkpoint::parse_decimal;
use crate::limits::{TILE_INDEX_MAX, TILE_LEVEL_MAX, TILE_WIDTH};
use crate::tile::{EntryBundle, Tile, TileError};

/// What a path below a log's prefix asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TilePath {
    /// `tile/<level>/<index>[.p/<width>]`
    Hashes(Tile),
    /// `tile/entries/<index>[.p/<width>]`
    Entries(EntryBundle),
}

/// Why a path is neither a tile's nor a bundle's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TilePathError {
    /// Not of the form `tile/<level>/<index>` or `tile/entries/<index>`.
    #[error("a tile's path is tile/<level>/<index> or tile/entries/<index>")]
    Form,
    /// The level is not a decimal number from 0 to 63 without leading zeroes.
    #[error("a tile's level is a decimal number up to {TILE_LEVEL_MAX}")]
    Level,
    /// The index is not in groups of three digits, all but the last marked with `x`, or is too
    /// large.
    #[error(
        "a tile's index is a number up to {TILE_INDEX_MAX} in groups of three digits, such as x001/x234/067"
    )]
    Index,
    /// The width is not a decimal number from 1 to 255 without leading zeroes.
    #[error("a partial tile's width is a decimal number from 1 to 255")]
    Width,
}

impl TilePath {
    /// Reads a path, without a leading slash. Its `Display` gives the same path back.
    ///
    /// # Errors
    /// [`TilePathError`].
    pub fn parse(path: &str) -> Result<TilePath, TilePathError> {
        let rest = path.strip_prefix("tile/").ok_or(TilePathError::Form)?;
        let (kind, span) = rest.split_once('/').ok_or(TilePathError::Form)?;
        if kind == "entries" {
            return Ok(TilePath::Entries(EntryBundle::from_span(TileSpan::parse(
                span,
            )?)));
        }
        let level = parse_decimal(kind).and_then(|level| u8::try_from(level).ok());
        let level = level
            .filter(|level| *level <= TILE_LEVEL_MAX)
            .ok_or(TilePathError::Level)?;
        Ok(TilePath::Hashes(Tile::from_parts(
            level,
            TileSpan::parse(span)?,
        )))
    }
}

/// What tiles and bundles share: an index, and how many of 256 places are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TileSpan {
    index: u64,
    width: u16,
}

impl TileSpan {
    pub(crate) fn new(index: u64, width: u16) -> Result<TileSpan, TileError> {
        if index > TILE_INDEX_MAX {
            return Err(TileError::Index { got: index });
        }
        if width == 0 || width > TILE_WIDTH {
            return Err(TileError::Width { got: width });
        }
        Ok(TileSpan { index, width })
    }

    /// Span `index` of a row of `length` places, if it has any.
    pub(crate) fn in_row(index: u64, length: u64) -> Option<TileSpan> {
        let full = u64::from(TILE_WIDTH);
        let taken = length.checked_sub(index.checked_mul(full)?)?.min(full);
        TileSpan::new(index, taken as u16).ok()
    }

    pub(crate) const fn index(self) -> u64 {
        self.index
    }

    pub(crate) const fn width(self) -> u16 {
        self.width
    }

    fn parse(text: &str) -> Result<TileSpan, TilePathError> {
        let (index, width) = match text.split_once(".p/") {
            Some((index, width)) => (
                index,
                parse_partial_width(width).ok_or(TilePathError::Width)?,
            ),
            None => (text, TILE_WIDTH),
        };
        let index = parse_index(index).ok_or(TilePathError::Index)?;
        TileSpan::new(index, width).map_err(|_| TilePathError::Index)
    }
}

fn parse_partial_width(text: &str) -> Option<u16> {
    let width = u16::try_from(parse_decimal(text)?).ok()?;
    (1..TILE_WIDTH).contains(&width).then_some(width)
}

fn parse_index(text: &str) -> Option<u64> {
    if text.starts_with("x000/") {
        return None;
    }
    let (leading, last) = match text.rsplit_once('/') {
        Some((leading, last)) => (Some(leading), last),
        None => (None, text),
    };
    let leading = leading
        .into_iter()
        .flat_map(|groups| groups.split('/'))
        .map(|group| group.strip_prefix('x'));
    let mut groups = leading.chain([Some(last)]);
    groups.try_fold(0u64, |index, group| {
        index.checked_mul(1000)?.checked_add(parse_group(group?)?)
    })
}

fn parse_group(digits: &str) -> Option<u64> {
    let valid = digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit());
    if valid { digits.parse().ok() } else { None }
}

impl fmt::Display for TileSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut divisor = 1;
        while self.index / divisor >= 1000 {
            divisor *= 1000;
        }
        while divisor > 1 {
            write!(f, "x{:03}/", self.index / divisor % 1000)?;
            divisor /= 1000;
        }
        write!(f, "{:03}", self.index % 1000)?;
        if self.width < TILE_WIDTH {
            write!(f, ".p/{}", self.width)
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TilePath::Hashes(tile) => fmt::Display::fmt(tile, f),
            TilePath::Entries(bundle) => fmt::Display::fmt(bundle, f),
        }
    }
}

impl FromStr for TilePath {
    type Err = TilePathError;

    fn from_str(path: &str) -> Result<TilePath, TilePathError> {
        TilePath::parse(path)
    }
}
