// Where the words of docs/protocol left two verdicts open: what was decided, one case each.
import { decode, encode } from "./cbor.mjs";
import { CERTIFICATE, MAP, NOON_MS, OPENING, PLACE, RECORD, SCOPES, TERMS, changed, p256Key, proofOf, record, signsP256, value } from "./proof.mjs";
import { AUDIENCE, NONCE, TIME, shownWith } from "./shown.mjs";
import { noise } from "./town.mjs";

const BANK = "TOWN-BANK";
const word = (declaration) => `contract open version 1 "Open questions."\nparty bank = "TOWN-BANK"\n${declaration}`;
const ONE = word("fact One\n  it: int\n  owner: party\n  controlled by nobody\n  attested by bank\n");
const ANY = word("fact Any\n  it: int\n  owner: party\n  controlled by nobody\n  attested by any 1 of bank, owner\n");
const BOTH = word("fact Both\n  it: int\n  owner: party\n  controlled by nobody\n  attested by bank, owner\n");
const NONE = word("record Nothing\nfact None\n  it: int\n  controlled by nobody\n  attested by bank\n");
const FIELDS = [value.int(1), value.party("ALICE")];

const one = (change) => proofOf({ contract: ONE, fields: FIELDS, attestors: [BANK], ...change });
const of = (it) => one({ fields: [it, FIELDS[1]] });
const recorded = (change) => ({ records: (party) => Object.assign(record(party), change) });
const rewritten = (change, proof) => changed((b) => void change(b), proof);

/** An integer in so many records. */
const nested = (depth, inner = value.int(1)) => (depth === 0 ? inner : value.record(nested(depth - 1, inner)));
const file = (bytes) => [10, noise("a file"), bytes];
const TWO_TO_64 = 2n ** 64n;

/** A point that is none: whether 65 bytes are one shows when something is to be verified with them. */
function offTheCurve() {
  const [suite, point] = p256Key(BANK);
  return [suite, Buffer.concat([point.subarray(0, 64), Buffer.of(point[64] ^ 1)])];
}

/** Items of a proof's array, and its first. */
function beginning(items, format) {
  const [, ...others] = decode(one());
  return new Uint8Array(encode([format, ...others, 0].slice(0, items)));
}

function table() {
  return [
    ["the third output of four", one({ inOutputs: [2, 4] }), "valid"],
    ["the third output of three, without a filler", one({ inOutputs: [2, 3] }), "valid"],
    ["the third view of five", one({ inViews: [2, 5] }), "valid"],
    ["an output that there isn't", rewritten((b) => (b.place[PLACE.output] = 4), one({ inOutputs: [2, 4] })), "log"],
    ["a key whose point isn't on the curve", one(recorded({ [RECORD.keys]: [offTheCurve()] })), "signatures"],
    ["a member admitted after the batch, by the registrar's clock", one(recorded({ [RECORD.admitted]: NOON_MS + 1 })), "valid"],
    ["another format, and five items", beginning(5, 3), "where_it_belongs"],
    ["format 255", beginning(6, 255), "where_it_belongs"],
    ["a format wider than a byte", beginning(6, 256), "read"],
    ["terms of a format wider than a byte", rewritten((b) => (b.place[PLACE.terms][TERMS.format] = 256), one()), "read"],
    ["the head behind a leaf", rewritten((b) => b.fact[OPENING.shown].push(b.fact[OPENING.shown].shift()), one()), "fact"],
    ["a field of somebody who could have signed, hidden", one({ contract: ANY, hide: [1] }), "fact"],
    ["a field that holds nobody who could sign", one({ contract: BOTH, fields: [value.int(1), value.int(2)] }), "fact"],
    ["under a contract with a record without fields", one({ contract: NONE, fields: FIELDS.slice(0, 1) }), "valid"],
    ["64 at one stroke", one({ sign: () => ({ stroke: 64 }) }), "valid"],
    ["65 at one stroke", one({ sign: () => ({ stroke: 65 }) }), "signatures"],
    ["one scope of 128", one({ scopes: () => [SCOPES.attestor, ...Array(127).fill(SCOPES.elsewhere)] }), "valid"],
    ["a holder's key where anybody can show", one({ holder: p256Key("ALICE"), shows: [4] }), "valid"],
    ["a party of no characters", one({ fields: [FIELDS[0], value.party("")] }), "read"],
    ["a party of 64 characters", one({ fields: [FIELDS[0], value.party("A".repeat(64))] }), "valid"],
    ["a party of 65 characters", one({ fields: [FIELDS[0], value.party("A".repeat(65))] }), "read"],
    ["currencies of two letters", of(value.money(1, "GB")), "read"],
    ["currencies in small letters", of(value.money(1, "gbp")), "read"],
    ["a value in eight records", of(nested(8)), "valid"],
    ["an empty list in eight records", of(nested(8, value.list())), "valid"],
    ["a value in nine records", of(nested(9)), "read"],
    ["a file of as many bytes as 64 bits say", of(file(TWO_TO_64 - 1n)), "valid"],
    ["the first day of the calendar", of(value.date(-4_371_587)), "valid"],
    ["the day before it", of(value.date(-4_371_588)), "read"],
    ["the last day of the calendar", of(value.date(2_932_896)), "valid"],
    ["an index wider than 32 bits", rewritten((b) => (b.place[PLACE.view] = 2 ** 32), one()), "read"],
    ["a time before 1970", rewritten((b) => (b.place[PLACE.terms][TERMS.window][0] = -1), one()), "read"],
    ["a checkpoint longer than a text", rewritten((b) => (b.certificate[CERTIFICATE.checkpoint] = "x".repeat(65_537)), one()), "read"],
    ["a checkpoint as long as a text", rewritten((b) => (b.map[MAP.checkpoint] = "x".repeat(65_536)), one()), "network_map"],
  ];
}

/** The cases. */
export function decided() {
  const expected = { audience: AUDIENCE, nonce: Buffer.from(NONCE).toString("hex"), now_ms: TIME, max_age_ms: 0 };
  const p256 = shownWith(p256Key("ALICE"), (message) => signsP256("ALICE", message));
  const cases = table().map(([name, proof, step]) => ({ name: `decided: ${name}`, trust: "open", proof, step }));
  const twice = { name: "decided: under one text twice", trust: "one-text-twice", proof: one(), step: "valid" };
  return [...cases, twice, { name: "decided: shown by a key of suite 1", trust: "registers", proof: p256, expected, step: "valid" }];
}

/** The trust files that they name. */
export function openTrust() {
  const texts = [ONE, ANY, BOTH, NONE];
  return { open: texts.map((text) => ["open", text]), "one-text-twice": [["open", ONE], ["not its name", ONE]] };
}
