//! A credential as its holder shows it: chosen disclosures, and a key binding for one verifier (RFC 9901 §4.3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ledger::Digest;
use ledger::presentation::HolderSecret;
use serde_json::{Value, json};

use super::jws::{base64url, signed_part};

/// Bytes of a credential that is read: a fact of the largest size, and its disclosures.
const CREDENTIAL_BYTES_MAX: usize = 4 << 20;

/// Why a credential can't be shown so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotShowable {
    /// Not a credential without key binding.
    #[error("not an SD-JWT VC as its issuer made it: it ends with `~`")]
    Shape,
    /// A field that it doesn't have.
    #[error("it discloses no field {field:?}; it has: {known}")]
    NoField {
        /// What was asked for.
        field: String,
        /// What there is.
        known: String,
    },
}

/// A disclosure's name of a field.
fn name(disclosure: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(disclosure).ok()?;
    let parts: Vec<Value> = serde_json::from_slice(&bytes).ok()?;
    match parts.as_slice() {
        [Value::String(_), Value::String(name), _] => Some(name.clone()),
        _ => None,
    }
}

/// The credential with the disclosures of these fields, or of all where none are named.
///
/// # Errors
/// [`NotShowable`].
pub(crate) fn chosen(credential: &str, fields: &[String]) -> Result<String, NotShowable> {
    let credential = credential.trim_end();
    if credential.len() > CREDENTIAL_BYTES_MAX {
        return Err(NotShowable::Shape);
    }
    let unbound = credential.strip_suffix('~').ok_or(NotShowable::Shape)?;
    let mut parts = unbound.split('~');
    let token = parts.next().ok_or(NotShowable::Shape)?;
    let disclosures: Vec<(String, &str)> = parts
        .map(|part| Some((name(part)?, part)))
        .collect::<Option<_>>()
        .ok_or(NotShowable::Shape)?;
    for field in fields {
        if !disclosures.iter().any(|(name, _)| name == field) {
            let known: Vec<&str> = disclosures.iter().map(|(name, _)| name.as_str()).collect();
            return Err(NotShowable::NoField {
                field: field.clone(),
                known: known.join(", "),
            });
        }
    }
    let kept = disclosures
        .into_iter()
        .filter(|(name, _)| fields.is_empty() || fields.contains(name));
    Ok(kept.fold(format!("{token}~"), |kept, (_, part)| kept + part + "~"))
}

/// To whom, in answer to what, and when a credential is shown.
pub(crate) struct Binding {
    pub(crate) audience: String,
    pub(crate) nonce: String,
    pub(crate) time: Timestamp,
}

impl Binding {
    /// The credential with the holder's word that it is shown so. `None` only for what the ledger itself signs.
    pub(crate) fn sign(&self, chosen: String, holder: &HolderSecret) -> Option<String> {
        let header = json!({ "alg": "EdDSA", "typ": "kb+jwt" });
        let claims = json!({
            "aud": self.audience,
            "nonce": self.nonce,
            "iat": self.time.as_second(),
            "sd_hash": base64url(Digest::of(&[chosen.as_bytes()]).0),
        });
        let signed = signed_part(&header, &claims);
        let signature = holder.sign_elsewhere(signed.as_bytes())?;
        Some(format!("{chosen}{signed}.{}", base64url(signature)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disclosure(name: &str) -> String {
        base64url(json!(["salt", name, 1]).to_string())
    }

    #[test]
    fn only_chosen_fields_are_kept_and_others_said() {
        let (a, b) = (disclosure("a"), disclosure("b"));
        let credential = format!("x.y.z~{a}~{b}~\n");
        let all = format!("x.y.z~{a}~{b}~");
        let other = NotShowable::NoField {
            field: "c".to_owned(),
            known: "a, b".to_owned(),
        };
        let table = [
            (credential.clone(), vec![], Ok(all.clone())),
            (credential.clone(), vec!["b"], Ok(format!("x.y.z~{b}~"))),
            (credential.clone(), vec!["b", "a"], Ok(all.clone())),
            (credential, vec!["c"], Err(other)),
            (
                all.trim_end_matches('~').to_owned(),
                vec![],
                Err(NotShowable::Shape),
            ),
            (
                "x.y.z~nonsense~".to_owned(),
                vec![],
                Err(NotShowable::Shape),
            ),
            (String::new(), vec![], Err(NotShowable::Shape)),
        ];
        for (credential, fields, expected) in table {
            let fields: Vec<String> = fields.into_iter().map(str::to_owned).collect();
            assert_eq!(
                chosen(&credential, &fields),
                expected,
                "{credential} {fields:?}"
            );
        }
    }
}
