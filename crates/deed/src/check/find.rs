//! What a name stands for, or else the name that was perhaps meant.

use crate::near::did_you_mean;
use crate::schema::{Field, Kind, Type};
use crate::syntax::Problem;
use crate::syntax::ast::Name;

/// A kind's number by its name.
pub(crate) fn kind_named(kinds: &[Kind], name: &Name) -> Result<u16, Problem> {
    let found = kinds.iter().position(|k| k.name == name.text);
    found.and_then(|i| u16::try_from(i).ok()).ok_or_else(|| {
        let known = kinds.iter().map(|k| k.name.as_str());
        let message = format!("there is no kind of fact `{}`", name.text);
        let of_another = |k: &&str| k.rsplit_once('.').is_some_and(|(_, own)| own == name.text);
        let help = match known.clone().find(of_another) {
            Some(full) => Some(format!("write `{full}`: it is of another contract")),
            None => did_you_mean(&name.text, known),
        };
        Problem::new(name.span, message, "not declared").help(help)
    })
}

/// A field's place and type by its name.
pub(super) fn field_named(
    fields: &[Field],
    owner: &str,
    name: &Name,
) -> Result<(u16, Type), Problem> {
    match fields.iter().position(|f| f.name == name.text) {
        Some(i) => Ok((u16::try_from(i).unwrap_or(u16::MAX), fields[i].ty.clone())),
        None => {
            let known = fields.iter().map(|f| f.name.as_str());
            let message = format!("{owner} has no field `{}`", name.text);
            Err(Problem::new(name.span, message, "not a field")
                .help(did_you_mean(&name.text, known)))
        }
    }
}
