// Lists inside a fact: a tree of constant depth over the items, so that one can be shown without telling how many there are. See
// docs/protocol, "Facts".

import { u32, u64, utf8, type Bytes } from "./bytes.ts";
import { type Reader } from "./cbor.ts";
import { LIST_ITEMS_MAX } from "./limits.ts";
import { hmac, tagged } from "./sha256.ts";
import { fold, type Known, type Unknown } from "./tree.ts";
import { readValue, type Value } from "./value.ts";

const LENGTH = 0x02;
const ITEM = 0x03;
const LEAF = 0x04;
const FILLER = 0x06;
const LENGTH_SALT = utf8("length/v2");
const ITEM_SALT = utf8("item/v2");
const FILLER_SALT = utf8("filler/v2");

/** An item shown, with its place in the list from 0. */
export interface ShownItem {
  readonly index: number;
  readonly value: Value;
}

/** What is shown of a list. */
export interface ListPart {
  /** The leaf in which the list stands. */
  readonly position: number;
  /** How many items there are, if that is shown. */
  readonly length: bigint | undefined;
  readonly items: readonly ShownItem[];
  /** The leaf's hash; undefined if the part is malformed. */
  hash(): Bytes | undefined;
}

function itemHash(index: number, salt: Bytes, encoded: Bytes): Bytes {
  return tagged(ITEM, salt, u32(index), encoded);
}

function lengthHash(salt: Bytes, items: bigint): Bytes {
  return tagged(LENGTH, salt, u64(items));
}

function leafHash(position: number, length: Bytes, known: readonly Known[], unknown: Unknown): Bytes | undefined {
  const tree = fold(known, 0, LIST_ITEMS_MAX, unknown);
  return tree && tagged(LEAF, u32(position), length, tree);
}

/** The hash of the leaf in which a list stands that is shown whole: every salt follows from the leaf's. */
export function wholeListHash(position: number, salt: Bytes, items: readonly Bytes[]): Bytes | undefined {
  const known = items.map((item, index) => ({ position: index, hash: itemHash(index, hmac(salt, ITEM_SALT, u32(index)), item) }));
  // What stands for a subtree without items looks like any other hash to whoever lacks the leaf's salt.
  const filler: Unknown = (from, to) => {
    const level = Math.log2(to - from);
    return tagged(FILLER, hmac(salt, FILLER_SALT, Uint8Array.of(level), u32(from >> level)));
  };
  return leafHash(position, lengthHash(hmac(salt, LENGTH_SALT), BigInt(items.length)), known, filler);
}

/** Reads `[position, [salt, length] or null, [[index, salt, value]…], hashes]`. */
export function readListPart(r: Reader): ListPart {
  r.fields(4);
  const position = r.u32();
  let length: bigint | undefined;
  let lengthSalt: Bytes | undefined;
  if (!r.absent()) {
    r.fields(2);
    [lengthSalt, length] = [r.digest(), r.u64()];
  }
  const items = r.list(() => {
    r.fields(3);
    const [index, salt, from] = [r.u32(), r.digest(), r.at];
    const value = readValue(r);
    return { index, salt, value, encoded: r.since(from) };
  });
  const hashes = r.hashes(LIST_ITEMS_MAX);
  const hash = () => {
    const ascending = items.every(({ index }, i) => i === 0 || items[i - 1]!.index < index);
    const most = length ?? BigInt(LIST_ITEMS_MAX);
    const nothing = length === undefined && items.length === 0;
    if (nothing || !ascending || most > LIST_ITEMS_MAX || items.some(({ index }) => index >= most)) return undefined;
    const rest = [...hashes];
    const stated = lengthSalt ? lengthHash(lengthSalt, most) : rest.shift();
    if (!stated) return undefined;
    const known = items.map(({ index, salt, encoded }) => ({ position: index, hash: itemHash(index, salt, encoded) }));
    const leaf = leafHash(position, stated, known, () => rest.shift());
    return rest.length === 0 ? leaf : undefined;
  };
  return { position, length, items, hash };
}
