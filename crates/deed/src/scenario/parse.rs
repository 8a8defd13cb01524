//! Scenarios as written.

use std::collections::BTreeMap;

use crate::check::Context;
use crate::contract::Contract;
use crate::near::did_you_mean;
use crate::outline::is_word;
use crate::policy::Policies;
use crate::schema::Action;
use crate::syntax::{Cursor, Line, Lines, Problem, Tok, assigns, date};
use crate::value::Party;

use super::setting::{Asking, Expected, Named, Scenario, Setting};

/// The words whose facts a change has replaced already; none outside a change.
pub(super) type Replaced<'r> = Option<&'r mut Vec<&'static str>>;

pub(super) fn parse(
    contract: &Contract,
    policies: &[Policies],
    text: &str,
    problems: &mut Vec<Problem>,
) -> Vec<Scenario> {
    let lines = Lines::read(text, problems);
    let mut reader = Reader {
        contract,
        policies,
        context: Context::new(contract.program()),
        text,
    };
    let mut out = Vec::new();
    for (i, line) in lines.roots().enumerate().filter(|(_, l)| !l.broken()) {
        let result = match i {
            0 => Cursor::new(line.flat()).about("scenarios", contract.name()),
            _ => reader.declaration(line, &mut out),
        };
        if let Err(problem) = result {
            problems.push(problem);
        }
    }
    problems.retain(|p| !p.message.is_empty());
    out
}

pub(super) struct Reader<'c> {
    pub(super) contract: &'c Contract,
    pub(super) policies: &'c [Policies],
    pub(super) context: Context<'c>,
    pub(super) text: &'c str,
}

impl Reader<'_> {
    fn declaration(&mut self, line: Line<'_, '_>, out: &mut Vec<Scenario>) -> Result<(), Problem> {
        let mut cursor = Cursor::new(line.tokens());
        if cursor.eat_word("party") {
            let name = cursor.new_name("the party's name")?;
            self.context.fresh(&name)?;
            cursor.expect_mark("=")?;
            let id = cursor.text("the party's identifier, in quotes")?;
            cursor.finish()?;
            let party = Party::new(&id.text)
                .map_err(|e| Problem::new(id.span, e.to_string(), "this identifier"))?;
            self.context.parties.insert(name.text, party);
            return Ok(());
        }
        if !cursor.eat_word("scenario") {
            return Err(cursor.unknown_word("a declaration", &["party", "scenario"]));
        }
        let name = cursor.text("the scenario's name, in quotes")?;
        cursor.finish()?;
        out.push(self.scenario(&name.text, line)?);
        Ok(())
    }

    fn scenario(&self, name: &str, line: Line<'_, '_>) -> Result<Scenario, Problem> {
        let mut rest = line.children();
        let Some(first) = rest.next() else {
            return Err(Problem::new(
                line.span(),
                "the scenario does nothing",
                "no action and no policy under it",
            ));
        };
        let begin = (name, self.line(first));
        if first.tokens().first().is_some_and(|t| is_word(t, "policy")) {
            let (text, policy, base) = self.asked(first)?;
            let declared = &self.policies[text].policies[policy];
            let set = |case: &mut Asking, replaced: Replaced<'_>, line: Line<'_, '_>| {
                self.happens(case, replaced, declared, line)
            };
            let cases = self.cases(begin, base, rest, set)?;
            return Ok(Scenario::Policy {
                text,
                policy,
                cases,
            });
        }
        let (action, base) = self.transaction(first)?;
        let declared = &self.contract.actions()[usize::from(action)];
        let set = |case: &mut Setting, replaced: Replaced<'_>, line: Line<'_, '_>| {
            self.set(case, replaced, declared, line)
        };
        let cases = self.cases(begin, base, rest, set)?;
        Ok(Scenario::Action { action, cases })
    }

    /// What is done, unchanged and with each change.
    fn cases<'l, T: Clone>(
        &self,
        (name, line): (&str, usize),
        mut base: T,
        rest: impl Iterator<Item = Line<'l, 'l>>,
        set: impl Fn(&mut T, Replaced<'_>, Line<'_, '_>) -> Result<(), Problem>,
    ) -> Result<Vec<Named<T>>, Problem> {
        let mut changes: Vec<Named<T>> = Vec::new();
        for child in rest {
            let mut cursor = Cursor::new(child.tokens());
            if !cursor.eat_word("but") {
                if !changes.is_empty() {
                    let message = "what all changes have in common stands above them";
                    return Err(Problem::new(child.span(), message, "below a change"));
                }
                set(&mut base, None, child)?;
                continue;
            }
            let change = cursor.text("what is different, in quotes")?;
            cursor.finish()?;
            let mut case = base.clone();
            let mut replaced = Vec::new();
            for part in child.children() {
                set(&mut case, Some(&mut replaced), part)?;
            }
            changes.push(Named {
                name: format!("{name}: {}", change.text),
                line: self.line(child),
                what: case,
            });
        }
        let name = name.to_owned();
        let base = Named {
            name,
            line,
            what: base,
        };
        Ok([base].into_iter().chain(changes).collect())
    }

    fn line(&self, line: Line<'_, '_>) -> usize {
        self.text[..line.span().start].matches('\n').count() + 1
    }

    /// `Transfer on 24 June 2026 with buyer = ben, ...`.
    fn transaction(&self, line: Line<'_, '_>) -> Result<(u16, Setting), Problem> {
        let mut cursor = Cursor::new(line.flat());
        let action = cursor.name("an action")?;
        let Some(index) = self.contract.action(&action.text) else {
            let known = self.contract.actions().iter().map(|a| a.name.as_str());
            let message = format!("there is no action `{}`", action.text);
            return Err(Problem::new(action.span, message, "not declared")
                .help(did_you_mean(&action.text, known)));
        };
        cursor.expect_word("on")?;
        let (on, _) = date(&mut cursor)?;
        let given = if cursor.eat_word("with") {
            assigns(&mut cursor, &[])?
        } else {
            Vec::new()
        };
        cursor.finish()?;
        let mut setting = Setting {
            on,
            args: BTreeMap::new(),
            consumed: Vec::new(),
            referenced: Vec::new(),
            held: Vec::new(),
            expected: Expected::Accepted(Vec::new()),
        };
        let params = &self.contract.actions()[usize::from(index)].params;
        for (i, value) in self.fields(params, &action.text, &given)? {
            setting
                .args
                .insert(params[usize::from(i)].name.clone(), value);
        }
        Ok((index, setting))
    }

    /// One line of a transaction or change. A list of facts in a change replaces the transaction's.
    fn set(
        &self,
        case: &mut Setting,
        mut replaced: Replaced<'_>,
        action: &Action,
        line: Line<'_, '_>,
    ) -> Result<(), Problem> {
        let mut cursor = Cursor::new(line.flat());
        if matches!(cursor.token(1).tok, Tok::Punct("=")) {
            let given = assigns(&mut cursor, &[])?;
            for (i, value) in self.fields(&action.params, &action.name, &given)? {
                case.args
                    .insert(action.params[usize::from(i)].name.clone(), value);
            }
            return cursor.finish();
        }
        if cursor.eat_word("on") {
            case.on = date(&mut cursor)?.0;
            return cursor.finish();
        }
        if cursor.at_word("is") {
            case.expected = self.expected(action, line)?;
            return Ok(());
        }
        for (word, facts) in [
            ("consuming", &mut case.consumed),
            ("referencing", &mut case.referenced),
            ("holding", &mut case.held),
        ] {
            if !cursor.eat_word(word) {
                continue;
            }
            if let Some(replaced) = &mut replaced
                && !replaced.contains(&word)
            {
                facts.clear();
                replaced.push(word);
            }
            if !cursor.eat_word("nothing") {
                facts.push(self.fact(&mut cursor)?);
            }
            return cursor.finish();
        }
        let words = [
            "on",
            "consuming",
            "referencing",
            "holding",
            "is accepted",
            "is refused because",
            "but",
        ];
        Err(cursor.unknown_word("a line of a scenario", &words))
    }
}
