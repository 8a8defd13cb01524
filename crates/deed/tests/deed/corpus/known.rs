//! What policies propose as facts become known and days pass.

use std::fmt::Write as _;

use deed::Contract;
use deed::policy::{Engine, Policies, Verb};

use super::values::{date, fact};

/// Lines `learn N FACT`, `forget N` and `day DATE`; for each day, what is proposed and what fails, and how many subjects
/// were looked at.
pub(super) fn proposals(
    contract: &Contract,
    policies: &Policies,
    text: &str,
) -> Result<String, String> {
    let mut engine = Engine::new(contract, policies);
    let mut out = String::new();
    for line in text.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "learn" => {
                let (number, text) = rest.split_once(' ').ok_or("no fact")?;
                let number = number.parse().map_err(|e| format!("{e}"))?;
                let learnt = engine.learn(number, fact(contract, text)?);
                learnt.map_err(|refusal| refusal.rule)?;
            }
            "forget" => engine.forget(rest.parse().map_err(|e| format!("{e}"))?),
            "day" => {
                let evaluation = engine.evaluate(date(rest)?);
                let _ = writeln!(out, "day {rest}: {} looked at", evaluation.evaluated);
                for p in evaluation.proposals {
                    let verb = match p.verb {
                        Verb::Share => "share with",
                        Verb::Flag => "flag to",
                    };
                    let values = p.values.iter().map(|(l, v)| format!("{l} = {v}"));
                    let values = values.collect::<Vec<_>>().join(", ");
                    let (policy, subject, party) = (p.policy, p.subject, p.party);
                    let because = p.because;
                    let _ = writeln!(
                        out,
                        "  {policy} about {subject}: {verb} {party}: {values} because \"{because}\""
                    );
                }
                for f in evaluation.failures {
                    let _ = writeln!(
                        out,
                        "  {} about {}: refused {}",
                        f.policy, f.subject, f.refusal.rule
                    );
                }
            }
            _ => return Err(format!("not a line of what is known: {line}")),
        }
    }
    Ok(out)
}
