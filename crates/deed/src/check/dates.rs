//! Dates and periods.

use crate::ir::{Arithmetic, Ir, Unit};
use crate::near::did_you_mean;
use crate::schema::Type;
use crate::syntax::ast::{self, Expr, Name, Node};
use crate::syntax::{Problem, Span};
use crate::value::days_between;

use super::context::{Context, Typed};

impl Context<'_> {
    /// `date + period` and `date - period`; nothing when the right side is no period.
    pub(super) fn shifted(
        &mut self,
        op: Arithmetic,
        left: &Expr,
        right: &Expr,
    ) -> Result<Option<(Ir, Type)>, Problem> {
        let Node::Period(..) = &right.node else {
            return Ok(None);
        };
        if op == Arithmetic::Multiply {
            return Err(self.lone_period(right.span));
        }
        let date = self.expect(left, &Type::Date)?;
        let back = op == Arithmetic::Subtract;
        Ok(Some((self.shift(date, right, back)?, Type::Date)))
    }

    /// A period that stands beside no date.
    pub(super) fn lone_period(&self, span: Span) -> Problem {
        Problem::new(span, "a period stands beside a date", "no date")
            .help("write `effective + 6 months` or `within 6 months before effective`".to_owned())
    }

    fn shift(&mut self, date: Ir, period: &Expr, back: bool) -> Result<Ir, Problem> {
        let (count, unit, weight) = self.period(period)?;
        Ok(Ir::Shift {
            date: Box::new(date),
            count: Box::new(count),
            unit,
            back,
            weight,
        })
    }

    /// What a period counts, how often, and the steps that counting takes.
    fn period(&mut self, period: &Expr) -> Result<(Ir, Unit, u64), Problem> {
        let Node::Period(count, unit) = &period.node else {
            return Err(self.lone_period(period.span));
        };
        let count = self.expect(count, &Type::Int)?;
        let (unit, weight) = match unit {
            ast::Unit::Days => (Unit::Days, 1),
            ast::Unit::Months => (Unit::Months, 1),
            ast::Unit::Years => (Unit::Years, 1),
            ast::Unit::WorkingDays(name) => {
                let index = self.calendar(name)?;
                let calendar = &self.program.calendars[usize::from(index)];
                let weight = days_between(calendar.from, calendar.to).unsigned_abs();
                (Unit::WorkingDays(index), weight.saturating_add(1))
            }
        };
        Ok((count, unit, weight))
    }

    /// `arrived within 90 days before effective`: from the earlier date to the later, both included.
    pub(super) fn within(
        &mut self,
        date: &Expr,
        period: &Expr,
        after: bool,
        anchor: &Expr,
    ) -> Typed {
        let date = self.expect(date, &Type::Date)?;
        let anchor = self.expect(anchor, &Type::Date)?;
        let (count, unit, weight) = self.period(period)?;
        let within = Ir::Within {
            date: Box::new(date),
            anchor: Box::new(anchor),
            count: Box::new(count),
            unit,
            after,
            weight,
        };
        Ok((within, Type::Bool))
    }

    pub(super) fn days_from(&mut self, from: &Expr, to: &Expr) -> Typed {
        let from = self.expect(from, &Type::Date)?;
        let to = self.expect(to, &Type::Date)?;
        Ok((Ir::DaysFrom(Box::new(from), Box::new(to)), Type::Int))
    }

    pub(super) fn working_day(&mut self, date: &Expr, calendar: &Name, negated: bool) -> Typed {
        let date = Box::new(self.expect(date, &Type::Date)?);
        let calendar = self.calendar(calendar)?;
        let test = Ir::WorkingDay {
            date,
            calendar,
            negated,
        };
        Ok((test, Type::Bool))
    }

    fn calendar(&self, name: &Name) -> Result<u16, Problem> {
        let calendars = &self.program.calendars;
        let found = calendars.iter().position(|c| c.name == name.text);
        found.and_then(|i| u16::try_from(i).ok()).ok_or_else(|| {
            let message = format!("there is no calendar `{}`", name.text);
            let known = calendars.iter().map(|c| c.name.as_str());
            let listed: Vec<&str> = known.clone().collect();
            let help = did_you_mean(&name.text, known).unwrap_or_else(|| match listed.as_slice() {
                [] => format!("declare it: `calendar {}`", name.text),
                some => format!("there is {}", some.join(" and ")),
            });
            Problem::new(name.span, message, "not declared").help(help)
        })
    }
}
