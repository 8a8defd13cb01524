// What a page that checks proofs needs, to be weighed.
export { moment, words } from "../../src/show.ts";
export { readTrust, TrustError } from "../../src/trust.ts";
export { verify } from "../../src/verify.ts";
