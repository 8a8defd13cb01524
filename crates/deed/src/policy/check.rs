//! Policies checked: names, types, joins and cost.

use crate::check::{self, Context, kind_named, styled};
use crate::cost;
use crate::ir::Ir;
use crate::limits::{COST_MAX, KNOWN_FACTS_MAX};
use crate::program::Program;
use crate::schema::{Input, Type};
use crate::syntax::ast::{Expr, Name, Node, Op};
use crate::syntax::{Problem, Span};
use crate::value::{Money, Value};

use super::ir::{How, Known, Policy, Propose, Schedule, Step};
use super::parse::{Clause, KnownDecl, PolicyDecl};

pub(super) fn check(
    decls: &[PolicyDecl],
    program: &Program,
    source: &str,
    problems: &mut Vec<Problem>,
) -> Vec<Policy> {
    let mut out: Vec<Policy> = Vec::new();
    for decl in decls {
        styled(&decl.name, false, problems);
        if out.iter().any(|p| p.name == decl.name.text) {
            let message = format!("`{}` is declared twice", decl.name.text);
            problems.push(Problem::new(decl.name.span, message, "declared before"));
        }
        match policy(decl, program, source, problems) {
            Ok(policy) => out.push(policy),
            Err(problem) => problems.push(problem),
        }
    }
    problems.retain(|p| !p.message.is_empty());
    out
}

fn policy(
    decl: &PolicyDecl,
    program: &Program,
    source: &str,
    problems: &mut Vec<Problem>,
) -> Result<Policy, Problem> {
    let subject = kind_named(&program.kinds, &decl.kind)?;
    let mut context = Context::new(program);
    (context.dated, context.today) = (true, true);
    context.fresh(&decl.subject)?;
    context.referenced.push(Input {
        name: decl.subject.text.clone(),
        kind: subject,
    });
    let mut checker = Checker {
        context,
        source,
        when: None,
        cost: 0,
        policy: Policy {
            name: decl.name.text.clone(),
            kind: subject,
            when_due: Schedule::Touched,
            steps: Vec::new(),
            lets: Vec::new(),
            when: Ir::Const(Value::Bool(true)),
            parts: Vec::new(),
            proposes: Vec::new(),
            cost: 0,
        },
    };
    // What is said under a name is known wherever it stands, and has its place before any condition is read.
    let names = |c: &&Clause| !matches!(c, Clause::When(_) | Clause::Propose { .. });
    let (named, others): (Vec<&Clause>, Vec<&Clause>) = decl.clauses.iter().partition(names);
    for clause in named.into_iter().chain(others) {
        if let Err(problem) = checker.clause(clause) {
            problems.push(problem);
        }
    }
    let at = decl.name.span;
    if checker.when.is_none() {
        problems.push(Problem::new(
            at,
            "a policy says when it proposes",
            "no `when`",
        ));
    }
    let proposes = |c: &Clause| matches!(c, Clause::Propose { .. });
    if !decl.clauses.iter().any(proposes) {
        let help = "add `share ... with ... because` or `flag ... to ... because`".to_owned();
        problems.push(Problem::new(at, "a policy proposes something", "nothing").help(help));
    }
    if checker.cost > COST_MAX {
        let message = format!(
            "the policy {} can take {} steps for one subject, more than the {COST_MAX} allowed",
            decl.name.text, checker.cost
        );
        problems.push(Problem::new(at, message, "too costly"));
    }
    checker.policy.cost = checker.cost;
    Ok(checker.policy)
}

struct Checker<'c> {
    context: Context<'c>,
    source: &'c str,
    when: Option<Span>,
    cost: u64,
    policy: Policy,
}

impl Checker<'_> {
    fn spend(&mut self, ir: &Ir, times: usize) {
        let one = cost::of(ir, &self.context.program.schedules);
        let times = u64::try_from(times).unwrap_or(u64::MAX);
        self.cost = self.cost.saturating_add(one.saturating_mul(times));
    }

    fn scheduled(&mut self, schedule: Schedule, span: Span) -> Result<(), Problem> {
        if !matches!(self.policy.when_due, Schedule::Touched) {
            let message = "a policy has one schedule";
            return Err(Problem::new(span, message, "a second one"));
        }
        self.policy.when_due = schedule;
        Ok(())
    }

    fn named(&mut self, name: &Name, ty: Type) {
        self.policy.lets.push((name.text.clone(), ty));
    }

    fn clause(&mut self, clause: &Clause) -> Result<(), Problem> {
        match clause {
            Clause::EveryDay(word) => self.scheduled(Schedule::EveryDay, word.span),
            Clause::After { period, date } => {
                let span = period.span.to(date.span);
                let (op, date) = (Op::Add, Box::new(date.clone()));
                let sum = Node::Binary(op, date, Box::new(period.clone()));
                // A subject waits for its day before anything else is computed about it.
                let locals = std::mem::take(&mut self.context.locals);
                let found = self.context.expect(&Expr::new(span, sum)?, &Type::Date);
                self.context.locals = locals;
                let ir = found?;
                self.spend(&ir, 1);
                self.scheduled(Schedule::From(ir), span)
            }
            Clause::Let { name, value } => {
                let fresh = self.context.fresh(name);
                let found = self.context.infer(value);
                let ty = found.as_ref().ok().map(|(_, ty)| ty.clone());
                self.context.locals.push((name.text.clone(), ty));
                let (ir, ty) = found?;
                self.spend(&ir, 1);
                self.policy.steps.push(Step::Let(ir));
                self.named(name, ty);
                fresh
            }
            Clause::Known(known) => {
                let fresh = self.context.fresh(&known.name);
                let found = self.known(known);
                let ty = found.as_ref().ok().map(|(_, ty)| ty.clone());
                self.context.locals.push((known.name.text.clone(), ty));
                let (step, ty) = found?;
                self.policy.steps.push(Step::Known(step));
                self.named(&known.name, ty);
                fresh
            }
            Clause::When(condition) => {
                if self.when.replace(condition.span).is_some() {
                    let message = "a policy has one `when`";
                    return Err(Problem::new(condition.span, message, "a second one")
                        .help("join the conditions with `and`".to_owned()));
                }
                let (when, parts) = check::condition(&mut self.context, self.source, condition)?;
                self.spend(&when, 1);
                (self.policy.when, self.policy.parts) = (when, parts);
                Ok(())
            }
            Clause::Propose {
                verb,
                values,
                party,
                because,
            } => {
                if because.text.trim().is_empty() {
                    let message = "a proposal names its ground";
                    return Err(Problem::new(because.span, message, "no words"));
                }
                let (party_ir, ty) = self.context.infer(party)?;
                if ty != Type::Party && ty != Type::Optional(Box::new(Type::Party)) {
                    return Err(self.context.mismatch(party.span, "a party", &ty));
                }
                let mut shown = Vec::with_capacity(values.len());
                for value in values {
                    let (ir, ty) = self.context.infer(value)?;
                    self.spend(&ir, 1);
                    let label = self.source.get(value.span.start..value.span.end);
                    shown.push((label.unwrap_or_default().to_owned(), ir, ty));
                }
                self.policy.proposes.push(Propose {
                    verb: *verb,
                    values: shown,
                    party: party_ir,
                    because: because.text.clone(),
                });
                Ok(())
            }
        }
    }

    fn known(&mut self, decl: &KnownDecl) -> Result<(Known, Type), Problem> {
        let kind = kind_named(&self.context.program.kinds, &decl.kind)?;
        self.context.fresh(&decl.item)?;
        let name = decl.item.text.clone();
        self.context.referenced.push(Input { name, kind });
        let found = self.joined(decl, kind);
        self.context.referenced.pop();
        let (known, ty) = found?;
        self.spend(&known.filter, KNOWN_FACTS_MAX);
        if let Some(body) = &known.body {
            self.spend(body, KNOWN_FACTS_MAX);
        }
        Ok((known, ty))
    }

    fn joined(&mut self, decl: &KnownDecl, kind: u16) -> Result<(Known, Type), Problem> {
        let filter = self.context.expect(&decl.filter, &Type::Bool)?;
        let (mut fields, mut keys) = (Vec::new(), Vec::new());
        self.keys(&decl.filter, &mut fields, &mut keys);
        if keys.is_empty() {
            let message = format!("nothing joins {} with the subject", decl.kind.text);
            let help = format!(
                "say which field equals one of the subject, as in `{}.child = child.id`",
                decl.item.text
            );
            return Err(
                Problem::new(decl.filter.span, message, "would look at every known fact")
                    .help(help),
            );
        }
        let (body, zero, ty) = match (&decl.body, decl.how) {
            (Some(body), How::Sum) => {
                let (ir, ty) = self.context.infer(body)?;
                let zero = match &ty {
                    Type::Int | Type::Percent | Type::Decimal(_) => Value::Int(0),
                    Type::Money(currency) => Value::Money(Money::new(*currency, 0)),
                    other => {
                        let expected = "a number or an amount";
                        return Err(self.context.mismatch(body.span, expected, other));
                    }
                };
                (Some(ir), zero, ty)
            }
            (Some(body), _) => {
                let ir = self.context.expect(body, &Type::Bool)?;
                (Some(ir), Value::Int(0), Type::Percent)
            }
            (None, _) => (None, Value::Int(0), Type::Int),
        };
        let known = Known {
            how: decl.how,
            kind,
            fields,
            keys,
            filter,
            body,
            zero,
        };
        Ok((known, ty))
    }

    /// The parts of the condition that say: this field of the known fact equals that of the subject.
    fn keys(&mut self, expr: &Expr, fields: &mut Vec<u16>, keys: &mut Vec<Ir>) {
        match &expr.node {
            Node::Binary(Op::And, left, right) => {
                self.keys(left, fields, keys);
                self.keys(right, fields, keys);
            }
            Node::Binary(Op::Equal, left, right) => {
                for (known, subject) in [(left, right), (right, left)] {
                    let (Ok((known, a)), Ok((key, b))) =
                        (self.context.infer(known), self.context.infer(subject))
                    else {
                        return;
                    };
                    if let Ir::Referenced(1, field) = known
                        && a == b
                        && of_subject(&key)
                    {
                        fields.push(field);
                        keys.push(key);
                        return;
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether a value follows from the subject alone, so that an index can be kept by it.
fn of_subject(ir: &Ir) -> bool {
    match ir {
        Ir::Referenced(0, _) => true,
        Ir::Field(base, _) => of_subject(base),
        _ => false,
    }
}
