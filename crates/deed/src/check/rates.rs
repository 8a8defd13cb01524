//! Percentages and decimal numbers: what widens exactly, and what must say how it is rounded.

use crate::ir::{Arithmetic, Ir};
use crate::limits::{DECIMAL_PLACES_MAX, PERCENT_WHOLE};
use crate::schema::Type;
use crate::syntax::ast::{Expr, Rounded};
use crate::syntax::{Problem, Span};
use crate::value::Value;

use super::context::{Context, Typed};

/// The expression with as many places as `to` has, when that loses nothing.
pub(crate) fn widened(ir: &Ir, from: &Type, to: &Type) -> Option<Ir> {
    let to = match to {
        Type::Decimal(places) => *places,
        Type::Optional(of) => return widened(ir, from, of),
        _ => return None,
    };
    let from = match from {
        Type::Int => 0,
        Type::Decimal(places) if *places < to => *places,
        _ => return None,
    };
    let factor = 10_i64.checked_pow(u32::from(to.checked_sub(from)?))?;
    if let Ir::Const(Value::Int(n)) = ir
        && let Some(n) = n.checked_mul(factor)
    {
        return Some(Ir::Const(Value::Int(n)));
    }
    Some(Ir::Rescale(Box::new(ir.clone()), factor))
}

/// The type of a product of two decimals: exact, so with the places of both.
pub(super) fn product_places(a: u8, b: u8, span: Span) -> Result<Type, Problem> {
    let places = a.saturating_add(b);
    if places <= DECIMAL_PLACES_MAX {
        return Ok(Type::Decimal(places));
    }
    let message = format!(
        "the product has {places} places after the point, at most {DECIMAL_PLACES_MAX} are kept"
    );
    Err(Problem::new(span, message, "too many places")
        .help("say how it is rounded, as in `a of b rounded nearest to 0.01`".to_owned()))
}

/// Helps when an amount is multiplied by what must be rounded.
pub(super) fn rounding_needed(op: Arithmetic, a: &Type, b: &Type, problem: Problem) -> Problem {
    let rate = |ty: &Type| matches!(ty, Type::Percent | Type::Decimal(_));
    if op == Arithmetic::Multiply && (rate(a) || rate(b)) {
        let help = "say how it is rounded, as in `10% of price rounded down to £0.01`";
        return problem.help(help.to_owned());
    }
    problem
}

impl Context<'_> {
    /// `10% of price rounded down to £1`.
    pub(super) fn part(&mut self, rate: &Expr, of: &Expr, rounded: &Rounded) -> Typed {
        let (rate_ir, rate_type) = self.infer(rate)?;
        let per = match rate_type {
            Type::Percent => PERCENT_WHOLE,
            Type::Decimal(places) => 10_i64.pow(u32::from(places)),
            other => return Err(self.mismatch(rate.span, "a percentage or a decimal", &other)),
        };
        let (of_ir, ty) = self.infer(of)?;
        if !matches!(ty, Type::Int | Type::Money(_) | Type::Decimal(_)) {
            return Err(self.mismatch(of.span, "a number or an amount", &ty));
        }
        let unit = self.unit(rounded, &ty)?;
        let part = Ir::Part {
            rate: Box::new(rate_ir),
            of: Box::new(of_ir),
            per,
            rounding: rounded.how,
            unit,
        };
        Ok((part, ty))
    }

    /// `missed out of held rounded down to 0.01%`.
    pub(super) fn share(&mut self, part: &Expr, whole: &Expr, rounded: &Rounded) -> Typed {
        let (part_ir, whole_ir, ty) = self.pair(part, whole)?;
        if !matches!(ty, Type::Int | Type::Money(_) | Type::Decimal(_)) {
            return Err(self.mismatch(part.span, "a number or an amount", &ty));
        }
        let unit = self.unit(rounded, &Type::Percent)?;
        let share = Ir::Share {
            part: Box::new(part_ir),
            whole: Box::new(whole_ir),
            rounding: rounded.how,
            unit,
        };
        Ok((share, Type::Percent))
    }

    /// The unit of a rounding: a constant above zero of the type that is rounded.
    fn unit(&mut self, rounded: &Rounded, ty: &Type) -> Result<i64, Problem> {
        let unit = self.expect(&rounded.unit, ty)?;
        let minor = match unit {
            Ir::Const(Value::Int(n)) => n,
            Ir::Const(Value::Money(m)) => m.minor,
            _ => 0,
        };
        if minor > 0 {
            return Ok(minor);
        }
        let message = "what is rounded is rounded to multiples of a constant above zero";
        Err(Problem::new(rounded.unit.span, message, "not such a unit"))
    }
}
