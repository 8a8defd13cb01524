// Trust files: what a verifier starts from. Keys inside a proof are never trusted; they are proven from here.

import { type Epoch } from "./authorities.ts";
import { hex, utf8, type Bytes } from "./bytes.ts";
import { ContractError, readContract, type Contract } from "./deed/contract.ts";
import { logKeys, NoteError, type LogKeys } from "./note.ts";
import { epochs } from "./parts.ts";
import { sha256 } from "./sha256.ts";

export interface Trust {
  /** The network's id. */
  readonly network: Bytes;
  /** The keys that sign the network map's checkpoints. */
  readonly registrar: LogKeys;
  /** The keys that sign the notary's log. */
  readonly notary: LogKeys;
  /** Who kept the log after its founder. */
  readonly epochs: readonly Epoch[];
  /** The notary's lineage. */
  readonly lineage: Bytes;
  /** The contracts accepted, by the hash of their text. */
  readonly contracts: ReadonlyMap<string, Contract>;
}

/** Why a trust file can't be used, in words. */
export class TrustError extends Error {}

/** The form of trust files of a log that its founder keeps, and of one that went over to others. */
const FOUNDED = 2;
const CHANGED = 3;
const NAMES = ["pvn_trust", "network", "founded_by", "registrar", "notary", "contracts"];

/** A text, a brace, or a colon: enough to see which names stand in which object. */
const MARK = /"(?:[^"\\]|\\.)*"|[{}:]/gs;

/** JSON lets a name stand twice, and readers differ in which they take. */
function refuseTwice(json: string): void {
  const open: Set<string>[] = [];
  let last = "";
  for (const [mark] of json.matchAll(MARK)) {
    if (mark === "{") open.push(new Set());
    else if (mark === "}") open.pop();
    else if (mark === ":") {
      const name: string = JSON.parse(last);
      if (open.at(-1)!.has(name)) throw new TrustError(`${name} stands there twice`);
      open.at(-1)!.add(name);
    }
    last = mark;
  }
}

function parsed(bytes: Bytes): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const json: unknown = JSON.parse(text);
    refuseTwice(text);
    if (/\d[.eE]/.test(text.replace(MARK, ""))) throw new TrustError("a number is not written in its one form");
    return json;
  } catch (error) {
    if (error instanceof TrustError) throw error;
    throw new TrustError("it is not JSON");
  }
}

export type Table = Record<string, unknown>;

/** An object with all of these names and no others. */
export function table(json: unknown, names: readonly string[]): Table {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new TrustError("there is something in the place of an object");
  const unknown = Object.keys(json).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TrustError(`${unknown} has no meaning here`);
  const missing = names.find((name) => !(name in json));
  if (missing !== undefined) throw new TrustError(`it doesn't say ${missing}`);
  return json as Table;
}

export function text(of: Table, name: string): string {
  const value = of[name];
  // Half a character has no UTF-8.
  if (typeof value !== "string" || /\p{Surrogate}/u.test(value)) throw new TrustError(`${name} is not a text`);
  return value;
}

export function list(of: Table, name: string): unknown[] {
  const value = of[name];
  if (!Array.isArray(value)) throw new TrustError(`${name} is not a list`);
  return value;
}

/** The keys of a log. */
export async function keys(of: Table, whose: string): Promise<LogKeys> {
  const texts = list(of, whose).map((key) => text({ [whose]: key }, whose));
  try {
    return await logKeys(texts);
  } catch (error) {
    if (error instanceof NoteError) throw new TrustError(`${whose}: ${error.message}`);
    throw error;
  }
}

/** Contracts by the hash of their text; one may use another, wherever it stands. */
function contracts(entries: readonly unknown[]): Map<string, Contract> {
  const texts = new Map<string, { name: string; text: string }>();
  for (const json of entries) {
    const entry = table(json, ["name", "sha256", "text"]);
    const one = { name: text(entry, "name"), text: text(entry, "text") };
    const stated = text(entry, "sha256");
    if (hex(sha256(utf8(one.text))) !== stated) throw new TrustError(`the text of the contract ${one.name} does not have the hash beside it`);
    texts.set(stated, one);
  }
  const found = new Map<string, Contract>();
  // No two texts have each other's hash in them: this ends.
  const find = (id: string): Contract | undefined => {
    const known = found.get(id);
    const entry = texts.get(id);
    if (known || !entry) return known;
    try {
      const contract = readContract(entry.text, find);
      found.set(id, contract);
      return contract;
    } catch (error) {
      if (error instanceof ContractError) throw new TrustError(`contract ${entry.name}: ${error.message}`);
      throw error;
    }
  };
  for (const id of texts.keys()) find(id);
  return found;
}

/**
 * Reads a trust file: docs/protocol/verifiers.md, "Trust files".
 *
 * @throws TrustError
 */
export async function readTrust(bytes: Bytes): Promise<Trust> {
  const file = table(parsed(bytes), NAMES);
  const form = file.pvn_trust;
  if (form !== FOUNDED && form !== CHANGED) throw new TrustError(`it is of form ${JSON.stringify(form)}, and this version reads forms ${FOUNDED} and ${CHANGED}`);
  const registrar = await keys(file, "registrar");
  const log = form === CHANGED ? await (await epochs()).changed(file) : { keys: await keys(file, "notary"), epochs: [] };
  return {
    network: sha256(utf8(`pvn network/1\0${text(file, "network")}\0${text(file, "founded_by")}`)),
    registrar,
    notary: log.keys,
    epochs: log.epochs,
    lineage: sha256(utf8(`pvn notary lineage/1\0${log.keys[0].name}`)),
    contracts: contracts(list(file, "contracts")),
  };
}
