// Presentations: a proof with its holder's signature, for one verifier, in answer to its nonce, now. See docs/protocol, "The map and proofs".

import { equal, join, utf8, type Bytes } from "./bytes.ts";
import { readBundle, type Bundle } from "./bundle.ts";
import { type Reader } from "./cbor.ts";
import { isSigned, type Key } from "./keys.ts";
import { AUDIENCE_BYTES_MAX, NONCE_BYTES_MAX, NONCE_BYTES_MIN, PRESENTED_AHEAD_MS_MAX } from "./limits.ts";
import { tagged } from "./sha256.ts";
import { fail } from "./verdict.ts";

const BUNDLE = 0x70;
const SIGNED = utf8("pvn presentation/1\0");

/** What a verifier asked for. */
export interface Expected {
  /** Its name for itself. */
  readonly audience: string;
  /** What it gave out, once. */
  readonly nonce: Bytes;
  readonly nowMs: bigint;
  readonly maxAgeMs: bigint;
}

/** To whom a proof is shown, and when. */
export interface Shown {
  readonly audience: string;
  readonly atMs: bigint;
}

export interface Presentation extends Shown {
  readonly nonce: Bytes;
  /** The encoding of audience, nonce and time. */
  readonly occasion: Bytes;
  readonly signature: Bytes;
  /** The encoding of the bundle. */
  readonly encoded: Bytes;
}

function readNonce(r: Reader): Bytes {
  const start = r.at;
  const nonce = r.blob();
  return nonce.length >= NONCE_BYTES_MIN && nonce.length <= NONCE_BYTES_MAX ? nonce : r.refuse("a nonce that is too short or too long", start);
}

function readOccasion(r: Reader): Omit<Presentation, "signature" | "encoded"> {
  const start = r.at;
  r.fields(3);
  const [audience, nonce, atMs] = [r.text(AUDIENCE_BYTES_MAX), readNonce(r), r.u64()];
  return audience === "" ? r.refuse("nobody is the audience", start) : { audience, nonce, atMs, occasion: r.since(start) };
}

/** Reads a presentation. */
export function readPresentation(r: Reader): { readonly bundle: Bundle; readonly presentation: Presentation } {
  r.fields(4);
  r.uint(255);
  const [occasion, signature, start] = [readOccasion(r), r.blob(), r.at];
  const bundle = readBundle(r);
  return { bundle, presentation: { ...occasion, signature, encoded: r.since(start) } };
}

/** Whether whoever has the proof may show it: anybody, or its holder, to whom asked for it, now. */
export async function checkHolder(isHeld: boolean, key: Key | undefined, shown: Presentation | undefined, network: Bytes, expected: Expected | undefined): Promise<void> {
  const wrong = (reason: string): never => fail("holder", reason);
  if (!isHeld) return shown && wrong("anybody can show a fact of this kind, and a signature says that its holder does");
  if (!shown) return wrong("only its holder can show a fact of this kind, and nobody's signature says that it does");
  const { audience, nonce, atMs, occasion, signature, encoded } = shown;
  if (!expected) return wrong(`it is shown to ${audience}: say for whom you ask, and with which nonce`);
  if (audience !== expected.audience) wrong(`it is shown to ${audience}, and not to you`);
  if (!equal(nonce, expected.nonce)) wrong("it answers another nonce");
  const age = expected.nowMs - atMs;
  if (-age > PRESENTED_AHEAD_MS_MAX) wrong(`it is dated ${-age} ms from now, and ${PRESENTED_AHEAD_MS_MAX} are allowed`);
  if (age > expected.maxAgeMs) wrong(`it was shown ${age} ms ago, and ${expected.maxAgeMs} are allowed`);
  if (!key) return wrong("the key of its holder is hidden");
  const isIts = await isSigned(key, join([SIGNED, network, tagged(BUNDLE, encoded), occasion]), signature);
  if (!isIts) wrong("the signature is not its holder's over what is shown");
}
