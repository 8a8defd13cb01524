//! Lists out of lists, and choices among parties.

use std::borrow::Cow;

use crate::builtin::BuiltInRule;
use crate::ir::{Ir, QuorumIr};
use crate::outcome::Refusal;
use crate::value::{Party, Value};

use super::compute::ill_typed;
use super::expr::{Evaluated, Machine};

fn fields(value: &Value) -> Result<&[Value], Refusal> {
    match value {
        Value::Record(fields) => Ok(fields),
        _ => Err(ill_typed()),
    }
}

impl<'a> Machine<'a> {
    fn items(&mut self, list: &'a Ir) -> Result<Vec<Value>, Refusal> {
        match self.eval(list)?.into_owned() {
            Value::List(items) => Ok(items),
            _ => Err(ill_typed()),
        }
    }

    /// A field of every record, in the list's order.
    pub(super) fn pluck(&mut self, list: &'a Ir, field: u16) -> Evaluated<'a> {
        let items = self.items(list)?;
        let place = |item: &Value| {
            fields(item)?
                .get(usize::from(field))
                .cloned()
                .ok_or_else(ill_typed)
        };
        let values = items.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        Ok(Cow::Owned(Value::List(values)))
    }

    /// The records that agree in the keys, together; groups stand in the order of their first record.
    pub(super) fn grouped(&mut self, list: &'a Ir, keys: &[u16]) -> Evaluated<'a> {
        let mut groups: Vec<(Vec<Value>, Vec<Value>)> = Vec::new();
        for item in self.items(list)? {
            let values = fields(&item)?;
            let key = keys
                .iter()
                .map(|k| values.get(usize::from(*k)).cloned().ok_or_else(ill_typed));
            let key = key.collect::<Result<Vec<_>, _>>()?;
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, items)) => items.push(item),
                None => groups.push((key, vec![item])),
            }
        }
        let lists = groups.into_iter().map(|(_, items)| Value::List(items));
        Ok(Cow::Owned(Value::List(lists.collect())))
    }

    /// Those whom the argument names: enough different ones, all of them among those who may.
    pub(super) fn quorum(&mut self, quorum: &'a QuorumIr) -> Result<Vec<Party>, Refusal> {
        const RULE: BuiltInRule = BuiltInRule::EnoughOfThemSign;
        let (of, named) = (self.items(&quorum.of)?, self.items(&quorum.named)?);
        let mut out: Vec<Party> = Vec::with_capacity(named.len());
        for party in &named {
            if !of.contains(party) {
                let message = format!("{party} is none of those of whom {} sign", quorum.needed);
                return Err(Refusal::new(RULE, message));
            }
            let party = party.as_party().ok_or_else(ill_typed)?;
            if !out.contains(party) {
                out.push(party.clone());
            }
        }
        if i64::try_from(out.len()).unwrap_or(i64::MAX) < quorum.needed {
            let message = format!(
                "{} of them sign, but only {} are named",
                quorum.needed,
                out.len()
            );
            return Err(Refusal::new(RULE, message));
        }
        Ok(out)
    }
}
