//! How amounts are written.

use std::borrow::Borrow;

use serde::Deserialize;

/// A currency and its words. Amounts are in its smallest unit, a hundredth.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Currency {
    /// ISO 4217 code.
    pub code: String,
    /// Written before an amount.
    pub symbol: String,
    /// Name of the unit, one.
    pub unit: String,
    /// Name of the unit, several.
    pub name: String,
    /// Written after a number of hundredths.
    pub minor_symbol: String,
    /// Name of the hundredths, several.
    pub minor_name: String,
}

const MINUS: char = '\u{2212}';

impl Currency {
    /// To the hundredth: `£105,659,291.51`.
    #[must_use]
    pub fn exact(&self, minor: impl Borrow<i64>) -> String {
        let (sign, units, hundredths) = parts(*minor.borrow());
        format!("{sign}{}{}.{hundredths:02}", self.symbol, thousands(units))
    }

    /// For headlines and charts: `£105.7 million`. Amounts under a thousand are exact.
    #[must_use]
    pub fn short(&self, minor: impl Borrow<i64>) -> String {
        self.scaled(*minor.borrow(), [" trillion", " billion", " million"])
    }

    /// For labels where there is little room: `£105.7m`.
    #[must_use]
    pub fn brief(&self, minor: impl Borrow<i64>) -> String {
        self.scaled(*minor.borrow(), ["tn", "bn", "m"])
    }

    fn scaled(&self, minor: i64, words: [&str; 3]) -> String {
        let (sign, units, hundredths) = parts(minor);
        // (unit of the word, what the next smaller word rounds to): £999,999.99 is a million, not £1,000,000.
        let steps = [
            (1_000_000_000_000, 100_000_000),
            (1_000_000_000, 100_000),
            (1_000_000, 1),
        ];
        let minor_abs = u128::from(minor.unsigned_abs());
        for ((size, smaller), word) in steps.into_iter().zip(words) {
            if rounded(minor_abs, smaller * 100) * smaller >= size {
                let tenths = rounded(minor_abs, size * 10);
                return format!(
                    "{sign}{}{}.{}{word}",
                    self.symbol,
                    thousands(tenths / 10),
                    tenths % 10
                );
            }
        }
        if units >= 1_000 {
            return format!(
                "{sign}{}{}",
                self.symbol,
                thousands(u128::from(units) + u128::from(hundredths >= 50))
            );
        }
        self.exact(minor)
    }
}

fn rounded(number: u128, to: u128) -> u128 {
    (number + to / 2) / to
}

/// For files: `105659291.51`, with a plain minus.
#[must_use]
pub(super) fn decimal(minor: i64) -> String {
    let (sign, units, hundredths) = parts(minor);
    let sign = if sign.is_empty() { "" } else { "-" };
    format!("{sign}{units}.{hundredths:02}")
}

/// Reads what people type: `25000`, `25,000.50`, `£1,000`. None if it is not an amount of at most two decimals.
#[must_use]
pub(super) fn typed(text: &str, symbol: &str) -> Option<i64> {
    let text = text
        .trim()
        .trim_start_matches(symbol)
        .replace([',', ' '], "");
    let (negative, text) = match text.strip_prefix(['-', MINUS]) {
        Some(rest) => (true, rest.trim_start_matches(symbol)),
        None => (false, text.as_str()),
    };
    let (units, hundredths) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if units.is_empty() || !digits(units) || !digits(hundredths) || hundredths.len() > 2 {
        return None;
    }
    let minor = format!("{units}{hundredths:0<2}").parse::<i64>().ok()?;
    Some(if negative { -minor } else { minor })
}

fn parts(minor: i64) -> (String, u64, u64) {
    let sign = if minor < 0 {
        MINUS.to_string()
    } else {
        String::new()
    };
    (sign, minor.unsigned_abs() / 100, minor.unsigned_abs() % 100)
}

/// A whole number with commas: `16,176`.
#[must_use]
pub(super) fn thousands(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pounds() -> Currency {
        let word = str::to_owned;
        Currency {
            code: word("GBP"),
            symbol: word("£"),
            unit: word("pound"),
            name: word("pounds"),
            minor_symbol: word("p"),
            minor_name: word("pence"),
        }
    }

    #[test]
    fn amounts_are_written_in_full_and_in_short() {
        let cases = [
            (0, "£0.00", "£0.00", "0.00"),
            (5, "£0.05", "£0.05", "0.05"),
            (-123_456, "\u{2212}£1,234.56", "\u{2212}£1,235", "-1234.56"),
            (99_999, "£999.99", "£999.99", "999.99"),
            (99_949_999, "£999,499.99", "£999,500", "999499.99"),
            (99_999_999, "£999,999.99", "£1.0 million", "999999.99"),
            (
                10_565_929_151,
                "£105,659,291.51",
                "£105.7 million",
                "105659291.51",
            ),
            (
                99_996_000_000,
                "£999,960,000.00",
                "£1.0 billion",
                "999960000.00",
            ),
            (
                99_994_000_000,
                "£999,940,000.00",
                "£999.9 million",
                "999940000.00",
            ),
            (
                51_769_900_000_000,
                "£517,699,000,000.00",
                "£517.7 billion",
                "517699000000.00",
            ),
            (
                i64::MIN,
                "\u{2212}£92,233,720,368,547,758.08",
                "\u{2212}£92,233.7 trillion",
                "-92233720368547758.08",
            ),
        ];
        for (minor, exact, short, plain) in cases {
            assert_eq!(
                (pounds().exact(minor), pounds().short(minor), decimal(minor)),
                (exact.into(), short.into(), plain.into())
            );
        }
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        let cases = [
            ("25000", Some(2_500_000)),
            (" £25,000.5 ", Some(2_500_050)),
            ("-10", Some(-1_000)),
            ("-£10", Some(-1_000)),
            ("0.05", Some(5)),
            ("1.005", None),
            ("", None),
            (".5", None),
            ("ten", None),
            ("1e6", None),
            ("99999999999999999999", None),
        ];
        for (text, minor) in cases {
            assert_eq!(typed(text, "£"), minor, "{text}");
        }
    }
}
