// The form of whoever asked to be shown something: under which name, with which code, and how old an answer may be.
import type { Expected } from "../verify/src/presentation.ts";

const MINUTE_MS = 60_000n;

const field = (name: string) => document.getElementById(name) as HTMLInputElement;

/** Marks a field that is filled in wrongly, or takes the mark away. */
function mark(name: string, isRight: boolean): boolean {
  const input = field(name);
  document.getElementById(`${name}-error`)!.hidden = isRight;
  input.classList.toggle("govuk-input--error", !isRight);
  input.closest(".govuk-form-group")!.classList.toggle("govuk-form-group--error", !isRight);
  input.setAttribute("aria-invalid", String(!isRight));
  return isRight;
}

/** What the form says was asked, which may be nothing; no answer where a field is wrong, which then has the focus. */
function asked(): { readonly expected: Expected | undefined } | undefined {
  const [audience, nonce, minutes] = [field("audience").value, field("nonce").value.trim(), field("minutes").value.trim()];
  const right = {
    audience: audience !== "" || nonce === "",
    nonce: /^([0-9a-f]{2})*$/.test(nonce) && (nonce !== "" || audience === ""),
    minutes: /^\d{1,9}$/.test(minutes),
  };
  const [wrong] = Object.entries(right).filter(([name, isRight]) => !mark(name, isRight));
  if (wrong) return void field(wrong[0]).focus();
  if (audience === "") return { expected: undefined };
  const bytes = Uint8Array.from(nonce.match(/../g)!, (pair) => parseInt(pair, 16));
  return { expected: { audience, nonce: bytes, nowMs: BigInt(Date.now()), maxAgeMs: BigInt(minutes) * MINUTE_MS } };
}

/** Calls back with what was asked whenever the form is filled in. */
export function answered(call: (expected: Expected | undefined) => void): void {
  document.getElementById("asked")!.addEventListener("submit", (event) => {
    event.preventDefault();
    const answer = asked();
    if (answer) call(answer.expected);
  });
}
