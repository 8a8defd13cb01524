// Types of fields, as a contract writes them.

import { type Clause } from "./clause.ts";

export type Type =
  | { readonly is: "bool" | "int" | "text" | "date" | "party" | "percent" | "file" }
  | { readonly is: "decimal"; readonly places: number }
  | { readonly is: "money"; readonly currency: string }
  | { readonly is: "choice"; readonly names: readonly string[] }
  | { readonly is: "optional"; readonly of: Type }
  | { readonly is: "list"; readonly of: Type; readonly atMost: number }
  | { readonly is: "record"; readonly record: Record };

export interface Field {
  readonly name: string;
  readonly type: Type;
}

export interface Record {
  readonly name: string;
  readonly fields: readonly Field[];
}

const PLAIN = ["bool", "int", "text", "date", "party", "percent", "file"] as const;

type Named = { readonly is: "named"; readonly name: string };

/** A type without `or`; a name, which may be the first of an enumeration's, stays one. */
function single(c: Clause, records: ReadonlyMap<string, Record>): Type | Named {
  let name = c.name("a type");
  if (c.eat(".")) name += `.${c.name("a type")}`;
  if (name === "money") return { is: "money", currency: c.name("the currency") };
  if (name === "decimal") return { is: "decimal", places: c.int("how many places stand after the point") };
  if (name === "list") {
    c.expect("of");
    const of = resolve(c, single(c, records), records);
    c.expect("at");
    c.expect("most");
    return { is: "list", of, atMost: c.int("the largest number of items") };
  }
  return { is: "named", name };
}

function resolve(c: Clause, type: Type | Named, records: ReadonlyMap<string, Record>): Type {
  if (type.is !== "named") return type;
  const plain = PLAIN.find((word) => word === type.name);
  if (plain) return { is: plain };
  const record = records.get(type.name) ?? c.refuse(`there is no type ${type.name}`);
  return { is: "record", record };
}

function readType(c: Clause, records: ReadonlyMap<string, Record>): Type {
  const first = single(c, records);
  const names = first.is === "named" ? [first.name] : [];
  let optional = false;
  while (!optional && c.eat("or")) {
    const name = c.name("a name of the enumeration, or `none`");
    if (name === "none") optional = true;
    else if (names.length === 0) c.refuse("only names can be alternatives");
    else names.push(name);
  }
  const type: Type = names.length > 1 ? { is: "choice", names } : resolve(c, first, records);
  return optional ? { is: "optional", of: type } : type;
}

/** `name: type "what it is"`. */
export function readField(c: Clause, records: ReadonlyMap<string, Record>): Field {
  const name = c.name("a field's name");
  c.expect(":");
  const type = readType(c, records);
  if (!c.atEnd()) c.text("a description");
  c.end();
  return { name, type };
}
