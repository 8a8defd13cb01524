// The corpus of proofs, and a verdict as it stands there.
import { encode } from "./cbor.mjs";
import { repository } from "./town.mjs";

const VECTORS = "docs/protocol/vectors";

/** A value as it is encoded. */
function item(value) {
  switch (value.type) {
    case "bool":
      return [0, value.bool];
    case "int":
      return [1, value.int];
    case "text":
      return [2, value.text];
    case "money":
      return [3, value.currency, value.minor];
    case "date":
      return [4, value.days];
    case "party":
      return [5, value.text];
    case "choice":
      return [6, value.text];
    case "absent":
      return [7];
    case "file":
      return [10, value.root, value.bytes];
    default:
      return [value.type === "list" ? 8 : 9, value.items.map(item)];
  }
}

const hex = (value) => encode(item(value)).toString("hex");

/** What a verifier asked for, as a case says it: under a name, or that it is current. */
export function asked(expected) {
  if (!expected) return {};
  const { audience, nonce, now_ms, max_age_ms } = expected;
  const times = { nowMs: BigInt(now_ms), maxAgeMs: BigInt(max_age_ms) };
  return audience === undefined ? { recent: times } : { expected: { audience, nonce: new Uint8Array(Buffer.from(nonce, "hex")), ...times } };
}

/** A verdict for the corpus: names in the kind's order, values as they are encoded. */
export function told(verdict) {
  if (!verdict.valid) return { valid: false, step: verdict.step };
  const part = ({ length, items }) => ({ length: length === undefined ? null : Number(length), items: items.map(({ index, value }) => [Number(index), hex(value)]) });
  return {
    valid: true,
    contract: verdict.contract,
    kind: verdict.kind,
    fields: verdict.fields.map(({ field, value }) => [field.name, hex(value)]),
    parts: verdict.parts.map((shown) => [shown.field.name, part(shown.part)]),
    hidden: verdict.hidden,
    attested_by: verdict.attestedBy.map(({ party, name }) => [party, name]),
    certified_at_ms: Number(verdict.certifiedAtMs),
    log_index: Number(verdict.logIndex),
    fact: verdict.fact,
    ...(verdict.current && { current: [Number(verdict.current.atMs), Number(verdict.current.covered)] }),
    ...(verdict.shown && { shown: [verdict.shown.audience, Number(verdict.shown.atMs)] }),
  };
}

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));

/** The cases, with their proofs as bytes. */
export function corpus() {
  const lines = repository(`${VECTORS}/bundles.jsonl`).trim().split("\n");
  return lines.map((line) => JSON.parse(line)).map((one) => ({ ...one, proof: bytes(one.proof), history: one.history && bytes(one.history) }));
}

export function trustText(name) {
  return repository(`${VECTORS}/trust/${name}.json`);
}

/** The step at which the first case fails when bit 0 of a byte is changed, by byte. */
export function flips() {
  const runs = repository(`${VECTORS}/flips.txt`).trim().split("\n").map((line) => /^(\d+)-(\d+) (\w+)$/.exec(line));
  return runs.flatMap(([, from, to, step]) => Array(to - from + 1).fill(step));
}
