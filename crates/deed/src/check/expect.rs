//! Expressions that must have a known type: it decides what `none`, a list or a name of an enumeration means.

use std::sync::Arc;

use crate::ir::Ir;
use crate::limits::PERCENT_WHOLE;
use crate::near::did_you_mean;
use crate::schema::Type;
use crate::show::shown;
use crate::syntax::ast::{Expr, Node};
use crate::syntax::{Problem, Span};
use crate::value::{FileAddress, FileAddressError, Money, Value};

use super::context::{Context, Typed};
use super::rates::widened;
use super::types::{UNKNOWN, comparable, fits};

impl Context<'_> {
    /// The program of an expression that must fit the type.
    pub(crate) fn expect(&mut self, expr: &Expr, ty: &Type) -> Result<Ir, Problem> {
        match (&expr.node, ty) {
            (_, ty) if *ty == UNKNOWN => Err(Problem::silent(expr.span)),
            (Node::None, Type::Optional(_)) => Ok(Ir::Const(Value::Absent)),
            (Node::None, Type::List { .. }) => Ok(Ir::Const(Value::List(Vec::new()))),
            (Node::None, other) => Err(Problem::new(
                expr.span,
                format!("this is never none: it is {}", self.program.describe(other)),
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
            (Node::Text(text), Type::File) if self.constant => file(text, expr.span),
            (Node::Text(_), Type::Optional(of)) if **of == Type::File => self.expect(expr, of),
            (Node::Name(name), Type::Choice(names)) => self.choice(name, names, ty, expr.span),
            (Node::Name(_) | Node::List(_), Type::Optional(of)) if self.needs_type(expr) => {
                self.expect(expr, of)
            }
            _ => self.fitting(expr, ty),
        }
    }

    /// Refuses a name that is a value where a name of an enumeration can stand that is written alike.
    pub(crate) fn unambiguous(&self, expr: &Expr, ty: &Type) -> Result<(), Problem> {
        match (&expr.node, ty) {
            (Node::Name(name), Type::Choice(names)) if names.iter().any(|n| **n == **name) => {
                Err(two_readings(name, expr.span))
            }
            (_, Type::Optional(of)) => self.unambiguous(expr, of),
            _ => Ok(()),
        }
    }

    fn fitting(&mut self, expr: &Expr, ty: &Type) -> Result<Ir, Problem> {
        self.unambiguous(expr, ty)?;
        let (ir, found) = self.infer(expr)?;
        if fits(&found, ty) {
            return Ok(ir);
        }
        if let Some(ir) = widened(&ir, &found, ty) {
            return Ok(ir);
        }
        let mut problem = self.mismatch(expr.span, &self.program.describe(ty), &found);
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
            (Some(_), Some(_)) => Err(two_readings(name, span)),
            (Some(named), None) => Ok(Ir::Const(Value::Choice(named.clone()))),
            (None, Some((ir, found))) if fits(&found, ty) => Ok(ir),
            (None, Some((_, found))) => {
                Err(self.mismatch(span, &self.program.describe(ty), &found))
            }
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
        // The first is not looked at again: in a list of lists of lists that would double the work with each.
        let (first, of) = self.infer(first)?;
        let at_most = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let mut list = vec![first];
        for item in &items[1..] {
            list.push(self.expect(item, &of)?);
        }
        Ok((
            fold(list),
            Type::List {
                of: Box::new(of),
                at_most,
            },
        ))
    }

    /// Two expressions that must be of comparable types, and the wider type.
    pub(crate) fn pair(&mut self, left: &Expr, right: &Expr) -> Result<(Ir, Ir, Type), Problem> {
        let (left, right, ty, _) = self.sides(left, right)?;
        Ok((left, right, ty))
    }

    /// Two expressions either of which may be the value: one's type has all values of the other's.
    pub(crate) fn either(&mut self, left: &Expr, right: &Expr) -> Result<(Ir, Ir, Type), Problem> {
        let (left_ir, right_ir, ty, other) = self.sides(left, right)?;
        match other {
            Some(other) if !fits(&other, &ty) => {
                let expected = self.program.describe(&ty);
                Err(self.mismatch(right.span, &expected, &other))
            }
            _ => Ok((left_ir, right_ir, ty)),
        }
    }

    /// As [`Context::pair`], with the type of the side that may not fit the wider one.
    fn sides(
        &mut self,
        left: &Expr,
        right: &Expr,
    ) -> Result<(Ir, Ir, Type, Option<Type>), Problem> {
        match (self.needs_type(left), self.needs_type(right)) {
            (true, true) => {
                let (left, ty) = self.infer(left)?;
                let right = self.expect(right, &ty)?;
                Ok((left, right, ty, None))
            }
            (true, false) => {
                let (right, ty) = self.infer(right)?;
                Ok((self.against(left, &ty)?, right, ty, None))
            }
            (false, true) => {
                let (left, ty) = self.infer(left)?;
                Ok((left, self.against(right, &ty)?, ty, None))
            }
            (false, false) => {
                let (left_ir, left_type) = self.infer(left)?;
                let (right_ir, right_type) = self.infer(right)?;
                self.unambiguous(left, &right_type)?;
                self.unambiguous(right, &left_type)?;
                if let Some(ir) = widened(&left_ir, &left_type, &right_type) {
                    return Ok((ir, right_ir, right_type, None));
                }
                if let Some(ir) = widened(&right_ir, &right_type, &left_type) {
                    return Ok((left_ir, ir, left_type, None));
                }
                if !comparable(&left_type, &right_type) {
                    let expected = self.program.describe(&left_type);
                    return Err(self.mismatch(right.span, &expected, &right_type));
                }
                match fits(&left_type, &right_type) {
                    true => Ok((left_ir, right_ir, right_type, None)),
                    false => Ok((left_ir, right_ir, left_type, Some(right_type))),
                }
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

/// A file is written as a text, and only as a constant: what an action knows of a file comes from outside.
fn file(text: &str, span: Span) -> Result<Ir, Problem> {
    let address: Result<FileAddress, FileAddressError> = text.parse();
    let file = address.map(|file| Ir::Const(Value::File(Arc::new(file))));
    file.map_err(|error| {
        Problem::new(span, "this is not the address of a file", "not a file")
            .help(error.to_string())
    })
}

fn two_readings(name: &str, span: Span) -> Problem {
    let message = format!("`{name}` is both a value and a name of the enumeration");
    Problem::new(span, message, "can be read in two ways")
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
