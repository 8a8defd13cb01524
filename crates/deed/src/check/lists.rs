//! Lists out of lists.

use crate::cost;
use crate::ir::Ir;
use crate::schema::{Record, Type};
use crate::syntax::Problem;
use crate::syntax::ast::{Expr, Name};

use super::context::{Context, Typed};
use super::find::field_named;

impl<'c> Context<'c> {
    /// A list of records, its largest size and what its records are.
    fn records(&mut self, list: &Expr) -> Result<(Ir, Type, u32, &'c Record), Problem> {
        let (ir, ty) = self.infer(list)?;
        if let Type::List { of, at_most } = &ty
            && let Type::Record(index) = of.as_ref()
            && let Some(record) = self.program.records.get(usize::from(*index))
        {
            return Ok((ir, of.as_ref().clone(), *at_most, record));
        }
        Err(self.mismatch(list.span, "a list of records", &ty))
    }

    /// `lender of each old.charges`.
    pub(super) fn pluck(&mut self, field: &Name, list: &Expr) -> Typed {
        let (ir, item, at_most, record) = self.records(list)?;
        let (index, ty) = field_named(&record.fields, &record.name, field)?;
        let of = Box::new(ty);
        let copied = cost::of_type(&item, &self.program.sizes);
        let plucked = Ir::Pluck {
            list: Box::new(ir),
            field: index,
            weight: copied.saturating_mul(u64::from(at_most)),
        };
        Ok((plucked, Type::List { of, at_most }))
    }

    /// `lines grouped by department, year`.
    pub(super) fn grouped(&mut self, list: &Expr, keys: &[Name]) -> Typed {
        let (ir, item, at_most, record) = self.records(list)?;
        let mut places = Vec::with_capacity(keys.len());
        let mut weight: u64 = 0;
        for key in keys {
            let (index, ty) = field_named(&record.fields, &record.name, key)?;
            if places.contains(&index) {
                let message = format!("`{}` stands here twice", key.text);
                return Err(Problem::new(key.span, message, "said before"));
            }
            weight = weight.saturating_add(cost::of_type(&ty, &self.program.sizes));
            places.push(index);
        }
        let size = u64::from(at_most);
        let copied = cost::of_type(&item, &self.program.sizes);
        let grouped = Ir::Grouped {
            list: Box::new(ir),
            keys: places,
            weight: weight
                .saturating_mul(size)
                .saturating_add(copied)
                .saturating_mul(size),
        };
        let group = Type::List {
            of: Box::new(item),
            at_most,
        };
        let of = Box::new(group);
        Ok((grouped, Type::List { of, at_most }))
    }
}
