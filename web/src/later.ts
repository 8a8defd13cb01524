// What the page that checks proofs does besides reading a file that is chosen.
export { answered } from "./asked.ts";
export { dropped } from "./drop.ts";
