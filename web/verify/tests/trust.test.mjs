// Trust files, as the network writes them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "../src/bytes.ts";
import { TrustError, readTrust } from "../src/trust.ts";
import { COINS, NoteSigner, noise, notary, registrar, sha256, trustFile, vectors } from "./support/town.mjs";

const TRANSACTION = vectors("transaction.hex");

test("a trust file gives the network, the keys and the contracts", () => {
  const trust = readTrust(trustFile());
  assert.equal(hex(trust.network), TRANSACTION["network id"]);
  assert.equal(hex(trust.lineage), TRANSACTION["notary lineage"]);
  assert.deepEqual([trust.registrar.text, trust.notary.text], [registrar.text, notary.text]);
  assert.deepEqual([...trust.contracts].map(([id, { name }]) => [id, name]), [[TRANSACTION["contract id"], "coins"]]);
});

test("contracts may use others, in any order", () => {
  const uses = (hash) => `contract market version 1 "A market."\nuses coins sha256 "${hash}"\nfact Stall\n  number: int\n`;
  const market = uses(sha256(COINS).toString("hex"));
  const two = [["coins", COINS], ["market", market]];
  for (const contracts of [two, two.toReversed()]) assert.equal(readTrust(trustFile({ contracts })).contracts.size, 2);
  assert.throws(() => readTrust(trustFile({ contracts: [["market", market]] })), { message: "contract market: line 2: the text of coins with this hash is not given" });
});

test("what isn't exactly a trust file is refused", () => {
  const good = trustFile();
  const weak = new NoteSigner("n", noise("x"));
  weak.public = Buffer.alloc(32);
  weak.id = sha256("n\n", [1], weak.public).subarray(0, 4);
  const table = [
    ["", "it doesn't say network"],
    ["network = \"town\"\n", "it doesn't say registrar"],
    [good.replace(/^notary = .*\n/m, ""), "it doesn't say notary"],
    [good.replace(/^network/m, "network = \"a\"\nnetwork"), "network stands there twice"],
    [`witness = "w"\n${good}`, "witness has no meaning here"],
    [`network: town\n${good}`, "this line is not understood: network: town"],
    [good.replace(/^sha256/m, "version = \"1\"\nsha256"), "version has no meaning here"],
    [good.replace(/^sha256 = ".*"/m, `sha256 = "${"0".repeat(64)}"`), "the text of the contract coins does not have the hash beside it"],
    [good.replace("A town's money", "A city's money"), "the text of the contract coins does not have the hash beside it"],
    [good.replace(/'''\n$/, ""), "this line is not understood: text = '''"],
    [trustFile({ notary: "notary.town" }), "notary: a verifier key has the form name+id+key"],
    [trustFile({ registrar: weak.text }), "registrar: the key is weak"],
    [trustFile({ contracts: [["coins", "nothing\n"]] }), "contract coins: line 1: expected `contract`, found nothing"],
  ];
  for (const [text, message] of table) {
    assert.throws(() => readTrust(text), (error) => error instanceof TrustError && assert.equal(error.message, message) === undefined, message);
  }
});

test("names may have quotes", () => {
  const named = (network) => hex(readTrust(trustFile({ network })).network);
  assert.equal(named('the \\"old\\" town \\\\'), sha256(`pvn network/1\0the "old" town \\\0${registrar.text}`).toString("hex"));
});
