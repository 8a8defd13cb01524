//! The words that can stand in a text.

use crate::heading::Form;
use crate::syntax::words::{WORDS, Word};

pub(super) fn words_of(form: Form) -> impl Iterator<Item = &'static Word> {
    WORDS.iter().filter(move |word| match form {
        Form::Contract => word.texts.contracts,
        Form::Policies => word.texts.policies,
        Form::Scenarios => word.texts.scenarios,
    })
}
