//! The clauses of an action.

use super::ast::{Clause, DueVerb, Exception, Name, Signer};
use super::cursor::Cursor;
use super::due;
use super::expr::expr;
use super::primary::{assigns, path, postfix};
use super::token::{Problem, Tok};

const WORDS: [&str; 10] = [
    "consumes",
    "references",
    "creates",
    "let",
    "signed by",
    "rule",
    "law",
    "pays",
    "issues",
    "keeps",
];

/// One clause under an action's parameters.
pub(crate) fn clause(cursor: &mut Cursor<'_>) -> Result<Clause, Problem> {
    let first = match cursor.peek() {
        Tok::Name(word) => word,
        _ => "",
    };
    let clause = match first {
        "consumes" => {
            let (kind, name) = input(cursor)?;
            Clause::Consumes { kind, name }
        }
        "references" => {
            let (kind, name) = input(cursor)?;
            Clause::References { kind, name }
        }
        "creates" => {
            cursor.advance();
            let what = cursor.qualified("a kind of fact, or a fact that is consumed")?;
            let with = if cursor.eat_word("with") {
                assigns(cursor, &[])?
            } else {
                Vec::new()
            };
            Clause::Creates { what, with }
        }
        "let" => {
            cursor.advance();
            let name = cursor.new_name("a name")?;
            cursor.expect_mark("=")?;
            Clause::Let {
                name,
                value: expr(cursor)?,
                exceptions: exceptions(cursor)?,
            }
        }
        "signed" => {
            cursor.advance();
            cursor.expect_word("by")?;
            Clause::SignedBy(cursor.list(signer)?)
        }
        "rule" => rule(cursor)?,
        _ => match due_verb(cursor) {
            Some(verb) => Clause::Due(Box::new(due::due(cursor, verb)?)),
            None => return Err(cursor.unknown_word("a parameter or clause of an action", &WORDS)),
        },
    };
    cursor.finish()?;
    Ok(clause)
}

/// `consumes one Title as old`.
fn input(cursor: &mut Cursor<'_>) -> Result<(Name, Name), Problem> {
    cursor.advance();
    cursor.expect_word("one")?;
    let kind = cursor.qualified("a kind of fact")?;
    cursor.expect_word("as")?;
    let name = cursor.new_name("a name for the fact")?;
    Ok((kind, name))
}

fn signer(cursor: &mut Cursor<'_>) -> Result<Signer, Problem> {
    let span = cursor.span();
    if !(cursor.at_word("any") && matches!(cursor.token(1).tok, Tok::Int(_))) {
        return expr(cursor).map(Signer::All);
    }
    cursor.advance();
    let needed = cursor.int("how many of them")?;
    cursor.expect_word("of")?;
    let of = cursor.deeper(postfix)?;
    if !cursor.eat_word("as") {
        let help =
            "say which argument names those who sign, as in `any 2 of trustees as approving`";
        return Err(cursor.expected("`as`").help(help.to_owned()));
    }
    let named = path(cursor)?;
    Ok(Signer::Any {
        needed,
        span: span.to(named.span),
        of,
        named,
    })
}

fn rule(cursor: &mut Cursor<'_>) -> Result<Clause, Problem> {
    cursor.advance();
    let text = cursor.text("the rule in words, in quotes")?;
    let law = cursor.law()?;
    cursor.skip_breaks();
    if cursor.at_end() {
        let help = "say it on the next line, further in than `rule`";
        let problem = Problem::new(text.span, "the rule says no condition", "nothing under it");
        return Err(problem.help(help.to_owned()));
    }
    Ok(Clause::Rule {
        text,
        law,
        condition: expr(cursor)?,
        exceptions: exceptions(cursor)?,
    })
}

/// The named exceptions under a value or rule.
fn exceptions(cursor: &mut Cursor<'_>) -> Result<Vec<Exception>, Problem> {
    let mut out = Vec::new();
    while cursor.eat_word("exception") {
        let name = cursor.text("the exception's name, in quotes")?;
        let over = if cursor.eat_word("over") {
            cursor.list(|c| c.text("the name of an exception above, in quotes"))?
        } else {
            Vec::new()
        };
        cursor.expect_word("when")?;
        let when = expr(cursor)?;
        let value = if cursor.eat_word("then") {
            Some(expr(cursor)?)
        } else {
            None
        };
        out.push(Exception {
            name,
            over,
            when,
            value,
            law: cursor.law()?,
        });
    }
    Ok(out)
}

/// The verb of a due, wherever it stands in the clause's first line.
fn due_verb(cursor: &Cursor<'_>) -> Option<DueVerb> {
    (0..)
        .map(|i| cursor.token(i).tok)
        .take_while(|t| !matches!(t, Tok::Break | Tok::End))
        .find_map(|t| match t {
            Tok::Name(word) => match word {
                "pays" => Some(DueVerb::Pays),
                "issues" => Some(DueVerb::Issues),
                "keeps" => Some(DueVerb::Keeps),
                _ => None,
            },
            _ => None,
        })
}
