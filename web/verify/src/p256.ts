// ECDSA P-256 with SHA-256 (FIPS 186-5): a key is an uncompressed point of 65 bytes, a signature r and s of 32 bytes each. Keys in other
// forms are refused where they are read: engines differ in which they take.

import { type Bytes } from "./bytes.ts";

export const P256_KEY_BYTES = 65;
export const P256_SIGNATURE_BYTES = 64;

const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
const SHA256 = { name: "ECDSA", hash: "SHA-256" } as const;

export function isP256Key(bytes: Bytes): boolean {
  return bytes.length === P256_KEY_BYTES && bytes[0] === 4;
}

export async function isSignedP256(key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  if (!isP256Key(key) || signature.length !== P256_SIGNATURE_BYTES) return false;
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey("raw", key, P256, false, ["verify"]);
  } catch {
    // Not a point of the curve.
    return false;
  }
  return crypto.subtle.verify(SHA256, imported, signature, message);
}
