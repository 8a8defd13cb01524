// The script of the page that checks proofs. It reads the network's trust file once, while the page loads; from then on it needs no network,
// and sends nothing at all.
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
const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());

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

class Checker {
  #site: Trust | undefined;
  #trouble = "";
  #own: Trust | undefined;
  #ownName = "";
  /** Files are read one after the other; only the last one's verdict is shown. */
  #latest = 0;
  readonly #proof = part("proof") as HTMLInputElement;
  readonly #trust = part("trust") as HTMLInputElement;
  readonly #verdict = part("verdict");

  async start(): Promise<void> {
    part("no-checker").hidden = true;
    part("checker").hidden = false;
    this.#proof.addEventListener("change", () => this.#check(this.#proof.files?.[0]));
    this.#trust.addEventListener("change", () => void this.#believe(this.#trust.files?.[0]));
    this.#dropping();
    try {
      const answer = await fetch(SITE);
      if (answer.ok) this.#site = readTrust(await bytesOf(await answer.blob()));
    } catch (error) {
      if (error instanceof TrustError) this.#trouble = ` (${printable(error.message)})`;
    }
    this.#against();
  }

  /** A file that misses its place would be opened in place of the page. */
  #dropping(): void {
    const drop = part("drop");
    const over = (event: DragEvent) => {
      event.preventDefault();
      drop.classList.toggle("pvn-drop--over", event.type === "dragover" && drop.contains(event.target as Node));
    };
    for (const type of ["dragover", "dragleave", "drop"] as const) document.addEventListener(type, over);
    drop.addEventListener("drop", (event) => {
      this.#proof.value = "";
      this.#check(event.dataTransfer?.files[0]);
    });
  }

  #against(): void {
    const site = this.#site ? "Checked against what this website says (its network.trust)." : `What this website says can’t be used here${this.#trouble}: choose a network.trust of your own, or the command below.`;
    part("against").textContent = this.#own ? `Checked against your own file, ${this.#ownName}.` : site;
  }

  async #believe(file: File | undefined): Promise<void> {
    const wrong = part("trust-error");
    wrong.hidden = true;
    this.#own = undefined;
    try {
      if (file) {
        this.#own = readTrust(await bytesOf(file));
        this.#ownName = printable(file.name);
      }
    } catch (error) {
      wrong.textContent = `This file can’t be used: ${error instanceof TrustError ? printable(error.message) : "it can’t be read"}.`;
      wrong.hidden = false;
    }
    this.#against();
    this.#verdict.hidden = part("steps").hidden = true;
    this.#check(this.#proof.files?.[0]);
  }

  #check(file: File | undefined): void {
    if (file) void this.#show(file);
  }

  async #show(file: File): Promise<void> {
    const turn = ++this.#latest;
    const content = await this.#content(file);
    if (turn !== this.#latest) return;
    this.#verdict.replaceChildren(...content);
    this.#verdict.hidden = false;
    this.#verdict.focus();
  }

  async #content(file: File): Promise<(Node | string)[]> {
    const trust = this.#own ?? this.#site;
    part("steps").hidden = true;
    delete this.#verdict.dataset["valid"];
    const name = paragraph(`The file ${printable(file.name)}:`);
    if (!trust) return [name, paragraph("It was not checked: there is nothing to check it against.")];
    if (!crypto.subtle) return [name, paragraph("It was not checked: browsers check signatures only on pages that came over https.")];
    try {
      const verdict = await verify(await bytesOf(file), trust);
      this.#verdict.dataset["valid"] = String(verdict.valid);
      mark(verdict);
      return [name, ...(verdict.valid ? proven(verdict) : refused(verdict))];
    } catch {
      return [name, paragraph("It was not checked: the file can’t be read.")];
    }
  }
}

void new Checker().start();
