//! What an editor asks about a text that is being written: what is this, where is it declared, what can stand here. Works on
//! texts with errors too, and never runs anything.

mod complete;
mod find;
mod place;
mod texts;
mod words;

pub use crate::syntax::words::{WORDS, Word};
pub use complete::{Completion, CompletionKind, complete};
pub use find::{Hover, definition, hover};
pub use texts::{Shelved, Texts};
