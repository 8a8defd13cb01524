//! Every limit of the portal, with its reason.

/// Largest amount of one fact, in the smallest unit: ten trillion pounds, of which nine thousand can be
/// added up before 64 bits overflow. A row that moves no money could otherwise publish any number.
pub(crate) const AMOUNT_MINOR_MAX: i64 = 1_000_000_000_000_000;
/// Payments on one page of results: what fits on a few screens, and a page's weight.
pub(crate) const PAYMENTS_PER_PAGE: u64 = 25;
/// Pages that can be asked for: beyond this the filters or the download serve better than a deeper scan.
pub(crate) const PAGE_MAX: u64 = 10_000;
/// Payments on the first page.
pub(crate) const PAYMENTS_LATEST: u64 = 8;
/// Characters of a search: longer than any published name.
pub(crate) const SEARCH_CHARS_MAX: usize = 200;
/// Words of a search: each one is a walk through the index.
pub(crate) const SEARCH_WORDS_MAX: usize = 12;
/// Payments named in one event; the count in it is always complete.
pub(crate) const EVENT_PAYMENTS: u64 = 20;
/// Readers of events at once: each holds a connection.
pub(crate) const EVENT_STREAMS_MAX: usize = 1_000;
/// Time in which payments are gathered into one event, in milliseconds: well under the two seconds
/// in which a payment must show.
pub(crate) const EVENT_GATHER_MS: u64 = 250;
/// Time between signs of life on a stream, in seconds.
pub(crate) const EVENT_BEAT_S: u64 = 10;
/// Reads of the index at once: more would only compete for the same disk and cores.
pub(crate) const READS_MAX: usize = 8;
/// Rows of a download read at once: a slow reader holds this much memory and no lock.
pub(crate) const DOWNLOAD_ROWS: u64 = 1_000;
/// Bytes of an address and its query: the longest form of the search has less than half.
pub(crate) const ADDRESS_BYTES_MAX: usize = 2_000;
/// Receivers of issued money that the first page names one by one; the page of spending names all.
pub(crate) const SOURCES_ON_FIRST_PAGE: usize = 6;
/// The largest payments on a page of spending.
pub(crate) const PAYMENTS_LARGEST: u64 = 10;
