//! The parties of a contract, and who is meant by a reference to a party.

use crate::contract::Contract;
use crate::policy::Policies;
use crate::schema::{Field, Kind, PartyRef, Type};
use crate::value::Party;

use super::html::Page;
use super::{Source, spoken};

pub(super) fn section(
    page: &mut Page,
    contract: &Contract,
    policies: &[Policies],
    source: &Source<'_>,
) {
    page.raw("<section id=\"parties\">\n");
    page.element("h2", "Parties");
    page.notes(source.notes("party", None));
    if contract.parties().is_empty() {
        page.classed(
            "p",
            "note",
            "The contract names no party: everybody in it is named by whoever uses it.",
        );
    } else {
        page.raw("<table>\n<thead><tr><th scope=\"col\">Called</th><th scope=\"col\">Legal identity</th><th scope=\"col\">Part in the facts and policies</th></tr></thead>\n<tbody>\n");
        for (name, party) in contract.parties() {
            page.raw("<tr><th scope=\"row\">")
                .text(&spoken(name))
                .raw("</th><td><code>");
            page.text(party.as_str()).raw("</code></td><td>");
            page.text(&parts(contract, policies, party))
                .raw("</td></tr>\n");
        }
        page.raw("</tbody>\n</table>\n");
    }
    page.raw("</section>\n");
}

/// What a party does for facts: controls, attests, sees, observes, shows; which policies propose to tell it something.
fn parts(contract: &Contract, policies: &[Policies], party: &Party) -> String {
    use crate::schema::Control;
    let constant = PartyRef::Constant(party.clone());
    let mut out = Vec::new();
    let mut said = |verb: &str, has: &dyn Fn(&Kind) -> bool| {
        let kinds = contract.kinds().iter().filter(|k| has(k));
        let names: Vec<&str> = kinds.map(|k| k.name.as_str()).collect();
        if !names.is_empty() {
            out.push(format!("{verb} {}", names.join(", ")));
        }
    };
    said("controls", &|k| match &k.control {
        Control::Nobody => false,
        Control::One(one) => *one == constant,
        Control::AllOf(all) => all.contains(&constant),
        Control::With {
            controller,
            attestor,
        } => *controller == constant || *attestor == constant,
    });
    said("attests", &|k| k.attestation.parties.contains(&constant));
    said("sees", &|k| k.seen_by.contains(&constant));
    said("observes", &|k| k.observed_by.contains(&constant));
    said("shows", &|k| k.shown_by.as_ref() == Some(&constant));
    let policies = policies.iter().flat_map(|p| p.telling(party));
    let policies: Vec<String> = policies.map(spoken).collect();
    if !policies.is_empty() {
        out.push(format!("may be told by the policy {}", policies.join(", ")));
    }
    if out.is_empty() {
        return "none; it takes part in actions".to_owned();
    }
    out.join("; ")
}

/// A party as the contract means it: by its name, or by the field that holds it.
pub(super) fn who(contract: &Contract, kind: &Kind, party: &PartyRef) -> String {
    let field = |i: &u16| kind.fields.get(usize::from(*i));
    let name = |f: Option<&Field>| f.map_or_else(String::new, |f| spoken(&f.name));
    match party {
        PartyRef::Constant(party) => {
            let named = contract.parties().iter().find(|(_, p)| *p == party);
            named.map_or_else(|| party.to_string(), |(n, _)| format!("the {}", spoken(n)))
        }
        PartyRef::Field(i) => {
            let optional = field(i).is_some_and(|f| matches!(f.ty, Type::Optional(_)));
            let maybe = if optional { ", if there is one" } else { "" };
            format!("its {}{maybe}", name(field(i)))
        }
        PartyRef::Items(i) => format!("each of its {}", name(field(i))),
        PartyRef::EachItem { list, field: at } => {
            let record = field(list).and_then(|f| match &f.ty {
                Type::List { of, .. } => match of.as_ref() {
                    Type::Record(r) => contract.records().get(usize::from(*r)),
                    _ => None,
                },
                _ => None,
            });
            let inner = record.and_then(|r| r.fields.get(usize::from(*at)));
            format!("the {} of each of its {}", name(inner), name(field(list)))
        }
    }
}

/// Several parties in a sentence.
pub(super) fn all(contract: &Contract, kind: &Kind, parties: &[PartyRef]) -> String {
    let names: Vec<String> = parties.iter().map(|p| who(contract, kind, p)).collect();
    match names.as_slice() {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
