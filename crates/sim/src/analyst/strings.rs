//! Every byte string that a request shows, by the part that it plays.

use ledger::{Digest, TransactionId};
use protocol::notary::Submission;

use super::evidence::Asked;

/// The part that a byte string plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    Zero,
    Network,
    Notary,
    Id,
    ViewRoot,
    Public,
    Envelope,
    Cancel,
    KeyToken,
    KeySecret,
    Referenced,
    R,
    SpentOn,
    Token,
    Rho,
    Policy,
    ControlKey,
    FirstHalf,
    SecondHalf,
}

/// Byte strings by role. Signatures come in halves.
pub(super) type Strings = Vec<(Role, Digest)>;

/// What a request says of the transaction as a whole.
pub(super) fn wide(id: TransactionId, submission: &Submission) -> Strings {
    let header = &submission.opening.header;
    let mut strings = vec![(Role::Id, id.0), (Role::R, submission.r)];
    let mut add = |role, digests: &mut dyn Iterator<Item = Digest>| {
        strings.extend(digests.map(|digest| (role, digest)));
    };
    add(
        Role::ViewRoot,
        &mut submission.opening.roots.iter().map(|root| root.0),
    );
    add(Role::Cancel, &mut header.cancel.iter().map(|token| token.0));
    add(Role::KeySecret, &mut submission.keys.iter().copied());
    for view in &header.views {
        add(Role::Public, &mut view.public.iter().copied());
        add(Role::Envelope, &mut view.envelopes.iter().copied());
        add(Role::KeyToken, &mut view.keys.iter().map(|token| token.0));
        add(
            Role::Referenced,
            &mut view.referenced.iter().map(|token| token.0),
        );
    }
    strings
}

/// What it says of each fact that it uses up: token, policy, blinding value, signatures.
pub(super) fn of_tokens(submission: &Submission) -> Vec<Strings> {
    let header = &submission.opening.header;
    let views = header.views.iter().zip(&submission.authorities);
    let inputs = views.flat_map(|(view, authorities)| view.consumed.iter().zip(authorities));
    inputs
        .map(|(token, authority)| {
            let mut strings = vec![
                (Role::Token, token.0),
                (Role::Rho, authority.rho),
                (Role::Policy, authority.control.hash()),
            ];
            let keys = authority.control.keys().iter();
            strings.extend(keys.map(|key| (Role::ControlKey, *key)));
            for signature in &authority.signatures {
                let halves = signature.as_chunks::<32>().0.iter();
                let roles = [Role::FirstHalf, Role::SecondHalf].into_iter();
                strings.extend(roles.zip(halves.map(|half| Digest(*half))));
            }
            strings
        })
        .collect()
}

/// Every byte string that the analyst looks at in a request.
#[must_use]
pub fn strings_shown(asked: &Asked) -> Vec<Digest> {
    let id = asked.submission.opening.id();
    let terms = &asked.submission.opening.header.terms;
    let home = [terms.network.0, terms.notary.0];
    let all = wide(id, &asked.submission).into_iter();
    let all = all.chain(of_tokens(&asked.submission).into_iter().flatten());
    all.map(|(_, digest)| digest).chain(home).collect()
}
