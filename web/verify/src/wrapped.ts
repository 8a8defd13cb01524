// Proofs that say more than a bare bundle, and kinds of facts that ask for more: what is still current, and what its holder alone can show.
// Loaded when there is one (`parts.ts`).

import { type Bytes } from "./bytes.ts";
import { isPresentation, type Bundle } from "./bundle.ts";
import { type Reader } from "./cbor.ts";
import { checkCurrent, checkRecent, readCurrent, type Recent, type Standing } from "./current.ts";
import { checkHolder, readPresentation, type Expected, type Presentation } from "./presentation.ts";
import { printable } from "./say.ts";
import { moment } from "./show.ts";
import { type Trust } from "./trust.ts";
import { type Proven } from "./verdict.ts";

/** A bundle with what stands around it. */
export interface Wrapped {
  readonly bundle: Bundle;
  readonly presentation?: Presentation;
  readonly standing?: Standing;
}

/** What a verifier asked for: to be shown a fact by its holder, or one that was current recently. */
export interface Asked {
  readonly expected?: Expected | undefined;
  readonly recent?: Recent | undefined;
}

/** Reads a presentation or a current proof. */
export function readWrapped(r: Reader): Wrapped {
  return isPresentation(r.bytes) ? readPresentation(r) : readCurrent(r);
}

/** Checks what stands around a bundle that holds, and says what that adds. */
export async function checkWrapped({ bundle, presentation, standing }: Wrapped, isHeld: boolean, id: Bytes, trust: Trust, { expected, recent }: Asked): Promise<Pick<Proven, "shown" | "current" | "besides">> {
  if (standing) await checkCurrent(standing, bundle, id, trust);
  await checkHolder(isHeld, bundle.fact.holder, presentation, trust.network, expected);
  if (recent) checkRecent(standing, recent);
  if (standing) {
    const { atMs, covered } = standing;
    return { current: { atMs, covered }, besides: `Current on ${moment(atMs)}: not used up by anything before entry ${covered} of the notary's log.` };
  }
  if (!presentation) return {};
  const { audience, atMs } = presentation;
  return { shown: { audience, atMs }, besides: `Shown by its holder to ${printable(audience)} on ${moment(atMs)}.` };
}
