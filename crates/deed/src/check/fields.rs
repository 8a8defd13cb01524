//! Fields given by name: in records, created facts and attributes of money.

use crate::ir::Ir;
use crate::near::did_you_mean;
use crate::schema::{Field, Type};
use crate::syntax::ast::{Assign, Name};
use crate::syntax::{Problem, Span};
use crate::value::Value;

use super::context::{Context, Typed};
use super::find::field_named;

impl Context<'_> {
    pub(crate) fn record(&mut self, name: &Name, given: &[Assign]) -> Typed {
        let Some(index) = self
            .program
            .records
            .iter()
            .position(|r| r.name == name.text)
        else {
            let known = self.program.records.iter().map(|r| r.name.as_str());
            return Err(Problem::new(
                name.span,
                format!("there is no record `{}`", name.text),
                "not declared",
            )
            .help(did_you_mean(&name.text, known)));
        };
        let record = &self.program.records[index];
        let fields = self.complete(&record.fields, &record.name, given, name.span)?;
        Ok((
            Ir::Record(fields),
            Type::Record(u16::try_from(index).unwrap_or(u16::MAX)),
        ))
    }

    /// One expression for every field; an optional field may be left out.
    pub(crate) fn complete(
        &mut self,
        fields: &[Field],
        owner: &str,
        given: &[Assign],
        span: Span,
    ) -> Result<Vec<Ir>, Problem> {
        let mut out: Vec<Option<Ir>> = vec![None; fields.len()];
        self.assign(fields, owner, given, &mut out)?;
        let mut missing = Vec::new();
        for (field, place) in fields.iter().zip(&mut out) {
            if place.is_none() && matches!(field.ty, Type::Optional(_)) {
                *place = Some(Ir::Const(Value::Absent));
            }
            if place.is_none() {
                missing.push(format!("`{}`", field.name));
            }
        }
        if missing.is_empty() {
            return Ok(out.into_iter().flatten().collect());
        }
        Err(Problem::new(
            span,
            format!("{owner} needs {}", missing.join(", ")),
            "not all fields are given",
        ))
    }

    /// Puts each given value in its field's place; nothing twice.
    pub(crate) fn assign(
        &mut self,
        fields: &[Field],
        owner: &str,
        given: &[Assign],
        out: &mut [Option<Ir>],
    ) -> Result<(), Problem> {
        for (i, assign) in given.iter().enumerate() {
            let name = &assign.name;
            if given[..i].iter().any(|a| a.name.text == name.text) {
                return Err(Problem::new(
                    name.span,
                    format!("`{}` is given twice", name.text),
                    "given before",
                ));
            }
            let (index, ty) = field_named(fields, owner, name)?;
            out[usize::from(index)] = Some(self.expect(&assign.value, &ty)?);
        }
        Ok(())
    }
}
