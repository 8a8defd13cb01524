// Keys and signatures of organisations, by suite. A key has one form in each: libraries read several of some, and two verifiers would then
// give two verdicts.

import { join, utf8, type Bytes } from "./bytes.ts";
import { type Reader } from "./cbor.ts";
import { isSignedEd25519, isWeakKey } from "./ed25519.ts";
import { KEY_BYTES_MAX, MEMBER_KEYS_MAX } from "./limits.ts";
import { isP256Key, isSignedP256, P256_KEY_BYTES } from "./p256.ts";
import { hybrid } from "./parts.ts";

const P256 = 1;
const ED25519 = 2;
const P256_MLDSA65 = 3;
/** A P-256 key before an ML-DSA-65 key. */
const HYBRID_KEY_BYTES = P256_KEY_BYTES + 1952;
/** What both halves of a signature of suite 3 are over begins so. */
const HYBRID = utf8("pvn hybrid/1\0");

export interface Key {
  readonly suite: number;
  readonly bytes: Bytes;
}

export function isHybridKey(bytes: Bytes): boolean {
  return bytes.length === HYBRID_KEY_BYTES && isP256Key(bytes.subarray(0, P256_KEY_BYTES));
}

function isFormed({ suite, bytes }: Key): boolean {
  if (suite === P256) return isP256Key(bytes);
  if (suite === ED25519) return bytes.length === 32 && !isWeakKey(bytes);
  if (suite === P256_MLDSA65) return isHybridKey(bytes);
  // A suite that this verifier doesn't know verifies nothing; its keys may stand beside others.
  return bytes.length > 0 && bytes.length <= KEY_BYTES_MAX;
}

/** Reads `[suite, key]`. */
export function readKey(r: Reader): Key {
  const start = r.at;
  r.fields(2);
  const key = { suite: r.uint(255), bytes: r.blob() };
  return isFormed(key) ? key : r.refuse("not a key in its suite's one form", start);
}

/** Reads a member's keys: one or more, ascending by suite. */
export function readKeys(r: Reader): Key[] {
  const start = r.at;
  const keys = r.list(() => readKey(r), MEMBER_KEYS_MAX);
  const ascending = keys.every((key, i) => i === 0 || keys[i - 1]!.suite < key.suite);
  return keys.length > 0 && ascending ? keys : r.refuse("a member has one key or more, in order of their suites", start);
}

export async function isSigned({ suite, bytes }: Key, message: Bytes, signature: Bytes): Promise<boolean> {
  if (suite === P256) return isSignedP256(bytes, message, signature);
  if (suite === ED25519) return isSignedEd25519(bytes, message, signature);
  return suite === P256_MLDSA65 && (await hybrid()).isSignedHybrid(bytes, join([HYBRID, message]), signature);
}
