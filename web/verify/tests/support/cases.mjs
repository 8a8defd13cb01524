// The cases that every verifier is held to, before they are written down: proofs as their makers could have made them, and as forgers would.
import { sign } from "node:crypto";
import { decode, encode } from "./cbor.mjs";
import { changedHands, cluster } from "./cluster-cases.mjs";
import { currents } from "./current-cases.mjs";
import { firstHalf, hybridKey, otherS, signsHybrid } from "./hybrid.mjs";
import { logs, members, twoKeys } from "./hybrid-cases.mjs";
import { decided, openTrust } from "./decided.mjs";
import { ATTESTATION, CERTIFICATE, ENTRY, MAP, MEMBER, NOON_MS, OPENING, PLACE, RECORD, SCOPES, TERMS, VECTOR, certify, changed, p256Key, proofOf, record, value } from "./proof.mjs";
import { PRESENTATION, REGISTERS, shownWith } from "./shown.mjs";
import { COINS, NoteSigner, bytes, noise, notary, repository, trustJson, vectors } from "./town.mjs";

const ID = bytes(vectors("transaction.hex")["transaction id"]);

/** The smallest proof that there is. */
export const WORD = 'contract word version 1 "A word."\nparty bank = "TOWN-BANK"\nfact Word\n  number: int\n  controlled by nobody\n  attested by bank\n';
export const SMALL = proofOf({ contract: WORD, fields: [value.int(1)], attestors: ["TOWN-BANK"] });

/** A certificate of another notary's. */
const hisNotary = new NoteSigner("notary.town", noise("his own"));
const pinOf = (b) => b.certificate[CERTIFICATE.entry][ENTRY.map];
const shownLeaf = (b, position) => b.fact[OPENING.shown].find(([at]) => at === position);
const head = (b) => shownLeaf(b, 0)[2][1];
const terms = (b) => b.place[PLACE.terms];
const recordOf = (b, i) => b.attestors[i][0][MEMBER.record];
const attested = (b, i) => b.attestors[i][1];
const endless = Buffer.concat(Array(64).fill(noise("x")));

/** What a forger changes of the vectors' proof. */
function forged() {
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
  return table.map(([name, change, step]) => ({ name, proof: changed((b) => void change(b)), step }));
}

/** What has two encodings is read in one. */
function shapes() {
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
  // Read, and then not in the directory.
  const carried = [[own, key(2, 32)], [own, key(3, 65 + 1952)], [own, key(9, 8192)]];
  return [
    ...table.map(([name, change]) => ({ name, proof: changed((b) => void change(b)), step: "read" })),
    ...carried.map((all) => ({ name: `keys that aren't hers, the last of suite ${all[1][0]}`, proof: changed(keys(...all)), step: "network_map" })),
  ];
}

/** A fact that two attest. */
const PAIR = 'contract pair version 1 "Two."\nparty bank = "TOWN-BANK"\nfact Pair\n  owner: party\n  controlled by nobody\n  attested by bank, owner\n';
const pair = (change) => proofOf({ contract: PAIR, fields: [value.party("ALICE")], attestors: ["TOWN-BANK", "ALICE"], ...change });

/** A signature counts for the one scope that it shows, and while its maker was a member. */
function scoped() {
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
  return table.map(([name, change, step]) => ({ name, trust: "various", proof: pair(change), step }));
}

/** The suite is the one of the key, and is signed. */
function suites() {
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
  return table.map(([name, change, step]) => ({ name, trust: "various", proof: pair(change), step }));
}

const town = (declaration) => `contract town version 1 "A town."\nparty bank = "TOWN-BANK"\nparty mint = "TOWN-MINT"\n${declaration}`;
const BASKET = town("fact Basket\n  eggs: list of int at most 1000\n  controlled by nobody\n  attested by bank\n");

/** As many attestors are needed as the contract says, and different ones. */
function counted() {
  const by = (...clauses) => town(`fact Deed\n  owner: party\n  seller: party\n  controlled by nobody\n${clauses.map((clause) => `  ${clause}\n`).join("")}`);
  const [bank, both, any] = ["attested by bank", "attested by owner, seller", "attested by any 2 of bank, mint, owner"];
  const fields = ["ALICE", "BOB"].map(value.party);
  const table = [
    [bank, ["TOWN-BANK"], "valid"],
    [both, ["ALICE", "BOB"], "valid"],
    [both, ["ALICE"], "signatures"],
    [any, ["TOWN-MINT", "ALICE"], "valid"],
    [any, ["TOWN-BANK", "TOWN-MINT", "ALICE"], "valid"],
    [any, ["TOWN-MINT"], "signatures"],
    [any, ["TOWN-MINT", "TOWN-MINT"], "signatures"],
    ["attested by any 1 of bank, mint", ["ALICE"], "signatures"],
    ["keep forever", ["TOWN-BANK"], "signatures"],
    ["attested by owner", ["ALICE"], "fact", { hide: [0] }],
    ["attested by owner", ["ALICE"], "valid", { hide: [1] }],
    [both, ["ALICE"], "valid", { fields: ["ALICE", "ALICE"].map(value.party) }],
  ];
  return table.map(([clause, attestors, step, how = {}]) => {
    const contract = by(clause);
    const name = `${clause}, with ${attestors.join(" and ") || "nobody"}${"hide" in how ? `, field ${how.hide} hidden` : ""}${"fields" in how ? ", who is both" : ""}`;
    return { name, trust: "various", contract, proof: proofOf({ contract, fields, attestors, ...how }), step };
  });
}

/** Lists: whole, hidden, in part, and parts that were changed. */
function lists() {
  const list = (b) => b.fact[OPENING.lists][0];
  const [POSITION, LENGTH, ITEMS, HASHES] = [0, 1, 2, 3];
  const basket = (size, how) => proofOf({ contract: BASKET, fields: [value.list(...Array.from({ length: size }, (_, i) => value.int(i)))], attestors: ["TOWN-BANK"], ...how });
  const part = (items, length) => ({ parts: { 0: { items, length } } });
  const proof = (length) => basket(3, part([0, 2], length));
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
  const said = (size, shown, how, step) => ({ name: `a list of ${size}, ${shown}`, trust: "various", proof: basket(size, how), step });
  const twice = changed((b) => b.fact[OPENING.lists].push(list(b)), proof(true));
  const also = changed((b) => b.fact[OPENING.lists].push([5, null, [[0, noise("x"), value.int(1)]], noise("x")]), basket(1, {}));
  return [
    said(0, "whole", {}, "valid"),
    said(0, "hidden", { hide: [0] }, "valid"),
    said(0, "its length", part([], true), "valid"),
    said(9, "whole", {}, "valid"),
    said(9, "hidden", { hide: [0] }, "valid"),
    said(17, "item 17", part([16], false), "valid"),
    said(17, "its length", part([], true), "valid"),
    said(17, "nothing as a part", part([], false), "fact"),
    said(4096, "the first, one and the last", part([0, 2048, 4095], true), "valid"),
    ...table.map(([length, change, step]) => ({ name: `a part of a list ${length ? "with" : "without"} its length: ${String(change).replace(/^\(part\) => |^\(\) => /, "")}`, trust: "various", proof: changed((b) => void change(list(b)), proof(length)), step })),
    { name: "a part of a list twice", trust: "various", proof: twice, step: "fact" },
    { name: "a list whole and in part", trust: "various", proof: also, step: "fact" },
  ];
}

/** Forms of a value that other decoders let pass, in the place of the number 1. What is well formed is another value. */
const FORMS = [
  ["5", "820105", "log"],
  ["5 in two bytes", "82011805", "read"],
  ["5 in nine bytes", "82011b0000000000000005", "read"],
  ["-1 in two bytes", "82013800", "read"],
  ["a long array header", "98020105", "read"],
  ["an array without a length", "9f0105ff", "read"],
  ["a text", "820262c3a9", "log"],
  ["a text in pieces", "82027f62c3a9ff", "read"],
  ["a text with a long length", "82027802c3a9", "read"],
  ["a text that is not composed", "82026365cc81", "read"],
  ["a text that is not UTF-8", "820262c328", "read"],
  ["a choice that is not composed", "82066365cc81", "read"],
  ["half-precision 5.0", "8201f94500", "read"],
  ["double-precision 5.0", "8201fb4014000000000000", "read"],
  ["true", "8200f5", "log"],
  ["one for true", "820001", "read"],
  ["a tagged number", "8201c105", "read"],
  ["a value beyond", "83010505", "read"],
  ["an absent with a value", "8207f6", "read"],
  ["an absent", "8107", "log"],
  ["an unknown type", "820b05", "read"],
  ["a file without its size", `820a5820${"00".repeat(32)}`, "read"],
  ["a file of a hash of 31 bytes", `830a581f${"00".repeat(31)}05`, "read"],
  ["a file", `830a5820${"00".repeat(32)}05`, "log"],
  ["money", "83036347425005", "log"],
  ["money in a currency of four letters", "8303644742505805", "read"],
  ["money of 64 bits and one", "8303634742501b8000000000000000", "read"],
  ["the smallest money", "8303634742503b7fffffffffffffff", "log"],
  ["a day beyond the calendar", "82041a7fffffff", "read"],
  ["a party with a space", "820563612062", "read"],
  ["a map", "8201a0", "read"],
  ["undefined", "8201f7", "read"],
];

/** The bytes with what stands there once replaced. */
function spliced(whole, from, to) {
  const at = Buffer.from(whole).indexOf(from);
  if (at < 0 || Buffer.from(whole).indexOf(from, at + 1) >= 0) throw new Error("it doesn't stand there once");
  return new Uint8Array(Buffer.concat([whole.subarray(0, at), to, whole.subarray(at + from.length)]));
}

function forms() {
  const content = (item) => Buffer.concat([Buffer.from("820481", "hex"), item]);
  const small = (name, proof, step) => ({ name, trust: "various", proof: new Uint8Array(proof), step });
  const [head, rest] = [SMALL.subarray(0, 1), SMALL.subarray(1)];
  const raw = (...parts) => Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "hex") : part)));
  return [
    ...FORMS.map(([name, hex, step]) => small(`in the place of a number: ${name}`, spliced(SMALL, content(encode(value.int(1))), content(Buffer.from(hex, "hex"))), step)),
    small("nothing", [], "read"),
    small("a byte behind the end", raw(head, rest, "00"), "read"),
    small("cut short", SMALL.subarray(0, SMALL.length - 1), "read"),
    small("its long header", raw("9806", rest), "read"),
    small("without a length", raw("9f", rest, "ff"), "read"),
    small("tagged", raw("c0", head, rest), "read"),
    small("the format in two bytes", raw(head, "1802", rest.subarray(1)), "read"),
    small("a format of two bytes", raw(head, "1819", rest.subarray(1)), "where_it_belongs"),
    small("format 3", raw(head, "03", rest.subarray(1)), "where_it_belongs"),
    small("format 3 in two bytes", raw(head, "1803", rest.subarray(1)), "read"),
    small("format 3 behind a long header", raw("980603", rest.subarray(1)), "read"),
    small("format 3 of more items than bytes", raw("9affffffff03", rest.subarray(1)), "read"),
    small("format 3 without a length", raw("9f03", rest.subarray(1), "ff"), "read"),
    small("a format that is a text", raw(head, "6132", rest.subarray(1)), "read"),
    small("six of seven fields", raw("87", rest), "read"),
  ];
}

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** ECDSA's second form of a signature, and the edges of Ed25519 as a member's suite and on the notary's note. */
function signatures() {
  const signature = (b) => attested(b, 0)[ATTESTATION.signature];
  const set = (change) => changed((b) => (attested(b, 0)[ATTESTATION.signature] = change(signature(b))));
  const half = (r, s) => Buffer.concat([r ?? Buffer.alloc(32), s ?? Buffer.alloc(32)]);
  const order = Buffer.from(ORDER.toString(16), "hex");
  const edwards = (1n << 252n) + 27742317777372353535851937790883648493n;
  const plusOrder = (bytes) => {
    const sum = BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`) + edwards;
    return Buffer.from(sum.toString(16).padStart(64, "0"), "hex").reverse();
  };
  const second = new NoteSigner("n", noise("ALICE's second key"));
  const withKey = (key, by) =>
    pair({ records: (party) => record(party, { keys: [p256Key(party), [2, key]] }), sign: (party) => (party === "ALICE" ? { suite: 2, by } : {}) });
  const honest = (_, message) => sign(null, message, second.key);
  const beyond = (_, message) => Buffer.concat([honest(_, message).subarray(0, 32), plusOrder(honest(_, message).subarray(32))]);
  const zero = Buffer.concat([Buffer.of(1), Buffer.alloc(31)]);
  const alsoZero = Buffer.concat([Buffer.of(1), Buffer.alloc(30), Buffer.of(0x80)]);
  const various = (name, proof, step) => ({ name, trust: "various", proof, step });
  const note = (change) => (b) => {
    const text = b.certificate[CERTIFICATE.checkpoint];
    const [before, last] = [text.slice(0, text.lastIndexOf(" ") + 1), Buffer.from(text.slice(text.lastIndexOf(" ") + 1), "base64")];
    b.certificate[CERTIFICATE.checkpoint] = `${before}${Buffer.from(change(last)).toString("base64")}\n`;
  };
  const notes = [
    ["S and the order of the group on the notary's note", note((line) => Buffer.concat([line.subarray(0, 36), plusOrder(line.subarray(36))]))],
    ["another R on the notary's note", note((line) => Buffer.concat([line.subarray(0, 4), zero, line.subarray(36)]))],
    ["another key's id on the notary's note", note((line) => Buffer.concat([Buffer.alloc(4), line.subarray(4)]))],
    ["a note signed twice", (b) => (b.certificate[CERTIFICATE.checkpoint] += `${b.certificate[CERTIFICATE.checkpoint].split("\n").at(-2)}\n`)],
    ["a note signed by somebody else too", (b) => (b.certificate[CERTIFICATE.checkpoint] += second.line(Buffer.alloc(64)))],
    ["a note without a signature", (b) => (b.certificate[CERTIFICATE.checkpoint] = b.certificate[CERTIFICATE.checkpoint].split("\u2014")[0])],
    ["a note with an extension line", (b) => (b.certificate[CERTIFICATE.checkpoint] = notary.sign(`${b.certificate[CERTIFICATE.checkpoint].split("\n\n")[0]}\nmore\n`))],
    ["a checkpoint of another log by the notary", (b) => (b.certificate[CERTIFICATE.checkpoint] = notary.sign(b.certificate[CERTIFICATE.checkpoint].split("\n\n")[0].replace("notary.town", "other.town") + "\n"))],
    ["base64 with a bit after its last", (b) => (b.certificate[CERTIFICATE.checkpoint] = oneBitMore(b.certificate[CERTIFICATE.checkpoint]))],
    ["base64 without its padding", (b) => (b.certificate[CERTIFICATE.checkpoint] = b.certificate[CERTIFICATE.checkpoint].replace(/=+\n$/, "\n"))],
  ];
  return [
    { name: "ECDSA's other s: valid, no signature is an identifier", proof: set(otherS), step: "valid" },
    { name: "r = 0", proof: set((s) => half(undefined, s.subarray(32))), step: "signatures" },
    { name: "s = 0", proof: set((s) => half(s.subarray(0, 32))), step: "signatures" },
    { name: "s = the order of the group", proof: set((s) => half(s.subarray(0, 32), order)), step: "signatures" },
    { name: "r and s exchanged", proof: set((s) => half(s.subarray(32), s.subarray(0, 32))), step: "signatures" },
    { name: "a signature in DER", proof: set((s) => Buffer.concat([Buffer.from("304402", "hex"), s])), step: "signatures" },
    { name: "a signature of 63 bytes", proof: set((s) => s.subarray(1)), step: "signatures" },
    various("Ed25519: S and the order of the group", withKey(second.public, beyond), "signatures"),
    various("Ed25519: a member's key of small order, which anybody can sign for", withKey(zero, () => Buffer.concat([zero, Buffer.alloc(32)])), "read"),
    various("Ed25519: the same in another encoding", withKey(alsoZero, () => Buffer.concat([zero, Buffer.alloc(32)])), "read"),
    various("Ed25519: R in another encoding", withKey(second.public, () => Buffer.concat([alsoZero, Buffer.alloc(32)])), "signatures"),
    various("Ed25519: a key that is no point", withKey(Buffer.alloc(32, 2), () => Buffer.concat([zero, Buffer.alloc(32)])), "signatures"),
    ...notes.map(([name, change]) => ({ name, proof: changed((b) => void change(b)), step: "checkpoint" })),
  ];
}

function oneBitMore(note) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return note.replace(/(.)(=+\n)$/, (_, last, end) => alphabet[alphabet.indexOf(last) + 1] + end);
}

/** The vectors' proof under other trust files, and an earlier format. */
const OTHER_TRUST = {
  "another-name": [{ network: "village" }, "where_it_belongs"],
  "another-founder": [{ founded_by: hisRegistrar().text }, "where_it_belongs"],
  "another-registrar": [{ registrar: [hisRegistrar().text] }, "network_map"],
  "another-origin": [{ notary: [new NoteSigner("other.town", noise("x")).text] }, "where_it_belongs"],
  "another-notary": [{ notary: [hisNotary.text] }, "checkpoint"],
  "no-contract": [{ contracts: [] }, "contract"],
  "another-contract": [{ contracts: [["coins", `${COINS}# one more line\n`]] }, "contract"],
};

function hisRegistrar() {
  return new NoteSigner("registrar.town", noise("x"));
}

function trusted() {
  const earlier = bytes(repository("crates/ledger/tests/vectors/format-1.hex").trim().split(": ").at(-1));
  const others = Object.entries(OTHER_TRUST).map(([trust, [, step]]) => ({ name: `under ${trust.replace("-", " ")}`, trust, proof: VECTOR, step }));
  return [{ name: "a proof of format 1", proof: earlier, step: "where_it_belongs" }, ...others];
}

/** Of the receipt every field is hidden by itself: two lists of attestors, of which one is named by a field. */
function hidden() {
  const contract = town(`fact Many\n${[..."abcd"].map((name) => `  ${name}: party\n`).join("")}  controlled by nobody\n  attested by c\n`);
  return Array.from({ length: 16 }, (_, subset) => {
    const hide = [0, 1, 2, 3].filter((i) => (subset >> i) & 1);
    const name = `of four fields hidden: ${hide.map((i) => "abcd"[i]).join("") || "none"}`;
    const proof = proofOf({ contract, fields: Array(4).fill(value.party("ALICE")), attestors: ["ALICE"], hide });
    return { name, trust: "various", contract, proof, step: hide.includes(2) ? "fact" : "valid" };
  });
}

/** Values of every type, as they are read. */
function values() {
  const contract = town('fact All\n  a: money JPY\n  b: money KWD\n  c: date\n  d: bool\n  e: percent\n  f: decimal 3\n  g: open or closed\n  h: text or none\n  controlled by nobody\n  attested by bank\n');
  const fields = [value.money(-1_234_567, "JPY"), value.money(-1, "KWD"), value.date(-1), [0, true], value.int(125_000), value.int(-1), value.choice("open"), value.absent];
  return [{ name: "values of many types", trust: "various", contract, proof: proofOf({ contract, fields, attestors: ["TOWN-BANK"] }), step: "valid" }];
}

const [OCCASION, HOLDERS, BUNDLE] = [1, 2, 3];
const MINUTE_MS = 60_000;

/** What its holder shows to one verifier is nothing to another. */
function presentations() {
  const parts = () => decode(PRESENTATION);
  const [audience, nonce, time] = parts()[OCCASION];
  const asked = { audience, nonce: Buffer.from(nonce).toString("hex"), now_ms: time + 1_000, max_age_ms: 5 * MINUTE_MS };
  const of = (change) => {
    const all = parts();
    change(all);
    return new Uint8Array(encode(all));
  };
  const bare = new Uint8Array(encode(parts()[BUNDLE]));
  const payment = new Uint8Array(encode([2, [audience, nonce, time], Buffer.alloc(64), decode(VECTOR)]));
  const table = [
    ["as asked", PRESENTATION, {}, "valid"],
    ["nobody asked", PRESENTATION, undefined, "holder"],
    ["to another audience", PRESENTATION, { audience: "The Crown, York" }, "holder"],
    ["in answer to another question", PRESENTATION, { nonce: "00".repeat(16) }, "holder"],
    ["in answer to the beginning of one", PRESENTATION, { nonce: asked.nonce.slice(0, 30) }, "holder"],
    ["at the last moment", PRESENTATION, { now_ms: time + 5 * MINUTE_MS }, "valid"],
    ["too late", PRESENTATION, { now_ms: time + 5 * MINUTE_MS + 1 }, "holder"],
    ["by a clock that is ahead", PRESENTATION, { now_ms: time - MINUTE_MS }, "valid"],
    ["not yet", PRESENTATION, { now_ms: time - MINUTE_MS - 1 }, "holder"],
    ["stripped", bare, {}, "holder"],
    ["stripped, and nobody asked", bare, undefined, "holder"],
    ["re-addressed", of((p) => (p[OCCASION][0] = "The Crown, York")), { audience: "The Crown, York" }, "holder"],
    ["re-dated", of((p) => p[OCCASION][2]++), {}, "holder"],
    ["unsigned", of((p) => (p[HOLDERS] = Buffer.alloc(0))), {}, "holder"],
    ["without a name", of((p) => (p[OCCASION][0] = "")), {}, "read"],
    ["to a name that is too long", of((p) => (p[OCCASION][0] = "x".repeat(257))), {}, "read"],
    ["to a name that isn't composed", of((p) => (p[OCCASION][0] = "Cafe\u0301")), {}, "read"],
    ["with a nonce that could be guessed", of((p) => (p[OCCASION][1] = Buffer.alloc(15))), {}, "read"],
    ["with a nonce that is too long", of((p) => (p[OCCASION][1] = Buffer.alloc(65))), {}, "read"],
    ["of what anybody can show", payment, {}, "holder"],
    ["of a bundle with another window", of((p) => (p[BUNDLE][1][PLACE.terms][TERMS.window][1] += 1)), {}, "log"],
    ["in another format", of((p) => (p[0] = 3)), {}, "where_it_belongs"],
    ["of a bundle in another format", of((p) => (p[BUNDLE][0] = 3)), {}, "where_it_belongs"],
    ["of five items", of((p) => p.push(0)), {}, "read"],
    ["of three items", of((p) => p.pop()), {}, "read"],
    ["behind a long header", Buffer.concat([Buffer.from("9804", "hex"), PRESENTATION.subarray(1)]), {}, "read"],
    ["by a key of suite 3", shownWith(hybridKey("ALICE"), (message) => signsHybrid("ALICE", message)), {}, "valid"],
    ["by half a key of suite 3", shownWith(hybridKey("ALICE"), (message) => firstHalf("ALICE", message)), {}, "holder"],
    ["that is asked for, of what anybody can show", VECTOR, {}, "valid"],
  ];
  return table.map(([name, proof, change, step]) => {
    const expected = change && { ...asked, ...change };
    return { name: `shown: ${name}`, trust: "registers", proof: new Uint8Array(proof), ...(expected && { expected }), step };
  });
}

/** All cases. Where a case says no trust file, it is the town's. */
export function cases() {
  const all = [forged, shapes, scoped, suites, counted, lists, forms, signatures, trusted, hidden, values, presentations, () => members(WORD), () => logs(WORD), () => currents(WORD), () => cluster(WORD), decided].flatMap((make) => make());
  return all.map((one) => ({ trust: "town", ...one }));
}

/** The trust files that they name. */
export function trustFiles(all) {
  const texts = [WORD, PAIR, BASKET, ...all.flatMap(({ contract }) => contract ?? [])];
  const contracts = [...new Set(texts)].map((text) => [text.split(" ", 2)[1], text]);
  const others = Object.entries(OTHER_TRUST).map(([name, [change]]) => [name, trustJson(change)]);
  const open = Object.entries(openTrust()).map(([name, contracts]) => [name, trustJson({ contracts })]);
  const two = Object.entries(twoKeys([["word", WORD]])).map(([name, change]) => [name, trustJson(change)]);
  return Object.fromEntries([["town", trustJson()], ["various", trustJson({ contracts })], ["registers", trustJson({ contracts: [["coins", COINS], ["registers", REGISTERS]] })], ["changed-hands", trustJson({ contracts: [["word", WORD]], ...changedHands })], ...two, ...open, ...others]);
}
