//! Checking a transaction as far as it is seen.

use std::collections::BTreeSet;

use deed::Party;

use crate::business_key::tokens_of;
use crate::envelope::Envelope;
use crate::limits::{FACTS_PER_VIEW_MAX, OBSERVERS_MAX, TOKENS_MAX, VIEWS_MAX, WINDOW_MS_MAX};
use crate::public::PublicPart;
use crate::tearoff::{SeenView, TearOff};
use crate::transaction::{FORMAT, Header, IdOpening};
use crate::trust::ContractBook;
use crate::view::{Input, View};

use super::Directory;
use super::checked::Checked;
use super::discharge::check_discharged;
use super::meaning::{Meaning, contract_of, input_token, meanings};
use super::refusal::Invalid;
use super::requirements::{agreed, issue_requirements, output_requirements, whole_requirements};
use super::sealing::envelopes;
use super::standing::{Home, Standing};

pub(super) fn limit(what: &'static str, count: usize, limit: usize) -> Result<(), Invalid> {
    if count <= limit {
        Ok(())
    } else {
        Err(Invalid::Limit { what, count, limit })
    }
}

/// Checks a header by itself: network, notary, format, window, limits.
///
/// # Errors
/// [`Invalid`].
pub fn check_header(header: &Header, home: &Home) -> Result<(), Invalid> {
    let terms = &header.terms;
    for (what, same) in [
        ("format", terms.format == FORMAT),
        ("network", terms.network == home.network),
        ("notary", terms.notary == home.notary),
    ] {
        if !same {
            return Err(Invalid::Foreign { what });
        }
    }
    let window = terms.window;
    let length = window.until_ms.checked_sub(window.from_ms);
    if length.is_none_or(|ms| ms > WINDOW_MS_MAX) || !window.touches(terms.effective) {
        return Err(Invalid::Window);
    }
    limit("views", header.views.len(), VIEWS_MAX)?;
    if header.views.is_empty() || terms.views as usize != header.views.len() {
        return Err(Invalid::Limit {
            what: "views",
            count: header.views.len(),
            limit: VIEWS_MAX,
        });
    }
    let spent = header.spent().count();
    limit("tokens", spent + header.referenced().count(), TOKENS_MAX)?;
    let all = header
        .spent()
        .map(|(_, token)| token)
        .chain(header.referenced());
    if all.collect::<BTreeSet<_>>().len() < spent + header.referenced().count() {
        return Err(Invalid::TokenTwice);
    }
    if spent == 0 {
        return Err(Invalid::Limit {
            what: "tokens used up",
            count: 0,
            limit: TOKENS_MAX,
        });
    }
    header
        .views
        .iter()
        .try_for_each(|view| limit("observers", view.envelopes.len(), OBSERVERS_MAX))
}

/// Checks a transaction as far as it is seen. Signatures are checked apart, with [`Checked::signed`]: those who sign
/// check first.
///
/// # Errors
/// [`Invalid`], the first thing found.
pub fn check(
    seen: &TearOff,
    standing: Standing,
    book: &ContractBook,
    home: &Home,
    directory: &dyn Directory,
) -> Result<Checked, Invalid> {
    check_opened(seen, seen.opening(), standing, book, home, directory)
}

/// [`check`] with the opening that `seen` gives, for those who have computed it already.
///
/// # Errors
/// [`Invalid`], the first thing found.
pub fn check_opened(
    seen: &TearOff,
    opening: IdOpening,
    standing: Standing,
    book: &ContractBook,
    home: &Home,
    directory: &dyn Directory,
) -> Result<Checked, Invalid> {
    check_header(&seen.header, home)?;
    if seen.views.len() != seen.header.views.len() {
        return Err(Invalid::Limit {
            what: "views",
            count: seen.views.len(),
            limit: seen.header.views.len(),
        });
    }
    let whole: Vec<Option<&View>> = (0..seen.views.len() as u32)
        .map(|o| seen.whole(o))
        .collect();
    for (ordinal, view) in (0u32..).zip(&whole) {
        let Some(view) = view else { continue };
        if view.ordinal != ordinal {
            return Err(Invalid::Misplaced { ordinal });
        }
        for (what, count) in [
            ("facts consumed", view.consumed.len()),
            ("facts created", view.created.len()),
            ("facts referenced", view.referenced.len()),
        ] {
            limit(what, count, FACTS_PER_VIEW_MAX)?;
        }
    }
    let meanings = meanings(&whole, book, seen.header.terms.effective, standing)?;
    let mut checked = Checked {
        id: opening.id(),
        opening,
        required: Vec::new(),
        meanings,
        envelopes: Vec::new(),
    };
    for (ordinal, view) in (0u32..).zip(&seen.views) {
        let root = checked.opening.roots[ordinal as usize];
        match (view, &checked.meanings[ordinal as usize]) {
            (SeenView::Whole(view), Some(meaning)) => {
                let sealed =
                    check_commitments(seen, standing, view, meaning, book, home, directory)?;
                checked.envelopes.push(sealed);
                let required = match standing {
                    Standing::Party => {
                        whole_requirements(seen, view, meaning, root, home, directory)?
                    }
                    // Whose keys the facts are under is between their owners and those who vouch for the view.
                    Standing::Observer => {
                        let contract = contract_of(book, view)?;
                        let mut required = agreed(view.ordinal, meaning, root);
                        required.extend(issue_requirements(view, contract, &checked.opening.roots));
                        required
                    }
                };
                checked.required.extend(required);
            }
            (SeenView::Outputs(outputs), _) => {
                checked.envelopes.push(Vec::new());
                checked.required.extend(output_requirements(
                    seen, ordinal, outputs, root, book, home, directory,
                )?);
            }
            _ => checked.envelopes.push(Vec::new()),
        }
    }
    if standing == Standing::Party {
        check_discharged(seen, &checked.meanings, book)?;
    }
    checked.required.sort();
    checked.required.dedup();
    Ok(checked)
}

pub(super) fn check_commitments(
    seen: &TearOff,
    standing: Standing,
    view: &View,
    meaning: &Meaning,
    book: &ContractBook,
    home: &Home,
    directory: &dyn Directory,
) -> Result<Vec<(Party, Envelope)>, Invalid> {
    let header = &seen.header.views[view.ordinal as usize];
    let uncommitted = |what| Invalid::Uncommitted {
        ordinal: view.ordinal,
        what,
    };
    let tokens = |inputs: &[Input]| {
        inputs
            .iter()
            .map(|i| input_token(i, &home.notary))
            .collect::<Vec<_>>()
    };
    if tokens(&view.consumed) != header.consumed || tokens(&view.referenced) != header.referenced {
        return Err(uncommitted("tokens"));
    }
    if tokens_of(&meaning.taken, &meaning.created) != header.keys.len() {
        return Err(uncommitted("key tokens"));
    }
    let public = PublicPart::of(view, contract_of(book, view)?).map(|p| p.hash());
    if public != header.public {
        return Err(uncommitted("public part"));
    }
    if standing == Standing::Observer {
        return Ok(Vec::new());
    }
    let sealed = envelopes(view, &meaning.observers(), directory)?;
    if !sealed
        .iter()
        .map(|(_, e)| e.hash())
        .eq(header.envelopes.iter().copied())
    {
        return Err(uncommitted("envelopes"));
    }
    Ok(sealed)
}
