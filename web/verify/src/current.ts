// Proofs that a fact is still current: with what makes its token, and with the notary's word that the token was unused a moment ago. See
// docs/protocol/current.md.

import { equal, u32, utf8, type Bytes } from "./bytes.ts";
import { readBundle, type Bundle } from "./bundle.ts";
import { type Reader } from "./cbor.ts";
import { BUCKET_MARKS_MAX, CURRENT_AHEAD_MS_MAX, PATH_MAX } from "./limits.ts";
import { verifiedCheckpoint } from "./checkpoint.ts";
import { NoteError } from "./note.ts";
import { hmac, sha256, tagged } from "./sha256.ts";
import { leafHash, rootFromPath } from "./tree.ts";
import { type Trust } from "./trust.ts";
import { fail } from "./verdict.ts";

const LINK = 0x54;
const FORK = 0x55;
const STEM_BYTES = 16;

/** When it was unused, and the entries of the notary's log that this is said of. */
export interface Current {
  readonly atMs: bigint;
  readonly covered: bigint;
}

/** How old the notary's word may be. */
export interface Recent {
  readonly nowMs: bigint;
  readonly maxAgeMs: bigint;
}

/** The fact's token key, and the notary's word. */
export interface Standing extends Current {
  readonly key: Bytes;
  readonly stems: readonly Bytes[];
  readonly path: readonly Bytes[];
  readonly entry: Bytes;
  readonly count: bigint;
  readonly root: Bytes;
  readonly logPath: readonly Bytes[];
  readonly checkpoint: string;
}

function readStems(r: Reader): Bytes[] {
  const start = r.at;
  const bytes = r.blob();
  const count = bytes.length / STEM_BYTES;
  if (!Number.isInteger(count) || count > BUCKET_MARKS_MAX) r.refuse("not a bucket: a few marks of 16 bytes each", start);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * STEM_BYTES, (i + 1) * STEM_BYTES));
}

/** Reads a current proof. */
export function readCurrent(r: Reader): { readonly bundle: Bundle; readonly standing: Standing } {
  r.fields(3);
  r.uint(255);
  r.fields(2);
  const key = r.digest();
  r.fields(4);
  r.fields(2);
  const [stems, path, start] = [readStems(r), r.hashes(PATH_MAX), r.at];
  r.fields(4);
  const [atMs, covered, count, root] = [r.u64(), r.u64(), r.u64(), r.digest()];
  const entry = r.since(start);
  const [logPath, checkpoint] = [r.hashes(PATH_MAX), r.text()];
  return { bundle: readBundle(r), standing: { key, stems, path, entry, atMs, covered, count, root, logPath, checkpoint } };
}

function wrong(reason: string): never {
  return fail("current", reason);
}

const bit = (bytes: Bytes, at: number) => (bytes[at >> 3]! >> (7 - (at & 7))) & 1;

/** The root of the set in which the mark isn't. */
function rootWithout(mark: Bytes, { stems, path, count }: Standing): Bytes {
  const own = mark.subarray(0, STEM_BYTES);
  const fits = (stem: Bytes) => path.every((_, at) => bit(stem, at) === bit(own, at));
  if ((path.length === 0 && count !== BigInt(stems.length)) || !stems.every(fits)) wrong("what is shown of the used ones is not where it would be");
  if (stems.some((stem) => equal(stem, own))) wrong("it is used up");
  const bucket = stems.reduce((all, stem) => tagged(LINK, all, stem), new Uint8Array(32));
  return path.reduce((below, beside, i) => (bit(own, path.length - 1 - i) ? tagged(FORK, beside, below) : tagged(FORK, below, beside)), bucket);
}

/** Checks that the fact was unused at the time that is named. */
export async function checkCurrent(standing: Standing, { fact, place }: Bundle, id: Bytes, trust: Trust): Promise<void> {
  const { key, entry, covered, root, logPath, checkpoint } = standing;
  const { control, tokenKey } = fact;
  if (!control || !tokenKey) return wrong("what makes the fact's token is hidden");
  if (!equal(sha256(utf8("pvn token key/1\0"), key), tokenKey)) wrong("the token key is not this fact's");
  const rho = hmac(key, utf8("rho/v1"), trust.lineage, id, u32(place.view.index), u32(place.output.index));
  if (!equal(rootWithout(sha256(utf8("null/v1"), control, rho), standing), root)) wrong("what is shown of the used ones does not lead to the notary's root");
  const log = await verifiedCheckpoint(checkpoint, trust.notary, trust.epochs).catch((error: unknown) => {
    if (error instanceof NoteError) wrong(`its checkpoint: ${error.message}`);
    throw error;
  });
  const found = rootFromPath(leafHash(entry), covered, log.size, logPath);
  if (!found || !equal(found, log.root)) wrong("the root over the used ones is not in the notary's log");
}

/** Checks that it was unused recently, for a verifier who asks. */
export function checkRecent(current: Current | undefined, { nowMs, maxAgeMs }: Recent): void {
  if (!current) return wrong("nothing says that it is still current");
  const age = nowMs - current.atMs;
  if (-age > CURRENT_AHEAD_MS_MAX) wrong(`it is dated ${-age} ms from now, and ${CURRENT_AHEAD_MS_MAX} are allowed`);
  if (age > maxAgeMs) wrong(`it was unused ${age} ms ago, and ${maxAgeMs} are allowed`);
}
