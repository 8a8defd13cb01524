//! Files, sent to a node and fetched from it.

use std::io::Read;
use std::time::Duration;

use ::deed::FileAddress;
use api::{FileState, Problem};
use ureq::http::{Response, StatusCode};

use super::{Client, ClientError, read};

/// How long a node may take for the first bytes of a file: it may have to ask others for them.
const FIRST_BYTES: Duration = Duration::from_secs(120);

impl Client {
    /// Says which file is to be sent; the node says what of it is missing.
    pub(crate) fn begin_file(
        &self,
        address: FileAddress,
        hashes: &[u8],
    ) -> Result<FileState, ClientError> {
        let url = format!("{}/v1/files/{address}", self.base);
        let request = self
            .agent
            .put(&url)
            .header("Authorization", format!("Bearer {}", self.token));
        read(url, request.send(hashes))
    }

    /// Sends a chunk.
    pub(crate) fn send_chunk(
        &self,
        address: FileAddress,
        index: u64,
        chunk: &[u8],
    ) -> Result<(), ClientError> {
        let url = format!("{}/v1/files/{address}/chunks/{index}", self.base);
        let request = self
            .agent
            .put(&url)
            .header("Authorization", format!("Bearer {}", self.token));
        accepted(url, request.send(chunk), StatusCode::NO_CONTENT).map(drop)
    }

    /// The bytes of a file from this one on, as they come.
    pub(crate) fn file_from(
        &self,
        address: FileAddress,
        first: u64,
    ) -> Result<impl Read + use<>, ClientError> {
        let url = format!("{}/v1/files/{address}", self.base);
        let request = self
            .agent
            .get(&url)
            .header("Authorization", format!("Bearer {}", self.token));
        let request = request
            .config()
            .timeout_global(None)
            .timeout_recv_response(Some(FIRST_BYTES))
            .build();
        let (request, expected) = match first {
            0 => (request, StatusCode::OK),
            _ => (
                request.header("Range", format!("bytes={first}-")),
                StatusCode::PARTIAL_CONTENT,
            ),
        };
        let answer = accepted(url, request.call(), expected)?;
        let body = answer.into_body().into_with_config();
        Ok(body.limit(u64::MAX).reader())
    }
}

/// The answer, if it is the one expected.
fn accepted(
    url: String,
    answer: Result<Response<ureq::Body>, ureq::Error>,
    expected: StatusCode,
) -> Result<Response<ureq::Body>, ClientError> {
    let mut answer = answer.map_err(|source| ClientError::Unreachable {
        url: url.clone(),
        source: Box::new(source),
    })?;
    let status = answer.status();
    if status == expected {
        return Ok(answer);
    }
    match answer.body_mut().read_json::<Problem>() {
        Ok(problem) => Err(ClientError::Problem {
            url,
            problem: Box::new(problem),
        }),
        Err(_) => {
            let status = status.as_u16();
            Err(ClientError::Status { url, status })
        }
    }
}
