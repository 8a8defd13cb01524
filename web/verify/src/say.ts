// A verdict as the command says it: for people, and as JSON for programs. Both are those of `pvn verify`.

import { type Type } from "./deed/types.ts";
import { type ListPart } from "./list.ts";
import { isoDate, itemType, moment, words } from "./show.ts";
import { type Value } from "./value.ts";
import { type NotProven, type Proven } from "./verdict.ts";

const NEWER =
  "If the notary has other authorities now than when your trust file was written, this may be a proof under theirs: " +
  "try again with --history FILE, which each of them serves at /authorities, or with a newer trust file from somebody you trust.";
const HIDDEN = "(hidden by whoever shows this proof)";

/**
 * Somebody else's text as a terminal can be shown it: on one line, with what is not seen, or reorders other characters, written out.
 */
export function printable(text: string): string {
  const named: { [character: string]: string } = { "\0": "\\0", "\t": "\\t", "\r": "\\r", "\n": "\\n", "\\": "\\\\" };
  const unseen = /\\|(?! )[\p{C}\p{Z}]|^\p{Grapheme_Extend}/gu;
  return text.replace(unseen, (c) => named[c] ?? `\\u{${c.codePointAt(0)!.toString(16)}}`);
}

/** A part of a list. People count from one. */
function partWords({ items, length }: ListPart, type: Type): string {
  const shown = items.map(({ index, value }) => `item ${index + 1}: ${words(value, itemType(type))}`);
  return `${shown.join("; ")} of ${length === undefined ? "a list of unknown length" : `${length} items`}`.trim();
}

/** Each field by name: what is shown of it in words, or that it is hidden. */
export function partsAndFields(proven: Proven): [name: string, words: string][] {
  const present = proven.fields.filter(({ value }) => value.type !== "absent");
  return [
    ...present.map(({ field, value }): [string, string] => [field.name, printable(words(value, field.type))]),
    ...proven.parts.map(({ field, part }): [string, string] => [field.name, printable(partWords(part, field.type))]),
    // What is hidden is said as loudly as what is shown: a payment reads otherwise without the field that says that no money moved.
    ...proven.hidden.map((name): [string, string] => [name, HIDDEN]),
  ];
}

/** The warning, where not all of it is shown. */
export function lacking(proven: Proven): string | undefined {
  const hidden = [...proven.hidden, ...proven.parts.map(({ field }) => `the rest of ${field.name}`)];
  return hidden.length > 0 ? `WARNING: not all of it is shown. What is hidden (${hidden.join(", ")}) may change what the rest means.` : undefined;
}

/** On whose authority, when, and by whom it is shown. */
export function signed({ attestedBy, certifiedAtMs, logIndex, besides }: Proven): string[] {
  const names = attestedBy.map(({ name, party }) => `${printable(name)} (${party})`);
  return [
    `On the authority of ${names.join(" and ")}.`,
    `Certified by the notary on ${moment(certifiedAtMs)}, entry ${logIndex} of its log.`,
    ...(besides ? [besides] : []),
  ];
}

function shown(proven: Proven): string {
  const rows = partsAndFields(proven);
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  const warning = lacking(proven);
  return [
    `VALID: ${proven.kind} under the contract ${proven.contract}.`,
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    ...(warning ? [warning] : []),
    ...signed(proven),
  ].join("\n");
}

/** What JSON is made of here; numbers of 64 bits are written whole. */
type Json = string | boolean | null | bigint | readonly Json[] | { readonly [key: string]: Json };

function written(json: Json): string {
  if (typeof json === "bigint") return String(json);
  if (Array.isArray(json)) return `[${json.map(written).join(",")}]`;
  if (json === null || typeof json !== "object") return JSON.stringify(json);
  const entries = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${written(value)}`).join(",")}}`;
}

/** A field for programs: amounts in minor units, everything else as people read it. */
function field(value: Value): Json {
  switch (value.type) {
    case "money":
      return { currency: value.currency, minor: value.minor };
    case "int":
      return value.int;
    case "bool":
      return value.bool;
    case "date":
      return isoDate(value.days);
    case "absent":
      return null;
    default:
      return words(value);
  }
}

function part({ items, length }: ListPart): Json {
  return { items: Object.fromEntries(items.map(({ index, value }) => [String(index + 1), field(value)])), length: length ?? null };
}

function told(proven: Proven): string {
  return written({
    valid: true,
    contract: proven.contract,
    kind: proven.kind,
    fields: Object.fromEntries(proven.fields.map((shown) => [shown.field.name, field(shown.value)])),
    parts: Object.fromEntries(proven.parts.map((shown) => [shown.field.name, part(shown.part)])),
    hidden: proven.hidden,
    attested_by: proven.attestedBy.map(({ party, name }) => ({ party, name })),
    certified_at_ms: proven.certifiedAtMs,
    log_index: proven.logIndex,
    fact: proven.fact,
    ...(proven.current && { current: { at_ms: proven.current.atMs, log_index: proven.current.covered } }),
    ...(proven.shown && { shown: { to: proven.shown.audience, at_ms: proven.shown.atMs } }),
  });
}

/** The verdict in words, or as JSON. */
export function said(verdict: Proven | NotProven, as: "words" | "json"): string {
  if (verdict.valid) return as === "json" ? told(verdict) : shown(verdict);
  if (as === "json") return written({ valid: false, step: verdict.step, reason: verdict.reason });
  return [`NOT VALID. The step that failed: ${printable(verdict.reason)}.`, ...(verdict.mayBeNewer ? [NEWER] : [])].join("\n");
}
