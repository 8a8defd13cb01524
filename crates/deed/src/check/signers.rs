//! Who signs an action.

use crate::cost;
use crate::ir::QuorumIr;
use crate::schema::Type;
use crate::syntax::ast::{Expr, Signer};
use crate::syntax::{Problem, Span};

use super::action::Checker;

impl Checker<'_> {
    pub(super) fn signed_by(&mut self, signers: &[Signer]) -> Result<(), Problem> {
        for signer in signers {
            match signer {
                Signer::All(party) => self.signing(party)?,
                Signer::Any {
                    needed,
                    of,
                    named,
                    span,
                } => self.quorum(*needed, of, named, *span)?,
            }
        }
        Ok(())
    }

    fn signing(&mut self, party: &Expr) -> Result<(), Problem> {
        let (ir, ty) = self.context.infer(party)?;
        let of = match &ty {
            Type::Optional(of) | Type::List { of, .. } => of.as_ref(),
            other => other,
        };
        if *of != Type::Party {
            return Err(self.context.mismatch(party.span, "a party", &ty));
        }
        self.body.signers.push(ir);
        Ok(())
    }

    /// `any 2 of trustees as approving`: the argument says who, the contract among whom and how many.
    fn quorum(&mut self, needed: i64, of: &Expr, named: &Expr, span: Span) -> Result<(), Problem> {
        let (of_ir, of_type) = self.context.infer(of)?;
        let (named_ir, named_type) = self.context.infer(named)?;
        let size = |ty: &Type| match ty {
            Type::List { of, at_most } if **of == Type::Party => Some(*at_most),
            _ => None,
        };
        let Some(all) = size(&of_type) else {
            return Err(self
                .context
                .mismatch(of.span, "a list of parties", &of_type));
        };
        let Some(most) = size(&named_type) else {
            return Err(self
                .context
                .mismatch(named.span, "a list of parties", &named_type));
        };
        if needed < 1 || needed > i64::from(all.min(most)) {
            let message = format!("any 1 to {} can be asked for, not {needed}", all.min(most));
            return Err(Problem::new(span, message, "no such number"));
        }
        let party = cost::of_type(&Type::Party, &[]);
        let weight = u64::from(all.saturating_add(most))
            .saturating_mul(u64::from(most))
            .saturating_mul(party);
        self.body.quorums.push(QuorumIr {
            needed,
            of: of_ir,
            named: named_ir,
            weight,
        });
        Ok(())
    }
}
