//! Policies: what a node proposes as facts arrive and days pass.

use std::fmt::Write as _;

use deed::policy::{Engine, Evaluation, Policies};
use deed::{Contract, FactValue, Value};
use jiff::civil::{Date, date};

use crate::fixtures::{EARLY_HELP, HELP_POLICIES, gbp, load, party};

fn loaded() -> (Contract, Policies) {
    let contract = load(EARLY_HELP);
    let policies = Policies::load(&contract, HELP_POLICIES).unwrap_or_else(|e| panic!("{e}"));
    (contract, policies)
}

fn child(name: &str, guardian: Value, born: Date) -> FactValue {
    let fields = vec![party(name), party("school"), guardian, Value::Date(born)];
    FactValue { kind: 0, fields }
}

fn visit(name: &str, on: Date, cost: &str) -> FactValue {
    let fields = vec![party(name), Value::Date(on), gbp(cost)];
    FactValue { kind: 1, fields }
}

fn session(name: &str, on: Date, attended: bool) -> FactValue {
    let fields = vec![party(name), Value::Date(on), Value::Bool(attended)];
    FactValue { kind: 2, fields }
}

fn told(evaluation: &Evaluation) -> String {
    let mut out = format!("{} looked at\n", evaluation.evaluated);
    for p in &evaluation.proposals {
        let values: Vec<String> = p
            .values
            .iter()
            .map(|(l, v)| format!("{l} is {v}"))
            .collect();
        let values = values.join(", ");
        let _ = writeln!(
            out,
            "{}: {:?} about {}: {values}, {} ({})",
            p.policy, p.verb, p.subject, p.party, p.because
        );
    }
    for f in &evaluation.failures {
        let _ = writeln!(out, "{} fails for {}: {}", f.policy, f.subject, f.refusal);
    }
    out
}

#[test]
fn facts_and_days_make_proposals() {
    let (contract, policies) = loaded();
    let mut engine = Engine::new(&contract, &policies);
    let mut story = String::new();
    let mut day = |engine: &mut Engine<'_>, what: &str, today: Date| {
        let told = told(&engine.evaluate(today));
        let _ = write!(story, "## {what}\n{told}");
    };
    let today = date(2026, 6, 24);
    engine
        .learn(1, child("ann", party("mum"), date(2021, 9, 1)))
        .unwrap();
    engine
        .learn(2, child("ben", Value::Absent, date(2015, 9, 1)))
        .unwrap();
    day(&mut engine, "two children", today);
    for (number, attended) in
        (10..20).zip([true, true, true, true, true, true, true, true, false, false])
    {
        engine
            .learn(number, session("ann", date(2026, 6, 1), attended))
            .unwrap();
    }
    engine
        .learn(20, visit("ann", date(2026, 6, 2), "£700"))
        .unwrap();
    day(&mut engine, "absence and one visit", today);
    engine
        .learn(21, visit("ann", date(2026, 6, 23), "£500"))
        .unwrap();
    day(&mut engine, "a second visit", today);
    day(&mut engine, "nothing new", today);
    engine
        .learn(22, visit("ben", date(2026, 6, 23), "£1"))
        .unwrap();
    day(&mut engine, "a visit of the other child", today);
    engine.forget(21);
    day(&mut engine, "a visit is withdrawn", today);
    engine
        .learn(21, visit("ann", date(2026, 6, 23), "£500"))
        .unwrap();
    day(&mut engine, "and comes again", today);
    day(&mut engine, "the fifth birthday", date(2026, 9, 1));
    day(&mut engine, "long after", date(2027, 9, 1));
    insta::assert_snapshot!(story);
}

#[test]
fn a_new_fact_looks_only_at_the_subjects_that_it_touches() {
    let (contract, policies) = loaded();
    let mut engine = Engine::new(&contract, &policies);
    let today = date(2026, 6, 24);
    for number in 0..500 {
        engine
            .learn(
                number,
                child(&format!("c{number}"), Value::Absent, date(2010, 1, 1)),
            )
            .unwrap();
    }
    assert_eq!(engine.evaluate(today).evaluated, 1500);
    engine.learn(1000, session("c77", today, false)).unwrap();
    assert_eq!(engine.evaluate(today).evaluated, 1);
    engine.learn(1001, visit("c77", today, "£2,000")).unwrap();
    let evaluation = engine.evaluate(today);
    assert_eq!((evaluation.evaluated, evaluation.proposals.len()), (2, 1));
    engine.learn(1002, session("nobody", today, false)).unwrap();
    assert_eq!(engine.evaluate(today), Evaluation::default());
}

#[test]
fn incremental_and_fresh_evaluation_agree() {
    let (contract, policies) = loaded();
    let today = date(2026, 6, 24);
    let mut facts = vec![
        (1, child("ann", party("mum"), date(2015, 9, 1))),
        (2, child("ben", party("dad"), date(2015, 9, 1))),
    ];
    for n in 0..40_u64 {
        let name = if n % 3 == 0 { "ann" } else { "ben" };
        let on = date(2026, i8::try_from(n % 6 + 1).unwrap(), 15);
        facts.push((100 + n, session(name, on, n % 4 != 0)));
        facts.push((200 + n, visit(name, on, "£40")));
    }
    let fresh = |facts: &[(u64, FactValue)]| {
        let mut engine = Engine::new(&contract, &policies);
        for (number, fact) in facts {
            engine.learn(*number, fact.clone()).unwrap();
        }
        engine.evaluate(today).proposals
    };
    let mut engine = Engine::new(&contract, &policies);
    let mut known = Vec::new();
    for (number, fact) in facts {
        let before = fresh(&known);
        known.push((number, fact.clone()));
        engine.learn(number, fact).unwrap();
        let new: Vec<_> = fresh(&known)
            .into_iter()
            .filter(|p| !before.contains(p))
            .collect();
        assert_eq!(engine.evaluate(today).proposals, new, "after {number}");
    }
}

#[test]
fn what_is_no_fact_or_too_much_is_refused() {
    let (contract, policies) = loaded();
    let mut engine = Engine::new(&contract, &policies);
    let misfit = FactValue {
        kind: 9,
        fields: Vec::new(),
    };
    let refused = engine.learn(1, misfit).map_err(|r| r.rule);
    assert_eq!(refused, Err("fact_fits_its_kind".to_owned()));
    let today = date(2026, 6, 24);
    engine
        .learn(1, child("ann", Value::Absent, date(2015, 9, 1)))
        .unwrap();
    for number in 0..1001 {
        engine
            .learn(10 + number, visit("ann", today, "£1"))
            .unwrap();
    }
    let failures = engine.evaluate(today).failures;
    let rules: Vec<_> = failures
        .iter()
        .map(|f| (f.policy.as_str(), f.refusal.rule.as_str()))
        .collect();
    assert_eq!(
        rules,
        [
            ("repeat_injury_and_absence", "known_facts_within_limits"),
            ("costly", "known_facts_within_limits")
        ]
    );
}

#[test]
fn policies_are_listed_by_name() {
    let (_, policies) = loaded();
    let names: Vec<&str> = policies.names().collect();
    assert_eq!(names, ["repeat_injury_and_absence", "school_age", "costly"]);
}
