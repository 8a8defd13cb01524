// Proofs damaged by shape: parts exchanged, left out, doubled, of other sorts and forms. None is valid, each is refused at some step.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readTrust } from "../src/trust.ts";
import { verify } from "../src/verify.ts";
import { decode, encode } from "./support/cbor.mjs";
import { VECTOR, proofOf, value } from "./support/proof.mjs";
import { COINS, trustFile } from "./support/town.mjs";

const LISTED = 'contract listed version 1 "A list."\nparty bank = "TOWN-BANK"\nfact Listed\n  of: list of int at most 9\n  on: date\n  attested by bank\n';
const trust = await readTrust(trustFile({ contracts: [["coins", COINS], ["listed", LISTED]] }));
const fields = [value.list(...[1, 2, 3].map(value.int)), value.date(0)];
const listed = (shown) => proofOf({ contract: LISTED, fields, attestors: ["TOWN-BANK"], ...shown });
const WHOLE = [VECTOR, listed({ parts: { 0: { items: [1], length: true } } }), listed({ hide: [1], parts: { 0: { items: [0, 2] } } })];

/** Numbers that look random and are the same in every run: the minimal standard of Park and Miller. */
function dice(seed) {
  let state = seed;
  return (sides) => {
    state = (state * 16_807) % 2_147_483_647;
    return state % sides;
  };
}

const STRANGE = [null, true, 0, 24, 256, 65_536, 2 ** 32, 2n ** 63n, -1, "", "A", "e\u0301", new Uint8Array(0), new Uint8Array(31), new Uint8Array(32), [], [0, []], [7], [8, []]];
/** Heads that begin something else, or the same in another form. */
const HEADS = [0x18, 0x38, 0x58, 0x5f, 0x7f, 0x9f, 0xa0, 0xc0, 0xf7, 0xf9, 0xff];

function places(item) {
  return Array.isArray(item) ? item.flatMap((part, at) => [[item, at], ...places(part)]) : [];
}

function damaged(item, roll) {
  if (typeof item === "number") return item + [1, -1, 2][roll(3)];
  if (typeof item === "string") return [`${item}x`, item.toUpperCase(), item.slice(1), `${item}e\u0301`, `${item}\n`][roll(5)];
  if (item instanceof Uint8Array) return [item.slice(1), Buffer.concat([item, Buffer.alloc(32)]), item.slice(32), item.map((byte, i) => (i === 0 ? byte ^ 1 : byte))][roll(4)];
  if (Array.isArray(item)) return [item.slice(0, -1), [...item, null], item.toReversed(), [...item, ...item]][roll(4)];
  return STRANGE[roll(STRANGE.length)];
}

function damage(proof, roll) {
  const tree = decode(proof);
  const all = places(tree);
  const [[parent, at], [other, from]] = [all[roll(all.length)], all[roll(all.length)]];
  const ways = [
    () => (parent[at] = STRANGE[roll(STRANGE.length)]),
    () => parent.splice(at, 1),
    () => parent.splice(at, 0, structuredClone(parent[at])),
    () => (parent[at] = structuredClone(other[from])),
    () => (parent[at] = damaged(parent[at], roll)),
    () => (parent[at] = damaged(parent[at], roll)),
  ];
  ways[roll(ways.length)]();
  const bytes = encode(tree);
  if (roll(8) > 0) return new Uint8Array(bytes);
  const cut = roll(bytes.length);
  return new Uint8Array(Buffer.concat([bytes.subarray(0, cut), Buffer.of(HEADS[roll(HEADS.length)]), bytes.subarray(cut)]));
}

test("no damaged proof is valid, and none is anything but refused", async () => {
  const steps = new Set();
  for (let seed = 1; seed <= 4_000; seed++) {
    const whole = WHOLE[seed % WHOLE.length];
    const proof = damage(whole, dice(seed));
    const verdict = await verify(proof, trust);
    assert.equal(verdict.valid, Buffer.compare(proof, whole) === 0 || Buffer.compare(proof, reordered(whole)) === 0, `seed ${seed}`);
    if (!verdict.valid) steps.add(verdict.step);
  }
  assert.deepEqual([...steps].sort(), ["checkpoint", "contract", "fact", "log", "network_map", "read", "signatures", "where_it_belongs"]);
});

/** The order of those who attest means nothing. */
function reordered(proof) {
  const tree = decode(proof);
  tree[3].reverse();
  return new Uint8Array(encode(tree));
}
