// The shapes of a proof bundle, in the order of its bytes: docs/protocol, "The map and proofs". Nothing here is believed; `verify.ts` asks.

import { compare, type Bytes } from "./bytes.ts";
import { Reader } from "./cbor.ts";
import { PROOF_BYTES_MAX } from "./limits.ts";
import { readOpening, type Opening } from "./opening.ts";
import { isP256Key } from "./p256.ts";
import { type TreePlace } from "./tree.ts";
import { readDays, readParty } from "./value.ts";

/** The format that this verifier reads. */
export const FORMAT = 1;

/** A notary's directory of members, by size and root of its log. */
export interface Pin {
  readonly size: bigint;
  readonly root: Bytes;
}

export interface Terms {
  readonly encoded: Bytes;
  readonly format: number;
  readonly network: Bytes;
  readonly notary: Bytes;
  readonly from: bigint;
  readonly until: bigint;
  readonly mapSize: bigint;
  readonly views: number;
}

/** The way from a fact's commitment to the transaction id. */
export interface Place {
  readonly terms: Terms;
  readonly load: Bytes;
  readonly view: number;
  readonly viewPath: readonly Bytes[];
  readonly headSalt: Bytes;
  readonly command: Bytes;
  readonly inputs: Bytes;
  readonly output: TreePlace;
}

export interface Signature {
  readonly party: string;
  readonly suite: number;
  /** `enc([party, scopes])`, which is what was signed. */
  readonly signed: Bytes;
  /** Views for which the party vouches as an attestor. */
  readonly attested: readonly Bytes[];
  /** Whether the scopes ascend. */
  readonly ordered: boolean;
  readonly signature: Bytes;
  readonly stroke: TreePlace;
}

export interface Member {
  readonly encoded: Bytes;
  readonly party: string;
  readonly name: string;
  readonly key: Bytes;
  readonly revoked: bigint | undefined;
  readonly index: number;
  readonly path: readonly Bytes[];
}

export interface Directory {
  readonly entry: Bytes;
  readonly members: number;
  readonly root: Bytes;
  readonly size: bigint;
  readonly path: readonly Bytes[];
  readonly checkpoint: string;
}

export interface Certificate {
  readonly entry: Bytes;
  readonly height: bigint;
  readonly time: bigint;
  readonly map: Pin;
  readonly idsRoot: Bytes;
  readonly id: TreePlace;
  readonly logIndex: bigint;
  readonly logPath: readonly Bytes[];
  readonly checkpoint: string;
}

export interface Bundle {
  readonly format: number;
  readonly place: Place;
  readonly fact: Opening;
  readonly signatures: readonly Signature[];
  readonly members: readonly Member[];
  readonly map: Directory;
  readonly certificate: Certificate;
}

function readPath(r: Reader): Bytes[] {
  return r.list(() => r.digest());
}

function readTerms(r: Reader): Terms {
  const start = r.at;
  r.fields(7);
  const [format, network, notary] = [r.uint(255), r.digest(), r.digest()];
  r.fields(2);
  const [from, until, mapSize] = [r.u64(), r.u64(), r.u64()];
  readDays(r);
  const views = r.u32();
  return { encoded: r.since(start), format, network, notary, from, until, mapSize, views };
}

function readPlace(r: Reader): Place {
  r.fields(10);
  const [terms, load, view, viewPath] = [readTerms(r), r.digest(), r.u32(), readPath(r)];
  const [headSalt, command, inputs] = [r.digest(), r.digest(), r.digest()];
  const [count, index, path] = [r.u32(), r.u32(), readPath(r)];
  return { terms, load, view, viewPath, headSalt, command, inputs, output: { index, count, path } };
}

const ATTESTOR = 1;
const RECEIVER = 2;

interface Scope {
  readonly view: Bytes;
  readonly role: number;
  readonly outputs: readonly number[];
}

function readScope(r: Reader): Scope {
  r.fields(2);
  const view = r.digest();
  const start = r.at;
  const [role, parts] = r.variant();
  if (role > RECEIVER || parts !== (role === RECEIVER ? 1 : 0)) r.refuse("not a role", start);
  return { view, role, outputs: role === RECEIVER ? r.list(() => r.u32()) : [] };
}

function inOrder(a: Scope, b: Scope): boolean {
  const first = compare(a.view, b.view) || a.role - b.role;
  if (first !== 0) return first < 0;
  const differing = a.outputs.findIndex((output, i) => output !== b.outputs[i]);
  return differing < 0 || (differing < b.outputs.length && a.outputs[differing]! < b.outputs[differing]!);
}

function readSignature(r: Reader): Signature {
  r.fields(5);
  const start = r.at;
  const party = readParty(r);
  const name = r.since(start);
  const suite = r.uint(255);
  const from = r.at;
  const scopes = r.list(() => readScope(r));
  const signed = Uint8Array.of(0x82, ...name, ...r.since(from));
  const signature = r.blob();
  r.fields(3);
  const [index, count, path] = [r.u32(), r.u32(), readPath(r)];
  const attested = scopes.filter((scope) => scope.role === ATTESTOR).map((scope) => scope.view);
  const ordered = scopes.every((scope, i) => i === 0 || inOrder(scopes[i - 1]!, scope));
  return { party, suite, signed, attested, ordered, signature, stroke: { index, count, path } };
}

const REGISTRAR = 3;
/** A record's fields; the last, when its membership ended, is left out as long as it hasn't. */
const RECORD_FIELDS = 11;

function readKey(r: Reader): Bytes {
  const start = r.at;
  const key = r.blob();
  return isP256Key(key) ? key : r.refuse("a P-256 key is an uncompressed point of 65 bytes", start);
}

function readMember(r: Reader): Member {
  r.fields(3);
  const start = r.at;
  const fields = r.array(RECORD_FIELDS);
  if (fields < RECORD_FIELDS - 1) r.refuse("not a member's record", start);
  const [party, name] = [readParty(r), r.text()];
  readParty(r);
  r.uint(REGISTRAR);
  r.text();
  const key = readKey(r);
  r.digest();
  r.list(() => r.text());
  r.text();
  r.u64();
  const revoked = fields === RECORD_FIELDS ? r.u64() : undefined;
  return { encoded: r.since(start), party, name, key, revoked, index: r.u32(), path: readPath(r) };
}

function readDirectory(r: Reader): Directory {
  r.fields(4);
  const start = r.at;
  r.fields(3);
  r.u64();
  const [members, root] = [r.u32(), r.digest()];
  const entry = r.since(start);
  return { entry, members, root, size: r.u64(), path: readPath(r), checkpoint: r.text() };
}

function readCertificate(r: Reader): Certificate {
  r.fields(6);
  const start = r.at;
  r.fields(6);
  const [height, time] = [r.u64(), r.u64()];
  r.fields(2);
  const map = { size: r.u64(), root: r.digest() };
  const [count, idsRoot] = [r.u32(), r.digest()];
  r.digest();
  const entry = r.since(start);
  const [index, path] = [r.u32(), readPath(r)];
  return { entry, height, time, map, idsRoot, id: { index, count, path }, logIndex: r.u64(), logPath: readPath(r), checkpoint: r.text() };
}

/**
 * Reads a bundle.
 *
 * @throws NotCanonical for every byte string that is not the one encoding of a bundle.
 */
export function readBundle(bytes: Bytes): Bundle {
  const r = new Reader(bytes);
  if (bytes.length > PROOF_BYTES_MAX) r.refuse(`${bytes.length} bytes are more than the ${PROOF_BYTES_MAX} allowed`);
  r.fields(7);
  const [format, place, fact] = [r.uint(255), readPlace(r), readOpening(r)];
  const signatures = r.list(() => readSignature(r));
  const members = r.list(() => readMember(r));
  const [map, certificate] = [readDirectory(r), readCertificate(r)];
  r.end();
  return { format, place, fact, signatures, members, map, certificate };
}
