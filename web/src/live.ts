// Live figures. The server says over an event stream that there are new payments; the page then asks
// for itself again and takes over the parts that changed. Every figure on the screen is therefore of
// one moment, and none is computed here.

/** No sign of life for this long means that the stream is dead: more than twice the server's beat. */
const SILENCE_MS = 25_000;
/** How often the page may be asked for again while payments pour in. */
const REFRESH_MS = 1_000;
const RETRY_MS = 3_000;

type State = "live" | "lost" | "paused";

export function follow(page: Document): void {
  const bar = page.getElementById("live");
  const last = page.body.dataset["last"];
  if (bar && last && "EventSource" in window) new Live(page, bar, last).start();
}

class Live {
  #source: EventSource | undefined;
  #silence = 0;
  #retry = 0;
  #refresh = 0;
  #refreshedAt = 0;
  #state: State | undefined;
  #asOf: string;
  readonly #text: HTMLElement;
  readonly #say: HTMLElement;
  readonly #pause: HTMLElement;

  constructor(
    readonly page: Document,
    readonly bar: HTMLElement,
    private last: string,
  ) {
    const part = (name: string) => bar.querySelector<HTMLElement>(`[data-part=${name}]`)!;
    this.#text = part("text");
    this.#say = part("say");
    this.#pause = part("pause");
    this.#asOf = bar.dataset["asOf"] ?? "";
  }

  start(): void {
    this.bar.hidden = false;
    this.#pause.addEventListener("click", () => (this.#state === "paused" ? this.#connect() : this.#stop("paused")));
    // A page that nobody looks at holds no connection; it catches up when it is looked at again.
    const looked = () => {
      if (this.#state === "paused") return;
      if (this.page.hidden) this.#close();
      else if (!this.#source) this.#connect();
    };
    this.page.addEventListener("visibilitychange", looked);
    window.addEventListener("pageshow", (event) => event.persisted && looked());
    window.addEventListener("pagehide", () => this.#close());
    this.#connect();
  }

  #connect(): void {
    this.#close();
    const source = new EventSource(`/events?after=${this.last}`);
    this.#source = source;
    source.addEventListener("open", () => this.#alive());
    source.addEventListener("beat", (event) => this.#heard(event));
    source.addEventListener("payments", (event) => {
      this.#heard(event);
      this.#askAgain();
    });
    source.addEventListener("error", () => this.#lost());
    this.#watch();
  }

  #heard(event: MessageEvent<string>): void {
    this.last = event.lastEventId;
    this.#asOf = (JSON.parse(event.data) as { as_of_words?: string }).as_of_words ?? this.#asOf;
    this.#alive();
  }

  #alive(): void {
    this.#watch();
    this.#show("live");
  }

  #watch(): void {
    clearTimeout(this.#silence);
    this.#silence = window.setTimeout(() => this.#lost(), SILENCE_MS);
  }

  #lost(): void {
    this.#stop("lost");
    this.#retry = window.setTimeout(() => this.#connect(), RETRY_MS);
  }

  #stop(state: State): void {
    this.#close();
    this.#show(state);
  }

  #close(): void {
    this.#source?.close();
    this.#source = undefined;
    for (const timer of [this.#silence, this.#retry, this.#refresh]) clearTimeout(timer);
    this.#refresh = 0;
  }

  #show(state: State): void {
    const words = {
      live: `Live. ${this.#asOf}`,
      lost: `Live updates have stopped. ${this.#asOf} Trying again…`,
      paused: `Live updates are paused. ${this.#asOf}`,
    };
    this.#text.textContent = words[state];
    this.#pause.textContent = state === "paused" ? "Resume" : "Pause";
    this.bar.dataset["state"] = state;
    // Heard by screen readers only when the state changes, not with every payment.
    if (this.#state && this.#state !== state) this.#say.textContent = words[state];
    this.#state = state;
  }

  #askAgain(): void {
    if (this.#refresh) return;
    const wait = Math.max(0, this.#refreshedAt + REFRESH_MS - Date.now());
    this.#refresh = window.setTimeout(() => void this.#takeOver(), wait);
  }

  async #takeOver(): Promise<void> {
    this.#refreshedAt = Date.now();
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of this.page.querySelectorAll<HTMLElement>("[data-live]")) {
        const next = fresh.getElementById(part.id);
        if (next) takeOver(part, next);
      }
      this.#refresh = 0;
      // Payments that came while the page was on its way are news once more.
      if (Number(fresh.body.dataset["last"]) < Number(this.last)) this.#askAgain();
    } catch {
      this.#refresh = 0;
      this.#lost();
    }
  }
}

/** Replaces a part of the page, but keeps where the reader is: focus, open details, selected text. */
function takeOver(part: HTMLElement, fresh: HTMLElement): void {
  if (part.innerHTML === fresh.innerHTML) return;
  const selected = window.getSelection();
  if (selected && !selected.isCollapsed && selected.containsNode(part, true)) return;
  for (const open of part.querySelectorAll("details[open][id]")) fresh.querySelector(`#${open.id}`)?.setAttribute("open", "");
  const active = document.activeElement;
  const place = active && part.contains(active) ? placeOf(active, part) : undefined;
  part.replaceChildren(...fresh.childNodes);
  if (place) focusable(part).find((element) => placeOf(element, part) === place)?.focus({ preventScroll: true });
}

const focusable = (part: Element) => [...part.querySelectorAll<HTMLElement>("a[href], summary, button")];

/** What an element leads to, and which one of those with the same it is. */
function placeOf(element: Element, part: Element): string {
  const name = (one: Element) => one.getAttribute("href") ?? one.closest("details")?.id ?? "";
  const same = focusable(part).filter((one) => name(one) === name(element));
  return `${name(element)} ${same.indexOf(element as HTMLElement)}`;
}
