//! The sealed envelopes of a view.

use std::collections::BTreeSet;

use deed::Party;

use crate::codec;
use crate::envelope::{self, Envelope};
use crate::view::View;

use super::Directory;
use super::refusal::Invalid;
/// The sealed envelopes of a view, observers in order of identifier.
///
/// # Errors
/// [`Invalid::NotAMember`], [`Invalid::Envelope`].
pub fn envelopes(
    view: &View,
    observers: &BTreeSet<Party>,
    directory: &dyn Directory,
) -> Result<Vec<(Party, Envelope)>, Invalid> {
    if observers.is_empty() {
        return Ok(Vec::new());
    }
    let plain = codec::encode(view);
    observers
        .iter()
        .map(|observer| {
            let key = directory
                .envelope_key(observer)
                .ok_or_else(|| Invalid::NotAMember {
                    party: observer.clone(),
                })?;
            let ephemeral = envelope::ephemeral(&view.salt, observer);
            Ok((
                observer.clone(),
                envelope::seal(
                    &key,
                    &ephemeral,
                    ENVELOPE_INFO,
                    observer.as_str().as_bytes(),
                    &plain,
                )?,
            ))
        })
        .collect()
}

/// HPKE's `info` for envelopes.
pub const ENVELOPE_INFO: &[u8] = b"pvn envelope/1";
