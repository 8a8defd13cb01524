// The proof of the test vectors, taken apart and put together again as its makers could have: with their keys, under their tags.
import { createHmac, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { decode, encode } from "./cbor.mjs";
import { bytes, noise, notary, registrar, sha256, vectors } from "./town.mjs";

export const VECTOR = bytes(vectors("signed.hex")["proof bundle"]);
/** The moment at which the tests play: 20 November 2026, 12:00 UTC. */
export const NOON_MS = 1_795_176_000_000;

/** Names of a bundle's parts, in its order. */
export const PARTS = { format: 0, place: 1, fact: 2, signatures: 3, members: 4, map: 5, certificate: 6 };
export const PLACE = { terms: 0, load: 1, view: 2, viewPath: 3, headSalt: 4, command: 5, inputs: 6, outputs: 7, output: 8, outputPath: 9 };
export const TERMS = { format: 0, network: 1, notary: 2, window: 3, mapSize: 4, effective: 5, views: 6 };
export const SIGNATURE = { party: 0, suite: 1, scope: 2, signature: 3, stroke: 4 };
export const RECORD = { party: 0, name: 1, host: 2, role: 3, endpoint: 4, key: 5, envelope: 6, services: 7, website: 8, admitted: 9, revoked: 10 };
export const CERTIFICATE = { entry: 0, index: 1, path: 2, logIndex: 3, logPath: 4, checkpoint: 5 };
export const MAP = { entry: 0, size: 1, path: 2, checkpoint: 3 };

/** The bytes of the vector after a change. */
export function changed(change) {
  const bundle = decode(VECTOR);
  const parts = Object.fromEntries(Object.entries(PARTS).map(([name, at]) => [name, bundle[at]]));
  const again = change(parts) ?? parts;
  return new Uint8Array(encode(Object.keys(PARTS).map((name) => again[name])));
}

export const leafHash = (entry) => sha256([0], entry);
export const node = (left, right) => sha256([1], left, right);
const u32 = (n) => Buffer.from(n.toString(16).padStart(8, "0"), "hex");
/** The root of a level with one hash alone. */
export const alone = (tag, hash) => sha256([tag], u32(1), hash);

/** A notary's certificate of one id, alone in the first batch of a log. */
export function certify(id, { time = NOON_MS, pin, height = 0, by = notary } = {}) {
  const entry = [height, time, pin, 1, alone(0x50, sha256([0x52], id)), noise("tokens")];
  return [entry, 0, [], 0, [], by.checkpoint(1, leafHash(encode(entry)))];
}

/** A directory of these records, the only entry of its log, with the proof of each; and the pin of it. */
export function directory(records, by = registrar) {
  const leaves = records.map((record) => sha256([0x61], encode(record)));
  const entry = [NOON_MS, records.length, root(0x60, leaves)];
  const log = leafHash(encode(entry));
  return {
    map: [entry, 1, [], by.checkpoint(1, log)],
    members: records.map((record, index) => [record, index, path(leaves, index)]),
    pin: [1, log],
  };
}

function privateKey(name) {
  const prefix = "3041020100301306072a8648ce3d020106082a8648ce3d03010704273025020101" + "0420";
  return createPrivateKey({ key: Buffer.concat([Buffer.from(prefix, "hex"), noise(`signing key of ${name}`)]), format: "der", type: "pkcs8" });
}

/** A party's signature of a transaction, alone in its stroke. */
export function scopedSignature(party, network, id, scope, { suite = 1, count = 1 } = {}) {
  const leaf = sha256([0x35], network, id, encode([party, scope]));
  const message = Buffer.concat([Buffer.from("pvn signature/1\0"), alone(0x36, leaf)]);
  return [party, suite, scope, sign("sha256", message, { key: privateKey(party), dsaEncoding: "ieee-p1363" }), [0, count, []]];
}

/** A value as it is encoded. */
export const value = {
  int: (n) => [1, n],
  text: (text) => [2, text],
  money: (minor, currency = "GBP") => [3, currency, minor],
  date: (days) => [4, days],
  party: (id) => [5, id],
  choice: (name) => [6, name],
  absent: [7],
  list: (...items) => [8, items],
  record: (...items) => [9, items],
};

const hmac = (key, ...parts) => createHmac("sha256", key).update(Buffer.concat(parts)).digest();
const leafSalt = (key, i) => hmac(key, Buffer.from("leaf/v1"), u32(i));

/** RFC 6962's tree over hashes that are leaves already. */
function merkle(hashes) {
  if (hashes.length === 1) return hashes[0];
  const half = 2 ** Math.floor(Math.log2(hashes.length - 1));
  return node(merkle(hashes.slice(0, half)), merkle(hashes.slice(half)));
}

/** From the sibling of the hash at `index` up. */
function path(hashes, index) {
  if (hashes.length === 1) return [];
  const half = 2 ** Math.floor(Math.log2(hashes.length - 1));
  const [left, right] = [hashes.slice(0, half), hashes.slice(half)];
  return index < half ? [...path(left, index), merkle(right)] : [...path(right, index - half), merkle(left)];
}

export const root = (tag, hashes) => sha256([tag], u32(hashes.length), merkle(hashes));

function fieldHash(salt, position, [, [field]]) {
  if (field[0] !== 8) return sha256([0], salt, u32(position), encode([4, [field]]));
  const length = Buffer.alloc(8);
  length.writeUInt32BE(field[1].length, 4);
  const items = field[1].map((item, i) => sha256([3], leafSalt(salt, i + 1), encode([4, [item]])));
  return sha256([4], u32(position), root(5, [sha256([2], leafSalt(salt, 0), length), ...items]));
}

/** A proof, from nothing, of a fact of a contract alone in its transaction: `hide` names fields by their number. */
export function proofOf({ contract, kind = 0, fields, attestors, hide = [], time = NOON_MS }) {
  const salt = noise("a fact");
  const contents = [[0, [sha256(contract), kind, fields.length]], [1, [noise("control")]], [2, [noise("token key")]], [3, []], ...fields.map((field) => [4, [field]])];
  const isShown = (i) => i === 0 || (i > 3 && !hide.includes(i - 4));
  const salts = contents.map((_, i) => leafSalt(salt, i));
  const hashes = contents.map((content, i) => (content[0] === 4 ? fieldHash(salts[i], i, content) : sha256([0], salts[i], u32(i), encode(content))));
  const leaves = contents.map((content, i) => (isShown(i) ? [1, [salts[i], content]] : [0, [hashes[i]]]));
  const [headSalt, command, inputs, load] = ["head", "command", "inputs", "load"].map(noise);
  const head = sha256([0x23], headSalt, u32(0), sha256(contract));
  const view = sha256([0x20], head, command, inputs, alone(0x22, root(0x10, hashes)));
  const terms = [1, NETWORK, LINEAGE, [time, time], 1, 0, 1];
  const id = sha256([0x30], sha256([0x32], encode(terms)), load, alone(0x31, view));
  const { map, members, pin } = directory(attestors.map(record));
  const signatures = attestors.map((party) => scopedSignature(party, NETWORK, id, [[view, [1, []]]]));
  const place = [terms, load, 0, [], headSalt, command, inputs, 1, 0, []];
  return new Uint8Array(encode([1, place, [leaves], signatures, members, map, certify(id, { time, pin })]));
}

/** The directory's record of a party. */
function record(party) {
  const key = createPublicKey(privateKey(party)).export({ format: "der", type: "spki" }).subarray(-65);
  return [party, `The ${party}`, party, 0, "127.0.0.1:1", key, noise("envelope"), [], "", 1];
}

const NETWORK = sha256(`pvn network/1\0town\0${registrar.text}`);
const LINEAGE = sha256(`pvn notary lineage/1\0${notary.name}`);
