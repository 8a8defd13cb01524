//! Where a kind's parties come from: its fields or the contract's constants.

use crate::near::did_you_mean;
use crate::program::Program;
use crate::schema::{Field, PartyRef, Type};
use crate::syntax::Problem;
use crate::syntax::ast::{Name, PartyPath};

use super::find::field_named;

/// Resolves `proprietor`, `registrar` or `lender of each charges`.
pub(crate) fn party_ref(
    path: &PartyPath,
    fields: &[Field],
    program: &Program,
) -> Result<PartyRef, Problem> {
    if let Some(list) = &path.each {
        return each(&path.name, list, fields, program);
    }
    let name = &path.name;
    let field = find(fields, &name.text);
    let constant = program.parties.get(&name.text);
    match (field, constant) {
        (Some(_), Some(_)) => {
            let message = format!(
                "`{}` is both a field and a party of the contract",
                name.text
            );
            Err(Problem::new(name.span, message, "can be read in two ways"))
        }
        (None, Some(party)) => Ok(PartyRef::Constant(party.clone())),
        (Some((index, ty)), None) => match ty {
            Type::Party => Ok(PartyRef::Field(index)),
            Type::Optional(of) if **of == Type::Party => Ok(PartyRef::Field(index)),
            Type::List { of, .. } if **of == Type::Party => Ok(PartyRef::Items(index)),
            _ => Err(not_a_party(name, ty)),
        },
        (None, None) => {
            let known = program
                .parties
                .keys()
                .map(String::as_str)
                .chain(fields.iter().map(|f| f.name.as_str()));
            let message = format!("there is no field or party `{}`", name.text);
            Err(Problem::new(name.span, message, "not declared")
                .help(did_you_mean(&name.text, known)))
        }
    }
}

fn each(
    name: &Name,
    list: &Name,
    fields: &[Field],
    program: &Program,
) -> Result<PartyRef, Problem> {
    let unknown = || {
        let known = fields.iter().map(|f| f.name.as_str());
        Problem::new(
            list.span,
            format!("`{}` is not a list of records", list.text),
            "expected such a field",
        )
        .help(did_you_mean(&list.text, known))
    };
    let (index, ty) = find(fields, &list.text).ok_or_else(unknown)?;
    let Type::List { of, .. } = ty else {
        return Err(unknown());
    };
    let Type::Record(record) = **of else {
        return Err(unknown());
    };
    let record = program
        .records
        .get(usize::from(record))
        .ok_or_else(unknown)?;
    match field_named(&record.fields, &record.name, name)? {
        (field, Type::Party) => Ok(PartyRef::EachItem { list: index, field }),
        (_, ty) => Err(not_a_party(name, &ty)),
    }
}

fn find<'f>(fields: &'f [Field], name: &str) -> Option<(u16, &'f Type)> {
    let index = fields.iter().position(|f| f.name == name)?;
    Some((u16::try_from(index).ok()?, &fields[index].ty))
}

fn not_a_party(name: &Name, ty: &Type) -> Problem {
    Problem::new(
        name.span,
        format!("`{}` is not a party but {ty}", name.text),
        "expected a party",
    )
}
