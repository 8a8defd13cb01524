//! Types as written, fields and parameters.

use crate::limits::{DECIMAL_PLACES_MAX, LIST_ITEMS_MAX};
use crate::value::Currency;

use super::ast::{FieldDecl, TypeExpr, TypeNode};
use super::cursor::Cursor;
use super::token::{Problem, Tok};

/// Whether a field or parameter begins here: `name:`.
pub(crate) fn at_field(cursor: &Cursor<'_>) -> bool {
    matches!(cursor.peek(), Tok::Name(_)) && matches!(cursor.token(1).tok, Tok::Punct(":"))
}

/// `name: type "what it is"`.
pub(crate) fn field(cursor: &mut Cursor<'_>) -> Result<FieldDecl, Problem> {
    let name = cursor.new_name("a name")?;
    cursor.expect_mark(":")?;
    let ty = type_expr(cursor)?;
    cursor.skip_breaks();
    let doc = match cursor.peek() {
        Tok::Text(_) => cursor.text("a description")?.text,
        _ => String::new(),
    };
    cursor.finish()?;
    Ok(FieldDecl { name, ty, doc })
}

/// A type, with `or` between the names of an enumeration and `or none` at the end of an option.
pub(crate) fn type_expr(cursor: &mut Cursor<'_>) -> Result<TypeExpr, Problem> {
    let first = single(cursor)?;
    let mut span = first.span;
    let mut names = match &first.node {
        TypeNode::Named(name) => vec![name.clone()],
        _ => Vec::new(),
    };
    let mut optional = false;
    while !optional && cursor.eat_word("or") {
        let name = cursor.name("a name of the enumeration, or `none`")?;
        span = span.to(name.span);
        if name.text == "none" {
            optional = true;
        } else if names.is_empty() {
            return Err(Problem::new(
                name.span,
                "only names can be alternatives",
                "expected `none`",
            ));
        } else {
            names.push(name);
        }
    }
    let base = if names.len() > 1 {
        TypeExpr {
            span,
            node: TypeNode::Choice(names),
        }
    } else {
        first
    };
    Ok(if optional {
        TypeExpr {
            span,
            node: TypeNode::Optional(Box::new(base)),
        }
    } else {
        base
    })
}

fn single(cursor: &mut Cursor<'_>) -> Result<TypeExpr, Problem> {
    let name = cursor.qualified("a type")?;
    let (span, node) = match name.text.as_str() {
        "money" => {
            let code = cursor.name("the currency, as in `money GBP`")?;
            let currency = Currency::new(&code.text)
                .map_err(|e| Problem::new(code.span, e.to_string(), "not a currency"))?;
            (name.span.to(code.span), TypeNode::Money(currency))
        }
        "decimal" => {
            let span = cursor.span();
            let places = cursor.int("how many places stand after the point, as in `decimal 2`")?;
            let places = u8::try_from(places)
                .ok()
                .filter(|p| (1..=DECIMAL_PLACES_MAX).contains(p))
                .ok_or_else(|| {
                    let message = format!("a decimal number has 1 to {DECIMAL_PLACES_MAX} places");
                    Problem::new(span, message, format!("{places} places"))
                })?;
            (name.span.to(span), TypeNode::Decimal(places))
        }
        "list" => {
            cursor.expect_word("of")?;
            let of = cursor.deeper(single)?;
            let at_most = at_most(cursor)?;
            (
                name.span.to(of.span),
                TypeNode::List {
                    of: Box::new(of),
                    at_most,
                },
            )
        }
        _ => (name.span, TypeNode::Named(name)),
    };
    Ok(TypeExpr { span, node })
}

fn at_most(cursor: &mut Cursor<'_>) -> Result<u32, Problem> {
    let span = cursor.span();
    if !cursor.eat_word("at") {
        return Err(cursor
            .expected("`at most` and the largest number of items")
            .help(
                "a list has a declared largest size, as in `list of party at most 20`".to_owned(),
            ));
    }
    cursor.expect_word("most")?;
    let most = cursor.int("a number")?;
    match u32::try_from(most) {
        Ok(n) if (1..=LIST_ITEMS_MAX).contains(&n) => Ok(n),
        _ => Err(Problem::new(
            span,
            format!("a list has 1 to {LIST_ITEMS_MAX} items"),
            format!("{most} items"),
        )),
    }
}
