//! `pvn export`, `pvn show`: a fact as others' software reads it.

use std::fs;

use api::{ExportForm, ExportRequest, ShowRequest};

use super::Outcome;
use super::prove::write_what;
use crate::cli::{Export, Form, Show};

pub(super) fn export(args: &Export) -> Outcome {
    let wanted = ExportRequest {
        fact: args.fact.clone(),
        form: match args.form {
            Form::SdJwtVc => ExportForm::SdJwtVc,
            Form::VcJwt => ExportForm::VcJwt,
            Form::Statement => ExportForm::Statement,
        },
        fields: args.fields.clone(),
        audience: args.audience.clone(),
        nonce: args.nonce.clone(),
    };
    write_what(&args.data, &args.output, |client| client.export(&wanted))
}

pub(super) fn show(args: &Show) -> Outcome {
    let wanted = ShowRequest {
        fact: args.fact.clone(),
        credential: fs::read_to_string(&args.credential)
            .map_err(|error| format!("{}: {error}", args.credential.display()))?,
        fields: args.fields.clone(),
        audience: args.audience.clone(),
        nonce: args.nonce.clone(),
    };
    write_what(&args.data, &args.output, |client| client.show(&wanted))
}
