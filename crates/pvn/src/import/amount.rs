//! Amounts from decimal text to whole minor units, never through binary fractions.

use deed::Currency;

use super::problem::Problem;
use super::text::shown;

/// How a publisher writes amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AmountStyle {
    /// The file's currency.
    pub(super) currency: Currency,
    /// Decimals that every amount has, where the publisher always writes them.
    pub(super) decimals: Option<u32>,
}

/// Digits after the smallest unit that have to agree before a tail counts as binary noise: a real
/// fraction such as .125 or .9995 never starts with four noughts or four nines.
const NOISE_DIGITS: usize = 4;

impl AmountStyle {
    /// Minor units (pence for GBP) of a cell such as `£1,234.50`, `(1,234.50)`, `1234.50-` or `1.5e3`.
    ///
    /// A tail left by binary fractions (`0.30000000000000004`, `12.339999999999998`) is rounded off;
    /// any other fraction of the smallest unit is refused.
    pub(super) fn parse(&self, cell: &str, column: &str) -> Result<i64, Problem> {
        let column = column.to_owned();
        let got = shown(cell);
        let unreadable = || Problem::AmountUnreadable {
            column: column.clone(),
            got: got.clone(),
        };
        let foreign = || Problem::CurrencyUnknown {
            column: column.clone(),
            got: got.clone(),
            expected: self.currency,
        };
        let outer = self.without_symbol(cell.trim()).ok_or_else(foreign)?;
        let (negative, inner) = sign(outer).ok_or_else(unreadable)?;
        let bare = self.without_symbol(inner).ok_or_else(foreign)?;
        let decimal = Decimal::parse(bare).ok_or_else(unreadable)?;
        if let Some(decimals) = self.decimals
            && decimal.scale != i64::from(decimals)
        {
            return Err(Problem::AmountDecimals {
                column,
                got,
                decimals,
            });
        }
        match decimal.minor_units(self.currency.decimals()) {
            Ok(minor) => Ok(if negative { -minor } else { minor }),
            Err(TooFine::Fraction) => Err(Problem::AmountTooFine { column, got }),
            Err(TooFine::Overflow) => Err(Problem::AmountTooLarge { column, got }),
        }
    }

    /// The text without the currency's own symbol or code; `None` when it names another one.
    fn without_symbol<'a>(&self, text: &'a str) -> Option<&'a str> {
        let symbols = [("£", "GBP"), ("€", "EUR"), ("$", "USD"), ("¥", "JPY")];
        for (symbol, code) in symbols {
            if let Some(rest) = text.strip_prefix(symbol) {
                return (code == self.currency.as_str()).then(|| rest.trim_start());
            }
        }
        match text.split_at_checked(3) {
            Some((code, rest)) if code.bytes().all(|b| b.is_ascii_uppercase()) => {
                (code == self.currency.as_str()).then(|| rest.trim_start())
            }
            _ => Some(text),
        }
    }
}

/// Whether the amount is negative, and the text without the sign's marks.
fn sign(text: &str) -> Option<(bool, &str)> {
    let minus = ['-', '\u{2212}'];
    if let Some(rest) = text.strip_prefix('(') {
        let inner = rest.strip_suffix(')')?.trim();
        return (!inner.starts_with(minus)).then_some((true, inner));
    }
    if let Some(rest) = text.strip_suffix(minus) {
        let rest = rest.trim_end();
        return (!rest.starts_with(minus)).then_some((true, rest));
    }
    match text.strip_prefix(minus) {
        Some(rest) => Some((true, rest.trim_start())),
        None => Some((false, text.strip_prefix('+').unwrap_or(text))),
    }
}

enum TooFine {
    Fraction,
    Overflow,
}

/// Digits and the number of them after the point (negative after an exponent).
struct Decimal {
    digits: Vec<u8>,
    scale: i64,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !grouped(whole) || !plain(fraction) {
            return None;
        }
        let written = if mantissa.contains('.') { fraction } else { "" };
        let digits = whole.bytes().filter(|b| *b != b',').chain(written.bytes());
        Some(Self {
            digits: digits.map(|b| b - b'0').collect(),
            scale: i64::try_from(written.len()).ok()? - i64::from(exponent),
        })
    }

    fn minor_units(&self, decimals: u32) -> Result<i64, TooFine> {
        let length = i64::try_from(self.digits.len()).map_err(|_| TooFine::Overflow)?;
        let kept = length - self.scale + i64::from(decimals);
        let kept_digits = usize::try_from(kept).unwrap_or(0).min(self.digits.len());
        let mut minor: i64 = 0;
        for digit in &self.digits[..kept_digits] {
            minor = push(minor, *digit)?;
        }
        for _ in length..kept {
            if minor == 0 {
                break;
            }
            minor = push(minor, 0)?;
        }
        let leading = usize::try_from(-kept).unwrap_or(0);
        let tail = std::iter::repeat_n(0, leading.min(NOISE_DIGITS))
            .chain(self.digits[kept_digits..].iter().copied());
        minor
            .checked_add(i64::from(rounds_up(tail)?))
            .ok_or(TooFine::Overflow)
    }
}

fn push(minor: i64, digit: u8) -> Result<i64, TooFine> {
    minor
        .checked_mul(10)
        .and_then(|tens| tens.checked_add(i64::from(digit)))
        .ok_or(TooFine::Overflow)
}

/// Whether a tail of digits is noise that rounds up (nines) or down (noughts).
fn rounds_up(tail: impl Iterator<Item = u8> + Clone) -> Result<bool, TooFine> {
    if tail.clone().all(|d| d == 0) {
        return Ok(false);
    }
    let head: Vec<u8> = tail.take(NOISE_DIGITS).collect();
    match (
        head.len() == NOISE_DIGITS,
        head.iter().all(|d| *d == 0),
        head.iter().all(|d| *d == 9),
    ) {
        (true, true, _) => Ok(false),
        (true, _, true) => Ok(true),
        _ => Err(TooFine::Fraction),
    }
}

/// Digits, with commas only before groups of three.
fn grouped(whole: &str) -> bool {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    !first.is_empty()
        && digits(first)
        && (first.len() <= 3 || !whole.contains(','))
        && groups.all(|group| group.len() == 3 && digits(group))
}
