// Proofs as their makers could have made them: with their keys, under the tags of docs/protocol. Written apart from what is tested.
import { createHmac, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { decode, encode } from "./cbor.mjs";
import { bytes, noise, notary, registrar, sha256, vectors } from "./town.mjs";

export const VECTOR = bytes(vectors("signed.hex")["proof bundle"]);
/** The moment at which the tests play: 20 November 2026, 12:00 UTC. */
export const NOON_MS = 1_795_176_000_000;
export const NETWORK = sha256(`pvn network/1\0town\0${registrar.text}`);
export const LINEAGE = sha256(`pvn notary lineage/1\0${notary.name}`);

/** Where the fields of each structure stand. */
const PARTS = ["format", "place", "fact", "attestors", "map", "certificate"];
/** The salt of a fact, where none is said. */
export const FACT_SALT = noise("a fact");
export const PLACE = { terms: 0, load: 1, view: 2, viewPath: 3, rest: 4, outputs: 5, output: 6, outputPath: 7 };
export const TERMS = { format: 0, network: 1, notary: 2, window: 3, mapSize: 4, effective: 5, views: 6 };
export const OPENING = { shown: 0, lists: 1, hashes: 2 };
export const RECORD = { party: 0, name: 1, role: 2, keys: 3, admitted: 4, revoked: 5, details: 6 };
export const MEMBER = { record: 0, index: 1, path: 2 };
export const ATTESTATION = { suite: 0, signature: 1, salt: 2, scope: 3, stroke: 4 };
export const CERTIFICATE = { entry: 0, index: 1, path: 2, logPath: 3, checkpoint: 4 };
export const ENTRY = { height: 0, time: 1, map: 2, ids: 3, idsRoot: 4, tokensRoot: 5 };
export const MAP = { entry: 0, path: 1, checkpoint: 2 };

/** The bytes of a proof after a change. */
export function changed(change, proof = VECTOR) {
  const parts = Object.fromEntries(decode(proof).map((part, at) => [PARTS[at], part]));
  change(parts);
  return new Uint8Array(encode(PARTS.map((name) => parts[name])));
}

export const leafHash = (entry) => sha256([0], entry);
export const node = (left, right) => sha256([1], left, right);
export const u32 = (n) => Buffer.from(n.toString(16).padStart(8, "0"), "hex");
const u64 = (n) => Buffer.from(n.toString(16).padStart(16, "0"), "hex");
export const hmac = (key, ...parts) => createHmac("sha256", key).update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
const half = (size) => 2 ** Math.floor(Math.log2(size - 1));

/** RFC 6962's tree over hashes that are leaves already. */
export function merkle(hashes) {
  if (hashes.length === 1) return hashes[0];
  return node(merkle(hashes.slice(0, half(hashes.length))), merkle(hashes.slice(half(hashes.length))));
}

/** From the sibling of the hash at `index` up. */
export function path(hashes, index) {
  if (hashes.length === 1) return [];
  const [left, right] = [hashes.slice(0, half(hashes.length)), hashes.slice(half(hashes.length))];
  return index < left.length ? [...path(left, index), merkle(right)] : [...path(right, index - left.length), merkle(left)];
}

const root = (tag, hashes) => sha256([tag], u32(hashes.length), merkle(hashes));
const place = (hashes, index) => [index, hashes.length, Buffer.concat(path(hashes, index))];

/** The roots of the largest subtrees in which nothing is kept, left to right. */
function rest(hashes, keep, from = 0) {
  if (!hashes.some((_, i) => keep(from + i))) return [merkle(hashes)];
  if (hashes.length === 1) return [];
  const middle = half(hashes.length);
  return [...rest(hashes.slice(0, middle), keep, from), ...rest(hashes.slice(middle), keep, from + middle)];
}

/** A notary's certificate of one id, alone in the first batch of a log. */
export function certify(id, { time = NOON_MS, pin, height = 0, by = notary } = {}) {
  const entry = [height, time, pin, 1, root(0x50, [sha256([0x52], id)]), noise("tokens")];
  return [entry, 0, Buffer.alloc(0), Buffer.alloc(0), by.checkpoint(1, leafHash(encode(entry)))];
}

/** A directory of these records in a log of two entries, with the proof of each, and the pin of it. */
export function directory(records, by = registrar) {
  const leaves = records.map((record) => sha256([0x61], encode(record)));
  const entry = [NOON_MS, records.length, root(0x60, leaves)];
  const [before, last] = [noise("an older directory"), leafHash(encode(entry))];
  return {
    map: [entry, before, by.checkpoint(2, node(before, last))],
    members: records.map((record, index) => [record, index, Buffer.concat(path(leaves, index))]),
    pin: [2, node(before, last)],
  };
}

function privateKey(name) {
  const prefix = "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420";
  return createPrivateKey({ key: Buffer.concat([Buffer.from(prefix, "hex"), noise(`signing key of ${name}`)]), format: "der", type: "pkcs8" });
}

export function p256Key(name) {
  return [1, createPublicKey(privateKey(name)).export({ format: "der", type: "spki" }).subarray(-65)];
}

/** The directory's record of a party, as a proof shows it. */
export function record(party, { keys = [p256Key(party)], revoked = null } = {}) {
  return [party, `The ${party}`, 0, keys, 1, revoked, noise(`details of ${party}`)];
}

export const SCOPES = {
  signer: (view) => [view, [0, []]],
  attestor: (view) => [view, [1, []]],
  receiver: (view) => [view, [2, [[0]]]],
  elsewhere: () => [noise("another view"), [1, []]],
};

/** What a party signs of a transaction, first of as many as its stroke has; shown is the first of the scopes. */
export function attestation(party, network, id, scopes, { suite = 1, by = signsP256, message = "pvn signature/2\0", stroke = 1 } = {}) {
  const salts = scopes.map((_, i) => noise(`scope ${i}`));
  const leaves = scopes.map((scope, i) => sha256([0x38], salts[i], encode(scope)));
  const leaf = sha256([0x35], network, id, encode([party, suite]), root(0x37, leaves));
  const together = [leaf, ...Array.from({ length: stroke - 1 }, (_, i) => noise(`stroke ${i}`))];
  const signed = Buffer.concat([Buffer.from(message), root(0x36, together)]);
  return [suite, by(party, signed), salts[0], place(leaves, 0), place(together, 0)];
}

export function signsP256(party, message) {
  return sign("sha256", message, { key: privateKey(party), dsaEncoding: "ieee-p1363" });
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

/** A list as a tree of constant depth. */
function listTree(salt, items) {
  const lengthSalt = hmac(salt, "length/v2");
  const salts = items.map((_, i) => hmac(salt, "item/v2", u32(i)));
  const hashes = items.map((item, i) => sha256([3], salts[i], u32(i), encode(item)));
  const filler = (level, at) => sha256([6], hmac(salt, "filler/v2", [level], u32(at)));
  /** The root over the `at`-th run of 2^level items. */
  const over = (level, at) => {
    if (at * 2 ** level >= items.length) return filler(level, at);
    return level === 0 ? hashes[at] : node(over(level - 1, 2 * at), over(level - 1, 2 * at + 1));
  };
  const without = (keep, level, at) => {
    const kept = items.some((_, i) => keep(i) && Math.floor(i / 2 ** level) === at);
    if (!kept) return [over(level, at)];
    return level === 0 ? [] : [...without(keep, level - 1, 2 * at), ...without(keep, level - 1, 2 * at + 1)];
  };
  const length = sha256([2], lengthSalt, u64(items.length));
  return {
    hash: (position) => sha256([4], u32(position), length, over(12, 0)),
    part: (position, shown, showsLength) => [
      position,
      showsLength ? [lengthSalt, items.length] : null,
      shown.map((i) => [i, salts[i], items[i]]),
      Buffer.concat([...(showsLength ? [] : [length]), ...without((i) => shown.includes(i), 12, 0)]),
    ],
  };
}

/** Content that may be absent. */
const maybe = (item) => (item ? [item] : []);

/**
 * The opening of a fact, with its commitment: `hide` names fields by their number; `parts` shows of a list the items of these places
 * and, if so, its length; `shows` names other leaves by their position.
 */
export function opening({ id, kind = 0, fields, salt = FACT_SALT, control = [[0, []]], due, holder, hide = [], parts = {}, shows = [] }) {
  const tokenKey = sha256("pvn token key/1\0", hmac(salt, "token key/v1"));
  const controlled = sha256("pvn control/1\0", encode(control));
  const fixed = [[0, [id, kind, fields.length]], [1, [controlled]], [2, [tokenKey]], [3, maybe(due)], [5, maybe(holder)]];
  const contents = [...fixed, ...fields.map((field) => [4, [field]])];
  const salts = contents.map((_, i) => hmac(salt, "leaf/v1", u32(i)));
  const tree = (i) => listTree(salts[i], contents[i][1][0][1]);
  const isList = (i) => contents[i][0] === 4 && contents[i][1][0][0] === 8;
  const hashes = contents.map((content, i) => (isList(i) ? tree(i).hash(i) : sha256([0], salts[i], u32(i), encode(content))));
  const isWhole = (i) => i === 0 || shows.includes(i) || (i >= fixed.length && !hide.includes(i - fixed.length) && !(i - fixed.length in parts));
  const isPart = (i) => i - fixed.length in parts;
  const at = contents.map((_, i) => i);
  const shown = at.filter(isWhole).map((i) => [i, salts[i], contents[i]]);
  const lists = at.filter(isPart).map((i) => tree(i).part(i, parts[i - fixed.length].items ?? [], parts[i - fixed.length].length ?? false));
  return { opening: [shown, lists, Buffer.concat(rest(hashes, (i) => isWhole(i) || isPart(i)))], commitment: root(0x10, hashes) };
}

/**
 * A proof, from nothing, of a fact: one of the outputs of one of the views of its transaction, alone where nothing else is said; with something
 * around it, which may depend on the transaction's id.
 */
export function proofOf({ inViews: [view, views] = [0, 1], inOutputs: [output, outputs] = [0, 1], attestors, scopes = () => [SCOPES.attestor], records = (party) => record(party), sign: how = () => ({}), time = NOON_MS, window = [time, time], mapSize = 2, contract, logs = {}, wrap = (bundle) => bundle, ...fact }) {
  const { opening: shown, commitment } = opening({ id: sha256(contract), ...fact });
  const [others, load] = ["the rest of the view", "load"].map(noise);
  const among = (hash, at, count, what) => Array.from({ length: count }, (_, i) => (i === at ? hash : noise(`${what} ${i}`)));
  const commitments = among(commitment, output, outputs, "output");
  const viewRoot = sha256([0x20], others, root(0x22, commitments));
  const roots = among(viewRoot, view, views, "view");
  const terms = [2, NETWORK, LINEAGE, window, mapSize, 0, views];
  const id = sha256([0x30], sha256([0x32], encode(terms)), load, root(0x31, roots));
  const { map, members, pin } = directory(attestors.map(records), logs.registrar);
  const attested = attestors.map((party, i) => [members[i], attestation(party, NETWORK, id, scopes(party).map((scope) => scope(viewRoot)), how(party))]);
  const [ofView, ofOutput] = [place(roots, view)[2], place(commitments, output)[2]];
  const bundle = [2, [terms, load, view, ofView, others, outputs, output, ofOutput], shown, attested, map, certify(id, { time, pin, by: logs.notary })];
  return new Uint8Array(encode(wrap(bundle, id)));
}
