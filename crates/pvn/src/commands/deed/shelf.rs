//! The texts of one folder: contracts, policies and scenarios, found by what they say they are.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use deed::policy::Policies;
use deed::{Contract, Form, Given, LoadError, heading, needs};
use ledger::Digest;

use super::read;

/// Extensions of the texts that stand on a shelf, with what a text is that doesn't say so itself.
const EXTENSIONS: [(&str, Form); 3] = [
    ("deed", Form::Contract),
    ("policies", Form::Policies),
    ("scenario", Form::Scenarios),
];
/// The folder of scenarios, beside the contracts.
const SCENARIOS: &str = "scenarios";

/// A text with its place.
pub(super) struct Text {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) form: Form,
    /// The contract that it is or is about.
    pub(super) contract: String,
    sha256: String,
}

/// A text that does not load, shown where it is wrong.
pub(super) struct Refused {
    pub(super) error: LoadError,
    /// What to do about contracts whose text is missing.
    pub(super) advice: String,
}

/// The texts around a file.
#[derive(Default)]
pub(super) struct Shelf {
    texts: Vec<Text>,
    /// Files beside that can't be read, each with why.
    pub(super) unread: Vec<(PathBuf, String)>,
}

impl Text {
    pub(super) fn new(path: PathBuf, text: String) -> Self {
        let said = heading(&text);
        let extension = path.extension().and_then(|e| e.to_str());
        let known = EXTENSIONS.iter().find(|(e, _)| Some(*e) == extension);
        let form = said.map(|h| h.form).or(known.map(|(_, form)| *form));
        Self {
            contract: said.map_or("", |h| h.contract).to_owned(),
            form: form.unwrap_or(Form::Contract),
            sha256: sha256(&text),
            path,
            text,
        }
    }

    pub(super) fn shown(&self) -> String {
        self.path.display().to_string()
    }
}

/// The hash by which contracts name others.
pub(super) fn sha256(text: &str) -> String {
    Digest::of(&[text.as_bytes()]).hex()
}

impl Shelf {
    /// The texts around a file, and others that are given; these, and the file, must be readable.
    pub(super) fn around(file: &Path, with: &[PathBuf]) -> Result<Self, String> {
        let mut shelf = Self::default();
        for path in with.iter().chain([&file.to_path_buf()]) {
            shelf.put(path, read(path)?);
        }
        for path in beside(file) {
            match read(&path) {
                _ if shelf.text(&path).is_some() => {}
                Ok(text) => shelf.put(&path, text),
                Err(why) => shelf.unread.push((path, why)),
            }
        }
        Ok(shelf)
    }

    /// As [`Shelf::around`] for a text that is being written: what can't be read is left out, what is open counts as it is.
    pub(super) fn as_open(file: &Path, open: &BTreeMap<PathBuf, String>) -> Self {
        let mut shelf = Self::default();
        for path in beside(file) {
            if let Ok(text) = fs::read_to_string(&path) {
                shelf.put(&path, text);
            }
        }
        let near = folder(file);
        for (path, text) in open.iter().filter(|(path, _)| folder(path) == near) {
            shelf.put(path, text.clone());
        }
        shelf
    }

    fn put(&mut self, path: &Path, text: String) {
        self.texts.retain(|t| t.path != path);
        self.texts.push(Text::new(path.to_path_buf(), text));
    }

    pub(super) fn text(&self, path: &Path) -> Option<&Text> {
        self.texts.iter().find(|t| t.path == path)
    }

    /// Whether two files belong to one folder of contracts.
    pub(super) fn is_one_folder(a: &Path, b: &Path) -> bool {
        folder(a) == folder(b)
    }

    pub(super) fn contracts(&self) -> impl Iterator<Item = &Text> {
        self.texts.iter().filter(|t| t.form == Form::Contract)
    }

    /// The contract of this name.
    pub(super) fn contract(&self, name: &str) -> Option<&Text> {
        let mut contracts = self.of(Form::Contract, name);
        contracts.next()
    }

    /// The texts of one form that are, or are about, a contract.
    pub(super) fn of(&self, form: Form, contract: &str) -> impl Iterator<Item = &Text> {
        let texts = self.texts.iter().filter(move |t| t.form == form);
        texts.filter(move |t| t.contract == contract)
    }

    /// The scenarios about a contract.
    pub(super) fn into_scenarios(self, contract: &str) -> Vec<Text> {
        let texts = self.texts.into_iter();
        let scenarios = texts.filter(|t| t.form == Form::Scenarios && t.contract == contract);
        scenarios.collect()
    }

    /// Policies and scenarios about a contract that stands nowhere here: nothing would ever look at them.
    pub(super) fn strays(&self) -> impl Iterator<Item = &Text> {
        let about = self.texts.iter().filter(|t| t.form != Form::Contract);
        about.filter(|t| self.contract(&t.contract).is_none())
    }

    /// Loads a contract with those that it names, as far as they stand here.
    pub(super) fn load(&self, text: &str) -> Result<Contract, Refused> {
        let mut loaded = BTreeMap::new();
        self.load_needed(text, &mut loaded);
        Contract::load_with(text, &given(&loaded)).map_err(|error| Refused {
            error,
            advice: self.advice(text, &loaded),
        })
    }

    /// The policies about a contract, or the first text of them that does not load.
    pub(super) fn policies(
        &self,
        contract: &Contract,
    ) -> Result<Vec<Policies>, (&Text, LoadError)> {
        let texts = self.of(Form::Policies, contract.name());
        let loaded = texts.map(|t| Policies::load(contract, &t.text).map_err(|error| (t, error)));
        loaded.collect()
    }

    /// Hashes can't go round in a circle, so that this ends.
    fn load_needed(&self, text: &str, loaded: &mut BTreeMap<String, Contract>) {
        for need in needs(text) {
            let found = self.texts.iter().find(|t| t.sha256 == need.sha256);
            let Some(found) = found.filter(|_| !loaded.contains_key(&need.sha256)) else {
                continue;
            };
            self.load_needed(&found.text, loaded);
            if let Ok(contract) = Contract::load_with(&found.text, &given(loaded)) {
                loaded.insert(need.sha256, contract);
            }
        }
    }

    /// What to do about each contract that is needed and not there.
    fn advice(&self, text: &str, loaded: &BTreeMap<String, Contract>) -> String {
        let mut out = String::new();
        let needed = needs(text).into_iter().filter(|need| need.required);
        for need in needed.filter(|need| !loaded.contains_key(&need.sha256)) {
            let broken = self.texts.iter().find(|t| t.sha256 == need.sha256);
            let named = self.contract(&need.name);
            // Writing into a text can't fail.
            let _ = match (broken, named) {
                (Some(text), _) => write!(
                    out,
                    "\n\n{} is the text that is meant, and has errors of its own: `pvn deed check {0}` shows them",
                    text.shown()
                ),
                (None, Some(text)) => write!(
                    out,
                    "\n\n{} is a contract {}, but its hash is another. If it is meant, write\n\n    uses {1} sha256 \"{}\"",
                    text.shown(),
                    need.name,
                    text.sha256
                ),
                (None, None) => write!(
                    out,
                    "\n\nPut the text of {} into the same folder, or say where it is: --with FILE",
                    need.name
                ),
            };
        }
        out
    }
}

impl Refused {
    pub(super) fn render(&self, path: &Path) -> String {
        format!(
            "{}{}",
            self.error.render(&path.display().to_string()),
            self.advice
        )
    }
}

fn given(loaded: &BTreeMap<String, Contract>) -> Vec<Given<'_>> {
    let given = loaded.iter();
    given
        .map(|(sha256, contract)| Given { sha256, contract })
        .collect()
}

/// The folder of the contracts that a file belongs to.
fn folder(file: &Path) -> &Path {
    let folder = file.parent().unwrap_or(Path::new(""));
    match folder.file_name() {
        Some(name) if name == SCENARIOS => folder.parent().unwrap_or(Path::new("")),
        _ => folder,
    }
}

/// The texts in the folder of a file and in the folder of scenarios there, in order.
fn beside(file: &Path) -> Vec<PathBuf> {
    let folder = folder(file);
    let here = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let mut out = Vec::new();
    for (listed, named) in [
        (here, folder),
        (&here.join(SCENARIOS), &folder.join(SCENARIOS)),
    ] {
        let entries = fs::read_dir(listed).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries
            .filter(|entry| entry.path().is_file())
            .map(|entry| named.join(entry.file_name()))
            .filter(|path| is_text(path))
            .collect();
        files.sort();
        out.append(&mut files);
    }
    out
}

fn is_text(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str());
    EXTENSIONS.iter().any(|(e, _)| Some(*e) == extension)
}
