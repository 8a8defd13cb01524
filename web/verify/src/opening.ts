// What is shown of a fact: chosen leaves, with the fewest hashes that prove them. See docs/protocol, "Facts".

import { u32, type Bytes } from "./bytes.ts";
import { type Reader } from "./cbor.ts";
import { readKey, type Key } from "./keys.ts";
import { FIELDS_MAX, LIST_ITEMS_MAX } from "./limits.ts";
import { readListPart, wholeListHash, type ListPart } from "./list.ts";
import { tagged } from "./sha256.ts";
import { counted, fold, type Known } from "./tree.ts";
import { readValue, type Value } from "./value.ts";

const COMMITMENT = 0x10;
const LEAF = 0x00;

/** Sorts of content, by their numbers. */
const HEAD = 0;
const CONTROL = 1;
const TOKEN_KEY = 2;
const DUE = 3;
const FIELD = 4;
const HOLDER = 5;
/** What stands in the leaves before the first field. */
const FIXED = [HEAD, CONTROL, TOKEN_KEY, DUE, HOLDER];

interface Leaf {
  readonly position: number;
  readonly sort: number;
  readonly head: Head | undefined;
  readonly value: Value | undefined;
  readonly holder: Key | undefined;
  /** What a leaf of control or token key says. */
  readonly digest: Bytes | undefined;
  hash(): Bytes | undefined;
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
  /** The key of whoever can show the fact, where it is shown and there is one. */
  readonly holder: Key | undefined;
  /** The hash of the policy of control, where it is shown. */
  readonly control: Bytes | undefined;
  /** The hash of the token key, likewise. */
  readonly tokenKey: Bytes | undefined;
  /** The value of a field that is shown whole. */
  value(field: number): Value | undefined;
  /** What is shown of a list of which only a part is. */
  part(field: number): ListPart | undefined;
  /**
   * The commitment that it opens; undefined if it is malformed: a leaf twice, out of order or where its sort doesn't belong, a hash too
   * many or too few.
   */
  commitment(): Bytes | undefined;
}

function readContent(r: Reader): Pick<Leaf, "sort" | "head" | "value" | "holder" | "digest"> {
  const start = r.at;
  const [sort, fields] = r.variant();
  const content = { sort, head: undefined, value: undefined, holder: undefined, digest: undefined };
  if (sort === HEAD && fields === 3) return { ...content, head: { contract: r.digest(), kind: r.uint(0xffff), fields: r.u32() } };
  if (sort === FIELD && fields === 1) return { ...content, value: readValue(r) };
  // A due or a key that isn't there is left out: an alternative's last field is never said to be absent.
  if ((sort === DUE || sort === HOLDER) && fields === 0) return content;
  if (fields !== 1) r.refuse("a leaf of unknown content", start);
  if (sort === HOLDER) return { ...content, holder: readKey(r) };
  if (sort === CONTROL || sort === TOKEN_KEY) return { ...content, digest: r.digest() };
  if (sort === DUE) {
    r.fields(2);
    r.u32();
    r.u32();
  } else r.refuse("a leaf of unknown content", start);
  return content;
}

/** Reads `[position, salt, content]`. */
function readLeaf(r: Reader): Leaf {
  r.fields(3);
  const [position, salt, from] = [r.u32(), r.digest(), r.at];
  const content = readContent(r);
  const encoded = r.since(from);
  const { value } = content;
  const hash = () => (value?.type === "list" ? wholeListHash(position, salt, value.encoded) : tagged(LEAF, salt, u32(position), encoded));
  return { ...content, position, hash };
}

/** Whether leaves ascend, none of them beyond the last: hashing what doesn't fit would be work for nothing. */
function fit(leaves: readonly { readonly position: number }[], count: number): boolean {
  return leaves.every(({ position }, i) => position < count && (i === 0 || leaves[i - 1]!.position < position));
}

function commitment(head: Head | undefined, shown: readonly Leaf[], lists: readonly ListPart[], hashes: readonly Bytes[]): Bytes | undefined {
  if (!head || head.fields > FIELDS_MAX) return undefined;
  const count = FIXED.length + head.fields;
  if (!fit(shown, count) || !fit(lists, count)) return undefined;
  if (shown.some(({ position, sort }) => sort !== (FIXED[position] ?? FIELD)) || lists.some(({ position }) => position < FIXED.length)) return undefined;
  const known: Known[] = [];
  for (const leaf of [...shown, ...lists].sort((a, b) => a.position - b.position)) {
    const hash = leaf.hash();
    if (!hash || known.at(-1)?.position === leaf.position) return undefined;
    known.push({ position: leaf.position, hash });
  }
  const rest = [...hashes];
  const root = fold(known, 0, count, () => rest.shift());
  return root && rest.length === 0 ? counted(COMMITMENT, count, root) : undefined;
}

/** Reads `[[leaf…], [list part…], hashes]`. */
export function readOpening(r: Reader): Opening {
  r.fields(3);
  const [shown, lists, hashes] = [r.list(() => readLeaf(r)), r.list(() => readListPart(r)), r.hashes(LIST_ITEMS_MAX)];
  const at = <T extends { readonly position: number }>(leaves: readonly T[], field: number) => leaves.find((leaf) => leaf.position === FIXED.length + field);
  const of = (sort: number) => shown.find((leaf) => leaf.sort === sort);
  const head = shown[0]?.head;
  return {
    head,
    holder: of(HOLDER)?.holder,
    control: of(CONTROL)?.digest,
    tokenKey: of(TOKEN_KEY)?.digest,
    value: (field) => at(shown, field)?.value,
    part: (field) => at(lists, field),
    commitment: () => commitment(head, shown, lists, hashes),
  };
}
