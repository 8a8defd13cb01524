// Trust files: what a verifier starts from. Keys inside a proof are never trusted; they are proven from here.

import { hex, utf8, type Bytes } from "./bytes.ts";
import { ContractError, readContract, type Contract } from "./deed/contract.ts";
import { NoteError, verifierKey, type VerifierKey } from "./note.ts";
import { sha256 } from "./sha256.ts";

export interface Trust {
  /** The network's id. */
  readonly network: Bytes;
  /** The key that signs the network map's checkpoints. */
  readonly registrar: VerifierKey;
  /** The key that signs the notary's log. */
  readonly notary: VerifierKey;
  /** The notary's lineage. */
  readonly lineage: Bytes;
  /** The contracts accepted, by the hash of their text. */
  readonly contracts: ReadonlyMap<string, Contract>;
}

/** Why a trust file can't be used, in words. */
export class TrustError extends Error {}

/** What may stand in the file: a comment or empty line, `[[contract]]`, `key = "value"`, or a key with a text between `'''`. */
const LINE = /(?:#.*)?\n|(\[\[contract\]\])\n|(\w+) = (?:"((?:[^"\\\n]|\\["\\])*)"|'''\n([^]*?)''')\n/y;

type Table = Record<string, string>;

/** The file's tables: its own, then one for each contract. */
function tables(text: string): Table[] {
  const all: Table[] = [{}];
  LINE.lastIndex = 0;
  while (LINE.lastIndex < text.length) {
    const at = LINE.lastIndex;
    const match = LINE.exec(text);
    if (!match) throw new TrustError(`this line is not understood: ${text.slice(at).split("\n", 1)[0]}`);
    const [, contract, name, quoted, block] = match;
    const table = all.at(-1)!;
    if (contract) all.push({});
    else if (name) {
      if (name in table) throw new TrustError(`${name} stands there twice`);
      table[name] = block ?? quoted!.replace(/\\(.)/g, "$1");
    }
  }
  return all;
}

/** The words of these names, all of them and no others. */
function words<Name extends string>(table: Table, ...names: Name[]): Record<Name, string> {
  const unknown = Object.keys(table).find((name) => !names.includes(name as Name));
  if (unknown) throw new TrustError(`${unknown} has no meaning here`);
  const missing = names.find((name) => table[name] === undefined);
  if (missing) throw new TrustError(`it doesn't say ${missing}`);
  return table as Record<Name, string>;
}

function key(what: string, text: string): VerifierKey {
  try {
    return verifierKey(text);
  } catch (error) {
    if (error instanceof NoteError) throw new TrustError(`${what}: ${error.message}`);
    throw error;
  }
}

/** Contracts by the hash of their text; one may use another, wherever it stands. */
function contracts(entries: readonly Table[]): Map<string, Contract> {
  const texts = new Map<string, { name: string; text: string }>();
  for (const entry of entries) {
    const { name, sha256: stated, text } = words(entry, "name", "sha256", "text");
    if (hex(sha256(utf8(text))) !== stated) throw new TrustError(`the text of the contract ${name} does not have the hash beside it`);
    texts.set(stated, { name, text });
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
 * Reads a trust file.
 *
 * @throws TrustError
 */
export function readTrust(text: string): Trust {
  const [own, ...entries] = tables(text);
  const { network, registrar, notary } = words(own!, "network", "registrar", "notary");
  const notaryKey = key("notary", notary);
  return {
    network: sha256(utf8(`pvn network/1\0${network}\0${registrar}`)),
    registrar: key("registrar", registrar),
    notary: notaryKey,
    lineage: sha256(utf8(`pvn notary lineage/1\0${notaryKey.name}`)),
    contracts: contracts(entries),
  };
}
