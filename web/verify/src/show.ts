// Values as people read them: `£12.50`, `24 June 2026`, `12.5%`.

import { hex } from "./bytes.ts";
import { type Type } from "./deed/types.ts";
import { type Value } from "./value.ts";

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAY_MS = 86_400_000;
/** Decimal places of the unit in which percentages are counted. */
const PERCENT_PLACES = 4;

const SYMBOLS: { [currency: string]: string } = { GBP: "£", EUR: "€" };
/** ISO 4217: currencies without a smaller unit, and with one of a thousandth. */
const WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" ");
const THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND".split(" ");

/** A number with its point put back. */
function point(units: bigint, places: number, whole = (digits: string) => digits): string {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, "0");
  const cut = digits.length - places;
  return (units < 0n ? "-" : "") + whole(digits.slice(0, cut)) + (places > 0 ? `.${digits.slice(cut)}` : "");
}

function money(currency: string, minor: bigint): string {
  const places = WHOLE.includes(currency) ? 0 : THOUSANDTHS.includes(currency) ? 3 : 2;
  const symbol = SYMBOLS[currency] ?? `${currency} `;
  return point(minor, places, (digits) => symbol + digits.replace(/\B(?=(...)+$)/g, ","));
}

function date(days: number): string {
  const day = new Date(days * DAY_MS);
  const year = day.getUTCFullYear();
  return `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]} ${year < 0 ? "-" : ""}${String(Math.abs(year)).padStart(4, "0")}`;
}

/** `2026-06-24`. */
export function isoDate(days: number): string {
  return new Date(days * DAY_MS).toISOString().split("T", 1)[0]!;
}

/** Some hours before the calendar ends, so that there is a local time everywhere. */
const MOMENT_MAX = 253_402_207_200_999n;

/** `24 June 2026, 12:00:00 UTC`; nothing for a moment beyond the calendar. */
export function moment(ms: bigint): string {
  if (ms > MOMENT_MAX) return "";
  const time = new Date(Number(ms)).toISOString().slice(-13, -5);
  return `${date(Math.floor(Number(ms) / DAY_MS))}, ${time} UTC`;
}

/** The type of a list's items. */
export function itemType(type: Type | undefined): Type | undefined {
  if (type?.is === "optional") return itemType(type.of);
  return type?.is === "list" ? type.of : undefined;
}

/** The value in the words of its type. A value that isn't of it is shown as it is: whether it fits is the attestors' word. */
export function words(value: Value, type?: Type): string {
  if (type?.is === "optional") return words(value, type.of);
  switch (value.type) {
    case "bool":
      return value.bool ? "yes" : "no";
    case "int":
      if (type?.is === "percent") return `${point(value.int, PERCENT_PLACES).replace(/\.?0+$/, "")}%`;
      return type?.is === "decimal" ? point(value.int, type.places) : String(value.int);
    case "text":
    case "choice":
    case "party":
      return value.text;
    case "money":
      return money(value.currency, value.minor);
    case "date":
      return date(value.days);
    case "file":
      return `sha256-tree:${hex(value.root)}:${value.bytes}`;
    case "absent":
      return "";
    case "list":
      return value.items.map((item) => words(item, itemType(type))).join(", ");
    case "record":
      return value.items.map((item, i) => words(item, type?.is === "record" ? type.record.fields[i]?.type : undefined)).join(", ");
  }
}
