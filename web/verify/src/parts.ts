// What few proofs need stands in files of its own, so that pages are light. A page loads them when it is there; the command has all in one.

/** Signatures of P-256 with ML-DSA-65. */
export const hybrid = () => import("./hybrid.ts");

/** What its holder alone can show, and what is still current. */
export const wrapped = () => import("./wrapped.ts");

/** Logs that went over to others. */
export const epochs = () => import("./epochs.ts");
