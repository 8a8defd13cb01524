//! Why a transaction, as far as it is seen, isn't valid.

use deed::{Party, Refusal};

use crate::address::Purpose;
use crate::digest::Digest;
use crate::envelope::EnvelopeError;
use crate::fact::DueRef;
use crate::limits::WINDOW_MS_MAX;

/// Why a transaction, as far as it is seen, isn't valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// A rule of the contract, or of money itself, says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Another network, notary or format.
    #[error("the transaction is for another {what}")]
    Foreign {
        /// What differs: `network`, `notary` or `format`.
        what: &'static str,
    },
    /// More of something than a limit allows, or none where one is needed.
    #[error("{what}: {count} where 1 to {limit} are allowed")]
    Limit {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// The window is empty or longer than allowed, or the effective date lies outside.
    #[error(
        "the time window is empty, longer than {WINDOW_MS_MAX} ms or does not contain the effective date"
    )]
    Window,
    /// One token serves two inputs.
    #[error("one token serves two inputs")]
    TokenTwice,
    /// Nobody here accepts this contract.
    #[error("the contract {0} is not accepted here")]
    UnknownContract(Digest),
    /// A view stands at another place than it says.
    #[error("view {ordinal} stands at another place than it says")]
    Misplaced {
        /// The place.
        ordinal: u32,
    },
    /// Something in the view doesn't follow from the contract.
    #[error("view {ordinal}: {what} does not follow from the contract")]
    NotComputed {
        /// The view.
        ordinal: u32,
        /// What differs.
        what: &'static str,
    },
    /// What the header commits isn't what the view gives.
    #[error("view {ordinal}: the header commits other {what} than the view gives")]
    Uncommitted {
        /// The view.
        ordinal: u32,
        /// What differs: `tokens`, `key tokens`, `public part` or `envelopes`.
        what: &'static str,
    },
    /// Shown outputs that don't hang together.
    #[error("view {ordinal}: the shown facts are not the view's")]
    ShownApart {
        /// The view.
        ordinal: u32,
    },
    /// A fact is shown alone, and its contract asks nobody but its holder to vouch for it.
    #[error("view {ordinal}: nobody who does not hold fact {output} vouches for it")]
    NobodyVouches {
        /// Position of the view.
        ordinal: u32,
        /// Position of the fact among those that the view creates.
        output: u32,
    },
    /// A due whose discharge isn't shown, or shown twice.
    #[error("view {}: due {} is discharged {times} times in what is shown, not once", .due.view, .due.position)]
    DueNotDischarged {
        /// The due.
        due: DueRef,
        /// How often a discharge is claimed.
        times: usize,
    },
    /// A key in a created fact that isn't the one that its owner gave out.
    #[error("view {view}, output {output}: nobody vouches that its key belongs to {party}")]
    HijackedKey {
        /// The view.
        view: u32,
        /// The output.
        output: u32,
        /// Whose key it should be.
        party: Party,
        /// What for.
        purpose: Purpose,
    },
    /// A party that has to be in the network map isn't.
    #[error("{party} is not in the network map")]
    NotAMember {
        /// The party.
        party: Party,
    },
    /// A signature that is needed is missing or covers less.
    #[error("{} has not signed view {view} as needed", .parties.iter().map(Party::as_str).collect::<Vec<_>>().join(" or "))]
    NotSigned {
        /// Who could.
        parties: Vec<Party>,
        /// The view.
        view: u32,
    },
    /// A signature doesn't verify.
    #[error("the signature of {party} does not verify")]
    BadSignature {
        /// Whose.
        party: Party,
    },
    /// An envelope can't be sealed or opened.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
}

impl Invalid {
    /// A stable code: the rule's name, or the check's.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(refusal) => &refusal.rule,
            Self::Foreign { .. } => "other_network_notary_or_format",
            Self::Limit { .. } => "limit_exceeded",
            Self::Window => "window_not_allowed",
            Self::TokenTwice => "token_twice",
            Self::UnknownContract(_) => "contract_not_accepted",
            Self::Misplaced { .. } => "view_out_of_place",
            Self::NotComputed { .. } => "does_not_follow_from_contract",
            Self::Uncommitted { .. } => "header_commits_otherwise",
            Self::ShownApart { .. } => "shown_facts_not_in_view",
            Self::NobodyVouches { .. } => "nobody_vouches",
            Self::DueNotDischarged { .. } => "due_discharged_exactly_once",
            Self::HijackedKey {
                purpose: Purpose::Control,
                ..
            } => "controller_not_vouched_for",
            Self::HijackedKey {
                purpose: Purpose::Holder,
                ..
            } => "holder_not_vouched_for",
            Self::NotAMember { .. } => "not_a_member",
            Self::NotSigned { .. } => "signature_missing",
            Self::BadSignature { .. } => "signature_wrong",
            Self::Envelope(_) => "envelope_unusable",
        }
    }
}
