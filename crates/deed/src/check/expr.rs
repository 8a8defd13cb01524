//! Expressions whose type follows from themselves.

use crate::ir::Ir;
use crate::near::did_you_mean;
use crate::schema::Type;
use crate::syntax::ast::{Each, Expr, Name, Node, Quality};
use crate::syntax::{Problem, Span};
use crate::value::{Money, Value};

use super::context::{Context, Typed};
use super::find::field_named;
use super::types::UNKNOWN;

/// Functions of the language itself.
pub(crate) const PLAIN_FUNCTIONS: [&str; 1] = ["financial_year"];

impl Context<'_> {
    /// The program and type of an expression.
    pub(crate) fn infer(&mut self, expr: &Expr) -> Typed {
        let span = expr.span;
        match &expr.node {
            Node::Bool(value) => Ok((Ir::Const(Value::Bool(*value)), Type::Bool)),
            Node::Int(value) => Ok((Ir::Const(Value::Int(*value)), Type::Int)),
            Node::Money(money) => {
                Ok((Ir::Const(Value::Money(*money)), Type::Money(money.currency)))
            }
            Node::Percent(rate) => Ok((Ir::Const(Value::Int(*rate)), Type::Percent)),
            Node::Decimal(value, places) => {
                Ok((Ir::Const(Value::Int(*value)), Type::Decimal(*places)))
            }
            Node::Part { rate, of, rounded } => self.part(rate, of, rounded),
            Node::Share {
                part,
                whole,
                rounded,
            } => self.share(part, whole, rounded),
            Node::Pluck(field, list) => self.pluck(field, list),
            Node::Grouped(list, keys) => self.grouped(list, keys),
            Node::Period(..) => Err(self.lone_period(span)),
            Node::Within {
                date,
                period,
                after,
                anchor,
            } => self.within(date, period, *after, anchor),
            Node::DaysFrom(from, to) => self.days_from(from, to),
            Node::WorkingDay {
                date,
                calendar,
                negated,
            } => self.working_day(date, calendar, *negated),
            Node::Text(text) => Ok((Ir::Const(Value::text(text)), Type::Text)),
            Node::Date(date) => Ok((Ir::Const(Value::Date(*date)), Type::Date)),
            Node::None => Err(Problem::new(
                span,
                "it is not clear what is none here",
                "of which type?",
            )),
            Node::List(items) => self.inferred_list(items, span),
            Node::Effective if self.today => Err(Problem::new(
                span,
                "a policy runs in no transaction",
                "write `today`",
            )),
            Node::Effective if self.dated => Ok((Ir::Effective, Type::Date)),
            Node::Effective => Err(Problem::new(
                span,
                "there is no transaction here",
                "no effective date",
            )),
            Node::Name(name) => self.name(name, span),
            Node::Field(base, field) => self.field(base, field),
            Node::Not(inner) => Ok((
                Ir::Not(Box::new(self.expect(inner, &Type::Bool)?)),
                Type::Bool,
            )),
            Node::Negate(inner) => self.negate(inner),
            Node::Binary(op, left, right) => self.binary(*op, left, right, span),
            Node::Is {
                value,
                quality,
                negated,
            } => self.quality(value, *quality, *negated),
            Node::If(condition, yes, no) => {
                let condition = self.expect(condition, &Type::Bool)?;
                let (yes, no, ty) = self.either(yes, no)?;
                Ok((Ir::If(Box::new(condition), Box::new(yes), Box::new(no)), ty))
            }
            Node::Each {
                how,
                item,
                list,
                body,
            } => self.each(*how, item, list, body),
            Node::Call { name, argument } => self.call(name, argument),
            Node::Length(inner) => {
                let (ir, ty) = self.infer(inner)?;
                match ty {
                    Type::Text | Type::List { .. } => Ok((Ir::Length(Box::new(ir)), Type::Int)),
                    other => Err(self.mismatch(inner.span, "text or a list", &other)),
                }
            }
            Node::Record { name, fields } => self.record(name, fields),
        }
    }

    /// "Expected this, but this is that."
    pub(crate) fn mismatch(&self, span: Span, expected: &str, found: &Type) -> Problem {
        if *found == UNKNOWN {
            return Problem::silent(span);
        }
        let found = self.program.describe(found);
        Problem::new(
            span,
            format!("expected {expected}, found {found}"),
            format!("this is {found}"),
        )
    }

    fn name(&self, name: &str, span: Span) -> Typed {
        if let Some(found) = self.value(name, span)? {
            return Ok(found);
        }
        if let Some((_, kind, _)) = self.fact(name) {
            let kind = &self.program.kinds[usize::from(kind)];
            let help = format!(
                "say which field, as in `{name}.{}`",
                kind.fields.first().map_or("", |f| &f.name)
            );
            return Err(
                Problem::new(span, format!("`{name}` is a whole fact"), "not a value").help(help),
            );
        }
        Err(self.unknown(name, span))
    }

    fn field(&mut self, base: &Expr, field: &Name) -> Typed {
        if let Node::Name(name) = &base.node
            && let Some((input, kind, consumed)) = self.fact(name)
        {
            let kind = &self.program.kinds[usize::from(kind)];
            let (index, ty) = field_named(&kind.fields, &kind.name, field)?;
            return Ok((
                if consumed {
                    Ir::Consumed(input, index)
                } else {
                    Ir::Referenced(input, index)
                },
                ty,
            ));
        }
        let (ir, ty) = self.infer(base)?;
        let record = match ty {
            Type::Record(index) => self.program.records.get(usize::from(index)),
            _ => None,
        };
        let Some(record) = record else {
            return Err(self.mismatch(base.span, "a fact or record", &ty));
        };
        let (index, ty) = field_named(&record.fields, &record.name, field)?;
        Ok((Ir::Field(Box::new(ir), index), ty))
    }

    fn negate(&mut self, inner: &Expr) -> Typed {
        let (ir, ty) = self.infer(inner)?;
        match ty {
            Type::Int | Type::Percent | Type::Decimal(_) | Type::Money(_) => {
                let folded = match &ir {
                    Ir::Const(Value::Int(n)) => n.checked_neg().map(Value::Int),
                    Ir::Const(Value::Money(m)) => {
                        let minor = m.minor.checked_neg();
                        minor.map(|minor| Value::Money(Money::new(m.currency, minor)))
                    }
                    _ => None,
                };
                Ok((folded.map_or(Ir::Negate(Box::new(ir)), Ir::Const), ty))
            }
            other => Err(self.mismatch(inner.span, "a number or an amount", &other)),
        }
    }

    fn quality(&mut self, value: &Expr, quality: Quality, negated: bool) -> Typed {
        let (ir, ty) = self.infer(value)?;
        let (fits, expected) = match quality {
            Quality::Positive | Quality::Negative | Quality::Zero => (
                matches!(
                    ty,
                    Type::Int | Type::Percent | Type::Decimal(_) | Type::Money(_)
                ),
                "a number or an amount",
            ),
            Quality::None => (
                matches!(ty, Type::Optional(_)),
                "something that may be none",
            ),
            Quality::Empty => (
                matches!(ty, Type::Text | Type::List { .. }),
                "text or a list",
            ),
        };
        if !fits {
            return Err(self.mismatch(value.span, expected, &ty));
        }
        Ok((
            Ir::Is {
                value: Box::new(ir),
                quality,
                negated,
            },
            Type::Bool,
        ))
    }

    fn each(&mut self, how: Each, item: &Name, list: &Expr, body: &Expr) -> Typed {
        let (list_ir, ty) = self.infer(list)?;
        let Type::List { of, at_most } = ty else {
            return Err(self.mismatch(list.span, "a list", &ty));
        };
        self.fresh(item)?;
        let slot = u16::try_from(self.locals.len()).unwrap_or(u16::MAX);
        self.locals.push((item.text.clone(), Some(*of)));
        let result = match how {
            Each::Sum => self.infer(body),
            _ => self.expect(body, &Type::Bool).map(|ir| (ir, Type::Bool)),
        };
        self.locals.pop();
        let (body_ir, body_type) = result?;
        let (zero, ty) = match (how, &body_type) {
            (Each::Every, _) => (Value::Bool(true), Type::Bool),
            (Each::Some, _) => (Value::Bool(false), Type::Bool),
            (Each::Count, _) => (Value::Int(0), Type::Int),
            (Each::Sum, Type::Percent | Type::Decimal(_)) => (Value::Int(0), body_type.clone()),
            (Each::Sum, Type::Int) => (Value::Int(0), Type::Int),
            (Each::Sum, Type::Money(currency)) => {
                (Value::Money(Money::new(*currency, 0)), body_type.clone())
            }
            (Each::Sum, other) => {
                return Err(self.mismatch(body.span, "a number or an amount", other));
            }
        };
        Ok((
            Ir::Each {
                how,
                list: Box::new(list_ir),
                body: Box::new(body_ir),
                zero,
                slot,
                at_most,
            },
            ty,
        ))
    }

    fn call(&mut self, name: &Name, argument: &Expr) -> Typed {
        if name.text == "financial_year" {
            return Ok((
                Ir::FinancialYear(Box::new(self.expect(argument, &Type::Date)?)),
                Type::Int,
            ));
        }
        if let Some(host) = self.program.hosts.iter().find(|h| h.name == name.text) {
            let host = host.clone();
            let argument = self.expect(argument, &host.takes)?;
            let gives = host.gives.clone();
            return Ok((Ir::Host(host, Box::new(argument)), gives));
        }
        let scale = self
            .program
            .schedules
            .iter()
            .position(|s| s.name == name.text);
        match scale.map(|i| (i, self.program.schedules[i].currency())) {
            Some((index, Some(currency))) => {
                let ty = Type::Money(currency);
                let argument = self.expect(argument, &ty)?;
                if !self.dated {
                    return Err(Problem::new(
                        name.span,
                        "there is no transaction here",
                        "no effective date",
                    ));
                }
                Ok((
                    Ir::Scale(u16::try_from(index).unwrap_or(u16::MAX), Box::new(argument)),
                    ty,
                ))
            }
            _ if self.program.broken_hosts.contains(&name.text) => Err(Problem::silent(name.span)),
            _ => {
                let scales = self.program.schedules.iter().map(|s| s.name.as_str());
                let hosts = self.program.hosts.iter().map(|h| h.name);
                let known = scales.chain(hosts).chain(PLAIN_FUNCTIONS);
                let help =
                    did_you_mean(&name.text, known).or_else(|| super::host::undeclared(name));
                let message = format!("there is no scale or function `{}`", name.text);
                Err(Problem::new(name.span, message, "not declared").help(help))
            }
        }
    }
}
