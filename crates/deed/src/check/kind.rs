//! Kinds of fact.

use crate::program::Program;
use crate::schema::{Attestation, Control, Keep, Kind, PartyRef, SeenInPart, Type};
use crate::syntax::ast::{Assign, ControlExpr, FactClause, FactDecl, FactNode, Name, PartyPath};
use crate::syntax::{Problem, Span};
use crate::value::Value;

use super::Context;
use super::credential;
use super::find::field_named;
use super::money;
use super::party::party_ref;
use super::privacy;
use super::schedule::constant;
use super::types;

/// Checks one kind; what is wrong is reported and left out.
pub(crate) fn kind(decl: &FactDecl, program: &Program, problems: &mut Vec<Problem>) -> Kind {
    let mut checker = Checker {
        kind: empty(decl, program, problems),
        program,
        problems,
    };
    let mut controlled = None;
    for (i, clause) in decl.clauses.iter().enumerate() {
        let twice = !matches!(clause.node, FactNode::SeenIn { .. })
            && decl.clauses[..i]
                .iter()
                .any(|c| std::mem::discriminant(&c.node) == std::mem::discriminant(&clause.node));
        if twice {
            checker.problems.push(Problem::new(
                clause.span,
                "this clause stands here twice",
                "said before",
            ));
        }
        if matches!(clause.node, FactNode::Controlled(_)) {
            controlled = Some(clause.span);
        }
        if let Err(problem) = checker.clause(clause) {
            checker.problems.push(problem);
        }
    }
    if controlled.is_none() {
        let help = "say `controlled by` a party, a field, or `nobody` when it is never consumed";
        checker.problems.push(
            Problem::new(
                decl.name.span,
                format!("{} does not say who controls it", decl.name.text),
                "no control",
            )
            .help(help.to_owned()),
        );
    }
    privacy::consistent(decl, &checker.kind, checker.problems);
    credential::consistent(decl, checker.problems);
    money::consistent(decl, controlled, &mut checker.kind, checker.problems);
    checker.kind
}

fn empty(decl: &FactDecl, program: &Program, problems: &mut Vec<Problem>) -> Kind {
    if decl.fields.is_empty() {
        problems.push(Problem::new(
            decl.name.span,
            "a fact has at least one field",
            "no fields",
        ));
    }
    Kind {
        name: decl.name.text.clone(),
        doc: decl.doc.clone(),
        fields: types::fields(&decl.fields, program, problems),
        public: Vec::new(),
        origin: None,
        money: None,
        payable: None,
        one_per: Vec::new(),
        control: Control::Nobody,
        attestation: Attestation {
            needed: 0,
            parties: Vec::new(),
        },
        seen_by: Vec::new(),
        seen_in_part: Vec::new(),
        about_law: None,
        observed_by: Vec::new(),
        shown_by: None,
        credential: None,
        about: Vec::new(),
        keep: None,
        law: None,
    }
}

struct Checker<'c> {
    kind: Kind,
    program: &'c Program,
    problems: &'c mut Vec<Problem>,
}

impl Checker<'_> {
    fn party(&self, path: &PartyPath) -> Result<PartyRef, Problem> {
        party_ref(path, &self.kind.fields, self.program)
    }

    /// A party that is always there, and only one: nobody's consent may fall away with an empty field.
    fn certain(&self, path: &PartyPath) -> Result<PartyRef, Problem> {
        let party = self.party(path)?;
        let certain = match &party {
            PartyRef::Constant(_) => true,
            PartyRef::Field(i) => {
                let field = self.kind.fields.get(usize::from(*i));
                field.is_some_and(|f| f.ty == Type::Party)
            }
            PartyRef::Items(_) | PartyRef::EachItem { .. } => false,
        };
        if certain {
            return Ok(party);
        }
        let message = format!("`{}` may be nobody", path.name.text);
        Err(Problem::new(
            path.name.span,
            message,
            "expected one party that is always there",
        ))
    }

    fn certain_all(&self, paths: &[PartyPath]) -> Result<Vec<PartyRef>, Problem> {
        paths.iter().map(|p| self.certain(p)).collect()
    }

    fn parties(&self, paths: &[PartyPath]) -> Result<Vec<PartyRef>, Problem> {
        paths.iter().map(|p| self.party(p)).collect()
    }

    fn fields(&self, names: &[Name]) -> Result<Vec<u16>, Problem> {
        let mut out = Vec::new();
        for name in names {
            let (index, _) = field_named(&self.kind.fields, &self.kind.name, name)?;
            if out.contains(&index) {
                let message = format!("`{}` stands here twice", name.text);
                return Err(Problem::new(name.span, message, "said before"));
            }
            out.push(index);
        }
        Ok(out)
    }

    fn clause(&mut self, clause: &FactClause) -> Result<(), Problem> {
        match &clause.node {
            FactNode::OnePer(names) => self.kind.one_per = self.fields(names)?,
            FactNode::Controlled(control) => self.kind.control = self.control(control)?,
            FactNode::Attested { needed, parties } => {
                self.kind.attestation = self.attestation(*needed, parties, clause.span)?;
            }
            FactNode::SeenBy(paths) => self.kind.seen_by = self.parties(paths)?,
            FactNode::ObservedBy(paths) => self.kind.observed_by = self.parties(paths)?,
            FactNode::ShownBy(path) => self.kind.shown_by = Some(self.certain(path)?),
            FactNode::Credential { vct, until } => {
                self.kind.credential = Some(credential::read(vct, until.as_ref(), &self.kind)?);
            }
            FactNode::Public(Some(names)) => {
                self.kind.public = self.fields(names)?;
                self.kind.public.sort_unstable();
            }
            FactNode::Public(None) => {
                self.kind.public =
                    (0..u16::try_from(self.kind.fields.len()).unwrap_or(u16::MAX)).collect();
            }
            FactNode::Payable(with) => {
                self.kind.payable = Some(self.payable(with)?);
            }
            FactNode::SeenIn { parties, fields } => {
                let parties = self.parties(parties)?;
                let mut fields = self.fields(fields)?;
                fields.sort_unstable();
                self.kind.seen_in_part.push(SeenInPart { parties, fields });
            }
            FactNode::About { parties, law } => {
                self.kind.about = self.parties(parties)?;
                self.kind.about_law.clone_from(law);
            }
            FactNode::Keep {
                months: None, law, ..
            } => self.kind.keep = Some(Keep::Forever { law: law.clone() }),
            FactNode::Keep {
                months: Some(months),
                from,
                law,
            } => {
                self.kind.keep = Some(Keep::Months {
                    months: *months,
                    from: *from,
                    law: law.clone(),
                });
            }
            FactNode::Law(law) => self.kind.law = Some(law.clone()),
        }
        Ok(())
    }

    /// The values that an attribute must have for other contracts to pay with it.
    fn payable(&self, with: &[Assign]) -> Result<Vec<(u16, Value)>, Problem> {
        let names: Vec<Name> = with.iter().map(|w| w.name.clone()).collect();
        let fields = self.fields(&names)?;
        let context = Context::new(self.program);
        let value = |(field, assign): (u16, &Assign)| {
            let ty = &self.kind.fields[usize::from(field)].ty;
            Ok((field, constant(&assign.value, ty, &context)?))
        };
        fields.into_iter().zip(with).map(value).collect()
    }

    fn control(&self, control: &ControlExpr) -> Result<Control, Problem> {
        Ok(match control {
            ControlExpr::Nobody => Control::Nobody,
            ControlExpr::One(path) => Control::One(self.certain(path)?),
            ControlExpr::AllOf(paths) => Control::AllOf(self.certain_all(paths)?),
            ControlExpr::With(controller, attestor) => Control::With {
                controller: self.certain(controller)?,
                attestor: self.certain(attestor)?,
            },
        })
    }

    fn attestation(
        &self,
        needed: Option<i64>,
        paths: &[PartyPath],
        span: Span,
    ) -> Result<Attestation, Problem> {
        let parties = self.certain_all(paths)?;
        let all = u16::try_from(parties.len()).unwrap_or(u16::MAX);
        let needed = match needed {
            None => all,
            Some(k) => u16::try_from(k)
                .ok()
                .filter(|k| (1..=all).contains(k))
                .ok_or_else(|| {
                    Problem::new(
                        span,
                        format!("any 1 to {all} of {all} parties can be asked for, not {k}"),
                        "no such number",
                    )
                })?,
        };
        Ok(Attestation { needed, parties })
    }
}
