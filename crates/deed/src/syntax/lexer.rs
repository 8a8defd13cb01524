//! Characters to tokens, one line at a time.

use crate::limits::{
    DECIMAL_PLACES_MAX, MONEY_LITERAL_MAX, NAME_BYTES_MAX, PERCENT_DECIMALS_MAX,
    PERCENT_LITERAL_MAX, PERCENT_WHOLE, TEXT_BYTES_MAX,
};
use crate::value::{Currency, Money, MoneyError, parse_minor};

use super::token::{Problem, Span, Tok, Token};

const MARKS: [&str; 20] = [
    "!=", "<=", ">=", "(", ")", "[", "]", ",", ".", ":", "=", "<", ">", "+", "-", "*", "/", "%",
    ";", "!",
];

/// Adds the tokens of one line (without its line end); `at` is the line's first byte in the source.
pub(crate) fn tokens<'s>(
    line: &'s str,
    at: usize,
    out: &mut Vec<Token<'s>>,
) -> Result<(), Problem> {
    let pos = 0;
    let mut lexer = Lexer { line, at, pos, out };
    while lexer.next()? {}
    Ok(())
}

struct Lexer<'s, 'o> {
    line: &'s str,
    at: usize,
    pos: usize,
    out: &'o mut Vec<Token<'s>>,
}

impl<'s> Lexer<'s, '_> {
    fn rest(&self) -> &'s str {
        &self.line[self.pos..]
    }

    fn span(&self, length: usize) -> Span {
        Span::new(self.at + self.pos, self.at + self.pos + length)
    }

    fn push(&mut self, tok: Tok<'s>, length: usize) {
        let span = self.span(length);
        self.out.push(Token { tok, span });
        self.pos += length;
    }

    /// Reads one token; false at the end of the line.
    fn next(&mut self) -> Result<bool, Problem> {
        let spaces = self.rest().bytes().take_while(|b| *b == b' ');
        self.pos += spaces.count();
        let Some(first) = self.rest().chars().next() else {
            return Ok(false);
        };
        match first {
            '#' => return Ok(false),
            'a'..='z' | 'A'..='Z' => self.name()?,
            '0'..='9' => self.number()?,
            '£' => self.money(Currency::GBP, '£'.len_utf8())?,
            '€' => self.money(Currency::EUR, '€'.len_utf8())?,
            '"' => self.text()?,
            _ => self.mark(first)?,
        }
        Ok(true)
    }

    fn name(&mut self) -> Result<(), Problem> {
        let rest = self.rest();
        let length = rest
            .bytes()
            .position(|b| !(b.is_ascii_alphanumeric() || b == b'_'))
            .unwrap_or(rest.len());
        let name = &rest[..length];
        if length > NAME_BYTES_MAX {
            return Err(Problem::new(
                self.span(length),
                format!("a name has at most {NAME_BYTES_MAX} characters"),
                format!("{length} characters"),
            ));
        }
        if let Some(c) = rest[length..]
            .chars()
            .next()
            .filter(|c| c.is_alphanumeric())
        {
            return Err(self.foreign_letter(length, c));
        }
        let amount = rest[length..].trim_start_matches(' ');
        if amount.starts_with(|c: char| c.is_ascii_digit())
            && let Ok(currency) = Currency::new(name)
        {
            return self.money(currency, rest.len() - amount.len());
        }
        self.push(Tok::Name(name), length);
        Ok(())
    }

    fn foreign_letter(&self, offset: usize, c: char) -> Problem {
        let start = self.at + self.pos + offset;
        Problem::new(
            Span::new(start, start + c.len_utf8()),
            "names are written in the letters a-z and A-Z, digits and `_`",
            format!("this is U+{:04X}", u32::from(c)),
        )
        .help("a letter of another script may look the same and be another".to_owned())
    }

    /// The length of digits with separators at the start of `text`.
    fn digits(text: &str, separators: &[char]) -> usize {
        let mut end = 0;
        for (i, c) in text.char_indices() {
            let separator =
                separators.contains(&c) && text[i + 1..].starts_with(|n: char| n.is_ascii_digit());
            if !c.is_ascii_digit() && !separator {
                break;
            }
            end = i + c.len_utf8();
        }
        end
    }

    fn number(&mut self) -> Result<(), Problem> {
        let rest = self.rest();
        let length = Self::digits(rest, &['.']);
        let digits = &rest[..length];
        if rest[length..].starts_with('%') {
            return self.percent(digits, length);
        }
        if let Some(c) = rest[length..]
            .chars()
            .next()
            .filter(|c| c.is_alphanumeric() || *c == '_')
        {
            let span = self.span(length + c.len_utf8());
            return Err(Problem::new(
                span,
                "a name begins with a letter",
                "begins with a digit",
            ));
        }
        if let Some((whole, fraction)) = digits.split_once('.') {
            return self.decimal(whole, fraction, length);
        }
        let value = digits.parse().map_err(|_| {
            Problem::new(
                self.span(length),
                "the number is too large",
                "does not fit 64 bits",
            )
        })?;
        self.push(Tok::Int(value), length);
        Ok(())
    }

    fn decimal(&mut self, whole: &str, fraction: &str, length: usize) -> Result<(), Problem> {
        let places = u8::try_from(fraction.len())
            .ok()
            .filter(|p| *p <= DECIMAL_PLACES_MAX);
        match (places, format!("{whole}{fraction}").parse()) {
            (Some(places), Ok(value)) => {
                self.push(Tok::Decimal(value, places), length);
                Ok(())
            }
            _ => Err(Problem::new(
                self.span(length),
                format!(
                    "a decimal number has one point, at most {DECIMAL_PLACES_MAX} places after it, and fits 64 bits"
                ),
                "not such a number",
            )),
        }
    }

    fn percent(&mut self, digits: &str, length: usize) -> Result<(), Problem> {
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let scaled = format!("{whole}{fraction:0<PERCENT_DECIMALS_MAX$}");
        match scaled.parse() {
            Ok(value) if fraction.len() <= PERCENT_DECIMALS_MAX && value <= PERCENT_LITERAL_MAX => {
                self.push(Tok::Percent(value), length + 1);
                Ok(())
            }
            _ => Err(Problem::new(
                self.span(length + 1),
                format!(
                    "a percentage is at most {}% with at most {PERCENT_DECIMALS_MAX} decimals",
                    PERCENT_LITERAL_MAX / (PERCENT_WHOLE / 100)
                ),
                "not such a percentage",
            )),
        }
    }

    fn money(&mut self, currency: Currency, prefix: usize) -> Result<(), Problem> {
        let rest = &self.rest()[prefix..];
        let length = Self::digits(rest, &['.', ',']);
        let parsed = parse_minor(&rest[..length], currency.decimals()).and_then(|minor| {
            if minor > MONEY_LITERAL_MAX {
                Err(MoneyError::TooLarge)
            } else {
                Ok(minor)
            }
        });
        match parsed {
            Ok(minor) => {
                self.push(Tok::Money(Money::new(currency, minor)), prefix + length);
                Ok(())
            }
            Err(error) => Err(Problem::new(
                self.span(prefix + length),
                error.to_string(),
                "this amount",
            )),
        }
    }

    fn text(&mut self) -> Result<(), Problem> {
        let rest = self.rest();
        let Some(inside) = rest[1..].find('"') else {
            let length = rest.len();
            return Err(Problem::new(
                self.span(length),
                "the text does not end",
                "no closing `\"` on this line",
            )
            .help("a long text goes on as a second text in quotes on the next line".to_owned()));
        };
        if inside > TEXT_BYTES_MAX {
            return Err(Problem::new(
                self.span(inside + 2),
                format!("a text has at most {TEXT_BYTES_MAX} bytes"),
                format!("{inside} bytes"),
            ));
        }
        self.push(Tok::Text(&rest[1..=inside]), inside + 2);
        Ok(())
    }

    fn mark(&mut self, first: char) -> Result<(), Problem> {
        let rest = self.rest();
        let begins = |mark: &&&str| mark.as_bytes()[0] == rest.as_bytes()[0];
        let mut marks = MARKS.iter().filter(begins);
        if let Some(mark) = marks.find(|m| rest.starts_with(**m)) {
            self.push(Tok::Punct(mark), mark.len());
            return Ok(());
        }
        if first.is_alphabetic() {
            return Err(self.foreign_letter(0, first));
        }
        let help = match first {
            '\'' | '\u{2018}' | '\u{2019}' | '\u{201C}' | '\u{201D}' => {
                Some("texts stand in straight double quotes".to_owned())
            }
            '_' => Some("a name begins with a letter".to_owned()),
            '&' => Some("write `and`".to_owned()),
            '|' => Some("write `or`".to_owned()),
            '$' => Some("write the currency's code, as in USD 12.50".to_owned()),
            _ => None,
        };
        Err(Problem::new(
            self.span(first.len_utf8()),
            format!("{first:?} has no meaning here"),
            "this character",
        )
        .help(help))
    }
}
