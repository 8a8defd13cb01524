//! Who is at the other end: the registrar's root, the short-lived certificates it issues, key files, and keys in
//! security modules.
//!
//! A certificate says one thing, which party holds its key, and says it in a URI name (`pvn:party:<id>`), as SPIFFE
//! does. Certificates open connections and nothing else: no signature on the ledger relies on one. Time comes in as an
//! argument; only keys and serial numbers are drawn at random here.

mod hybrid;
mod identity;
mod keys;
mod leaf;
mod module;
mod name;
mod request;
mod root;

pub use hybrid::HybridKey;
pub use identity::{IdentityError, TlsIdentity};
pub use keys::{KeyFileError, KeyKind, SecretKey};
pub use leaf::{Leaf, LeafError};
pub use module::{ModuleError, ModuleKey, ModuleSettings, SecurityModule};
pub use name::{PARTY_URI, dns_name};
pub use request::{Request, RequestError, new_request};
pub use root::{Fingerprint, FingerprintError, IssueError, RegistrarRoot, RootError, registrar_of};
