//! Scenarios as written.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::builtin::BUILT_IN_RULES;
use crate::check::{Context, code, constant};
use crate::contract::Contract;
use crate::near::did_you_mean;
use crate::schema::{Action, Field};
use crate::syntax::ast::{Assign, Name};
use crate::syntax::{Cursor, Line, Problem, Tok, assigns, date, lines, path_list};
use crate::value::{FactValue, Party, Value};

/// One transaction with the changes of it; the first case is the transaction unchanged.
pub(super) struct Scenario {
    pub(super) action: u16,
    pub(super) cases: Vec<Setting>,
}

/// A complete case: what is done, with which facts, and what is expected.
#[derive(Clone)]
pub(super) struct Setting {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) on: Date,
    pub(super) args: BTreeMap<String, Value>,
    pub(super) consumed: Vec<FactValue>,
    pub(super) referenced: Vec<FactValue>,
    pub(super) held: Vec<FactValue>,
    pub(super) expected: Expected,
}

#[derive(Clone)]
pub(super) enum Expected {
    Accepted(Vec<Claim>),
    Refused(String),
}

/// Something that an accepted case must show.
#[derive(Clone)]
pub(super) enum Claim {
    /// Exactly these parties sign.
    Signers(Vec<Party>),
    /// A created fact of the kind has these fields.
    Creating {
        kind: u16,
        fields: Vec<(u16, Value)>,
    },
    /// A created money fact is exactly this; together they are all.
    Leaving(FactValue),
}

pub(super) fn parse(contract: &Contract, text: &str, problems: &mut Vec<Problem>) -> Vec<Scenario> {
    let roots = lines(text, problems);
    let mut reader = Reader {
        contract,
        context: Context::new(contract.program()),
        text,
    };
    let mut out = Vec::new();
    for (i, line) in roots.iter().enumerate().filter(|(_, l)| !l.broken) {
        let result = match i {
            0 => reader.heading(line),
            _ => reader.declaration(line, &mut out),
        };
        if let Err(problem) = result {
            problems.push(problem);
        }
    }
    problems.retain(|p| !p.message.is_empty());
    out
}

struct Reader<'c> {
    contract: &'c Contract,
    context: Context<'c>,
    text: &'c str,
}

impl Reader<'_> {
    /// `scenarios for contract_name`.
    fn heading(&self, line: &Line) -> Result<(), Problem> {
        let tokens = line.flat();
        let mut cursor = Cursor::new(&tokens);
        cursor.expect_word("scenarios")?;
        cursor.expect_word("for")?;
        let name = cursor.name("the contract's name")?;
        cursor.finish()?;
        if name.text == self.contract.name() {
            return Ok(());
        }
        let message = format!(
            "the contract is {}, not {}",
            self.contract.name(),
            name.text
        );
        Err(Problem::new(name.span, message, "another contract"))
    }

    fn declaration(&mut self, line: &Line, out: &mut Vec<Scenario>) -> Result<(), Problem> {
        let mut cursor = Cursor::new(&line.tokens);
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

    fn scenario(&self, name: &str, line: &Line) -> Result<Scenario, Problem> {
        let Some((first, rest)) = line.children.split_first() else {
            return Err(Problem::new(
                line.span,
                "the scenario does nothing",
                "no action under it",
            ));
        };
        let (action, mut base) = self.transaction(name, first)?;
        let declared = &self.contract.actions()[usize::from(action)];
        let mut cases = Vec::new();
        for child in rest {
            let mut cursor = Cursor::new(&child.tokens);
            if !cursor.eat_word("but") {
                self.set(&mut base, None, declared, child)?;
                continue;
            }
            if cases.is_empty() {
                cases.push(base.clone());
            }
            let change = cursor.text("what is different, in quotes")?;
            cursor.finish()?;
            let mut case = base.clone();
            case.name = format!("{name}: {}", change.text);
            case.line = self.line(child);
            let mut replaced = Vec::new();
            for part in &child.children {
                self.set(&mut case, Some(&mut replaced), declared, part)?;
            }
            cases.push(case);
        }
        if cases.is_empty() {
            cases.push(base);
        }
        Ok(Scenario { action, cases })
    }

    fn line(&self, line: &Line) -> usize {
        self.text[..line.span.start].matches('\n').count() + 1
    }

    /// `Spend on 24 June 2026 with payer = leeds, ...`.
    fn transaction(&self, name: &str, line: &Line) -> Result<(u16, Setting), Problem> {
        let tokens = line.flat();
        let mut cursor = Cursor::new(&tokens);
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
            name: name.to_owned(),
            line: self.line(line),
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
        mut replaced: Option<&mut Vec<&'static str>>,
        action: &Action,
        line: &Line,
    ) -> Result<(), Problem> {
        let tokens = line.flat();
        let mut cursor = Cursor::new(&tokens);
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

    fn fields(
        &self,
        fields: &[Field],
        owner: &str,
        given: &[Assign],
    ) -> Result<Vec<(u16, Value)>, Problem> {
        given
            .iter()
            .map(|assign| {
                let Some(i) = fields.iter().position(|f| f.name == assign.name.text) else {
                    return Err(unknown_field(&assign.name, owner, fields));
                };
                let value = constant(&assign.value, &fields[i].ty, &self.context)?;
                Ok((u16::try_from(i).unwrap_or(u16::MAX), value))
            })
            .collect()
    }

    fn partial(&self, cursor: &mut Cursor<'_>) -> Result<(u16, Vec<(u16, Value)>, Name), Problem> {
        let name = cursor.name("a kind of fact")?;
        let Some(kind) = self.contract.kind(&name.text) else {
            let known = self.contract.kinds().iter().map(|k| k.name.as_str());
            let message = format!("there is no kind of fact `{}`", name.text);
            return Err(Problem::new(name.span, message, "not declared")
                .help(did_you_mean(&name.text, known)));
        };
        let given = if cursor.eat_word("with") {
            assigns(cursor, &[])?
        } else {
            Vec::new()
        };
        let fields = &self.contract.kinds()[usize::from(kind)].fields;
        Ok((kind, self.fields(fields, &name.text, &given)?, name))
    }

    /// A whole fact; optional fields may be left out.
    fn fact(&self, cursor: &mut Cursor<'_>) -> Result<FactValue, Problem> {
        let (kind, given, name) = self.partial(cursor)?;
        let declared = &self.contract.kinds()[usize::from(kind)];
        let mut fields = Vec::new();
        for (i, field) in (0_u16..).zip(&declared.fields) {
            let value = given
                .iter()
                .find(|(at, _)| *at == i)
                .map(|(_, v)| v.clone());
            let optional =
                matches!(field.ty, crate::schema::Type::Optional(_)).then_some(Value::Absent);
            let Some(value) = value.or(optional) else {
                let message = format!("{} needs `{}`", declared.name, field.name);
                return Err(Problem::new(name.span, message, "not all fields are given"));
            };
            fields.push(value);
        }
        Ok(FactValue { kind, fields })
    }

    /// `is accepted`, with claims under it, or `is refused because "the rule in words"`.
    fn expected(&self, action: &Action, line: &Line) -> Result<Expected, Problem> {
        let mut cursor = Cursor::new(&line.tokens);
        cursor.advance();
        if cursor.eat_word("accepted") {
            cursor.finish()?;
            let claims = line.children.iter().map(|child| self.claim(child));
            return Ok(Expected::Accepted(claims.collect::<Result<_, _>>()?));
        }
        cursor.expect_word("refused")?;
        cursor.expect_word("because")?;
        let rule = cursor.text("the rule in words, in quotes")?;
        cursor.finish()?;
        let wanted = code(&rule.text);
        let own = action.rules.iter().map(|r| r.code.as_str());
        let known = own.chain(BUILT_IN_RULES.iter().map(|(code, _)| *code));
        if known.clone().any(|k| k == wanted) {
            return Ok(Expected::Refused(wanted));
        }
        let message = format!("{} has no rule `{wanted}`", action.name);
        Err(Problem::new(rule.span, message, "not a rule").help(did_you_mean(&wanted, known)))
    }

    fn claim(&self, line: &Line) -> Result<Claim, Problem> {
        let tokens = line.flat();
        let mut cursor = Cursor::new(&tokens);
        let claim = if cursor.eat_word("signed") {
            cursor.expect_word("by")?;
            let parties = path_list(&mut cursor)?;
            let ty = crate::schema::Type::Party;
            let party = |e| constant(e, &ty, &self.context).map(|v| v.as_party().cloned());
            let parties = parties.iter().map(party).collect::<Result<Vec<_>, _>>()?;
            Claim::Signers(parties.into_iter().flatten().collect())
        } else if cursor.eat_word("creating") {
            let (kind, fields, _) = self.partial(&mut cursor)?;
            Claim::Creating { kind, fields }
        } else if cursor.eat_word("leaving") {
            Claim::Leaving(self.fact(&mut cursor)?)
        } else {
            return Err(cursor.unknown_word("what is seen", &["signed by", "creating", "leaving"]));
        };
        cursor.finish()?;
        Ok(claim)
    }
}

fn unknown_field(name: &Name, owner: &str, fields: &[Field]) -> Problem {
    let known = fields.iter().map(|f| f.name.as_str());
    Problem::new(
        name.span,
        format!("{owner} has no `{}`", name.text),
        "not declared",
    )
    .help(did_you_mean(&name.text, known))
}
