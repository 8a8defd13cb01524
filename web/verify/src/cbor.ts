// Reading RFC 8949 §4.2 deterministic CBOR, as docs/protocol uses it: shortest integers, definite lengths, text in Unicode normalisation
// form C; no floats, tags or maps. A shape is read with exactly its fields, so that what was read has no second encoding.

import { type Bytes } from "./bytes.ts";
import { LIST_ITEMS_MAX, TEXT_BYTES_MAX } from "./limits.ts";

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;

const U32_MAX = 2n ** 32n - 1n;
const U64_MAX = 2n ** 64n - 1n;
const I64_MAX = 2n ** 63n - 1n;

// A byte order mark is a character like any other: without `ignoreBOM` it would vanish unseen.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes that are not the one encoding of what is read. */
export class NotCanonical extends Error {
  constructor(
    readonly at: number,
    readonly reason: string,
  ) {
    super(`${reason}, at byte ${at}`);
  }
}

/** A place in a byte string, from which one item after the other is read. */
export class Reader {
  #at = 0;

  constructor(readonly bytes: Bytes) {}

  /** Number of bytes read. */
  get at(): number {
    return this.#at;
  }

  /** The bytes read since a place, which are the encoding of what was read there. */
  since(start: number): Bytes {
    return this.bytes.subarray(start, this.#at);
  }

  refuse(reason: string, at = this.#at): never {
    throw new NotCanonical(at, reason);
  }

  /** Nothing may follow. */
  end(): void {
    if (this.#at < this.bytes.length) this.refuse("more bytes than the object has");
  }

  #byte(): number {
    return this.bytes[this.#at++] ?? this.refuse("cut short", this.bytes.length);
  }

  #take(length: number): Bytes {
    if (length > this.bytes.length - this.#at) this.refuse("cut short", this.bytes.length);
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }

  /** The argument of an item of this major type, which must have its shortest form. */
  #head(major: number, what: string): bigint {
    const start = this.#at;
    const first = this.#byte();
    if (first >> 5 !== major) this.refuse(`not ${what}`, start);
    const info = first & 0x1f;
    if (info < 24) return BigInt(info);
    if (info > 27) this.refuse("no definite length", start);
    let value = 0n;
    const width = 1 << (info - 24);
    for (let i = 0; i < width; i++) value = (value << 8n) | BigInt(this.#byte());
    const least = width === 1 ? 24n : 1n << BigInt(4 * width);
    if (value < least) this.refuse("a number longer than need be", start);
    return value;
  }

  #number(max: bigint, what: string): bigint {
    const start = this.#at;
    const value = this.#head(UNSIGNED, what);
    return value <= max ? value : this.refuse(`not ${what}`, start);
  }

  /** At most `max`, which a number of JavaScript holds exactly. */
  uint(max: number): number {
    return Number(this.#number(BigInt(max), "a number within its limit"));
  }

  u32(): number {
    return Number(this.#number(U32_MAX, "a number of 32 bits"));
  }

  u64(): bigint {
    return this.#number(U64_MAX, "a number of 64 bits");
  }

  i64(): bigint {
    const start = this.#at;
    const negative = this.bytes[start]! >> 5 === NEGATIVE;
    const value = this.#head(negative ? NEGATIVE : UNSIGNED, "a whole number");
    if (value > I64_MAX) this.refuse("not a number of 64 bits", start);
    return negative ? -1n - value : value;
  }

  bool(): boolean {
    const start = this.#at;
    const byte = this.#byte();
    if (byte !== FALSE && byte !== TRUE) this.refuse("neither true nor false", start);
    return byte === TRUE;
  }

  /** Takes `null` if it stands here. */
  absent(): boolean {
    const absent = this.bytes[this.#at] === NULL;
    if (absent) this.#at++;
    return absent;
  }

  blob(): Bytes {
    return this.#take(Number(this.#head(BYTES, "a byte string")));
  }

  digest(): Bytes {
    const start = this.#at;
    const bytes = this.blob();
    return bytes.length === 32 ? bytes : this.refuse("a digest has 32 bytes", start);
  }

  /** Digests, one after the other in one byte string. */
  hashes(max: number): Bytes[] {
    const start = this.#at;
    const bytes = this.blob();
    if (bytes.length % 32 !== 0) this.refuse("hashes that are not 32 bytes each", start);
    if (bytes.length > max * 32) this.refuse("more hashes than their limit", start);
    return Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(32 * i, 32 * i + 32));
  }

  text(max = TEXT_BYTES_MAX): string {
    const start = this.#at;
    const bytes = this.#take(Number(this.#head(TEXT, "a text")));
    if (bytes.length > max) this.refuse("a text longer than its limit", start);
    let text: string;
    try {
      text = UTF8.decode(bytes);
    } catch {
      this.refuse("a text that is not UTF-8", start);
    }
    return text.normalize("NFC") === text ? text : this.refuse("a text that is not in Unicode normalisation form C", start);
  }

  /** The number of items of an array. */
  array(max: number): number {
    const start = this.#at;
    const length = this.#head(ARRAY, "a list");
    return length <= BigInt(max) ? Number(length) : this.refuse("a list longer than its limit", start);
  }

  /** A structure with so many fields. */
  fields(count: number): void {
    const start = this.#at;
    if (this.array(count) !== count) this.refuse(`not a structure of ${count} fields`, start);
  }

  /** Any list has a limit, though few have one of their own. */
  list<T>(item: () => T, max = LIST_ITEMS_MAX): T[] {
    const items: T[] = [];
    for (let left = this.array(max); left > 0; left--) items.push(item());
    return items;
  }

  /** An alternative `[number, [fields…]]`: its number, with the number of its fields. */
  variant(): [number, number] {
    this.fields(2);
    return [this.uint(255), this.array(255)];
  }
}
