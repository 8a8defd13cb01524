//! The texts that are open in an editor, and what they need of those beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use deed::editor::{self, Completion, Hover, Shelved, Texts};
use deed::policy::Policies;
use deed::{Diagnostic as Slip, Form, needs, scenario};
use tower_lsp_server::ls_types::{DiagnosticSeverity, Range, TextDocumentContentChangeEvent, Uri};

use super::place::offset;
use crate::commands::deed::shelf::{Shelf, Text, sha256};

/// What is wrong in a text, or hardly meant.
pub(super) type Found = Vec<(Slip, DiagnosticSeverity)>;

/// The open texts, by where they stand.
#[derive(Default)]
pub(super) struct Desk {
    open: BTreeMap<PathBuf, String>,
}

/// An open text with the texts that its names may come from.
pub(super) struct Around {
    path: PathBuf,
    text: String,
    about: Vec<(PathBuf, String)>,
    used: Vec<(String, PathBuf, String)>,
}

/// Where an address stands; an address that is no file stands for itself.
pub(super) fn path_of(uri: &Uri) -> PathBuf {
    let path = uri.to_file_path().map(|path| path.into_owned());
    path.unwrap_or_else(|| PathBuf::from(uri.as_str()))
}

impl Desk {
    pub(super) fn put(&mut self, path: PathBuf, text: String) {
        self.open.insert(path, text);
    }

    pub(super) fn close(&mut self, path: &Path) {
        self.open.remove(path);
    }

    pub(super) fn text(&self, path: &Path) -> Option<&String> {
        self.open.get(path)
    }

    /// The open texts beside this one, which may depend on it.
    pub(super) fn neighbours(&self, path: &Path) -> Vec<PathBuf> {
        let paths = self.open.keys();
        let others = paths.filter(|p| *p != path && Shelf::is_one_folder(p, path));
        others.cloned().collect()
    }

    /// Changes a part of a text, or all of it. Nothing happens to a text that is not open.
    pub(super) fn change(&mut self, path: &Path, change: TextDocumentContentChangeEvent) {
        let Some(text) = self.open.get_mut(path) else {
            return;
        };
        match change.range {
            None => *text = change.text,
            Some(Range { start, end }) => {
                let (start, end) = (offset(text, start), offset(text, end));
                text.replace_range(start..end.max(start), &change.text);
            }
        }
    }

    pub(super) fn slips(&self, path: &Path) -> Found {
        let shelf = Shelf::as_open(path, &self.open);
        match shelf.text(path) {
            Some(text) => slips(&shelf, text),
            None => Vec::new(),
        }
    }

    pub(super) fn around(&self, path: &Path) -> Option<Around> {
        let shelf = Shelf::as_open(path, &self.open);
        let text = shelf.text(path)?;
        let contract = match text.form {
            Form::Contract => Some(text),
            _ => shelf.contract(&text.contract),
        };
        let mut about: Vec<&Text> = Vec::new();
        if text.form != Form::Contract {
            about.extend(contract);
            about.extend(shelf.of(Form::Policies, &text.contract));
            about.retain(|other| other.path != path);
        }
        let needed = needs(contract.map_or("", |c| &c.text)).into_iter();
        let used = needed.filter_map(|need| {
            let found = shelf.contracts().find(|t| sha256(&t.text) == need.sha256)?;
            Some((need.name, found.path.clone(), found.text.clone()))
        });
        Some(Around {
            path: path.to_path_buf(),
            text: text.text.clone(),
            about: about
                .into_iter()
                .map(|t| (t.path.clone(), t.text.clone()))
                .collect(),
            used: used.collect(),
        })
    }
}

fn slips(shelf: &Shelf, text: &Text) -> Found {
    let all = |slips: &[Slip], severity| slips.iter().map(|s| (s.clone(), severity)).collect();
    let errors = |slips: &[Slip]| all(slips, DiagnosticSeverity::ERROR);
    let warnings = |slips: &[Slip]| all(slips, DiagnosticSeverity::WARNING);
    if text.form == Form::Contract {
        return match shelf.load(&text.text) {
            Ok(contract) => warnings(contract.warnings().diagnostics()),
            Err(refused) => errors(refused.error.diagnostics()),
        };
    }
    let contract = shelf.contract(&text.contract);
    let Some(contract) = contract.and_then(|about| shelf.load(&about.text).ok()) else {
        let message = format!(
            "no contract `{}` that loads stands beside this text",
            text.contract
        );
        return vec![(unfounded(text, message), DiagnosticSeverity::ERROR)];
    };
    if text.form == Form::Policies {
        return match Policies::load(&contract, &text.text) {
            Ok(policies) => warnings(policies.warnings(&contract).diagnostics()),
            Err(error) => errors(error.diagnostics()),
        };
    }
    match shelf.policies(&contract) {
        Err((policies, _)) => {
            let message = format!("the policies in {} have errors", policies.shown());
            vec![(unfounded(text, message), DiagnosticSeverity::ERROR)]
        }
        Ok(policies) => match scenario::count(&contract, &policies, &text.text) {
            Ok(_) => Vec::new(),
            Err(error) => errors(error.diagnostics()),
        },
    }
}

/// What a text is about isn't there, or has errors.
fn unfounded(text: &Text, message: String) -> Slip {
    let end = text.text.find('\n').unwrap_or(text.text.len());
    Slip {
        message,
        label: "what this text is about".to_owned(),
        help: Some(
            "put the contract into the same folder, or correct the errors there first".to_owned(),
        ),
        span: 0..end,
        line: 1,
        column: 1,
    }
}

impl Around {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn with<T>(&self, ask: impl FnOnce(&Texts<'_>) -> T) -> T {
        let about: Vec<&str> = self.about.iter().map(|(_, text)| text.as_str()).collect();
        let used = self.used.iter();
        let used: Vec<(&str, &str)> = used.map(|(n, _, t)| (n.as_str(), t.as_str())).collect();
        ask(&Texts {
            text: &self.text,
            about: &about,
            used: &used,
        })
    }

    pub(super) fn hover(&self, at: usize) -> Option<Hover> {
        self.with(|texts| editor::hover(texts, at))
    }

    pub(super) fn complete(&self, at: usize) -> Vec<Completion> {
        self.with(|texts| editor::complete(texts, at))
    }

    /// The file in which the name at a place is declared, its text, and where in it.
    pub(super) fn definition(&self, at: usize) -> Option<(&Path, &str, std::ops::Range<usize>)> {
        let (place, span) = self.with(|texts| editor::definition(texts, at))?;
        let (path, text) = match place {
            Shelved::Here => (&self.path, &self.text),
            Shelved::About(i) => self.about.get(i).map(|(path, text)| (path, text))?,
            Shelved::Used(i) => self.used.get(i).map(|(_, path, text)| (path, text))?,
        };
        Some((path, text, span))
    }
}
