// Trust files, as the network writes them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "../src/bytes.ts";
import { TrustError, readTrust } from "../src/trust.ts";
import { notaryToo, registrarToo } from "./support/hybrid-cases.mjs";
import { COINS, NoteSigner, noise, notary, registrar, repository, sha256, trustFile, trustJson, utf8, vectors } from "./support/town.mjs";

const TRANSACTION = vectors("transaction.hex");

test("a trust file gives the network, the keys and the contracts", async () => {
  const trust = await readTrust(trustFile());
  assert.equal(hex(trust.network), TRANSACTION["network id"]);
  assert.equal(hex(trust.lineage), TRANSACTION["notary lineage"]);
  assert.deepEqual([trust.registrar, trust.notary].map((keys) => keys.map(({ text }) => text)), [[registrar.text], [notary.text]]);
  assert.deepEqual([...trust.contracts].map(([id, { name }]) => [id, name]), [[TRANSACTION["contract id"], "coins"]]);
});

test("a log may have two keys", async () => {
  const trust = await readTrust(trustFile({ notary: [notary.text, notaryToo.text] }));
  assert.deepEqual(trust.notary.map(({ text }) => text), [notary.text, notaryToo.text]);
  assert.equal(hex(trust.lineage), TRANSACTION["notary lineage"]);
});

test("contracts may use others, in any order", async () => {
  const uses = (hash) => `contract market version 1 "A market."\nuses coins sha256 "${hash}"\nfact Stall\n  number: int\n`;
  const market = uses(sha256(COINS).toString("hex"));
  const two = [["coins", COINS], ["market", market]];
  for (const contracts of [two, two.toReversed()]) assert.equal((await readTrust(trustFile({ contracts }))).contracts.size, 2);
  await assert.rejects(() => readTrust(trustFile({ contracts: [["market", market]] })), { message: "contract market: line 2: the text of coins with this hash is not given" });
});

test("what isn't exactly a trust file is refused", async () => {
  const weak = new NoteSigner("n", noise("x"));
  weak.public = Buffer.alloc(32);
  weak.id = sha256("n\n", [1], weak.public).subarray(0, 4);
  const { notary: _, ...without } = trustJson();
  const text = Buffer.from(trustFile()).toString();
  const entry = (changes) => utf8(JSON.stringify({ ...trustJson(), contracts: [{ ...trustJson().contracts[0], ...changes }] }));
  const table = [
    [utf8(""), "it is not JSON"],
    [utf8(`\ufeff${text}`), "it is not JSON"],
    [utf8(`${text}{}`), "it is not JSON"],
    [Buffer.from(text.replace("town", "t\u00f6wn"), "latin1"), "it is not JSON"],
    [utf8("[]"), "there is something in the place of an object"],
    [utf8("{}"), "it doesn't say pvn_trust"],
    [utf8(JSON.stringify(without)), "it doesn't say notary"],
    [utf8(text.replace('"network"', '"network": "a", "network"')), "network stands there twice"],
    [utf8(text.replace('"name"', '"n\\u0061me": "a", "name"')), "name stands there twice"],
    [trustFile({ witness: "w" }), "witness has no meaning here"],
    [trustFile({ pvn_trust: 1 }), "it is of form 1, and this version reads forms 2 and 3"],
    [trustFile({ pvn_trust: "2" }), 'it is of form "2", and this version reads forms 2 and 3'],
    [utf8(text.replace('"pvn_trust": 2', '"pvn_trust": 2.0')), "a number is not written in its one form"],
    [trustFile({ network: 7 }), "network is not a text"],
    [trustFile({ network: "\ud800" }), "network is not a text"],
    [trustFile({ notary: notary.text }), "notary is not a list"],
    [trustFile({ notary: [] }), "notary: a log has one key, or two: its own and a hybrid one; these are 0"],
    [trustFile({ registrar: [registrar.text, registrar.text] }), "registrar: a log's own key comes first, then the hybrid one"],
    [trustFile({ notary: [notary.text, notaryToo.text, notaryToo.text] }), "notary: a log has one key, or two: its own and a hybrid one; these are 3"],
    [trustFile({ notary: [notaryToo.text] }), "notary: a log's own key comes first, then the hybrid one"],
    [trustFile({ notary: [notary.text, registrarToo.text] }), "notary: the keys are of two logs, notary.town and registrar.town"],
    [entry({ version: "1" }), "version has no meaning here"],
    [entry({ sha256: "0".repeat(64) }), "the text of the contract coins does not have the hash beside it"],
    [utf8(text.replace("A town's money", "A city's money")), "the text of the contract coins does not have the hash beside it"],
    [trustFile({ notary: ["notary.town"] }), "notary: a verifier key has the form name+id+key"],
    [trustFile({ registrar: [weak.text] }), "registrar: the key is weak"],
    [trustFile({ contracts: [["coins", "nothing\n"]] }), "contract coins: line 1: expected `contract`, found nothing"],
  ];
  for (const [bytes, message] of table) {
    await assert.rejects(() => readTrust(new Uint8Array(bytes)), (error) => error instanceof TrustError && assert.equal(error.message, message) === undefined, message);
  }
});

test("what the other verifier refuses is refused", async () => {
  const refused = repository("docs/protocol/vectors/trust/refused.jsonl").trim().split("\n").map((line) => JSON.parse(line));
  for (const { why, file } of refused) await assert.rejects(() => readTrust(utf8(file)), TrustError, why);
});

test("names may have quotes, and keys may be another registrar's than the founder's", async () => {
  const founder = new NoteSigner("founder.town", noise("founder"));
  const trust = await readTrust(trustFile({ network: 'the "old" town \\', founded_by: founder.text }));
  assert.equal(hex(trust.network), sha256(`pvn network/1\0the "old" town \\\0${founder.text}`).toString("hex"));
  assert.equal(trust.registrar[0].text, registrar.text);
});
