//! `pvn deed lsp`: a language server on standard input and output (Language Server Protocol 3.17).

mod place;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use deed::editor::{self, CompletionKind};
use deed::{Contract, Diagnostic as Slip};
use tower_lsp_server::jsonrpc::Result as Answer;
use tower_lsp_server::ls_types::*;
use tower_lsp_server::{Client, LanguageServer, LspService, Server};

use crate::commands::{Outcome, runtime};
use place::{offset, position, whole};

/// Serves one editor until it goes away.
pub(super) fn run() -> Outcome {
    runtime()?.block_on(async {
        let (service, socket) = LspService::new(|client| Editor {
            client,
            texts: Mutex::default(),
        });
        Server::new(tokio::io::stdin(), tokio::io::stdout(), socket)
            .serve(service)
            .await;
    });
    Ok(ExitCode::SUCCESS)
}

struct Editor {
    client: Client,
    /// The texts that are open, by address.
    texts: Mutex<BTreeMap<String, String>>,
}

impl Editor {
    fn texts(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        // A text is replaced whole, so that one who panicked left nothing half done.
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn text(&self, uri: &Uri) -> Option<String> {
        self.texts().get(uri.as_str()).cloned()
    }

    async fn changed(&self, uri: Uri, text: String, version: i32) {
        let found = diagnostics(&text);
        self.texts().insert(uri.as_str().to_owned(), text);
        self.client
            .publish_diagnostics(uri, found, Some(version))
            .await;
    }
}

/// Errors, or else warnings.
fn diagnostics(text: &str) -> Vec<Diagnostic> {
    let shown = |slip: &Slip, severity| Diagnostic {
        range: whole(text, slip.span.clone()),
        severity: Some(severity),
        source: Some("deed".to_owned()),
        message: match &slip.help {
            Some(help) => format!("{} ({})\n{help}", slip.message, slip.label),
            None => format!("{} ({})", slip.message, slip.label),
        },
        ..Diagnostic::default()
    };
    match Contract::load(text) {
        Ok(contract) => {
            let warnings = contract.warnings();
            let warnings = warnings.diagnostics().iter();
            warnings
                .map(|w| shown(w, DiagnosticSeverity::WARNING))
                .collect()
        }
        Err(error) => {
            let errors = error.diagnostics().iter();
            errors
                .map(|e| shown(e, DiagnosticSeverity::ERROR))
                .collect()
        }
    }
}

impl LanguageServer for Editor {
    async fn initialize(&self, _: InitializeParams) -> Answer<InitializeResult> {
        let completion = CompletionOptions {
            trigger_characters: Some(vec![".".to_owned()]),
            ..CompletionOptions::default()
        };
        Ok(InitializeResult {
            capabilities: ServerCapabilities {
                text_document_sync: Some(TextDocumentSyncKind::FULL.into()),
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
        self.changed(document.uri, document.text, document.version)
            .await;
    }

    async fn did_change(&self, mut params: DidChangeTextDocumentParams) {
        // Texts come whole: that is what was asked for.
        if let Some(change) = params.content_changes.pop() {
            let document = params.text_document;
            self.changed(document.uri, change.text, document.version)
                .await;
        }
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        let uri = params.text_document.uri;
        self.texts().remove(uri.as_str());
        self.client.publish_diagnostics(uri, Vec::new(), None).await;
    }

    async fn hover(&self, params: HoverParams) -> Answer<Option<Hover>> {
        let at = params.text_document_position_params;
        let Some(text) = self.text(&at.text_document.uri) else {
            return Ok(None);
        };
        let found = editor::hover(&text, offset(&text, at.position));
        Ok(found.map(|hover| {
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
                range: Some(whole(&text, hover.span)),
            }
        }))
    }

    async fn completion(&self, params: CompletionParams) -> Answer<Option<CompletionResponse>> {
        let at = params.text_document_position;
        let Some(text) = self.text(&at.text_document.uri) else {
            return Ok(None);
        };
        let found = editor::complete(&text, offset(&text, at.position));
        let items = found.into_iter().map(|completion| CompletionItem {
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
        let at = params.text_document_position_params;
        let uri = at.text_document.uri;
        let Some(text) = self.text(&uri) else {
            return Ok(None);
        };
        let found = editor::definition(&text, offset(&text, at.position));
        let location = found.map(|span| Location {
            uri,
            range: whole(&text, span),
        });
        Ok(location.map(GotoDefinitionResponse::Scalar))
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Answer<Option<Vec<TextEdit>>> {
        let Some(text) = self.text(&params.text_document.uri) else {
            return Ok(None);
        };
        // A text with errors is left as it is: they are shown already.
        Ok(deed::format(&text).ok().map(|formatted| {
            let range = Range::new(Position::new(0, 0), position(&text, text.len()));
            vec![TextEdit::new(range, formatted)]
        }))
    }
}
