//! The clauses of a fact: its key, who may, who sees, how long.

use crate::limits::KEEP_PERIOD_MAX;
use crate::schema::KeepFrom;

use super::ast::{ControlExpr, FactClause, FactNode, Name, PartyPath};
use super::cursor::Cursor;
use super::primary::assigns;
use super::token::{Problem, Tok};

const WORDS: [&str; 12] = [
    "one per",
    "controlled by",
    "attested by",
    "seen by",
    "observed by",
    "shown by",
    "credential",
    "public",
    "about",
    "payable",
    "keep",
    "law",
];

/// One clause under a fact's fields.
pub(crate) fn fact_clause(cursor: &mut Cursor<'_>) -> Result<FactClause, Problem> {
    let span = cursor.span();
    let first = match cursor.peek() {
        Tok::Name(word) => word,
        _ => "",
    };
    let node = match first {
        "one" => {
            two_words(cursor, "per")?;
            FactNode::OnePer(names(cursor)?)
        }
        "controlled" => {
            two_words(cursor, "by")?;
            FactNode::Controlled(control(cursor)?)
        }
        "attested" => {
            two_words(cursor, "by")?;
            attested(cursor)?
        }
        "seen" => {
            two_words(cursor, "by")?;
            let parties = cursor.list(party_path)?;
            if cursor.eat_word("only") {
                cursor.expect_word("in")?;
                let fields = names(cursor)?;
                FactNode::SeenIn { parties, fields }
            } else {
                FactNode::SeenBy(parties)
            }
        }
        "observed" => {
            two_words(cursor, "by")?;
            FactNode::ObservedBy(cursor.list(party_path)?)
        }
        "shown" => {
            two_words(cursor, "by")?;
            FactNode::ShownBy(party_path(cursor)?)
        }
        "credential" => {
            cursor.advance();
            credential(cursor)?
        }
        "public" => {
            cursor.advance();
            if cursor.eat_word("all") {
                FactNode::Public(None)
            } else {
                FactNode::Public(Some(names(cursor)?))
            }
        }
        "payable" => {
            cursor.advance();
            for word in ["in", "other", "contracts"] {
                cursor.expect_word(word)?;
            }
            FactNode::Payable(match cursor.eat_word("with") {
                true => assigns(cursor, &[])?,
                false => Vec::new(),
            })
        }
        "about" => {
            cursor.advance();
            FactNode::About {
                parties: cursor.list(party_path)?,
                law: cursor.law()?,
            }
        }
        "keep" => {
            cursor.advance();
            keep(cursor)?
        }
        "law" => FactNode::Law(cursor.law()?.unwrap_or_default()),
        _ => return Err(cursor.unknown_word("a field or clause of a fact", &WORDS)),
    };
    cursor.finish()?;
    Ok(FactClause { span, node })
}

fn two_words(cursor: &mut Cursor<'_>, second: &str) -> Result<(), Problem> {
    cursor.advance();
    cursor.expect_word(second)
}

fn names(cursor: &mut Cursor<'_>) -> Result<Vec<Name>, Problem> {
    cursor.list(|c| c.name("a field"))
}

fn party_path(cursor: &mut Cursor<'_>) -> Result<PartyPath, Problem> {
    let name = cursor.name("a party or a field with one")?;
    let each = if cursor.eat_word("of") {
        cursor.expect_word("each")?;
        Some(cursor.name("a list")?)
    } else {
        None
    };
    Ok(PartyPath { name, each })
}

fn control(cursor: &mut Cursor<'_>) -> Result<ControlExpr, Problem> {
    if cursor.eat_word("nobody") {
        return Ok(ControlExpr::Nobody);
    }
    if cursor.eat_word("all") {
        cursor.expect_word("of")?;
        return cursor.list(party_path).map(ControlExpr::AllOf);
    }
    let first = party_path(cursor)?;
    if cursor.eat_word("with") {
        return Ok(ControlExpr::With(first, party_path(cursor)?));
    }
    Ok(ControlExpr::One(first))
}

fn attested(cursor: &mut Cursor<'_>) -> Result<FactNode, Problem> {
    let mut needed = None;
    if cursor.eat_word("any") {
        needed = Some(cursor.int("how many of them")?);
        cursor.expect_word("of")?;
    }
    Ok(FactNode::Attested {
        needed,
        parties: cursor.list(party_path)?,
    })
}

fn credential(cursor: &mut Cursor<'_>) -> Result<FactNode, Problem> {
    let vct = cursor.text("the credential's type, an address in quotes")?;
    let until = match cursor.eat_word("until") {
        true => Some(cursor.name("the field with its last day")?),
        false => None,
    };
    Ok(FactNode::Credential { vct, until })
}

fn keep(cursor: &mut Cursor<'_>) -> Result<FactNode, Problem> {
    if cursor.eat_word("forever") {
        return Ok(FactNode::Keep {
            months: None,
            from: KeepFrom::Created,
            law: cursor.law()?,
        });
    }
    let span = cursor.span();
    let number = cursor.int("a number of years or months, or `forever`")?;
    let unit = match cursor.peek() {
        Tok::Name("year" | "years") => 12,
        Tok::Name("month" | "months") => 1,
        _ => return Err(cursor.unknown_word("a period", &["years", "months"])),
    };
    cursor.advance();
    let months = u32::try_from(number)
        .ok()
        .filter(|n| (1..=KEEP_PERIOD_MAX).contains(&i64::from(*n)))
        .map(|n| n * unit);
    let Some(months) = months else {
        return Err(Problem::new(
            span,
            format!("a period has 1 to {KEEP_PERIOD_MAX} years or months"),
            "not such a period",
        ));
    };
    cursor.expect_word("after")?;
    let from = match cursor.peek() {
        Tok::Name("created") => KeepFrom::Created,
        Tok::Name("consumed") => KeepFrom::Consumed,
        _ => return Err(cursor.unknown_word("when the period starts", &["created", "consumed"])),
    };
    cursor.advance();
    Ok(FactNode::Keep {
        months: Some(months),
        from,
        law: cursor.law()?,
    })
}
