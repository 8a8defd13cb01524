//! Scenarios of policies as written: what becomes known, on which day, and what is then proposed.

use crate::builtin::BuiltInRule;
use crate::check::{code, constant};
use crate::near::{did_you_mean, did_you_mean_words};
use crate::policy::Verb;
use crate::policy::ir::{Policy, Propose};
use crate::schema::Type;
use crate::show::shown;
use crate::syntax::ast::Expr;
use crate::syntax::{Cursor, Line, Problem, Span, date, expr, path};
use crate::value::FactValue;

use super::parse::{EXPECTED, Reader, Said};
use super::setting::{Asking, Happening, Offer, Proposed};

impl Reader<'_> {
    /// `policy repeat_injury on 24 June 2026`: which text and which policy in it, and the case that it begins.
    pub(super) fn asked(&self, line: Line<'_, '_>) -> Result<(usize, usize, Asking), Problem> {
        let mut cursor = Cursor::new(line.flat());
        cursor.expect_word("policy")?;
        let name = cursor.name("the policy's name")?;
        let texts = self.policies.iter().enumerate();
        let found = texts.filter_map(|(text, policies)| {
            let at = policies.names().position(|n| n == name.text)?;
            Some((text, at))
        });
        let Some((text, policy)) = found.min() else {
            let known = self.policies.iter().flat_map(|p| p.names());
            let help = match self.policies {
                [] => Some("no policies are given with this contract".to_owned()),
                _ => did_you_mean(&name.text, known),
            };
            let message = format!("there is no policy `{}`", name.text);
            return Err(Problem::new(name.span, message, "not declared").help(help));
        };
        cursor.expect_word("on")?;
        let (on, _) = date(&mut cursor)?;
        cursor.finish()?;
        let case = Asking {
            on,
            before: Vec::new(),
            expected: Proposed::These(Vec::new()),
            expected_at: None,
        };
        Ok((text, policy, case))
    }

    /// One line of a scenario or change. `knowing` in a change begins afresh.
    pub(super) fn happens(
        &self,
        case: &mut Asking,
        said: &mut Said,
        policy: &Policy,
        line: Line<'_, '_>,
    ) -> Result<(), Problem> {
        let mut cursor = Cursor::new(line.flat());
        let span = cursor.span();
        if cursor.eat_word("on") {
            said.once("on", span)?;
            case.on = date(&mut cursor)?.0;
        } else if cursor.eat_word("asked") {
            cursor.expect_word("on")?;
            case.before.push(Happening::Asked(date(&mut cursor)?.0));
        } else if cursor.eat_word("also") {
            cursor.expect_word("knowing")?;
            learn(case, self.fact(&mut cursor)?);
        } else if cursor.eat_word("knowing") {
            if said.first("knowing") && said.change {
                case.before.clear();
            }
            if !cursor.eat_word("nothing") {
                learn(case, self.fact(&mut cursor)?);
            }
        } else if cursor.eat_word("forgetting") {
            self.forget(case, &mut cursor)?;
        } else if cursor.eat_word("proposes") {
            said.once(EXPECTED, span)?;
            case.expected_at = Some(self.line(line));
            if !cursor.eat_word("nothing") {
                let offers = line.children();
                let offers = offers.map(|child| self.offer(policy, child));
                case.expected = Proposed::These(offers.collect::<Result<_, _>>()?);
                return Ok(());
            }
            case.expected = Proposed::Nothing;
        } else if cursor.eat_word("is") {
            said.once(EXPECTED, span)?;
            case.expected_at = Some(self.line(line));
            case.expected = Proposed::Refused(refusal(&mut cursor)?);
        } else {
            let words = [
                "on",
                "knowing",
                "also knowing",
                "forgetting",
                "asked on",
                "proposes",
                "is refused because",
                "but",
            ];
            return Err(cursor.unknown_word("a line of a policy's scenario", &words));
        }
        cursor.finish()
    }

    /// Every known fact with these fields is no longer known.
    fn forget(&self, case: &mut Asking, cursor: &mut Cursor<'_>) -> Result<(), Problem> {
        let span = cursor.span();
        let (kind, fields) = self.some_fields(cursor)?;
        let matches = |fact: &FactValue| {
            let mut fields = fields.iter();
            fact.kind == kind && fields.all(|(i, v)| fact.fields.get(usize::from(*i)) == Some(v))
        };
        let known = case.before.iter().filter_map(|happening| match happening {
            Happening::Known(number, fact) if matches(fact) => Some(*number),
            _ => None,
        });
        let numbers: Vec<u64> = known.collect();
        if numbers.is_empty() {
            let message = "no such fact is known";
            return Err(Problem::new(span, message, "nothing to forget"));
        }
        let forgotten = numbers.into_iter().map(Happening::Forgotten);
        case.before.extend(forgotten);
        Ok(())
    }

    /// `share visits = 2, missed = 20% with social_services`, `flag child.born to child_school`.
    fn offer(&self, policy: &Policy, line: Line<'_, '_>) -> Result<Offer, Problem> {
        let mut cursor = Cursor::new(line.flat());
        let start = cursor.span();
        let (verb, to) = match cursor.eat_word("share") {
            true => (Verb::Share, "with"),
            false if cursor.eat_word("flag") => (Verb::Flag, "to"),
            false => return Err(cursor.unknown_word("a proposal", &["share", "flag"])),
        };
        let written = cursor.list(|cursor| {
            let label = path(cursor)?;
            let value = match cursor.eat_mark("=") {
                true => Some(expr(cursor)?),
                false => None,
            };
            Ok((label.span, value))
        })?;
        let span = start.to(cursor.before());
        cursor.expect_word(to)?;
        let party = path(&mut cursor)?;
        cursor.finish()?;
        let (span_of_party, party) = (party.span, constant(&party, &Type::Party, &self.context)?);
        let Some(party) = party.as_party().cloned() else {
            return Err(Problem::new(
                span_of_party,
                "this is no party",
                "not a party",
            ));
        };
        let values = self.offered(policy, verb, span, &written)?;
        Ok(Offer {
            verb,
            party,
            values,
        })
    }

    /// The values of a proposal, which one of the policy's has, in its order.
    fn offered(
        &self,
        policy: &Policy,
        verb: Verb,
        span: Span,
        written: &[(Span, Option<Expr>)],
    ) -> Result<Vec<(String, Option<String>)>, Problem> {
        let label = |span: Span| self.text.get(span.start..span.end).unwrap_or_default();
        let same = |propose: &&Propose| {
            let labels = propose.values.iter().map(|(label, ..)| label.as_str());
            propose.verb == verb && labels.eq(written.iter().map(|(span, _)| label(*span)))
        };
        let Some(found) = policy.proposes.iter().find(same) else {
            let proposes = policy.proposes.iter().filter(|p| p.verb == verb);
            let listed: Vec<String> = proposes.map(labels).collect();
            let verb = word(verb);
            let message = format!("{} {verb}s nothing like this", policy.name);
            let help = match listed.as_slice() {
                [] => format!("it has no `{verb}`"),
                some => format!(
                    "it has `{verb} {}`",
                    some.join(format!("` and `{verb} ").as_str())
                ),
            };
            return Err(Problem::new(span, message, "not proposed").help(help));
        };
        let records = self.contract.records();
        let values = found.values.iter().zip(written);
        let values = values.map(|((label, _, ty), (_, value))| {
            let value = match value {
                Some(value) => Some(shown(&constant(value, ty, &self.context)?, ty, records)),
                None => None,
            };
            Ok((label.clone(), value))
        });
        values.collect()
    }
}

fn learn(case: &mut Asking, fact: FactValue) {
    let number = u64::try_from(case.before.len()).unwrap_or(u64::MAX);
    case.before.push(Happening::Known(number, fact));
}

fn labels(propose: &Propose) -> String {
    let labels: Vec<&str> = propose.values.iter().map(|(l, ..)| l.as_str()).collect();
    labels.join(", ")
}

/// The word that a policy writes.
pub(super) fn word(verb: Verb) -> &'static str {
    match verb {
        Verb::Share => "share",
        Verb::Flag => "flag",
    }
}

/// `refused because "the calendar knows the day"`: only built-in rules refuse a policy.
fn refusal(cursor: &mut Cursor<'_>) -> Result<String, Problem> {
    cursor.expect_word("refused")?;
    cursor.expect_word("because")?;
    let rule = cursor.text("the rule in words, in quotes")?;
    let wanted = code(&rule.text);
    let known = BuiltInRule::ALL.iter().map(|rule| rule.code());
    if known.clone().any(|k| k == wanted) {
        return Ok(wanted);
    }
    let message = format!("there is no built-in rule `{wanted}`");
    Err(Problem::new(rule.span, message, "not a rule").help(did_you_mean_words(&wanted, known)))
}
