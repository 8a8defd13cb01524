//! How a party's identifier is written in a certificate.

use aws_lc_rs::digest::{SHA256, digest};
use deed::Party;
use rustls_pki_types::DnsName;

/// What the URI name that carries a party's identifier begins with.
pub const PARTY_URI: &str = "pvn:party:";

/// The DNS name of a party's certificate: `<id in lower case>.pvn`, which no resolver knows.
///
/// TLS libraries check a DNS name whatever else is checked. Identifiers that are no DNS name, or that differ from
/// another only in case, are still told apart by the URI name, which is the one that counts.
pub fn dns_name(party: &Party) -> String {
    let name = format!("{}.pvn", party.as_str().to_ascii_lowercase());
    match DnsName::try_from(name.as_str()) {
        Ok(_) => name,
        Err(_) => {
            let hash = digest(&SHA256, party.as_str().as_bytes());
            let start: String = hash.as_ref()[..16]
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect();
            format!("p{start}.pvn")
        }
    }
}

/// The URI name of a party's certificate.
pub(super) fn party_uri(party: &Party) -> String {
    format!("{PARTY_URI}{party}")
}
