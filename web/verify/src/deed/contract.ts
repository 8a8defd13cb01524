// What a contract declares, as far as a verifier needs it: kinds of fact with their fields' types, and who vouches for each. Read from the
// text that people read, so that nothing stands between the two. Whether a contract is otherwise in order is not asked: docs/deed has
// that, and whoever writes a trust file answers for it.

import { CREDENTIAL_TYPE_CHARACTERS_MAX } from "../limits.ts";
import { isParty } from "../value.ts";
import { Clause } from "./clause.ts";
import { ContractError, lines, refuse, type Line } from "./lines.ts";
import { readField, type Field, type Record } from "./types.ts";

export { ContractError };
export type { Field };

/** Clauses of a fact that say nothing to a verifier. Any other is not passed over: it could change what a proof means. */
const PASSED_OVER = ["one", "controlled", "seen", "observed", "public", "payable", "about", "keep", "law"];
const DECLARATIONS = ["uses", "replaces", "party", "record", "fact", "scale", "parameter", "calendar", "host", "action"];

/** Where a party that is always there comes from: the contract, or a field of the fact. */
export type PartyRef = { readonly party: string } | { readonly field: number };

export interface Kind {
  readonly name: string;
  readonly fields: readonly Field[];
  /** Who vouches for it; empty when nobody does alone. */
  readonly attestors: readonly PartyRef[];
  /** How many of them must. */
  readonly needed: number;
  /** Who alone can show a proof of it; without it, whoever has a proof can. */
  readonly shownBy: PartyRef | undefined;
  /** As which credential its holder can take it elsewhere, and the field with its last day. */
  readonly credential: { readonly vct: string; readonly until: number | undefined } | undefined;
}

export interface Contract {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly records: ReadonlyMap<string, Record>;
}

/** Finds another contract by the hash of its text. */
type Others = (hash: string) => Contract | undefined;

/** What is said before the kinds: parties by name, records by name. */
interface Names {
  readonly parties: Map<string, string>;
  readonly records: Map<string, Record>;
}

function party(c: Clause, fields: readonly Field[], names: Names): PartyRef {
  const name = c.name("a party or a field with one");
  const field = fields.findIndex((f) => f.name === name);
  const party = names.parties.get(name);
  if (field >= 0 && party !== undefined) c.refuse(`${name} is both a field and a party of the contract`);
  if (party !== undefined) return { party };
  if (field < 0) c.refuse(`there is no field or party ${name}`);
  if (fields[field]!.type.is !== "party" || c.at("of")) c.refuse(`${name} may be nobody`);
  return { field };
}

function attested(c: Clause, fields: readonly Field[], names: Names): Pick<Kind, "attestors" | "needed"> {
  const needed = c.eat("any") ? c.int("how many of them") : undefined;
  if (needed !== undefined) c.expect("of");
  const attestors = c.list(() => party(c, fields, names));
  c.end();
  if (needed !== undefined && (needed < 1 || needed > attestors.length)) c.refuse(`any ${needed} of ${attestors.length} can't be asked for`);
  return { attestors, needed: needed ?? attestors.length };
}

function shownBy(c: Clause, fields: readonly Field[], names: Names): PartyRef {
  const holder = party(c, fields, names);
  c.end();
  return holder;
}

/** `https://`, a host in small letters, and a path: no port, no fragment. */
const CREDENTIAL_TYPE = /^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*(\/[A-Za-z0-9._~/?%:@!$&'()*+,;=-]*)?$/;

function credential(c: Clause, fields: readonly Field[]): Kind["credential"] {
  const vct = c.text("the credential's type, an address in quotes");
  if (!CREDENTIAL_TYPE.test(vct) || vct.length > CREDENTIAL_TYPE_CHARACTERS_MAX) c.refuse("a credential's type is an https address");
  const name = c.eat("until") ? c.name("the field with its last day") : undefined;
  c.end();
  if (name === undefined) return { vct, until: undefined };
  const until = fields.findIndex((f) => f.name === name);
  const type = fields[until]?.type;
  if ((type?.is === "optional" ? type.of : type)?.is !== "date") c.refuse(`${name} is not a field with a date`);
  return { vct, until };
}

/** The name of a declaration, which its own line ends, but for `is money`. */
function declared(line: Line, words: readonly string[] = []): string {
  const c = new Clause(line, line.tokens.slice(1));
  const name = c.name("a name");
  if (words.length > 0 && c.at(words[0]!)) words.forEach((word) => c.expect(word));
  c.end();
  return name;
}

function unique(line: Line, fields: readonly Field[]): readonly Field[] {
  if (new Set(fields.map((f) => f.name)).size < fields.length) refuse(line, "two fields have one name");
  return fields;
}

function readKind(line: Line, names: Names): Kind {
  const clauses = line.under.map((under) => new Clause(under));
  const money = line.tokens.includes("is");
  const name = declared(line, ["is", "money"]);
  const fields = unique(line, clauses.filter((c) => c.atField()).map((c) => readField(c, names.records)));
  if (fields.length === 0) refuse(line, "it has no fields");
  const said = clauses.filter((c, i) => !c.atField() && !(i === 0 && c.atText()) && !PASSED_OVER.some((word) => c.at(word)));
  let vouched: Pick<Kind, "attestors" | "needed"> | undefined;
  let holder: PartyRef | undefined;
  let taken: Kind["credential"];
  for (const c of said) {
    if (c.eat("attested")) {
      if (vouched) refuse(line, "it says twice who attests it");
      c.expect("by");
      vouched = attested(c, fields, names);
    } else if (c.eat("shown")) {
      if (holder) refuse(line, "it says twice who shows it");
      if (money) c.refuse("money is not shown by anybody");
      c.expect("by");
      holder = shownBy(c, fields, names);
    } else if (c.eat("credential")) {
      if (taken) refuse(line, "it says twice which credential it is");
      taken = credential(c, fields);
    } else c.refuse("this clause of a fact is not known");
  }
  if (taken && !holder) refuse(line, "anybody could show it as a credential");
  return { name, fields, attestors: [], needed: 0, ...vouched, shownBy: holder, credential: taken };
}

function readRecord(line: Line, names: Names): Record {
  return { name: declared(line), fields: unique(line, line.under.map((under) => readField(new Clause(under), names.records))) };
}

function readParty(line: Line): [string, string] {
  const c = new Clause(line);
  c.expect("party");
  const name = c.name("the party's name");
  c.expect("=");
  const id = c.text("the party's identifier, in quotes");
  c.end();
  if (!isParty(id)) refuse(line, `${id} is not a party's identifier`);
  return [name, id];
}

/** `uses cash sha256 "…"`: the records of another contract are types here, by its name. */
function usedRecords(line: Line, others: Others): [string, Record][] {
  const c = new Clause(line);
  c.expect("uses");
  const name = c.name("the contract's name");
  c.expect("sha256");
  const other = others(c.text("the hash of the contract's text, in quotes"));
  c.end();
  if (other?.name !== name) refuse(line, `the text of ${name} with this hash is not given`);
  return [...other.records].map(([record, value]) => [`${name}.${record}`, value]);
}

function readHeading(line: Line): string {
  const c = new Clause(line);
  c.expect("contract");
  const name = c.name("the contract's name");
  c.expect("version");
  c.int("the version's number");
  return name;
}

/**
 * Reads the declarations of a contract.
 *
 * @param others finds the contracts that it may use
 * @throws ContractError
 */
export function readContract(text: string, others: Others = () => undefined): Contract {
  const [heading, ...declarations] = lines(text);
  if (!heading) throw new ContractError("the contract is empty");
  const name = readHeading(heading);
  const unknown = declarations.find((line) => !DECLARATIONS.includes(line.tokens[0]!));
  if (unknown) refuse(unknown, "this declaration is not known");
  const of = (word: string) => declarations.filter((line) => line.tokens[0] === word);
  const names: Names = { parties: new Map(), records: new Map() };
  const add = <T>(to: Map<string, T>, line: Line, entry: readonly [string, T]) => {
    if (to.has(entry[0])) refuse(line, `${entry[0]} is declared twice`);
    to.set(...entry);
  };
  for (const line of of("party")) add(names.parties, line, readParty(line));
  const own: Map<string, Record> = new Map();
  for (const line of of("uses")) for (const entry of usedRecords(line, others)) add(names.records, line, entry);
  for (const line of of("record")) {
    const record = readRecord(line, names);
    add(names.records, line, [record.name, record]);
    own.set(record.name, record);
  }
  const kinds: Map<string, Kind> = new Map();
  for (const line of of("fact")) {
    const kind = readKind(line, names);
    add(kinds, line, [kind.name, kind]);
  }
  return { name, kinds: [...kinds.values()], records: own };
}
