//! Why a transaction is accepted or refused: each rule with its figures, who signs and why, what comes of it, who sees that.

use crate::contract::Contract;
use crate::eval::trace;
use crate::execute::execute;
use crate::outcome::{Call, Due, FactRoles, Refusal};
use crate::syntax;
use crate::syntax::Span;
use crate::syntax::ast::{Clause, Signer};
use crate::value::{FactValue, Party, Value};

/// A rule that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedRule {
    /// The rule in words.
    pub text: String,
    /// The code that a refusal carries.
    pub code: String,
    /// The law beside it, or else the action's.
    pub law: Option<String>,
    /// Whether it holds.
    pub holds: bool,
    /// The variable parts of its condition, as written, with their values.
    pub figures: Vec<(String, Value)>,
}

/// Somebody who must sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedSigner {
    /// Who.
    pub party: Party,
    /// The expressions under `signed by` that name the party, as written; never empty.
    pub named_as: Vec<String>,
}

/// A fact that comes into being.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedFact {
    /// The fact.
    pub fact: FactValue,
    /// Who has which part in it.
    pub roles: FactRoles,
}

/// What follows from an accepted transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Who signs, in the order of the text.
    pub signers: Vec<ExplainedSigner>,
    /// The facts that the action creates.
    pub created: Vec<ExplainedFact>,
    /// What is owed.
    pub dues: Vec<Due>,
    /// The money facts after the payments, when the money held was given.
    pub money: Vec<ExplainedFact>,
}

/// Why a transaction is accepted or refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The rules that ran, in the order of the text; when one doesn't hold, it is the last.
    pub rules: Vec<ExplainedRule>,
    /// What follows, or the first rule that refuses, the built-in ones included.
    pub verdict: Result<Accepted, Refusal>,
}

impl Contract {
    /// Explains one call. With the money that is held, payments are drafted and checked as well.
    #[must_use]
    pub fn explain(&self, call: &Call<'_>, held: Option<&[FactValue]>) -> Explanation {
        let run = trace(self.program(), call);
        let verdict = self.accepted(call, held, &run.signers);
        let action = self.actions().get(usize::from(call.action));
        let rules = run.rules.into_iter().filter_map(|run| {
            let action = action?;
            let rule = action.rules.get(usize::from(run.index))?;
            Some(ExplainedRule {
                text: rule.text.clone(),
                code: rule.code.clone(),
                law: rule.law.clone().or_else(|| action.law.clone()),
                holds: run.holds,
                figures: run.figures,
            })
        });
        Explanation {
            rules: rules.collect(),
            verdict,
        }
    }

    fn accepted(
        &self,
        call: &Call<'_>,
        held: Option<&[FactValue]>,
        named: &[Vec<Party>],
    ) -> Result<Accepted, Refusal> {
        let (outcome, money) = match held {
            Some(held) => execute(self, call, held)?,
            None => (self.apply(call)?, Vec::new()),
        };
        let labels = self.signing_expressions(call.action);
        let signers = outcome.signers.into_iter().map(|party| {
            let naming = labels.iter().zip(named);
            let naming = naming.filter(|(_, parties)| parties.contains(&party));
            ExplainedSigner {
                named_as: naming.map(|(label, _)| label.clone()).collect(),
                party,
            }
        });
        Ok(Accepted {
            signers: signers.collect(),
            created: self.with_roles(outcome.created)?,
            dues: outcome.dues,
            money: self.with_roles(money)?,
        })
    }

    fn with_roles(&self, facts: Vec<FactValue>) -> Result<Vec<ExplainedFact>, Refusal> {
        let explained = facts.into_iter().map(|fact| {
            let roles = self.roles_of(&fact)?;
            Ok(ExplainedFact { fact, roles })
        });
        explained.collect()
    }

    /// The expressions under an action's `signed by`, as written.
    fn signing_expressions(&self, action: u16) -> Vec<String> {
        let file = syntax::parse(self.source(), &mut Vec::new());
        let clauses = file.actions.into_iter().nth(usize::from(action));
        let clauses = clauses.map(|a| a.clauses).unwrap_or_default();
        let signers = clauses.into_iter().flat_map(|clause| match clause {
            Clause::SignedBy(signers) => signers,
            _ => Vec::new(),
        });
        let written = |span: Span| self.source().get(span.start..span.end).unwrap_or_default();
        let (mut each, mut some) = (Vec::new(), Vec::new());
        for signer in signers {
            match signer {
                Signer::All(party) => each.push(written(party.span).to_owned()),
                Signer::Any { span, .. } => some.push(written(span).to_owned()),
            }
        }
        each.extend(some);
        each
    }
}
