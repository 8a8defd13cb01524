//! The most steps that an action can take, from declared sizes alone.

use crate::ir::{Body, Ir, Schedule, Step, Tables};
use crate::limits::TEXT_COST;
use crate::schema::{Field, Type};

/// How large a record can be. It is computed once, when the record is declared: a record of records of records would else be
/// walked through again for each of their fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// The cost of reading, comparing or copying it.
    pub(crate) cost: u64,
    /// Records inside one another, itself included.
    pub(crate) depth: u16,
}

impl Size {
    /// The size of a record with these fields, after the records that they are of.
    pub(crate) fn of(fields: &[Field], sizes: &[Size]) -> Self {
        let costs = fields.iter().map(|f| of_type(&f.ty, sizes));
        let depths = fields.iter().map(|f| depth(&f.ty, sizes));
        Self {
            cost: costs.fold(1, u64::saturating_add),
            depth: depths.max().unwrap_or(0).saturating_add(1),
        }
    }
}

fn depth(ty: &Type, sizes: &[Size]) -> u16 {
    match ty {
        Type::Optional(of) | Type::List { of, .. } => depth(of, sizes),
        Type::Record(index) => sizes.get(usize::from(*index)).map_or(0, |s| s.depth),
        _ => 0,
    }
}

/// The cost of reading, comparing or copying a value of the type.
pub(crate) fn of_type(ty: &Type, sizes: &[Size]) -> u64 {
    match ty {
        Type::Bool
        | Type::Int
        | Type::Percent
        | Type::Decimal(_)
        | Type::Money(_)
        | Type::Date
        | Type::File => 1,
        Type::Text => TEXT_COST,
        Type::Party | Type::Choice(_) => 2,
        Type::Optional(of) => of_type(of, sizes),
        Type::List { of, at_most } => u64::from(*at_most)
            .saturating_mul(of_type(of, sizes))
            .saturating_add(1),
        Type::Record(index) => sizes.get(usize::from(*index)).map_or(1, |s| s.cost),
    }
}

/// The cost of one run of an action, apart from reading its inputs.
pub(crate) fn of_body(body: &Body, scales: &[Schedule]) -> u64 {
    let one = |ir: &Ir| of(ir, scales);
    let all = |irs: &[Ir]| {
        irs.iter()
            .fold(0_u64, |sum, ir| sum.saturating_add(of(ir, scales)))
    };
    let steps = body.steps.iter().map(|step| match step {
        Step::Let(value) => one(value),
        Step::Rule(rule) => one(&rule.condition),
    });
    let creates = body.creates.iter().map(|c| all(&c.fields));
    let dues = body.dues.iter().map(|d| {
        [one(&d.payer), one(&d.payee), one(&d.amount), all(&d.to)]
            .into_iter()
            .chain(d.from.as_deref().map(all))
            .chain(d.when.as_ref().map(one))
            .fold(1, u64::saturating_add)
    });
    let quorums = body.quorums.iter().map(|q| {
        one(&q.of)
            .saturating_add(one(&q.named))
            .saturating_add(q.weight)
    });
    steps
        .chain(quorums)
        .chain(creates)
        .chain(dues)
        .fold(all(&body.signers), u64::saturating_add)
}

pub(crate) fn of(ir: &Ir, scales: &[Schedule]) -> u64 {
    let one = |ir: &Ir| of(ir, scales);
    let inner = match ir {
        Ir::Const(_) | Ir::Arg(_) | Ir::Consumed(..) | Ir::Referenced(..) | Ir::Effective => 0,
        Ir::Local(_, weight) => *weight,
        Ir::Field(a, _)
        | Ir::Not(a)
        | Ir::Negate(a)
        | Ir::Is { value: a, .. }
        | Ir::Rescale(a, _)
        | Ir::WorkingDay { date: a, .. }
        | Ir::FinancialYear(a) => one(a),
        Ir::Length(a) => one(a).saturating_add(TEXT_COST),
        Ir::And(a, b) | Ir::Or(a, b) | Ir::Otherwise(a, b) => one(a).saturating_add(one(b)),
        Ir::Cases {
            base,
            exceptions,
            weight,
        } => exceptions.iter().fold(one(base), |sum, e| {
            sum.saturating_add(one(&e.when))
                .saturating_add(one(&e.value))
                .saturating_add(*weight)
                .saturating_add(u64::try_from(exceptions.len()).unwrap_or(u64::MAX))
        }),
        Ir::Pluck { list, weight, .. } | Ir::Grouped { list, weight, .. } => {
            one(list).saturating_add(*weight)
        }
        Ir::Shift {
            date,
            count,
            weight,
            ..
        } => one(date).saturating_add(one(count)).saturating_add(*weight),
        Ir::Within {
            date,
            anchor,
            count,
            weight,
            ..
        } => [one(date), one(anchor), one(count), *weight]
            .into_iter()
            .fold(0, u64::saturating_add),
        Ir::Order {
            left: a, right: b, ..
        }
        | Ir::Arithmetic {
            left: a, right: b, ..
        }
        | Ir::DaysFrom(a, b)
        | Ir::Part { rate: a, of: b, .. }
        | Ir::Share {
            part: a, whole: b, ..
        } => one(a).saturating_add(one(b)),
        Ir::Equal {
            left: a,
            right: b,
            weight,
            ..
        }
        | Ir::Contains {
            value: a,
            list: b,
            weight,
        } => one(a).saturating_add(one(b)).saturating_add(*weight),
        Ir::If(a, b, c) => one(a).saturating_add(one(b).max(one(c))),
        Ir::Each {
            list,
            body,
            at_most,
            ..
        } => one(list)
            .saturating_add(u64::from(*at_most).saturating_mul(one(body).saturating_add(1))),
        Ir::List(items) | Ir::Record(items) => items
            .iter()
            .fold(0_u64, |sum, i| sum.saturating_add(one(i))),
        Ir::Host(host, a) => one(a).saturating_add(host.cost),
        Ir::Scale(index, a) => one(a).saturating_add(table_size(*index, scales)),
        Ir::Parameter(index) => table_size(*index, scales),
    };
    inner.saturating_add(1)
}

fn table_size(index: u16, scales: &[Schedule]) -> u64 {
    let rows = match scales.get(usize::from(index)).map(|s| &s.tables) {
        Some(Tables::Scale { dated, .. }) => {
            dated.len()
                + dated
                    .iter()
                    .map(|(_, slices)| slices.len())
                    .max()
                    .unwrap_or(0)
        }
        Some(Tables::Parameter(values)) => values.len(),
        None => 0,
    };
    u64::try_from(rows).unwrap_or(u64::MAX)
}
