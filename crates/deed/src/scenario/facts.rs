//! Facts, arguments and expectations of a scenario.

use crate::builtin::BuiltInRule;
use crate::check::{code, constant, kind_named};
use crate::near::{did_you_mean, did_you_mean_words};
use crate::schema::{Action, Field, Type};
use crate::syntax::ast::{Assign, Name};
use crate::syntax::{Cursor, Line, Problem, assigns, path_list};
use crate::value::{FactValue, Value};

use super::parse::Reader;
use super::setting::{Claim, Expected};

/// Some fields of a kind, as given.
struct Partial {
    kind: u16,
    fields: Vec<(u16, Value)>,
    name: Name,
}

impl Reader<'_> {
    pub(super) fn fields(
        &self,
        fields: &[Field],
        owner: &str,
        given: &[Assign],
    ) -> Result<Vec<(u16, Value)>, Problem> {
        given
            .iter()
            .enumerate()
            .map(|(at, assign)| {
                if given[..at].iter().any(|g| g.name.text == assign.name.text) {
                    return Err(twice(&assign.name));
                }
                let Some(i) = fields.iter().position(|f| f.name == assign.name.text) else {
                    return Err(unknown_field(&assign.name, owner, fields));
                };
                let value = constant(&assign.value, &fields[i].ty, &self.context)?;
                Ok((u16::try_from(i).unwrap_or(u16::MAX), value))
            })
            .collect()
    }

    fn partial(&self, cursor: &mut Cursor<'_>) -> Result<Partial, Problem> {
        let name = cursor.qualified("a kind of fact")?;
        let kind = kind_named(self.contract.kinds(), &name)?;
        let given = if cursor.eat_word("with") {
            assigns(cursor, &[])?
        } else {
            Vec::new()
        };
        let fields = &self.contract.kinds()[usize::from(kind)].fields;
        let fields = self.fields(fields, &name.text, &given)?;
        Ok(Partial { kind, fields, name })
    }

    /// A kind and some of its fields.
    pub(super) fn some_fields(
        &self,
        cursor: &mut Cursor<'_>,
    ) -> Result<(u16, Vec<(u16, Value)>), Problem> {
        self.partial(cursor).map(|p| (p.kind, p.fields))
    }

    /// A whole fact; optional fields may be left out.
    pub(super) fn fact(&self, cursor: &mut Cursor<'_>) -> Result<FactValue, Problem> {
        let Partial {
            kind,
            fields: given,
            name,
        } = self.partial(cursor)?;
        let declared = &self.contract.kinds()[usize::from(kind)];
        let mut fields = Vec::new();
        for (i, field) in (0_u16..).zip(&declared.fields) {
            let value = given
                .iter()
                .find(|(at, _)| *at == i)
                .map(|(_, v)| v.clone());
            let optional = matches!(field.ty, Type::Optional(_)).then_some(Value::Absent);
            let Some(value) = value.or(optional) else {
                let message = format!("{} needs `{}`", declared.name, field.name);
                return Err(Problem::new(name.span, message, "not all fields are given"));
            };
            fields.push(value);
        }
        Ok(FactValue { kind, fields })
    }

    /// `is accepted`, with claims under it, or `is refused because "the rule in words"`.
    pub(super) fn expected(
        &self,
        action: &Action,
        line: Line<'_, '_>,
    ) -> Result<Expected, Problem> {
        let mut cursor = Cursor::new(line.tokens());
        cursor.advance();
        if cursor.eat_word("accepted") {
            cursor.finish()?;
            let claims = line
                .children()
                .map(|child| Ok((self.line(child), self.claim(child)?)));
            return Ok(Expected::Accepted(claims.collect::<Result<_, _>>()?));
        }
        cursor.expect_word("refused")?;
        cursor.expect_word("because")?;
        let rule = cursor.text("the rule in words, in quotes")?;
        cursor.finish()?;
        let wanted = code(&rule.text);
        let own = action.rules.iter().map(|r| r.code.as_str());
        let known = own.chain(BuiltInRule::ALL.iter().map(|rule| rule.code()));
        if known.clone().any(|k| k == wanted) {
            return Ok(Expected::Refused(wanted));
        }
        let message = format!("{} has no rule `{wanted}`", action.name);
        Err(Problem::new(rule.span, message, "not a rule").help(did_you_mean_words(&wanted, known)))
    }

    fn claim(&self, line: Line<'_, '_>) -> Result<Claim, Problem> {
        let mut cursor = Cursor::new(line.flat());
        let claim = if cursor.eat_word("signed") {
            cursor.expect_word("by")?;
            let parties = path_list(&mut cursor)?;
            let ty = Type::Party;
            let party = |e| constant(e, &ty, &self.context).map(|v| v.as_party().cloned());
            let parties = parties.iter().map(party).collect::<Result<Vec<_>, _>>()?;
            Claim::Signers(parties.into_iter().flatten().collect())
        } else if cursor.eat_word("creating") {
            let Partial { kind, fields, .. } = self.partial(&mut cursor)?;
            Claim::Creating { kind, fields }
        } else if cursor.eat_word("leaving") {
            Claim::Leaving(self.fact(&mut cursor)?)
        } else {
            return Err(cursor.unknown_word("what is seen", &["signed by", "creating", "leaving"]));
        };
        cursor.finish()?;
        Ok(claim)
    }
}

/// Something that is said again.
pub(super) fn twice(name: &Name) -> Problem {
    let message = format!("`{}` is given twice", name.text);
    Problem::new(name.span, message, "given before")
}

fn unknown_field(name: &Name, owner: &str, fields: &[Field]) -> Problem {
    let known = fields.iter().map(|f| f.name.as_str());
    Problem::new(
        name.span,
        format!("{owner} has no `{}`", name.text),
        "not declared",
    )
    .help(did_you_mean(&name.text, known))
}
