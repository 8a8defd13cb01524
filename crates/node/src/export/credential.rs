//! A fact as a credential that wallets and verifiers of other ecosystems read: SD-JWT VC and W3C `vc+jwt`.

use jiff::Timestamp;
use ledger::Digest;
use ledger::signature::{PublicKey, SigningKey};
use serde_json::{Map, Value, json};

use super::ExportError;
use super::jwk::Jwk;
use super::jws::{base64url, sign};

/// Bytes of a disclosure's salt: 128 bits, as RFC 9901 §9.3 recommends.
const SALT_BYTES: usize = 16;

/// A fact that its contract calls a credential, as its issuer knows it.
pub(crate) struct Credential {
    /// The credential's type: an https address.
    pub(crate) vct: String,
    /// Who issues: an https address.
    pub(crate) issuer: String,
    /// When the notary certified it.
    pub(crate) since: Timestamp,
    /// When it ends, if it does.
    pub(crate) until: Option<Timestamp>,
    /// The key with which its holder shows it.
    pub(crate) holder: PublicKey,
    /// The fields by name, absent ones too, each with a secret of its own.
    pub(crate) fields: Vec<Field>,
    /// Where it is on the network: `{network, fact}`.
    pub(crate) origin: Value,
}

/// A field of a credential.
pub(crate) struct Field {
    pub(crate) name: String,
    /// As the HTTP API writes it; `None` if it is absent.
    pub(crate) value: Option<Value>,
    /// From which the disclosure's salt follows, and nothing that a proof bundle shows.
    pub(crate) secret: Digest,
}

impl Field {
    /// The disclosure (RFC 9901 §4.2.1), if there is something to disclose.
    fn disclosure(&self) -> Option<String> {
        let salt = base64url(&self.secret.0[..SALT_BYTES]);
        let value = self.value.as_ref()?;
        Some(base64url(json!([salt, self.name, value]).to_string()))
    }

    /// What stands for it in the token. An absent field has one too (a decoy, RFC 9901 §4.2.5): that it is absent isn't
    /// learned either.
    fn digest(&self) -> String {
        let digest = match self.disclosure() {
            Some(disclosure) => Digest::of(&[disclosure.as_bytes()]),
            None => Digest::of(&[b"decoy", &self.secret.0]),
        };
        base64url(digest.0)
    }
}

impl Credential {
    fn confirmation(&self) -> Result<Value, ExportError> {
        Ok(json!({ "jwk": Jwk::of(&self.holder)? }))
    }

    /// As SD-JWT VC with every disclosure (`dc+sd-jwt`): its holder leaves out what a verifier needn't see.
    ///
    /// # Errors
    /// [`ExportError`].
    pub(crate) fn sd_jwt_vc(&self, key: &SigningKey) -> Result<String, ExportError> {
        let mut digests: Vec<String> = self.fields.iter().map(Field::digest).collect();
        // In an order that says nothing about theirs.
        digests.sort();
        let mut claims = json!({
            "iss": self.issuer,
            "vct": self.vct,
            "iat": self.since.as_second(),
            "cnf": self.confirmation()?,
            "pvn": self.origin,
            "_sd_alg": "sha-256",
            "_sd": digests,
        });
        if let (Some(until), Value::Object(claims)) = (self.until, &mut claims) {
            claims.insert("exp".to_owned(), until.as_second().into());
        }
        let token = sign(key, "dc+sd-jwt", &claims)?;
        let disclosures = self.fields.iter().filter_map(Field::disclosure);
        Ok(disclosures.fold(token + "~", |token, disclosure| token + &disclosure + "~"))
    }

    /// As a credential of the W3C's data model 2.0, secured as `vc+jwt` (VC-JOSE-COSE): the fact whole.
    ///
    /// # Errors
    /// [`ExportError`].
    pub(crate) fn vc_jwt(&self, key: &SigningKey) -> Result<String, ExportError> {
        let present = self.fields.iter();
        let subject: Map<String, Value> = present
            .filter_map(|field| Some((field.name.clone(), field.value.clone()?)))
            .collect();
        let mut claims = json!({
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                // The contract's names of fields are in no published vocabulary.
                "https://www.w3.org/ns/credentials/undefined-terms/v2",
            ],
            "type": ["VerifiableCredential", self.vct],
            "issuer": self.issuer,
            "validFrom": self.since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "credentialSubject": subject,
            "cnf": self.confirmation()?,
            "pvn": self.origin,
        });
        if let (Some(until), Value::Object(claims)) = (self.until, &mut claims) {
            let until = until.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
            claims.insert("validUntil".to_owned(), until.into());
        }
        sign(key, "vc+jwt", &claims)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ledger::signature::Suite;

    use super::*;
    use crate::pki::{KeyKind, SecretKey};

    fn read(part: &str) -> Value {
        let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    fn licence(degree: Option<&str>) -> Credential {
        let field = |name: &str, value: Option<&str>| Field {
            name: name.to_owned(),
            value: value.map(Value::from),
            secret: Digest::of(&[name.as_bytes()]),
        };
        Credential {
            vct: "https://gmc.example/licence".to_owned(),
            issuer: "https://gmc.example".to_owned(),
            since: "2026-11-20T12:00:00Z".parse().expect("a moment"),
            until: "2027-11-20T00:00:00Z".parse().ok(),
            holder: PublicKey::new(Suite::ED25519, vec![7; 32]).expect("a key"),
            fields: vec![
                field("name", Some("Ada")),
                field("specialty", Some("cardiology")),
                field("degree", degree),
            ],
            origin: json!({ "network": "a town", "fact": "a/0/0" }),
        }
    }

    fn key() -> SigningKey {
        let key = SecretKey::generate(KeyKind::P256).expect("a key");
        SigningKey::from_pkcs8(key.pkcs8()).expect("P-256")
    }

    /// Header, claims and disclosures; the signature verifies.
    fn opened(token: &str, key: &SigningKey) -> (Value, Value, Vec<Value>) {
        let mut parts = token.split('~');
        let jws = parts.next().expect("a token");
        let (signed, signature) = jws.rsplit_once('.').expect("a signature");
        let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
        assert!(key.public().verifies(signed.as_bytes(), &signature));
        let (header, claims) = signed.split_once('.').expect("claims");
        let disclosures = parts.filter(|part| !part.is_empty()).map(read).collect();
        (read(header), read(claims), disclosures)
    }

    #[test]
    fn an_sd_jwt_vc_commits_to_every_field_and_says_nothing_of_absent_ones() {
        let key = key();
        let token = licence(Some("MB BChir")).sd_jwt_vc(&key).expect("signs");
        let (header, claims, disclosures) = opened(&token, &key);
        assert_eq!(
            (&header["typ"], &header["alg"]),
            (&json!("dc+sd-jwt"), &json!("ES256"))
        );
        let told: Vec<(Value, Value)> = disclosures
            .iter()
            .map(|d| (d[1].clone(), d[2].clone()))
            .collect();
        assert_eq!(
            told,
            [
                ("name", "Ada"),
                ("specialty", "cardiology"),
                ("degree", "MB BChir")
            ]
            .map(|(name, value)| (json!(name), json!(value)))
        );
        let digests = claims["_sd"].as_array().expect("digests");
        let mut expected: Vec<Value> = token
            .split('~')
            .skip(1)
            .filter(|d| !d.is_empty())
            .map(|d| json!(base64url(Digest::of(&[d.as_bytes()]).0)))
            .collect();
        expected.sort_by_key(ToString::to_string);
        assert_eq!(*digests, expected);
        assert_eq!(claims["exp"], json!(1_826_668_800));

        let (_, without, disclosures) =
            opened(&licence(None).sd_jwt_vc(&key).expect("signs"), &key);
        assert_eq!(disclosures.len(), 2);
        assert_eq!(without["_sd"].as_array().map(Vec::len), Some(3));
    }

    #[test]
    fn a_vc_jwt_has_the_fact_whole_and_in_the_w3c_form() {
        let key = key();
        let token = licence(None).vc_jwt(&key).expect("signs");
        let (header, claims, disclosures) = opened(&token, &key);
        assert_eq!((&header["typ"], disclosures), (&json!("vc+jwt"), vec![]));
        assert_eq!(
            claims,
            json!({
                "@context": [
                    "https://www.w3.org/ns/credentials/v2",
                    "https://www.w3.org/ns/credentials/undefined-terms/v2",
                ],
                "type": ["VerifiableCredential", "https://gmc.example/licence"],
                "issuer": "https://gmc.example",
                "validFrom": "2026-11-20T12:00:00Z",
                "validUntil": "2027-11-20T00:00:00Z",
                "credentialSubject": { "name": "Ada", "specialty": "cardiology" },
                "cnf": { "jwk": { "crv": "Ed25519", "kty": "OKP", "x": base64url([7; 32]) } },
                "pvn": { "network": "a town", "fact": "a/0/0" },
            })
        );
    }
}
