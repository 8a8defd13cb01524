//! Values and facts as the corpus writes them; what is written reads back.

use std::sync::Arc;

use deed::{Contract, FactValue, Field, Money, Party, Type, Value};
use jiff::civil::Date;

/// `name = value, name = value`; a value that is left out is nothing.
pub(super) fn fields(
    contract: &Contract,
    declared: &[Field],
    text: &str,
) -> Result<Vec<Value>, String> {
    let mut rest = text.trim();
    let mut given = Vec::new();
    while !rest.is_empty() {
        let (name, value) = rest.split_once(" = ").ok_or(format!("no value: {rest}"))?;
        let field = declared.iter().find(|f| f.name == name);
        let field = field.ok_or(format!("no field {name}"))?;
        let (value, after) = value_of(contract, &field.ty, value)?;
        given.push((name, value));
        rest = after.strip_prefix(", ").unwrap_or(after);
    }
    let value = |field: &Field| match given.iter().find(|(name, _)| *name == field.name) {
        Some((_, value)) => Ok(value.clone()),
        None if matches!(field.ty, Type::Optional(_)) => Ok(Value::Absent),
        None => Err(format!("{} is not given", field.name)),
    };
    declared.iter().map(value).collect()
}

/// `Kind with name = value, ...`.
pub(super) fn fact(contract: &Contract, text: &str) -> Result<FactValue, String> {
    let (name, given) = text.split_once(" with ").unwrap_or((text, ""));
    let kind = contract.kind(name).ok_or(format!("no kind {name}"))?;
    let declared = &contract.kinds()[usize::from(kind)].fields;
    let fields = fields(contract, declared, given)?;
    Ok(FactValue { kind, fields })
}

/// The same fact, written.
pub(super) fn written(contract: &Contract, fact: &FactValue) -> String {
    let kind = &contract.kinds()[usize::from(fact.kind)];
    format!(
        "{} with {}",
        kind.name,
        assigned(contract, &kind.fields, &fact.fields)
    )
}

pub(super) fn assigned<'a>(
    contract: &Contract,
    declared: impl IntoIterator<Item = &'a Field>,
    values: &[Value],
) -> String {
    let named = declared.into_iter().zip(values);
    let named = named.map(|(f, v)| format!("{} = {}", f.name, contract.show(v, &f.ty)));
    named.collect::<Vec<_>>().join(", ")
}

/// One value of the type at the beginning of the text, and what stands after it.
fn value_of<'t>(contract: &Contract, ty: &Type, text: &'t str) -> Result<(Value, &'t str), String> {
    match ty {
        Type::Optional(of) => match text.strip_prefix("none") {
            Some(rest) => Ok((Value::Absent, rest)),
            None => value_of(contract, of, text),
        },
        Type::List { of, .. } => {
            let (items, rest) =
                bracketed(text, ('[', ']'), |_, text| value_of(contract, of, text))?;
            Ok((Value::List(items), rest))
        }
        Type::Record(index) => {
            let fields = &contract.records()[usize::from(*index)].fields;
            let (values, rest) = bracketed(text, ('(', ')'), |i, text| {
                let field = fields.get(i).ok_or("too many values")?;
                value_of(contract, &field.ty, text)
            })?;
            Ok((Value::Record(values), rest))
        }
        Type::Text => {
            let inner = text.strip_prefix('"').and_then(|t| t.split_once('"'));
            let (inner, rest) = inner.ok_or(format!("no text: {text}"))?;
            Ok((Value::text(inner), rest))
        }
        Type::File => {
            let inner = text.strip_prefix('"').and_then(|t| t.split_once('"'));
            let (inner, rest) = inner.ok_or(format!("no file: {text}"))?;
            let file = inner.parse().map_err(|e| format!("{inner}: {e}"))?;
            Ok((Value::File(Arc::new(file)), rest))
        }
        _ => {
            let ends = [", ", "]", ")"].map(|end| text.find(end).unwrap_or(text.len()));
            let end = ends.into_iter().min().unwrap_or_default();
            Ok((plain(ty, &text[..end])?, &text[end..]))
        }
    }
}

fn plain(ty: &Type, text: &str) -> Result<Value, String> {
    let number = |text: &str, places: usize| {
        let sign = if text.starts_with('-') { -1 } else { 1 };
        let (whole, part) = text
            .trim_start_matches('-')
            .split_once('.')
            .unwrap_or((text.trim_start_matches('-'), ""));
        let digits = format!("{whole}{part:0<places$}");
        let number = digits.parse::<i64>().map_err(|e| format!("{text}: {e}"))?;
        Ok::<_, String>(Value::Int(sign * number))
    };
    match ty {
        Type::Bool => Ok(Value::Bool(text == "true")),
        Type::Int => number(text, 0),
        Type::Percent => number(text.trim_end_matches('%'), 4),
        Type::Decimal(places) => number(text, usize::from(*places)),
        Type::Money(currency) => Money::parse(text, *currency)
            .map(Value::Money)
            .map_err(|e| e.to_string()),
        Type::Date => date(text).map(Value::Date),
        Type::Party => Party::new(text)
            .map(Value::Party)
            .map_err(|e| e.to_string()),
        Type::Choice(_) => Ok(Value::choice(text)),
        _ => Err(format!("no value: {text}")),
    }
}

/// `24 June 2026`.
pub(super) fn date(text: &str) -> Result<Date, String> {
    Date::strptime("%d %B %Y", text).map_err(|e| format!("{text}: {e}"))
}

fn bracketed<'t>(
    text: &'t str,
    (open, close): (char, char),
    mut item: impl FnMut(usize, &'t str) -> Result<(Value, &'t str), String>,
) -> Result<(Vec<Value>, &'t str), String> {
    let mut rest = text
        .strip_prefix(open)
        .ok_or(format!("no {open}: {text}"))?;
    let mut items = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix(close) {
            return Ok((items, after));
        }
        let (value, after) = item(items.len(), rest)?;
        items.push(value);
        rest = after.strip_prefix(", ").unwrap_or(after);
    }
}
