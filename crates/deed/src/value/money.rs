//! Exact amounts of money: integers of minor units, checked.

use std::fmt;

/// An ISO 4217 currency code, such as `GBP`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The text is not three capital letters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a currency is three capital letters (ISO 4217), such as GBP, not {0:?}")]
pub struct CurrencyError(String);

impl Currency {
    /// Pound sterling.
    pub const GBP: Self = Self(*b"GBP");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");

    /// Parses a three-letter code.
    ///
    /// # Errors
    /// When it is not three letters `A-Z`.
    pub fn new(code: &str) -> Result<Self, CurrencyError> {
        match <[u8; 3]>::try_from(code.as_bytes()) {
            Ok(bytes) if bytes.iter().all(u8::is_ascii_uppercase) => Ok(Self(bytes)),
            _ => Err(CurrencyError(code.chars().take(16).collect())),
        }
    }

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The number of digits after the decimal point (ISO 4217 exponent).
    #[must_use]
    pub fn decimals(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount in one currency, in minor units (pence for GBP).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    /// The currency.
    pub currency: Currency,
    /// Minor units; may be below zero.
    pub minor: i64,
}

/// Why a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not digits with an optional sign, symbol, thousands separators and decimals.
    #[error("an amount is written like £1,234.50")]
    Shape,
    /// A thousands separator that does not stand before three digits.
    #[error("a comma in an amount separates thousands, as in £1,234.50")]
    Thousands,
    /// More digits after the point than the currency has.
    #[error("the amount is finer than the currency's smallest unit")]
    TooFine,
    /// The amount does not fit 64 bits of minor units.
    #[error("the amount is too large")]
    TooLarge,
    /// The symbol or code is that of another currency.
    #[error("the amount is in another currency")]
    OtherCurrency,
}

impl Money {
    /// An amount in minor units.
    #[must_use]
    pub fn new(currency: Currency, minor: i64) -> Self {
        Self { currency, minor }
    }

    /// An amount in pence.
    #[must_use]
    pub fn gbp(pence: i64) -> Self {
        Self::new(Currency::GBP, pence)
    }

    /// Parses `£1,234.50`, `1234.5`, `-£3`, `GBP 12` and the like in the given currency.
    ///
    /// # Errors
    /// See [`MoneyError`]; nothing is rounded.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let text = text.trim();
        let (negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text),
        };
        let digits = strip_currency(text, currency)?;
        let minor = parse_minor(digits, currency.decimals())?;
        Ok(Self::new(currency, if negative { -minor } else { minor }))
    }
}

fn strip_currency(text: &str, currency: Currency) -> Result<&str, MoneyError> {
    for (symbol, of) in [('£', Currency::GBP), ('€', Currency::EUR)] {
        if let Some(rest) = text.strip_prefix(symbol) {
            return if of == currency {
                Ok(rest.trim_start())
            } else {
                Err(MoneyError::OtherCurrency)
            };
        }
    }
    let Some((code, rest)) = text.split_at_checked(3) else {
        return Ok(text);
    };
    match Currency::new(code) {
        Ok(of) if of == currency => Ok(rest.trim_start()),
        Ok(_) => Err(MoneyError::OtherCurrency),
        Err(_) => Ok(text),
    }
}

/// Minor units of unsigned digits such as `1,234.50`.
pub(crate) fn parse_minor(digits: &str, decimals: u32) -> Result<i64, MoneyError> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || (digits.contains('.') && fraction.is_empty()) {
        return Err(MoneyError::Shape);
    }
    let groups: Vec<&str> = whole.split(',').collect();
    let thousands = groups.len() > 1
        && (groups[0].is_empty()
            || groups[0].len() > 3
            || groups[1..].iter().any(|g| g.len() != 3));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if !groups.iter().all(|g| all_digits(g)) || !all_digits(fraction) {
        return Err(MoneyError::Shape);
    }
    if thousands {
        return Err(MoneyError::Thousands);
    }
    let kept = fraction.trim_end_matches('0');
    if kept.len() > decimals as usize {
        return Err(MoneyError::TooFine);
    }
    let padding = std::iter::repeat_n('0', decimals as usize - kept.len());
    let mut minor: i64 = 0;
    for digit in groups.concat().chars().chain(kept.chars()).chain(padding) {
        let value = i64::from(digit.to_digit(10).ok_or(MoneyError::Shape)?);
        minor = minor
            .checked_mul(10)
            .and_then(|m| m.checked_add(value))
            .ok_or(MoneyError::TooLarge)?;
    }
    Ok(minor)
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        match &self.currency.0 {
            b"GBP" => write!(f, "{sign}£")?,
            b"EUR" => write!(f, "{sign}€")?,
            _ => write!(f, "{sign}{} ", self.currency)?,
        }
        let decimals = self.currency.decimals();
        let unit = 10_u64.pow(decimals);
        let minor = self.minor.unsigned_abs();
        f.write_str(&thousands(minor / unit))?;
        if decimals > 0 {
            write!(f, ".{:0width$}", minor % unit, width = decimals as usize)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A whole number with commas between thousands.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
