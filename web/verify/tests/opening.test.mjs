// What is shown of a fact leads to the commitment of the vectors.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "../src/bytes.ts";
import { Reader } from "../src/cbor.ts";
import { readOpening } from "../src/opening.ts";
import { decode, encode } from "./support/cbor.mjs";
import { opening } from "./support/proof.mjs";
import { bytes, vectors } from "./support/town.mjs";

const FACTS = vectors("facts.hex");

function read(encoded) {
  const r = new Reader(new Uint8Array(encoded));
  const found = readOpening(r);
  r.end();
  return found;
}

test("parts of facts lead to the commitment of the whole", () => {
  const receipt = read(bytes(FACTS["receipt opened at head and amount"]));
  assert.equal(hex(receipt.commitment()), FACTS["receipt commitment"]);
  assert.deepEqual(receipt.value(3), { type: "money", currency: "GBP", minor: 500n });
  assert.equal(receipt.value(2), undefined);

  const item = read(bytes(FACTS["item 2 of the list shown alone"]));
  assert.equal(hex(item.commitment()), FACTS["with a list commitment"]);
  const { position, length, items } = item.part(4);
  const [{ index, value }] = items;
  assert.deepEqual([position, length, items.length, index, value.type], [9, undefined, 1, 2, "record"]);
});

test("facts of the vectors, shown whole, have their commitments", () => {
  for (const name of ["receipt", "coin", "with a list", "with a file", "with a holder"]) {
    const [id, kind, fields, salt, control, due, holder] = decode(bytes(FACTS[name]));
    const whole = opening({ id, kind, fields, salt, control, due, holder });
    assert.equal(whole.commitment.toString("hex"), FACTS[`${name} commitment`], name);
    assert.equal(hex(read(encode(whole.opening)).commitment()), FACTS[`${name} commitment`], name);
  }
});
