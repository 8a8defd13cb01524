//! Facts that their holder takes elsewhere, as a credential.

use crate::limits::CREDENTIAL_TYPE_BYTES_MAX;
use crate::schema::{Credential, Kind, Type};
use crate::syntax::Problem;
use crate::syntax::ast::{FactDecl, FactNode, Name, Text};

use super::find::field_named;

/// Names by which readers of credentials know claims about the credential itself or its subject (RFC 7519 §4.1, RFC 7800,
/// SD-JWT VC, W3C data model 2.0), and the network's own.
const CLAIMS: [&str; 13] = [
    "aud", "cnf", "exp", "iat", "id", "iss", "jti", "nbf", "pvn", "status", "sub", "type", "vct",
];

/// Refuses a credential that anybody could show, and one whose fields could be taken for what it says of itself.
pub(super) fn consistent(decl: &FactDecl, problems: &mut Vec<Problem>) {
    let mut clauses = decl.clauses.iter();
    let credential = clauses.find(|c| matches!(c.node, FactNode::Credential { .. }));
    if let Some(clause) = credential.filter(|_| !is_shown(decl)) {
        let message = format!("anybody could show {} as this credential", decl.name.text);
        problems.push(
            Problem::new(clause.span, message, "shown by whom?")
                .help("say `shown by` and the field with its holder".to_owned()),
        );
    }
    if credential.is_some() {
        let fields = decl.fields.iter().map(|field| &field.name);
        for name in fields.filter(|name| CLAIMS.contains(&name.text.as_str())) {
            let message = format!(
                "`{}` means something else to readers of credentials",
                name.text
            );
            problems.push(
                Problem::new(name.span, message, "a name that credentials keep")
                    .help("give the field another name".to_owned()),
            );
        }
    }
}

/// Whether the clause stands there; what is wrong with its party is told on its own.
fn is_shown(decl: &FactDecl) -> bool {
    let mut clauses = decl.clauses.iter();
    clauses.any(|c| matches!(c.node, FactNode::ShownBy(_)))
}

/// `credential "https://..." until expires`.
pub(super) fn read(vct: &Text, until: Option<&Name>, kind: &Kind) -> Result<Credential, Problem> {
    if !is_https(&vct.text) {
        return Err(Problem::new(
            vct.span,
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
        vct: vct.text.clone(),
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
