// The proof of the test vectors, taken apart and put together again as its makers could have: with their keys, under their tags.
import { createPrivateKey, sign } from "node:crypto";
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
  const [root, paths] = leaves.length === 1 ? [leaves[0], [[]]] : [node(...leaves), [[leaves[1]], [leaves[0]]]];
  const entry = [NOON_MS, records.length, sha256([0x60], u32(records.length), root)];
  const log = leafHash(encode(entry));
  return {
    map: [entry, 1, [], by.checkpoint(1, log)],
    members: records.map((record, index) => [record, index, paths[index]]),
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
