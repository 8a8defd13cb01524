//! The tree of an expression as written.

use jiff::civil::Date;

use crate::limits::NESTING_MAX;
use crate::value::Money;

use super::ast::{Name, Rounding};
use super::token::{Problem, Span};

/// `name = value`, or `name` alone for `name = name`.
#[derive(Clone, Debug)]
pub(crate) struct Assign {
    pub(crate) name: Name,
    pub(crate) value: Expr,
}

/// An expression; built by [`Expr::new`], so that none is deeper than the limit.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) span: Span,
    pub(crate) node: Node,
    depth: usize,
}

impl Expr {
    pub(crate) fn new(span: Span, node: Node) -> Result<Self, Problem> {
        let depth = 1 + node.children().iter().map(|c| c.depth).max().unwrap_or(0);
        if depth > NESTING_MAX {
            return Err(Problem::new(
                span,
                format!("an expression is nested at most {NESTING_MAX} levels deep"),
                "too deep",
            )
            .help("name a part of it with `let`".to_owned()));
        }
        Ok(Self { span, node, depth })
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Node {
    Bool(bool),
    Int(i64),
    Money(Money),
    /// Ten-thousandths of a per cent.
    Percent(i64),
    /// A number without its point, and its places after it.
    Decimal(i64, u8),
    Text(String),
    Date(Date),
    None,
    Effective,
    Name(String),
    Field(Box<Expr>, Name),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
    Is {
        value: Box<Expr>,
        quality: Quality,
        negated: bool,
    },
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Each {
        how: Each,
        item: Name,
        list: Box<Expr>,
        body: Box<Expr>,
    },
    Call {
        name: Name,
        argument: Box<Expr>,
    },
    Length(Box<Expr>),
    /// `lender of each old.charges`: a field of every item.
    Pluck(Name, Box<Expr>),
    /// `lines grouped by department, year`: lists of the items that agree in these fields.
    Grouped(Box<Expr>, Vec<Name>),
    /// `6 months`, `notice working days in england`: what stands beside a date.
    Period(Box<Expr>, Unit),
    /// `arrived within 90 days before effective`; both ends count.
    Within {
        date: Box<Expr>,
        period: Box<Expr>,
        after: bool,
        anchor: Box<Expr>,
    },
    /// `days from arrived to effective`.
    DaysFrom(Box<Expr>, Box<Expr>),
    /// `effective is a working day in england`.
    WorkingDay {
        date: Box<Expr>,
        calendar: Name,
        negated: bool,
    },
    /// `10% of price rounded down to £1`.
    Part {
        rate: Box<Expr>,
        of: Box<Expr>,
        rounded: Rounded,
    },
    /// `missed out of held rounded down to 0.01%`.
    Share {
        part: Box<Expr>,
        whole: Box<Expr>,
        rounded: Rounded,
    },
    List(Vec<Expr>),
    Record {
        name: Name,
        fields: Vec<Assign>,
    },
}

impl Node {
    fn children(&self) -> Vec<&Expr> {
        match self {
            Self::Bool(_) | Self::Int(_) | Self::Money(_) | Self::Text(_) | Self::Date(_) => vec![],
            Self::Percent(_) | Self::Decimal(..) => vec![],
            Self::None | Self::Effective | Self::Name(_) => vec![],
            Self::Period(a, _) | Self::WorkingDay { date: a, .. } => vec![a],
            Self::Within {
                date: a,
                period: b,
                anchor: c,
                ..
            } => vec![a, b, c],
            Self::Pluck(_, a) | Self::Grouped(a, _) => vec![a],
            Self::Field(a, _) | Self::Not(a) | Self::Negate(a) | Self::Length(a) => vec![a],
            Self::Is { value: a, .. } | Self::Call { argument: a, .. } => vec![a],
            Self::Binary(_, a, b)
            | Self::DaysFrom(a, b)
            | Self::Part { rate: a, of: b, .. }
            | Self::Share {
                part: a, whole: b, ..
            }
            | Self::Each {
                list: a, body: b, ..
            } => vec![a, b],
            Self::If(a, b, c) => vec![a, b, c],
            Self::List(items) => items.iter().collect(),
            Self::Record { fields, .. } => fields.iter().map(|f| &f.value).collect(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Otherwise,
    Add,
    Subtract,
    Multiply,
}

impl Op {
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::Otherwise => "otherwise",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
        }
    }
}

/// What a period counts.
#[derive(Clone, Debug)]
pub(crate) enum Unit {
    Days,
    Months,
    Years,
    /// Working days of the named calendar.
    WorkingDays(Name),
}

/// `rounded down to £1`: how, and to multiples of what.
#[derive(Clone, Debug)]
pub(crate) struct Rounded {
    pub(crate) how: Rounding,
    pub(crate) unit: Box<Expr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quality {
    Positive,
    Negative,
    Zero,
    None,
    Empty,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Each {
    Every,
    Some,
    Sum,
    Count,
}
