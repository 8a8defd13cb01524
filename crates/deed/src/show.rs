//! Values as a person reads them, where the type says more than the value: `12.5%`, `1.250`.

use crate::contract::Contract;
use crate::limits::PERCENT_DECIMALS_MAX;
use crate::schema::{Record, Type};
use crate::value::{FactValue, Value};

/// The value in the words of its type.
pub(crate) fn shown(value: &Value, ty: &Type, records: &[Record]) -> String {
    match (value, ty) {
        (Value::Int(n), Type::Percent) => percent(*n),
        (Value::Int(n), Type::Decimal(places)) => point(*n, usize::from(*places)),
        (value, Type::Optional(of)) if *value != Value::Absent => shown(value, of, records),
        (Value::List(items), Type::List { of, .. }) => {
            let items: Vec<String> = items.iter().map(|i| shown(i, of, records)).collect();
            format!("[{}]", items.join(", "))
        }
        (Value::Record(values), Type::Record(index)) => {
            let Some(record) = records.get(usize::from(*index)) else {
                return value.to_string();
            };
            let fields = values.iter().zip(&record.fields);
            let fields: Vec<String> = fields.map(|(v, f)| shown(v, &f.ty, records)).collect();
            format!("({})", fields.join(", "))
        }
        _ => value.to_string(),
    }
}

impl Contract {
    /// A fact as a scenario writes it: its kind, and each field with its name.
    #[must_use]
    pub fn show_fact(&self, fact: &FactValue) -> String {
        let Some(kind) = self.kinds().get(usize::from(fact.kind)) else {
            return "a fact of no kind".to_owned();
        };
        let fields = kind.fields.iter().zip(&fact.fields);
        let fields = fields.map(|(f, v)| format!("{} = {}", f.name, self.show(v, &f.ty)));
        format!(
            "{} with {}",
            kind.name,
            fields.collect::<Vec<_>>().join(", ")
        )
    }
}

/// A percentage without needless zeros.
fn percent(n: i64) -> String {
    let exact = point(n, PERCENT_DECIMALS_MAX);
    format!("{}%", exact.trim_end_matches('0').trim_end_matches('.'))
}

/// A number with its point put back.
fn point(n: i64, places: usize) -> String {
    let sign = if n < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", n.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    format!("{sign}{whole}.{fraction}")
}
