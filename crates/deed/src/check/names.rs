//! The names a contract declares: once each, in the one style, and not to be taken for one another.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::syntax::Problem;
use crate::syntax::ast::{FieldDecl, File, Name};

use super::PLAIN_FUNCTIONS;

/// What policies call the day.
const TODAY: &str = "today";

/// A name as it looks at a glance (after UTS #39's skeletons, for the letters names are written in).
fn skeleton(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        let c = match c.to_ascii_lowercase() {
            '0' => 'o',
            '1' | 'i' => 'l',
            'n' if out.ends_with('r') => {
                out.pop();
                'm'
            }
            'v' if out.ends_with('v') => {
                out.pop();
                'w'
            }
            c => c,
        };
        out.push(c);
    }
    out
}

/// Refuses names given twice, and names that look like another.
pub(crate) fn distinct<'n>(names: impl Iterator<Item = &'n Name>, problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<String, &Name> = BTreeMap::new();
    for name in names {
        let first = match seen.entry(skeleton(&name.text)) {
            Entry::Vacant(place) => {
                place.insert(name);
                continue;
            }
            Entry::Occupied(place) => *place.get(),
        };
        problems.push(if first.text == name.text {
            let message = format!("`{}` is declared twice", name.text);
            Problem::new(name.span, message, "declared before")
        } else {
            let message = format!("`{}` looks like `{}`", name.text, first.text);
            Problem::new(name.span, message, "easily taken for the other")
                .help("choose a name that nobody can mistake".to_owned())
        });
    }
}

/// Refuses a name whose first letter has the wrong case.
pub(crate) fn styled(name: &Name, capital: bool, problems: &mut Vec<Problem>) {
    let first = name.text.chars().next().unwrap_or_default();
    if first.is_ascii_uppercase() != capital {
        let rule = if capital {
            "a capital letter"
        } else {
            "a small letter"
        };
        let mut fixed = name.text.clone();
        let head = if capital {
            first.to_ascii_uppercase()
        } else {
            first.to_ascii_lowercase()
        };
        fixed.replace_range(..1, &head.to_string());
        let help = format!(
            "write `{fixed}`: kinds, records and actions begin with a capital, all else small"
        );
        let message = format!("`{}` begins with {rule}", name.text);
        problems.push(Problem::new(name.span, message, "wrong case").help(help));
    }
}

pub(super) fn check(file: &File, problems: &mut Vec<Problem>) {
    let capitals = file
        .records
        .iter()
        .map(|r| &r.name)
        .chain(file.facts.iter().map(|f| &f.name))
        .chain(file.actions.iter().map(|a| &a.name));
    let small = file
        .parties
        .iter()
        .map(|p| &p.name)
        .chain(file.schedules.iter().map(|s| &s.name))
        .chain(file.uses.iter().map(|u| &u.name))
        .chain(file.calendars.iter().map(|c| &c.name))
        .chain(file.hosts.iter().map(|h| &h.name));
    capitals.clone().for_each(|n| styled(n, true, problems));
    small.clone().for_each(|n| styled(n, false, problems));
    for name in small
        .clone()
        .filter(|n| PLAIN_FUNCTIONS.contains(&n.text.as_str()))
    {
        let message = format!("`{}` is a function of the language", name.text);
        problems.push(Problem::new(name.span, message, "choose another name"));
    }
    for name in small.clone().filter(|n| n.text == TODAY) {
        let message = format!("`{TODAY}` is the day on which a policy is asked");
        problems.push(Problem::new(name.span, message, "choose another name"));
    }
    distinct(capitals.chain(small), problems);
}

/// Checks the names of a record's or fact's fields.
pub(super) fn fields(fields: &[FieldDecl], problems: &mut Vec<Problem>) {
    fields.iter().for_each(|f| styled(&f.name, false, problems));
    distinct(fields.iter().map(|f| &f.name), problems);
}
