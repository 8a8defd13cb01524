// Merkle trees: RFC 6962 §2.1 over hashes that are leaves already, paths and consistency proofs as RFC 9162 §2.1.3.2 and §2.1.4.2
// verify them, and the roots of this protocol, in which a tag and the count bind the reading.

import { equal, u32, type Bytes } from "./bytes.ts";
import { sha256 } from "./sha256.ts";

const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

/** The hash of a log's entry. */
export function leafHash(entry: Bytes): Bytes {
  return sha256(LEAF, entry);
}

export function nodeHash(left: Bytes, right: Bytes): Bytes {
  return sha256(NODE, left, right);
}

/** The root over leaf hashes; SHA-256 of nothing without any. */
export function merkleRoot(leaves: readonly Bytes[]): Bytes {
  if (leaves.length === 0) return sha256();
  let level = [...leaves];
  while (level.length > 1) {
    const above: Bytes[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const right = level[i + 1];
      above.push(right ? nodeHash(level[i]!, right) : level[i]!);
    }
    level = above;
  }
  return level[0]!;
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

function bound(tag: number, count: number, root: Bytes): Bytes {
  return sha256(Uint8Array.of(tag), u32(count), root);
}

/** The root over all hashes of one level. */
export function taggedRoot(tag: number, hashes: readonly Bytes[]): Bytes {
  return bound(tag, hashes.length, merkleRoot(hashes));
}

/** The root that {@link taggedRoot} gives over `count` hashes of which this one, at `index`, has this path. */
export function taggedRootFromPath(tag: number, hash: Bytes, place: TreePlace): Bytes | undefined {
  const root = rootFromPath(hash, BigInt(place.index), BigInt(place.count), place.path);
  return root && bound(tag, place.count, root);
}

/** Where one hash stands among others. */
export interface TreePlace {
  readonly index: number;
  readonly count: number;
  readonly path: readonly Bytes[];
}
