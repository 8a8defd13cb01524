//! Evaluating expressions. Values are borrowed where they stand and copied only when computed.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::ir::{Arithmetic, Calendar, Ir, Schedule};
use crate::outcome::{Call, Refusal};
use crate::program::Program;
use crate::syntax::ast::Each;
use crate::value::{FactValue, Money, Value, days_between};

use super::compute::{arithmetic, compare, financial_year, has, ill_typed, length, overflow};
use super::{dates, rates, schedule};

/// What an expression can see.
pub(crate) struct Machine<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) effective: Value,
    pub(super) schedules: &'a [Schedule],
    pub(super) calendars: &'a [Calendar],
    /// `let`s, then the items of the quantifiers that are running.
    pub(crate) locals: Vec<Cow<'a, Value>>,
    /// A policy's subject, and the known fact that is looked at: they stand for the facts referenced.
    pub(crate) known: Option<[&'a FactValue; 2]>,
}

pub(crate) type Evaluated<'a> = Result<Cow<'a, Value>, Refusal>;

impl<'a> Machine<'a> {
    /// A machine that sees what a call gives.
    pub(super) fn of_action(program: &'a Program, call: &'a Call<'a>, locals: usize) -> Self {
        Self {
            call,
            effective: Value::Date(call.effective),
            schedules: &program.schedules,
            calendars: &program.calendars,
            locals: Vec::with_capacity(locals),
            known: None,
        }
    }

    /// A machine that sees a policy's subject, and `call`'s date as today.
    pub(crate) fn of_policy(
        program: &'a Program,
        call: &'a Call<'a>,
        subject: &'a FactValue,
    ) -> Self {
        Self {
            known: Some([subject, subject]),
            ..Self::of_action(program, call, 0)
        }
    }

    pub(crate) fn eval(&mut self, ir: &'a Ir) -> Evaluated<'a> {
        match ir {
            Ir::Const(value) => Ok(Cow::Borrowed(value)),
            Ir::Arg(i) => place(self.call.args, *i),
            Ir::Consumed(i, field) => fact_field(self.call.consumed, *i, *field),
            Ir::Referenced(i, field) => match self.known {
                None => fact_field(self.call.referenced, *i, *field),
                Some(known) => known
                    .get(usize::from(*i))
                    .map_or_else(|| Err(ill_typed()), |fact| place(&fact.fields, *field)),
            },
            Ir::Local(i, _) => self
                .locals
                .get(usize::from(*i))
                .cloned()
                .ok_or_else(ill_typed),
            Ir::Effective => Ok(Cow::Owned(self.effective.clone())),
            Ir::Field(base, field) => self.field(base, *field),
            Ir::Negate(inner) => self.negate(inner),
            Ir::Otherwise(left, right) => match self.eval(left)? {
                value if *value == Value::Absent => self.eval(right),
                value => Ok(value),
            },
            Ir::Arithmetic { op, left, right } => {
                let (left, right) = (self.eval(left)?, self.eval(right)?);
                arithmetic(*op, &left, &right).map(Cow::Owned)
            }
            Ir::If(condition, yes, no) => {
                if self.test(condition)? {
                    self.eval(yes)
                } else {
                    self.eval(no)
                }
            }
            Ir::Each {
                how,
                list,
                body,
                zero,
                slot,
                ..
            } => self.each(*how, list, body, zero, *slot),
            Ir::Rescale(inner, factor) => match self.eval(inner)?.as_ref() {
                Value::Int(n) => n
                    .checked_mul(*factor)
                    .map(|n| Cow::Owned(Value::Int(n)))
                    .ok_or_else(overflow),
                _ => Err(ill_typed()),
            },
            Ir::Part {
                rate,
                of,
                per,
                rounding,
                unit,
            } => {
                let (rate, of) = (self.eval(rate)?, self.eval(of)?);
                rates::part(&rate, &of, *per, *rounding, *unit).map(Cow::Owned)
            }
            Ir::Share {
                part,
                whole,
                rounding,
                unit,
            } => {
                let (part, whole) = (self.eval(part)?, self.eval(whole)?);
                rates::share(&part, &whole, *rounding, *unit).map(Cow::Owned)
            }
            Ir::Cases {
                base, exceptions, ..
            } => self.cases(base, exceptions),
            Ir::Pluck { list, field, .. } => self.pluck(list, *field),
            Ir::Grouped { list, keys, .. } => self.grouped(list, keys),
            Ir::Shift {
                date,
                count,
                unit,
                back,
                ..
            } => {
                let (date, count) = (self.date(date)?, self.int(count)?);
                dates::shift(date, count, *unit, *back, self.calendars)
                    .map(|d| Cow::Owned(Value::Date(d)))
            }
            Ir::DaysFrom(from, to) => {
                let days = days_between(self.date(from)?, self.date(to)?);
                Ok(Cow::Owned(Value::Int(days)))
            }
            Ir::Length(inner) => length(self.eval(inner)?.as_ref()).map(Cow::Owned),
            Ir::List(items) => self.values(items).map(|v| Cow::Owned(Value::List(v))),
            Ir::Record(fields) => self.values(fields).map(|v| Cow::Owned(Value::Record(v))),
            Ir::Scale(index, inner) => {
                let amount = self.eval(inner)?.as_money().ok_or_else(ill_typed)?;
                let scale = self
                    .schedules
                    .get(usize::from(*index))
                    .ok_or_else(ill_typed)?;
                schedule::scale(scale, amount, self.call.effective)
                    .map(|m| Cow::Owned(Value::Money(m)))
            }
            Ir::Parameter(index) => {
                let parameter = self
                    .schedules
                    .get(usize::from(*index))
                    .ok_or_else(ill_typed)?;
                schedule::parameter(parameter, self.call.effective).map(Cow::Borrowed)
            }
            Ir::FinancialYear(inner) => match self.eval(inner)?.as_ref() {
                Value::Date(date) => Ok(Cow::Owned(Value::Int(financial_year(*date)))),
                _ => Err(ill_typed()),
            },
            Ir::Host(host, inner) => {
                let value = self.eval(inner)?;
                host.run(&value).map(Cow::Owned).ok_or_else(ill_typed)
            }
            Ir::Not(_)
            | Ir::And(..)
            | Ir::Or(..)
            | Ir::Equal { .. }
            | Ir::Order { .. }
            | Ir::Contains { .. }
            | Ir::Within { .. }
            | Ir::WorkingDay { .. }
            | Ir::Is { .. } => self.test(ir).map(|b| Cow::Owned(Value::Bool(b))),
        }
    }

    /// Evaluates a condition.
    pub(crate) fn test(&mut self, ir: &'a Ir) -> Result<bool, Refusal> {
        match ir {
            Ir::Not(inner) => Ok(!self.test(inner)?),
            Ir::And(left, right) => Ok(self.test(left)? && self.test(right)?),
            Ir::Or(left, right) => Ok(self.test(left)? || self.test(right)?),
            Ir::Equal {
                left,
                right,
                negated,
                ..
            } => {
                let (left, right) = (self.eval(left)?, self.eval(right)?);
                Ok((left == right) != *negated)
            }
            Ir::Order { order, left, right } => {
                let (left, right) = (self.eval(left)?, self.eval(right)?);
                compare(*order, &left, &right)
            }
            Ir::Within {
                date,
                anchor,
                count,
                unit,
                after,
                ..
            } => {
                let (date, anchor) = (self.date(date)?, self.date(anchor)?);
                let count = self.int(count)?;
                let other = dates::shift(anchor, count, *unit, !after, self.calendars)?;
                Ok(anchor.min(other) <= date && date <= anchor.max(other))
            }
            Ir::WorkingDay {
                date,
                calendar,
                negated,
            } => {
                let date = self.date(date)?;
                let calendar = self.calendars.get(usize::from(*calendar));
                Ok(calendar.ok_or_else(ill_typed)?.works(date)? != *negated)
            }
            Ir::Contains { value, list, .. } => {
                let (value, list) = (self.eval(value)?, self.eval(list)?);
                match list.as_ref() {
                    Value::List(items) => Ok(items.contains(&value)),
                    _ => Err(ill_typed()),
                }
            }
            Ir::Is {
                value,
                quality,
                negated,
            } => Ok(has(*quality, self.eval(value)?.as_ref())? != *negated),
            other => match self.eval(other)?.as_ref() {
                Value::Bool(value) => Ok(*value),
                _ => Err(ill_typed()),
            },
        }
    }

    /// Values to keep, one for each expression.
    pub(super) fn values(&mut self, items: &'a [Ir]) -> Result<Vec<Value>, Refusal> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            out.push(match item {
                Ir::Arg(i) => place(self.call.args, *i)?.into_owned(),
                Ir::Const(value) => value.clone(),
                other => self.eval(other)?.into_owned(),
            });
        }
        Ok(out)
    }

    fn field(&mut self, base: &'a Ir, field: u16) -> Evaluated<'a> {
        let index = usize::from(field);
        match self.eval(base)? {
            Cow::Borrowed(Value::Record(fields)) => {
                fields.get(index).map(Cow::Borrowed).ok_or_else(ill_typed)
            }
            Cow::Owned(Value::Record(mut fields)) if index < fields.len() => {
                Ok(Cow::Owned(fields.swap_remove(index)))
            }
            _ => Err(ill_typed()),
        }
    }

    fn date(&mut self, ir: &'a Ir) -> Result<Date, Refusal> {
        match self.eval(ir)?.as_ref() {
            Value::Date(date) => Ok(*date),
            _ => Err(ill_typed()),
        }
    }

    fn int(&mut self, ir: &'a Ir) -> Result<i64, Refusal> {
        match self.eval(ir)?.as_ref() {
            Value::Int(n) => Ok(*n),
            _ => Err(ill_typed()),
        }
    }

    fn negate(&mut self, inner: &'a Ir) -> Evaluated<'a> {
        let negated = match self.eval(inner)?.as_ref() {
            Value::Int(n) => Value::Int(n.checked_neg().ok_or_else(overflow)?),
            Value::Money(m) => Value::Money(Money::new(
                m.currency,
                m.minor.checked_neg().ok_or_else(overflow)?,
            )),
            _ => return Err(ill_typed()),
        };
        Ok(Cow::Owned(negated))
    }

    fn each(
        &mut self,
        how: Each,
        list: &'a Ir,
        body: &'a Ir,
        zero: &'a Value,
        slot: u16,
    ) -> Evaluated<'a> {
        let items: Vec<Cow<'a, Value>> = match self.eval(list)? {
            Cow::Borrowed(Value::List(items)) => items.iter().map(Cow::Borrowed).collect(),
            Cow::Owned(Value::List(items)) => items.into_iter().map(Cow::Owned).collect(),
            _ => return Err(ill_typed()),
        };
        let mut total = Cow::Borrowed(zero);
        for item in items {
            self.locals.truncate(usize::from(slot));
            self.locals.push(item);
            if how == Each::Sum {
                let value = self.eval(body)?;
                total = Cow::Owned(arithmetic(Arithmetic::Add, &total, &value)?);
                continue;
            }
            match (how, self.test(body)?) {
                (Each::Every, false) | (Each::Some, true) => {
                    total = Cow::Owned(Value::Bool(how == Each::Some));
                    break;
                }
                (Each::Count, true) => {
                    total = Cow::Owned(arithmetic(Arithmetic::Add, &total, &Value::Int(1))?)
                }
                _ => {}
            }
        }
        self.locals.truncate(usize::from(slot));
        Ok(total)
    }
}

fn place(values: &[Value], index: u16) -> Evaluated<'_> {
    values
        .get(usize::from(index))
        .map(Cow::Borrowed)
        .ok_or_else(ill_typed)
}

fn fact_field(facts: &[FactValue], fact: u16, field: u16) -> Evaluated<'_> {
    facts
        .get(usize::from(fact))
        .map_or_else(|| Err(ill_typed()), |f| place(&f.fields, field))
}
