// ECDSA P-256 with SHA-256 (FIPS 186-5): a key is an uncompressed point of 65 bytes, a signature r and s of 32 bytes each. Keys in other
// forms are refused where they are read: engines differ in which they take.

import { type Bytes } from "./bytes.ts";

const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
const SHA256 = { name: "ECDSA", hash: "SHA-256" } as const;

export function isP256Key(bytes: Bytes): boolean {
  return bytes.length === 65 && bytes[0] === 4;
}

export async function isSignedP256(key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  if (!isP256Key(key) || signature.length !== 64) return false;
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey("raw", key, P256, false, ["verify"]);
  } catch {
    // Not a point of the curve.
    return false;
  }
  return crypto.subtle.verify(SHA256, imported, signature, message);
}
