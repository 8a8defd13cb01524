//! Days, values and facts out of bytes.

use std::sync::Arc;

use deed::{Contract, FactValue, FileAddress, Kind, Party, Type, Value};
use jiff::civil::{Date, date};

use super::choices::Bytes;

impl Bytes<'_> {
    pub fn day(&mut self) -> Date {
        let (year, month, day) = (self.below(10), self.below(12), self.below(28));
        date(2020 + year as i16, 1 + month as i8, 1 + day as i8)
    }

    pub fn fact(&mut self, kind: u16, contract: &Contract) -> FactValue {
        let declared: &Kind = &contract.kinds()[usize::from(kind)];
        let fields = declared.fields.iter();
        let fields = fields.map(|f| self.value(&f.ty, contract)).collect();
        FactValue { kind, fields }
    }

    /// A value of the type; often at an end of what it can be.
    pub fn value(&mut self, ty: &Type, contract: &Contract) -> Value {
        match ty {
            Type::Bool => Value::Bool(self.below(2) == 0),
            Type::Int | Type::Percent | Type::Decimal(_) => Value::Int(self.number()),
            Type::Text => {
                Value::text(self.one_of::<&str>(&["", " ", "a", "a longer text, with £ and é"]))
            }
            Type::Money(currency) => Value::Money(deed::Money {
                currency: *currency,
                minor: self.number(),
            }),
            Type::Date => Value::Date(self.day()),
            Type::Party => {
                let known: Vec<&Party> = contract.parties().values().collect();
                match known.get(self.below(known.len() + 2)) {
                    Some(party) => Value::Party((*party).clone()),
                    None => Value::Party(Party::new(self.one_of::<&str>(&["ann", "ben"])).unwrap()),
                }
            }
            Type::File => Value::File(Arc::new(FileAddress {
                root: [self.below(3) as u8; 32],
                bytes: self.below(3) as u64,
            })),
            Type::Choice(names) => Value::Choice(self.one_of(names).clone()),
            Type::Optional(of) => match self.below(3) {
                0 => Value::Absent,
                _ => self.value(of, contract),
            },
            Type::List { of, at_most } => {
                let length = self.below((*at_most as usize + 2).min(5));
                Value::List((0..length).map(|_| self.value(of, contract)).collect())
            }
            Type::Record(index) => {
                let fields = contract.records()[usize::from(*index)].fields.iter();
                Value::Record(fields.map(|f| self.value(&f.ty, contract)).collect())
            }
        }
    }

    fn number(&mut self) -> i64 {
        match self.below(8) {
            0 => *self.one_of(&[i64::MAX, i64::MIN, 0, -1]),
            1 => 2026,
            2 | 3 => self.below(20) as i64,
            _ => self.below(1 << 20) as i64,
        }
    }
}
