// The shapes of a proof bundle, in the order of its bytes: docs/protocol, "The map and proofs". Nothing here is believed; `verify.ts` asks.

import { type Bytes } from "./bytes.ts";
import { NotCanonical, Reader } from "./cbor.ts";
import { readKeys, type Key } from "./keys.ts";
import { PATH_MAX, PROOF_BYTES_MAX } from "./limits.ts";
import { readOpening, type Opening } from "./opening.ts";
import { type TreePlace } from "./tree.ts";
import { readDays, readParty } from "./value.ts";

/** The format that this verifier reads. */
export const FORMAT = 2;

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
}

/** The way from a fact's commitment to the transaction id. */
export interface Place {
  readonly terms: Terms;
  readonly load: Bytes;
  readonly view: TreePlace;
  /** Everything in the view but the facts that it creates. */
  readonly rest: Bytes;
  readonly output: TreePlace;
}

/** A member's entry in the directory, as a proof shows it. */
export interface Member {
  readonly encoded: Bytes;
  readonly party: string;
  /** The party's encoding. */
  readonly signer: Bytes;
  readonly name: string;
  readonly keys: readonly Key[];
  readonly revoked: bigint | undefined;
  readonly index: number;
  readonly path: readonly Bytes[];
}

/** That a party vouches for one view. */
export interface Attestation {
  readonly suite: number;
  readonly signature: Bytes;
  readonly salt: Bytes;
  readonly scope: TreePlace;
  readonly stroke: TreePlace;
}

export interface Attestor {
  readonly member: Member;
  readonly attestation: Attestation;
}

export interface Directory {
  readonly entry: Bytes;
  readonly members: number;
  readonly root: Bytes;
  readonly path: readonly Bytes[];
  readonly checkpoint: string;
}

export interface Certificate {
  readonly entry: Bytes;
  /** Batches before this one: its place in the log. */
  readonly height: bigint;
  readonly time: bigint;
  readonly map: Pin;
  readonly idsRoot: Bytes;
  readonly id: TreePlace;
  readonly logPath: readonly Bytes[];
  readonly checkpoint: string;
}

export interface Bundle {
  readonly format: number;
  readonly place: Place;
  readonly fact: Opening;
  readonly attestors: readonly Attestor[];
  readonly map: Directory;
  readonly certificate: Certificate;
}

function readPath(r: Reader): Bytes[] {
  return r.hashes(PATH_MAX);
}

/** A structure's encoding, with what is read of it. */
function encoded<T>(r: Reader, read: () => T): T & { readonly encoded: Bytes } {
  const start = r.at;
  const object = read();
  return { ...object, encoded: r.since(start) };
}

function readPlace(r: Reader): Place {
  r.fields(8);
  let views = 0;
  const terms = encoded(r, () => {
    r.fields(7);
    const [format, network, notary] = [r.uint(255), r.digest(), r.digest()];
    r.fields(2);
    const [from, until, mapSize] = [r.u64(), r.u64(), r.u64()];
    readDays(r);
    views = r.u32();
    return { format, network, notary, from, until, mapSize };
  });
  const [load, view, viewPath, rest] = [r.digest(), r.u32(), readPath(r), r.digest()];
  const [count, index, path] = [r.u32(), r.u32(), readPath(r)];
  return { terms, load, view: { index: view, count: views, path: viewPath }, rest, output: { index, count, path } };
}

const REGISTRAR = 3;

function readMember(r: Reader): Member {
  r.fields(3);
  const record = encoded(r, () => {
    r.fields(7);
    const start = r.at;
    const party = readParty(r);
    const signer = r.since(start);
    const name = r.text();
    r.uint(REGISTRAR);
    const keys = readKeys(r);
    r.u64();
    const revoked = r.absent() ? undefined : r.u64();
    r.digest();
    return { party, signer, name, keys, revoked };
  });
  return { ...record, index: r.u32(), path: readPath(r) };
}

function readTreePlace(r: Reader): TreePlace {
  r.fields(3);
  return { index: r.u32(), count: r.u32(), path: readPath(r) };
}

function readAttestor(r: Reader): Attestor {
  r.fields(2);
  const member = readMember(r);
  r.fields(5);
  const attestation = { suite: r.uint(255), signature: r.blob(), salt: r.digest(), scope: readTreePlace(r), stroke: readTreePlace(r) };
  return { member, attestation };
}

function readDirectory(r: Reader): Directory {
  r.fields(3);
  const { encoded: entry, members, root } = encoded(r, () => {
    r.fields(3);
    r.u64();
    return { members: r.u32(), root: r.digest() };
  });
  return { entry, members, root, path: readPath(r), checkpoint: r.text() };
}

function readCertificate(r: Reader): Certificate {
  r.fields(5);
  let ids = 0;
  const { encoded: entry, ...batch } = encoded(r, () => {
    r.fields(6);
    const [height, time] = [r.u64(), r.u64()];
    r.fields(2);
    const map = { size: r.u64(), root: r.digest() };
    ids = r.u32();
    const idsRoot = r.digest();
    r.digest();
    return { height, time, map, idsRoot };
  });
  return { entry, ...batch, id: { index: r.u32(), count: ids, path: readPath(r) }, logPath: readPath(r), checkpoint: r.text() };
}

/** The format that bytes say they are in: every format begins with its number. */
export function formatOf(bytes: Bytes): number | undefined {
  const r = new Reader(bytes);
  try {
    r.array(bytes.length);
    return r.uint(255);
  } catch (error) {
    if (error instanceof NotCanonical) return undefined;
    throw error;
  }
}

const begins = (bytes: Bytes, items: number) => bytes[0] === 0x80 + items && bytes[1] === FORMAT;

/** Whether bytes are those of a presentation: an array of four. */
export function isPresentation(bytes: Bytes): boolean {
  return begins(bytes, 4);
}

/** Whether they are not those of a bare bundle, which is an array of six, but of a presentation or of a current proof, an array of three. */
export function isWrapped(bytes: Bytes): boolean {
  return begins(bytes, 3) || isPresentation(bytes);
}

/**
 * Reads a bundle, behind which nothing may follow.
 *
 * @throws NotCanonical for every byte string that is not the one encoding of a bundle.
 */
export function readBundle(r: Reader): Bundle {
  const { length } = r.bytes;
  if (length > PROOF_BYTES_MAX) r.refuse(`${length} bytes are more than the ${PROOF_BYTES_MAX} allowed`);
  r.fields(6);
  const [format, place, fact] = [r.uint(255), readPlace(r), readOpening(r)];
  const attestors = r.list(() => readAttestor(r));
  const [map, certificate] = [readDirectory(r), readCertificate(r)];
  r.end();
  return { format, place, fact, attestors, map, certificate };
}
