// Writes docs/protocol/vectors/{bundles.jsonl, flips.txt, trust/*.json}: once, since signatures are random. The steps are those that the cases
// say; what is proven is what this verifier reads. `node --import ./tests/support/typescript.mjs tests/support/make-corpus.mjs`
import { writeFileSync } from "node:fs";
import { readTrust } from "../../src/trust.ts";
import { verify } from "../../src/verify.ts";
import { SMALL, cases, trustFiles } from "./cases.mjs";
import { told } from "./corpus.mjs";
import { refused } from "./refused.mjs";
import { utf8 } from "./town.mjs";

const vectors = new URL("../../../../docs/protocol/vectors/", import.meta.url);
const write = (name, text) => writeFileSync(new URL(name, vectors), text);

const all = cases();
const trust = {};
for (const [name, json] of Object.entries(trustFiles(all))) {
  const text = `${JSON.stringify(json, null, 2)}\n`;
  write(`trust/${name}.json`, text);
  trust[name] = readTrust(utf8(text));
}
write("trust/refused.jsonl", refused().map((one) => `${JSON.stringify(one)}\n`).join(""));
const lines = [];
for (const { name, trust: under, proof, step } of all) {
  const verdict = await verify(proof, trust[under]);
  if ((verdict.valid ? "valid" : verdict.step) !== step) throw new Error(`${name}: ${verdict.valid ? "valid" : verdict.reason}`);
  lines.push(JSON.stringify({ name, trust: under, proof: Buffer.from(proof).toString("base64"), verdict: told(verdict) }));
}
const small = { name: "the smallest proof", trust: "various", proof: Buffer.from(SMALL).toString("base64"), verdict: told(await verify(SMALL, trust.various)) };
write("bundles.jsonl", [JSON.stringify(small), ...lines].map((line) => `${line}\n`).join(""));
const runs = [];
for (let byte = 0; byte < SMALL.length; byte++) {
  const { step } = await verify(SMALL.with(byte, SMALL[byte] ^ 1), trust.various);
  if (runs.at(-1)?.step === step) runs.at(-1).to = byte;
  else runs.push({ from: byte, to: byte, step });
}
write("flips.txt", runs.map(({ from, to, step }) => `${from}-${to} ${step}\n`).join(""));
console.log(`${lines.length + 1} cases`);
