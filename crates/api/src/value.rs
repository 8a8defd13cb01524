//! Fields as JSON: amounts as minor units with their currency, dates as ISO 8601, files by their address, everything else as itself.

use deed::Value;
use serde_json::{Value as Json, json};

/// A field's value as JSON.
#[must_use]
pub fn json(value: &Value) -> Json {
    match value {
        Value::Bool(b) => json!(b),
        Value::Int(i) => json!(i),
        Value::Text(text) => json!(text.as_ref()),
        Value::Money(money) => json!({ "currency": money.currency.as_str(), "minor": money.minor }),
        Value::Date(date) => json!(date.to_string()),
        Value::Party(party) => json!(party.as_str()),
        Value::Choice(choice) => json!(choice.as_ref()),
        Value::File(file) => json!(file.to_string()),
        Value::Absent => Json::Null,
        Value::List(items) | Value::Record(items) => Json::Array(items.iter().map(json).collect()),
    }
}
