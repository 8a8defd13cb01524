//! `pvn deed lsp`: a language server on standard input and output (Language Server Protocol 3.17).

mod desk;
mod place;
mod sieve;

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use deed::editor::CompletionKind;
use tower_lsp_server::jsonrpc::{Error, Result as Answer};
use tower_lsp_server::ls_types::*;
use tower_lsp_server::{Client, LanguageServer, LspService, Server};

use crate::commands::{Outcome, runtime};
use desk::{Around, Desk, path_of};
use place::{offset, position, whole};

/// Serves one editor until it goes away.
pub(super) fn run() -> Outcome {
    let runtime = runtime()?;
    runtime.block_on(async {
        let editor = |client| Editor {
            client,
            desk: Mutex::default(),
        };
        let (service, socket) = LspService::build(editor)
            .custom_method(sieve::UNREADABLE, Editor::unreadable)
            .custom_method(sieve::UNFITTING, Editor::unfitting)
            .finish();
        // One after another: a change counts from the text that the one before it left.
        Server::new(sieve::stdin(), tokio::io::stdout(), socket)
            .concurrency_level(1)
            .serve(service)
            .await;
    });
    // Whatever still waits for the editor to write would wait for ever.
    runtime.shutdown_background();
    Ok(ExitCode::SUCCESS)
}

struct Editor {
    client: Client,
    desk: Mutex<Desk>,
}

impl Editor {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        // A text is replaced whole, so that one who panicked left nothing half done.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn unreadable(&self) -> Answer<()> {
        Err(Error::parse_error())
    }

    async fn unfitting(&self) -> Answer<()> {
        Err(Error::invalid_request())
    }

    /// Tells what is wrong in a text, and then in the open texts beside it, which may depend on it.
    async fn tell(&self, uri: Uri, version: Option<i32>) {
        let path = path_of(&uri);
        let (found, others) = {
            let desk = self.desk();
            let others = desk.neighbours(&path).into_iter().map(|path| {
                let found = diagnostics(&desk, &path);
                (path, found)
            });
            (diagnostics(&desk, &path), others.collect::<Vec<_>>())
        };
        self.client.publish_diagnostics(uri, found, version).await;
        for (path, found) in others {
            if let Some(uri) = uri_of(&path) {
                self.client.publish_diagnostics(uri, found, None).await;
            }
        }
    }

    /// What stands around a place, and which byte of the text it is.
    fn at(&self, at: &TextDocumentPositionParams) -> Option<(Around, usize)> {
        let around = self.desk().around(&path_of(&at.text_document.uri))?;
        let byte = offset(around.text(), at.position);
        Some((around, byte))
    }
}

/// The address of a path; texts that are no files are kept under their address.
fn uri_of(path: &Path) -> Option<Uri> {
    match path.is_absolute() {
        true => Uri::from_file_path(path),
        false => path.to_str()?.parse().ok(),
    }
}

/// Errors, or else warnings.
fn diagnostics(desk: &Desk, path: &Path) -> Vec<Diagnostic> {
    let Some(text) = desk.text(path) else {
        return Vec::new();
    };
    let slips = desk.slips(path).into_iter();
    slips
        .map(|(slip, severity)| Diagnostic {
            range: whole(text, slip.span.clone()),
            severity: Some(severity),
            source: Some("deed".to_owned()),
            message: match &slip.help {
                Some(help) => format!("{} ({})\n{help}", slip.message, slip.label),
                None => format!("{} ({})", slip.message, slip.label),
            },
            ..Diagnostic::default()
        })
        .collect()
}

impl LanguageServer for Editor {
    async fn initialize(&self, _: InitializeParams) -> Answer<InitializeResult> {
        let completion = CompletionOptions {
            trigger_characters: Some(vec![".".to_owned(), "\"".to_owned()]),
            ..CompletionOptions::default()
        };
        Ok(InitializeResult {
            capabilities: ServerCapabilities {
                text_document_sync: Some(TextDocumentSyncKind::INCREMENTAL.into()),
                hover_provider: Some(true.into()),
                completion_provider: Some(completion),
                definition_provider: Some(OneOf::Left(true)),
                document_formatting_provider: Some(OneOf::Left(true)),
                ..ServerCapabilities::default()
            },
            server_info: Some(ServerInfo {
                name: "pvn deed lsp".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            ..InitializeResult::default()
        })
    }

    async fn shutdown(&self) -> Answer<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.desk().put(path_of(&document.uri), document.text);
        self.tell(document.uri, Some(document.version)).await;
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        let path = path_of(&document.uri);
        for change in params.content_changes {
            self.desk().change(&path, change);
        }
        self.tell(document.uri, Some(document.version)).await;
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        let uri = params.text_document.uri;
        self.desk().close(&path_of(&uri));
        self.tell(uri, None).await;
    }

    async fn hover(&self, params: HoverParams) -> Answer<Option<Hover>> {
        let Some((around, byte)) = self.at(&params.text_document_position_params) else {
            return Ok(None);
        };
        Ok(around.hover(byte).map(|hover| {
            let code = match hover.code.as_str() {
                "" => String::new(),
                code => format!("```deed\n{code}\n```\n"),
            };
            let value = format!("{code}{}", hover.text);
            Hover {
                contents: HoverContents::Markup(MarkupContent {
                    kind: MarkupKind::Markdown,
                    value,
                }),
                range: Some(whole(around.text(), hover.span)),
            }
        }))
    }

    async fn completion(&self, params: CompletionParams) -> Answer<Option<CompletionResponse>> {
        let Some((around, byte)) = self.at(&params.text_document_position) else {
            return Ok(None);
        };
        let items = around
            .complete(byte)
            .into_iter()
            .map(|completion| CompletionItem {
                label: completion.name,
                kind: Some(match completion.kind {
                    CompletionKind::Field => CompletionItemKind::FIELD,
                    CompletionKind::Local => CompletionItemKind::VARIABLE,
                    CompletionKind::Declared => CompletionItemKind::CLASS,
                    CompletionKind::Word => CompletionItemKind::KEYWORD,
                }),
                detail: Some(completion.detail),
                ..CompletionItem::default()
            });
        Ok(Some(CompletionResponse::Array(items.collect())))
    }

    async fn goto_definition(
        &self,
        params: GotoDefinitionParams,
    ) -> Answer<Option<GotoDefinitionResponse>> {
        let Some((around, byte)) = self.at(&params.text_document_position_params) else {
            return Ok(None);
        };
        let location = around.definition(byte).and_then(|(path, text, span)| {
            let range = whole(text, span);
            Some(Location {
                uri: uri_of(path)?,
                range,
            })
        });
        Ok(location.map(GotoDefinitionResponse::Scalar))
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Answer<Option<Vec<TextEdit>>> {
        let path = path_of(&params.text_document.uri);
        let Some(text) = self.desk().text(&path).cloned() else {
            return Ok(None);
        };
        // A text with errors is left as it is: they are shown already.
        Ok(deed::format(&text).ok().map(|formatted| {
            let range = Range::new(Position::new(0, 0), position(&text, text.len()));
            vec![TextEdit::new(range, formatted)]
        }))
    }
}
