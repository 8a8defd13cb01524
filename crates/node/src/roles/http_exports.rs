//! `POST /v1/exports`: facts in other ecosystems' formats; `POST /v1/credentials/show`: such a credential, shown by its holder.

use api::{ErrorCode, ExportForm, ExportRequest, ProofRequest, ShowRequest, json};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use deed::{Kind, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ledger::codec::{self, list::List};
use ledger::fact::FactRef;
use ledger::signature::{PublicKey, SigningKey, Suite};
use minicbor::bytes::ByteVec;
use protocol::node::Provable;

use super::body_http::Api;
use super::http::{Failure, authorised};
use super::http_proofs::{address, bad, held, kind, not_the_holder, proof, read, unavailable};
use super::notary::REGISTER_PATH;
use crate::export::{Credential, ExportError, Field, Receipt, Statement, shown};
use crate::transport::StatusCode;

/// What an answer is.
type Exported = (&'static str, Vec<u8>);

const SD_JWT_VC: &str = "application/dc+sd-jwt";
const VC_JWT: &str = "application/vc+jwt";
const STATEMENT: &str = "application/cose";

/// Exports a fact.
pub(crate) async fn export(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Json<ExportRequest>, JsonRejection>,
) -> Result<impl IntoResponse, Failure> {
    authorised(&headers, &api.token)?;
    let Json(wanted) = read(body)?;
    let (media_type, bytes) = match wanted.form {
        ExportForm::Statement => (STATEMENT, statement(&api, wanted).await?),
        form => {
            if !wanted.fields.is_empty() || wanted.audience.is_some() || wanted.nonce.is_some() {
                return Err(bad(
                    "a credential is made whole and for nobody in particular; its holder chooses fields and verifier when it is shown",
                ));
            }
            credential(&api, &wanted.fact, form).await?
        }
    };
    Ok(([(header::CONTENT_TYPE, media_type)], bytes))
}

/// Shows a credential to a verifier.
pub(crate) async fn show(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Json<ShowRequest>, JsonRejection>,
) -> Result<impl IntoResponse, Failure> {
    authorised(&headers, &api.token)?;
    let Json(wanted) = read(body)?;
    let fact = held(&api, address(&wanted.fact)?).await?.fact;
    let kept = shown::chosen(&wanted.credential, &wanted.fields)
        .map_err(|error| bad(error.to_string()))?;
    let binding = shown::Binding {
        audience: wanted.audience,
        nonce: wanted.nonce,
        time: Timestamp::now(),
    };
    let shown = api.engine.ask(move |node| {
        let secret = node.holder_secret(&fact)?;
        Ok(secret.and_then(|secret| binding.sign(kept, &secret)))
    });
    let shown = shown.await?.map_err(unavailable)?;
    let shown = shown.ok_or_else(not_the_holder)?;
    Ok(([(header::CONTENT_TYPE, SD_JWT_VC)], shown))
}

fn not_issuable(reason: impl ToString) -> Failure {
    Failure::new(ErrorCode::NotIssuable, reason.to_string())
}

async fn credential(api: &Api, fact: &str, form: ExportForm) -> Result<Exported, Failure> {
    let at = address(fact)?;
    let provable = held(api, at).await?;
    let made = claims(api, &at, &provable)?;
    let exported = api.engine.ask(move |node| {
        let issuer = node.issuer_of(&at, &provable.fact);
        Ok(issuer?.map(|issuer| made.issued(&issuer.party, issuer.key, issuer.used_up, form)))
    });
    let exported = exported.await?.map_err(unavailable)?;
    exported.ok_or_else(|| {
        Failure::new(
            ErrorCode::NotTheIssuer,
            "whoever attests this fact first is a party of another node: ask there",
        )
    })?
}

/// What a credential says, but for who issues it.
struct Claims {
    credential: Credential,
    /// The websites of this node's parties and others, which name issuers.
    members: std::sync::Arc<protocol::directory::Members>,
}

fn claims(api: &Api, at: &FactRef, provable: &Provable) -> Result<Claims, Failure> {
    let fact = &provable.fact;
    let kind = kind(api, fact)?;
    let (Some(declared), Some(holder)) = (&kind.credential, &fact.holder) else {
        return Err(not_issuable(format!(
            "the contract does not call the kind {} a credential",
            kind.name
        )));
    };
    let moment = |ms: u64| {
        let ms = i64::try_from(ms).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(ms).map_err(not_issuable)
    };
    let until = match declared
        .until
        .and_then(|at| fact.fields.get(usize::from(at)))
    {
        Some(Value::Date(day)) => {
            let next = day.tomorrow().map_err(not_issuable)?;
            let end = next.to_zoned(TimeZone::UTC).map_err(not_issuable)?;
            Some(end.timestamp())
        }
        _ => None,
    };
    let credential = Credential {
        vct: declared.vct.clone(),
        issuer: String::new(),
        since: moment(provable.certificate.entry.time_ms)?,
        until,
        holder: holder.clone(),
        fields: fields(kind, fact),
        origin: serde_json::json!({
            "network": provable.place.terms.network.to_string(),
            "fact": at.to_string(),
        }),
    };
    Ok(Claims {
        credential,
        members: api.link.members(),
    })
}

fn fields(kind: &Kind, fact: &ledger::fact::Fact) -> Vec<Field> {
    let named = (0u16..).zip(kind.fields.iter().zip(&fact.fields));
    named
        .map(|(at, (field, value))| Field {
            name: field.name.clone(),
            value: (*value != Value::Absent).then(|| json(value)),
            secret: fact.field_secret(at, b"sd-jwt/v1"),
        })
        .collect()
}

impl Claims {
    fn issued(
        self,
        issuer: &deed::Party,
        key: &SigningKey,
        used_up: bool,
        form: ExportForm,
    ) -> Result<Exported, Failure> {
        if used_up {
            return Err(not_issuable("the fact is used up"));
        }
        let website = self.members.get(issuer).map(|r| r.details.website.as_str());
        let Some(origin) = website.and_then(https_origin) else {
            return Err(not_issuable(format!(
                "the network map has no https website of {issuer}, by which verifiers know an issuer"
            )));
        };
        let credential = Credential {
            issuer: origin.to_owned(),
            ..self.credential
        };
        let (media_type, token) = match form {
            ExportForm::VcJwt => (VC_JWT, credential.vc_jwt(key)),
            _ => (SD_JWT_VC, credential.sd_jwt_vc(key)),
        };
        Ok((media_type, token.map_err(not_issuable)?.into_bytes()))
    }
}

/// Scheme and host of an https address.
fn https_origin(website: &str) -> Option<&str> {
    const SCHEME: &str = "https://";
    let host = website.strip_prefix(SCHEME)?;
    let length = host.find(['/', '?', '#']).unwrap_or(host.len());
    (length > 0).then(|| &website[..SCHEME.len() + length])
}

/// A proof, stated by this node's body and registered with the notary.
async fn statement(api: &Api, wanted: ExportRequest) -> Result<Vec<u8>, Failure> {
    let subject = address(&wanted.fact)?.to_string();
    let proof = proof(
        api,
        ProofRequest {
            fact: wanted.fact,
            fields: wanted.fields,
            audience: wanted.audience,
            nonce: wanted.nonce,
            current: false,
        },
    )
    .await?;
    let me = api.link.party.clone();
    let statement = api.engine.ask(move |node| {
        let key = node.p256_key_of(&me)?;
        Some(Statement::sign(key, &me, &subject, proof))
    });
    let statement: Result<Statement, ExportError> = statement
        .await?
        .ok_or_else(|| not_issuable("this node's body has no key here"))?;
    let statement = statement.map_err(not_issuable)?;
    let receipt = receipt(api, &statement).await?;
    Ok(statement.with(&[receipt]))
}

/// The notary's receipt for a statement, checked.
async fn receipt(api: &Api, statement: &Statement) -> Result<Vec<u8>, Failure> {
    let failed = |reason: String| Failure::new(ErrorCode::Unavailable, reason);
    let (notary, _) = api.link.notary().map_err(|e| failed(e.to_string()))?;
    let members = api.link.members();
    let key: Option<PublicKey> = members
        .get(&notary)
        .and_then(|record| record.keys.of(Suite::P256))
        .cloned();
    let (Some(key), Some(client)) = (key, api.link.to(&notary)) else {
        return Err(failed("the notary is not in the directory".to_owned()));
    };
    let hash = statement.hash();
    let body = codec::encode(&List(vec![hash]));
    let reply = client.post(REGISTER_PATH, body).await;
    let reply = reply.map_err(|error| failed(error.to_string()))?;
    if reply.status != StatusCode::OK {
        let said = String::from_utf8_lossy(&reply.body).into_owned();
        return Err(failed(format!(
            "the notary answers {}: {said}",
            reply.status
        )));
    }
    let receipts = codec::decode::<List<ByteVec>>(&reply.body).map(|List(receipts)| receipts);
    let receipt = receipts.ok().and_then(|mut receipts| receipts.pop());
    let receipt = receipt.ok_or_else(|| failed("the notary gives no receipt".to_owned()))?;
    Receipt::check(&receipt, &hash, &notary, &key)
        .map_err(|error| failed(format!("the notary\'s receipt does not hold: {error}")))?;
    Ok(receipt.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_known_by_scheme_and_host() {
        let table = [
            ("https://gmc.example", Some("https://gmc.example")),
            ("https://gmc.example/about?x#y", Some("https://gmc.example")),
            ("https://", None),
            ("http://gmc.example", None),
            ("", None),
        ];
        for (website, origin) in table {
            assert_eq!(https_origin(website), origin, "{website}");
        }
    }
}
