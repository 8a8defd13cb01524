//! What policies cost as facts arrive: many subjects known, one fact at a time, on one core.

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use deed::policy::{Engine, Policies};
use deed::{Contract, FactValue, Money, Party, Value};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use serde_json::json;

use super::machine;
use crate::cli::BenchPolicies;
use crate::commands::Outcome;
use crate::output::{complain, say};

const CONTRACT: &str = include_str!("../../../../../docs/deed/examples/early_help.deed");
const POLICIES: &str = include_str!("../../../../../docs/deed/examples/early_help.policies");

/// Facts known about each child: itself, one visit to a hospital, and sessions at school.
const FACTS_EACH: u64 = 20;
/// A step through the children that meets each once, in no order; a prime.
const STRIDE: u64 = 7919;
/// New facts a second that one core should take.
const GOAL: u32 = 10_000;

pub(super) fn run(args: &BenchPolicies) -> Outcome {
    let contract = Contract::load(CONTRACT)?;
    let policies = Policies::load(&contract, POLICIES)?;
    let mut engine = Engine::new(&contract, &policies);
    let today = date(2026, 6, 24);
    let children = args.children.max(1);
    let mut number = 0;
    let mut learn = |engine: &mut Engine<'_>, fact: FactValue| {
        number += 1;
        engine.learn(number, fact)
    };

    let started = Instant::now();
    for child in 0..children {
        for fact in known_of(child, today)? {
            learn(&mut engine, fact)?;
        }
        if child % 100_000 == 99_999 && !args.json {
            complain!("{} of {children} children known", child + 1);
        }
    }
    let learned = started.elapsed();
    let started = Instant::now();
    let first = engine.evaluate(today);
    let first_took = started.elapsed();

    let (mut evaluated, mut proposals) = (0, 0);
    let mut each = Vec::new();
    let started = Instant::now();
    for i in 0..args.facts.max(1) {
        let before = Instant::now();
        learn(&mut engine, news(i * STRIDE % children, i, today)?)?;
        let evaluation = engine.evaluate(today);
        evaluated += evaluation.evaluated;
        proposals += evaluation.proposals.len();
        each.push(before.elapsed());
    }
    let took = started.elapsed();
    each.sort_unstable();
    let micros = |share: usize| each[(each.len() - 1) * share / 100].as_secs_f64() * 1e6;
    let per_second = (each.len() as f64 / took.as_secs_f64()).round();
    if args.json {
        let figures = json!({
            "facts_per_second": per_second, "goal_facts_per_second": GOAL,
            "latency_p50_us": micros(50), "latency_p99_us": micros(99),
            "subjects_evaluated": evaluated, "proposals": proposals,
            "first_evaluation_seconds": first_took.as_secs_f64(), "first_evaluated": first.evaluated,
            "learning_seconds": learned.as_secs_f64(), "peak_memory_mb": peak_memory_mb(),
            "settings": { "children": children, "facts_each": FACTS_EACH, "new_facts": each.len(), "policies": policies.names().count(),
                "threads": 1, "debug": cfg!(debug_assertions) },
            "machine": machine(),
        });
        say!("{figures}")?;
    } else {
        say!(
            "{children} children with {FACTS_EACH} facts each, known within {learned:.1?}, first looked at within {first_took:.1?}"
        )?;
        say!("{per_second} new facts a second  (goal: at least {GOAL})")?;
        say!(
            "{evaluated} subjects looked at for {} new facts, {proposals} proposals",
            each.len()
        )?;
        say!(
            "from a fact to its proposals: median {:.1} µs, 99 of 100 within {:.1} µs",
            micros(50),
            micros(99)
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What is known of a child before the clock starts.
fn known_of(child: u64, today: Date) -> Result<Vec<FactValue>, Box<dyn Error>> {
    let name = named(child)?;
    let born = Value::Date(date(2015, 9, 1));
    let school = Value::Party(Party::new("school")?);
    let mut facts = vec![FactValue {
        kind: 0,
        fields: vec![name.clone(), school, Value::Absent, born],
    }];
    for k in 1..FACTS_EACH {
        let ago = i64::try_from((child * 7 + k * 11) % 200)?;
        let on = Value::Date(today.checked_sub(ago.days())?);
        facts.push(match k {
            1 => visit(&name, on, 10_000),
            _ => session(&name, on, k % 5 != 0),
        });
    }
    Ok(facts)
}

/// The news about a child: visits and missed sessions in turn.
fn news(child: u64, i: u64, today: Date) -> Result<FactValue, Box<dyn Error>> {
    let (name, on) = (named(child)?, Value::Date(today));
    Ok(match i % 2 {
        0 => visit(&name, on, 100),
        _ => session(&name, on, false),
    })
}

fn named(child: u64) -> Result<Value, Box<dyn Error>> {
    Ok(Value::Party(Party::new(&format!("child-{child:07}"))?))
}

fn visit(child: &Value, on: Value, pence: i64) -> FactValue {
    let cost = Value::Money(Money::gbp(pence));
    FactValue {
        kind: 1,
        fields: vec![child.clone(), on, cost],
    }
}

fn session(child: &Value, on: Value, attended: bool) -> FactValue {
    FactValue {
        kind: 2,
        fields: vec![child.clone(), on, Value::Bool(attended)],
    }
}

/// The most memory that this process has held, where the system says so (Linux, proc(5)).
fn peak_memory_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes / 1024)
}
