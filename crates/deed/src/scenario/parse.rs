//! Scenarios as written.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Context;
use crate::contract::Contract;
use crate::limits::ITEMS_MAX;
use crate::near::did_you_mean;
use crate::outline::is_word;
use crate::policy::Policies;
use crate::schema::Action;
use crate::syntax::{Cursor, Line, Lines, Problem, Span, Tok, assigns, date};
use crate::value::Party;

use super::setting::{Alike, Asking, Expected, Named, Scenario, Setting};

/// What is said by `is accepted`, `proposes` and the like.
pub(super) const EXPECTED: &str = "what is expected";

/// What a transaction or a change has said already.
pub(super) struct Said {
    /// Whether it is a change, so that what it says takes the place of what was said before.
    pub(super) change: bool,
    words: BTreeSet<String>,
}

impl Said {
    fn new(change: bool) -> Self {
        // The day stands in the first line.
        let day = (!change).then(|| "on".to_owned());
        Self {
            change,
            words: day.into_iter().collect(),
        }
    }

    /// Whether a word is said for the first time.
    pub(super) fn first(&mut self, word: &str) -> bool {
        self.words.insert(word.to_owned())
    }

    /// Something that is said once.
    pub(super) fn once(&mut self, word: &str, span: Span) -> Result<(), Problem> {
        if self.first(word) {
            return Ok(());
        }
        let message = match word {
            EXPECTED => format!("{word} is given twice"),
            _ => format!("`{word}` is given twice"),
        };
        Err(Problem::new(span, message, "given before"))
    }
}

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
        if out.iter().any(|scenario| scenario.name() == name.text) {
            let message = format!("the scenario \"{}\" stands here twice", name.text);
            return Err(Problem::new(name.span, message, "said before"));
        }
        out.push(self.scenario(&name.text, line)?);
        Ok(())
    }

    fn scenario(&self, name: &str, line: Line<'_, '_>) -> Result<Scenario, Problem> {
        limited(line)?;
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
            let set = |case: &mut Asking, said: &mut Said, line: Line<'_, '_>| {
                self.happens(case, said, declared, line)
            };
            let cases = self.cases(begin, base, Said::new(false), rest, set)?;
            return Ok(Scenario::Policy {
                text,
                policy,
                cases,
            });
        }
        let mut said = Said::new(false);
        let (action, base) = self.transaction(first, &mut said)?;
        let declared = &self.contract.actions()[usize::from(action)];
        let set = |case: &mut Setting, said: &mut Said, line: Line<'_, '_>| {
            self.set(case, said, declared, line)
        };
        let cases = self.cases(begin, base, said, rest, set)?;
        Ok(Scenario::Action { action, cases })
    }

    /// What is done, unchanged and with each change.
    fn cases<'l, T: Clone + Alike>(
        &self,
        (name, line): (&str, usize),
        mut base: T,
        mut said: Said,
        rest: impl Iterator<Item = Line<'l, 'l>>,
        set: impl Fn(&mut T, &mut Said, Line<'_, '_>) -> Result<(), Problem>,
    ) -> Result<Vec<Named<T>>, Problem> {
        let mut changes: Vec<Named<T>> = Vec::new();
        for child in rest {
            let mut cursor = Cursor::new(child.tokens());
            if !cursor.eat_word("but") {
                if !changes.is_empty() {
                    let message = "what all changes have in common stands above them";
                    return Err(Problem::new(child.span(), message, "below a change"));
                }
                set(&mut base, &mut said, child)?;
                continue;
            }
            let change = cursor.text("what is different, in quotes")?;
            cursor.finish()?;
            limited(child)?;
            let mut case = base.clone();
            let full = format!("{name}: {}", change.text);
            if changes.iter().any(|c| c.name == full) {
                let message = format!("the change \"{}\" stands here twice", change.text);
                return Err(Problem::new(change.span, message, "said before"));
            }
            let mut said = Said::new(true);
            for part in child.children() {
                set(&mut case, &mut said, part)?;
            }
            if case.alike(&base) {
                let message = format!("the change \"{}\" changes nothing", change.text);
                let help = "say what is different under it, and what then happens".to_owned();
                return Err(Problem::new(change.span, message, "all is as above").help(help));
            }
            changes.push(Named {
                name: full,
                change: Some(change.text),
                line: self.line(child),
                what: case,
            });
        }
        let name = name.to_owned();
        let base = Named {
            name,
            change: None,
            line,
            what: base,
        };
        Ok([base].into_iter().chain(changes).collect())
    }

    pub(super) fn line(&self, line: Line<'_, '_>) -> usize {
        self.text[..line.span().start].matches('\n').count() + 1
    }

    /// `Transfer on 24 June 2026 with buyer = ben, ...`.
    fn transaction(&self, line: Line<'_, '_>, said: &mut Said) -> Result<(u16, Setting), Problem> {
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
            expected_at: None,
        };
        let params = &self.contract.actions()[usize::from(index)].params;
        for assign in &given {
            said.first(&assign.name.text);
        }
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
        said: &mut Said,
        action: &Action,
        line: Line<'_, '_>,
    ) -> Result<(), Problem> {
        let mut cursor = Cursor::new(line.flat());
        if matches!(cursor.token(1).tok, Tok::Punct("=")) {
            let given = assigns(&mut cursor, &[])?;
            for assign in &given {
                said.once(&assign.name.text, assign.name.span)?;
            }
            for (i, value) in self.fields(&action.params, &action.name, &given)? {
                case.args
                    .insert(action.params[usize::from(i)].name.clone(), value);
            }
            return cursor.finish();
        }
        let span = cursor.span();
        if cursor.eat_word("on") {
            said.once("on", span)?;
            case.on = date(&mut cursor)?.0;
            return cursor.finish();
        }
        if cursor.at_word("is") {
            said.once(EXPECTED, span)?;
            case.expected = self.expected(action, line)?;
            case.expected_at = Some(self.line(line));
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
            if said.first(word) && said.change {
                facts.clear();
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

/// Each change is the whole scenario once more, so that their numbers multiply.
fn limited(line: Line<'_, '_>) -> Result<(), Problem> {
    match line.children().nth(ITEMS_MAX) {
        Some(extra) => {
            let message =
                format!("a scenario, and a change, has at most {ITEMS_MAX} lines under it");
            Err(Problem::new(extra.span(), message, "one too many"))
        }
        None => Ok(()),
    }
}
