// Proof bundles: every bit is covered, nothing inside is trusted, and each thing that is wrong fails at its step.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readTrust } from "../src/trust.ts";
import { verify } from "../src/verify.ts";
import { SMALL, WORD } from "./support/cases.mjs";
import { NOON_MS, OPENING, VECTOR, changed, proofOf, value } from "./support/proof.mjs";
import { bytes, noise, repository, trustFile, vectors } from "./support/town.mjs";

const trust = await readTrust(trustFile());
const TRANSACTION = vectors("transaction.hex");

/** The step at which a proof fails, or "valid". */
async function step(proof, by = trust) {
  const verdict = await verify(proof, by);
  return verdict.valid ? "valid" : verdict.step;
}

test("the proof of the vectors says who paid whom what and when, and on whose authority", async () => {
  const proven = await verify(VECTOR, trust);
  assert.deepEqual(
    { ...proven, fields: proven.fields.map(({ field, value }) => [field.name, value]) },
    {
      valid: true,
      contract: "coins",
      kind: "Receipt",
      fields: [
        ["payer", { type: "party", text: "ALICE" }],
        ["payee", { type: "text", text: "Bob & Sons" }],
        ["member", { type: "party", text: "BOB" }],
        ["amount", { type: "money", currency: "GBP", minor: 500n }],
        ["purpose", { type: "text", text: "a door" }],
        ["number", { type: "int", int: 1n }],
      ],
      parts: [],
      hidden: ["note"],
      fact: `${TRANSACTION["transaction id"]}-0-0`,
      certifiedAtMs: BigInt(NOON_MS),
      logIndex: 2n,
      attestedBy: [
        { party: "TOWN-BANK", name: "The TOWN-BANK" },
        { party: "ALICE", name: "The ALICE" },
      ],
    },
  );
});

test("a proof of an earlier format says which it is", async () => {
  const earlier = bytes(repository("crates/ledger/tests/vectors/format-1.hex").trim().split(": ").at(-1));
  const reason = "where it belongs: the proof is in format 1, and this version reads format 2";
  assert.deepEqual(await verify(earlier, trust), { valid: false, step: "where_it_belongs", reason });
});

const smallTrust = await readTrust(trustFile({ contracts: [["word", WORD]] }));

/** The steps that fail, with how often, when every `nth` bit of a proof is changed, each by itself. */
async function flips(whole, by, nth) {
  const steps = {};
  const proof = whole.slice();
  for (let bit = 0; bit < proof.length * 8; bit += nth) {
    proof[bit >> 3] ^= 1 << (bit & 7);
    const failed = await step(proof, by);
    assert.notEqual(failed, "valid", `bit ${bit}`);
    steps[failed] = (steps[failed] ?? 0) + 1;
    proof[bit >> 3] ^= 1 << (bit & 7);
  }
  assert.equal(await step(proof, by), "valid");
  return Object.keys(steps).sort();
}

const STEPS = ["checkpoint", "contract", "fact", "log", "network_map", "read", "signatures", "where_it_belongs"];

test("every bit of a small proof is covered", async () => {
  assert.deepEqual(await flips(SMALL, smallTrust, 1), STEPS);
});

test("every fifth bit of the proof of the vectors is covered", async () => {
  assert.deepEqual(await flips(VECTOR, trust, 5), STEPS);
});

test("a proof cut short or lengthened is refused, and so is anything else", async () => {
  for (let end = 0; end < VECTOR.length; end++) assert.equal(await step(VECTOR.slice(0, end)), "read", `${end} bytes`);
  const others = [Uint8Array.of(...VECTOR, 0), trustFile(), new Uint8Array(5 * 1024 * 1024), new Uint8Array(1024).fill(0x81)];
  for (const other of others) assert.equal(await step(other), "read");
});

test("a list that says it is endless ends with the file", async () => {
  const place = 2;
  for (const head of ["9affffffff", "9bffffffffffffffff"]) {
    assert.equal(await step(Uint8Array.of(...VECTOR.slice(0, place), ...bytes(head), ...VECTOR.slice(place + 1))), "read");
  }
});

test("what is large and wrong is refused without much work", async () => {
  const many = (length) => changed((b) => b.fact[OPENING.shown].push(...Array.from({ length }, (_, i) => [12 + i, noise("x"), [4, [value.list(value.absent)]]])));
  const started = performance.now();
  assert.equal(await step(many(4_000)), "fact");
  assert.equal(await step(many(80_000)), "read");
  assert.equal(await step(changed((b) => (b.fact[OPENING.shown].find(([at]) => at === 11)[2] = [4, [Array.from({ length: 200 }).reduce((inner) => value.list(inner), value.absent)]]))), "read");
  assert.equal(await step(new Uint8Array(4 * 1024 * 1024).fill(0x82)), "read");
  const spent = performance.now() - started;
  assert.ok(spent < 20_000, `${spent} ms`);
});

/** A fact that two attest. */
const PAIR = 'contract pair version 1 "Two."\nparty bank = "TOWN-BANK"\nfact Pair\n  of: party\n  attested by bank, of\n';
const pairTrust = await readTrust(trustFile({ contracts: [["pair", PAIR]] }));
const pair = (change = {}) => step(proofOf({ contract: PAIR, fields: [value.party("ALICE")], attestors: ["TOWN-BANK", "ALICE"], ...change }), pairTrust);

test("a field that names an attestor can't be hidden, every other can", async () => {
  assert.equal(await pair({ hide: [0] }), "fact");
  const contract = `contract many version 1 "Many."\nfact Many\n${[..."abcdefg"].map((name) => `  ${name}: party\n`).join("")}  attested by c\n`;
  const by = await readTrust(trustFile({ contracts: [["many", contract]] }));
  for (let subset = 0; subset < 128; subset++) {
    const hide = [0, 1, 2, 3, 4, 5, 6].filter((i) => (subset >> i) & 1);
    const verdict = await verify(proofOf({ contract, fields: Array(7).fill(value.party("ALICE")), attestors: ["ALICE"], hide }), by);
    const expected = hide.includes(2) ? "fact" : hide.map((i) => "abcdefg"[i]).join("");
    assert.equal(verdict.valid ? verdict.hidden.join("") : verdict.step, expected);
  }
});

/** The verdict on a fact of this contract. */
async function judged(declaration, fields, attestors, shown = {}) {
  const contract = `contract town version 1 "A town."\nparty bank = "TOWN-BANK"\nparty mint = "TOWN-MINT"\n${declaration}`;
  const verdict = await verify(proofOf({ contract, fields, attestors, ...shown }), await readTrust(trustFile({ contracts: [["town", contract]] })));
  return verdict.valid ? verdict.attestedBy.map(({ party }) => party).join(" ") : verdict.reason;
}

test("as many attestors are needed as the contract says, and different ones", async () => {
  const by = (...clauses) => `fact Deed\n  of: party\n  by: party\n${clauses.map((clause) => `  ${clause}\n`).join("")}`;
  const fields = ["ALICE", "BOB"].map(value.party);
  const table = [
    [by("attested by bank"), ["TOWN-BANK"], "TOWN-BANK"],
    [by("attested by of, by"), ["ALICE", "BOB"], "ALICE BOB"],
    [by("attested by of, by"), ["ALICE"], "the signatures: 1 of the 2 needed attestors signed"],
    [by("attested by any 2 of bank, mint, of"), ["TOWN-MINT", "ALICE"], "TOWN-MINT ALICE"],
    [by("attested by any 2 of bank, mint, of"), ["TOWN-BANK", "TOWN-MINT", "ALICE"], "TOWN-BANK TOWN-MINT ALICE"],
    [by("attested by any 2 of bank, mint, of"), ["TOWN-MINT"], "the signatures: 1 of the 2 needed attestors signed"],
    [by("attested by any 2 of bank, mint, of"), ["TOWN-MINT", "TOWN-MINT"], "the signatures: TOWN-MINT does not attest this fact"],
    [by("attested by any 1 of bank, mint"), ["ALICE"], "the signatures: ALICE does not attest this fact"],
    [by(), ["TOWN-BANK"], "the signatures: nobody attests this kind of fact"],
    [by("one per of", "controlled by nobody", "seen by by only in of", "public of", "keep forever"), ["ALICE"], "the signatures: nobody attests this kind of fact"],
  ];
  for (const [declaration, attestors, expected] of table) assert.equal(await judged(declaration, fields, attestors), expected, declaration);
  assert.equal(await judged(by("attested by of, by"), ["ALICE", "ALICE"].map(value.party), ["ALICE"]), "ALICE", "who is both signs once");
  assert.equal(await judged(by("attested by of"), fields, ["ALICE"], { hide: [0] }), "the fact: what is shown is not a fact of the contract it names");
});

const BASKET = "fact Basket\n  of: list of int at most 1000\n  attested by bank\n";
const WRONG_FACT = "the fact: what is shown is not a fact of the contract it names";

test("lists count whole, whether they are shown or hidden", async () => {
  const lists = [[], [value.int(1)], [value.int(1), value.record(value.absent, value.list(value.int(2)))], Array(9).fill(value.text("x")), Array(4096).fill(value.absent)];
  for (const items of lists) {
    for (const hide of [[], [0]]) assert.equal(await judged(BASKET, [value.list(...items)], ["TOWN-BANK"], { hide }), "TOWN-BANK", `${items.length} items`);
  }
});

test("of a list any items can be shown, and its length", async () => {
  const list = (size) => [value.list(...Array.from({ length: size }, (_, i) => value.int(i)))];
  for (const size of [1, 2, 3, 17, 4096]) {
    for (const items of [[], [0], [size - 1], [...new Set([0, size >> 1, size - 1])]]) {
      for (const length of [true, false]) {
        const expected = items.length > 0 || length ? "TOWN-BANK" : WRONG_FACT;
        assert.equal(await judged(BASKET, list(size), ["TOWN-BANK"], { parts: { 0: { items, length } } }), expected, `${items} of ${size}`);
      }
    }
  }
});
