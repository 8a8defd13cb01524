// Proof bundles: every bit is covered, nothing inside is trusted, and each thing that is wrong fails at its step.
import assert from "node:assert/strict";
import { sign } from "node:crypto";
import { test } from "node:test";
import { readTrust } from "../src/trust.ts";
import { verify } from "../src/verify.ts";
import { encode } from "./support/cbor.mjs";
import { ATTESTATION, CERTIFICATE, ENTRY, MAP, MEMBER, NOON_MS, OPENING, PLACE, RECORD, SCOPES, TERMS, VECTOR, certify, changed, p256Key, proofOf, record, value } from "./support/proof.mjs";
import { COINS, NoteSigner, bytes, noise, repository, trustFile, vectors } from "./support/town.mjs";

const trust = readTrust(trustFile());
const TRANSACTION = vectors("transaction.hex");
const ID = bytes(TRANSACTION["transaction id"]);

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

/** The smallest proof that there is. */
const WORD = 'contract word version 1 "A word."\nparty bank = "TOWN-BANK"\nfact Word\n  of: int\n  attested by bank\n';
const SMALL = proofOf({ contract: WORD, fields: [value.int(1)], attestors: ["TOWN-BANK"] });
const smallTrust = readTrust(trustFile({ contracts: [["word", WORD]] }));

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
  const others = [Uint8Array.of(...VECTOR, 0), new TextEncoder().encode(trustFile()), new Uint8Array(5 * 1024 * 1024), new Uint8Array(1024).fill(0x81)];
  for (const other of others) assert.equal(await step(other), "read");
});

test("a list that says it is endless ends with the file", async () => {
  const place = 2;
  for (const head of ["9affffffff", "9bffffffffffffffff"]) {
    assert.equal(await step(Uint8Array.of(...VECTOR.slice(0, place), ...bytes(head), ...VECTOR.slice(place + 1))), "read");
  }
});

test("what is large and wrong is refused without much work", async () => {
  const many = (item) => changed((b) => (b.fact[OPENING.shown] = [...b.fact[OPENING.shown], ...Array.from({ length: 80_000 }, (_, i) => [12 + i, noise("x"), item])]));
  const started = performance.now();
  assert.equal(await step(many([4, [value.list(value.absent)]])), "fact");
  assert.equal(await step(changed((b) => (shownLeaf(b, 11)[2] = [4, [Array.from({ length: 200 }).reduce((inner) => value.list(inner), value.absent)]]))), "read");
  assert.equal(await step(new Uint8Array(4 * 1024 * 1024).fill(0x82)), "read");
  const spent = performance.now() - started;
  assert.ok(spent < 20_000, `${spent} ms`);
});

/** A certificate of another notary's. */
const hisNotary = new NoteSigner("notary.town", noise("his own"));
const pinOf = (b) => b.certificate[CERTIFICATE.entry][ENTRY.map];
const shownLeaf = (b, position) => b.fact[OPENING.shown].find(([at]) => at === position);
const head = (b) => shownLeaf(b, 0)[2][1];
const terms = (b) => b.place[PLACE.terms];
const recordOf = (b, i) => b.attestors[i][0][MEMBER.record];
const attested = (b, i) => b.attestors[i][1];
const endless = Buffer.concat(Array(64).fill(noise("x")));

test("what a forger may try is refused at its step", async () => {
  const table = [
    ["the true proof", () => {}, "valid"],
    ["a later format", (b) => (b.format = 3), "where_it_belongs"],
    ["terms of an earlier format", (b) => (terms(b)[TERMS.format] = 1), "where_it_belongs"],
    ["another network", (b) => (terms(b)[TERMS.network] = noise("x")), "where_it_belongs"],
    ["another notary", (b) => (terms(b)[TERMS.notary] = noise("x")), "where_it_belongs"],
    ["another contract", (b) => (head(b)[0] = noise("x")), "contract"],
    ["another kind", (b) => (head(b)[1] = 0), "fact"],
    ["a kind that there isn't", (b) => (head(b)[1] = 3), "fact"],
    ["another number of fields", (b) => (head(b)[2] = 8), "fact"],
    ["no head", (b) => b.fact[OPENING.shown].shift(), "fact"],
    ["nothing shown", (b) => (b.fact[OPENING.shown] = []), "fact"],
    ["a hash left out", (b) => (b.fact[OPENING.hashes] = b.fact[OPENING.hashes].subarray(32)), "fact"],
    ["a hash more", (b) => (b.fact[OPENING.hashes] = Buffer.concat([b.fact[OPENING.hashes], noise("x")])), "fact"],
    ["a leaf left out", (b) => b.fact[OPENING.shown].pop(), "log"],
    ["a leaf twice", (b) => b.fact[OPENING.shown].push(b.fact[OPENING.shown].at(-1)), "fact"],
    ["leaves out of order", (b) => b.fact[OPENING.shown].reverse(), "fact"],
    ["a leaf beyond the fact", (b) => (b.fact[OPENING.shown].at(-1)[0] = 12), "fact"],
    ["a second head", (b) => (shownLeaf(b, 5)[2] = shownLeaf(b, 0)[2]), "fact"],
    ["a field for the holder", (b) => (shownLeaf(b, 4)[2] = shownLeaf(b, 5)[2]), "fact"],
    ["another amount", (b) => (shownLeaf(b, 8)[2] = [4, [value.money(600)]]), "log"],
    ["a list for a number", (b) => (shownLeaf(b, 11)[2] = [4, [value.list(value.int(1))]]), "log"],
    ["another salt", (b) => (shownLeaf(b, 8)[1] = noise("x")), "log"],
    ["a holder", (b) => (shownLeaf(b, 4)[2] = [5, [[2, noise("x")]]]), "log"],
    ["at another place", (b) => (b.place[PLACE.output] = 1), "log"],
    ["among other facts", (b) => (b.place[PLACE.outputs] = 2), "log"],
    ["in another view", (b) => (b.place[PLACE.view] = 1 - b.place[PLACE.view]), "log"],
    ["under a longer path", (b) => (b.place[PLACE.viewPath] = endless), "log"],
    ["of another command", (b) => (b.place[PLACE.rest] = noise("x")), "log"],
    ["with another window", (b) => (terms(b)[TERMS.window][1] += 1), "log"],
    ["with other tokens", (b) => (b.place[PLACE.load] = noise("x")), "log"],
    ["a certificate of another transaction", (b) => (b.certificate = certify(noise("x"), { pin: pinOf(b) })), "log"],
    ["a certificate of a notary of his own", (b) => (b.certificate = certify(ID, { pin: pinOf(b), by: hisNotary })), "checkpoint"],
    ["a certificate without its place", (b) => (b.certificate = certify(ID, { pin: pinOf(b), height: 1 })), "log"],
    ["the map's checkpoint for the log's", (b) => (b.certificate[CERTIFICATE.checkpoint] = b.map[MAP.checkpoint]), "checkpoint"],
    ["another batch of the log", (b) => (b.certificate[CERTIFICATE.entry][ENTRY.height] += 1), "log"],
    ["certified after its window", (b) => (b.certificate = certify(ID, { pin: pinOf(b), time: NOON_MS + 60_001 })), "time"],
    ["certified at the last moment", (b) => (b.certificate = certify(ID, { pin: pinOf(b), time: NOON_MS + 60_000 })), "valid"],
    ["certified before its window", (b) => (b.certificate = certify(ID, { pin: pinOf(b), time: NOON_MS - 30_001 })), "time"],
    ["certified at the first moment", (b) => (b.certificate = certify(ID, { pin: pinOf(b), time: NOON_MS - 30_000 })), "valid"],
    ["an older directory", (b) => (b.certificate = certify(ID, { pin: [1, pinOf(b)[1]] })), "network_map"],
    ["a pin of another directory", (b) => (b.certificate = certify(ID, { pin: [2, noise("x")] })), "network_map"],
    ["another directory", (b) => (b.map[MAP.entry][1] += 1), "network_map"],
    ["another path of the map", (b) => (b.map[MAP.path] = Buffer.alloc(0)), "network_map"],
    ["the log's checkpoint for the map's", (b) => (b.map[MAP.checkpoint] = b.certificate[CERTIFICATE.checkpoint]), "network_map"],
    ["another name in a record", (b) => (recordOf(b, 0)[RECORD.name] = "The MINT"), "network_map"],
    ["an end of membership that isn't so", (b) => (recordOf(b, 0)[RECORD.revoked] = NOON_MS + 1), "network_map"],
    ["a key of his own", (b) => (recordOf(b, 0)[RECORD.keys] = [p256Key("MALLORY")]), "network_map"],
    ["a record at another place", (b) => (b.attestors[0][0][MEMBER.index] += 1), "network_map"],
    ["an attestor left out", (b) => b.attestors.pop(), "signatures"],
    ["one attestor twice", (b) => (b.attestors[1] = b.attestors[0]), "signatures"],
    ["keys exchanged", (b) => ([b.attestors[0][0], b.attestors[1][0]] = [b.attestors[1][0], b.attestors[0][0]]), "signatures"],
    ["nobody signs", (b) => (b.attestors = []), "signatures"],
    ["more sign than there can be", (b) => (b.attestors = Array(65).fill(b.attestors[0])), "signatures"],
    ["another suite", (b) => (attested(b, 0)[ATTESTATION.suite] = 2), "signatures"],
    ["another salt of the scope", (b) => (attested(b, 0)[ATTESTATION.salt] = noise("x")), "signatures"],
    ["another place of the scope", (b) => (attested(b, 0)[ATTESTATION.scope][0] ^= 1), "signatures"],
    ["no bytes of a signature", (b) => (attested(b, 0)[ATTESTATION.signature] = Buffer.alloc(0)), "signatures"],
    ["a stroke of too many", (b) => (attested(b, 0)[ATTESTATION.stroke] = [0, 65, endless.subarray(0, 7 * 32)]), "signatures"],
    ["the other order of attestors", (b) => b.attestors.reverse(), "valid"],
  ];
  for (const [name, change, expected] of table) assert.equal(await step(changed((b) => void change(b))), expected, name);
});

test("what has two encodings is read in one", async () => {
  const key = (suite, length, first = 4) => [suite, Buffer.from(Array.from({ length }, (_, i) => (i === 0 ? first : 1)))];
  const keys = (...all) => (b) => (recordOf(b, 0)[RECORD.keys] = all);
  const own = p256Key("TOWN-BANK");
  const table = [
    ["a field more", (b) => b.place.push(0)],
    ["a field less", (b) => terms(b).pop()],
    ["an end of membership left out", (b) => recordOf(b, 0).splice(RECORD.revoked, 1)],
    ["a due that is absent, said", (b) => (shownLeaf(b, 3)[2] = [3, [null]])],
    ["a holder that is absent, said", (b) => (shownLeaf(b, 4)[2] = [5, [null]])],
    ["a content that there isn't", (b) => (shownLeaf(b, 11)[2] = [9, [[1, 1]]])],
    ["a content of two", (b) => (shownLeaf(b, 1)[2] = [1, [noise("x"), noise("x")]])],
    ["hashes of 31 bytes", (b) => (b.fact[OPENING.hashes] = Buffer.alloc(31))],
    ["a path of too many", (b) => (b.place[PLACE.viewPath] = Buffer.concat([endless, noise("x")]))],
    ["a path as a list", (b) => (b.place[PLACE.viewPath] = [noise("x")])],
    ["a member's role that there isn't", (b) => (recordOf(b, 0)[RECORD.role] = 4)],
    ["a party of two words", (b) => (recordOf(b, 0)[RECORD.party] = "TOWN BANK")],
    ["a name that isn't composed", (b) => (recordOf(b, 0)[RECORD.name] = "Cafe\u0301")],
    ["a note that isn't composed", (b) => (b.map[MAP.checkpoint] += "e\u0301")],
    ["a date beyond the calendar", (b) => (terms(b)[TERMS.effective] = 2_932_897)],
    ["a digest of 31 bytes", (b) => (b.place[PLACE.load] = noise("x").subarray(1))],
    ["a value of a type that there isn't", (b) => (shownLeaf(b, 11)[2] = [4, [[11, noise("x"), 1]]])],
    ["a file of less than nothing", (b) => (shownLeaf(b, 11)[2] = [4, [[10, noise("x"), -1]]])],
    ["no keys", keys()],
    ["five keys", keys(own, ...[4, 5, 6, 7].map((suite) => key(suite, 1)))],
    ["keys of one suite", keys(own, own)],
    ["keys out of order", keys(key(2, 32), own)],
    ["a compressed point", keys(key(1, 33, 2))],
    ["a hybrid point", keys(key(1, 65, 6))],
    ["a key in DER", keys(key(1, 91, 0x30))],
    ["a long Ed25519 key", keys(key(2, 33))],
    ["half a key of two", keys(key(3, 65))],
    ["no bytes of an unknown suite", keys(key(9, 0))],
    ["too many bytes of an unknown suite", keys(key(9, 8193))],
  ];
  for (const [name, change] of table) assert.equal(await step(changed((b) => void change(b))), "read", name);
  // Read, and then not in the directory.
  for (const all of [[own, key(2, 32)], [own, key(3, 65 + 1952)], [own, key(9, 8192)]]) assert.equal(await step(changed(keys(...all))), "network_map");
});

/** A fact that two attest. */
const PAIR = 'contract pair version 1 "Two."\nparty bank = "TOWN-BANK"\nfact Pair\n  of: party\n  attested by bank, of\n';
const pairTrust = readTrust(trustFile({ contracts: [["pair", PAIR]] }));
const pair = (change = {}) => step(proofOf({ contract: PAIR, fields: [value.party("ALICE")], attestors: ["TOWN-BANK", "ALICE"], ...change }), pairTrust);

test("a signature counts for the one scope that it shows, and while its maker was a member", async () => {
  const alice = (...scopes) => ({ scopes: (party) => (party === "ALICE" ? scopes : [SCOPES.attestor]) });
  const ended = (revoked) => ({ records: (party) => record(party, party === "ALICE" ? { revoked } : {}) });
  const table = [
    ["as attestor", {}, "valid"],
    ["as attestor and more", alice(SCOPES.attestor, SCOPES.signer, SCOPES.elsewhere), "valid"],
    ["as signer", alice(SCOPES.signer), "signatures"],
    ["as receiver", alice(SCOPES.receiver), "signatures"],
    ["as attestor of another view", alice(SCOPES.elsewhere), "signatures"],
    ["as signer, and as attestor besides", alice(SCOPES.signer, SCOPES.attestor), "signatures"],
    ["by a member whose membership ended then", ended(NOON_MS), "signatures"],
    ["by a member whose membership ended later", ended(NOON_MS + 1), "valid"],
    ["by somebody who isn't asked", { attestors: ["TOWN-BANK", "BOB"] }, "signatures"],
    ["as an earlier format signs", { sign: () => ({ message: "pvn signature/1\0" }) }, "signatures"],
    ["under a directory that was to come", { mapSize: 3 }, "network_map"],
    ["out of time", { window: [NOON_MS + 1, NOON_MS + 2] }, "time"],
  ];
  for (const [name, change, expected] of table) assert.equal(await pair(change), expected, name);
});

test("the suite is the one of the key, and is signed", async () => {
  const ed25519 = new NoteSigner("n", noise("ALICE's second key"));
  const both = { records: (party) => record(party, { keys: [p256Key(party), [2, ed25519.public], [9, noise("a key to come")]] }) };
  const by = (how) => ({ ...both, sign: (party) => (party === "ALICE" ? how : {}) });
  const signsEd25519 = (_, message) => sign(null, message, ed25519.key);
  const table = [
    ["P-256", both, "valid"],
    ["Ed25519", by({ suite: 2, by: signsEd25519 }), "valid"],
    ["Ed25519 that says P-256", by({ suite: 1, by: signsEd25519 }), "signatures"],
    ["P-256 that says Ed25519", by({ suite: 2 }), "signatures"],
    ["a suite to come", by({ suite: 9 }), "signatures"],
    ["a suite of which there is no key", by({ suite: 3 }), "signatures"],
  ];
  for (const [name, change, expected] of table) assert.equal(await pair(change), expected, name);
});

test("a field that names an attestor can't be hidden, every other can", async () => {
  assert.equal(await pair({ hide: [0] }), "fact");
  const contract = `contract many version 1 "Many."\nfact Many\n${[..."abcdefg"].map((name) => `  ${name}: party\n`).join("")}  attested by c\n`;
  const by = readTrust(trustFile({ contracts: [["many", contract]] }));
  for (let subset = 0; subset < 128; subset++) {
    const hide = [0, 1, 2, 3, 4, 5, 6].filter((i) => (subset >> i) & 1);
    const verdict = await verify(proofOf({ contract, fields: Array(7).fill(value.party("ALICE")), attestors: ["ALICE"], hide }), by);
    const expected = hide.includes(2) ? "fact" : hide.map((i) => "abcdefg"[i]).join("");
    assert.equal(verdict.valid ? verdict.hidden.join("") : verdict.step, expected);
  }
});

test("other networks, notaries and contracts are refused", async () => {
  const other = (options) => readTrust(trustFile(options));
  assert.equal(await step(VECTOR, other({ network: "village" })), "where_it_belongs");
  const key = (name) => new NoteSigner(name, noise("x")).text;
  assert.equal(await step(VECTOR, other({ founded_by: key("registrar.town") })), "where_it_belongs");
  assert.equal(await step(VECTOR, other({ registrar: [key("registrar.town")] })), "network_map");
  assert.equal(await step(VECTOR, other({ notary: [key("other.town")] })), "where_it_belongs");
  assert.equal(await step(VECTOR, other({ notary: [hisNotary.text] })), "checkpoint");
  assert.equal(await step(VECTOR, other({ contracts: [] })), "contract");
  assert.equal(await step(VECTOR, other({ contracts: [["coins", `${COINS}# one more line\n`]] })), "contract");
});

/** The verdict on a fact of this contract. */
async function judged(declaration, fields, attestors, shown = {}) {
  const contract = `contract town version 1 "A town."\nparty bank = "TOWN-BANK"\nparty mint = "TOWN-MINT"\n${declaration}`;
  const verdict = await verify(proofOf({ contract, fields, attestors, ...shown }), readTrust(trustFile({ contracts: [["town", contract]] })));
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

test("a part of a list that was changed is refused", async () => {
  const contract = `contract town version 1 "A town."\nparty bank = "TOWN-BANK"\n${BASKET}`;
  const by = readTrust(trustFile({ contracts: [["town", contract]] }));
  const proof = (length) => proofOf({ contract, fields: [value.list(...[1, 2, 3].map(value.int))], attestors: ["TOWN-BANK"], parts: { 0: { items: [0, 2], length } } });
  const list = (b) => b.fact[OPENING.lists][0];
  const [POSITION, LENGTH, ITEMS, HASHES] = [0, 1, 2, 3];
  const table = [
    [true, () => {}, "valid"],
    [true, (part) => (part[LENGTH][1] = 4), "log"],
    [true, (part) => (part[LENGTH][1] = 2), "fact"],
    [true, (part) => (part[LENGTH][1] = 4097), "fact"],
    [true, (part) => (part[ITEMS][0][2] = value.int(9)), "log"],
    [true, (part) => (part[ITEMS][1][0] = 1), "fact"],
    [true, (part) => part[ITEMS].reverse(), "fact"],
    [true, (part) => (part[ITEMS][1] = part[ITEMS][0]), "fact"],
    [true, (part) => part[ITEMS].pop(), "log"],
    [true, (part) => (part[HASHES] = part[HASHES].subarray(32)), "fact"],
    [true, (part) => (part[HASHES] = Buffer.concat([part[HASHES], noise("x")])), "fact"],
    [true, (part) => (part[POSITION] = 4), "fact"],
    [true, (part) => (part[POSITION] = 6), "fact"],
    [false, () => {}, "valid"],
    [false, (part) => (part[ITEMS][1][0] = 4096), "fact"],
    [false, (part) => (part[HASHES] = noise("x")), "fact"],
  ];
  for (const [length, change, expected] of table) {
    assert.equal(await step(changed((b) => void change(list(b)), proof(length)), by), expected, `${change}`);
  }
  const twice = changed((b) => b.fact[OPENING.lists].push(list(b)), proof(true));
  const whole = proofOf({ contract, fields: [value.list(value.int(1))], attestors: ["TOWN-BANK"] });
  const also = changed((b) => b.fact[OPENING.lists].push([5, null, [[0, noise("x"), value.int(1)]], noise("x")]), whole);
  for (const proof of [twice, also]) assert.equal(await step(proof, by), "fact");
});
