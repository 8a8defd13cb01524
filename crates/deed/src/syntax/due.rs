//! What is owed: `buyer pays seller price in Cash with ...`.

use super::ast::{DueClause, DueVerb};
use super::cursor::Cursor;
use super::expr::{expr, sum};
use super::primary::{assigns, path};
use super::token::Problem;

const STOP: [&str; 3] = ["becoming", "when", "law"];

/// The rest of a due whose verb is known to follow the payer.
pub(crate) fn due(cursor: &mut Cursor<'_>, verb: DueVerb) -> Result<DueClause, Problem> {
    let payer = path(cursor)?;
    let (payee, amount) = match verb {
        DueVerb::Pays => {
            cursor.expect_word("pays")?;
            (Some(path(cursor)?), sum(cursor)?)
        }
        DueVerb::Issues => {
            cursor.expect_word("issues")?;
            let amount = sum(cursor)?;
            cursor.expect_word("to")?;
            (Some(path(cursor)?), amount)
        }
        DueVerb::Keeps => {
            cursor.expect_word("keeps")?;
            (None, sum(cursor)?)
        }
    };
    cursor.expect_word("in")?;
    let money = cursor.qualified("a kind of money")?;
    let with = if cursor.eat_word("with") {
        assigns(cursor, &STOP)?
    } else {
        Vec::new()
    };
    let becoming = if cursor.eat_word("becoming") {
        assigns(cursor, &STOP)?
    } else {
        Vec::new()
    };
    let when = if cursor.eat_word("when") {
        Some(expr(cursor)?)
    } else {
        None
    };
    let law = cursor.law()?;
    Ok(DueClause {
        verb,
        payer,
        payee,
        amount,
        money,
        with,
        becoming,
        when,
        law,
    })
}
