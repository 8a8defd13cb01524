//! Whom an invitation lets in, and everything that speaks against letting somebody in.

use std::collections::BTreeSet;

use deed::Party;
use ledger::codec;
use ledger::digest::Digest;
use ledger::map::{MemberRecord, MemberRole};
use minicbor::{Decode, Encode};

use super::RegistrarError;
use crate::limits::{
    ENDPOINT_BYTES_MAX, ENDPOINT_CHANGE_MS, KEY_GOES_AFTER_MS, NAME_BYTES_MAX, SERVICE_BYTES_MAX,
    SERVICES_MAX, WEBSITE_BYTES_MAX,
};

/// A permission to join: for one body, in one role, with the parties whose accounts its node keeps.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Invitation {
    /// The body that may join with it.
    #[cbor(n(0), with = "codec::party")]
    pub party: Party,
    /// The parties without a node of their own that it hosts: these and no others come with it.
    #[cbor(n(1), with = "codec::parties")]
    pub hosts: Vec<Party>,
    /// What it will do in the network.
    #[n(2)]
    pub role: MemberRole,
    /// Until when, milliseconds since 1970-01-01 UTC.
    #[n(3)]
    pub until_ms: u64,
}

/// A newcomer who shows an invitation's code.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// The invitation that the code stands for.
    pub invitation: &'a Invitation,
    /// The name under which the invitation is known: a hash of its code.
    pub code: Digest,
    /// A hash over the newcomer's keys: an invitation that was used is good for whoever used it, and for nobody else.
    pub keys: Digest,
    /// The party that the certificate is asked for.
    pub party: &'a Party,
    /// The records it asks for, whose keys it has shown to hold. Admission time and revocation are not its to say.
    pub records: Vec<MemberRecord>,
    /// The key of a notary's log, in C2SP verifier key form.
    pub log_key: Option<String>,
    /// The hybrid key with which it may sign beside that one.
    pub log_hybrid: Option<String>,
}

/// Why somebody isn't admitted, or a change isn't made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdmissionRefusal {
    /// No such code, or the code of somebody else's invitation: which of them is not told to whoever guesses.
    #[error("the invitation is unknown or for another party: ask the registrar for a new one")]
    NotInvited,
    /// Too late.
    #[error("the invitation has expired: ask the registrar for a new one")]
    Expired,
    /// The code let somebody in already, with other keys.
    #[error(
        "the invitation has been used already, with other keys: ask the registrar for a new one"
    )]
    Used,
    /// It is for another role.
    #[error(
        "the invitation is for a {invited} and the request for a {asked}: join in the role invited, or ask the registrar for another invitation"
    )]
    Role {
        /// The role invited.
        invited: &'static str,
        /// The role asked for.
        asked: &'static str,
    },
    /// The parties aren't those invited.
    #[error(
        "the invitation is for {} and the request for {}: join for exactly the parties invited, or ask the registrar for another invitation",
        listed(invited),
        listed(asked)
    )]
    Parties {
        /// Those invited, the body first.
        invited: Vec<Party>,
        /// Those in the request.
        asked: Vec<Party>,
    },
    /// A record names another host than the body that joins.
    #[error("the entry of {party} names {host} as its host, which is not the body that joins")]
    Host {
        /// Whose record.
        party: Party,
        /// The host it names.
        host: Party,
    },
    /// The party is there already.
    #[error("{0} is a member already, with other keys or another host")]
    Taken(Party),
    /// A notary without a log key, or a second notary.
    #[error("a notary comes with the key of its log")]
    NoLogKey,
    /// There is one notary.
    #[error("the network has its notary already")]
    SecondNotary,
    /// A text of a record.
    #[error("the {field} of {party} is not acceptable: {reason}")]
    Text {
        /// Whose record.
        party: Party,
        /// Which field.
        field: &'static str,
        /// What it must be.
        reason: String,
    },
    /// More services than anybody offers.
    #[error("{party} names {found} services and may name {SERVICES_MAX}")]
    Services {
        /// Whose record.
        party: Party,
        /// How many it names.
        found: usize,
    },
    /// Only members in force change their entries.
    #[error("{0} is not a member in force")]
    NotMember(Party),
    /// Every change makes the directory's log longer.
    #[error(
        "the endpoint was changed less than {} seconds ago: try again then",
        ENDPOINT_CHANGE_MS / 1000
    )]
    TooSoon,
    /// Another body's entry.
    #[error("{0} is not hosted by the body that asks")]
    NotHosted(Party),
    /// A key that can't stand beside those that are there.
    #[error(
        "a further key of {0} must be of suite 3, P-256 with ML-DSA-65, and the only one of it"
    )]
    NoFurtherKey(Party),
    /// A key that nobody can do without.
    #[error("{0} has no stronger key beside that one: add it first")]
    LastKey(Party),
    /// What was signed with a key must have ended before it goes.
    #[error(
        "the weaker key of {party} is given up since {since_s} s: it can go after {} s, when all that it signed has ended",
        KEY_GOES_AFTER_MS / 1000
    )]
    KeyInUse {
        /// Whose keys.
        party: Party,
        /// Since when it is given up, as far as this registrar knows.
        since_s: u64,
    },
    /// The directory can't be changed.
    #[error(transparent)]
    Registrar(#[from] RegistrarError),
}

impl AdmissionRefusal {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotInvited => "not_invited",
            Self::Expired => "invitation_expired",
            Self::Used => "invitation_used",
            Self::Role { .. } => "role_not_invited",
            Self::Parties { .. } => "parties_not_invited",
            Self::Host { .. } => "host_is_not_the_body",
            Self::Taken(_) => "party_taken",
            Self::NoLogKey => "log_key_missing",
            Self::SecondNotary => "second_notary",
            Self::Text { .. } => "text_not_acceptable",
            Self::Services { .. } => "too_many_services",
            Self::NotMember(_) => "not_a_member",
            Self::TooSoon => "changed_too_soon",
            Self::NotHosted(_) => "not_hosted_by_you",
            Self::NoFurtherKey(_) => "key_not_addable",
            Self::LastKey(_) => "key_not_replaced",
            Self::KeyInUse { .. } => "key_in_use",
            Self::Registrar(RegistrarError::Full { .. }) => "directory_full",
            Self::Registrar(_) => "registrar_failed",
        }
    }
}

fn listed(parties: &[Party]) -> String {
    let names: Vec<&str> = parties.iter().map(Party::as_str).collect();
    names.join(", ")
}

/// The word for a role.
#[must_use]
pub fn role_name(role: MemberRole) -> &'static str {
    match role {
        MemberRole::Body => "body",
        MemberRole::Portal => "portal",
        MemberRole::Notary => "notary",
        MemberRole::Registrar => "registrar",
    }
}

/// Whether a claim asks for what its invitation grants, at a moment.
pub(super) fn check(claim: &Claim<'_>, now_ms: u64) -> Result<(), AdmissionRefusal> {
    let invitation = claim.invitation;
    if invitation.party != *claim.party {
        return Err(AdmissionRefusal::NotInvited);
    }
    if now_ms > invitation.until_ms {
        return Err(AdmissionRefusal::Expired);
    }
    let invited = std::iter::once(&invitation.party).chain(&invitation.hosts);
    let asked = claim.records.iter().map(|record| &record.party);
    let once: BTreeSet<&Party> = asked.clone().collect();
    if once.len() != claim.records.len()
        || asked.clone().next() != Some(&invitation.party)
        || once != invited.clone().collect()
    {
        return Err(AdmissionRefusal::Parties {
            invited: invited.cloned().collect(),
            asked: asked.cloned().collect(),
        });
    }
    for record in &claim.records {
        if record.role != invitation.role {
            return Err(AdmissionRefusal::Role {
                invited: role_name(invitation.role),
                asked: role_name(record.role),
            });
        }
        if record.details.host != invitation.party {
            return Err(AdmissionRefusal::Host {
                party: record.party.clone(),
                host: record.details.host.clone(),
            });
        }
        check_texts(record)?;
    }
    Ok(())
}

/// Whether the words of a record can be shown to people and kept by everybody.
fn check_texts(record: &MemberRecord) -> Result<(), AdmissionRefusal> {
    let (party, details) = (&record.party, &record.details);
    if details.services.len() > SERVICES_MAX {
        return Err(AdmissionRefusal::Services {
            party: party.clone(),
            found: details.services.len(),
        });
    }
    let refuse = |field, reason: String| {
        Err(AdmissionRefusal::Text {
            party: party.clone(),
            field,
            reason,
        })
    };
    if !is_words(&record.name, NAME_BYTES_MAX) {
        return refuse("name", words_wanted(NAME_BYTES_MAX));
    }
    if !details
        .services
        .iter()
        .all(|service| is_words(service, SERVICE_BYTES_MAX))
    {
        return refuse("service", words_wanted(SERVICE_BYTES_MAX));
    }
    if !is_website(&details.website) {
        return refuse(
            "website",
            format!(
                "an https:// or http:// address of up to {WEBSITE_BYTES_MAX} bytes, or nothing"
            ),
        );
    }
    check_endpoint(party, &details.endpoint)
}

fn words_wanted(bytes_max: usize) -> String {
    format!("it takes 1 to {bytes_max} bytes on one line, without control characters")
}

/// One line that shows as what it is: no control character, and none that turns the direction of writing.
fn is_words(text: &str, bytes_max: usize) -> bool {
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !text.trim().is_empty()
        && text.len() <= bytes_max
        && !text.chars().any(|c| c.is_control() || turns(c))
}

/// Nothing, or an address that a page may link to: no other scheme, which could carry a script.
fn is_website(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    text.is_empty()
        || (text.len() <= WEBSITE_BYTES_MAX
            && rest.is_some_and(|rest| !rest.is_empty())
            && text.chars().all(|c| c.is_ascii_graphic()))
}

/// Whether an endpoint is a host and a port.
pub(super) fn check_endpoint(party: &Party, endpoint: &str) -> Result<(), AdmissionRefusal> {
    let parts = endpoint.rsplit_once(':');
    let holds = parts.is_some_and(|(host, port)| {
        !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port != 0)
    });
    let plain = endpoint
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']'));
    if holds && plain && endpoint.len() <= ENDPOINT_BYTES_MAX {
        return Ok(());
    }
    Err(AdmissionRefusal::Text {
        party: party.clone(),
        field: "endpoint",
        reason: format!(
            "a host and a port, such as node.example:7480, of up to {ENDPOINT_BYTES_MAX} bytes"
        ),
    })
}
