// Writes docs/protocol/vectors/{bundles.jsonl, contracts-refused.jsonl, flips.txt, trust/*.json}. Signatures are random, so a case that stands there already stays as it
// is. The steps are those that the cases say; what is proven is what this verifier reads. `node --import ./tests/support/typescript.mjs tests/support/make-corpus.mjs`
import { writeFileSync } from "node:fs";
import { followed, readTrust } from "../../src/trust.ts";
import { verify } from "../../src/verify.ts";
import { cases, trustFiles } from "./cases.mjs";
import { asked, corpus, told } from "./corpus.mjs";
import { refused } from "./refused.mjs";
import { refusedContracts } from "./refused-contracts.mjs";
import { repository, utf8 } from "./town.mjs";

const vectors = new URL("../../../../docs/protocol/vectors/", import.meta.url);
const write = (name, text) => writeFileSync(new URL(name, vectors), text);

const all = cases();
const trust = {};
for (const [name, json] of Object.entries(trustFiles(all))) {
  const text = `${JSON.stringify(json, null, 2)}\n`;
  write(`trust/${name}.json`, text);
  trust[name] = await readTrust(utf8(text));
}
write("trust/refused.jsonl", refused().map((one) => `${JSON.stringify(one)}\n`).join(""));
write("contracts-refused.jsonl", refusedContracts().map(([text, why]) => `${JSON.stringify({ why, text })}\n`).join(""));
const there = new Map(repository("docs/protocol/vectors/bundles.jsonl").trim().split("\n").map((line) => [JSON.parse(line).name, line]));
const lines = [];
const [first] = corpus();
for (const { name, trust: under, history, proof, expected, step } of [{ name: first.name, trust: "various", proof: first.proof, step: "valid" }, ...all]) {
  const trusted = history ? await followed(trust[under], new Uint8Array(history)) : trust[under];
  const verdict = await verify(proof, trusted, asked(expected));
  if ((verdict.valid ? "valid" : verdict.step) !== step) throw new Error(`${name}: ${verdict.valid ? "valid" : verdict.reason}`);
  lines.push(there.get(name) ?? JSON.stringify({ name, trust: under, history: history && Buffer.from(history).toString("base64"), proof: Buffer.from(proof).toString("base64"), expected, verdict: told(verdict) }));
}
write("bundles.jsonl", lines.map((line) => `${line}\n`).join(""));
const runs = [];
for (let byte = 0; byte < first.proof.length; byte++) {
  const { step } = await verify(first.proof.with(byte, first.proof[byte] ^ 1), trust.various);
  if (runs.at(-1)?.step === step) runs.at(-1).to = byte;
  else runs.push({ from: byte, to: byte, step });
}
write("flips.txt", runs.map(({ from, to, step }) => `${from}-${to} ${step}\n`).join(""));
console.log(`${lines.length} cases`);
