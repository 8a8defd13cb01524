//! Actions.

use crate::ir::{Body, CreateIr, Ir, Step};
use crate::limits::DIAGNOSTICS_MAX;
use crate::program::Program;
use crate::schema::{Action, Control, Input};
use crate::syntax::Problem;
use crate::syntax::ast::{ActionDecl, Assign, Clause, Exception, Expr, Name};

use super::context::Context;
use super::find::kind_named;
use super::names::styled;
use super::types;

/// Checks one action; what is wrong is reported and left out.
pub(crate) fn action(
    decl: &ActionDecl,
    program: &Program,
    source: &str,
    problems: &mut Vec<Problem>,
) -> (Action, Body) {
    let params = types::fields(&decl.params, program, problems);
    let mut context = Context::new(program);
    context.dated = true;
    for param in &decl.params {
        if let Err(problem) = context.fresh(&param.name) {
            problems.push(problem);
        }
    }
    context.params = params
        .iter()
        .map(|p| (p.name.clone(), p.ty.clone()))
        .collect();
    let action = Action {
        name: decl.name.text.clone(),
        doc: decl.doc.clone(),
        law: decl.law.clone(),
        params,
        consumes: Vec::new(),
        references: Vec::new(),
        creates: Vec::new(),
        moves: Vec::new(),
        rules: Vec::new(),
    };
    let mut checker = Checker {
        context,
        action,
        body: Body::default(),
        signers_known: true,
        source,
        problems,
    };
    checker.run(decl);
    (checker.action, checker.body)
}

pub(super) struct Checker<'c> {
    pub(super) context: Context<'c>,
    pub(super) action: Action,
    pub(super) body: Body,
    /// Whether all signers were understood.
    pub(super) signers_known: bool,
    pub(super) source: &'c str,
    problems: &'c mut Vec<Problem>,
}

impl Checker<'_> {
    /// Inputs are known to every clause; signers to every due.
    fn run(&mut self, decl: &ActionDecl) {
        self.pass(decl, |c, clause| match clause {
            Clause::Consumes { kind, name } => c.named_input(kind, name, true),
            Clause::References { kind, name } => c.named_input(kind, name, false),
            _ => Ok(()),
        });
        self.pass(decl, |c, clause| match clause {
            Clause::Let {
                name,
                value,
                exceptions,
            } => c.define(name, value, exceptions),
            Clause::Rule {
                text,
                law,
                condition,
                exceptions,
            } => c.rule(text, law.as_ref(), condition, exceptions),
            _ => Ok(()),
        });
        // Signers, dues and created facts are computed last, when every local has its place.
        self.pass(decl, |c, clause| match clause {
            Clause::SignedBy(parties) => c
                .signed_by(parties)
                .inspect_err(|_| c.signers_known = false),
            _ => Ok(()),
        });
        if !decl
            .clauses
            .iter()
            .any(|c| matches!(c, Clause::SignedBy(_)))
        {
            self.signers_known = false;
            let message = format!("nobody signs {}", decl.name.text);
            self.problems.push(
                Problem::new(decl.name.span, message, "no `signed by`")
                    .help("say who must agree, as in `signed by buyer, seller`".to_owned()),
            );
        }
        self.pass(decl, |c, clause| match clause {
            Clause::Creates { what, with } => c.creates(what, with),
            Clause::Due(due) => c.due(due),
            _ => Ok(()),
        });
        self.action.moves.sort_unstable();
        self.action.moves.dedup();
    }

    fn pass(
        &mut self,
        decl: &ActionDecl,
        check: impl Fn(&mut Self, &Clause) -> Result<(), Problem>,
    ) {
        for clause in &decl.clauses {
            if self.problems.len() > DIAGNOSTICS_MAX {
                return;
            }
            if let Err(problem) = check(self, clause) {
                self.problems.push(problem);
            }
        }
    }

    pub(super) fn kind(&self, name: &Name) -> Result<u16, Problem> {
        kind_named(&self.context.program.kinds, name)
    }

    /// A fact that was refused keeps its name, so that its uses are not refused again.
    fn named_input(&mut self, kind: &Name, name: &Name, consumed: bool) -> Result<(), Problem> {
        self.input(kind, name, consumed)
            .inspect_err(|_| self.context.locals.push((name.text.clone(), None)))
    }

    fn input(&mut self, kind_name: &Name, name: &Name, consumed: bool) -> Result<(), Problem> {
        let index = self.kind(kind_name)?;
        styled(name, false, self.problems);
        self.context.fresh(name)?;
        let kind = &self.context.program.kinds[usize::from(index)];
        if consumed && kind.origin.is_some() {
            return Err(foreign(kind_name, "consumed"));
        }
        if consumed && kind.money.is_some() {
            let help = "say who `pays` whom: the money to use up follows from what is due";
            return Err(Problem::new(
                kind_name.span,
                format!("{} is money", kind.name),
                "not consumed by name",
            )
            .help(help.to_owned()));
        }
        if consumed && kind.control == Control::Nobody {
            let message = format!(
                "{} is controlled by nobody, so it is never consumed",
                kind.name
            );
            return Err(Problem::new(kind_name.span, message, "can't be consumed"));
        }
        let input = Input {
            name: name.text.clone(),
            kind: index,
        };
        let (here, there) = if consumed {
            (&mut self.context.consumed, &mut self.action.consumes)
        } else {
            (&mut self.context.referenced, &mut self.action.references)
        };
        here.push(input.clone());
        there.push(input);
        Ok(())
    }

    fn define(
        &mut self,
        name: &Name,
        value: &Expr,
        exceptions: &[Exception],
    ) -> Result<(), Problem> {
        styled(name, false, self.problems);
        let fresh = self.context.fresh(name);
        let result = self.context.infer(value).and_then(|(base, ty)| {
            let cases = self.context.cases(base, &ty, exceptions, None)?;
            Ok((cases, ty))
        });
        let known = result.as_ref().ok().map(|(_, ty)| ty.clone());
        self.context.locals.push((name.text.clone(), known));
        let (ir, ty) = result?;
        self.body.steps.push(Step::Let(ir));
        self.body.lets.push((name.text.clone(), ty));
        fresh
    }

    /// `creates old with ...` copies a consumed fact; `creates Kind with ...` gives every field.
    fn creates(&mut self, what: &Name, with: &[Assign]) -> Result<(), Problem> {
        let program = self.context.program;
        if let Some((input, kind, consumed)) = self.context.fact(&what.text) {
            if !consumed {
                let message = format!("`{}` is only referenced: it goes on as it is", what.text);
                return Err(Problem::new(what.span, message, "not consumed"));
            }
            let described = &program.kinds[usize::from(kind)];
            let key = |assign: &&Assign| {
                let index = described.field(&assign.name.text);
                index.is_some_and(|i| described.one_per.contains(&i))
            };
            if let Some(key) = with.iter().find(key) {
                let name = &key.name;
                let message = format!("`{}` says which {} it is", name.text, described.name);
                let help = "a fact that goes on keeps its business key: create another instead";
                return Err(
                    Problem::new(name.span, message, "under `one per`").help(help.to_owned())
                );
            }
            let fields = (0..described.fields.len()).map(|i| u16::try_from(i).unwrap_or(u16::MAX));
            let mut out: Vec<Option<Ir>> = fields.map(|i| Some(Ir::Consumed(input, i))).collect();
            self.context
                .assign(&described.fields, &described.name, with, &mut out)?;
            return self.created(kind, out.into_iter().flatten().collect());
        }
        self.context.value(&what.text, what.span)?;
        let kind = self.kind(what)?;
        if program.broken.contains(&usize::from(kind)) {
            return Err(Problem::silent(what.span));
        }
        let described = &program.kinds[usize::from(kind)];
        if described.origin.is_some() {
            return Err(foreign(what, "created"));
        }
        if described.money.is_some() {
            let help = "money appears only where somebody `pays` or `issues` it";
            return Err(Problem::new(
                what.span,
                format!("{} is money", described.name),
                "not created by name",
            )
            .help(help.to_owned()));
        }
        let fields = self
            .context
            .complete(&described.fields, &described.name, with, what.span)?;
        self.created(kind, fields)
    }

    fn created(&mut self, kind: u16, fields: Vec<Ir>) -> Result<(), Problem> {
        self.action.creates.push(kind);
        self.body.creates.push(CreateIr { kind, fields });
        Ok(())
    }
}

/// Facts of another contract live by that contract's rules.
fn foreign(name: &Name, verb: &str) -> Problem {
    let message = format!(
        "{} is of another contract, whose actions alone say when it is {verb}",
        name.text
    );
    Problem::new(name.span, message, format!("not {verb} here"))
        .help("it can be referenced, and its money can be paid".to_owned())
}
