//! From the tree as written to a program: every name resolved, every type checked, every size bounded.

mod action;
mod calendar;
mod context;
mod credential;
mod dates;
mod due;
mod exception;
mod expect;
mod expr;
mod fields;
mod find;
mod host;
mod kind;
mod lists;
mod money;
mod names;
mod ops;
mod parts;
mod party;
mod privacy;
mod rates;
mod rule;
mod schedule;
mod signers;
mod types;
mod uses;
mod versions;

use crate::contract::Given;
use crate::cost::{self, Size};
use crate::ir::Body;
use crate::limits::{COST_MAX, DIAGNOSTICS_MAX, RECORD_DEPTH_MAX};
use crate::program::Program;
use crate::schema::{Action, Record, Type};
use crate::syntax::ast::{Expr, File};
use crate::syntax::{Problem, Span};
use crate::value::{Party, Value};

pub(crate) use context::Context;
pub(crate) use expr::PLAIN_FUNCTIONS;
pub(crate) use find::kind_named;
pub(crate) use names::styled;
pub(crate) use parts::condition;
pub(crate) use rule::code;

/// Checks a contract that parsed without a problem.
pub(crate) fn check(
    file: &File,
    source: &str,
    given: &[Given<'_>],
    problems: &mut Vec<Problem>,
) -> Program {
    let mut program = Program::default();
    names::check(file, problems);
    for decl in &file.parties {
        match Party::new(&decl.id.text) {
            Ok(party) => {
                program.parties.insert(decl.name.text.clone(), party);
            }
            Err(error) => {
                // Some party takes its place, so that its uses are not refused again.
                if let Ok(party) = Party::new("unnamed") {
                    program.parties.insert(decl.name.text.clone(), party);
                }
                let message = error.to_string();
                problems.push(Problem::new(decl.id.span, message, "this identifier"));
            }
        }
    }
    let used = uses::used(file, given, problems);
    for (decl, contract) in &used {
        uses::records(decl, contract.program(), &mut program, problems);
    }
    for decl in &file.records {
        let fields = types::fields(&decl.fields, &program, problems);
        let size = Size::of(&fields, &program.sizes);
        if size.depth > RECORD_DEPTH_MAX {
            let message = format!("records are nested at most {RECORD_DEPTH_MAX} deep");
            problems.push(Problem::new(decl.name.span, message, "one too deep"));
        }
        program.sizes.push(size);
        program.records.push(Record {
            name: decl.name.text.clone(),
            fields,
        });
    }
    for decl in &file.facts {
        let before = problems.len();
        let kind = kind::kind(decl, &program, problems);
        if problems.len() > before {
            program.broken.insert(program.kinds.len());
        }
        program.kinds.push(kind);
    }
    for (decl, contract) in &used {
        uses::kinds(decl, contract.program(), &mut program);
    }
    program.replaced = versions::replaced(file, given, &program, problems);
    for decl in &file.schedules {
        let (schedule, ty) = schedule::schedule(decl, &program, problems);
        program.schedules.push(schedule);
        program.schedule_types.push(ty);
    }
    for decl in &file.calendars {
        let calendar = calendar::calendar(decl, problems);
        program.calendars.push(calendar);
    }
    for decl in &file.hosts {
        match host::host(decl) {
            Ok(host) => program.hosts.push(host),
            Err(problem) => {
                program.broken_hosts.insert(decl.name.text.clone());
                problems.push(problem);
            }
        }
    }
    for decl in &file.actions {
        // The first problems are the cause; looking for the near miss of thousands of names takes time.
        if problems.len() > DIAGNOSTICS_MAX {
            break;
        }
        let (action, body) = action::action(decl, &program, source, problems);
        let cost = cost_of(&action, &body, &program);
        if cost > COST_MAX {
            problems.push(too_costly(decl.name.span, &action.name, cost));
        }
        program.cost_bound = program.cost_bound.max(cost);
        program.actions.push(action);
        program.bodies.push(body);
    }
    // What is of a contract that is not there need not be refused as well.
    let missing = file
        .uses
        .iter()
        .filter(|u| !used.iter().any(|(decl, _)| decl.name.span == u.name.span));
    let prefixes: Vec<String> = missing.map(|u| format!("{}.", u.name.text)).collect();
    let of_missing = |p: &Problem| {
        let at = source.get(p.span.start..p.span.end).unwrap_or_default();
        prefixes
            .iter()
            .any(|prefix| at.starts_with(prefix.as_str()))
    };
    problems.retain(|p| !of_missing(p));
    let reported = problems.len();
    problems.retain(|p| !p.message.is_empty());
    if problems.is_empty() && reported > 0 {
        // What is silent follows from something that was said; if nothing was, the contract is not understood all the same.
        let message = "something in this contract is not understood";
        problems.push(Problem::new(Span::default(), message, "somewhere below"));
    }
    program
}

/// A constant of a known type, as scenarios write them.
pub(crate) fn constant(expr: &Expr, ty: &Type, context: &Context<'_>) -> Result<Value, Problem> {
    schedule::constant(expr, ty, context)
}

fn cost_of(action: &Action, body: &Body, program: &Program) -> u64 {
    let kinds = action
        .consumes
        .iter()
        .chain(&action.references)
        .map(|i| i.kind)
        .chain(action.creates.clone());
    let facts = kinds
        .filter_map(|k| program.kinds.get(usize::from(k)))
        .flat_map(|k| &k.fields);
    let values = action.params.iter().chain(facts);
    values
        .map(|field| cost::of_type(&field.ty, &program.sizes))
        .fold(cost::of_body(body, &program.schedules), u64::saturating_add)
}

fn too_costly(span: Span, name: &str, cost: u64) -> Problem {
    let message =
        format!("the action {name} can take {cost} steps, more than the {COST_MAX} allowed");
    Problem::new(span, message, "too costly")
        .help("declare smaller lists, or avoid a list within a list".to_owned())
}
