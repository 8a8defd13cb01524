//! What is known: each kind of fact with its fields, and who may do what with it.

use crate::contract::Contract;
use crate::schema::{Control, Credential, Field, Keep, KeepFrom, Kind, Type};
use crate::value::Value;

use super::html::{Page, escaped};
use super::people::{all, who};
use super::{Source, spoken};

pub(super) fn section(page: &mut Page, contract: &Contract, source: &Source<'_>) {
    page.raw("<section id=\"facts\">\n");
    page.element("h2", "Facts");
    for kind in contract.kinds() {
        let name = escaped(&kind.name);
        page.write(format_args!("<article id=\"fact-{name}\">\n<h3>{name}"));
        if kind.money.is_some() {
            page.raw("<span class=\"tag money\">money</span>");
        }
        if let Some((used, _)) = kind.name.split_once('.') {
            let tag = format!("of the contract {}", spoken(used));
            page.raw("<span class=\"tag\">").text(&tag).raw("</span>");
        }
        page.raw("</h3>\n");
        if !kind.doc.is_empty() {
            page.element("p", &kind.doc);
        }
        page.law(kind.law.as_deref());
        page.notes(source.notes("fact", Some(&kind.name)));
        fields(page, contract, kind);
        page.raw("<h4>Who may, who sees, how long</h4>\n<dl class=\"who\">\n");
        powers(page, contract, kind);
        page.raw("</dl>\n</article>\n");
    }
    page.raw("</section>\n");
}

fn fields(page: &mut Page, contract: &Contract, kind: &Kind) {
    page.raw("<h4>Fields</h4>\n");
    let public = (0_u16..)
        .zip(&kind.fields)
        .map(|(i, _)| match kind.public.contains(&i) {
            true => "yes",
            false => "no",
        });
    let public: Vec<&str> = public.collect();
    table(page, contract, "Field", &kind.fields, &public);
}

/// Fields or parameters as a table, with what stands in a last column of its own.
pub(super) fn table(
    page: &mut Page,
    contract: &Contract,
    what: &str,
    fields: &[Field],
    public: &[&str],
) {
    let described = fields.iter().any(|f| !f.doc.is_empty());
    let heads = [
        Some(what),
        Some("Holds"),
        described.then_some("Meaning"),
        (!public.is_empty()).then_some("Everyone may read it"),
    ];
    page.raw("<table>\n<thead><tr>");
    for head in heads.into_iter().flatten() {
        page.write(format_args!("<th scope=\"col\">{head}</th>"));
    }
    page.raw("</tr></thead>\n<tbody>\n");
    for (i, field) in fields.iter().enumerate() {
        page.raw("<tr><th scope=\"row\"><code>")
            .text(&field.name)
            .raw("</code></th><td>");
        page.text(&in_words(&field.ty, contract)).raw("</td>");
        if described {
            page.raw("<td>").text(&field.doc).raw("</td>");
        }
        if let Some(public) = public.get(i) {
            page.raw("<td>").text(public).raw("</td>");
        }
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table>\n");
}

fn powers(page: &mut Page, contract: &Contract, kind: &Kind) {
    let names = |fields: &[u16]| {
        let fields = fields
            .iter()
            .filter_map(|i| kind.fields.get(usize::from(*i)));
        fields
            .map(|f| f.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let control = match &kind.control {
        Control::Nobody => "nobody: once made, it stays as it is".to_owned(),
        Control::One(one) => who(contract, kind, one),
        Control::AllOf(parties) => format!("{}, all together", all(contract, kind, parties)),
        Control::With {
            controller,
            attestor,
        } => format!(
            "{}, if {} agrees",
            who(contract, kind, controller),
            who(contract, kind, attestor)
        ),
    };
    page.term("Used up by", &control);
    let attestation = &kind.attestation;
    let attested = match attestation.parties.len() {
        0 => "all who sign the action that makes it".to_owned(),
        n if n == usize::from(attestation.needed) => all(contract, kind, &attestation.parties),
        _ => {
            format!(
                "any {} of {}",
                attestation.needed,
                all(contract, kind, &attestation.parties)
            )
        }
    };
    page.term("Vouched for by", &attested);
    let seen = match kind.seen_by.as_slice() {
        [] => "those who sign".to_owned(),
        parties => format!("those who sign, and {}", all(contract, kind, parties)),
    };
    page.term("Seen whole by", &seen);
    for part in &kind.seen_in_part {
        let parties = all(contract, kind, &part.parties);
        page.term(
            "Seen in part by",
            &format!("{parties}: only {}", names(&part.fields)),
        );
    }
    if !kind.observed_by.is_empty() {
        let observers = all(contract, kind, &kind.observed_by);
        page.term("Shown, without any power, to", &observers);
    }
    if let Some(holder) = &kind.shown_by {
        let holder = who(contract, kind, holder);
        page.term(
            "Shown by",
            &format!("{holder}, who alone can show a proof of it"),
        );
    }
    if let Some(credential) = &kind.credential {
        page.term("Taken elsewhere as", &taken(kind, credential));
    }
    let public = match kind.public.len() {
        0 => "nothing".to_owned(),
        n if n == kind.fields.len() => "all of it".to_owned(),
        _ => names(&kind.public),
    };
    page.term("Public", &public);
    if !kind.about.is_empty() {
        let people = all(contract, kind, &kind.about);
        let about = format!("{people}{}", cited(kind.about_law.as_ref()));
        page.term("Personal: it is about", &about);
    }
    if !kind.one_per.is_empty() {
        page.term("There is only one for each", &names(&kind.one_per));
    }
    if kind.money.is_some() {
        page.term("Paid under other contracts", &payable(contract, kind));
    }
    page.term("Kept", &kept(kind.keep.as_ref()));
}

/// Whether, and with which attributes, other contracts say that money is paid.
fn payable(contract: &Contract, kind: &Kind) -> String {
    let shown = |(field, value): &(u16, Value)| {
        let field = &kind.fields[usize::from(*field)];
        format!("{} is {}", field.name, contract.show(value, &field.ty))
    };
    match kind.payable.as_deref() {
        None => "no: this contract alone moves it".to_owned(),
        Some([]) => "yes, when its holder signs".to_owned(),
        Some(fixed) => {
            let fixed: Vec<String> = fixed.iter().map(shown).collect();
            format!("while {}, when its holder signs", fixed.join(" and "))
        }
    }
}

/// The credential that a fact is, and how long it is one.
fn taken(kind: &Kind, credential: &Credential) -> String {
    let until = credential
        .until
        .and_then(|i| kind.fields.get(usize::from(i)));
    let until = until.map(|field| {
        let optional = matches!(field.ty, Type::Optional(_));
        let maybe = if optional { ", if there is one" } else { "" };
        format!(", until its {}{maybe}", spoken(&field.name))
    });
    format!(
        "a credential of the type {}{}",
        credential.vct,
        until.unwrap_or_default()
    )
}

/// The law behind something, in brackets.
fn cited(law: Option<&String>) -> String {
    law.map(|law| format!(" ({law})")).unwrap_or_default()
}

fn kept(keep: Option<&Keep>) -> String {
    match keep {
        None => "the contract says nothing about how long".to_owned(),
        Some(Keep::Forever { law }) => format!("for good{}", cited(law.as_ref())),
        Some(Keep::Months { months, from, law }) => {
            let from = match from {
                KeepFrom::Created => "it was made",
                KeepFrom::Consumed => "it was used up",
            };
            let (number, unit) = match months % 12 {
                0 => (months / 12, "year"),
                _ => (*months, "month"),
            };
            let s = if number == 1 { "" } else { "s" };
            format!("for {number} {unit}{s} after {from}{}", cited(law.as_ref()))
        }
    }
}

/// A type as somebody reads it who doesn't program.
fn in_words(ty: &Type, contract: &Contract) -> String {
    match ty {
        Type::Bool => "yes or no".to_owned(),
        Type::Int => "a whole number".to_owned(),
        Type::Text => "text".to_owned(),
        Type::Percent => "a percentage".to_owned(),
        Type::Decimal(places) => format!("a number with {places} decimal places"),
        Type::Money(currency) => format!("an amount in {currency}"),
        Type::Date => "a day".to_owned(),
        Type::Party => "a party".to_owned(),
        Type::File => "a file, which stands elsewhere".to_owned(),
        Type::Choice(names) => names.join(", or ").replace('_', " "),
        Type::Optional(of) => format!("{}, or nothing", in_words(of, contract)),
        Type::List { of, at_most } => {
            format!("up to {at_most} times: {}", in_words(of, contract))
        }
        Type::Record(index) => {
            let record = contract.records().get(usize::from(*index));
            record.map_or_else(String::new, |r| format!("a {}", r.name))
        }
    }
}
