//! What an editor sends, before the server reads it: the server ends at the first message that it can't read, so such a
//! message is put in the form of one that is answered with an error.

use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, duplex,
};
use tower_lsp_server::jsonrpc::{Request, Response};

/// What stands for a message that is no JSON; answered with error -32700 (JSON-RPC 2.0 §5.1).
pub(super) const UNREADABLE: &str = "deed/unreadable";
/// What stands for one that is JSON and no message; answered with error -32600.
pub(super) const UNFITTING: &str = "deed/unfitting";
/// The longest message: many times the longest text.
const MESSAGE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes on their way to the server.
const PIPE_BYTES: usize = 64 * 1024;

/// Standard input with every message readable.
pub(super) fn stdin() -> impl tokio::io::AsyncRead + Unpin {
    let (mut ours, theirs) = duplex(PIPE_BYTES);
    tokio::spawn(async move {
        let mut input = BufReader::new(tokio::io::stdin());
        // Whoever ends the conversation, on either side, ends this.
        while let Ok(Some(message)) = next(&mut input).await {
            if forward(&mut ours, &message).await.is_err() || is_exit(&message) {
                break;
            }
        }
    });
    theirs
}

/// `exit`, after which nothing more is read, whether or not the editor closes its end (LSP 3.17, `exit`).
fn is_exit(message: &[u8]) -> bool {
    let request = serde_json::from_slice::<Request>(message);
    request.is_ok_and(|request| request.method() == "exit")
}

async fn forward(out: &mut (impl AsyncWrite + Unpin), message: &[u8]) -> std::io::Result<()> {
    let stand_in = |method: &str| format!(r#"{{"jsonrpc":"2.0","id":null,"method":"{method}"}}"#);
    let is_message = serde_json::from_slice::<Request>(message).is_ok()
        || serde_json::from_slice::<Response>(message).is_ok();
    let is_json = || serde_json::from_slice::<serde_json::Value>(message).is_ok();
    let replaced = match is_message {
        true => None,
        false if is_json() => Some(stand_in(UNFITTING)),
        false => Some(stand_in(UNREADABLE)),
    };
    let message = replaced.as_deref().map_or(message, str::as_bytes);
    let head = format!("Content-Length: {}\r\n\r\n", message.len());
    out.write_all(head.as_bytes()).await?;
    out.write_all(message).await?;
    out.flush().await
}

/// The body of the next message; lines that are no header are passed over. Nothing when the input ends.
async fn next(input: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<Vec<u8>>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        let limited = &mut (&mut *input).take(PIPE_BYTES as u64);
        if limited.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        if let (true, Some(length)) = (line.trim().is_empty(), length.take()) {
            let mut body = vec![0; length];
            input.read_exact(&mut body).await?;
            return Ok(Some(body));
        }
        let said = line
            .split_once(':')
            .filter(|(name, _)| name.trim().eq_ignore_ascii_case("content-length"));
        if let Some((_, value)) = said {
            let value: Option<usize> = value.trim().parse().ok();
            length = value.filter(|n| *n <= MESSAGE_BYTES_MAX);
        }
    }
}
