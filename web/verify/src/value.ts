// The values of a fact's fields: docs/protocol, "Encoding".

import { type Bytes } from "./bytes.ts";
import { type Reader } from "./cbor.ts";
import { LIST_ITEMS_MAX, PARTY_CHARACTERS_MAX, VALUE_DEPTH_MAX } from "./limits.ts";

const I32 = 2n ** 31n;
/** Days since 1970-01-01 of the first and last day of the calendar: the years -9999 and 9999. */
const DAY_MIN = -4_371_587;
const DAY_MAX = 2_932_896;

export type Value =
  | { readonly type: "bool"; readonly bool: boolean }
  | { readonly type: "int"; readonly int: bigint }
  | { readonly type: "text" | "choice" | "party"; readonly text: string }
  | { readonly type: "money"; readonly currency: string; readonly minor: bigint }
  | { readonly type: "date"; readonly days: number }
  | { readonly type: "file"; readonly root: Bytes; readonly bytes: bigint }
  | { readonly type: "absent" }
  | { readonly type: "list"; readonly items: readonly Value[]; readonly encoded: readonly Bytes[] }
  | { readonly type: "record"; readonly items: readonly Value[] };

export function isParty(id: string): boolean {
  return /^[A-Za-z0-9._-]+$/.test(id) && id.length <= PARTY_CHARACTERS_MAX;
}

export function readParty(r: Reader): string {
  const start = r.at;
  const id = r.text();
  return isParty(id) ? id : r.refuse("not a party identifier", start);
}

function readCurrency(r: Reader): string {
  const start = r.at;
  const code = r.text();
  return /^[A-Z]{3}$/.test(code) ? code : r.refuse("not a currency code", start);
}

export function readDays(r: Reader): number {
  const start = r.at;
  const days = r.i64();
  if (days < -I32 || days >= I32) r.refuse("not a number of 32 bits", start);
  return days < DAY_MIN || days > DAY_MAX ? r.refuse("a day outside the calendar", start) : Number(days);
}

/** Reads `[type, …]`. */
export function readValue(r: Reader, depth = 0): Value {
  const start = r.at;
  if (depth > VALUE_DEPTH_MAX) r.refuse("a value nested deeper than its limit");
  const length = r.array(3);
  const type = r.uint(255);
  const is = (code: number, fields: number) => type === code && length === fields;
  if (is(0, 2)) return { type: "bool", bool: r.bool() };
  if (is(1, 2)) return { type: "int", int: r.i64() };
  if (is(2, 2)) return { type: "text", text: r.text() };
  if (is(3, 3)) return { type: "money", currency: readCurrency(r), minor: r.i64() };
  if (is(4, 2)) return { type: "date", days: readDays(r) };
  if (is(5, 2)) return { type: "party", text: readParty(r) };
  if (is(6, 2)) return { type: "choice", text: r.text() };
  if (is(7, 1)) return { type: "absent" };
  if (is(8, 2)) {
    const encoded: Bytes[] = [];
    const items = r.list(() => {
      const from = r.at;
      const item = readValue(r, depth + 1);
      encoded.push(r.since(from));
      return item;
    }, LIST_ITEMS_MAX);
    return { type: "list", items, encoded };
  }
  if (is(9, 2)) return { type: "record", items: r.list(() => readValue(r, depth + 1), LIST_ITEMS_MAX) };
  if (is(10, 3)) return { type: "file", root: r.digest(), bytes: r.u64() };
  return r.refuse("a value of unknown type", start);
}
