// What the command and the page use.

export { followed } from "./epochs.ts";
export { HistoryError } from "./history.ts";
export { said } from "./say.ts";
export { readTrust, TrustError } from "./trust.ts";
export { type NotProven, type Proven, type Step } from "./verdict.ts";
export { verify } from "./verify.ts";
export type { Asked } from "./wrapped.ts";
