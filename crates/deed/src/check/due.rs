//! Dues: who owes whom how much of which money.

use crate::ir::{DueIr, Ir};
use crate::schema::{Field, Kind, Type};
use crate::syntax::Problem;
use crate::syntax::ast::{DueClause, DueVerb, Expr};

use super::action::Checker;

/// Another contract's money is paid as that contract allows, which the text must show.
fn payable(due: &DueClause, kind: &Kind, attributes: &[Ir]) -> Result<(), Problem> {
    for (field, value) in kind.payable.iter().flatten() {
        let at = kind.attributes().position(|a| a == *field);
        let given = at.and_then(|at| attributes.get(at));
        if given == Some(&Ir::Const(value.clone())) {
            continue;
        }
        let name = &kind.fields[usize::from(*field)].name;
        let message = format!(
            "{} is paid in other contracts only with {name} = {value}",
            kind.name
        );
        let help = format!("write `{name} = {value}` under `with`");
        let problem = Problem::new(due.money.span, message, "of another contract");
        return Err(problem.help(help));
    }
    Ok(())
}

impl Checker<'_> {
    pub(super) fn due(&mut self, due: &DueClause) -> Result<(), Problem> {
        let program = self.context.program;
        let money = self.kind(&due.money)?;
        if program.broken.contains(&usize::from(money)) {
            return Err(Problem::silent(due.money.span));
        }
        let kind = &program.kinds[usize::from(money)];
        let Some(shape) = kind.money else {
            return Err(Problem::new(
                due.money.span,
                format!("{} is not money", kind.name),
                "expected money",
            )
            .help(format!("declare it as `fact {} is money`", kind.name)));
        };
        if kind.origin.is_some() && due.verb == DueVerb::Issues {
            let message = format!("{} is issued by its own contract only", kind.name);
            return Err(Problem::new(due.money.span, message, "of another contract"));
        }
        if kind.origin.is_some()
            && let Some(change) = due.becoming.first()
        {
            let message = format!(
                "{} becomes something else by its own contract only",
                kind.name
            );
            return Err(Problem::new(
                change.name.span,
                message,
                "of another contract",
            ));
        }
        if kind.origin.is_some() && kind.payable.is_none() {
            let message = format!("{} is paid by its own contract only", kind.name);
            let help = "its contract can say `payable in other contracts` under it";
            return Err(
                Problem::new(due.money.span, message, "of another contract").help(help.to_owned())
            );
        }
        let payer = self.signing_party(&due.payer)?;
        let payee = match &due.payee {
            Some(payee) => self.context.expect(payee, &Type::Party)?,
            None => payer.clone(),
        };
        let amount = self
            .context
            .expect(&due.amount, &kind.fields[usize::from(shape.amount)].ty)?;
        let (from, to) = self.attributes(due, kind)?;
        if kind.origin.is_some() {
            payable(due, kind, &to)?;
        }
        let when = due
            .when
            .as_ref()
            .map(|w| self.context.expect(w, &Type::Bool))
            .transpose()?;
        self.action.moves.push(money);
        self.body.dues.push(DueIr {
            money,
            payer,
            payee,
            amount,
            from,
            to,
            when,
            law: due.law.clone(),
        });
        Ok(())
    }

    /// Nobody's money is promised, and none is made, without that party's signature.
    fn signing_party(&mut self, party: &Expr) -> Result<Ir, Problem> {
        let ir = self.context.expect(party, &Type::Party)?;
        if !self.signers_known || self.body.signers.contains(&ir) {
            return Ok(ir);
        }
        Err(Problem::new(
            party.span,
            "whoever pays or issues money signs the action",
            "does not sign",
        )
        .help("add the party to `signed by`".to_owned()))
    }

    fn attributes(
        &mut self,
        due: &DueClause,
        kind: &Kind,
    ) -> Result<(Option<Vec<Ir>>, Vec<Ir>), Problem> {
        let fields: Vec<Field> = kind
            .attributes()
            .map(|i| kind.fields[usize::from(i)].clone())
            .collect();
        let from = self
            .context
            .complete(&fields, &kind.name, &due.with, due.money.span)?;
        let mut to: Vec<Option<Ir>> = from.iter().cloned().map(Some).collect();
        self.context
            .assign(&fields, &kind.name, &due.becoming, &mut to)?;
        let to: Vec<Ir> = to.into_iter().flatten().collect();
        match due.verb {
            DueVerb::Issues if !due.becoming.is_empty() => Err(Problem::new(
                due.money.span,
                "issued money was nothing before",
                "no `becoming` here",
            )),
            DueVerb::Issues => Ok((None, to)),
            DueVerb::Keeps if due.becoming.is_empty() => {
                let help = "say what changes, as in `becoming state = spent`";
                Err(Problem::new(
                    due.money.span,
                    "money that is kept becomes something else",
                    "nothing changes",
                )
                .help(help.to_owned()))
            }
            _ => Ok((Some(from), to)),
        }
    }
}
