//! The API's description as an OpenAPI 3.1 document.

#![expect(
    dead_code,
    reason = "the functions only carry the descriptions of their routes"
)]

use utoipa::OpenApi;

use crate::{
    Audit, Contract, ExportRequest, Instruction, InstructionStatus, Instructions,
    InstructionsStatus, Member, NodeStatus, Problem, ProofRequest, ShowRequest, Transaction,
};

/// Sends instructions.
#[utoipa::path(post, path = "/v1/instructions", request_body = Instructions, security(("token" = [])),
    responses((status = 200, description = "Each instruction's state", body = InstructionsStatus),
        (status = 400, description = "Unreadable, or an argument that isn't right", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too many at once", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Unknown contract, action or party", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json")))]
fn instructions() {}

/// How far an instruction has got.
#[utoipa::path(get, path = "/v1/instructions/{key}", params(("key" = String, Path, description = "The idempotency key")),
    security(("token" = [])), responses((status = 200, description = "Its state", body = InstructionStatus),
        (status = 404, description = "No such instruction", body = Problem, content_type = "application/problem+json")))]
fn instruction() {}

/// What the node holds and how it is.
#[utoipa::path(get, path = "/v1/status", security(("token" = [])),
    responses((status = 200, description = "The node's state", body = NodeStatus)))]
fn status() {}

/// The directory.
#[utoipa::path(get, path = "/v1/members", security(("token" = [])),
    responses((status = 200, description = "Every member", body = [Member])))]
fn members() {}

/// The contracts accepted, with what can be done.
#[utoipa::path(get, path = "/v1/contracts", security(("token" = [])),
    responses((status = 200, description = "Every contract", body = [Contract])))]
fn contracts() {}

/// A certified transaction, as far as this node sees it.
#[utoipa::path(get, path = "/v1/transactions/{id}", params(("id" = String, Path, description = "64 hexadecimal digits")),
    security(("token" = [])), responses((status = 200, description = "The transaction", body = Transaction),
        (status = 404, description = "Not known here", body = Problem, content_type = "application/problem+json")))]
fn transaction() {}

/// Proves a fact, or chosen fields of it, to somebody else: a file that `pvn verify` reads.
#[utoipa::path(post, path = "/v1/proofs", request_body = ProofRequest, security(("token" = [])),
    responses((status = 200, description = "The proof", body = [u8], content_type = "application/octet-stream"),
        (status = 400, description = "Unreadable, or an argument that isn't right", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Only its holder can show it", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not held here whole", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No stranger could verify it", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json")))]
fn proofs() {}

/// A fact in the form of another ecosystem.
#[utoipa::path(post, path = "/v1/exports", request_body = ExportRequest, security(("token" = [])),
    responses((status = 200, description = "The credential, or the statement", body = [u8]),
        (status = 400, description = "Unreadable, or an argument that isn't right", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Issued by a party of another node", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not held here whole", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It can't be issued in this form", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json")))]
fn exports() {}

/// An SD-JWT VC with the fields that its holder shows and the holder's key binding (`kb+jwt`).
#[utoipa::path(post, path = "/v1/credentials/show", request_body = ShowRequest, security(("token" = [])),
    responses((status = 200, description = "The credential as shown", body = [u8], content_type = "application/dc+sd-jwt"),
        (status = 400, description = "Unreadable, or an argument that isn't right", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Only its holder can show it", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not held here whole", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It can't be shown in this form", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json")))]
fn credentials_show() {}

/// Checks the node's invariants on everything it keeps, as it is at one moment; the node goes on meanwhile.
#[utoipa::path(post, path = "/v1/audit", security(("token" = [])),
    responses((status = 200, description = "Every invariant that doesn't hold", body = Audit)))]
fn audit() {}

/// How the node is, for monitoring; needs no token.
#[utoipa::path(get, path = "/health", responses((status = 200, description = "It works"), (status = 503, description = "It doesn't")))]
fn health() {}

#[derive(OpenApi)]
#[openapi(
    info(title = "Public Value Network node API", version = "1", description = "The client API of a body's node."),
    paths(instructions, instruction, status, members, contracts, transaction, proofs, exports, credentials_show, audit, health),
    components(schemas(Instruction, Problem)),
    modifiers(&Token)
)]
struct Described;

struct Token;

impl utoipa::Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme(
            "token",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        );
    }
}

/// The document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Described::openapi()
}
