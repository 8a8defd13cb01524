// Every limit of the formats that a verifier reads, as docs/protocol and the Deed specification have them: an unbounded input is
// an attack, and two verifiers with different limits would disagree.

/** Bytes of one proof. */
export const PROOF_BYTES_MAX = 4 * 1024 * 1024;
/** Nesting of lists and records inside one field. */
export const VALUE_DEPTH_MAX = 8;
/** Items in one list: the leaves of a tree of constant depth. */
export const LIST_ITEMS_MAX = 4096;
/** Fields of one fact. */
export const FIELDS_MAX = 1024;
/** Bytes in one text. */
export const TEXT_BYTES_MAX = 64 * 1024;
/** Signatures in one proof. */
export const SIGNATURES_MAX = 64;
/** Transactions that a party signs at one stroke. */
export const SIGNED_TOGETHER_MAX = 64;
/** Hashes in one path: enough for any log. */
export const PATH_MAX = 64;
/** Keys of one member, each of another suite. */
export const MEMBER_KEYS_MAX = 4;
/** Bytes of a key of a suite that this verifier doesn't know. */
export const KEY_BYTES_MAX = 8 * 1024;
/** Bytes of the name under which a verifier asks for a presentation. */
export const AUDIENCE_BYTES_MAX = 256;
/** Bytes of a verifier's nonce. */
export const NONCE_BYTES_MIN = 16;
export const NONCE_BYTES_MAX = 64;
/** Marks in one bucket of the set of used ones. */
export const BUCKET_MARKS_MAX = 16;
/** How far the notary's time may be ahead, in milliseconds. */
export const CURRENT_AHEAD_MS_MAX = 60_000n;
/** How far a holder's clock may be ahead, in milliseconds. */
export const PRESENTED_AHEAD_MS_MAX = 60_000n;
/** Characters of a party's identifier. */
export const PARTY_CHARACTERS_MAX = 64;

/** Leaves of a log: others keep sizes in signed 64-bit integers. */
export const TREE_SIZE_MAX = 2n ** 63n - 1n;
/** Signature lines in a note. */
export const NOTE_SIGNATURES_MAX = 64;
/** Bytes in a note. */
export const NOTE_BYTES_MAX = 512 * 1024;
/** Bytes in a key's name or a log's origin. */
export const NAME_BYTES_MAX = 255;
/** Seconds since 1970 at which a cosigner may have signed. */
export const COSIGNED_AT_MAX = 2n ** 63n - 1n;

/** Validators of a log, where there is more than one. */
export const VALIDATORS_MIN = 4;
export const VALIDATORS_MAX = 31;
/** Bytes of a decision on a log's authorities. */
export const DECISION_BYTES_MAX = 24 * 1024;
/** Epochs of one log's authorities. */
export const EPOCHS_MAX = 120;

/** Bytes of a contract's text. */
export const CONTRACT_BYTES_MAX = 256 * 1024;
/** Declarations of a contract, lines under a declaration. */
export const DECLARATIONS_MAX = 256;
/** Columns at which lines of a contract may begin, one further in than the other. */
export const INDENT_LEVELS_MAX = 6;
/** Characters of a credential's type. */
export const CREDENTIAL_TYPE_CHARACTERS_MAX = 256;
