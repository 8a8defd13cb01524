//! What the words before a place ask for.

use crate::outline::Declaration;

/// What can stand at a place, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place<'l> {
    /// Behind `working days in`.
    Calendar,
    /// Behind `keep 2`.
    Period,
    /// Behind `name:` of a field or parameter.
    Type,
    /// Behind `Kind with`, `Record(` or an action's `with`: what has the fields.
    FieldOf(&'l str),
}

/// The place behind `before`, a text up to the name that is being written there.
pub(super) fn place<'l>(before: &'l str, inside: Option<&Declaration<'_>>) -> Option<Place<'l>> {
    let (above, line) = match before.rfind('\n') {
        Some(end) => (&before[..end], &before[end + 1..]),
        None => ("", before),
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    let declared = inside.map_or("", |d| d.word);
    match words.as_slice() {
        [.., "working", "day" | "days", "in"] => return Some(Place::Calendar),
        ["keep", count] if count.parse::<u32>().is_ok() => return Some(Place::Period),
        [name] if is_typed(declared) && name.ends_with(':') => return Some(Place::Type),
        [name, "list", "of"] if is_typed(declared) && name.ends_with(':') => {
            return Some(Place::Type);
        }
        ["parameter", name] if name.ends_with(':') => return Some(Place::Type),
        _ => {}
    }
    given(line).or_else(|| {
        let goes_on = line.trim().is_empty() || line.trim_end().ends_with(',');
        let no_field = |value: &str| !value.contains(" with ") && !value.contains('(');
        (goes_on && no_field(line))
            .then(|| given_above(above, line))
            .flatten()
    })
}

fn is_typed(declared: &str) -> bool {
    matches!(declared, "fact" | "record" | "action")
}

/// `X with `, `X with a = 1, ` and `X(`, in one line.
fn given(line: &str) -> Option<Place<'_>> {
    let line = line.trim_end();
    if let Some(before) = line.strip_suffix('(') {
        let owner = last_name(before);
        return (!owner.is_empty()).then_some(Place::FieldOf(owner));
    }
    let (before, given) = match line.strip_suffix(" with") {
        Some(before) => (before, ""),
        None => line.rsplit_once(" with ")?,
    };
    let next = given.is_empty() || given.ends_with(',');
    let flat =
        !given.contains(['(', '"']) || given.matches('(').count() == given.matches(')').count();
    (next && flat).then(|| Place::FieldOf(owner(before)))
}

/// The line that ends `with`, under which this one stands.
fn given_above<'l>(above: &'l str, line: &str) -> Option<Place<'l>> {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let mut lines = above.lines().rev().filter(|l| !l.trim().is_empty());
    let parent = lines.find(|l| indent(l) < indent(line))?;
    let before = parent.trim_end().strip_suffix(" with")?;
    Some(Place::FieldOf(owner(before)))
}

/// What stands before `with`: a kind, or, when a day does, the action at the beginning.
fn owner(before: &str) -> &str {
    let last = last_name(before);
    match last.starts_with(|c: char| c.is_ascii_digit()) {
        true => before.split_whitespace().next().unwrap_or_default(),
        false => last,
    }
}

fn last_name(before: &str) -> &str {
    let before = before.trim_end();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    &before[before.trim_end_matches(is_name).len()..]
}
