//! The API's description as an OpenAPI 3.1 document.

#![expect(
    dead_code,
    reason = "the functions only carry the descriptions of their routes"
)]

use utoipa::OpenApi;

use crate::{
    Audit, Contract, ExportRequest, FileState, Instruction, InstructionStatus, Instructions,
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
        (status = 409, description = "It is used up, and can't be shown to be current", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No stranger could verify it", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json")))]
fn proofs() {}

/// A proof again, whoever made it, with the notary's certificate and the network map as their logs are signed now.
#[utoipa::path(post, path = "/v1/proofs/refresh", security(("token" = [])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The proof"),
    responses((status = 200, description = "The proof", body = [u8], content_type = "application/octet-stream"),
        (status = 400, description = "Not a proof, or one that its holder has shown", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The proof doesn't hold", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json")))]
fn refresh() {}

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

/// Says that a file is about to be sent, by the hashes of its chunks; says which chunks are missing. Sent again, it says how far
/// one has got. A file without missing chunks is kept.
#[utoipa::path(put, path = "/v1/files/{address}", params(("address" = String, Path, description = "`sha256-tree:`, 64 hexadecimal digits, a colon, the number of bytes")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The SHA-256 leaf hash of each chunk of 1 MiB, 32 bytes each, in order"),
    security(("token" = [])), responses((status = 200, description = "The chunks that are missing", body = FileState),
        (status = 400, description = "Not an address", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "A file larger than 64 GiB, or more hashes than it has chunks", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not the hashes of this file", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "Too little room on the disk", body = Problem, content_type = "application/problem+json")))]
fn begin_file() {}

/// Sends a chunk of a file that has begun. It is checked before it is kept; sending it again is harmless.
#[utoipa::path(put, path = "/v1/files/{address}/chunks/{index}", params(("address" = String, Path, description = "The file"), ("index" = u64, Path, description = "Which chunk, from 0")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "1 MiB; what is left for the last"),
    security(("token" = [])), responses((status = 204, description = "It is kept"),
        (status = 400, description = "Not an address, or not a number", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The file has not begun here", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "More bytes than a chunk has", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not this chunk", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "Too little room on the disk", body = Problem, content_type = "application/problem+json")))]
fn send_chunk() {}

/// Fetches a file, or one part of it.
#[utoipa::path(get, path = "/v1/files/{address}", params(("address" = String, Path, description = "The file"), ("Range" = Option<String>, Header, description = "One range of bytes")),
    security(("token" = [])), responses((status = 200, description = "All of it", content_type = "application/octet-stream"),
        (status = 206, description = "The part asked for", content_type = "application/octet-stream"),
        (status = 400, description = "Not an address", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No access token", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not known here", body = Problem, content_type = "application/problem+json"),
        (status = 416, description = "Beyond the end", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "It can't be had now", body = Problem, content_type = "application/problem+json")))]
fn fetch_file() {}

/// How the node is, for monitoring; needs no token.
#[utoipa::path(get, path = "/health", responses((status = 200, description = "It works"), (status = 503, description = "It doesn't")))]
fn health() {}

#[derive(OpenApi)]
#[openapi(
    info(title = "Public Value Network node API", version = "1", description = "The client API of a body's node."),
    paths(instructions, instruction, status, members, contracts, transaction, proofs, refresh, exports, credentials_show, audit, begin_file, send_chunk, fetch_file, health),
    components(schemas(FileState, Instruction, Problem)),
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
