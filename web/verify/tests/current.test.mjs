// Proofs that a fact is still current: in the words of the first verifier, and as recent as whoever asks wants them. What somebody may try with them stands in
// the corpus.
import assert from "node:assert/strict";
import { test } from "node:test";
import { said } from "../src/say.ts";
import { readTrust } from "../src/trust.ts";
import { verify } from "../src/verify.ts";
import { corpus, trustText } from "./support/corpus.mjs";
import { NOON_MS } from "./support/proof.mjs";
import { utf8 } from "./support/town.mjs";

const trust = await readTrust(utf8(trustText("various")));
const { proof } = corpus().find(({ name }) => name === "current: three others are used");
const AT = NOON_MS + 60_000;

test("when it was current is told", async () => {
  const proven = await verify(proof, trust);
  assert.equal(said(proven, "words").split("\n").at(-1), "Current on 20 November 2026, 12:01:00 UTC: not used up by anything before entry 1 of the notary's log.");
  assert.deepEqual(JSON.parse(said(proven, "json")).current, { at_ms: AT, log_index: 1 });
});

test("whoever asks takes nothing that is too old, dated ahead, or says nothing", async () => {
  const { proof: bare } = corpus().find(({ name }) => name === "suite 3: both halves");
  const asked = async (proof, nowMs) => (await verify(proof, trust, { recent: { nowMs: BigInt(nowMs), maxAgeMs: 5_000n } })).reason;
  const table = [
    [proof, AT + 5_000, undefined],
    [proof, AT + 5_001, "whether it is current: it was unused 5001 ms ago, and 5000 are allowed"],
    [proof, AT - 60_001, "whether it is current: it is dated 60001 ms from now, and 60000 are allowed"],
    [bare, AT, "whether it is current: nothing says that it is still current"],
  ];
  for (const [proof, nowMs, reason] of table) assert.equal(await asked(proof, nowMs), reason);
});

test("every eleventh bit of a current proof is covered", async () => {
  const steps = new Set();
  const changed = proof.slice();
  for (let bit = 0; bit < proof.length * 8; bit += 11) {
    changed[bit >> 3] ^= 1 << (bit & 7);
    const failed = await verify(changed, trust);
    assert.equal(failed.valid, false, `bit ${bit}`);
    steps.add(failed.step);
    changed[bit >> 3] ^= 1 << (bit & 7);
  }
  assert.deepEqual([...steps].sort(), ["checkpoint", "contract", "current", "fact", "log", "network_map", "read", "signatures", "where_it_belongs"]);
});
