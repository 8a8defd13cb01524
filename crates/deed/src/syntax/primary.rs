//! The smallest expressions: literals, names, calls, quantifiers.

use jiff::civil::Date;

use crate::limits::{YEAR_LITERAL_MAX, YEAR_LITERAL_MIN};

use super::ast::{Assign, Each, Expr, Name, Node};
use super::cursor::Cursor;
use super::expr::expr;
use super::lexer;
use super::period::{days_from, period};
use super::token::{Problem, Span, Tok};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A primary expression with any `.field` after it.
pub(crate) fn postfix(cursor: &mut Cursor<'_>) -> Result<Expr, Problem> {
    let first = primary(cursor)?;
    let value = fields(cursor, first)?;
    period(cursor, value)
}

/// A name with any `.field` after it, and nothing else.
pub(crate) fn path(cursor: &mut Cursor<'_>) -> Result<Expr, Problem> {
    let name = cursor.name("a party")?;
    let first = Expr::new(name.span, Node::Name(name.text))?;
    fields(cursor, first)
}

/// Comma-separated paths.
pub(crate) fn path_list(cursor: &mut Cursor<'_>) -> Result<Vec<Expr>, Problem> {
    cursor.list(path)
}

fn fields(cursor: &mut Cursor<'_>, mut value: Expr) -> Result<Expr, Problem> {
    while cursor.eat_mark(".") {
        let field = cursor.name("a field")?;
        value = Expr::new(
            value.span.to(field.span),
            Node::Field(Box::new(value), field),
        )?;
    }
    Ok(value)
}

fn primary(cursor: &mut Cursor<'_>) -> Result<Expr, Problem> {
    let span = cursor.span();
    if let Some(problem) = numbered_date(cursor) {
        return Err(problem);
    }
    let node = match cursor.peek() {
        Tok::Int(day) => match month_after(cursor) {
            Some(month) => return date_literal(cursor, day, month),
            None => Node::Int(day),
        },
        Tok::Money(money) => Node::Money(money),
        Tok::Text(text) => Node::Text(text.to_owned()),
        Tok::Name(word) => return named(cursor, word),
        Tok::Punct("(") => return parenthesised(cursor),
        Tok::Punct("[") => return list(cursor),
        Tok::Percent(rate) => Node::Percent(rate),
        Tok::Decimal(value, places) => Node::Decimal(value, places),
        _ => return Err(no_value(cursor)),
    };
    cursor.advance();
    Expr::new(span, node)
}

fn named(cursor: &mut Cursor<'_>, word: &str) -> Result<Expr, Problem> {
    let span = cursor.span();
    let constant = match word {
        "true" => Some(Node::Bool(true)),
        "false" => Some(Node::Bool(false)),
        "none" => Some(Node::None),
        "effective" => Some(Node::Effective),
        _ => None,
    };
    if let Some(node) = constant {
        cursor.advance();
        return Expr::new(span, node);
    }
    match word {
        "if" => return choice(cursor),
        "days" if cursor.word_ahead(1, "from") => return days_from(cursor),
        "every" => return each(cursor, Each::Every),
        "some" => return each(cursor, Each::Some),
        "sum" => return each(cursor, Each::Sum),
        "count" => return each(cursor, Each::Count),
        "length" => {
            cursor.advance();
            cursor.expect_word("of")?;
            let inner = cursor.deeper(postfix)?;
            return Expr::new(span.to(inner.span), Node::Length(Box::new(inner)));
        }
        _ => {}
    }
    let name = cursor.new_name("a value")?;
    if cursor.at_word("of") && cursor.word_ahead(1, "each") {
        cursor.advance();
        cursor.advance();
        let list = cursor.deeper(path)?;
        let span = name.span.to(list.span);
        return Expr::new(span, Node::Pluck(name, Box::new(list)));
    }
    if cursor.at_mark("(") {
        call(cursor, name)
    } else {
        Expr::new(name.span, Node::Name(name.text))
    }
}

/// `scale(value)`, `financial_year(date)`, or `Record(field = value, ...)`.
fn call(cursor: &mut Cursor<'_>, name: Name) -> Result<Expr, Problem> {
    cursor.expect_mark("(")?;
    cursor.skip_breaks();
    let record =
        matches!(cursor.peek(), Tok::Name(_)) && matches!(cursor.token(1).tok, Tok::Punct("="));
    let node = if record {
        let fields = cursor.list(assign)?;
        Node::Record {
            name: name.clone(),
            fields,
        }
    } else {
        Node::Call {
            name: name.clone(),
            argument: Box::new(expr(cursor)?),
        }
    };
    cursor.skip_breaks();
    let end = cursor.span();
    cursor.expect_mark(")")?;
    Expr::new(name.span.to(end), node)
}

/// `name = value`, or `name` alone.
pub(crate) fn assign(cursor: &mut Cursor<'_>) -> Result<Assign, Problem> {
    let name = cursor.name("a field")?;
    let value = if cursor.eat_mark("=") {
        expr(cursor)?
    } else {
        Expr::new(name.span, Node::Name(name.text.clone()))?
    };
    Ok(Assign { name, value })
}

/// The assignments after `with` or `becoming`, separated by commas or line ends.
pub(crate) fn assigns(cursor: &mut Cursor<'_>, stop: &[&str]) -> Result<Vec<Assign>, Problem> {
    let mut out = Vec::new();
    cursor.skip_breaks();
    loop {
        out.push(assign(cursor)?);
        let separated = cursor.eat_mark(",") || cursor.peek() == Tok::Break;
        cursor.skip_breaks();
        let stopped = stop.iter().any(|w| cursor.at_word(w))
            && !matches!(cursor.token(1).tok, Tok::Punct("="));
        if !separated || stopped || cursor.at_end() {
            return Ok(out);
        }
    }
}

fn parenthesised(cursor: &mut Cursor<'_>) -> Result<Expr, Problem> {
    let open = cursor.span();
    cursor.advance();
    let mut inner = expr(cursor)?;
    cursor.skip_breaks();
    inner.span = open.to(cursor.span());
    cursor.expect_mark(")")?;
    Ok(inner)
}

fn list(cursor: &mut Cursor<'_>) -> Result<Expr, Problem> {
    let open = cursor.span();
    cursor.advance();
    cursor.skip_breaks();
    let items = if cursor.at_mark("]") {
        Vec::new()
    } else {
        cursor.list(expr)?
    };
    cursor.skip_breaks();
    let span = open.to(cursor.span());
    cursor.expect_mark("]")?;
    Expr::new(span, Node::List(items))
}

fn choice(cursor: &mut Cursor<'_>) -> Result<Expr, Problem> {
    let start = cursor.span();
    cursor.advance();
    let condition = expr(cursor)?;
    cursor.expect_word("then")?;
    let yes = expr(cursor)?;
    cursor.expect_word("else")?;
    let no = expr(cursor)?;
    Expr::new(
        start.to(no.span),
        Node::If(Box::new(condition), Box::new(yes), Box::new(no)),
    )
}

/// `every x in list: condition` and its likes.
fn each(cursor: &mut Cursor<'_>, how: Each) -> Result<Expr, Problem> {
    let start = cursor.span();
    cursor.advance();
    let item = cursor.new_name("a name for each item")?;
    cursor.expect_word("in")?;
    let mut list = cursor.deeper(postfix)?;
    if cursor.eat_word("grouped") {
        cursor.expect_word("by")?;
        let keys = cursor.list(|c| c.name("a field of the items"))?;
        let span = list.span.to(cursor.before());
        list = Expr::new(span, Node::Grouped(Box::new(list), keys))?;
    }
    cursor.expect_mark(":")?;
    let body = expr(cursor)?;
    Expr::new(
        start.to(body.span),
        Node::Each {
            how,
            item,
            list: Box::new(list),
            body: Box::new(body),
        },
    )
}

fn month_after(cursor: &Cursor<'_>) -> Option<i8> {
    let Tok::Name(word) = cursor.token(1).tok else {
        return None;
    };
    MONTHS
        .iter()
        .position(|m| *m == word)
        .and_then(|i| i8::try_from(i + 1).ok())
}

/// A date such as `1 April 2025`.
pub(crate) fn date(cursor: &mut Cursor<'_>) -> Result<(Date, Span), Problem> {
    if let Some(problem) = numbered_date(cursor) {
        return Err(problem);
    }
    let day = match cursor.peek() {
        Tok::Int(day) => day,
        _ => return Err(cursor.expected("a date such as `1 April 2025`")),
    };
    let Some(month) = month_after(cursor) else {
        cursor.advance();
        return Err(cursor.unknown_word("a month", &MONTHS));
    };
    let literal = date_literal(cursor, day, month)?;
    match literal.node {
        Node::Date(date) => Ok((date, literal.span)),
        _ => Err(cursor.expected("a date")),
    }
}

/// `2026-06-24`, written without spaces, which would else be a subtraction.
fn numbered_date(cursor: &Cursor<'_>) -> Option<Problem> {
    let tokens = [0, 1, 2, 3, 4].map(|ahead| cursor.token(ahead));
    let [
        Tok::Int(year @ 1000..=9999),
        Tok::Punct("-"),
        Tok::Int(month),
        Tok::Punct("-"),
        Tok::Int(day),
    ] = tokens.map(|t| t.tok)
    else {
        return None;
    };
    let joined = tokens.windows(2).all(|t| t[0].span.end == t[1].span.start);
    let at = usize::try_from(month - 1).ok().filter(|_| joined)?;
    let month = MONTHS.get(at)?;
    let span = tokens[0].span.to(tokens[4].span);
    let problem = Problem::new(span, "a date is written with its month in words", "no date");
    Some(problem.help(format!("write `{day} {month} {year}`")))
}

/// No value, where perhaps a comparison is written as elsewhere.
fn no_value(cursor: &Cursor<'_>) -> Problem {
    let problem = cursor.expected("a value");
    let (before, here) = (cursor.before(), cursor.token(0));
    let behind_equals = before.end == here.span.start && cursor.after_mark("=");
    let meant = match here.tok {
        Tok::Punct("=") if behind_equals => "two values are compared with one `=`",
        Tok::Punct(">") if behind_equals => "write `>=` for \"at least\"",
        Tok::Punct("<") if behind_equals => "write `<=` for \"at most\"",
        _ => return problem,
    };
    problem.help(meant.to_owned())
}

/// A date that stands alone, as contracts write it.
pub(crate) fn read_date(text: &str) -> Option<Date> {
    let mut tokens = Vec::new();
    lexer::tokens(text, 0, &mut tokens).ok()?;
    let mut cursor = Cursor::new(&tokens);
    let (date, _) = date(&mut cursor).ok()?;
    cursor.at_end().then_some(date)
}

fn date_literal(cursor: &mut Cursor<'_>, day: i64, month: i8) -> Result<Expr, Problem> {
    let start = cursor.span();
    cursor.advance();
    cursor.advance();
    let span = start.to(cursor.span());
    let year = cursor.int("the year")?;
    let date = i16::try_from(year)
        .ok()
        .filter(|y| (YEAR_LITERAL_MIN..=YEAR_LITERAL_MAX).contains(&i64::from(*y)))
        .zip(i8::try_from(day).ok())
        .and_then(|(y, d)| Date::new(y, month, d).ok());
    match date {
        Some(date) => Expr::new(span, Node::Date(date)),
        None => Err(Problem::new(
            span,
            "there is no such day",
            "not in the calendar",
        )),
    }
}
