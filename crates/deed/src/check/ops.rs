//! Operators.

use crate::cost;
use crate::ir::{Arithmetic, Ir, Order};
use crate::schema::Type;
use crate::syntax::ast::{Expr, Node, Op};
use crate::syntax::{Problem, Span};

use super::context::{Context, Typed};
use super::rates::{product_places, rounding_needed, widened};
use super::types::comparable;

/// A text that is said to be less or more than something.
fn unordered(text: Span) -> Problem {
    let help =
        "compare it with `=` or `!=`, say `is not empty`, or compare its length: `length of`";
    Problem::new(text, "a text is neither less nor more", "a text").help(help.to_owned())
}

/// Two conditions by `and` or by `or`.
pub(super) fn joined(joint: Op, left: Ir, right: Ir) -> Ir {
    let (left, right) = (Box::new(left), Box::new(right));
    if joint == Op::And {
        Ir::And(left, right)
    } else {
        Ir::Or(left, right)
    }
}

impl Context<'_> {
    pub(crate) fn binary(&mut self, op: Op, left: &Expr, right: &Expr, span: Span) -> Typed {
        match op {
            Op::And | Op::Or => {
                let left = self.expect(left, &Type::Bool)?;
                let right = self.expect(right, &Type::Bool)?;
                Ok((joined(op, left, right), Type::Bool))
            }
            Op::Equal => self.equal(left, right, false),
            Op::NotEqual => self.equal(left, right, true),
            Op::Less => self.order(Order::Less, left, right),
            Op::LessOrEqual => self.order(Order::LessOrEqual, left, right),
            Op::Greater => self.order(Order::Greater, left, right),
            Op::GreaterOrEqual => self.order(Order::GreaterOrEqual, left, right),
            Op::In => self.contains(left, right),
            Op::Otherwise => self.otherwise(left, right),
            Op::Add => self.arithmetic(Arithmetic::Add, left, right, span),
            Op::Subtract => self.arithmetic(Arithmetic::Subtract, left, right, span),
            Op::Multiply => self.arithmetic(Arithmetic::Multiply, left, right, span),
        }
    }

    fn equal(&mut self, left: &Expr, right: &Expr, negated: bool) -> Typed {
        let (left, right, ty) = self.pair(left, right)?;
        let weight = cost::of_type(&ty, &self.program.sizes);
        Ok((
            Ir::Equal {
                left: Box::new(left),
                right: Box::new(right),
                negated,
                weight,
            },
            Type::Bool,
        ))
    }

    fn order(&mut self, order: Order, left: &Expr, right: &Expr) -> Typed {
        let (left_ir, right_ir, ty) = match self.pair(left, right) {
            Ok(pair) => pair,
            Err(problem) => {
                // Whatever the other is, one text does not come before another.
                let mut text = [left, right].into_iter();
                let text = text.find(|e| matches!(self.infer(e), Ok((_, Type::Text))));
                return Err(text.map_or(problem, |text| unordered(text.span)));
            }
        };
        if ty == Type::Text {
            return Err(unordered(left.span));
        }
        if !matches!(
            ty,
            Type::Int | Type::Percent | Type::Decimal(_) | Type::Money(_) | Type::Date
        ) {
            return Err(self.mismatch(left.span, "a number, an amount or a date", &ty));
        }
        Ok((
            Ir::Order {
                order,
                left: Box::new(left_ir),
                right: Box::new(right_ir),
            },
            Type::Bool,
        ))
    }

    fn contains(&mut self, value: &Expr, list: &Expr) -> Typed {
        if matches!(list.node, Node::List(_)) {
            let (value, ty) = self.infer(value)?;
            let item = if let Type::Optional(of) = &ty {
                of.as_ref().clone()
            } else {
                ty
            };
            let at_most = u32::MAX;
            let list = self.expect(
                list,
                &Type::List {
                    of: Box::new(item.clone()),
                    at_most,
                },
            )?;
            let items = match &list {
                Ir::List(items) => items.len(),
                Ir::Const(crate::value::Value::List(items)) => items.len(),
                _ => 0,
            };
            return Ok((
                self.contained(value, list, &item, u64::try_from(items).unwrap_or(u64::MAX)),
                Type::Bool,
            ));
        }
        let (list_ir, list_type) = self.infer(list)?;
        let Type::List { of, at_most } = list_type else {
            return Err(self.mismatch(list.span, "a list", &list_type));
        };
        let value_ir = if self.needs_type(value) {
            self.expect(value, &of)?
        } else {
            let (ir, ty) = self.infer(value)?;
            self.unambiguous(value, &of)?;
            if !comparable(&ty, &of) {
                return Err(self.mismatch(value.span, &self.program.describe(&of), &ty));
            }
            ir
        };
        Ok((
            self.contained(value_ir, list_ir, &of, u64::from(at_most)),
            Type::Bool,
        ))
    }

    fn contained(&self, value: Ir, list: Ir, of: &Type, items: u64) -> Ir {
        let weight = items.saturating_mul(cost::of_type(of, &self.program.sizes));
        Ir::Contains {
            value: Box::new(value),
            list: Box::new(list),
            weight,
        }
    }

    fn otherwise(&mut self, left: &Expr, right: &Expr) -> Typed {
        let (left_ir, ty) = self.infer(left)?;
        let Type::Optional(of) = ty else {
            return Err(self.mismatch(left.span, "something that may be none", &ty));
        };
        let right = self.expect(right, &of)?;
        Ok((Ir::Otherwise(Box::new(left_ir), Box::new(right)), *of))
    }

    fn arithmetic(&mut self, op: Arithmetic, left: &Expr, right: &Expr, span: Span) -> Typed {
        if let Some(shifted) = self.shifted(op, left, right)? {
            return Ok(shifted);
        }
        let (mut left_ir, mut left_type) = self.infer(left)?;
        let (mut right_ir, mut right_type) = self.infer(right)?;
        if op != Arithmetic::Multiply {
            if let Some(ir) = widened(&left_ir, &left_type, &right_type) {
                (left_ir, left_type) = (ir, right_type.clone());
            } else if let Some(ir) = widened(&right_ir, &right_type, &left_type) {
                (right_ir, right_type) = (ir, left_type.clone());
            }
        }
        let ty = match (op, &left_type, &right_type) {
            (_, Type::Int, Type::Int) => Type::Int,
            (Arithmetic::Add | Arithmetic::Subtract, Type::Money(a), Type::Money(b)) if a == b => {
                left_type
            }
            (Arithmetic::Add | Arithmetic::Subtract, Type::Percent, Type::Percent) => left_type,
            (Arithmetic::Add | Arithmetic::Subtract, Type::Decimal(_), Type::Decimal(_))
                if left_type == right_type =>
            {
                left_type
            }
            (Arithmetic::Multiply, Type::Percent | Type::Decimal(_), Type::Int) => left_type,
            (Arithmetic::Multiply, Type::Int, Type::Percent | Type::Decimal(_)) => right_type,
            (Arithmetic::Multiply, Type::Decimal(a), Type::Decimal(b)) => {
                product_places(*a, *b, span)?
            }
            (Arithmetic::Multiply, Type::Money(_), Type::Int) => left_type,
            (Arithmetic::Multiply, Type::Int, Type::Money(_)) => right_type,
            _ => {
                let (a, b) = (
                    self.program.describe(&left_type),
                    self.program.describe(&right_type),
                );
                let verb = match op {
                    Arithmetic::Add => "added",
                    Arithmetic::Subtract => "subtracted",
                    Arithmetic::Multiply => "multiplied",
                };
                let problem = Problem::new(
                    span,
                    format!("{a} and {b} cannot be {verb}"),
                    "types do not match",
                );
                return Err(rounding_needed(op, &left_type, &right_type, problem));
            }
        };
        Ok((
            Ir::Arithmetic {
                op,
                left: Box::new(left_ir),
                right: Box::new(right_ir),
            },
            ty,
        ))
    }
}
