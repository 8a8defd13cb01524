//! A decision on who keeps a log next: the text of their epoch, signed by enough of those before, and by each that is new.

use deed::Party;
use tlog::{Note, VerifierKey};

use super::{Authorities, Purpose, Validator};
use crate::codec;
use crate::limits::{DECISION_BYTES_MAX, EPOCHS_MAX};
use crate::log_keys::LogKeys;

/// Why a decision isn't one. Each is a stable code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecisionRefusal {
    /// Not the text of a decision in its one form.
    #[error("the decision can't be read: {reason}")]
    Unreadable {
        /// What is wrong.
        reason: String,
    },
    /// Of another log.
    #[error("the decision is about the log {found}, and this one is {expected}")]
    OtherLog {
        /// The log's origin.
        expected: String,
        /// The decision's.
        found: String,
    },
    /// Decided already, or too early.
    #[error("the decision is on epoch {found}, and the next one is {expected}")]
    Epoch {
        /// The next epoch.
        expected: u32,
        /// The decision's.
        found: u32,
    },
    /// Too few validators to bear one that lies, or too many.
    #[error("there is one validator, or there are 4 to 31; the decision has {found}")]
    Validators {
        /// How many there are.
        found: usize,
    },
    /// A threshold that makes two truths possible, or stops the log when those fail that may.
    #[error("of so many validators {expected} are needed, and the decision says {found}")]
    Needed {
        /// What follows from their number.
        expected: usize,
        /// What the decision says.
        found: u32,
    },
    /// One body would count twice.
    #[error("{party} is named twice")]
    PartyTwice {
        /// The body.
        party: Party,
    },
    /// One key would count twice.
    #[error("a key of {party} stands in the decision twice")]
    KeyTwice {
        /// The second whose it is said to be.
        party: Party,
    },
    /// A key that had another owner or purpose in this log.
    #[error("a key of {party} was somebody else's, or for something else, before")]
    KeyReused {
        /// Whose it is said to be now.
        party: Party,
    },
    /// A signature that isn't valid, or of somebody who has no say.
    #[error("the decision's signatures: {reason}")]
    Signature {
        /// What is wrong.
        reason: String,
    },
    /// Too few of those before agree.
    #[error("{found} of the {needed} needed authorities of epoch {epoch} have approved")]
    Approvals {
        /// The epoch before.
        epoch: u32,
        /// How many must agree.
        needed: usize,
        /// How many do.
        found: usize,
    },
    /// A new validator hasn't agreed.
    #[error("{party} is new, or has new keys, and has not approved with its own")]
    NotAgreed {
        /// The body.
        party: Party,
    },
    /// More epochs than a history holds.
    #[error("a log has at most {EPOCHS_MAX} epochs")]
    TooMany,
}

impl DecisionRefusal {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "decision_unreadable",
            Self::OtherLog { .. } => "decision_of_another_log",
            Self::Epoch { .. } => "wrong_epoch",
            Self::Validators { .. } => "validators_out_of_range",
            Self::Needed { .. } => "wrong_threshold",
            Self::PartyTwice { .. } => "validator_twice",
            Self::KeyTwice { .. } => "key_twice",
            Self::KeyReused { .. } => "key_reused",
            Self::Signature { .. } => "approval_not_valid",
            Self::Approvals { .. } => "not_enough_approvals",
            Self::NotAgreed { .. } => "validator_not_agreed",
            Self::TooMany => "too_many_epochs",
        }
    }
}

/// Whose say counts on what comes after the last epoch of a log.
struct Electors {
    epoch: u32,
    keys: Vec<VerifierKey>,
    needed: usize,
}

impl Electors {
    fn of(log: &LogKeys) -> Self {
        match log.epochs().last() {
            Some(last) => Self {
                epoch: last.authorities.epoch(),
                keys: authority_keys(last.authorities.validators()).collect(),
                needed: last.authorities.needed(),
            },
            None => Self {
                epoch: 0,
                keys: vec![log.own().clone()],
                needed: 1,
            },
        }
    }
}

fn authority_keys(validators: &[Validator]) -> impl Iterator<Item = VerifierKey> {
    validators.iter().map(|v| v.authority.clone())
}

/// The authorities that a decision makes the next ones of a log.
pub(crate) fn decided(note: &str, log: &LogKeys) -> Result<Authorities, DecisionRefusal> {
    let unreadable = |reason: String| DecisionRefusal::Unreadable { reason };
    if note.len() > DECISION_BYTES_MAX {
        let reason = format!("it has {} bytes, of {DECISION_BYTES_MAX}", note.len());
        return Err(unreadable(reason));
    }
    let parsed = Note::parse(note.as_bytes()).map_err(|e| unreadable(e.to_string()))?;
    if parsed.to_string() != note || codec::composed(note) != note {
        return Err(unreadable("it is not written in its one form".to_owned()));
    }
    let next = Authorities::parse(parsed.unverified_text().as_str())?;
    let origin = log.own().name().as_str();
    if next.origin().as_str() != origin {
        return Err(DecisionRefusal::OtherLog {
            expected: origin.to_owned(),
            found: next.origin().as_str().to_owned(),
        });
    }
    let electors = Electors::of(log);
    if next.epoch() != electors.epoch.saturating_add(1) {
        return Err(DecisionRefusal::Epoch {
            expected: electors.epoch.saturating_add(1),
            found: next.epoch(),
        });
    }
    if log.epochs().len() == EPOCHS_MAX {
        return Err(DecisionRefusal::TooMany);
    }
    let reused = next.validators().iter().find(|v| is_reused(v, log));
    if let Some(validator) = reused {
        let party = validator.party.clone();
        return Err(DecisionRefusal::KeyReused { party });
    }
    check_approvals(&parsed, &next, &electors, log)?;
    Ok(next)
}

/// Whether a key of a validator is one that the log knows as somebody else's, or for another purpose.
fn is_reused(validator: &Validator, log: &LogKeys) -> bool {
    let own = log.keys().iter().map(|key| key.public_key().bytes());
    let earlier = log.epochs().iter().flat_map(|e| e.authorities.validators());
    let known: Vec<(&Party, Purpose, &[u8])> = earlier
        .flat_map(|v| v.keys().map(|(purpose, key)| (&v.party, purpose, key)))
        .collect();
    let own: Vec<&[u8]> = own.collect();
    validator.keys().iter().any(|(purpose, key)| {
        let elsewhere = |(party, of, one): &(&Party, Purpose, &[u8])| {
            one == key && (*party != &validator.party || of != purpose)
        };
        own.contains(key) || known.iter().any(elsewhere)
    })
}

/// Enough of those before have signed, each that is new has, and nobody else.
fn check_approvals(
    note: &Note,
    next: &Authorities,
    electors: &Electors,
    log: &LogKeys,
) -> Result<(), DecisionRefusal> {
    let mut known = electors.keys.clone();
    known.extend(authority_keys(next.validators()).filter(|key| !electors.keys.contains(key)));
    let signed = note.verify_exact(&known);
    let signed = signed.map_err(|e| DecisionRefusal::Signature {
        reason: e.to_string(),
    })?;
    let has_signed = |key: &VerifierKey| signed.signatures.iter().any(|s| s.key == key);
    let found = electors.keys.iter().filter(|key| has_signed(key)).count();
    if found < electors.needed {
        return Err(DecisionRefusal::Approvals {
            epoch: electors.epoch,
            needed: electors.needed,
            found,
        });
    }
    let before = log.epochs().last().map(|e| e.authorities.validators());
    let is_new = |validator: &&Validator| !before.is_some_and(|b| b.contains(validator));
    let mut new = next.validators().iter().filter(is_new);
    match new.find(|validator| !has_signed(&validator.authority)) {
        Some(validator) => Err(DecisionRefusal::NotAgreed {
            party: validator.party.clone(),
        }),
        None => Ok(()),
    }
}
