//! `pvn deed check`: what is wrong with contracts, policies and scenarios, or that they are well.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use deed::limits::COST_MAX;
use deed::policy::Policies;
use deed::{Contract, Diagnostic, Form, LoadError, Warnings, scenario};
use serde_json::{Value, json};

use super::shelf::{Refused, Shelf, Text, sha256};
use crate::cli::DeedCheck;
use crate::commands::Outcome;
use crate::output::say;

/// What became of one text.
struct Checked {
    file: String,
    is: &'static str,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    /// The errors, or else the warnings, as a person reads them.
    report: String,
    /// What is known of a text that is well, for people.
    about: Vec<String>,
    /// The same for programs.
    figures: Value,
    /// The text with errors that this one is about.
    broken: Option<String>,
    /// Texts about this one, which are looked at when it has no errors.
    waiting: Vec<String>,
}

pub(super) fn run(args: &DeedCheck) -> Outcome {
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut all = Vec::new();
    for path in &args.files {
        let shelf = Shelf::around(path, &args.with.with)?;
        for (path, why) in &shelf.unread {
            if seen.insert(path.clone()) {
                let text = Text::new(path.clone(), String::new());
                all.push(Checked::unread(&text, why));
            }
        }
        let Some(text) = shelf.text(path) else {
            continue;
        };
        let beside: Vec<&Text> = match text.form {
            Form::Contract => [Form::Policies, Form::Scenarios]
                .into_iter()
                .flat_map(|form| shelf.of(form, &text.contract))
                .chain(shelf.strays())
                .collect(),
            _ => Vec::new(),
        };
        for text in [text].into_iter().chain(beside) {
            if !seen.insert(text.path.clone()) {
                continue;
            }
            let checked = checked(&shelf, text);
            let cause = all
                .iter_mut()
                .find(|c| Some(&c.file) == checked.broken.as_ref());
            match cause {
                // What is wrong is said once, where it is.
                Some(cause) => cause.waiting.push(checked.file),
                None => all.push(checked),
            }
        }
    }
    let well = all.iter().all(|c| c.well(args.deny_warnings));
    if args.json {
        let files: Vec<Value> = all.iter().map(Checked::as_json).collect();
        say!("{}", json!({ "well": well, "files": files }))?;
    } else {
        let texts: Vec<String> = all.iter().map(Checked::in_words).collect();
        say!("{}", texts.join("\n"))?;
    }
    Ok(match well {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn checked(shelf: &Shelf, text: &Text) -> Checked {
    if text.form == Form::Contract {
        return match shelf.load(&text.text) {
            Ok(contract) => of_contract(text, &contract),
            Err(refused) => Checked::refused(text, &refused),
        };
    }
    let refused = |message: String| Checked {
        report: format!("error: {message}\n --> {}:1", text.shown()),
        figures: json!({ "reason": message }),
        ..Checked::of(text)
    };
    let Some(about) = shelf.contract(&text.contract) else {
        return refused(format!(
            "no contract `{}` stands here: put it beside this text, or say where it is with --with FILE",
            text.contract
        ));
    };
    let broken = |path: String| {
        let message =
            format!("{path}, which it is about, has errors: `pvn deed check {path}` shows them");
        Checked {
            broken: Some(path),
            ..refused(message)
        }
    };
    let Ok(contract) = shelf.load(&about.text) else {
        return broken(about.shown());
    };
    match text.form {
        Form::Policies => match Policies::load(&contract, &text.text) {
            Ok(policies) => of_policies(text, &contract, &policies),
            Err(error) => Checked::wrong(text, &error),
        },
        _ => match shelf.policies(&contract) {
            Err((policies, _)) => broken(policies.shown()),
            Ok(policies) => match scenario::count(&contract, &policies, &text.text) {
                Ok(counted) => of_scenarios(text, counted),
                Err(error) => Checked::wrong(text, &error),
            },
        },
    }
}

fn of_contract(text: &Text, contract: &Contract) -> Checked {
    let rules: usize = contract.actions().iter().map(|a| a.rules.len()).sum();
    let (name, version) = (contract.name(), contract.version());
    let own = contract.kinds().iter().filter(|k| k.origin.is_none());
    let (facts, actions, cost) = (own.count(), contract.actions().len(), contract.cost_bound());
    let hash = sha256(&text.text);
    Checked {
        about: vec![
            format!(
                "{name} version {version}: {}, {}, {}",
                counted(facts, "kind of fact", "kinds of fact"),
                counted(actions, "action", "actions"),
                counted(rules, "rule", "rules")
            ),
            format!("any action ends within {}", steps(cost)),
            format!("sha256 {hash}"),
        ],
        figures: json!({ "name": name, "version": version, "sha256": hash, "facts": facts, "actions": actions,
            "rules": rules, "cost_bound": cost, "cost_allowed": COST_MAX }),
        ..Checked::well_but(text, &contract.warnings())
    }
}

fn of_policies(text: &Text, contract: &Contract, policies: &Policies) -> Checked {
    let (count, cost) = (policies.names().count(), policies.cost_bound());
    Checked {
        about: vec![
            format!(
                "{} for {}",
                counted(count, "policy", "policies"),
                contract.name()
            ),
            format!("each looks at a subject within {}", steps(cost)),
        ],
        figures: json!({ "name": contract.name(), "policies": count, "cost_bound": cost, "cost_allowed": COST_MAX }),
        ..Checked::well_but(text, &policies.warnings(contract))
    }
}

fn of_scenarios(text: &Text, (scenarios, cases): (usize, usize)) -> Checked {
    Checked {
        about: vec![format!(
            "{} with {}, which `pvn deed test` runs",
            counted(scenarios, "scenario", "scenarios"),
            counted(cases, "case", "cases")
        )],
        figures: json!({ "name": text.contract, "scenarios": scenarios, "cases": cases }),
        ..Checked::of(text)
    }
}

fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn steps(cost: u64) -> String {
    format!(
        "{} of the {} steps allowed",
        grouped(cost),
        grouped(COST_MAX)
    )
}

/// A number with commas between thousands.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl Checked {
    fn of(text: &Text) -> Self {
        Self {
            file: text.shown(),
            is: match text.form {
                Form::Contract => "contract",
                Form::Policies => "policies",
                Form::Scenarios => "scenarios",
            },
            errors: Vec::new(),
            warnings: Vec::new(),
            report: String::new(),
            about: Vec::new(),
            figures: json!({}),
            broken: None,
            waiting: Vec::new(),
        }
    }

    /// A file that is no text.
    fn unread(text: &Text, why: &str) -> Self {
        Self {
            report: format!("error: {why}"),
            figures: json!({ "reason": why }),
            ..Self::of(text)
        }
    }

    fn wrong(text: &Text, error: &LoadError) -> Self {
        Self {
            errors: error.diagnostics().to_vec(),
            report: error.render(&text.shown()),
            ..Self::of(text)
        }
    }

    fn refused(text: &Text, refused: &Refused) -> Self {
        Self {
            report: refused.render(&text.path),
            ..Self::wrong(text, &refused.error)
        }
    }

    fn well_but(text: &Text, warnings: &Warnings) -> Self {
        Self {
            warnings: warnings.diagnostics().to_vec(),
            report: warnings.render(&text.shown()),
            ..Self::of(text)
        }
    }

    /// A text without anything to say about it was not understood.
    fn well(&self, deny_warnings: bool) -> bool {
        !self.about.is_empty() && (!deny_warnings || self.warnings.is_empty())
    }

    fn in_words(&self) -> String {
        let file = &self.file;
        let judged = match (
            self.about.is_empty(),
            self.errors.len(),
            self.warnings.len(),
        ) {
            (true, 0, _) => format!("{file}: refused"),
            (true, n, _) => format!("{file}: refused, {}", counted(n, "error", "errors")),
            (false, _, 0) => format!("{file}: well"),
            (false, _, n) => format!("{file}: well, with {}", counted(n, "warning", "warnings")),
        };
        let report = match self.report.as_str() {
            "" => String::new(),
            report => format!("{report}\n\n"),
        };
        let waiting = match self.waiting.as_slice() {
            [] => None,
            some => Some(format!("{} looked at when it is well", are(some))),
        };
        let about = self.about.iter().chain(&waiting);
        let about = about.map(|line| format!("\n  {line}"));
        format!("{report}{judged}{}", about.collect::<String>())
    }

    fn as_json(&self) -> Value {
        let mut out = self.figures.clone();
        out["file"] = json!(self.file);
        out["is"] = json!(self.is);
        out["well"] = json!(self.well(false));
        if !self.waiting.is_empty() {
            out["waiting"] = json!(self.waiting);
        }
        let errors = self.errors.iter().map(|d| diagnostic("error", d));
        let warnings = self.warnings.iter().map(|d| diagnostic("warning", d));
        out["diagnostics"] = errors.chain(warnings).collect();
        out
    }
}

/// Some files as the subject of a sentence.
fn are(files: &[String]) -> String {
    match files {
        [one] => format!("{one} is"),
        _ => format!("{} are", files.join(", ")),
    }
}

fn diagnostic(severity: &str, found: &Diagnostic) -> Value {
    json!({ "severity": severity, "message": found.message, "label": found.label, "help": found.help,
        "line": found.line, "column": found.column, "start": found.span.start, "end": found.span.end })
}
