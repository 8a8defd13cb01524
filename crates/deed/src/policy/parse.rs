//! Policies as written.

use crate::limits::ITEMS_MAX;
use crate::syntax::ast::{Expr, Name, Text};
use crate::syntax::{Cursor, Line, Lines, Problem, Tok, expr, path, path_list, postfix};

use super::Verb;
use super::ir::How;

pub(super) struct PolicyDecl {
    pub(super) name: Name,
    pub(super) kind: Name,
    pub(super) subject: Name,
    pub(super) clauses: Vec<Clause>,
}

pub(super) enum Clause {
    EveryDay(Name),
    /// `30 days after child.arrived`.
    After {
        period: Expr,
        date: Expr,
    },
    Let {
        name: Name,
        value: Expr,
    },
    Known(Box<KnownDecl>),
    When(Expr),
    Propose {
        verb: Verb,
        values: Vec<Expr>,
        party: Expr,
        because: Text,
    },
}

/// `let visits = count v in known Visit where v.child = child.id`.
pub(super) struct KnownDecl {
    pub(super) name: Name,
    pub(super) how: How,
    pub(super) item: Name,
    pub(super) kind: Name,
    pub(super) filter: Expr,
    pub(super) body: Option<Expr>,
}

pub(super) fn parse(contract: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<PolicyDecl> {
    let lines = Lines::read(text, problems);
    let mut out = Vec::new();
    if let Some(extra) = lines.roots().nth(ITEMS_MAX) {
        let message = format!("a text has at most {ITEMS_MAX} policies");
        problems.push(Problem::new(extra.span(), message, "one too many"));
    }
    for (i, line) in lines.roots().enumerate().filter(|(_, l)| !l.broken()) {
        let result = match i {
            0 => Cursor::new(line.flat()).about("policies", contract),
            _ => policy(line, problems).map(|p| out.push(p)),
        };
        if let Err(problem) = result {
            problems.push(problem);
        }
    }
    if lines.is_empty() && problems.is_empty() {
        let span = crate::syntax::Span::default();
        problems.push(Problem::new(span, "the text is empty", "nothing here"));
    }
    out
}

/// `policy NAME for each KIND as x`, and its clauses.
fn policy(line: Line<'_, '_>, problems: &mut Vec<Problem>) -> Result<PolicyDecl, Problem> {
    let mut clauses = Vec::new();
    for child in line.children().filter(|c| !c.broken()) {
        let mut cursor = Cursor::new(child.flat());
        let read = clause(&mut cursor).and_then(|c| cursor.finish().map(|()| c));
        match read {
            Ok(clause) => clauses.push(clause),
            Err(problem) => problems.push(problem),
        }
    }
    if let Some(extra) = line.children().nth(ITEMS_MAX) {
        let message = format!("a policy has at most {ITEMS_MAX} lines under it");
        problems.push(Problem::new(extra.span(), message, "one too many"));
    }
    let mut cursor = Cursor::new(line.tokens());
    if !cursor.eat_word("policy") {
        return Err(cursor.unknown_word("a declaration", &["policy"]));
    }
    let name = cursor.new_name("the policy's name")?;
    cursor.expect_word("for")?;
    cursor.expect_word("each")?;
    let kind = cursor.qualified("a kind of fact")?;
    cursor.expect_word("as")?;
    let subject = cursor.new_name("a name for the fact")?;
    cursor.finish()?;
    Ok(PolicyDecl {
        name,
        kind,
        subject,
        clauses,
    })
}

fn clause(cursor: &mut Cursor<'_>) -> Result<Clause, Problem> {
    let word = match cursor.peek() {
        Tok::Name(word) => word,
        Tok::Int(_) => {
            let period = postfix(cursor)?;
            cursor.expect_word("after")?;
            let date = path(cursor)?;
            return Ok(Clause::After { period, date });
        }
        _ => "",
    };
    match word {
        "every" => {
            let name = cursor.name("`every`")?;
            cursor.expect_word("day")?;
            Ok(Clause::EveryDay(name))
        }
        "let" => {
            cursor.advance();
            let name = cursor.new_name("a name")?;
            cursor.expect_mark("=")?;
            value(cursor, name)
        }
        "when" => {
            cursor.advance();
            Ok(Clause::When(expr(cursor)?))
        }
        "share" => propose(cursor, Verb::Share, "with"),
        "flag" => propose(cursor, Verb::Flag, "to"),
        _ => {
            let words = ["every day", "let", "when", "share", "flag"];
            Err(cursor.unknown_word("a clause of a policy", &words))
        }
    }
}

fn propose(cursor: &mut Cursor<'_>, verb: Verb, to: &str) -> Result<Clause, Problem> {
    cursor.advance();
    let values = path_list(cursor)?;
    cursor.expect_word(to)?;
    let party = path(cursor)?;
    if !cursor.eat_word("because") {
        let help = "say on what ground, as in `because \"Children Act 2004 s.10\"`".to_owned();
        return Err(cursor.expected("`because`").help(help));
    }
    let because = cursor.text("the ground, in quotes")?;
    Ok(Clause::Propose {
        verb,
        values,
        party,
        because,
    })
}

/// A plain value, or `count`, `sum` or `share` over known facts.
fn value(cursor: &mut Cursor<'_>, name: Name) -> Result<Clause, Problem> {
    let hows = [
        ("count", How::Count),
        ("sum", How::Sum),
        ("share", How::Share),
    ];
    let how = hows.iter().find(|(word, _)| cursor.at_word(word));
    let over = cursor.word_ahead(2, "in") && cursor.word_ahead(3, "known");
    let Some((_, how)) = how.filter(|_| over) else {
        let value = expr(cursor)?;
        return Ok(Clause::Let { name, value });
    };
    cursor.advance();
    let item = cursor.new_name("a name for each fact")?;
    cursor.expect_word("in")?;
    cursor.expect_word("known")?;
    let kind = cursor.qualified("a kind of fact")?;
    cursor.expect_word("where")?;
    let filter = expr(cursor)?;
    let body = if *how == How::Count {
        None
    } else {
        cursor.skip_breaks();
        cursor.expect_mark(":")?;
        Some(expr(cursor)?)
    };
    Ok(Clause::Known(Box::new(KnownDecl {
        name,
        how: *how,
        item,
        kind,
        filter,
        body,
    })))
}
