// Checks exported credentials with libraries that know nothing of this project, and says what they found, as JSON.
//
//   node check.mjs TOKEN JWKS [AUDIENCE NONCE]
//
// TOKEN is a file with an SD-JWT VC (with its key binding, if an audience is named) or a W3C vc+jwt; JWKS the issuer's keys.

import { readFileSync } from "node:fs";
import { createHash, webcrypto } from "node:crypto";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { _checkCredential, defaultDocumentLoader } from "@digitalbazaar/vc";
import { compactVerify, createLocalJWKSet, decodeProtectedHeader, importJWK } from "jose";
import jsonld from "jsonld";

const [tokenFile, keysFile, audience, nonce] = process.argv.slice(2);
const token = readFileSync(tokenFile, "utf8").trim();
const keys = createLocalJWKSet(JSON.parse(readFileSync(keysFile, "utf8")));

/** Whether a compact signature over these bytes verifies under the key that its header names. */
async function verified(signed, signature, key) {
  try {
    await compactVerify(`${signed}.${signature}`, key);
    return true;
  } catch {
    return false;
  }
}

async function sdJwtVc() {
  const library = new SDJwtVcInstance({
    hasher: (data, algorithm) => createHash(algorithm.replace("-", "")).update(data).digest(),
    hashAlg: "sha-256",
    saltGenerator: () => Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString("base64url"),
    verifier: (signed, signature) => verified(signed, signature, keys),
    kbVerifier: async (signed, signature, payload) =>
      verified(signed, signature, await importJWK(payload.cnf.jwk, payload.cnf.jwk.crv === "Ed25519" ? "EdDSA" : "ES256")),
  });
  const { payload, kb } = await library.verify(token, audience === undefined ? {} : { keyBindingNonce: nonce });
  if (audience !== undefined && kb?.payload.aud !== audience) throw new Error(`shown to ${kb?.payload.aud}`);
  return payload;
}

const undefinedTerms = "https://www.w3.org/ns/credentials/undefined-terms/v2";

async function vcJwt() {
  const { payload, protectedHeader } = await compactVerify(token, keys);
  if (protectedHeader.typ !== "vc+jwt") throw new Error(`of type ${protectedHeader.typ}`);
  const credential = JSON.parse(new TextDecoder().decode(payload));
  _checkCredential({ credential, mode: "verify" });
  // As linked data: every term has a meaning, or this refuses.
  await jsonld.expand(credential, {
    safe: true,
    documentLoader: (url) =>
      url === undefinedTerms
        ? { documentUrl: url, document: { "@context": { "@vocab": "https://www.w3.org/ns/credentials/undefined-term#" } } }
        : defaultDocumentLoader(url),
  });
  return credential;
}

try {
  const { typ } = decodeProtectedHeader(token.split("~")[0]);
  const claims = typ === "dc+sd-jwt" ? await sdJwtVc() : await vcJwt();
  console.log(JSON.stringify({ valid: true, claims }));
} catch (error) {
  console.log(JSON.stringify({ valid: false, reason: error.message }));
  process.exitCode = 1;
}
