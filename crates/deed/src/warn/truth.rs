//! What can be said of a condition before it runs. Sound and far from complete: silence means nothing.

use crate::contract::Contract;
use crate::ir::{Ir, Order};
use crate::schema::{Field, Input, Type};
use crate::syntax::ast::{Each, Quality};
use crate::value::Value;

/// What is known of the values that a condition names.
pub(crate) struct Types<'c> {
    pub(crate) contract: &'c Contract,
    pub(crate) params: &'c [Field],
    pub(crate) consumes: &'c [Input],
    pub(crate) references: &'c [Input],
    /// The least and the greatest value of each `let`, where they are known.
    pub(crate) ranges: Vec<Option<(i64, i64)>>,
}

impl Types<'_> {
    fn of(&self, ir: &Ir) -> Option<&Type> {
        let (kind, field) = match ir {
            Ir::Arg(i) => return self.params.get(usize::from(*i)).map(|p| &p.ty),
            Ir::Consumed(i, field) => (self.consumes.get(usize::from(*i))?.kind, field),
            Ir::Referenced(i, field) => (self.references.get(usize::from(*i))?.kind, field),
            _ => return None,
        };
        let kind = self.contract.kinds().get(usize::from(kind))?;
        kind.fields.get(usize::from(*field)).map(|f| &f.ty)
    }
}

/// Whether a condition always holds, or never; `None` when it depends, or when it isn't seen.
pub(crate) fn always(ir: &Ir, types: &Types<'_>) -> Option<bool> {
    match ir {
        Ir::Const(Value::Bool(value)) => Some(*value),
        Ir::Not(inner) => always(inner, types).map(|held| !held),
        Ir::And(a, b) => match (always(a, types), always(b, types)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Ir::Or(a, b) => match (always(a, types), always(b, types)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ if is_negation(a, b) => Some(true),
            _ => None,
        },
        Ir::Equal {
            left,
            right,
            negated,
            ..
        } => match (left.as_ref(), right.as_ref()) {
            (a, b) if a == b => Some(!negated),
            (Ir::Const(a), Ir::Const(b)) => Some((a == b) != *negated),
            _ => None,
        },
        Ir::Order { order, left, right } => match (left.as_ref(), right.as_ref()) {
            (a, b) if a == b => Some(matches!(order, Order::LessOrEqual | Order::GreaterOrEqual)),
            (Ir::Const(a), Ir::Const(b)) => ordered(*order, a, b),
            (Ir::Length(_), Ir::Const(Value::Int(bound))) => within(*order, *bound, (0, i64::MAX)),
            (Ir::Local(i, _), Ir::Const(Value::Int(bound))) => {
                let range = types.ranges.get(usize::from(*i)).copied().flatten()?;
                within(*order, *bound, range)
            }
            _ => None,
        },
        Ir::Is {
            value,
            quality,
            negated,
        } => match value.as_ref() {
            Ir::Const(value) => has(*quality, value).map(|held| held != *negated),
            _ => None,
        },
        Ir::Contains { value, list, .. } => everything(types.of(value)?, list).then_some(true),
        Ir::Each {
            how: Each::Every,
            body,
            ..
        } => always(body, types).filter(|held| *held),
        Ir::Each {
            how: Each::Some,
            body,
            ..
        } => always(body, types).filter(|held| !*held),
        _ => None,
    }
}

/// Whether a list names every name of an enumeration.
fn everything(ty: &Type, list: &Ir) -> bool {
    let listed = |name: &str| match list {
        Ir::List(items) => items
            .iter()
            .any(|i| matches!(i, Ir::Const(Value::Choice(c)) if c.as_ref() == name)),
        Ir::Const(Value::List(items)) => items
            .iter()
            .any(|i| matches!(i, Value::Choice(c) if c.as_ref() == name)),
        _ => false,
    };
    matches!(ty, Type::Choice(names) if names.iter().all(|name| listed(name)))
}

fn is_negation(a: &Ir, b: &Ir) -> bool {
    match (a, b) {
        (Ir::Not(inner), other) | (other, Ir::Not(inner)) if inner.as_ref() == other => true,
        (
            Ir::Equal {
                left: a,
                right: b,
                negated: m,
                ..
            },
            Ir::Equal {
                left: c,
                right: d,
                negated: n,
                ..
            },
        ) => a == c && b == d && m != n,
        (
            Ir::Is {
                value: a,
                quality: p,
                negated: m,
            },
            Ir::Is {
                value: b,
                quality: q,
                negated: n,
            },
        ) => a == b && p == q && m != n,
        _ => false,
    }
}

/// The parts of a condition that must all hold.
pub(super) fn conjuncts(ir: &Ir) -> Vec<&Ir> {
    match ir {
        Ir::And(a, b) => {
            let mut parts = conjuncts(a);
            parts.extend(conjuncts(b));
            parts
        }
        other => vec![other],
    }
}

/// Whether what is known makes another condition hold.
pub(crate) fn implies(known: &Ir, wanted: &Ir) -> bool {
    if known == wanted {
        return true;
    }
    match (known, wanted) {
        (_, Ir::Or(a, b)) => implies(known, a) || implies(known, b),
        (
            Ir::Is {
                value: a,
                quality: p,
                negated: false,
            },
            Ir::Is {
                value: b,
                quality: q,
                negated: true,
            },
        ) if a == b => excludes(*p, *q),
        (
            Ir::Order {
                order: p,
                left: a,
                right: x,
            },
            Ir::Order {
                order: q,
                left: b,
                right: y,
            },
        ) if a == b => match (x.as_ref(), y.as_ref()) {
            (Ir::Const(x), Ir::Const(y)) => bounds(*p, x, *q, y),
            _ => false,
        },
        _ => false,
    }
}

fn excludes(a: Quality, b: Quality) -> bool {
    let signs = [Quality::Positive, Quality::Negative, Quality::Zero];
    a != b && signs.contains(&a) && signs.contains(&b)
}

/// Whether `v p x` makes `v q y` hold.
fn bounds(p: Order, x: &Value, q: Order, y: &Value) -> bool {
    let compare = |order| ordered(order, x, y) == Some(true);
    match (p, q) {
        (Order::Greater | Order::GreaterOrEqual, Order::GreaterOrEqual)
        | (Order::Greater, Order::Greater) => compare(Order::GreaterOrEqual),
        (Order::GreaterOrEqual, Order::Greater) => compare(Order::Greater),
        (Order::Less | Order::LessOrEqual, Order::LessOrEqual) | (Order::Less, Order::Less) => {
            compare(Order::LessOrEqual)
        }
        (Order::LessOrEqual, Order::Less) => compare(Order::Less),
        _ => false,
    }
}

fn ordered(order: Order, a: &Value, b: &Value) -> Option<bool> {
    let ordering = match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Money(a), Value::Money(b)) if a.currency == b.currency => a.minor.cmp(&b.minor),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        _ => return None,
    };
    Some(match order {
        Order::Less => ordering.is_lt(),
        Order::LessOrEqual => ordering.is_le(),
        Order::Greater => ordering.is_gt(),
        Order::GreaterOrEqual => ordering.is_ge(),
    })
}

/// Whether all that lies between the least and the greatest value, or none of it, stands so to the bound.
fn within(order: Order, bound: i64, (least, greatest): (i64, i64)) -> Option<bool> {
    let (all, none) = match order {
        Order::GreaterOrEqual => (least >= bound, greatest < bound),
        Order::Greater => (least > bound, greatest <= bound),
        Order::Less => (greatest < bound, least >= bound),
        Order::LessOrEqual => (greatest <= bound, least > bound),
    };
    match (all, none) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

fn has(quality: Quality, value: &Value) -> Option<bool> {
    let number = match value {
        Value::Int(n) => *n,
        Value::Money(m) => m.minor,
        _ => return None,
    };
    match quality {
        Quality::Positive => Some(number > 0),
        Quality::Negative => Some(number < 0),
        Quality::Zero => Some(number == 0),
        _ => None,
    }
}
