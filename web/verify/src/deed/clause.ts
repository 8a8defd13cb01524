// One clause of a contract, read from its first word to its last.

import { clause, refuse, type Line, type Token } from "./lines.ts";

export class Clause {
  #next = 0;
  readonly #tokens: readonly Token[];

  constructor(
    readonly line: Line,
    tokens?: readonly Token[],
  ) {
    this.#tokens = tokens ?? clause(line);
  }

  refuse(reason: string): never {
    return refuse(this.line, reason);
  }

  #expected(what: string): never {
    const token = this.#tokens[this.#next];
    return this.refuse(`expected ${what}, found ${token ?? "the end of the clause"}`);
  }

  at(token: Token): boolean {
    return this.#tokens[this.#next] === token;
  }

  /** Whether a field begins here: `name:`. */
  atField(): boolean {
    return this.#tokens[1] === ":";
  }

  atText(): boolean {
    return this.#tokens[this.#next]?.startsWith('"') ?? false;
  }

  eat(token: Token): boolean {
    const found = this.at(token);
    if (found) this.#next++;
    return found;
  }

  expect(token: Token): void {
    if (!this.eat(token)) this.#expected(`\`${token}\``);
  }

  #take(form: RegExp, what: string): string {
    const token = this.#tokens[this.#next] ?? "";
    if (!form.test(token)) this.#expected(what);
    this.#next++;
    return token;
  }

  name(what: string): string {
    return this.#take(/^[A-Za-z][A-Za-z0-9_]*$/, what);
  }

  int(what: string): number {
    return Number(this.#take(/^[0-9]{1,9}$/, what));
  }

  /** One or more texts in quotes, joined by spaces. */
  text(what: string): string {
    const parts = [this.#take(/^".*"$/, what)];
    while (this.atText()) parts.push(this.#take(/^".*"$/, what));
    return parts.map((part) => part.slice(1, -1)).join(" ");
  }

  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.eat(",")) items.push(item());
    return items;
  }

  atEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  end(): void {
    if (!this.atEnd()) this.#expected("the end of the clause");
  }
}
