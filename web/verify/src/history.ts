// The history of a log's authorities: who trusts one epoch follows it to the later ones, offline. docs/protocol/authorities.md.

import { equal, type Bytes } from "./bytes.ts";
import { FORMAT } from "./bundle.ts";
import { decided, lastEpoch, Refused, type Log } from "./authorities.ts";
import { NotCanonical, Reader } from "./cbor.ts";
import { verifiedCheckpoint } from "./checkpoint.ts";
import { EPOCHS_MAX, PATH_MAX, PROOF_BYTES_MAX } from "./limits.ts";
import { NoteError } from "./note.ts";
import { leafHash, rootFromPath } from "./tree.ts";

/** A change: the decision in the log, which then had no later entry. */
interface Link {
  readonly index: bigint;
  readonly entry: Bytes;
  readonly epoch: number;
  readonly note: string;
  readonly path: readonly Bytes[];
  readonly checkpoint: string;
}

/** Why a history isn't believed, with its code in docs/protocol/refusals.md. */
export class HistoryError extends Error {
  constructor(
    readonly code: string,
    reason: string,
  ) {
    super(reason);
  }
}

function refuse(code: string, reason: string): never {
  throw new HistoryError(code, reason);
}

function readLink(r: Reader): Link {
  r.fields(4);
  const index = r.u64();
  const start = r.at;
  r.fields(3);
  r.u64();
  const [epoch, note] = [r.u32(), r.text()];
  return { index, entry: r.since(start), epoch, note, path: r.hashes(PATH_MAX), checkpoint: r.text() };
}

function read(bytes: Bytes): Link[] {
  const r = new Reader(bytes);
  let format: number;
  let links: Link[];
  try {
    if (bytes.length > PROOF_BYTES_MAX) r.refuse(`${bytes.length} bytes are more than the ${PROOF_BYTES_MAX} allowed`);
    r.fields(2);
    format = r.uint(255);
    links = r.list(() => readLink(r));
    r.end();
  } catch (error) {
    if (error instanceof NotCanonical) refuse("history_unreadable", `it can't be read (${error.message}): take it again, from a validator, at /authorities`);
    throw error;
  }
  if (format !== FORMAT) refuse("history_format", `it is in format ${format}, and this version reads format ${FORMAT}: update this program`);
  if (links.length > EPOCHS_MAX) refuse("history_too_long", `it has ${links.length} changes, and a log has at most ${EPOCHS_MAX}`);
  return links;
}

/** Those before sign that the entry is their last. */
async function checkPlace({ index, entry, epoch, path, checkpoint }: Link, log: Log): Promise<void> {
  let signed;
  try {
    signed = await verifiedCheckpoint(checkpoint, log.keys, log.epochs);
  } catch (error) {
    if (error instanceof NoteError) refuse("history_checkpoint", `epoch ${epoch}: the checkpoint under which it was decided: ${error.message}`);
    throw error;
  }
  const { size, root } = signed;
  const isLast = size === index + 1n && size >= (log.epochs.at(-1)?.from ?? 0n);
  const led = isLast ? rootFromPath(leafHash(entry), index, size, path) : undefined;
  if (!led || !equal(led, root)) refuse("history_not_in_log", `epoch ${epoch}: the decision is not the last entry under its checkpoint`);
}

async function after(log: Log, link: Link): Promise<Log> {
  const { index, epoch, note } = link;
  const expected = lastEpoch(log) + 1;
  if (epoch !== expected) refuse("history_gap", `it goes on with epoch ${epoch} where epoch ${expected} is needed: take the whole of it, from a validator, at /authorities`);
  await checkPlace(link, log);
  try {
    const authorities = await decided(note, log);
    return { ...log, epochs: [...log.epochs, { from: index + 2n, authorities }] };
  } catch (error) {
    if (error instanceof Refused) refuse(error.code, `epoch ${epoch}: ${error.message}`);
    throw error;
  }
}

/**
 * A log as it is known, and as the history goes on from there. What the history tells of known epochs must be what is known.
 *
 * @throws HistoryError
 */
export async function follow(log: Log, history: Bytes): Promise<Log> {
  let followed = log;
  for (const link of read(history)) {
    const { index, epoch, note } = link;
    if (epoch === 0 || epoch > lastEpoch(followed)) {
      followed = await after(followed, link);
      continue;
    }
    const known = followed.epochs[epoch - 1]!;
    if (known.from !== index + 2n || !note.startsWith(`${known.authorities.text}\n`)) {
      const reason = `it says of epoch ${epoch} something else than what you trust: one of the two is false. Believe neither until you know which; keep both as evidence`;
      refuse("history_contradicts", reason);
    }
  }
  return followed;
}
