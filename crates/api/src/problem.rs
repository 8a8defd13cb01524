//! Errors as problem details (RFC 9457), with one public list of codes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Every error code of the API. Refusals of instructions carry the contract's rule names instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No or a wrong access token.
    NotAuthenticated,
    /// There is nothing here, or nothing that you may know of.
    NotFound,
    /// The request's body isn't what this route takes.
    MalformedRequest,
    /// No accepted contract has this name.
    UnknownContract,
    /// The contract has no such action.
    UnknownAction,
    /// An argument is missing, unknown or of the wrong type.
    BadArgument,
    /// Not a party identifier, or not one of this node.
    UnknownParty,
    /// Only its holder can show this fact, and it is somebody at another node.
    NotTheHolder,
    /// Nobody vouches for this fact in a way that a stranger can verify.
    NotProvable,
    /// The fact is used up.
    UsedUp,
    /// The fact was issued by a party of another node.
    NotTheIssuer,
    /// The fact can't be issued in this form.
    NotIssuable,
    /// More than the limit allows.
    TooMany,
    /// Not the address of a file, or of a chunk of one.
    AddressMalformed,
    /// More bytes than there may be.
    TooLarge,
    /// The hashes sent are not those of the file's chunks.
    HashesWrong,
    /// The bytes sent are not those of the chunk.
    ChunkWrong,
    /// The part asked for lies beyond the file's end.
    RangeBeyondEnd,
    /// The disk has too little room left.
    DiskLow,
    /// The node can't take this now; try again.
    Unavailable,
}

impl ErrorCode {
    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::NotAuthenticated => 401,
            Self::NotTheHolder | Self::NotTheIssuer => 403,
            Self::NotFound => 404,
            Self::UsedUp => 409,
            Self::MalformedRequest | Self::BadArgument | Self::AddressMalformed => 400,
            Self::UnknownContract
            | Self::UnknownAction
            | Self::UnknownParty
            | Self::NotProvable
            | Self::NotIssuable
            | Self::HashesWrong
            | Self::ChunkWrong => 422,
            Self::TooMany | Self::TooLarge => 413,
            Self::RangeBeyondEnd => 416,
            Self::DiskLow => 507,
            Self::Unavailable => 503,
        }
    }

    /// A title in plain words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::NotAuthenticated => "An access token is needed",
            Self::NotFound => "Nothing here",
            Self::MalformedRequest => "The request can't be read",
            Self::UnknownContract => "No such contract",
            Self::UnknownAction => "No such action",
            Self::BadArgument => "An argument isn't right",
            Self::UnknownParty => "No such party at this node",
            Self::NotTheHolder => "Only its holder can show it",
            Self::NotProvable => "No stranger could verify it",
            Self::UsedUp => "It is used up",
            Self::NotTheIssuer => "Only its issuer can issue it",
            Self::NotIssuable => "It can't be issued in this form",
            Self::TooMany => "Too many at once",
            Self::AddressMalformed => "Not the address of a file",
            Self::TooLarge => "Too large",
            Self::HashesWrong => "Not the hashes of this file",
            Self::ChunkWrong => "Not this chunk of the file",
            Self::RangeBeyondEnd => "The file ends before that",
            Self::DiskLow => "Too little room on the disk",
            Self::Unavailable => "Not available now",
        }
    }
}

/// An error, as `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// The code, for programs.
    pub code: ErrorCode,
    /// The title, for people.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What was wrong here, and what to do.
    pub detail: String,
}

impl Problem {
    /// A problem with its detail.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            title: code.title().to_owned(),
            status: code.status(),
            detail: detail.into(),
        }
    }
}
