// The corpus that both verifiers are held to: docs/protocol/vectors/bundles.jsonl.
import assert from "node:assert/strict";
import { test } from "node:test";
import { followed } from "../src/epochs.ts";
import { readTrust } from "../src/trust.ts";
import { verify } from "../src/verify.ts";
import { asked, corpus, flips, told, trustText } from "./support/corpus.mjs";
import { utf8 } from "./support/town.mjs";

const CASES = corpus();
const names = new Set(CASES.map(({ trust }) => trust));
const trust = {};
for (const name of names) trust[name] = await readTrust(utf8(trustText(name)));

test("every case has its verdict", async () => {
  for (const one of CASES) {
    const trusted = one.history ? await followed(trust[one.trust], one.history) : trust[one.trust];
    assert.deepEqual(told(await verify(one.proof, trusted, asked(one.expected))), one.verdict, one.name);
  }
});

test("one changed bit of each byte fails at its step", async () => {
  const [{ proof, trust: under }] = CASES;
  const steps = flips();
  assert.equal(steps.length, proof.length);
  for (const [byte, step] of steps.entries()) {
    assert.deepEqual(told(await verify(proof.with(byte, proof[byte] ^ 1), trust[under])), { valid: false, step }, `byte ${byte}`);
  }
});
