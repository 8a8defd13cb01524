//! `pvn deed test`: the scenarios of a contract and of its policies.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use deed::policy::Policies;
use deed::scenario::{self, Report};
use deed::{Contract, Form};

use super::read;
use super::shelf::{Shelf, Text};
use crate::cli::DeedTest;
use crate::commands::Outcome;
use crate::output::{complain, say};

/// A contract, its policies, and its scenarios.
pub(super) struct Suite {
    pub(super) contract: Contract,
    pub(super) policies: Vec<Policies>,
    pub(super) scenarios: Vec<Text>,
}

pub(super) fn run(args: &DeedTest) -> Outcome {
    let suite = Suite::of(&args.contract, &args.with.with, &args.scenarios)?;
    let report = suite.run()?.into_iter().reduce(Report::join).ok_or_else(|| {
        format!(
            "there are no scenarios for {}: put them beside it or into scenarios/ there, in files that end .scenario and begin `scenarios for {0}`",
            suite.contract.name()
        )
    })?;
    say!("{report}")?;
    Ok(match report.passed() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

impl Suite {
    /// What becomes of the cases of each text of scenarios.
    pub(super) fn run(&self) -> Result<Vec<Report>, String> {
        let run = |text: &Text| {
            let report = scenario::run_with(&self.contract, &self.policies, &text.text);
            let report = report.map_err(|error| error.render(&text.shown()))?;
            Ok(report.of(&text.shown()))
        };
        self.scenarios.iter().map(run).collect()
    }

    /// The contract of a file with what is about it: the scenarios given, or else those beside it.
    pub(super) fn of(path: &Path, with: &[PathBuf], scenarios: &[PathBuf]) -> Result<Self, String> {
        let shelf = Shelf::around(path, with)?;
        let text = shelf.text(path);
        if let Some(other) = text.filter(|t| t.form != Form::Contract) {
            let is = match other.form {
                Form::Policies => "policies",
                _ => "scenarios",
            };
            let (file, name) = (other.shown(), &other.contract);
            let contract = shelf.contract(name).map(|t| format!(", {}", t.shown()));
            let contract = contract.unwrap_or_default();
            return Err(format!(
                "{file} holds {is} for {name}: give the contract{contract}"
            ));
        }
        let text = text.map_or("", |t| t.text.as_str());
        let contract = shelf.load(text).map_err(|refused| refused.render(path))?;
        let policies = shelf.policies(&contract);
        let policies = policies.map_err(|(text, error)| error.render(&text.shown()))?;
        for (path, why) in &shelf.unread {
            // A contract that is needed is missed by whoever needs it; nobody would miss a scenario.
            match path.extension().is_some_and(|e| e == "deed") {
                true => complain!("{why}"),
                false => return Err(why.clone()),
            }
        }
        if let Some(stray) = shelf.strays().next() {
            return Err(format!(
                "{} is about `{}`, and no contract of that name stands beside it",
                stray.shown(),
                stray.contract
            ));
        }
        let given = scenarios.iter();
        let given = given.map(|path| Ok(Text::new(path.clone(), read(path)?)));
        let given = given.collect::<Result<Vec<_>, String>>()?;
        let scenarios = match given.is_empty() {
            true => shelf.into_scenarios(contract.name()),
            false => given,
        };
        Ok(Self {
            contract,
            policies,
            scenarios,
        })
    }
}
