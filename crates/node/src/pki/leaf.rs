//! Reading a certificate: whose it is, and until when.
//!
//! Nothing here verifies a chain; TLS has done that before a certificate comes here, or the registrar issued it.

use deed::{Party, PartyError};
use jiff::{SignedDuration, Timestamp};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;

use super::name::PARTY_URI;

/// Why a certificate does not say who holds it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// It is not an X.509 certificate in DER.
    #[error("not a certificate")]
    Unreadable,
    /// No name in it is a party's.
    #[error("no party is named")]
    NoParty,
    /// Which of them holds the key cannot be told.
    #[error("more than one party is named")]
    SeveralParties,
    /// The name is not a party's identifier.
    #[error("the party's identifier is not valid")]
    BadParty(#[source] PartyError),
    /// Its dates make no sense.
    #[error("the dates of validity are out of range")]
    BadDates,
}

/// What a node's certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Who holds the key.
    pub party: Party,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when it is valid.
    pub not_after: Timestamp,
}

impl Leaf {
    /// Reads a certificate in DER.
    pub fn parse(der: &[u8]) -> Result<Leaf, LeafError> {
        let (rest, certificate) =
            X509Certificate::from_der(der).map_err(|_| LeafError::Unreadable)?;
        if !rest.is_empty() {
            return Err(LeafError::Unreadable);
        }
        let names = certificate
            .subject_alternative_name()
            .map_err(|_| LeafError::Unreadable)?;
        let uris = names.iter().flat_map(|names| &names.value.general_names);
        let uris = uris.filter_map(|name| match name {
            GeneralName::URI(uri) => Some(*uri),
            _ => None,
        });
        let validity = certificate.validity();
        Ok(Leaf {
            party: party_of_uris(uris)?,
            not_before: timestamp(validity.not_before)?,
            not_after: timestamp(validity.not_after)?,
        })
    }

    /// When to ask for the next certificate: after two thirds of this one's life.
    pub fn renew_at(&self) -> Timestamp {
        let life = self.not_after.duration_since(self.not_before);
        self.not_before
            .checked_add(life * 2 / 3)
            .unwrap_or(self.not_after)
    }

    /// Whether it is time to ask for the next certificate.
    pub fn renewal_needed(&self, now: Timestamp) -> bool {
        now >= self.renew_at()
    }

    /// How much longer it is valid; negative once it has expired.
    pub fn life_left(&self, now: Timestamp) -> SignedDuration {
        self.not_after.duration_since(now)
    }
}

/// The one party among the URI names of a certificate or request; URIs of other schemes are nobody's business here.
pub(super) fn party_of_uris<'a>(uris: impl Iterator<Item = &'a str>) -> Result<Party, LeafError> {
    let mut parties = uris.filter_map(|uri| uri.strip_prefix(PARTY_URI));
    match (parties.next(), parties.next()) {
        (None, _) => Err(LeafError::NoParty),
        (Some(_), Some(_)) => Err(LeafError::SeveralParties),
        (Some(id), None) => Party::new(id).map_err(LeafError::BadParty),
    }
}

fn timestamp(time: x509_parser::time::ASN1Time) -> Result<Timestamp, LeafError> {
    Timestamp::from_second(time.timestamp()).map_err(|_| LeafError::BadDates)
}
