// The encoding: one byte string for each object, and the place where another is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NotCanonical, Reader } from "../src/cbor.ts";
import { readParty, readValue } from "../src/value.ts";
import { bytes } from "./support/town.mjs";

/** What a byte string is read as, or where and why it isn't. */
function read(hex, how) {
  const r = new Reader(bytes(hex));
  try {
    const found = how(r);
    r.end();
    return found;
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
    return `${error.at}: ${error.reason}`;
  }
}

function check(how, table) {
  for (const [hex, expected] of table) assert.deepEqual(read(hex, how), expected, hex);
}

test("lists of anything have a limit", () => {
  const [most, more] = [4_096, 4_097].map((n) => `99${n.toString(16)}${"00".repeat(n)}`);
  assert.equal(read(most, (r) => r.list(() => r.u32())).length, 4_096);
  check((r) => r.list(() => r.u32()), [[more, "0: a list longer than its limit"]]);
});

test("numbers have their shortest form", () => {
  check((r) => r.u64(), [
    ["00", 0n],
    ["17", 23n],
    ["1818", 24n],
    ["18ff", 255n],
    ["190100", 256n],
    ["1a00010000", 65_536n],
    ["1bffffffffffffffff", 2n ** 64n - 1n],
    ["1817", "0: a number longer than need be"],
    ["1900ff", "0: a number longer than need be"],
    ["1a0000ffff", "0: a number longer than need be"],
    ["1b00000000ffffffff", "0: a number longer than need be"],
    ["1c", "0: no definite length"],
    ["1f", "0: no definite length"],
    ["20", "0: not a number of 64 bits"],
    ["f97c00", "0: not a number of 64 bits"],
    ["c100", "0: not a number of 64 bits"],
    ["", "0: cut short"],
    ["19ff", "2: cut short"],
    ["0000", "1: more bytes than the object has"],
  ]);
  check((r) => r.i64(), [
    ["20", -1n],
    ["3b7fffffffffffffff", -(2n ** 63n)],
    ["1b7fffffffffffffff", 2n ** 63n - 1n],
    ["3b8000000000000000", "0: not a number of 64 bits"],
    ["1b8000000000000000", "0: not a number of 64 bits"],
    ["3817", "0: a number longer than need be"],
  ]);
  check((r) => r.u32(), [
    ["1affffffff", 2 ** 32 - 1],
    ["1b0000000100000000", "0: not a number of 32 bits"],
  ]);
});

test("texts and byte strings have definite lengths, texts are UTF-8 in normal form", () => {
  check((r) => r.text(8), [
    ["60", ""],
    ["63e282ac", "\u20ac"],
    ["64efbbbf61", "\ufeffa"],
    ["62c3a9", "\u00e9"],
    ["6365cc81", "0: a text that is not in Unicode normalisation form C"],
    ["61ff", "0: a text that is not UTF-8"],
    ["63eda080", "0: a text that is not UTF-8"],
    ["62c080", "0: a text that is not UTF-8"],
    ["7f6161ff", "0: no definite length"],
    ["780161", "0: a number longer than need be"],
    ["69616161616161616161", "0: a text longer than its limit"],
    ["6261", "2: cut short"],
    ["7bffffffffffffffff61", "10: cut short"],
    ["4161", "0: not a text"],
  ]);
  check((r) => r.digest().length, [
    [`5820${"00".repeat(32)}`, 32],
    [`581f${"00".repeat(31)}`, "0: a digest has 32 bytes"],
    [`5f5820${"00".repeat(32)}ff`, "0: no definite length"],
  ]);
});

test("lists and structures have as many items as they say", () => {
  check((r) => r.list(() => r.u32(), 2), [
    ["80", []],
    ["820102", [1, 2]],
    ["83010203", "0: a list longer than its limit"],
    ["9f01ff", "0: no definite length"],
    ["980101", "0: a number longer than need be"],
    ["8201", "2: cut short"],
    ["a10102", "0: not a list"],
  ]);
  check((r) => (r.fields(2), [r.u32(), r.bool()]), [
    ["8201f5", [1, true]],
    ["8101", "0: not a structure of 2 fields"],
    ["8301f5f5", "0: a list longer than its limit"],
    ["8201f6", "2: neither true nor false"],
    ["8201f815", "2: neither true nor false"],
  ]);
});

test("values", () => {
  const text = (type) => ({ type, text: "a" });
  check(readValue, [
    ["8200f5", { type: "bool", bool: true }],
    ["820120", { type: "int", int: -1n }],
    ["82026161", text("text")],
    ["82056161", text("party")],
    ["82066161", text("choice")],
    ["8303634742501901f4", { type: "money", currency: "GBP", minor: 500n }],
    ["820420", { type: "date", days: -1 }],
    ["82041a002cc0a0", { type: "date", days: 2_932_896 }],
    ["82041a002cc0a1", "2: a day outside the calendar"],
    ["82043a0042b482", { type: "date", days: -4_371_587 }],
    ["82043a0042b483", "2: a day outside the calendar"],
    ["82041a80000000", "2: not a number of 32 bits"],
    ["8107", { type: "absent" }],
    ["8208818107", { type: "list", items: [{ type: "absent" }], encoded: [bytes("8107")] }],
    ["820980", { type: "record", items: [] }],
    ["8207f6", "0: a value of unknown type"],
    [`830a5820${"07".repeat(32)}1b0000010000000000`, { type: "file", root: bytes("07".repeat(32)), bytes: 1n << 40n }],
    [`830a5820${"07".repeat(32)}20`, "36: not a number of 64 bits"],
    [`830a581f${"07".repeat(31)}05`, "2: a digest has 32 bytes"],
    ["820a80", "0: a value of unknown type"],
    ["8100", "0: a value of unknown type"],
    ["8303624742190fa0", "2: not a currency code"],
    ["83036367627000", "2: not a currency code"],
    [`${"820881".repeat(9)}8107`, "27: a value nested deeper than its limit"],
  ]);
  assert.equal(read(`${"820881".repeat(8)}8107`, readValue).type, "list");
});

test("parties have 1 to 64 characters of an identifier", () => {
  const encoded = (id) => Buffer.concat([id.length < 24 ? Buffer.of(0x60 + id.length) : Buffer.of(0x78, id.length), Buffer.from(id)]).toString("hex");
  check(readParty, [
    [encoded("GB-GOR-D2"), "GB-GOR-D2"],
    [encoded("a".repeat(64)), "a".repeat(64)],
    [encoded("a".repeat(65)), "0: not a party identifier"],
    [encoded(""), "0: not a party identifier"],
    [encoded("A B"), "0: not a party identifier"],
    [encoded("A\n"), "0: not a party identifier"],
  ]);
});
