//! From text to a tree: characters, lines and indentation, clauses, expressions. Nothing is resolved here.

pub(crate) mod ast;
mod calendar;
mod characters;
mod clause;
mod cursor;
mod due;
mod expr;
mod expression;
mod fact;
mod file;
mod kinds;
mod layout;
mod lexer;
mod period;
mod primary;
mod schedule;
mod token;
mod types;
pub(crate) mod words;

pub(crate) use cursor::Cursor;
pub(crate) use expr::expr;
pub(crate) use file::parse;
pub(crate) use layout::{Line, Lines};
pub(crate) use primary::{assigns, date, path, path_list, postfix, read_date};
pub(crate) use token::{Problem, Span, Tok, Token};
