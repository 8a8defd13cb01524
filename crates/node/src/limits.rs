//! Every limit of this crate, with its reason. Limits that an operator may want to change are in the configuration file.

/// Write-ahead log pages (4 KiB each) after which a commit also moves them into the database file: bounds the log to
/// about 32 MB and start-up after a crash to well under a second, while pages written again and again in between (queues)
/// are moved once.
pub const WAL_PAGES_MAX: u64 = 8_192;

/// Bytes of recent writes that a store gathers in memory before they begin to settle in their tables: about a second of
/// a busy node's, so that what lives shorter never reaches a table.
pub const UNSETTLED_BYTES: usize = 8 << 20;

/// Page cache of a store's connection, in KiB.
pub const STORE_CACHE_KIB: u32 = 65_536;

/// Prepared statements kept per connection: five shapes for each key space, with room to spare.
pub const STATEMENTS_CACHED: usize = 96;

/// How long a connection waits for another one of the same process (backup, reader, checkpoint), in milliseconds.
pub const STORE_BUSY_MS: u64 = 5_000;

/// Free disk bytes below which the notary's store refuses to write. Its engine cannot take back a half-written
/// batch when the disk fills up under it, so it never starts one that might not fit.
pub const NOTARY_DISK_RESERVE_BYTES: u64 = 64 << 20;

/// Block cache of the notary's store, in bytes.
pub const NOTARY_CACHE_BYTES: u64 = 64 << 20;

/// How far behind a member's clock may be before a fresh certificate looks not yet valid to it.
pub const CLOCK_SKEW_TOLERATED_SECONDS: u64 = 2 * 60 * 60;

/// Life of the registrar's root: long enough that replacing it is a planned event.
pub const ROOT_LIFE_DAYS: u64 = 3_650;

/// Bytes of one request or answer between nodes. Transactions are kept far below it; batches are packed up to it.
pub const BODY_BYTES_MAX: usize = 4 << 20;

/// Bytes of one request from a caller without a certificate: a certificate request with its evidence.
pub const STRANGER_BODY_BYTES_MAX: usize = 64 << 10;

/// Bytes of request bodies that a server holds in memory at once, over all connections: what 16 full-sized bodies take, so
/// that a node gets by with 256 MiB. Further requests wait for room.
pub const BODIES_BYTES_MAX: usize = 64 << 20;

/// Bytes of request bodies of one member that a server holds in memory at once, over all its connections: four full-sized
/// ones, as many as a client has under way. A quarter of what all members have, so that one which announces bodies and
/// sends nothing holds up itself.
pub const PARTY_BODIES_BYTES_MAX: usize = 16 << 20;

/// The same for all callers without a certificate together.
pub const STRANGER_BODIES_BYTES_MAX: usize = 1 << 20;

/// Requests under way at once on one connection.
pub const STREAMS_MAX: u32 = 128;

/// Members' connections that a server holds at once.
pub const CONNECTIONS_MAX: usize = 1_024;

/// Connections of one party to a server at once: one is used, a few more overlap while it reconnects.
pub const CONNECTIONS_PER_PARTY_MAX: usize = 8;

/// Connections of callers without a certificate at once: newcomers are few, and members don't share these places.
pub const STRANGER_CONNECTIONS_MAX: usize = 64;

/// Seconds after which a server closes the connection of a caller without a certificate: joining takes one request.
pub const STRANGER_AGE_SECONDS: u64 = 60;

/// Connections still shaking hands at once: nobody knows yet whose they are, so they have places of their own, each for
/// [`HANDSHAKE_MS`] at most.
pub const HANDSHAKES_MAX: usize = 256;

/// Bytes of one request's headers. Peers send a path and a length.
pub const HEADER_BYTES_MAX: u32 = 8 << 10;

/// Milliseconds in which a connection must have been made and its handshake finished.
pub const HANDSHAKE_MS: u64 = 5_000;

/// Milliseconds in which a request's body must have arrived.
pub const BODY_MS: u64 = 15_000;

/// Milliseconds that a client waits for an answer.
pub const CALL_MS: u64 = 30_000;

/// Seconds without a request after which a server closes a connection.
pub const IDLE_SECONDS: u64 = 300;

/// Seconds after which a server closes a connection however busy: bounds how long an expired certificate, or a party
/// no longer admitted, stays connected.
pub const CONNECTION_AGE_SECONDS: u64 = 3_600;

/// Seconds between pings of a quiet connection, so that a vanished peer is noticed.
pub const PING_SECONDS: u64 = 20;

/// Seconds that a connection which is being closed may take over its last requests.
pub const DRAIN_SECONDS: u64 = 30;

/// HTTP/2 flow-control window of a stream: a chunk of a file without waiting for the reader.
pub const STREAM_WINDOW_BYTES: u32 = 1 << 20;

/// HTTP/2 flow-control window of a connection: what a peer can make the other side hold that nobody has read yet, on each of
/// its connections. Over 100 ms it still lets 20 MB a second through.
pub const CONNECTION_WINDOW_BYTES: u32 = 2 << 20;

/// First pause after a failed attempt, in milliseconds; it doubles with each further failure.
pub const RETRY_FIRST_MS: u64 = 50;

/// Longest pause between attempts, in milliseconds: how long a peer that is back may have to wait for its messages.
pub const RETRY_MAX_MS: u64 = 5_000;

/// Milliseconds at least between two attempts to reach a peer because it was heard of: one that can call and not be called
/// must not make us dial with every message.
pub const HEARD_AGAIN_MS: u64 = 1_000;

/// Bytes of one message between nodes.
pub const MESSAGE_BYTES_MAX: usize = 2 << 20;

/// Messages packed into one POST.
pub const BATCH_MESSAGES_MAX: usize = 512;

/// Bytes of messages packed into one POST: with their length prefixes they fit a body, and a small batch need not wait
/// long behind a large one.
pub const BATCH_BYTES_MAX: usize = MESSAGE_BYTES_MAX;

/// POSTs of one outbox under way at once: while the peer syncs one to its disk the next is on the wire.
pub const BATCHES_IN_FLIGHT: usize = 3;

/// Most connections that a configuration may allow: beyond it the operating system's own limits come first.
pub const CONNECTIONS_SETTING_MAX: u64 = 65_536;

/// Longest that a configuration may let a connection idle, in seconds.
pub const IDLE_SECONDS_MAX: u64 = 86_400;

/// Largest store that a configuration may set as its limit, in MiB: the 16 TiB that SQLite's page numbers reach.
pub const STORE_MIB_MAX: u64 = 16 << 20;

/// Shortest window that a configuration may set, in milliseconds: less than a signer on a slow line needs.
pub const WINDOW_MS_MIN: u64 = 1_000;

/// Life of certificates unless the registrar sets another, in days: short, so that no revocation lists are needed, and
/// long enough for a member to be down over a holiday.
pub const CERTIFICATE_DAYS: u64 = 30;

/// Longest life of certificates that a registrar may set, in days.
pub const CERTIFICATE_DAYS_MAX: u64 = 398;

/// Characters of a name for people.
pub const NAME_CHARS_MAX: usize = 200;

/// Free disk bytes below which a process calls itself degraded: time to make room before it stops.
pub const DISK_LOW_BYTES: u64 = 1 << 30;

/// Seconds that a machine's clock may differ from its peers' unremarked; answers are dated to the second.
pub const CLOCK_AHEAD_NOTED_SECONDS: i64 = 5;

/// Tiles of a notary's log that are read from its disk at once, for all anonymous readers together: as many threads as keep a
/// disk busy, and few enough to leave the machine to the notary.
pub const LOG_READERS_MAX: usize = 8;

/// Marks that are asked for in one request whether they are unused: an answer of some 100 KiB.
pub const MARKS_ASKED_MAX: usize = 64;

/// Items that a node's engine takes into one round, and inputs after which it takes no more: bounds how long anybody waits
/// for the round's end, whoever asks.
pub const ROUND_ITEMS_MAX: usize = 512;

/// Seconds without a finished round after which a node calls itself failing: its engine looks at its clocks every quarter
/// of a second.
pub const ENGINE_STALLED_SECONDS: u64 = 30;

/// Connections of a process's HTTP server at once: fewer than the files that a process may usually have open, next to those of
/// its peers and its store. More readers than that come through a proxy.
pub const HTTP_CONNECTIONS_MAX: usize = 512;

/// Milliseconds in which the head of an HTTP request must have arrived, and that a connection may wait for its next one: longer
/// than clients keep connections that they may use again.
pub const HTTP_HEAD_MS: u64 = 30_000;

/// Bytes of the head of an HTTP request.
pub const HTTP_HEAD_BYTES_MAX: usize = 64 << 10;

/// Audits of a node at once: each holds everything that the node keeps in memory.
pub const AUDITS_MAX: usize = 1;

/// Free bytes of the disk with attached files below which no more are taken: they must not take the room that the node's own
/// store needs.
pub const FILES_DISK_RESERVE_BYTES: u64 = 1 << 30;

/// Trees of files kept ready, 2 MiB each at most: those that are being sent and fetched.
pub const TREES_KNOWN_MAX: usize = 4;

/// Chunks of a file that are looked for at once, when it is said which are missing.
pub const CHUNKS_LOOKED_FOR_MAX: usize = 16;

/// Chunks of one file on their way to whoever fetches it: while one is written to the network the next are read.
pub const CHUNKS_AHEAD_MAX: usize = 4;

/// Requests of clients at once that send or fetch files, each with a few chunks in memory. Others wait.
pub const FILE_REQUESTS_MAX: usize = 8;

/// Chunks of files, or pieces of their trees, that are fetched from other nodes at once: each answer may fill a body.
pub const CHUNKS_FETCHED_MAX: usize = 8;

/// Pieces of files on their way to other nodes at once, 1 MiB each, all told.
pub const FILE_REPLIES_MAX: usize = 16;

/// Pieces of files on their way to one other node at once: it holds up nobody else by not taking them.
pub const FILE_REPLIES_PER_PARTY_MAX: usize = 4;

/// Directories of earlier times that a member keeps in memory: what it is told at one moment was decided under one or two.
pub const DIRECTORIES_KEPT: usize = 16;

/// Files that the node is asked for at once, of those that it wants.
pub const FILES_WANTED_PAGE: usize = 64;

/// Files that are fetched unasked at once: one that comes slowly holds up few others.
pub const FILES_FETCHED_MAX: usize = 4;

/// Bytes of files that are fetched unasked on the word of one member's node in a day: what it shares beyond comes the next day,
/// or when a client asks. Enough for the largest file.
pub const FETCHED_UNASKED_BYTES_MAX: u64 = 64 << 30;

/// A day, in seconds.
pub const FETCHED_UNASKED_SECONDS: u64 = 24 * 60 * 60;

/// Milliseconds until a file that could not be fetched unasked is tried again, at first; each time twice as long.
pub const FILE_RETRY_FIRST_MS: u64 = 1_000;

/// Milliseconds until it is tried again, at most.
pub const FILE_RETRY_MAX_MS: u64 = 60 * 60 * 1_000;

/// Files of which is remembered when they are to be tried again; beyond, they are tried as if for the first time.
pub const FILES_PUT_OFF_MAX: usize = 4_096;

/// Seconds between two looks for files that are wanted.
pub const FILES_LOOKED_FOR_SECONDS: u64 = 1;

/// How long a file stays that no fact names: long enough to send it and to agree on the fact.
pub const UNREFERENCED_FILE_MS: u64 = 24 * 60 * 60 * 1_000;

/// Seconds between two looks for files that nobody needs.
pub const FILES_TIDIED_SECONDS: u64 = 60 * 60;

/// Files that are removed together: their hashes are held in memory.
pub const FILES_REMOVED_MAX: usize = 4;

/// Bytes of one file of a log that is read from elsewhere: a full bundle of the longest entries (C2SP tlog-tiles), which is more
/// than any note.
pub const LOG_FILE_BYTES_MAX: u64 = 256 * (65_535 + 2);

/// How long one file of a log may take to arrive.
pub const LOG_FILE_SECONDS: u64 = 30;

/// A notary's log that grows by nothing for so long stands still: it enters a root of its tokens every ten seconds.
pub const LOG_SILENT_SECONDS: u64 = 120;

/// Bytes of a request to a witness: a note of the longest, and 63 lines of proof.
pub const WITNESS_REQUEST_BYTES_MAX: usize = tlog::limits::NOTE_BYTES_MAX + 4_096;

/// Bytes of a witness's answer: signature lines, at most as many as a note has.
pub const WITNESS_ANSWER_BYTES_MAX: usize = tlog::limits::NOTE_BYTES_MAX;
