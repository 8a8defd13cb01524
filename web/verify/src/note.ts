// Signed notes (C2SP signed-note), and the keys that sign them.

import { base64, equal, hex, join, utf8, type Bytes } from "./bytes.ts";
import { isSignedEd25519, isWeakKey } from "./ed25519.ts";
import { isHybridKey } from "./keys.ts";
import { COSIGNED_AT_MAX, NAME_BYTES_MAX, NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX } from "./limits.ts";
import { hybrid } from "./parts.ts";
import { sha256 } from "./sha256.ts";

export const ED25519 = 0x01;
/** A cosignature with its time (C2SP tlog-cosignature). */
export const COSIGNATURE = 0x04;
/** A type without a byte of its own is named behind this one: here P-256 together with ML-DSA-65. */
const NAMED = 0xff;
const HYBRID = utf8("pvn.p256-mldsa65.v1");
const LINE_PREFIX = "\u2014 ";

/** A key that may be trusted, as its text `name+id+base64(type ‖ key)` says. */
export interface VerifierKey {
  readonly text: string;
  readonly name: string;
  readonly id: string;
  readonly type: number;
  readonly key: Bytes;
}

export type LogKeys = readonly [own: VerifierKey, ...beside: VerifierKey[]];

interface SignatureLine {
  readonly name: string;
  readonly id: string;
  readonly signature: Bytes;
}

/** Why a note, key or checkpoint isn't accepted, in words. */
export class NoteError extends Error {
  constructor(
    message: string,
    /** Whether nobody who is trusted signed, or somebody besides. */
    readonly isOfOthers = false,
  ) {
    super(message);
  }

  /** The same, said about something; of others only if there may be others. */
  about(what: string, mayBeOfOthers: boolean): NoteError {
    return new NoteError(`${what}${this.message}`, this.isOfOthers && mayBeOfOthers);
  }
}

function refuse(reason: string, isOfOthers = false): never {
  throw new NoteError(reason, isOfOthers);
}

function keyName(name: string): string {
  if (name === "" || utf8(name).length > NAME_BYTES_MAX || /[\p{White_Space}\p{Cc}+]/u.test(name)) refuse("a key's name is not valid");
  return name;
}

/** Reads the text of a key. A key for which anybody could sign is refused. */
export async function verifierKey(text: string): Promise<VerifierKey> {
  const parts = /^([^+]*)\+([^+]*)\+(.*)$/su.exec(text) ?? refuse("a verifier key has the form name+id+key");
  const [name, id, bytes] = [keyName(parts[1]!), parts[2]!, base64(parts[3]!)];
  if (!/^[0-9a-f]{8}$/.test(id)) refuse("a key id is 8 lower-case hexadecimal digits");
  if (!bytes) refuse("the key is not canonical base64");
  const type = bytes[0];
  const isHybrid = type === NAMED && equal(bytes.subarray(1, 1 + HYBRID.length), HYBRID);
  if (type !== ED25519 && type !== COSIGNATURE && !isHybrid) refuse("the key is of a type that is not supported");
  const key = bytes.slice(isHybrid ? 1 + HYBRID.length : 1);
  const isFormed = isHybrid ? isHybridKey(key) && (await hybrid()).isPoint(key) : key.length === 32;
  if (!isFormed) refuse("the key is not in the one form of its type");
  if (!isHybrid && isWeakKey(key)) refuse("the key is weak");
  const expected = hex(sha256(utf8(`${name}\n`), bytes).subarray(0, 4));
  if (expected !== id) refuse(`the id of this name and key is ${expected}, got ${id}`);
  return { text, name, id, type, key };
}

function signatureLine(line: string): SignatureLine {
  const [, name, encoded] = /^\u2014 ([^ ]*) (.*)$/su.exec(line) ?? refuse(`a signature line has the form '${LINE_PREFIX}name base64'`);
  const bytes = base64(encoded!) ?? refuse("a signature is not canonical base64");
  if (bytes.length <= 4) refuse("a signature line has more than 4 bytes");
  return { name: keyName(name!), id: hex(bytes.subarray(0, 4)), signature: bytes.slice(4) };
}

/** Text and signatures of a note. The text may have empty lines itself: the last one separates. */
export function readNote(note: string): { text: string; signatures: SignatureLine[] } {
  if (utf8(note).length > NOTE_BYTES_MAX) refuse("the note is too long");
  if (/[\0-\x09\x0b-\x1f]/.test(note)) refuse("the note has a control character");
  const separator = note.lastIndexOf("\n\n");
  if (separator < 0) refuse("a note has an empty line before its signatures");
  const lines = note.slice(separator + 2);
  if (!lines.endsWith("\n")) refuse(lines === "" ? "a note has at least one signature" : "a note ends in a newline");
  const signatures = lines.slice(0, -1).split("\n");
  if (signatures.length > NOTE_SIGNATURES_MAX) refuse("a note has too many signatures");
  return { text: note.slice(0, separator + 1), signatures: signatures.map(signatureLine) };
}

async function isSigned(key: VerifierKey, text: string, signature: Bytes): Promise<boolean> {
  if (key.type === ED25519) return isSignedEd25519(key.key, utf8(text), signature);
  if (key.type === NAMED) {
    const { hasSmallerS, isSignedHybrid } = await hybrid();
    // A log's line has one form.
    return hasSmallerS(signature) && isSignedHybrid(key.key, join([HYBRID, utf8(`\n${text}`)]), signature);
  }
  if (signature.length !== 72) return false;
  const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  if (time > COSIGNED_AT_MAX) return false;
  return isSignedEd25519(key.key, utf8(`cosignature/v1\ntime ${time}\n${text}`), signature.subarray(8));
}

/** The keys of a log, each of which must sign: its own, by whose name the log is known, and perhaps a hybrid one beside it. */
export async function logKeys(texts: readonly string[]): Promise<LogKeys> {
  const keys = await Promise.all(texts.map(verifierKey));
  const [own, beside] = keys;
  if (!own || keys.length > 2) refuse(`a log has one key, or two: its own and a hybrid one; these are ${keys.length}`);
  if (own.type === NAMED || (beside && beside.type !== NAMED)) refuse("a log's own key comes first, then the hybrid one");
  if (beside && beside.name !== own.name) refuse(`the keys are of two logs, ${own.name} and ${beside.name}`);
  return beside ? [own, beside] : [own];
}

/** The text of a note, and who of these signed it, each once; nobody else did, so that no byte is left unchecked. */
export async function signersOf(note: string, keys: readonly VerifierKey[]): Promise<{ text: string; signed: readonly VerifierKey[] }> {
  const { text, signatures } = readNote(note);
  const signed: VerifierKey[] = [];
  let unknown: string | undefined;
  for (const { name, id, signature } of signatures) {
    const who = `${name} (${id})`;
    const key = keys.find((key) => key.name === name && key.id === id);
    if (!key) unknown ??= who;
    else if (signed.includes(key)) refuse(`${who} signed twice`);
    else if (await isSigned(key, text, signature)) signed.push(key);
    else refuse(`the signature of ${who} is not valid`);
  }
  if (signed.length === 0) refuse("no trusted key signed the note", true);
  if (unknown) refuse(`${unknown} is not among the trusted keys`, true);
  return { text, signed };
}

/** The text of a note that at least so many of these keys signed, and nobody else. */
export async function verifiedText(note: string, keys: readonly VerifierKey[], needed = keys.length): Promise<string> {
  const { text, signed } = await signersOf(note, keys);
  const missing = keys.filter((key) => !signed.includes(key)).map(({ name, id }) => `${name} (${id})`);
  if (signed.length < needed) refuse(`${signed.length} of the ${needed} needed keys signed the note, without ${missing.join(", ")}`);
  return text;
}

export function isOrigin(line: string): boolean {
  return line !== "" && utf8(line).length <= NAME_BYTES_MAX && !/\p{Cc}/u.test(line);
}
