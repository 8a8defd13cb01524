//! Actions.

use crate::ir::{Body, CreateIr, Ir, RuleIr, Step};
use crate::limits::FIGURES_MAX;
use crate::near::did_you_mean;
use crate::schema::{Action, Control, Input, Rule, Type};
use crate::syntax::ast::{ActionDecl, Assign, Clause, Expr, Name, Node, Text};
use crate::syntax::{Problem, Span};

use super::Program;
use super::context::Context;
use super::names::{distinct, styled};
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
        styled(&param.name, false, problems);
        if let Err(problem) = context.fresh(&param.name) {
            problems.push(problem);
        }
    }
    distinct(decl.params.iter().map(|p| &p.name), problems);
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
    source: &'c str,
    problems: &'c mut Vec<Problem>,
}

impl Checker<'_> {
    /// Inputs are known to every clause; signers to every due.
    fn run(&mut self, decl: &ActionDecl) {
        self.pass(decl, |c, clause| match clause {
            Clause::Consumes { kind, name } => c.input(kind, name, true),
            Clause::References { kind, name } => c.input(kind, name, false),
            _ => Ok(()),
        });
        self.pass(decl, |c, clause| match clause {
            Clause::Let { name, value } => c.define(name, value),
            Clause::Rule {
                text,
                law,
                condition,
            } => c.rule(text, law.as_ref(), condition),
            _ => Ok(()),
        });
        // Signers, dues and created facts are computed last, when every local has its place.
        self.pass(decl, |c, clause| match clause {
            Clause::SignedBy(parties) => c.signed_by(parties),
            _ => Ok(()),
        });
        if !decl
            .clauses
            .iter()
            .any(|c| matches!(c, Clause::SignedBy(_)))
        {
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
            if let Err(problem) = check(self, clause) {
                self.problems.push(problem);
            }
        }
    }

    pub(super) fn kind(&self, name: &Name) -> Result<u16, Problem> {
        let kinds = &self.context.program.kinds;
        match kinds.iter().position(|k| k.name == name.text) {
            Some(index) => Ok(u16::try_from(index).unwrap_or(u16::MAX)),
            None => {
                let message = format!("there is no kind of fact `{}`", name.text);
                Err(
                    Problem::new(name.span, message, "not declared").help(did_you_mean(
                        &name.text,
                        kinds.iter().map(|k| k.name.as_str()),
                    )),
                )
            }
        }
    }

    fn input(&mut self, kind_name: &Name, name: &Name, consumed: bool) -> Result<(), Problem> {
        let index = self.kind(kind_name)?;
        styled(name, false, self.problems);
        self.context.fresh(name)?;
        let kind = &self.context.program.kinds[usize::from(index)];
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

    fn define(&mut self, name: &Name, value: &Expr) -> Result<(), Problem> {
        styled(name, false, self.problems);
        let fresh = self.context.fresh(name);
        let result = self.context.infer(value);
        let (ir, ty) = match result {
            Ok((ir, ty)) => (Ok(ir), Some(ty)),
            Err(problem) => (Err(problem), None),
        };
        self.context.locals.push((name.text.clone(), ty));
        self.body.steps.push(Step::Let(ir?));
        fresh
    }

    fn rule(&mut self, text: &Text, law: Option<&String>, condition: &Expr) -> Result<(), Problem> {
        let code = code(&text.text);
        if code.is_empty() {
            return Err(Problem::new(
                text.span,
                "a rule says in words what must hold",
                "no words",
            ));
        }
        if self.action.rules.iter().any(|r| r.code == code) {
            return Err(Problem::new(
                text.span,
                format!("the rule `{code}` stands here twice"),
                "said before",
            ));
        }
        let ir = self.context.expect(condition, &Type::Bool)?;
        let mut figures = Vec::new();
        self.figures(condition, &mut figures);
        let index = u16::try_from(self.action.rules.len()).unwrap_or(u16::MAX);
        self.action.rules.push(Rule {
            code,
            text: text.text.clone(),
            law: law.cloned(),
        });
        self.body.steps.push(Step::Rule(RuleIr {
            index,
            condition: ir,
            figures,
        }));
        Ok(())
    }

    /// What a refusal should name: each variable part of the condition, as written.
    fn figures(&mut self, expr: &Expr, out: &mut Vec<(String, Ir)>) {
        match &expr.node {
            Node::Name(_) | Node::Effective | Node::Field(..) => self.figure(expr, out),
            Node::Call { argument, .. } => {
                self.figure(expr, out);
                self.figures(argument, out);
            }
            Node::Length(_) => self.figure(expr, out),
            Node::Not(a) | Node::Negate(a) | Node::Is { value: a, .. } => self.figures(a, out),
            Node::Binary(_, a, b)
            | Node::Each {
                list: a, body: b, ..
            } => {
                self.figures(a, out);
                self.figures(b, out);
            }
            Node::If(a, b, c) => [a, b, c].into_iter().for_each(|e| self.figures(e, out)),
            Node::List(items) => items.iter().for_each(|e| self.figures(e, out)),
            Node::Record { fields, .. } => fields.iter().for_each(|f| self.figures(&f.value, out)),
            Node::Bool(_)
            | Node::Int(_)
            | Node::Money(_)
            | Node::Text(_)
            | Node::Date(_)
            | Node::None => {}
        }
    }

    fn figure(&mut self, expr: &Expr, out: &mut Vec<(String, Ir)>) {
        let Span { start, end } = expr.span;
        let label = self.source.get(start..end).unwrap_or_default();
        let known = out.iter().any(|(l, _)| l == label);
        // A name bound by a quantifier, or of an enumeration, has no value of its own here.
        if let Ok((ir, _)) = self.context.infer(expr)
            && !known
            && out.len() < FIGURES_MAX
        {
            out.push((label.to_owned(), ir));
        }
    }

    fn signed_by(&mut self, parties: &[Expr]) -> Result<(), Problem> {
        for party in parties {
            let (ir, ty) = self.context.infer(party)?;
            let of = match &ty {
                Type::Optional(of) | Type::List { of, .. } => of.as_ref(),
                other => other,
            };
            if *of != Type::Party {
                return Err(self.context.mismatch(party.span, "a party", &ty));
            }
            self.body.signers.push(ir);
        }
        Ok(())
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
            let fields = (0..described.fields.len()).map(|i| u16::try_from(i).unwrap_or(u16::MAX));
            let mut out: Vec<Option<Ir>> = fields.map(|i| Some(Ir::Consumed(input, i))).collect();
            self.context
                .assign(&described.fields, &described.name, with, &mut out)?;
            return self.created(kind, out.into_iter().flatten().collect());
        }
        let kind = self.kind(what)?;
        let described = &program.kinds[usize::from(kind)];
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

/// The code of a rule: its words in small letters, joined by `_`.
pub(crate) fn code(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| !w.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}
