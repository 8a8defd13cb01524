// Merkle trees: RFC 6962 §2.1 over hashes that are leaves already, paths and consistency proofs as RFC 9162 §2.1.3.2 and §2.1.4.2
// verify them, and the roots of this protocol, in which a tag and the count bind the reading.

import { equal, u32, type Bytes } from "./bytes.ts";
import { tagged } from "./sha256.ts";

const LEAF = 0x00;
const NODE = 0x01;

/** The hash of a log's entry. */
export function leafHash(entry: Bytes): Bytes {
  return tagged(LEAF, entry);
}

export function nodeHash(left: Bytes, right: Bytes): Bytes {
  return tagged(NODE, left, right);
}

/**
 * The root that a leaf and its path lead to in a tree of so many leaves; undefined if the path hasn't exactly the hashes that index
 * and size imply. The root doesn't bind the size: take it from what is signed or hashed.
 */
export function rootFromPath(leaf: Bytes, index: bigint, size: bigint, path: readonly Bytes[]): Bytes | undefined {
  if (index >= size) return undefined;
  let [hash, at, last, used] = [leaf, index, size - 1n, 0];
  while (last > 0n) {
    // A last node without a sibling moves up as it is.
    if (at < last || (at & 1n) === 1n) {
      const sibling = path[used++];
      if (!sibling) return undefined;
      hash = (at & 1n) === 1n ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    }
    at >>= 1n;
    last >>= 1n;
  }
  return used === path.length ? hash : undefined;
}

/** Whether the tree of `size` leaves begins with all leaves of the older one. Nothing is proven of an empty older tree. */
export function isConsistent(oldSize: bigint, oldRoot: Bytes, size: bigint, root: Bytes, proof: readonly Bytes[]): boolean {
  if (oldSize === 0n || oldSize > size) return false;
  if (oldSize === size) return proof.length === 0 && equal(oldRoot, root);
  let [at, last] = [oldSize - 1n, size - 1n];
  while ((at & 1n) === 1n) {
    at >>= 1n;
    last >>= 1n;
  }
  // An older tree that is whole is itself a node of the newer one, and not said again.
  const rest = at === 0n ? [...proof] : proof.slice(1);
  const start = at === 0n ? oldRoot : proof[0];
  if (!start) return false;
  let [older, newer] = [start, start];
  while (last > 0n) {
    if (at < last || (at & 1n) === 1n) {
      const sibling = rest.shift();
      if (!sibling) return false;
      if ((at & 1n) === 1n) [older, newer] = [nodeHash(sibling, older), nodeHash(sibling, newer)];
      else newer = nodeHash(newer, sibling);
    }
    at >>= 1n;
    last >>= 1n;
  }
  return rest.length === 0 && equal(older, oldRoot) && equal(newer, root);
}

/** The root at one level of which this is the tree: tag and count bind its reading. */
export function counted(tag: number, count: number, tree: Bytes): Bytes {
  return tagged(tag, u32(count), tree);
}

/** Where one hash stands among others. */
export interface TreePlace {
  readonly index: number;
  readonly count: number;
  readonly path: readonly Bytes[];
}

/** The {@link counted} root that a hash at this place leads to; undefined if the path hasn't exactly the hashes that it implies. */
export function rootAt({ index, count, path }: TreePlace, tag: number, hash: Bytes): Bytes | undefined {
  const tree = rootFromPath(hash, BigInt(index), BigInt(count), path);
  return tree && counted(tag, count, tree);
}

/** A leaf of which the hash is known. */
export interface Known {
  readonly position: number;
  readonly hash: Bytes;
}

/** Gives the roots of the largest subtrees in which no leaf is known, left to right. */
export type Unknown = (from: number, to: number) => Bytes | undefined;

/** The root over the positions from `from` to before `to`, of which these leaves are known, ascending; undefined if they don't fit. */
export function fold(known: readonly Known[], from: number, to: number, unknown: Unknown): Bytes | undefined {
  const [first] = known;
  if (!first) return unknown(from, to);
  if (to - from < 2) return known.length === 1 && first.position === from && to > from ? first.hash : undefined;
  const middle = from + 2 ** (31 - Math.clz32(to - from - 1));
  const left = fold(known.filter((leaf) => leaf.position < middle), from, middle, unknown);
  const right = left && fold(known.filter((leaf) => leaf.position >= middle), middle, to, unknown);
  return right && nodeHash(left, right);
}
