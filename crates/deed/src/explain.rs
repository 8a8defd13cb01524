//! Why a transaction is accepted or refused: each rule with its figures, who signs and why, what comes of it, who sees that.

use crate::contract::Contract;
use crate::eval::{Ran, Saw, trace};
use crate::execute::execute;
use crate::ir::{ExceptionIr, Ir};
use crate::outcome::{Call, Due, FactRoles, Refusal};
use crate::syntax;
use crate::syntax::Span;
use crate::syntax::ast::{Clause, Signer};
use crate::value::{FactValue, Party, Value};

/// A step that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExplainedStep {
    /// A `let`.
    Let(ExplainedLet),
    /// A rule.
    Rule(ExplainedRule),
}

/// What a `let` said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedLet {
    /// Its name.
    pub name: String,
    /// Its value, as a person reads it.
    pub value: String,
    /// The exceptions that stood; none when the base case did.
    pub exceptions: Vec<ExplainedException>,
}

/// An exception that stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedException {
    /// Its name.
    pub name: String,
    /// The law beside it.
    pub law: Option<String>,
}

/// A rule that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedRule {
    /// The rule in words.
    pub text: String,
    /// The code that a refusal carries.
    pub code: String,
    /// The law beside it, or else the action's.
    pub law: Option<String>,
    /// Whether it holds, or an exception lifts it.
    pub holds: bool,
    /// Whether an exception lifts it, so that its condition was not asked.
    pub lifted: bool,
    /// The exceptions that stood; none when the base case did.
    pub exceptions: Vec<ExplainedException>,
    /// The variable parts of its condition, as written, with their values as a person reads them.
    pub figures: Vec<(String, String)>,
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
    /// What ran, in the order of the text; when a rule doesn't hold, it is the last.
    pub steps: Vec<ExplainedStep>,
    /// What follows, or the first rule that refuses, the built-in ones included.
    pub verdict: Result<Accepted, Refusal>,
}

impl Explanation {
    /// The rules that ran.
    pub fn rules(&self) -> impl Iterator<Item = &ExplainedRule> {
        self.steps.iter().filter_map(|step| match step {
            ExplainedStep::Rule(rule) => Some(rule),
            ExplainedStep::Let(_) => None,
        })
    }

    /// The lets that ran.
    pub fn lets(&self) -> impl Iterator<Item = &ExplainedLet> {
        self.steps.iter().filter_map(|step| match step {
            ExplainedStep::Let(said) => Some(said),
            ExplainedStep::Rule(_) => None,
        })
    }
}

impl Contract {
    /// Explains one call. With the money that is held, payments are drafted and checked as well.
    #[must_use]
    pub fn explain(&self, call: &Call<'_>, held: Option<&[FactValue]>) -> Explanation {
        let run = trace(self.program(), call);
        let verdict = self.accepted(call, held, &run.signers);
        let steps = run.steps.into_iter();
        Explanation {
            steps: steps
                .filter_map(|ran| self.step(call.action, ran))
                .collect(),
            verdict,
        }
    }

    fn step(&self, action: u16, ran: Ran<'_>) -> Option<ExplainedStep> {
        let lifts = |e: &&ExceptionIr| e.value == Ir::Const(Value::Bool(true));
        let lifted = ran.standing.iter().any(lifts);
        let exceptions = ran.standing.into_iter().map(|e| ExplainedException {
            name: e.name.clone(),
            law: e.law.clone(),
        });
        let exceptions = exceptions.collect();
        Some(match ran.step {
            Saw::Let { name, value } => ExplainedStep::Let(ExplainedLet {
                name: name.to_owned(),
                value,
                exceptions,
            }),
            Saw::Rule {
                rule,
                holds,
                figures,
                ..
            } => {
                let action = self.actions().get(usize::from(action))?;
                let declared = action.rules.get(usize::from(rule.index))?;
                ExplainedStep::Rule(ExplainedRule {
                    text: declared.text.clone(),
                    code: declared.code.clone(),
                    law: declared.law.clone().or_else(|| action.law.clone()),
                    holds,
                    lifted: lifted && holds,
                    exceptions,
                    figures,
                })
            }
        })
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
