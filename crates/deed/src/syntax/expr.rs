//! Expressions, from the loosest binding to the tightest.

use super::ast::{Expr, Node, Op, Quality, Rounded};
use super::cursor::Cursor;
use super::period::{within, working_day};
use super::primary;
use super::schedule::rounding;
use super::token::{Problem, Tok};

/// A whole expression.
pub(crate) fn expr(cursor: &mut Cursor<'_>) -> Result<Expr, Problem> {
    cursor.deeper(|c| {
        c.skip_breaks();
        chain(c, &[Op::Or], |c| chain(c, &[Op::And], not))
    })
}

fn chain(
    cursor: &mut Cursor<'_>,
    ops: &[Op],
    operand: impl Fn(&mut Cursor<'_>) -> Result<Expr, Problem>,
) -> Result<Expr, Problem> {
    let mut left = operand(cursor)?;
    while let Some(op) = operator(cursor, ops) {
        cursor.skip_breaks();
        let right = operand(cursor)?;
        let span = left.span.to(right.span);
        left = Expr::new(span, Node::Binary(op, Box::new(left), Box::new(right)))?;
    }
    Ok(left)
}

/// Takes one of the operators, also when it begins the next line.
fn operator(cursor: &mut Cursor<'_>, ops: &[Op]) -> Option<Op> {
    let breaks = (0..)
        .take_while(|i| cursor.token(*i).tok == Tok::Break)
        .count();
    let op = ops
        .iter()
        .copied()
        .find(|op| match cursor.token(breaks).tok {
            Tok::Name(word) => word == op.sign(),
            Tok::Punct(mark) => mark == op.sign(),
            _ => false,
        })?;
    cursor.skip_breaks();
    cursor.advance();
    Some(op)
}

fn not(cursor: &mut Cursor<'_>) -> Result<Expr, Problem> {
    let span = cursor.span();
    if cursor.eat_word("not") {
        let inner = cursor.deeper(not)?;
        return Expr::new(span.to(inner.span), Node::Not(Box::new(inner)));
    }
    comparison(cursor)
}

fn comparison(cursor: &mut Cursor<'_>) -> Result<Expr, Problem> {
    const OPS: [Op; 7] = [
        Op::NotEqual,
        Op::LessOrEqual,
        Op::GreaterOrEqual,
        Op::Equal,
        Op::Less,
        Op::Greater,
        Op::In,
    ];
    let left = sum(cursor)?;
    if cursor.eat_word("is") {
        return quality(cursor, left);
    }
    if cursor.eat_word("within") {
        return within(cursor, left);
    }
    let Some(op) = operator(cursor, &OPS) else {
        return Ok(left);
    };
    cursor.skip_breaks();
    let right = sum(cursor)?;
    if let Some(second) = operator(cursor, &OPS) {
        let message = format!(
            "`{}` after `{}` can be read in two ways",
            second.sign(),
            op.sign()
        );
        return Err(Problem::new(cursor.span(), message, "a second comparison")
            .help("join two comparisons with `and`".to_owned()));
    }
    Expr::new(
        left.span.to(right.span),
        Node::Binary(op, Box::new(left), Box::new(right)),
    )
}

fn quality(cursor: &mut Cursor<'_>, value: Expr) -> Result<Expr, Problem> {
    const WORDS: [(&str, Quality); 5] = [
        ("positive", Quality::Positive),
        ("negative", Quality::Negative),
        ("zero", Quality::Zero),
        ("none", Quality::None),
        ("empty", Quality::Empty),
    ];
    let negated = cursor.eat_word("not");
    if cursor.eat_word("working") {
        return working_day(cursor, value, negated);
    }
    let span = value.span.to(cursor.span());
    for (word, quality) in WORDS {
        if cursor.eat_word(word) {
            return Expr::new(
                span,
                Node::Is {
                    value: Box::new(value),
                    quality,
                    negated,
                },
            );
        }
    }
    let words: Vec<&str> = WORDS.iter().map(|(w, _)| *w).collect();
    let mut problem = cursor.unknown_word("what something `is`", &words);
    if let Tok::Name(name) = cursor.peek()
        && problem.help.as_ref().is_some_and(|h| h.starts_with("here"))
    {
        let sign = if negated { "!=" } else { "=" };
        problem = problem.help(format!("compare with `{sign} {name}`"));
    }
    Err(problem)
}

/// An expression without comparisons: what stands before `in` of a due.
pub(crate) fn sum(cursor: &mut Cursor<'_>) -> Result<Expr, Problem> {
    chain(cursor, &[Op::Otherwise], |c| {
        chain(c, &[Op::Add, Op::Subtract], product)
    })
}

fn product(cursor: &mut Cursor<'_>) -> Result<Expr, Problem> {
    let left = chain(cursor, &[Op::Multiply], unary)?;
    if cursor.eat_word("of") {
        let of = cursor.deeper(unary)?;
        let rounded = rounded(cursor)?;
        let span = left.span.to(rounded.unit.span);
        return Expr::new(
            span,
            Node::Part {
                rate: Box::new(left),
                of: Box::new(of),
                rounded,
            },
        );
    }
    if cursor.at_word("out") && cursor.word_ahead(1, "of") {
        cursor.advance();
        cursor.advance();
        let whole = cursor.deeper(unary)?;
        let rounded = rounded(cursor)?;
        let span = left.span.to(rounded.unit.span);
        return Expr::new(
            span,
            Node::Share {
                part: Box::new(left),
                whole: Box::new(whole),
                rounded,
            },
        );
    }
    Ok(left)
}

/// `rounded down to £0.01`: never left to the reader.
fn rounded(cursor: &mut Cursor<'_>) -> Result<Rounded, Problem> {
    if !cursor.eat_word("rounded") {
        let help = "say how it is rounded, as in `rounded down to £0.01`";
        return Err(cursor.expected("`rounded`").help(help.to_owned()));
    }
    let how = rounding(cursor)?;
    cursor.expect_word("to")?;
    let unit = cursor.deeper(primary::postfix)?;
    Ok(Rounded {
        how,
        unit: Box::new(unit),
    })
}

fn unary(cursor: &mut Cursor<'_>) -> Result<Expr, Problem> {
    let span = cursor.span();
    if cursor.eat_mark("-") {
        let inner = cursor.deeper(unary)?;
        return Expr::new(span.to(inner.span), Node::Negate(Box::new(inner)));
    }
    primary::postfix(cursor)
}
