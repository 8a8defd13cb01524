// Checkpoints (C2SP tlog-checkpoint), signed by those who keep the log at their size.

import { type Epoch } from "./authorities.ts";
import { base64, equal, type Bytes } from "./bytes.ts";
import { TREE_SIZE_MAX } from "./limits.ts";
import { isOrigin, NoteError, readNote, verifiedText, type LogKeys } from "./note.ts";
import { sha256 } from "./sha256.ts";

export interface Checkpoint {
  readonly size: bigint;
  readonly root: Bytes;
}

function refuse(reason: string): never {
  throw new NoteError(reason);
}

/**
 * A checkpoint of exactly the log that the keys are named after, signed by those whose size it is and nobody else: all of these keys, or
 * enough of an epoch's authorities.
 */
export async function verifiedCheckpoint(note: string, keys: LogKeys, epochs: readonly Epoch[] = []): Promise<Checkpoint> {
  const lines = readNote(note).text.slice(0, -1).split("\n");
  const [origin, digits, encoded] = lines as [string, string, string];
  if (lines.length < 3) refuse("a checkpoint has three lines: origin, size and root");
  if (!isOrigin(origin)) refuse("the checkpoint's origin is not valid");
  if (!/^(0|[1-9][0-9]*)$/.test(digits) || digits.length > 19 || BigInt(digits) > TREE_SIZE_MAX) refuse("the checkpoint's size is not valid");
  const root = base64(encoded);
  if (root?.length !== 32) refuse("the checkpoint's root is not canonical base64 of 32 bytes");
  const size = BigInt(digits);
  if (size === 0n && !equal(root, sha256())) refuse("the root of the empty tree is wrong");
  if (lines.length > 3) refuse("the checkpoint has a line that is not allowed");
  if (origin !== keys[0].name) refuse(`it is of the log ${origin}`);
  await checkSigners(note, keys, size, epochs);
  return { size, root };
}

/** The epoch that signs checkpoints of a size; undefined where the log's own keys do. */
function epochAt(epochs: readonly Epoch[], size: bigint): Epoch | undefined {
  return epochs.filter(({ from }) => from <= size).at(-1);
}

async function checkSigners(note: string, own: LogKeys, size: bigint, epochs: readonly Epoch[]): Promise<void> {
  const epoch = epochAt(epochs, size);
  const { keys, needed, who } = epoch ? cosigners(epoch, size) : { keys: own, needed: own.length, who: "" };
  try {
    await verifiedText(note, keys, needed);
  } catch (error) {
    if (error instanceof NoteError) throw error.about(who, epoch === epochs.at(-1));
    throw error;
  }
}

function cosigners({ authorities: { epoch, needed, validators } }: Epoch, size: bigint) {
  return { keys: validators.map(({ cosigner }) => cosigner), needed, who: `at size ${size}, epoch ${epoch} of the log's authorities signs: ` };
}
