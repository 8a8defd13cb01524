//! A whole contract: its heading and declarations. One error in a clause does not hide those in the next.

use crate::limits::ITEMS_MAX;

use super::ast::{
    ActionDecl, FactDecl, File, HostDecl, Name, PartyDecl, RecordDecl, ReplaceDecl, Text, UseDecl,
};
use super::calendar::calendar;
use super::clause::clause;
use super::cursor::Cursor;
use super::fact::fact_clause;
use super::layout::{Line, Lines};
use super::schedule;
use super::token::{Problem, Span, Tok};
use super::types::{at_field, field};

const DECLARATIONS: [&str; 10] = [
    "uses",
    "replaces",
    "party",
    "record",
    "fact",
    "scale",
    "parameter",
    "calendar",
    "host",
    "action",
];

/// Reads a contract. When `problems` is not empty afterwards, the tree is incomplete.
pub(crate) fn parse(source: &str, problems: &mut Vec<Problem>) -> File {
    let mut file = File::default();
    let lines = Lines::read(source, problems);
    if lines.is_empty() && problems.is_empty() {
        problems.push(Problem::new(
            Span::default(),
            "the contract is empty",
            "nothing here",
        ));
    }
    for (i, line) in lines.roots().enumerate() {
        if line.broken() {
            continue;
        }
        too_many(line, problems);
        let result = if i == 0 {
            heading(line, &mut file)
        } else {
            declaration(line, &mut file, problems)
        };
        if let Err(problem) = result {
            problems.push(problem);
        }
    }
    if let Some(extra) = lines.roots().nth(ITEMS_MAX) {
        let message = format!("a contract has at most {ITEMS_MAX} declarations");
        problems.push(Problem::new(extra.span(), message, "one too many"));
    }
    file
}

fn too_many(line: Line<'_, '_>, problems: &mut Vec<Problem>) {
    if let Some(extra) = line.children().nth(ITEMS_MAX) {
        let message = format!("a declaration has at most {ITEMS_MAX} lines under it");
        problems.push(Problem::new(extra.span(), message, "one too many"));
    }
}

/// `contract name version 1`, the title and the law.
fn heading(line: Line<'_, '_>, file: &mut File) -> Result<(), Problem> {
    let mut cursor = Cursor::new(line.flat());
    if !cursor.eat_word("contract") {
        return Err(cursor
            .expected("`contract`")
            .help("a contract begins `contract name version 1`".to_owned()));
    }
    file.name = Some(cursor.new_name("the contract's name")?);
    cursor.expect_word("version")?;
    let span = cursor.span();
    let version = cursor.int("the version's number")?;
    file.version = u32::try_from(version)
        .ok()
        .filter(|v| *v > 0)
        .ok_or_else(|| Problem::new(span, "a version is 1 or more", "not a version"))?;
    cursor.skip_breaks();
    file.title = cursor.text("what the contract is about, in quotes")?.text;
    file.law = cursor.law()?;
    cursor.finish()
}

fn declaration(
    line: Line<'_, '_>,
    file: &mut File,
    problems: &mut Vec<Problem>,
) -> Result<(), Problem> {
    let mut cursor = Cursor::new(line.tokens());
    let word = match cursor.peek() {
        Tok::Name(word) => word,
        _ => "",
    };
    match word {
        "uses" => file.uses.push(uses(line)?),
        "replaces" if file.replaces.is_some() => {
            return Err(Problem::new(
                line.span(),
                "a contract replaces one other at most",
                "said before",
            ));
        }
        "replaces" => file.replaces = Some(replaces(line)?),
        "party" => file.parties.push(party(line)?),
        "record" => file.records.push(record(line, problems)?),
        "fact" => file.facts.push(fact(line, problems)?),
        "scale" => file.schedules.push(schedule::scale(line, problems)?),
        "parameter" => file.schedules.push(schedule::parameter(line, problems)?),
        "host" => file.hosts.push(host(line)?),
        "calendar" => file.calendars.push(calendar(line, problems)?),
        "action" => file.actions.push(action(line, problems)?),
        _ => {
            cursor.skip_breaks();
            return Err(cursor.unknown_word("a declaration", &DECLARATIONS));
        }
    }
    Ok(())
}

/// `uses cash sha256 "..."`: another contract, by the hash of its exact text.
fn uses(line: Line<'_, '_>) -> Result<UseDecl, Problem> {
    let mut cursor = Cursor::new(line.flat());
    cursor.advance();
    let name = cursor.new_name("the contract's name")?;
    let sha256 = hash(&mut cursor)?;
    Ok(UseDecl { name, sha256 })
}

/// `replaces cash version 1 sha256 "..."`.
fn replaces(line: Line<'_, '_>) -> Result<ReplaceDecl, Problem> {
    let mut cursor = Cursor::new(line.flat());
    cursor.advance();
    let name = cursor.new_name("the contract's name")?;
    cursor.expect_word("version")?;
    let version = cursor.int("the version's number")?;
    let sha256 = hash(&mut cursor)?;
    Ok(ReplaceDecl {
        name,
        version,
        sha256,
    })
}

/// `host iban version 1`: a function that is not the contract's own.
fn host(line: Line<'_, '_>) -> Result<HostDecl, Problem> {
    let mut cursor = Cursor::new(line.flat());
    cursor.advance();
    let name = cursor.new_name("the function's name")?;
    cursor.expect_word("version")?;
    let version_span = cursor.span();
    let version = cursor.int("the version's number")?;
    cursor.finish()?;
    Ok(HostDecl {
        name,
        version,
        version_span,
    })
}

/// `sha256 "..."`: 64 small hexadecimal digits.
fn hash(cursor: &mut Cursor<'_>) -> Result<Text, Problem> {
    cursor.expect_word("sha256")?;
    let text = cursor.text("the hash of the contract's text, in quotes")?;
    cursor.finish()?;
    let digits = text.text.bytes();
    if digits.len() == 64
        && digits
            .clone()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    {
        return Ok(text);
    }
    let message = "a SHA-256 hash has 64 digits of 0-9 and a-f";
    Err(Problem::new(text.span, message, "not a hash"))
}

fn party(line: Line<'_, '_>) -> Result<PartyDecl, Problem> {
    let mut cursor = Cursor::new(line.flat());
    cursor.advance();
    let name = cursor.new_name("the party's name")?;
    cursor.expect_mark("=")?;
    let id = cursor.text("the party's identifier, in quotes")?;
    cursor.finish()?;
    Ok(PartyDecl { name, id })
}

/// Reads each line under a declaration on its own, so that one error does not hide the next.
fn each_line(
    line: Line<'_, '_>,
    problems: &mut Vec<Problem>,
    mut read: impl FnMut(usize, &mut Cursor<'_>) -> Result<(), Problem>,
) {
    for (i, child) in line.children().enumerate().filter(|(_, c)| !c.broken()) {
        if let Err(problem) = read(i, &mut Cursor::new(child.flat())) {
            problems.push(problem);
        }
    }
}

/// The name of a declaration, and whether it `is money`; problems of the lines under it come all the same.
fn declared(line: Line<'_, '_>, what: &str, may_be_money: bool) -> Result<(Name, bool), Problem> {
    let mut cursor = Cursor::new(line.tokens());
    cursor.advance();
    let name = cursor.new_name(what)?;
    let money = may_be_money && cursor.eat_word("is");
    if money {
        cursor.expect_word("money")?;
    }
    cursor.finish()?;
    Ok((name, money))
}

fn record(line: Line<'_, '_>, problems: &mut Vec<Problem>) -> Result<RecordDecl, Problem> {
    let mut fields = Vec::new();
    each_line(line, problems, |_, cursor| {
        fields.push(field(cursor)?);
        Ok(())
    });
    let (name, _) = declared(line, "the record's name", false)?;
    Ok(RecordDecl { name, fields })
}

/// The sentence that may stand first under a declaration.
fn doc(i: usize, cursor: &mut Cursor<'_>) -> Result<Option<String>, Problem> {
    if i != 0 || !matches!(cursor.peek(), Tok::Text(_)) {
        return Ok(None);
    }
    let text = cursor.text("a description")?;
    cursor.finish()?;
    Ok(Some(text.text))
}

fn fact(line: Line<'_, '_>, problems: &mut Vec<Problem>) -> Result<FactDecl, Problem> {
    let (mut about, mut fields, mut clauses) = (String::new(), Vec::new(), Vec::new());
    each_line(line, problems, |i, cursor| {
        if let Some(text) = doc(i, cursor)? {
            about = text;
        } else if at_field(cursor) {
            fields.push(field(cursor)?);
        } else {
            clauses.push(fact_clause(cursor)?);
        }
        Ok(())
    });
    let (name, money) = declared(line, "the kind's name", true)?;
    Ok(FactDecl {
        name,
        money,
        doc: about,
        fields,
        clauses,
    })
}

fn action(line: Line<'_, '_>, problems: &mut Vec<Problem>) -> Result<ActionDecl, Problem> {
    let (mut about, mut law) = (String::new(), None);
    let (mut params, mut clauses) = (Vec::new(), Vec::new());
    each_line(line, problems, |i, cursor| {
        if let Some(text) = doc(i, cursor)? {
            about = text;
        } else if at_field(cursor) {
            params.push(field(cursor)?);
        } else if cursor.at_word("law") {
            law = cursor.law()?;
            cursor.finish()?;
        } else {
            clauses.push(clause(cursor)?);
        }
        Ok(())
    });
    let (name, _) = declared(line, "the action's name", false)?;
    Ok(ActionDecl {
        name,
        doc: about,
        law,
        params,
        clauses,
    })
}
