// What is shown of a fact: each of its leaves, or the leaf's hash. See docs/protocol, "Facts".

import { u32, u64, utf8, type Bytes } from "./bytes.ts";
import { type Reader } from "./cbor.ts";
import { LIST_ITEMS_MAX } from "./limits.ts";
import { hmac, sha256 } from "./sha256.ts";
import { taggedRoot } from "./tree.ts";
import { readValue, type Value } from "./value.ts";

const COMMITMENT = 0x10;
const LIST = 0x05;
const LEAF = Uint8Array.of(0x00);
const LIST_LENGTH = Uint8Array.of(0x02);
const LIST_ITEM = Uint8Array.of(0x03);
const LIST_LEAF = Uint8Array.of(0x04);
/** `[4,[` before a field's value. */
const FIELD_HEAD = Uint8Array.of(0x82, 0x04, 0x81);
const LEAF_SALT = utf8("leaf/v1");

const HEAD = 0;
const CONTROL = 1;
const TOKEN_KEY = 2;
const DUE = 3;
const FIELD = 4;
/** Leaves before the first field: one of each of the sorts above it. */
const FIXED_LEAVES = 4;

interface Leaf {
  hash(): Bytes;
  /** The sort of content, where it is shown. */
  readonly sort: number | undefined;
  readonly value: Value | undefined;
}

/** Contract, kind and number of fields. */
export interface Head {
  readonly contract: Bytes;
  readonly kind: number;
  readonly fields: number;
}

/** What is shown of a fact. */
export interface Opening {
  /** Where it isn't shown, positions mean nothing. */
  readonly head: Head | undefined;
  /** Whether each shown leaf holds what belongs at its position and there are as many as the head says. */
  readonly wellFormed: boolean;
  /** The values of the fields that are shown, by position. */
  readonly fields: readonly (Value | undefined)[];
  /** The commitment that it opens. */
  commitment(): Bytes;
}

function listHash(position: number, salt: Bytes, items: readonly Bytes[]): Bytes {
  const salted = (i: number) => hmac(salt, LEAF_SALT, u32(i));
  const length = sha256(LIST_LENGTH, salted(0), u64(BigInt(items.length)));
  const hashes = items.map((item, i) => sha256(LIST_ITEM, salted(i + 1), FIELD_HEAD, item));
  return sha256(LIST_LEAF, u32(position), taggedRoot(LIST, [length, ...hashes]));
}

function readHead(r: Reader): Head {
  return { contract: r.digest(), kind: r.uint(0xffff), fields: r.u32() };
}

/** Reads one leaf; `head` takes what the first one says. */
function readLeaf(r: Reader, position: number, head: (head: Head) => void): Leaf {
  const start = r.at;
  const [shown, parts] = r.variant();
  if (shown === 0 && parts === 1) {
    const hidden = r.digest();
    return { hash: () => hidden, sort: undefined, value: undefined };
  }
  if (shown !== 1 || parts !== 2) r.refuse("neither a hidden nor a shown leaf", start);
  const salt = r.digest();
  const from = r.at;
  const [sort, fields] = r.variant();
  let value: Value | undefined;
  if (sort === HEAD && fields === 3) head(readHead(r));
  else if ((sort === CONTROL || sort === TOKEN_KEY) && fields === 1) r.digest();
  // A due that isn't there is left out, being the last of its fields.
  else if (sort === DUE && fields <= 1) {
    if (fields === 1) {
      r.fields(2);
      r.u32();
      r.u32();
    }
  } else if (sort === FIELD && fields === 1) value = readValue(r);
  else r.refuse("a leaf of unknown content", from);
  const content = r.since(from);
  const hash = () => (value?.type === "list" ? listHash(position, salt, value.encoded) : sha256(LEAF, salt, u32(position), content));
  return { hash, sort, value };
}

/** Reads `[[leaf…]]`. */
export function readOpening(r: Reader): Opening {
  r.fields(1);
  let head: Head | undefined;
  let position = 0;
  const leaves = r.list(() => {
    const here = position++;
    return readLeaf(r, here, (said) => {
      if (here === 0) head = said;
    });
  });
  const belongs = ({ sort }: Leaf, at: number) => sort === undefined || sort === Math.min(at, FIELD);
  return {
    head,
    wellFormed: head !== undefined && head.fields <= LIST_ITEMS_MAX && head.fields === leaves.length - FIXED_LEAVES && leaves.every(belongs),
    fields: leaves.slice(FIXED_LEAVES).map((leaf) => leaf.value),
    commitment: () => taggedRoot(COMMITMENT, leaves.map((leaf) => leaf.hash())),
  };
}
