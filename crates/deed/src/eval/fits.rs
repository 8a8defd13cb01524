//! Whether values from outside have the types that the contract declares.

use crate::builtin::BuiltInRule;
use crate::hostile;
use crate::limits::TEXT_BYTES_MAX;
use crate::outcome::Refusal;
use crate::schema::{Field, Kind, Record, Type};
use crate::value::{FactValue, Value};

/// Checks a list of values against their fields; `rule` is the refusal's code.
pub(crate) fn values_fit(
    values: &[Value],
    fields: &[Field],
    records: &[Record],
    rule: BuiltInRule,
    owner: &str,
) -> Result<(), Refusal> {
    if values.len() != fields.len() {
        let message = format!(
            "{owner} has {} fields, but {} values are given",
            fields.len(),
            values.len()
        );
        return Err(Refusal::new(rule, message));
    }
    for (value, field) in values.iter().zip(fields) {
        if let Some(reason) = misfit(value, &field.ty, records) {
            return Err(Refusal::new(
                rule,
                format!("{} of {owner} {reason}", field.name),
            ));
        }
    }
    Ok(())
}

/// Checks a fact against its kind.
pub(crate) fn fact_fits(
    fact: &FactValue,
    kinds: &[Kind],
    records: &[Record],
) -> Result<(), Refusal> {
    let Some(kind) = kinds.get(usize::from(fact.kind)) else {
        return Err(Refusal::new(
            BuiltInRule::FactFitsItsKind,
            format!("the contract has no kind number {}", fact.kind),
        ));
    };
    values_fit(
        &fact.fields,
        &kind.fields,
        records,
        BuiltInRule::FactFitsItsKind,
        &kind.name,
    )
}

/// Why a value does not fit a type.
fn misfit(value: &Value, ty: &Type, records: &[Record]) -> Option<String> {
    match (value, ty) {
        (Value::Bool(_), Type::Bool)
        | (Value::Int(_), Type::Int | Type::Percent | Type::Decimal(_))
        | (Value::Date(_), Type::Date)
        | (Value::Party(_), Type::Party)
        | (Value::File(_), Type::File)
        | (Value::Absent, Type::Optional(_)) => None,
        (Value::Text(text), Type::Text) => text_misfit(text),
        (Value::Money(money), Type::Money(currency)) if money.currency == *currency => None,
        (Value::Choice(name), Type::Choice(names)) if names.contains(name) => None,
        (value, Type::Optional(of)) => misfit(value, of, records),
        (Value::List(items), Type::List { of, at_most }) => {
            if items.len() > *at_most as usize {
                return Some(format!(
                    "has {} items, at most {at_most} are allowed",
                    items.len()
                ));
            }
            items.iter().find_map(|item| misfit(item, of, records))
        }
        (Value::Record(values), Type::Record(index)) => {
            let fields = &records.get(usize::from(*index))?.fields;
            if values.len() != fields.len() {
                return Some(format!(
                    "has {} values, {} are needed",
                    values.len(),
                    fields.len()
                ));
            }
            values
                .iter()
                .zip(fields)
                .find_map(|(v, f)| misfit(v, &f.ty, records))
        }
        _ => Some(format!("is {value}, not {ty}")),
    }
}

fn text_misfit(text: &str) -> Option<String> {
    if text.len() > TEXT_BYTES_MAX {
        return Some(format!(
            "has {} bytes, at most {TEXT_BYTES_MAX} are allowed",
            text.len()
        ));
    }
    hostile::value_text(text).map(|h| format!("holds {}", h.explain()))
}
