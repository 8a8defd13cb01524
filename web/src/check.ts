// The script of the page that checks proofs. It reads the network's trust file once, while the page loads, and loads what few proofs need; from then
// on it needs no network, and sends nothing at all.
import { isPresentation } from "../verify/src/bundle.ts";
import { epochs, hybrid, wrapped } from "../verify/src/parts.ts";
import type { Expected } from "../verify/src/presentation.ts";
import { type Bytes } from "../verify/src/bytes.ts";
import { lacking, partsAndFields, printable, signed } from "../verify/src/say.ts";
import { readTrust, TrustError, type Trust } from "../verify/src/trust.ts";
import { type NotProven, type Proven } from "../verify/src/verdict.ts";
import { verify } from "../verify/src/verify.ts";

const SITE = "/network.trust";

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string, ...children: (Node | string)[]): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

const part = (id: string) => document.getElementById(id)!;
const paragraph = (text: string) => element("p", "govuk-body", text);
const bytesOf = async (file: Blob | Response) => new Uint8Array(await file.arrayBuffer());

function table(proven: Proven): HTMLElement {
  const rows = partsAndFields(proven).map(([name, words]) => {
    const heading = element("th", "govuk-table__header", name);
    heading.scope = "row";
    return element("tr", "govuk-table__row", heading, element("td", "govuk-table__cell", words));
  });
  const caption = element("caption", "govuk-table__caption govuk-visually-hidden", "What is proven");
  return element("table", "govuk-table pvn-proven", caption, element("tbody", "govuk-table__body", ...rows));
}

/** Marks the step that failed in the page's list of them. */
function mark(verdict: Proven | NotProven): void {
  const failed = verdict.valid ? undefined : verdict.step;
  const list = part("steps") as HTMLDetailsElement;
  for (const item of list.querySelectorAll("li")) {
    item.querySelector("strong")?.remove();
    if (item.dataset["step"] === failed) item.append(element("strong", "pvn-fails", " This step failed."));
  }
  list.hidden = false;
  list.open = failed !== undefined;
}

function proven(verdict: Proven): (Node | string)[] {
  const hidden = lacking(verdict);
  return [
    element("h3", "govuk-heading-m", `VALID: ${verdict.kind} under the contract ${verdict.contract}.`),
    table(verdict),
    ...(hidden ? [element("div", "govuk-inset-text pvn-warning", element("strong", "", hidden))] : []),
    ...signed(verdict).map(paragraph),
  ];
}

function refused(verdict: NotProven): Node[] {
  return [element("h3", "govuk-heading-m", "NOT VALID"), paragraph(`The step that failed: ${printable(verdict.reason)}.`)];
}

/** Dropped files, and the form for whoever was shown something. */
const later = () => import("./later.ts");

class Checker {
  #site: Trust | undefined;
  #own: Trust | undefined;
  #ownName = "";
  /** Files are read one after the other; only the last one's verdict is shown. */
  #latest = 0;
  #file: File | undefined;
  readonly #proof = part("proof") as HTMLInputElement;
  readonly #trust = part("trust") as HTMLInputElement;
  readonly #verdict = part("verdict");
  readonly #asked = part("asked");

  async start(): Promise<void> {
    part("no-checker").hidden = true;
    part("checker").hidden = false;
    this.#proof.addEventListener("change", () => this.#check(this.#proof.files?.[0]));
    this.#trust.addEventListener("change", () => void this.#believe(this.#trust.files?.[0]));
    const parts = Promise.all([this.#later(), hybrid(), wrapped(), epochs()]);
    try {
      const answer = await fetch(SITE);
      if (answer.ok) this.#site = await readTrust(await bytesOf(answer));
    } catch {
      // The page says so.
    }
    await parts.catch(() => (part("incomplete").hidden = false));
    this.#against();
  }

  #against(): void {
    const line = part("against");
    line.textContent = this.#own ? `Checked against your own file, ${this.#ownName}.` : line.dataset[this.#site ? "site" : "nothing"]!;
  }

  async #believe(file: File | undefined): Promise<void> {
    const wrong = part("trust-error");
    wrong.hidden = true;
    this.#own = undefined;
    try {
      if (file) {
        this.#own = await readTrust(await bytesOf(file));
        this.#ownName = printable(file.name);
      }
    } catch (error) {
      wrong.textContent = `This file can’t be used: ${error instanceof TrustError ? printable(error.message) : "it can’t be read"}.`;
      wrong.hidden = false;
    }
    this.#against();
    this.#check(this.#file);
  }

  #check(file: File | undefined): void {
    this.#file = file;
    this.#verdict.hidden = part("steps").hidden = this.#asked.hidden = true;
    if (file) void this.#show(file);
  }

  async #later(): Promise<void> {
    const { answered, dropped } = await later();
    answered((expected) => void this.#show(this.#file!, { expected }));
    dropped((file) => {
      this.#proof.value = "";
      this.#check(file);
    });
  }

  async #show(file: File, answer?: { readonly expected: Expected | undefined }): Promise<void> {
    const turn = ++this.#latest;
    const bytes = await bytesOf(file).catch(() => undefined);
    const waits = bytes && isPresentation(bytes) && !answer;
    const content = waits ? [] : await this.#content(file.name, bytes, answer?.expected);
    if (turn !== this.#latest) return;
    this.#verdict.replaceChildren(...content);
    if (waits) this.#asked.hidden = false;
    else this.#verdict.hidden = false;
    (waits ? part("asked-heading") : this.#verdict).focus();
  }

  async #content(file: string, bytes: Bytes | undefined, expected: Expected | undefined): Promise<(Node | string)[]> {
    const trust = this.#own ?? this.#site;
    part("steps").hidden = true;
    delete this.#verdict.dataset["valid"];
    const unchecked = (why: "trust" | "https" | "file" | "part") => [name, paragraph(this.#verdict.dataset[`no_${why}`]!)];
    const name = paragraph(`The file ${printable(file)}:`);
    if (!trust) return unchecked("trust");
    if (!crypto.subtle) return unchecked("https");
    if (!bytes) return unchecked("file");
    try {
      const verdict = await verify(bytes, trust, { expected });
      this.#verdict.dataset["valid"] = String(verdict.valid);
      mark(verdict);
      return [name, ...(verdict.valid ? proven(verdict) : refused(verdict))];
    } catch {
      return unchecked("part");
    }
  }
}

void new Checker().start();
