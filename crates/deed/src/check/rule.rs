//! Rules, their codes, and the figures that a refusal names.

use crate::builtin::BuiltInRule;
use crate::ir::{Ir, RuleIr, Step};
use crate::limits::FIGURES_MAX;
use crate::schema::{Rule, Type};
use crate::syntax::ast::{Exception, Expr, Node, Op, Text};
use crate::syntax::{Problem, Span};

use crate::value::Value;

use super::action::Checker;
use super::parts;

impl Checker<'_> {
    pub(super) fn rule(
        &mut self,
        text: &Text,
        law: Option<&String>,
        condition: &Expr,
        exceptions: &[Exception],
    ) -> Result<(), Problem> {
        let code = code(&text.text);
        if code.is_empty() {
            return Err(Problem::new(
                text.span,
                "a rule says in words what must hold",
                "no words",
            ));
        }
        if self.action.rules.iter().any(|r| r.code == code) {
            return Err(Problem::new(
                text.span,
                format!("the rule `{code}` stands here twice"),
                "said before",
            ));
        }
        if BuiltInRule::ALL.iter().any(|r| r.code() == code) {
            let message = format!("`{code}` is a built-in rule");
            return Err(Problem::new(text.span, message, "said by the language"));
        }
        let (base, parts) = match &condition.node {
            Node::Binary(Op::And, ..) => {
                parts::condition(&mut self.context, self.source, condition)?
            }
            _ => (self.context.expect(condition, &Type::Bool)?, Vec::new()),
        };
        let lifted = Value::Bool(true);
        let ir = self
            .context
            .cases(base, &Type::Bool, exceptions, Some(&lifted))?;
        let mut figures = Vec::new();
        self.figures(condition, &mut figures);
        for exception in exceptions {
            self.figures(&exception.when, &mut figures);
        }
        let index = u16::try_from(self.action.rules.len()).unwrap_or(u16::MAX);
        self.action.rules.push(Rule {
            code,
            text: text.text.clone(),
            law: law.cloned(),
        });
        self.body.steps.push(Step::Rule(RuleIr {
            index,
            condition: ir,
            parts,
            figures,
        }));
        Ok(())
    }

    /// What a refusal should name: each variable part of the condition, as written.
    fn figures(&mut self, expr: &Expr, out: &mut Vec<(String, Ir, Type)>) {
        match &expr.node {
            Node::Name(_) | Node::Effective | Node::Field(..) => self.figure(expr, out),
            Node::Call { argument, .. } => {
                self.figure(expr, out);
                self.figures(argument, out);
            }
            Node::Length(_) => self.figure(expr, out),
            Node::Not(a) | Node::Negate(a) | Node::Is { value: a, .. } => self.figures(a, out),
            Node::Pluck(..) => self.figure(expr, out),
            Node::Grouped(a, _) | Node::Period(a, _) | Node::WorkingDay { date: a, .. } => {
                self.figures(a, out)
            }
            Node::Within {
                date,
                period,
                anchor,
                ..
            } => [date, anchor, period]
                .into_iter()
                .for_each(|e| self.figures(e, out)),
            Node::DaysFrom(..) => self.figure(expr, out),
            Node::Binary(_, a, b)
            | Node::Part { rate: a, of: b, .. }
            | Node::Share {
                part: a, whole: b, ..
            }
            | Node::Each {
                list: a, body: b, ..
            } => {
                self.figures(a, out);
                self.figures(b, out);
            }
            Node::If(a, b, c) => [a, b, c].into_iter().for_each(|e| self.figures(e, out)),
            Node::List(items) => items.iter().for_each(|e| self.figures(e, out)),
            Node::Record { fields, .. } => fields.iter().for_each(|f| self.figures(&f.value, out)),
            Node::Bool(_)
            | Node::Int(_)
            | Node::Money(_)
            | Node::Percent(_)
            | Node::Decimal(..)
            | Node::Text(_)
            | Node::Date(_)
            | Node::None => {}
        }
    }

    fn figure(&mut self, expr: &Expr, out: &mut Vec<(String, Ir, Type)>) {
        let Span { start, end } = expr.span;
        let label = self.source.get(start..end).unwrap_or_default();
        if out.len() == FIGURES_MAX || out.iter().any(|(l, _, _)| l == label) {
            return;
        }
        // A name bound by a quantifier, or of an enumeration, has no value of its own here.
        if root(expr).is_some_and(|name| !self.context.known(name)) {
            return;
        }
        if let Ok((ir, ty)) = self.context.infer(expr) {
            out.push((label.to_owned(), ir, ty));
        }
    }
}

/// The name that a name or a field of it begins with.
fn root(expr: &Expr) -> Option<&str> {
    match &expr.node {
        Node::Name(name) => Some(name),
        Node::Field(base, _) => root(base),
        _ => None,
    }
}

/// The code of a rule: its words in small letters, joined by `_`.
pub(crate) fn code(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| !w.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}
