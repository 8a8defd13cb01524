// A contract's text as lines of words, each with the deeper lines under it: docs/deed/specification.md, "Text".

import { utf8 } from "../bytes.ts";
import { CONTRACT_BYTES_MAX, DECLARATIONS_MAX, INDENT_LEVELS_MAX } from "../limits.ts";

/** Why a text can't be read as a contract, with the line where it fails. */
export class ContractError extends Error {}

/** A word, number or mark as it stands; a text in quotes with them. */
export type Token = string;

export interface Line {
  readonly number: number;
  readonly column: number;
  readonly tokens: readonly Token[];
  /** The lines right under this one. */
  readonly under: Line[];
}

export function refuse(line: Line | number, reason: string): never {
  throw new ContractError(`line ${typeof line === "number" ? line : line.number}: ${reason}`);
}

/** The words of one line, without its comment. */
function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const part of text.matchAll(/"[^"]*"|[A-Za-z][A-Za-z0-9_]*|[0-9]+|#.*|[^ ]/gu)) {
    if (part[0].startsWith("#")) break;
    found.push(part[0]);
  }
  return found;
}

/** The lines that stand under no other. */
export function lines(text: string): Line[] {
  if (utf8(text).length > CONTRACT_BYTES_MAX) refuse(1, "the contract is too long");
  const roots: Line[] = [];
  const open: Line[] = [];
  text.split("\n").forEach((source, i) => {
    if (/\p{Cc}/u.test(source)) refuse(i + 1, "a tab or another control character");
    const found = tokens(source);
    if (found.length === 0) return;
    const line: Line = { number: i + 1, column: source.search(/[^ ]/), tokens: found, under: [] };
    while (open.length > 0 && open.at(-1)!.column >= line.column) open.pop();
    const beside = open.at(-1)?.under ?? roots;
    if (beside.length > 0 ? beside[0]!.column !== line.column : open.length === 0 && line.column > 0) {
      refuse(line, "it begins at another column than its neighbours");
    }
    if (open.length >= INDENT_LEVELS_MAX) refuse(line, "one level too deep");
    if (beside.length >= DECLARATIONS_MAX) refuse(line, "one line too many");
    beside.push(line);
    open.push(line);
  });
  return roots;
}

/** A line and all under it as one clause. */
export function clause(line: Line): Token[] {
  return [...line.tokens, ...line.under.flatMap(clause)];
}
