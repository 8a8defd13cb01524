//! Looking for traces of what somebody should not know, in every byte of a folder's files.

use std::path::{Path, PathBuf};

/// Every file below a folder, in order.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        // A file or folder may go while it is looked at: stores tidy up.
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(_) => files.push(entry.path()),
                Err(_) => {}
            }
        }
    }
    files.sort();
    files
}

/// Something to look for, in each way in which it could be written down. Half of it counts: a store may cut it in two where
/// a page ends.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    pub(crate) name: String,
    text: String,
    forms: Vec<Vec<u8>>,
}

fn halves(bytes: &[u8]) -> [Vec<u8>; 2] {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    [first.to_vec(), second.to_vec()]
}

impl Trace {
    /// A random text, long enough that half of it is no coincidence either.
    pub(crate) fn secret(name: &str, text: &str) -> Self {
        assert!(text.len() >= 32, "{text}");
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            forms: halves(text.as_bytes()).into(),
        }
    }

    /// A text.
    pub(crate) fn text(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            forms: vec![text.as_bytes().to_vec()],
        }
    }

    /// 32 bytes: raw and as hexadecimal digits of either case.
    pub(crate) fn hash(name: &str, hex: &str) -> Self {
        let digit = |i: usize| u8::from_str_radix(&hex[i..i + 2], 16).expect("hexadecimal digits");
        let raw: Vec<u8> = (0..hex.len()).step_by(2).map(digit).collect();
        assert_eq!(raw.len(), 32, "{hex}");
        let written = [
            raw,
            hex.to_lowercase().into_bytes(),
            hex.to_uppercase().into_bytes(),
        ];
        Self {
            name: name.to_owned(),
            text: hex.to_owned(),
            forms: written.iter().flat_map(|form| halves(form)).collect(),
        }
    }

    /// The text that was given.
    pub(crate) fn example(&self) -> &str {
        &self.text
    }

    /// An amount: in minor units and as a decimal, with and without thousands separators, and as the CBOR of the number.
    pub(crate) fn amount(name: &str, minor: i64) -> Self {
        let minor = u64::try_from(minor).expect("above zero");
        assert!(
            minor > u64::from(u32::MAX),
            "long enough that its bytes are no coincidence"
        );
        let (whole, part) = ((minor / 100).to_string(), minor % 100);
        let mut grouped = String::new();
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let texts = [
            minor.to_string(),
            format!("{whole}.{part:02}"),
            format!("{grouped}.{part:02}"),
        ];
        let mut forms: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
        forms.push([[0x1b].as_slice(), &minor.to_be_bytes()].concat());
        Self {
            name: name.to_owned(),
            text: minor.to_string(),
            forms,
        }
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.forms.iter().any(|form| contains(bytes, form))
    }
}

fn contains(bytes: &[u8], form: &[u8]) -> bool {
    let (first, rest) = form.split_first().expect("something to look for");
    let mut from = 0;
    // Looking for the first byte alone is what the library does fast.
    while let Some(at) = bytes[from..].iter().position(|b| b == first) {
        let start = from + at + 1;
        if bytes[start..].starts_with(rest) {
            return true;
        }
        from = start;
    }
    false
}

/// Where a trace was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    pub(crate) trace: String,
    /// The file, below the folder that was searched.
    pub(crate) file: PathBuf,
}

/// Looks for traces in every file of a folder but those named.
pub(crate) fn search(folder: &Path, traces: &[Trace], except: &[&str]) -> Vec<Found> {
    let mut found = Vec::new();
    for path in files_below(folder) {
        let file = path
            .strip_prefix(folder)
            .expect("a file of the folder")
            .to_owned();
        if except.iter().any(|name| file == Path::new(name)) {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        // Stores reserve room ahead; there is nothing in it.
        let end = bytes
            .iter()
            .rposition(|b| *b != 0)
            .map_or(0, |last| last + 1);
        for trace in traces.iter().filter(|trace| trace.is_in(&bytes[..end])) {
            found.push(Found {
                trace: trace.name.clone(),
                file: file.clone(),
            });
        }
    }
    found
}
