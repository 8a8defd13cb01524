//! Every limit of reading published files, with its reason. An unbounded input is an attack.

/// Longest record (a line, a quoted record over several lines, one JSON object), in bytes: a hundred
/// times the longest row that publishers write. A file of one 10 GB line stops here.
pub const RECORD_BYTES_MAX: u64 = 256 * 1024;
/// Most rows of one file: a national file of a year has fewer; the ordinal fits `u32`.
pub const ROWS_MAX: u32 = 5_000_000;
/// Most rows above the column titles: publishers put a title, a date and a note there.
pub const PREAMBLE_ROWS_MAX: usize = 20;
/// Most columns of a row: a spreadsheet's last column can be far to the right by accident.
pub const COLUMNS_MAX: u32 = 1024;
/// Longest workbook as stored, in bytes: it is indexed from its end, so it can't be streamed.
pub const WORKBOOK_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Longest workbook unpacked, in bytes: its table of texts is held in memory, and a zip can swell a thousandfold.
pub const WORKBOOK_UNPACKED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Longest text that becomes a field of a fact, in bytes.
pub const TEXT_BYTES_MAX: usize = deed::limits::TEXT_BYTES_MAX;
/// Longest file of a service's folder that is read whole (importers, mappings, members), in bytes.
pub const SETTINGS_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Earliest year of a payment date: public bodies have published such files since 2010, with older stragglers.
pub const YEAR_MIN: i16 = 1990;
/// Latest year of a payment date: later ones are slips of the keyboard.
pub const YEAR_MAX: i16 = 2099;
/// Longest run of a wrong cell that an error repeats, in characters.
pub const SHOWN_CHARS_MAX: usize = 60;
