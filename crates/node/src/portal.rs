//! The public portal: pages, files and events about what organisations published.
//!
//! The room holds published disclosures and the log's size and time, and nothing else. It must never
//! open a vault, ask a node for more than was published, or know a service by name: what kinds and
//! fields mean, and most words on the pages, come from the service's own description.

mod as_of;
mod assets;
mod chart;
mod csv;
mod dates;
mod description;
mod events;
mod figures;
mod ingest;
mod limits;
mod money;
mod pages;
mod security;
mod share;
mod state;
mod store;

pub use description::{
    About, Adjustments, Description, DescriptionError, FlowMeaning, FlowRole, FrontLine, Functions,
    Heading, Line, Notice, PaymentMeaning, Section, ServiceWords, SignedLine, Source, Sources,
    Step, Treatment, TreatmentMeaning,
};
pub use ingest::{PublishedFact, PublishedValue, SetAside};
pub use money::Currency;
pub use pages::{route_paths, router};
pub use state::{Coverage, Organisation, Portal};
pub use store::{
    FileRow, Filter, FlowDetail, FlowRow, Found, IngestError, Ingested, OpenError, Order,
    PaymentDetail, PaymentRow, PortalStore, Provenance, ReadError, Snapshot, SpendRow,
};
