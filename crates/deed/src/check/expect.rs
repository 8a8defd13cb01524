//! Expressions that must have a known type: it decides what `none`, a list or a name of an enumeration means.

use std::sync::Arc;

use crate::ir::Ir;
use crate::limits::PERCENT_WHOLE;
use crate::near::did_you_mean;
use crate::schema::Type;
use crate::show::shown;
use crate::syntax::ast::{Expr, Node};
use crate::syntax::{Problem, Span};
use crate::value::{Money, Value};

use super::context::{Context, Typed};
use super::rates::widened;
use super::types::{UNKNOWN, comparable, describe, fits};

impl Context<'_> {
    /// The program of an expression that must fit the type.
    pub(crate) fn expect(&mut self, expr: &Expr, ty: &Type) -> Result<Ir, Problem> {
        match (&expr.node, ty) {
            (_, ty) if *ty == UNKNOWN => Err(Problem::silent(expr.span)),
            (Node::None, Type::Optional(_)) => Ok(Ir::Const(Value::Absent)),
            (Node::None, Type::List { .. }) => Ok(Ir::Const(Value::List(Vec::new()))),
            (Node::None, other) => Err(Problem::new(
                expr.span,
                format!(
                    "this is never none: it is {}",
                    describe(other, self.program)
                ),
                "not optional",
            )),
            (Node::If(condition, yes, no), _) => {
                let condition = self.expect(condition, &Type::Bool)?;
                let (yes, no) = (self.expect(yes, ty)?, self.expect(no, ty)?);
                Ok(Ir::If(Box::new(condition), Box::new(yes), Box::new(no)))
            }
            (Node::List(items), Type::List { of, at_most }) => {
                self.list(items, of, *at_most, expr.span)
            }
            (Node::Name(name), Type::Choice(names)) => self.choice(name, names, ty, expr.span),
            (Node::Name(_) | Node::List(_), Type::Optional(of)) if self.needs_type(expr) => {
                self.expect(expr, of)
            }
            _ => self.fitting(expr, ty),
        }
    }

    fn fitting(&mut self, expr: &Expr, ty: &Type) -> Result<Ir, Problem> {
        let (ir, found) = self.infer(expr)?;
        if fits(&found, ty) {
            return Ok(ir);
        }
        if let Some(ir) = widened(&ir, &found, ty) {
            return Ok(ir);
        }
        let mut problem = self.mismatch(expr.span, &describe(ty, self.program), &found);
        if let Type::Optional(of) = &found
            && fits(of, ty)
        {
            problem =
                problem.help("it may be none: say what then, as in `x otherwise y`".to_owned());
        }
        if let Some(meant) = self.meant(expr, ty) {
            problem = problem.help(format!("write `{meant}`"));
        }
        Err(problem)
    }

    /// A number as it is written in a type, when it is written as a plain one.
    fn meant(&self, expr: &Expr, ty: &Type) -> Option<String> {
        let value = match (&expr.node, ty) {
            (Node::Int(n), Type::Money(currency)) => {
                Value::Money(Money::parse(&n.to_string(), *currency).ok()?)
            }
            (Node::Decimal(n, places), Type::Money(currency)) => {
                let written = shown(&Value::Int(*n), &Type::Decimal(*places), &[]);
                Value::Money(Money::parse(&written, *currency).ok()?)
            }
            (Node::Int(n), Type::Percent) => Value::Int(n.checked_mul(PERCENT_WHOLE / 100)?),
            (Node::Decimal(n, places), Type::Percent) => {
                let whole = n.checked_mul(PERCENT_WHOLE)?;
                Value::Int(whole / 10_i64.checked_pow(u32::from(*places))?)
            }
            _ => return None,
        };
        Some(shown(&value, ty, &self.program.records))
    }

    /// Whether an expression means something only once a type is asked for.
    pub(crate) fn needs_type(&self, expr: &Expr) -> bool {
        match &expr.node {
            Node::None | Node::List(_) => true,
            Node::Name(name) => !self.known(name),
            _ => false,
        }
    }

    fn choice(
        &mut self,
        name: &str,
        names: &Arc<[Arc<str>]>,
        ty: &Type,
        span: Span,
    ) -> Result<Ir, Problem> {
        let named = names.iter().find(|n| n.as_ref() == name);
        match (named, self.value(name, span)?) {
            (Some(_), Some(_)) => Err(Problem::new(
                span,
                format!("`{name}` is both a value and a name of the enumeration"),
                "can be read in two ways",
            )),
            (Some(named), None) => Ok(Ir::Const(Value::Choice(named.clone()))),
            (None, Some((ir, found))) if fits(&found, ty) => Ok(ir),
            (None, Some((_, found))) => Err(self.mismatch(span, &ty.to_string(), &found)),
            (None, None) => {
                let help = did_you_mean(name, names.iter().map(AsRef::as_ref))
                    .unwrap_or_else(|| format!("it is one of {}", names.join(", ")));
                Err(Problem::new(
                    span,
                    format!("`{name}` is not a name of the enumeration"),
                    "not one of them",
                )
                .help(help))
            }
        }
    }

    fn list(&mut self, items: &[Expr], of: &Type, at_most: u32, span: Span) -> Result<Ir, Problem> {
        if items.len() > at_most as usize {
            let message = format!("the list has at most {at_most} items, not {}", items.len());
            return Err(Problem::new(span, message, "too many items"));
        }
        let items = items
            .iter()
            .map(|i| self.expect(i, of))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(fold(items))
    }

    /// A list whose first item says what it is a list of.
    pub(crate) fn inferred_list(&mut self, items: &[Expr], span: Span) -> Typed {
        let Some(first) = items.first() else {
            return Err(Problem::new(
                span,
                "it is not clear what this is a list of",
                "of which type?",
            ));
        };
        let (_, of) = self.infer(first)?;
        let at_most = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let list = self.list(items, &of, at_most, span)?;
        Ok((
            list,
            Type::List {
                of: Box::new(of),
                at_most,
            },
        ))
    }

    /// Two expressions that must be of comparable types, and the wider type.
    pub(crate) fn pair(&mut self, left: &Expr, right: &Expr) -> Result<(Ir, Ir, Type), Problem> {
        match (self.needs_type(left), self.needs_type(right)) {
            (true, true) => {
                let (_, ty) = self.infer(left)?;
                let right = self.expect(right, &ty)?;
                Ok((self.expect(left, &ty)?, right, ty))
            }
            (true, false) => {
                let (right, ty) = self.infer(right)?;
                Ok((self.against(left, &ty)?, right, ty))
            }
            (false, true) => {
                let (left, ty) = self.infer(left)?;
                Ok((left, self.against(right, &ty)?, ty))
            }
            (false, false) => {
                let (left_ir, left_type) = self.infer(left)?;
                let (right_ir, right_type) = self.infer(right)?;
                if let Some(ir) = widened(&left_ir, &left_type, &right_type) {
                    return Ok((ir, right_ir, right_type));
                }
                if let Some(ir) = widened(&right_ir, &right_type, &left_type) {
                    return Ok((left_ir, ir, left_type));
                }
                if !comparable(&left_type, &right_type) {
                    let expected = describe(&left_type, self.program);
                    return Err(self.mismatch(right.span, &expected, &right_type));
                }
                let ty = if fits(&left_type, &right_type) {
                    right_type
                } else {
                    left_type
                };
                Ok((left_ir, right_ir, ty))
            }
        }
    }

    /// An expression compared with a value of the type.
    fn against(&mut self, expr: &Expr, ty: &Type) -> Result<Ir, Problem> {
        match (&expr.node, ty) {
            // `x = none` says the same as `x is none`; one way to write it.
            (Node::None, Type::Optional(_)) => Err(Problem::new(
                expr.span,
                "a comparison with none is written `is none`",
                "write `is none`",
            )),
            (Node::Name(name), Type::Optional(of)) if !matches!(**of, Type::Choice(_)) => {
                Err(self.unknown(name, expr.span))
            }
            (Node::Name(name), other) if !matches!(other, Type::Choice(_) | Type::Optional(_)) => {
                Err(self.unknown(name, expr.span))
            }
            _ => self.expect(expr, ty),
        }
    }
}

/// A list of constants is a constant.
fn fold(items: Vec<Ir>) -> Ir {
    let constants: Option<Vec<Value>> = items
        .iter()
        .map(|i| match i {
            Ir::Const(value) => Some(value.clone()),
            _ => None,
        })
        .collect();
    constants.map_or(Ir::List(items), |values| Ir::Const(Value::List(values)))
}
