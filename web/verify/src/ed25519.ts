// Ed25519 under the one rule that everything in the network is verified by, ZIP-215: 8·S·B = 8·R + 8·k·A, S below the group order, R and
// A in any encoding of a point. Browsers' own implementations differ in just these cases, which is why none of them is asked; WebCrypto
// does no more here than hash.

import { Point } from "@noble/ed25519";

import { join, type Bytes } from "./bytes.ts";

const ORDER = Point.CURVE().n;

function littleEndian(bytes: Bytes): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** A point other than zero and its multiple: the library refuses the factor nought, which no signature of an honest key has. */
function times(point: Point, factor: bigint): Point {
  return factor === 0n ? Point.ZERO : point.multiply(factor, false);
}

function decode(point: Bytes): Point | undefined {
  try {
    return Point.fromBytes(point, true);
  } catch {
    return undefined;
  }
}

/** Whether anybody could sign for this key: its order divides the cofactor. */
export function isWeakKey(key: Bytes): boolean {
  return decode(key)?.isSmallOrder() ?? false;
}

export async function isSignedEd25519(key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  if (signature.length !== 64) return false;
  const [point, r] = [decode(key), decode(signature.subarray(0, 32))];
  const s = littleEndian(signature.subarray(32));
  if (!point || !r || s >= ORDER) return false;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", join([signature.subarray(0, 32), key, message])));
  const k = littleEndian(digest) % ORDER;
  const difference = times(Point.BASE, s).subtract(times(point, k)).subtract(r);
  return difference.isSmallOrder();
}
