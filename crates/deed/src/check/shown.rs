//! Facts that their holder shows: which kinds can be, and as which credential.

use crate::limits::CREDENTIAL_TYPE_BYTES_MAX;
use crate::schema::{Credential, Kind, Type};
use crate::syntax::ast::{FactDecl, FactNode, Name};
use crate::syntax::{Problem, Span};

use super::find::field_named;

/// Refuses what nobody holds for long enough to show, and a credential that anybody could.
pub(super) fn consistent(decl: &FactDecl, kind: &Kind, problems: &mut Vec<Problem>) {
    for clause in &decl.clauses {
        match &clause.node {
            FactNode::ShownBy(_) if decl.money => {
                let message = format!(
                    "{} is money: it is split and joined as it is paid",
                    kind.name
                );
                problems.push(
                    Problem::new(clause.span, message, "not shown by anybody").help(
                        "say `shown by` of a fact about the payment, as a receipt".to_owned(),
                    ),
                );
            }
            FactNode::Credential { .. } if !is_shown(decl) => {
                let message = format!("anybody could show {} as this credential", kind.name);
                problems.push(
                    Problem::new(clause.span, message, "shown by whom?")
                        .help("say `shown by` and the field with its holder".to_owned()),
                );
            }
            _ => {}
        }
    }
}

/// Whether the clause stands there; what is wrong with its party is told on its own.
fn is_shown(decl: &FactDecl) -> bool {
    let mut clauses = decl.clauses.iter();
    clauses.any(|c| matches!(c.node, FactNode::ShownBy(_)))
}

/// `credential "https://..." until expires`.
pub(super) fn credential(
    vct: &(String, Span),
    until: Option<&Name>,
    kind: &Kind,
) -> Result<Credential, Problem> {
    let (vct, span) = vct;
    if !is_https(vct) {
        return Err(Problem::new(
            *span,
            format!(
                "a credential's type is an https address of at most {CREDENTIAL_TYPE_BYTES_MAX} characters"
            ),
            "not such an address",
        )
        .help("write it as `https://`, a host in small letters, and a path".to_owned()));
    }
    let until = match until {
        None => None,
        Some(name) => Some(day(name, kind)?),
    };
    Ok(Credential {
        vct: vct.clone(),
        until,
    })
}

/// The field with the last day; it may be empty.
fn day(name: &Name, kind: &Kind) -> Result<u16, Problem> {
    let (field, ty) = field_named(&kind.fields, &kind.name, name)?;
    let ty = match ty {
        Type::Optional(of) => *of,
        ty => ty,
    };
    if ty == Type::Date {
        return Ok(field);
    }
    let message = format!("`{}` is not a date but {ty}", name.text);
    Err(Problem::new(name.span, message, "expected a date"))
}

/// Whether a text is an address of RFC 3986 with the scheme https, a plain host and no fragment: one that every reader of
/// credentials compares and asks for in the same way.
fn is_https(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else {
        return false;
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let label = |label: &str| {
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        !label.is_empty() && label.bytes().all(plain)
    };
    let in_path = |c: u8| c.is_ascii_alphanumeric() || b"-._~/?%:@!$&'()*+,;=".contains(&c);
    text.len() <= CREDENTIAL_TYPE_BYTES_MAX
        && host.split('.').all(label)
        && path.bytes().all(in_path)
}
