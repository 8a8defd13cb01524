//! Names of functions: what money is for.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Codes of functions and their names. A code such as `10.4.0` belongs to `10.4`, and that to `10`.
#[derive(Debug)]
pub struct Functions {
    /// Heading above lists of functions.
    pub heading: String,
    /// Name of "no function given".
    pub unclassified: String,
    separator: String,
    names: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FunctionsWritten {
    pub(super) file: String,
    separator: String,
    heading: String,
    unclassified: String,
}

#[derive(Deserialize)]
struct Named {
    code: String,
    name: String,
}

impl FunctionsWritten {
    pub(super) fn read(self, names: &str) -> Result<Functions, csv::Error> {
        let rows = csv::Reader::from_reader(names.as_bytes()).into_deserialize();
        let names = rows
            .map(|row| row.map(|Named { code, name }| (code, name)))
            .collect::<Result<_, _>>()?;
        Ok(Functions {
            heading: self.heading,
            unclassified: self.unclassified,
            separator: self.separator,
            names,
        })
    }
}

impl Functions {
    /// In addresses of pages, what stands for "no function given".
    pub const UNCLASSIFIED: &'static str = "unclassified";

    /// The name of a code. The empty code is the unclassified one; a code without a name is shown as
    /// it is, so that no money is hidden because a table is out of date.
    #[must_use]
    pub fn name(&self, code: &str) -> String {
        if code.is_empty() {
            return self.unclassified.clone();
        }
        self.names
            .get(code)
            .cloned()
            .unwrap_or_else(|| format!("Code {code}"))
    }

    /// The part of an address that stands for a code. A code is text that somebody published: what is
    /// not a letter, a digit, `.`, `_` or `-` is percent-encoded (RFC 3986 §2.1).
    #[must_use]
    pub fn slug(&self, code: &str) -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let encoded = |byte: u8| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        };
        match code {
            "" => Self::UNCLASSIFIED.to_owned(),
            code => code.bytes().map(encoded).collect(),
        }
    }

    /// The code that a part of an address stands for.
    #[must_use]
    pub fn code<'a>(&self, slug: &'a str) -> &'a str {
        if slug == Self::UNCLASSIFIED { "" } else { slug }
    }

    /// Whether the code has a name of its own.
    #[must_use]
    pub fn known(&self, code: &str) -> bool {
        code.is_empty() || self.names.contains_key(code)
    }

    /// The function at the top that a code belongs to.
    #[must_use]
    pub fn top<'a>(&self, code: &'a str) -> &'a str {
        code.split(self.separator.as_str()).next().unwrap_or(code)
    }

    /// The part of `code` one level below `above`, or `above` itself where the code ends there.
    /// None if the code doesn't belong to `above`.
    #[must_use]
    pub fn below<'a>(&self, above: &str, code: &'a str) -> Option<&'a str> {
        if code == above {
            return Some(code);
        }
        let rest = code
            .strip_prefix(above)?
            .strip_prefix(self.separator.as_str())?;
        let end = rest.find(self.separator.as_str()).unwrap_or(rest.len());
        Some(&code[..code.len() - rest.len() + end])
    }

    /// The codes from the top down to this one, it included.
    #[must_use]
    pub fn path<'a>(&self, code: &'a str) -> Vec<&'a str> {
        let ends = code
            .match_indices(self.separator.as_str())
            .map(|(at, _)| at)
            .chain([code.len()]);
        ends.map(|end| &code[..end]).collect()
    }

    /// What a code's sub-codes begin with.
    #[must_use]
    pub fn prefix(&self, code: &str) -> String {
        format!("{code}{}", self.separator)
    }

    /// The functions at the top, in the order of their codes.
    pub fn tops(&self) -> impl Iterator<Item = (&str, &str)> {
        let top = |code: &&String| !code.contains(self.separator.as_str());
        self.names
            .iter()
            .filter(move |(code, _)| top(code))
            .map(|(code, name)| (code.as_str(), name.as_str()))
    }
}
