//! What evaluation runs: names have become indices, types have been checked, sizes are known.

use jiff::civil::{Date, Weekday};

use crate::host::Host;
use crate::schema::Type;
use crate::syntax::Span;
use crate::syntax::ast::{Each, Quality, Rounding};
use crate::value::{Money, Value};

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ir {
    Const(Value),
    Arg(u16),
    /// A field of a consumed fact.
    Consumed(u16, u16),
    /// A field of a referenced fact.
    Referenced(u16, u16),
    /// A `let`, or the item of a quantifier.
    /// By its place; reading it costs what copying its type costs.
    Local(u16, u64),
    Effective,
    Field(Box<Ir>, u16),
    Not(Box<Ir>),
    Negate(Box<Ir>),
    And(Box<Ir>, Box<Ir>),
    Or(Box<Ir>, Box<Ir>),
    /// Equality; the weight is the cost of comparing two values of the type.
    Equal {
        left: Box<Ir>,
        right: Box<Ir>,
        negated: bool,
        weight: u64,
    },
    Order {
        order: Order,
        left: Box<Ir>,
        right: Box<Ir>,
    },
    /// Whether a list holds a value; the weight is the cost of comparing with all items.
    Contains {
        value: Box<Ir>,
        list: Box<Ir>,
        weight: u64,
    },
    Otherwise(Box<Ir>, Box<Ir>),
    Arithmetic {
        op: Arithmetic,
        left: Box<Ir>,
        right: Box<Ir>,
    },
    /// A field of every record of a list; the weight is the cost of copying the list.
    Pluck {
        list: Box<Ir>,
        field: u16,
        weight: u64,
    },
    /// Lists of the records that agree in these fields; the weight is the cost of comparing all with all.
    Grouped {
        list: Box<Ir>,
        keys: Vec<u16>,
        weight: u64,
    },
    /// A base case and its exceptions, in the order of the text.
    Cases {
        base: Box<Ir>,
        exceptions: Vec<ExceptionIr>,
        /// The cost of comparing two values of the type, for each pair.
        weight: u64,
    },
    /// A date and a period after it, or before it when `back`.
    Shift {
        date: Box<Ir>,
        count: Box<Ir>,
        unit: Unit,
        back: bool,
        /// The steps of counting working days.
        weight: u64,
    },
    DaysFrom(Box<Ir>, Box<Ir>),
    WorkingDay {
        date: Box<Ir>,
        calendar: u16,
        negated: bool,
    },
    /// Whether a date lies between another and a period after it, or before it; both ends count.
    Within {
        date: Box<Ir>,
        anchor: Box<Ir>,
        count: Box<Ir>,
        unit: Unit,
        after: bool,
        /// The steps of counting working days.
        weight: u64,
    },
    /// A number times a power of ten: a decimal with more places.
    Rescale(Box<Ir>, i64),
    /// A rate, counted in `per` for the whole, of a number or amount; rounded to multiples of `unit`.
    Part {
        rate: Box<Ir>,
        of: Box<Ir>,
        per: i64,
        rounding: Rounding,
        unit: i64,
    },
    /// What percentage one number or amount is of another.
    Share {
        part: Box<Ir>,
        whole: Box<Ir>,
        rounding: Rounding,
        unit: i64,
    },
    Is {
        value: Box<Ir>,
        quality: Quality,
        negated: bool,
    },
    If(Box<Ir>, Box<Ir>, Box<Ir>),
    /// `zero` is what an empty list gives; `slot` holds the item while the body runs.
    Each {
        how: Each,
        list: Box<Ir>,
        body: Box<Ir>,
        zero: Value,
        slot: u16,
        at_most: u32,
    },
    Length(Box<Ir>),
    List(Vec<Ir>),
    Record(Vec<Ir>),
    Scale(u16, Box<Ir>),
    Parameter(u16),
    FinancialYear(Box<Ir>),
    Host(Host, Box<Ir>),
}

/// A case that goes before the base case, and before the exceptions of which it has the indices.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ExceptionIr {
    pub(crate) name: String,
    pub(crate) over: Vec<usize>,
    pub(crate) when: Ir,
    pub(crate) value: Ir,
    /// Cited beside it, for those who read: a verdict does not need it.
    pub(crate) law: Option<String>,
}

/// A condition as written, and the conditions joined by `or` in it; none when it is of one piece.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) label: String,
    pub(crate) span: Span,
    pub(crate) ir: Ir,
    pub(crate) alternatives: Vec<Part>,
}

/// What a period counts; working days by the index of their calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Days,
    Months,
    Years,
    WorkingDays(u16),
}

/// The days on which nobody works, between two dates that it speaks of.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    pub(crate) name: String,
    pub(crate) weekend: Vec<Weekday>,
    pub(crate) from: Date,
    pub(crate) to: Date,
    /// Ascending.
    pub(crate) holidays: Vec<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
}

/// What an action does, in the order in which it runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    pub(crate) steps: Vec<Step>,
    /// The name and type of each `let`, in the order of the steps.
    pub(crate) lets: Vec<(String, Type)>,
    pub(crate) signers: Vec<Ir>,
    pub(crate) quorums: Vec<QuorumIr>,
    pub(crate) dues: Vec<DueIr>,
    pub(crate) creates: Vec<CreateIr>,
}

/// At least so many of a list sign: those whom an argument names.
#[derive(Clone, Debug)]
pub(crate) struct QuorumIr {
    pub(crate) needed: i64,
    pub(crate) of: Ir,
    pub(crate) named: Ir,
    pub(crate) weight: u64,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The value of the next local.
    Let(Ir),
    Rule(RuleIr),
}

#[derive(Clone, Debug)]
pub(crate) struct RuleIr {
    /// Index into the action's rules.
    pub(crate) index: u16,
    pub(crate) condition: Ir,
    /// The parts of the condition that must all hold; none when it is of one piece.
    pub(crate) parts: Vec<Part>,
    /// What to name in a refusal, as written.
    pub(crate) figures: Vec<(String, Ir, Type)>,
}

#[derive(Clone, Debug)]
pub(crate) struct CreateIr {
    pub(crate) kind: u16,
    pub(crate) fields: Vec<Ir>,
}

#[derive(Clone, Debug)]
pub(crate) struct DueIr {
    pub(crate) money: u16,
    pub(crate) payer: Ir,
    pub(crate) payee: Ir,
    pub(crate) amount: Ir,
    pub(crate) from: Option<Vec<Ir>>,
    pub(crate) to: Vec<Ir>,
    pub(crate) when: Option<Ir>,
    pub(crate) law: Option<String>,
}

/// Dated values, earliest first.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub(crate) name: String,
    pub(crate) tables: Tables,
}

#[derive(Clone, Debug)]
pub(crate) enum Tables {
    Scale {
        rounding: Rounding,
        unit: Money,
        dated: Vec<(Date, Vec<SliceIr>)>,
    },
    Parameter(Vec<(Date, Value)>),
}

/// A rate in ten-thousandths of a per cent for the part of an amount up to a bound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SliceIr {
    pub(crate) up_to: Option<i64>,
    pub(crate) rate: i64,
}
