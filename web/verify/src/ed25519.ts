// Ed25519 under the one rule that the network's checkpoints are verified by: RFC 8032 §5.1.7 without cofactor, S below the group order,
// R compared as bytes. Browsers' own implementations differ in just these cases, which is why none of them is asked; WebCrypto does
// no more here than hash.

import { Point } from "@noble/ed25519";

import { equal, join, type Bytes } from "./bytes.ts";

const ORDER = Point.CURVE().n;

function littleEndian(bytes: Bytes): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** A point other than zero and its multiple: the library refuses the factor nought, which no signature of an honest key has. */
function times(point: Point, factor: bigint): Point {
  return factor === 0n ? Point.ZERO : point.multiply(factor, false);
}

function decode(key: Bytes, also: "also longer encodings" | "strictly"): Point | undefined {
  try {
    return Point.fromBytes(key, also !== "strictly");
  } catch {
    return undefined;
  }
}

/** Whether anybody could sign for this key: its order divides the cofactor. */
export function isWeakKey(key: Bytes): boolean {
  return decode(key, "also longer encodings")?.isSmallOrder() ?? false;
}

export async function isSignedEd25519(key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  if (signature.length !== 64) return false;
  const point = decode(key, "strictly");
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (!point || s >= ORDER) return false;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", join([r, key, message])));
  const k = littleEndian(digest) % ORDER;
  const expected = times(Point.BASE, s).subtract(times(point, k));
  return equal(r, new Uint8Array(expected.toBytes()));
}
