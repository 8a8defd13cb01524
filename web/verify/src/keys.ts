// Keys and signatures of organisations, by suite. A key has one form in each: libraries read several of some, and two verifiers would then
// give two verdicts.

import { type Bytes } from "./bytes.ts";
import { type Reader } from "./cbor.ts";
import { isSignedEd25519, isWeakKey } from "./ed25519.ts";
import { KEY_BYTES_MAX, MEMBER_KEYS_MAX } from "./limits.ts";
import { isP256Key, isSignedP256 } from "./p256.ts";

const P256 = 1;
const ED25519 = 2;
/** P-256 together with ML-DSA-65: its keys are carried here, its signatures are not verified yet. */
const P256_MLDSA65 = 3;
const P256_MLDSA65_KEY_BYTES = 65 + 1952;

export interface Key {
  readonly suite: number;
  readonly bytes: Bytes;
}

function isFormed({ suite, bytes }: Key): boolean {
  if (suite === P256) return isP256Key(bytes);
  if (suite === ED25519) return bytes.length === 32 && !isWeakKey(bytes);
  if (suite === P256_MLDSA65) return bytes.length === P256_MLDSA65_KEY_BYTES && isP256Key(bytes.subarray(0, 65));
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
  return suite === ED25519 && isSignedEd25519(bytes, message, signature);
}
