//! What the analyst is asked, and what can't be kept from it.

use std::collections::BTreeMap;
use std::rc::Rc;

use ledger::{Token, TransactionId};

use super::evidence::{Entry, Evidence};
use super::strings::{Role, Strings, of_tokens, wide};

/// A question about each token that was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// From store and log alone: which transaction of the batch used it up?
    StoreSpentBy,
    /// From store and log alone: which transaction created what it stands for?
    StoreCreatedBy,
    /// From every request as it came: which transaction created what it stands for?
    AskedCreatedBy,
    /// The same, and it is known which machine asked.
    SendersCreatedBy,
}

/// What can't be hidden about a candidate: ages, counts and senders, in steps, in facets that are learnt one by one.
pub(super) type Facets = [[u8; 3]; FACETS];
pub(super) const FACETS: usize = 3;

/// One token, and the transactions that it may belong to.
pub(super) struct Puzzle {
    /// What is shown of the token.
    pub(super) shown: Strings,
    pub(super) candidates: Vec<Candidate>,
    /// Which candidate it is.
    pub(super) answer: usize,
    /// View and output of the fact, which the analyst learns of those worlds whose truth it is told.
    pub(super) place: Option<(u32, u32)>,
}

/// A transaction that it may be.
pub(super) struct Candidate {
    pub(super) facets: Facets,
    pub(super) shown: Rc<Strings>,
}

impl Question {
    pub(super) fn puzzles(self, evidence: &Evidence) -> Vec<Puzzle> {
        match self {
            Self::StoreSpentBy => spent_by(evidence),
            Self::StoreCreatedBy => store_created_by(evidence),
            Self::AskedCreatedBy => asked_created_by(evidence, false),
            Self::SendersCreatedBy => asked_created_by(evidence, true),
        }
    }
}

/// A number in steps that grow: 0 to 4 exactly, then by halves.
fn step(number: usize) -> u8 {
    let steps = [1, 2, 3, 4, 5, 7, 10, 14, 20, 28, 40, 56, 80, 112, 160];
    steps.iter().filter(|from| **from <= number).count() as u8
}

/// Time that went by, in steps.
fn after(from_ms: u64, to_ms: u64) -> u8 {
    step((to_ms.saturating_sub(from_ms) / 150) as usize)
}

fn few(number: usize) -> u8 {
    number.min(3) as u8
}

fn of_store(token: &Token, on: &ledger::Digest) -> Strings {
    vec![(Role::Token, token.0), (Role::SpentOn, *on)]
}

/// An id, and everything that its batch used up.
fn in_batch(id: &TransactionId, entry: &Entry) -> Rc<Strings> {
    let spent = entry
        .spent
        .iter()
        .flat_map(|(token, on)| of_store(token, on));
    Rc::new(std::iter::once((Role::Id, id.0)).chain(spent).collect())
}

fn spent_by(evidence: &Evidence) -> Vec<Puzzle> {
    let mut spenders: BTreeMap<Token, TransactionId> = BTreeMap::new();
    for asked in &evidence.asked {
        let opening = &asked.submission.opening;
        let tokens = opening.header.views.iter().flat_map(|view| &view.consumed);
        spenders.extend(tokens.map(|token| (*token, opening.id())));
    }
    let mut puzzles = Vec::new();
    for entry in evidence.entries.iter().filter(|entry| entry.ids.len() > 1) {
        for (token, on) in &entry.spent {
            let answer = spenders
                .get(token)
                .and_then(|spender| entry.ids.iter().position(|id| id == spender));
            let candidates = (0..).zip(&entry.ids).map(|(place, id)| Candidate {
                facets: [[few(entry.ids.len()), step(place), 0], [0; 3], [0; 3]],
                shown: Rc::new(vec![(Role::Id, id.0)]),
            });
            puzzles.extend(answer.map(|answer| Puzzle {
                shown: of_store(token, on),
                candidates: candidates.collect(),
                answer,
                place: None,
            }));
        }
    }
    puzzles
}

fn store_created_by(evidence: &Evidence) -> Vec<Puzzle> {
    let mut earlier: Vec<(TransactionId, usize, &Entry, Rc<Strings>)> = Vec::new();
    let mut puzzles = Vec::new();
    for (height, entry) in evidence.entries.iter().enumerate() {
        for (token, on) in &entry.spent {
            let Some(at) = evidence.created.get(token) else {
                continue;
            };
            let answer = earlier.iter().position(|(id, ..)| *id == at.transaction);
            let candidates = earlier.iter().map(|(_, born, batch, shown)| Candidate {
                facets: [
                    [step(height - born), few(batch.ids.len()), 0],
                    [after(batch.time_ms, entry.time_ms), 0, 0],
                    [few(batch.ids.len()), few(entry.ids.len()), 0],
                ],
                shown: Rc::clone(shown),
            });
            puzzles.extend(answer.map(|answer| Puzzle {
                shown: of_store(token, on),
                candidates: candidates.collect(),
                answer,
                place: Some((at.view, at.output)),
            }));
        }
        let ids = entry.ids.iter();
        earlier.extend(ids.map(|id| (*id, height, entry, in_batch(id, entry))));
    }
    puzzles
}

fn asked_created_by(evidence: &Evidence, senders: bool) -> Vec<Puzzle> {
    let places = evidence.places();
    let about: Vec<(Strings, Vec<Strings>)> = evidence
        .asked
        .iter()
        .map(|asked| {
            let id = asked.submission.opening.id();
            (wide(id, &asked.submission), of_tokens(&asked.submission))
        })
        .collect();
    let all: Vec<Rc<Strings>> = about
        .iter()
        .map(|(wide, tokens)| {
            let tokens = tokens.iter().flatten();
            Rc::new(wide.iter().chain(tokens).copied().collect())
        })
        .collect();
    let mut puzzles = Vec::new();
    for (now, (asked, (wide, tokens))) in evidence.asked.iter().zip(&about).enumerate() {
        for own in tokens {
            let token = own.first().map(|(_, token)| Token(*token));
            let Some(at) = token.and_then(|token| evidence.created.get(&token)) else {
                continue;
            };
            let using = few(tokens.len());
            // What is decided in one batch can't use up what the batch creates.
            let before = evidence
                .asked
                .iter()
                .take_while(|other| other.at_ms < asked.at_ms);
            let candidates: Vec<Candidate> = before
                .enumerate()
                .map(|(then, other)| {
                    let header = &other.submission.opening.header;
                    let same_sender = u8::from(senders && other.from == asked.from);
                    let used = few(about[then].1.len());
                    let signers = few(header.cancel.len());
                    Candidate {
                        facets: [
                            [step(now - then), used, same_sender],
                            [after(other.at_ms, asked.at_ms), signers, using],
                            [same_sender, signers, using],
                        ],
                        shown: Rc::clone(&all[then]),
                    }
                })
                .collect();
            let answer = places.get(&at.transaction).copied();
            puzzles.extend(
                answer
                    .filter(|answer| *answer < candidates.len())
                    .map(|answer| Puzzle {
                        shown: own.iter().chain(wide).copied().collect(),
                        candidates,
                        answer,
                        place: Some((at.view, at.output)),
                    }),
            );
        }
    }
    puzzles
}
