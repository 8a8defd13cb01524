//! Names that nothing uses.

use crate::outline::{Declaration, is_word, name_of};
use crate::syntax::{Problem, Tok, Token};

/// What a declared name is, when nothing uses it, and what to do.
const DECLARED: [(&str, &str, &str); 6] = [
    (
        "party",
        "no clause names the party",
        "remove the party, or give it its part",
    ),
    ("record", "no field is of the record", "remove the record"),
    (
        "scale",
        "no action applies the scale",
        "remove the scale, or apply it as in `name(amount)`",
    ),
    (
        "parameter",
        "no rule or value reads the parameter",
        "remove the parameter",
    ),
    (
        "host",
        "no rule or value calls the function",
        "remove the line, or call the function as in `name(value)`",
    ),
    (
        "fact",
        "no action makes, uses or reads the fact",
        "remove the fact, or write the action that is missing",
    ),
];

/// Names that are declared and stand nowhere else.
pub(super) fn unused(declarations: &[Declaration<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for declaration in declarations {
        let known = DECLARED.iter().find(|(word, ..)| *word == declaration.word);
        if let Some((word, label, help)) = known {
            let mut others = declarations
                .iter()
                .filter(|d| d.name_span != declaration.name_span);
            if !others.any(|d| uses(&d.tokens, declaration.name)) {
                let message = format!("nothing uses the {word} `{}`", declaration.name);
                let problem = Problem::new(declaration.name_span, message, *label);
                problems.push(problem.help((*help).to_owned()));
            }
        }
        if matches!(declaration.word, "action" | "policy") {
            inside(declaration, &mut problems);
        }
    }
    problems
}

/// Parameters, `let`s and named facts of an action.
fn inside(action: &Declaration<'_>, problems: &mut Vec<Problem>) {
    for (i, clause) in action.clauses.iter().enumerate() {
        let Some(token) = clause.introduces() else {
            continue;
        };
        let Some(name) = name_of(token) else {
            continue;
        };
        let mut others = action.clauses.iter().enumerate().filter(|(at, _)| *at != i);
        if others.any(|(_, other)| !introduces(other, name) && uses(&other.tokens, name)) {
            continue;
        }
        let (what, help) = if clause.is_field() {
            (
                "parameter",
                "whoever uses the action must give it: remove it, or let it matter",
            )
        } else if clause.begins("let") {
            ("value", "remove the `let`, or use the name")
        } else if clause.begins("references") {
            (
                "fact",
                "a fact that is asked for and not read proves nothing: test a field of it",
            )
        } else {
            continue;
        };
        let message = format!("nothing in {} uses the {what} `{name}`", action.name);
        let problem = Problem::new(token.span, message, "stands here and nowhere else");
        problems.push(problem.help(help.to_owned()));
    }
}

fn introduces(clause: &crate::outline::Clause<'_>, name: &str) -> bool {
    clause.introduces().and_then(name_of) == Some(name)
}

/// Whether a name stands among the tokens as itself: not behind a dot, where it is a field, nor before a colon, where it is
/// declared, unless it is the list in `sum c in costs: c`.
fn uses(tokens: &[Token<'_>], name: &str) -> bool {
    (0..tokens.len()).any(|i| {
        let behind_dot = i > 0 && matches!(tokens[i - 1].tok, Tok::Punct("."));
        let listed = i > 0 && is_word(&tokens[i - 1], "in");
        let colon = matches!(tokens.get(i + 1).map(|t| &t.tok), Some(Tok::Punct(":")));
        let declares = colon && !listed;
        name_of(&tokens[i]) == Some(name) && !behind_dot && !declares
    })
}
