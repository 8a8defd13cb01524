// What the command and the page use.

export { said } from "./say.ts";
export { readTrust, TrustError } from "./trust.ts";
export { verify, type NotProven, type Proven, type Step } from "./verify.ts";
