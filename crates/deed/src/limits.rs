//! Every limit of the language, with its reason. An unbounded input is an attack.

/// Longest source text, in bytes: several times the longest statute-sized contract we can imagine.
pub const SOURCE_BYTES_MAX: usize = 256 * 1024;
/// Deepest indentation, in levels: declaration, clause, continuation and one to spare.
pub const INDENT_LEVELS_MAX: usize = 6;
/// Deepest nesting of an expression: no readable sentence goes deeper, and the stack stays small.
pub const NESTING_MAX: usize = 32;
/// Most declarations, fields, parameters or clauses of one block: indices fit `u16`, pages stay readable.
pub const ITEMS_MAX: usize = 256;
/// Most diagnostics shown in one run: beyond this the first ones are the cause.
pub const DIAGNOSTICS_MAX: usize = 20;
/// Longest name, in bytes.
pub const NAME_BYTES_MAX: usize = 64;
/// Longest text value, in bytes: a description, not a document (those travel as attachments).
pub const TEXT_BYTES_MAX: usize = 4096;
/// Largest declared size of a list.
pub const LIST_ITEMS_MAX: u32 = 1000;
/// Most elementary steps of one action in the worst case: about ten milliseconds.
pub const COST_MAX: u64 = 1_000_000;
/// Steps counted for comparing two texts, which may be long.
pub const TEXT_COST: u64 = 16;
/// Most money facts consumed by one money view: bounds the tokens a notary must check at once.
pub const MONEY_INPUTS_MAX: usize = 240;
/// Most money facts created by one money view: room for a batch of payments and for fan-out.
pub const MONEY_OUTPUTS_MAX: usize = 1024;
/// Longest identifier of a party, in bytes.
pub const PARTY_BYTES_MAX: usize = 64;
/// Longest type of a credential, an address, in characters: what wallets store and compare.
pub const CREDENTIAL_TYPE_BYTES_MAX: usize = 256;
/// Largest amount in a literal, in minor units: a thousand times the world's yearly product in pence.
pub const MONEY_LITERAL_MAX: i64 = 10_000_000_000_000_000;
/// Longest period, in days, months, years or working days: a century of days.
pub const PERIOD_MAX: i64 = 36_600;
/// Longest stretch of time that a calendar speaks of, in days: twenty years. Working days are counted one by one.
pub const CALENDAR_DAYS_MAX: i64 = 7_320;
/// Most holidays of one calendar.
pub const HOLIDAYS_MAX: usize = 512;
/// Most exceptions of one rule or value: each is compared with each.
pub const EXCEPTIONS_MAX: usize = 32;
/// Most contracts that one uses: a reader has to read them too.
pub const USES_MAX: usize = 16;
/// Most records of a contract, those of the contracts that it uses included: the text of each must be read.
pub const RECORDS_MAX: usize = 1024;
/// Deepest nesting of records in records: what reads a value follows it down.
pub const RECORD_DEPTH_MAX: u16 = 16;
/// Most names of one enumeration: beyond that it is a register, and its entries are facts.
pub const CHOICES_MAX: usize = 256;
/// Most known facts that one count, sum or share looks at for one subject: more is a refusal, not a wait.
pub const KNOWN_FACTS_MAX: usize = 1000;
/// Most figures named in one refusal: enough to see why, short enough to read.
pub const FIGURES_MAX: usize = 6;
/// Most decimal places of a decimal number: a billionth, and a product of two still fits 64 bits for everyday sizes.
pub const DECIMAL_PLACES_MAX: u8 = 9;
/// 100% as percentages are counted: in ten-thousandths of a per cent.
pub const PERCENT_WHOLE: i64 = 1_000_000;
/// Finest percentage, in decimal places: published rates use at most three.
pub const PERCENT_DECIMALS_MAX: usize = 4;
/// Largest percentage in a literal: 1000%, counted in ten-thousandths of a per cent. Higher ones are computed, not written.
pub const PERCENT_LITERAL_MAX: i64 = 10_000_000;
/// Longest time for which `keep` says that a fact is kept, in the years or months that it names: no law looks further.
pub const KEEP_PERIOD_MAX: i64 = 1200;
/// Earliest year of a date that is written: four digits, so that none is missing.
pub const YEAR_LITERAL_MIN: i64 = 1000;
/// Latest year of a date that is written, and of one that is computed.
pub const YEAR_LITERAL_MAX: i64 = 9999;
