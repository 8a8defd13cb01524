//! Facts that nobody can use up, and personal data that everyone may read.

use crate::contract::Contract;
use crate::outline::{Clause, Declaration};
use crate::schema::{Control, Kind, PartyRef};
use crate::syntax::Problem;

fn clause<'d>(
    declarations: &'d [Declaration<'d>],
    kind: &str,
    word: &str,
) -> Option<&'d Clause<'d>> {
    let declared = declarations
        .iter()
        .find(|d| d.word == "fact" && d.name == kind)?;
    declared
        .clauses
        .iter()
        .find(|c| c.begins(word) && !c.is_field())
}

/// Money that nobody vouches for who does not hold it: whoever is paid in it can't know that it was ever there.
pub(super) fn forgeable(contract: &Contract, declarations: &[Declaration<'_>]) -> Vec<Problem> {
    let kinds = contract.kinds().iter().filter(|k| k.origin.is_none());
    let doubtful = kinds.filter(|k| k.money.is_some() && !k.is_vouched_for());
    let problem = |kind: &Kind| {
        let declared = declarations
            .iter()
            .find(|d| d.word == "fact" && d.name == kind.name)?;
        let message = format!("nobody who does not hold {} vouches for it", kind.name);
        let help = "say `attested by` whoever keeps count of this money: nodes refuse it else";
        let problem = Problem::new(declared.name_span, message, "could be forged");
        Some(problem.help(help.to_owned()))
    };
    doubtful.filter_map(problem).collect()
}

/// Kinds that are shown, and that only who shows them need vouch for.
pub(super) fn unvouched(contract: &Contract, declarations: &[Declaration<'_>]) -> Vec<Problem> {
    let doubtful = |kind: &&Kind| {
        let own = |party: &&PartyRef| Some(*party) == kind.shown_by.as_ref();
        let own = kind.attestation.parties.iter().filter(own).count();
        usize::from(kind.attestation.needed) <= own
    };
    let problem = |kind: &Kind| {
        let clause = clause(declarations, &kind.name, "shown")?;
        let message = format!("nobody but who shows {} vouches for it", kind.name);
        let help =
            "say `attested by` whoever answers for what it says: a proof rests on that signature";
        Some(Problem::new(clause.span, message, "proves nothing").help(help.to_owned()))
    };
    let kinds = contract.kinds().iter().filter(|k| k.origin.is_none());
    kinds.filter(doubtful).filter_map(problem).collect()
}

/// Kinds that only their holder can show, and of which fields are public all the same.
pub(super) fn told_by_others(
    contract: &Contract,
    declarations: &[Declaration<'_>],
) -> Vec<Problem> {
    let problem = |kind: &Kind| {
        let clause = clause(declarations, &kind.name, "public")?;
        let message = format!("{} is public, and only its holder can show it", kind.name);
        let help = "everyone reads these fields without the holder, and nobody is given a proof of them: publish less, or leave out `shown by`";
        Some(Problem::new(clause.span, message, "told without its holder").help(help.to_owned()))
    };
    let kinds = contract.kinds().iter().filter(|k| k.origin.is_none());
    let told = kinds.filter(|k| k.shown_by.is_some() && !k.public.is_empty());
    told.filter_map(problem).collect()
}

/// Kinds that somebody controls and no action consumes; money that no action moves.
pub(super) fn stuck(contract: &Contract, declarations: &[Declaration<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (i, kind) in (0_u16..).zip(contract.kinds()) {
        let consumed = contract.actions().iter().any(|a| match kind.money {
            Some(_) => a.moves.contains(&i),
            None => a.consumes.iter().any(|input| input.kind == i),
        });
        let Some(clause) = clause(declarations, &kind.name, "controlled") else {
            continue;
        };
        if consumed || kind.control == Control::Nobody {
            continue;
        }
        let (message, help) = match kind.money {
            Some(_) => (
                format!("no action moves {}", kind.name),
                "write the action that pays or issues it",
            ),
            None => (
                format!("{} is controlled, but no action consumes it", kind.name),
                "say `controlled by nobody`, or write the action that consumes it",
            ),
        };
        let problem = Problem::new(clause.span, message, "a power that can't be used");
        problems.push(problem.help(help.to_owned()));
    }
    problems
}

/// Kinds about somebody, with public fields and no law.
pub(super) fn exposed(contract: &Contract, declarations: &[Declaration<'_>]) -> Vec<Problem> {
    let kinds = contract.kinds().iter();
    let exposed = kinds.filter(|k| !k.about.is_empty() && !k.public.is_empty());
    let exposed = exposed.filter(|k| k.law.is_none() && k.about_law.is_none());
    let problem = |kind: &crate::schema::Kind| {
        let clause = clause(declarations, &kind.name, "public")?;
        let message = format!("{} is about somebody and public, on no law", kind.name);
        let help = "cite the law that asks for it, as in `about proprietor law \"Land Registration Act 2002 s.66\"`, or publish less";
        Some(
            Problem::new(clause.span, message, "personal data that everyone may read")
                .help(help.to_owned()),
        )
    };
    exposed.filter_map(problem).collect()
}

/// Business keys of which two facts could be vouched for by different parties, so that nobody sees both.
pub(super) fn unheld(contract: &Contract, declarations: &[Declaration<'_>]) -> Vec<Problem> {
    let unheld = |kind: &&Kind| !kind.one_per.is_empty() && kind.keepers().is_empty();
    let problem = |kind: &Kind| {
        let clause = clause(declarations, &kind.name, "one")?;
        let message = format!(
            "two of {} with one key could have different attestors",
            kind.name
        );
        let help = "name a party of the contract, or a field of the key, under `attested by`";
        Some(Problem::new(clause.span, message, "nobody sees to this").help(help.to_owned()))
    };
    let kinds = contract.kinds().iter().filter(unheld);
    kinds.filter_map(problem).collect()
}
