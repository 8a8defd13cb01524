//! Whether what a kind says about who sees what agrees with itself.

use crate::schema::{Kind, PartyRef};
use crate::syntax::Problem;
use crate::syntax::ast::{FactDecl, FactNode};

/// Reports what contradicts: a party that sees part and the whole, all fields as a part, a person in public without a ground.
pub(super) fn consistent(decl: &FactDecl, kind: &Kind, problems: &mut Vec<Problem>) {
    let mut parts = kind.seen_in_part.iter();
    for clause in &decl.clauses {
        match &clause.node {
            FactNode::SeenIn { parties, fields } => {
                let Some(part) = parts.next() else {
                    return;
                };
                for (party, path) in part.parties.iter().zip(parties) {
                    if kind.seen_by.contains(party) {
                        let message = format!("`{}` sees {} whole", path.name.text, kind.name);
                        problems.push(
                            Problem::new(path.name.span, message, "sees it whole already")
                                .help("leave it out of one of the two".to_owned()),
                        );
                    }
                }
                if part.fields.len() == kind.fields.len() {
                    problems.push(
                        Problem::new(clause.span, "these are all fields", "not a part")
                            .help("write `seen by` without `only in`".to_owned()),
                    );
                }
                for (field, name) in fields
                    .iter()
                    .filter_map(|f| Some((kind.field(&f.text)?, f)))
                {
                    if kind.public.contains(&field) {
                        let message = format!("`{}` is public: everyone sees it", name.text);
                        problems.push(
                            Problem::new(name.span, message, "public already")
                                .help("leave it out of one of the two".to_owned()),
                        );
                    }
                }
            }
            FactNode::About { parties, law: None } => {
                let people = kind.about.iter().zip(parties);
                for (_, path) in people.filter(|(p, _)| published(kind, p)) {
                    let message = format!("`{}` is made public without a ground", path.name.text);
                    let help = "say on what ground, as in `about child law \"...\"`, or take it out of `public`";
                    problems.push(
                        Problem::new(path.name.span, message, "a person").help(help.to_owned()),
                    );
                }
            }
            _ => {}
        }
    }
}

fn published(kind: &Kind, person: &PartyRef) -> bool {
    match person {
        PartyRef::Constant(_) => false,
        PartyRef::Field(i) | PartyRef::Items(i) | PartyRef::EachItem { list: i, .. } => {
            kind.public.contains(i)
        }
    }
}
