// P-256 together with ML-DSA-65 (FIPS 204, pure, without context): key before key, signature before signature, both over one message, and both
// must verify. The message names the hybrid, so that neither half counts where it stands alone. Loaded when a key is of this sort (`parts.ts`).

import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";

import { hex, type Bytes } from "./bytes.ts";
import { isSignedP256, P256_KEY_BYTES, P256_SIGNATURE_BYTES } from "./p256.ts";

/** P-256's prime, the constant of its equation y² = x³ - 3x + b, and the order of its group (SP 800-186 §3.2.1.3). */
const PRIME = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function bigEndian(bytes: Bytes): bigint {
  return BigInt(`0x0${hex(bytes)}`);
}

/** Whether the first half of a key in its one form is a point of the curve. Of the other half every byte string of its length is a key. */
export function isPoint(key: Bytes): boolean {
  const [x, y] = [bigEndian(key.subarray(1, 33)), bigEndian(key.subarray(33, P256_KEY_BYTES))];
  return x < PRIME && y < PRIME && (y * y - x * x * x + 3n * x - B) % PRIME === 0n;
}

/** Whether the first half has the smaller of the two s that verify. */
export function hasSmallerS(signature: Bytes): boolean {
  return 2n * bigEndian(signature.subarray(32, P256_SIGNATURE_BYTES)) <= ORDER;
}

export async function isSignedHybrid(key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  const first = await isSignedP256(key.subarray(0, P256_KEY_BYTES), message, signature.subarray(0, P256_SIGNATURE_BYTES));
  return first && ml_dsa65.verify(signature.subarray(P256_SIGNATURE_BYTES), message, key.subarray(P256_KEY_BYTES));
}
