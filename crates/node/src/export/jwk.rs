//! Public keys as JSON Web Keys (RFC 7517, 7518, 8037), and the names that follow from them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ledger::Digest;
use ledger::signature::{PublicKey, Suite};
use serde::Serialize;
use serde_json::{Value, json};

/// A key of a suite that the format doesn't know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("keys of suite {0} have no form there")]
pub(crate) struct UnknownSuite(pub u8);

/// A key: exactly the members that its thumbprint hashes, in the order in which it hashes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Jwk(BTreeMap<&'static str, String>);

impl Jwk {
    /// The key in this form.
    ///
    /// # Errors
    /// [`UnknownSuite`].
    pub(crate) fn of(key: &PublicKey) -> Result<Self, UnknownSuite> {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let members = match (key.suite(), key.bytes()) {
            // Uncompressed: 04, then the coordinates.
            (Suite::P256, [_, point @ ..]) => {
                let (x, y) = point.split_at(point.len() / 2);
                vec![
                    ("kty", "EC".to_owned()),
                    ("crv", "P-256".to_owned()),
                    ("x", text(x)),
                    ("y", text(y)),
                ]
            }
            (Suite::ED25519, x) => vec![
                ("kty", "OKP".to_owned()),
                ("crv", "Ed25519".to_owned()),
                ("x", text(x)),
            ],
            (suite, _) => return Err(UnknownSuite(suite.0)),
        };
        Ok(Self(members.into_iter().collect()))
    }

    /// The name of a key that signs with ES256.
    ///
    /// # Errors
    /// [`UnknownSuite`] for other keys.
    pub(crate) fn es256_kid(key: &PublicKey) -> Result<Digest, UnknownSuite> {
        match key.suite() {
            Suite::P256 => Ok(Self::of(key)?.thumbprint()),
            suite => Err(UnknownSuite(suite.0)),
        }
    }

    /// The key as it stands in a set of keys that verify ES256.
    pub(crate) fn listed(&self) -> Value {
        let kid = URL_SAFE_NO_PAD.encode(self.thumbprint().0);
        let mut listed = json!({ "alg": "ES256", "kid": kid, "use": "sig" });
        if let Value::Object(listed) = &mut listed {
            let members = self.0.iter();
            listed.extend(members.map(|(name, value)| ((*name).to_owned(), value.as_str().into())));
        }
        listed
    }

    /// The key's name for everybody: its thumbprint (RFC 7638) with SHA-256.
    pub(crate) fn thumbprint(&self) -> Digest {
        let members: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!(r#""{name}":"{value}""#))
            .collect();
        Digest::of(&[format!("{{{}}}", members.join(",")).as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_the_one_of_the_standard() {
        // RFC 8037 appendix A.2 and A.3.
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let bytes = URL_SAFE_NO_PAD.decode(x).expect("base64url");
        let key = PublicKey::new(Suite::ED25519, bytes).expect("a key");
        let jwk = Jwk::of(&key).expect("known");
        assert_eq!(
            serde_json::to_string(&jwk).expect("JSON"),
            format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)
        );
        assert_eq!(
            URL_SAFE_NO_PAD.encode(jwk.thumbprint().0),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
        assert_eq!(Jwk::es256_kid(&key), Err(UnknownSuite(2)));
    }
}
