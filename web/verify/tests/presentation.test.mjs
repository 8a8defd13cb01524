// Presentations: what its holder shows to one verifier is nothing to another. The verdicts and words are those of the first verifier.
import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { test } from "node:test";
import { said } from "../src/say.ts";
import { readTrust } from "../src/trust.ts";
import { verify } from "../src/verify.ts";
import { decode, encode } from "./support/cbor.mjs";
import { hybridKey, signsHybrid } from "./support/hybrid.mjs";
import { VECTOR, p256Key, proofOf, record, value } from "./support/proof.mjs";
import { AUDIENCE, NONCE, PRESENTATION, REGISTERS, TIME, shownWith } from "./support/shown.mjs";
import { COINS, noise, trustFile } from "./support/town.mjs";

const trust = await readTrust(trustFile({ contracts: [["coins", COINS], ["registers", REGISTERS]] }));
const PARTS = { format: 0, occasion: 1, signature: 2, bundle: 3 };
const OCCASION = { audience: 0, nonce: 1, time: 2 };

const parts = () => decode(PRESENTATION);
const MINUTE_MS = 60_000n;
const asked = { audience: AUDIENCE, nonce: new Uint8Array(NONCE), nowMs: BigInt(TIME) + 1_000n, maxAgeMs: 5n * MINUTE_MS };

async function verdict(proof, expected = asked) {
  const verdict = await verify(proof, trust, { expected });
  return verdict.valid ? "valid" : verdict.reason;
}

/** The vector after a change of its parts. */
function changed(change) {
  const all = parts();
  change(all);
  return new Uint8Array(encode(all));
}

test("the presentation of the vectors says that its holder is over 18, to The Bell, and nothing else", async () => {
  const proven = await verify(PRESENTATION, trust, { expected: asked });
  const fields = proven.fields.map(({ field, value }) => [field.name, value]);
  assert.deepEqual(fields, [["over_18", { type: "bool", bool: true }]]);
  assert.deepEqual(proven.hidden, ["holder", "name", "born"]);
  assert.deepEqual(proven.shown, { audience: AUDIENCE, atMs: BigInt(TIME) });
  assert.equal(said(proven, "words").split("\n").at(-1), "Shown by its holder to The Bell, Leeds on 20 November 2026, 12:00:01 UTC.");
  assert.deepEqual(JSON.parse(said(proven, "json")).shown, { to: "The Bell, Leeds", at_ms: TIME });
});

test("what is shown to one is nothing to another", async () => {
  const NOT_ITS = "the holder: the signature is not its holder's over what is shown";
  const bare = new Uint8Array(encode(parts()[PARTS.bundle]));
  const payment = new Uint8Array(encode([2, [AUDIENCE, NONCE, TIME], Buffer.alloc(64), decode(VECTOR)]));
  const table = [
    ["as asked", PRESENTATION, {}, "valid"],
    ["to another audience", PRESENTATION, { audience: "The Crown, York" }, "the holder: it is shown to The Bell, Leeds, and not to you"],
    ["in answer to another question", PRESENTATION, { nonce: new Uint8Array(16) }, "the holder: it answers another nonce"],
    ["in answer to the beginning of one", PRESENTATION, { nonce: asked.nonce.slice(0, 15) }, "the holder: it answers another nonce"],
    ["at the last moment", PRESENTATION, { nowMs: BigInt(TIME) + 5n * MINUTE_MS }, "valid"],
    ["too late", PRESENTATION, { nowMs: BigInt(TIME) + 300_001n }, "the holder: it was shown 300001 ms ago, and 300000 are allowed"],
    ["by a clock that is ahead", PRESENTATION, { nowMs: BigInt(TIME) - MINUTE_MS }, "valid"],
    ["not yet", PRESENTATION, { nowMs: BigInt(TIME) - 60_001n }, "the holder: it is dated 60001 ms from now, and 60000 are allowed"],
    ["stripped", bare, {}, "the holder: only its holder can show a fact of this kind, and nobody's signature says that it does"],
    ["re-addressed", changed((p) => (p[PARTS.occasion][OCCASION.audience] = "The Crown, York")), { audience: "The Crown, York" }, NOT_ITS],
    ["re-dated", changed((p) => p[PARTS.occasion][OCCASION.time]++), {}, NOT_ITS],
    ["unsigned", changed((p) => (p[PARTS.signature] = Buffer.alloc(0))), {}, NOT_ITS],
    ["of what anybody can show", payment, {}, "the holder: anybody can show a fact of this kind, and a signature says that its holder does"],
    ["in another format", changed((p) => (p[PARTS.format] = 3)), {}, "where it belongs: the proof is in format 3, and this version reads format 2"],
  ];
  for (const [what, proof, change, expected] of table) assert.equal(await verdict(proof, { ...asked, ...change }), expected, what);
  const unasked = await verify(PRESENTATION, trust);
  assert.equal(unasked.reason, "the holder: it is shown to The Bell, Leeds: say for whom you ask, and with which nonce");
});

test("a name that is none, and a nonce that could be guessed, are not read", async () => {
  const step = async (change) => (await verify(changed(change), trust, { expected: asked })).step;
  const audience = (text) => step((p) => (p[PARTS.occasion][OCCASION.audience] = text));
  const nonce = (length) => step((p) => (p[PARTS.occasion][OCCASION.nonce] = Buffer.alloc(length)));
  for (const text of ["", "x".repeat(257), "Cafe\u0301"]) assert.equal(await audience(text), "read", text);
  assert.equal(await audience("x".repeat(256)), "holder");
  for (const length of [0, 15, 65]) assert.equal(await nonce(length), "read", `${length}`);
  for (const length of [16, 64]) assert.equal(await nonce(length), "holder", `${length}`);
});

test("every seventh bit of a presentation is covered", async () => {
  const steps = new Set();
  const proof = PRESENTATION.slice();
  for (let bit = 0; bit < proof.length * 8; bit += 7) {
    proof[bit >> 3] ^= 1 << (bit & 7);
    const failed = await verify(proof, trust, { expected: asked });
    assert.equal(failed.valid, false, `bit ${bit}`);
    steps.add(failed.step);
    proof[bit >> 3] ^= 1 << (bit & 7);
  }
  assert.deepEqual([...steps].sort(), ["checkpoint", "contract", "fact", "holder", "log", "network_map", "read", "signatures", "where_it_belongs"]);
});

test("a holder's key is of any suite, and its leaf is shown", async () => {
  const der = (prefix, label) => createPrivateKey({ key: Buffer.concat([Buffer.from(prefix, "hex"), noise(label)]), format: "der", type: "pkcs8" });
  const telephone = der("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420", "signing key of a telephone");
  const ed25519 = der("302e020100300506032b657004220420", "a key");
  const raw = createPublicKey(ed25519).export({ format: "der", type: "spki" }).subarray(-32);
  const p256 = (message) => sign("sha256", message, { key: telephone, dsaEncoding: "ieee-p1363" });
  const NOT_ITS = "the holder: the signature is not its holder's over what is shown";
  const table = [
    [p256Key("a telephone"), p256, false, "valid"],
    [[2, raw], (message) => sign(null, message, ed25519), false, "valid"],
    [[2, raw], p256, false, NOT_ITS],
    [hybridKey("a telephone"), (message) => signsHybrid("a telephone", message), false, "valid"],
    [hybridKey("a telephone"), p256, false, NOT_ITS],
    [[9, raw], (message) => sign(null, message, ed25519), false, NOT_ITS],
    [[2, raw], (message) => sign(null, message, ed25519), true, "the holder: the key of its holder is hidden"],
    [undefined, p256, false, "the holder: the key of its holder is hidden"],
  ];
  for (const [key, signature, hidden, expected] of table) assert.equal(await verdict(shownWith(key, signature, hidden)), expected);
});

test("a key for which anybody can sign is no key", async () => {
  const ONE = Buffer.concat([Buffer.of(1), Buffer.alloc(31)]);
  const byAnybody = shownWith([2, ONE], () => Buffer.concat([ONE, Buffer.alloc(32)]), false);
  assert.equal((await verify(byAnybody, trust, { expected: asked })).step, "read");
  const member = (keys) => proofOf({ contract: 'contract word version 1 "A word."\nparty bank = "TOWN-BANK"\nfact Word\n  of: int\n  attested by bank\n', fields: [value.int(1)], attestors: ["TOWN-BANK"], records: (party) => record(party, { keys }) });
  assert.equal((await verify(member([p256Key("TOWN-BANK"), [2, ONE]]), trust)).step, "read");
  assert.equal((await verify(member([p256Key("TOWN-BANK")]), trust)).step, "contract");
});
