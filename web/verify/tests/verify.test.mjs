// Proof bundles: every bit is covered, nothing inside is trusted, and each thing that is wrong fails at its step.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readTrust } from "../src/trust.ts";
import { verify } from "../src/verify.ts";
import { encode } from "./support/cbor.mjs";
import { CERTIFICATE, MAP, NOON_MS, PLACE, RECORD, SIGNATURE, TERMS, VECTOR, certify, changed, directory, proofOf, scopedSignature, value } from "./support/proof.mjs";
import { COINS, NoteSigner, bytes, noise, sha256, trustFile, vectors } from "./support/town.mjs";

const trust = readTrust(trustFile());
const TRANSACTION = vectors("transaction.hex");
const ID = bytes(TRANSACTION["transaction id"]);
const VIEW = bytes(TRANSACTION["view 0 root"]);
const NETWORK = bytes(TRANSACTION["network id"]);

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

test("what tests take apart and put together again is the same proof", async () => {
  assert.deepEqual(changed(() => {}), VECTOR);
  const again = changed((b) => {
    const { map, members, pin } = directory(b.members.map(([record]) => record));
    const signatures = ["TOWN-BANK", "ALICE"].map((party) => scopedSignature(party, NETWORK, ID, [[VIEW, [1, []]]]));
    return { ...b, map, members, signatures, certificate: certify(ID, { pin }) };
  });
  // The terms ask for a directory of two entries at least.
  assert.deepEqual(await verify(again, trust), {
    valid: false,
    step: "network_map",
    reason: "the network map: the notary decided under an older directory than the transaction asks for",
  });
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
  for (const head of ["9affffffff", "9bffffffffffffffff"]) {
    const place = VECTOR.findIndex((byte, i) => byte === 0x8b && VECTOR[i - 1] === 0x81);
    const proof = Uint8Array.of(...VECTOR.slice(0, place), ...bytes(head), ...VECTOR.slice(place + 1));
    assert.equal(await step(proof), "read");
  }
});

/** A certificate of another notary's. */
const hisNotary = new NoteSigner("notary.town", noise("his own"));
const ourPin = (b) => b.certificate[CERTIFICATE.entry][2];
const shown = (leaf, value) => (leaf[1][1][1][0] = value);

test("what a forger may try is refused at its step", async () => {
  const table = [
    ["the true proof", () => {}, "valid"],
    ["a later format", (b) => (b.format = 3), "where_it_belongs"],
    ["terms of a later format", (b) => (b.place[PLACE.terms][TERMS.format] = 3), "where_it_belongs"],
    ["another network", (b) => (b.place[PLACE.terms][TERMS.network] = noise("x")), "where_it_belongs"],
    ["another notary", (b) => (b.place[PLACE.terms][TERMS.notary] = noise("x")), "where_it_belongs"],
    ["another contract", (b) => (b.fact[0][0][1][1][1][0] = noise("x")), "contract"],
    ["another kind", (b) => (b.fact[0][0][1][1][1][1] = 0), "fact"],
    ["a kind that there isn't", (b) => (b.fact[0][0][1][1][1][1] = 3), "fact"],
    ["another number of fields", (b) => (b.fact[0][0][1][1][1][2] = 8), "fact"],
    ["no head", (b) => (b.fact[0][0] = [0, [noise("x")]]), "fact"],
    ["no leaves", (b) => (b.fact[0] = []), "fact"],
    ["a leaf left out", (b) => b.fact[0].pop(), "fact"],
    ["a leaf more", (b) => b.fact[0].push([0, [noise("x")]]), "fact"],
    ["leaves exchanged", (b) => ([b.fact[0][1], b.fact[0][2]] = [b.fact[0][2], b.fact[0][1]]), "fact"],
    ["a second head", (b) => (b.fact[0][4] = b.fact[0][0]), "fact"],
    ["another amount", (b) => (b.fact[0][7][1][1] = [4, [[3, "GBP", 600]]]), "log"],
    ["a list for a number", (b) => shown(b.fact[0][10], [8, [[1, 1]]]), "log"],
    ["another salt", (b) => (b.fact[0][7][1][0] = noise("x")), "log"],
    ["at another place", (b) => (b.place[PLACE.output] = 1), "log"],
    ["among other facts", (b) => (b.place[PLACE.outputs] = 2), "log"],
    ["in another view", (b) => (b.place[PLACE.view] = 1), "log"],
    ["under a longer path", (b) => b.place[PLACE.viewPath].push(noise("x")), "log"],
    ["under an endless path", (b) => (b.place[PLACE.outputPath] = Array(70).fill(noise("x"))), "log"],
    ["of another command", (b) => (b.place[PLACE.command] = noise("x")), "log"],
    ["with another window", (b) => (b.place[PLACE.terms][TERMS.window][1] += 1), "log"],
    ["with other tokens", (b) => (b.place[PLACE.load] = noise("x")), "log"],
    ["a certificate of another transaction", (b) => (b.certificate = certify(noise("x"), { pin: ourPin(b) })), "log"],
    ["a certificate without its place", (b) => (b.certificate = certify(ID, { pin: ourPin(b), height: 1 })), "log"],
    ["a certificate of a notary of his own", (b) => (b.certificate = certify(ID, { pin: ourPin(b), by: hisNotary })), "checkpoint"],
    ["the map's checkpoint for the log's", (b) => (b.certificate[CERTIFICATE.checkpoint] = b.map[MAP.checkpoint]), "checkpoint"],
    ["another batch of the log", (b) => (b.certificate[CERTIFICATE.logIndex] = b.certificate[CERTIFICATE.entry][0] = 3), "log"],
    ["certified after its window", (b) => (b.certificate = certify(ID, { pin: ourPin(b), time: NOON_MS + 60_001 })), "time"],
    ["certified at the last moment", (b) => (b.certificate = certify(ID, { pin: ourPin(b), time: NOON_MS + 60_000 })), "valid"],
    ["certified before its window", (b) => (b.certificate = certify(ID, { pin: ourPin(b), time: NOON_MS - 30_001 })), "time"],
    ["certified at the first moment", (b) => (b.certificate = certify(ID, { pin: ourPin(b), time: NOON_MS - 30_000 })), "valid"],
    ["an older directory", (b) => (b.certificate = certify(ID, { pin: [1, ourPin(b)[1]] })), "network_map"],
    ["a pin of another directory", (b) => (b.certificate = certify(ID, { pin: [2, noise("x")] })), "network_map"],
    ["another directory", (b) => (b.map[MAP.entry][1] += 1), "network_map"],
    ["another size of the map", (b) => (b.map[MAP.size] = 3), "network_map"],
    ["a map of nothing", (b) => (b.map[MAP.size] = 0), "network_map"],
    ["the log's checkpoint for the map's", (b) => (b.map[MAP.checkpoint] = b.certificate[CERTIFICATE.checkpoint]), "network_map"],
    ["another name in a record", (b) => (b.members[0][0][RECORD.name] = "The MINT"), "network_map"],
    ["a record with the end that it hasn't", (b) => b.members[0][0].push(NOON_MS + 1), "network_map"],
    ["a record at another place", (b) => (b.members[0][1] += 1), "network_map"],
    ["a record under an endless path", (b) => (b.members[0][2] = Array(70).fill(noise("x"))), "network_map"],
    ["an attestor left out", (b) => (b.signatures.pop(), b.members.pop()), "signatures"],
    ["one attestor twice", (b) => ((b.signatures[1] = b.signatures[0]), (b.members[1] = b.members[0])), "signatures"],
    ["a signature without its key", (b) => b.members.pop(), "signatures"],
    ["keys exchanged", (b) => b.members.reverse(), "signatures"],
    ["nobody signs", (b) => (b.signatures = b.members = []), "signatures"],
    ["more sign than there can be", (b) => (b.signatures = Array(65).fill(b.signatures[0])), "signatures"],
    ["a suite that there isn't", (b) => (b.signatures[0][SIGNATURE.suite] = 2), "signatures"],
    ["a stroke of too many", (b) => (b.signatures[0][SIGNATURE.stroke] = [0, 65, Array(7).fill(noise("x"))]), "signatures"],
    ["the other order of attestors", (b) => (b.signatures.reverse(), b.members.reverse()), "valid"],
  ];
  for (const [name, change, expected] of table) assert.equal(await step(changed((b) => void change(b))), expected, name);
});

test("what has two encodings is read in one", async () => {
  const record = (b) => b.members[0][0];
  const table = [
    ["a field more", (b) => b.place.push(0)],
    ["a field less", (b) => b.place[PLACE.terms].pop()],
    ["an end of membership that is absent, said", (b) => record(b).push(null)],
    ["a due that is absent, said", (b) => (b.fact[0][3][1][1] = [3, [null]])],
    ["a leaf neither shown nor hidden", (b) => (b.fact[0][1] = [2, []])],
    ["a content that there isn't", (b) => (b.fact[0][10][1][1] = [9, [[1, 1]]])],
    ["a role that there isn't", (b) => (b.signatures[0][SIGNATURE.scope][0][1] = [3, []])],
    ["an attestor of outputs", (b) => (b.signatures[0][SIGNATURE.scope][0][1] = [1, [[0]]])],
    ["a member's role that there isn't", (b) => (record(b)[RECORD.role] = 4)],
    ["a key in compressed form", (b) => (record(b)[RECORD.key] = record(b)[RECORD.key].slice(0, 33).fill(2, 0, 1))],
    ["a party of two words", (b) => (record(b)[RECORD.party] = "TOWN BANK")],
    ["a name that isn't composed", (b) => (record(b)[RECORD.name] = "Cafe\u0301")],
    ["a date beyond the calendar", (b) => (b.place[PLACE.terms][TERMS.effective] = 2_932_897)],
    ["a digest of 31 bytes", (b) => (b.place[PLACE.load] = noise("x").subarray(1))],
    ["a format beyond a byte", (b) => (b.format = 256)],
  ];
  for (const [name, change] of table) assert.equal(await step(changed((b) => void change(b))), "read", name);
});

/** The proof with other terms, and everything that rests on them made again by the same makers. */
function remade({ records = (all) => all, scopes = {}, attestors = ["TOWN-BANK", "ALICE"], time = NOON_MS, fact } = {}) {
  return changed((b) => {
    const known = directory(records(b.members.map(([record]) => record)));
    const terms = b.place[PLACE.terms].with(TERMS.mapSize, 1);
    const id = transaction(b, terms);
    const view = VIEW;
    const signatures = attestors.map((party) => scopedSignature(party, NETWORK, id, (scopes[party] ?? ((v) => [[v, [1, []]]]))(view)));
    return { ...b, ...known, fact: fact?.(b.fact) ?? b.fact, place: b.place.with(PLACE.terms, terms), signatures, certificate: certify(id, { pin: known.pin, time }) };
  });
}

/** The id of the vectors' transaction under other terms. */
function transaction(b, terms) {
  const [, load, , viewPath] = b.place;
  const views = sha256([0x31], Buffer.from("00000002", "hex"), sha256([1], VIEW, viewPath[0]));
  return sha256([0x30], sha256([0x32], encode(terms)), load, views);
}

test("a signature counts for what its maker verified, in the role that is needed, while it was a member", async () => {
  const ended = (at) => (records) => records.map((record) => (record[RECORD.party] === "ALICE" ? [...record, at] : record));
  const of = (...scopes) => ({ scopes: { ALICE: (view) => scopes.map((scope) => scope(view)) } });
  const attestor = (view) => [view, [1, []]];
  const signer = (view) => [view, [0, []]];
  const receiver = (...outputs) => (view) => [view, [2, [outputs]]];
  const elsewhere = (role) => () => role(Buffer.alloc(32, 0));
  const table = [
    ["as attestor", of(attestor), "valid"],
    ["as signer and attestor", of(signer, attestor), "valid"],
    ["as attestor and receiver", of(attestor, receiver(0, 1)), "valid"],
    ["of another view too", of(elsewhere(receiver(0)), elsewhere(receiver(1)), attestor), "valid"],
    ["twice the same", of(attestor, attestor), "valid"],
    ["out of order", of(attestor, signer), "signatures"],
    ["outputs out of order", of(elsewhere(receiver(1)), elsewhere(receiver(0, 5)), attestor), "signatures"],
    ["fewer outputs after more", of(elsewhere(receiver(0, 1)), elsewhere(receiver(0)), attestor), "signatures"],
    ["as signer only", of(signer), "signatures"],
    ["as receiver only", of(receiver(0)), "signatures"],
    ["of another view only", of(elsewhere(attestor)), "signatures"],
    ["of nothing", of(), "signatures"],
    ["by a member whose membership ended then", { records: ended(NOON_MS) }, "signatures"],
    ["by a member whose membership ended later", { records: ended(NOON_MS + 1) }, "valid"],
    ["by somebody who isn't asked", { attestors: ["TOWN-BANK", "BOB"] }, "signatures"],
  ];
  for (const [name, change, expected] of table) assert.equal(await step(remade(change)), expected, name);
});

test("a field that names an attestor can't be hidden", async () => {
  const hash = (leaf, at) => sha256([0], leaf[1][0], Buffer.from([0, 0, 0, at]), encode(leaf[1][1]));
  const hiding = (at) => ({ fact: ([leaves]) => [leaves.map((leaf, i) => (i === at && leaf[0] === 1 ? [0, [hash(leaf, i)]] : leaf))] });
  for (let at = 1; at < 11; at++) assert.equal(await step(remade(hiding(at))), at === 4 ? "fact" : "valid", `leaf ${at}`);
});

test("other networks, notaries and contracts are refused", async () => {
  const other = (options) => readTrust(trustFile(options));
  assert.equal(await step(VECTOR, other({ network: "village" })), "where_it_belongs");
  assert.equal(await step(VECTOR, other({ registrar: new NoteSigner("registrar.town", noise("x")).text })), "where_it_belongs");
  assert.equal(await step(VECTOR, other({ notary: new NoteSigner("other.town", noise("x")).text })), "where_it_belongs");
  assert.equal(await step(VECTOR, other({ notary: hisNotary.text })), "checkpoint");
  assert.equal(await step(VECTOR, other({ contracts: [] })), "contract");
  assert.equal(await step(VECTOR, other({ contracts: [["coins", `${COINS}# one more line\n`]] })), "contract");
});

/** The verdict on a fact of this contract. */
async function judged(declaration, fields, attestors, hide = []) {
  const contract = `contract town version 1 "A town."\nparty bank = "TOWN-BANK"\nparty mint = "TOWN-MINT"\n${declaration}`;
  const verdict = await verify(proofOf({ contract, fields, attestors, hide }), readTrust(trustFile({ contracts: [["town", contract]] })));
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
  assert.equal(await judged(by("attested by of"), fields, ["ALICE"], [0]), "the fact: what is shown is not a fact of the contract it names");
});

test("lists count whole, whether they are shown or hidden", async () => {
  const declaration = "fact Basket\n  of: list of int at most 9\n  attested by bank\n";
  const lists = [[], [value.int(1)], [value.int(1), value.record(value.absent, value.list(value.int(2)))], Array(9).fill(value.text("x"))];
  for (const items of lists) {
    for (const hide of [[], [0]]) assert.equal(await judged(declaration, [value.list(...items)], ["TOWN-BANK"], hide), "TOWN-BANK", `${items.length} items`);
  }
});
