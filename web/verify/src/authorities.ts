// Who keeps a log: the authorities of an epoch as a text, and the decision that makes them the next ones. docs/protocol/authorities.md.

import { base64, hex, utf8, type Bytes } from "./bytes.ts";
import { isWeakKey } from "./ed25519.ts";
import { DECISION_BYTES_MAX, EPOCHS_MAX, VALIDATORS_MAX, VALIDATORS_MIN } from "./limits.ts";
import { COSIGNATURE, ED25519, isOrigin, NoteError, readNote, signersOf, verifierKey, type LogKeys, type VerifierKey } from "./note.ts";
import { isParty } from "./value.ts";

const HEAD = "pvn authorities/1";
const U32_MAX = 2 ** 32 - 1;

export interface Validator {
  /** Its line, which says all of it. */
  readonly line: string;
  readonly party: string;
  readonly cosigner: VerifierKey;
  readonly authority: VerifierKey;
  readonly consensus: Bytes;
}

export interface Authorities {
  readonly text: string;
  readonly origin: string;
  readonly epoch: number;
  readonly needed: number;
  readonly validators: readonly Validator[];
}

/** Authorities, and the least size of the log that they sign. */
export interface Epoch {
  readonly from: bigint;
  readonly authorities: Authorities;
}

/** A log's own keys, and who kept it after its founder: epochs from 1 on. */
export interface Log {
  readonly keys: LogKeys;
  readonly epochs: readonly Epoch[];
}

/** Why a decision isn't one, with its code in docs/protocol/refusals.md. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    reason: string,
  ) {
    super(reason);
  }
}

function refuse(code: string, reason: string): never {
  throw new Refused(code, reason);
}

function unreadable(reason: string): never {
  refuse("decision_unreadable", `the decision can't be read: ${reason}`);
}

/** All but those that may fail or lie, of whom 3f + 1 bear f. */
function neededOf(validators: number): number {
  return validators - Math.floor(Math.max(validators - 1, 0) / 3);
}

function number(line: string | undefined, word: string): number {
  const [, digits] = /^([a-z]+) (0|[1-9][0-9]{0,9})$/.exec(line ?? "")?.slice(1) ?? [];
  const value = Number(digits);
  if (!line?.startsWith(`${word} `) || digits === undefined || value > U32_MAX) unreadable(`there is no line \`${word}\` with a number`);
  return value;
}

async function validator(line: string): Promise<Validator> {
  const [, party, cosigns, decides, orders] = /^validator ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+)$/su.exec(line) ?? unreadable(`it has the line ${JSON.stringify(line)}`);
  const consensus = base64(orders!);
  try {
    const [cosigner, authority] = [await verifierKey(cosigns!), await verifierKey(decides!)];
    const areOfTheirSorts = cosigner.type === COSIGNATURE && authority.type === ED25519 && consensus?.length === 32 && !isWeakKey(consensus);
    if (areOfTheirSorts && isParty(party!)) return { line, party: party!, cosigner, authority, consensus };
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
  }
  return unreadable(`it has the line ${JSON.stringify(line)}`);
}

/** A validator's public keys, each with what it is for. */
function keysOf({ cosigner, authority, consensus }: Validator): [purpose: string, key: string][] {
  return [
    ["cosigns", hex(cosigner.key)],
    ["decides", hex(authority.key)],
    ["orders", hex(consensus)],
  ];
}

/**
 * Reads the text of a decision, of which there is one for the same authorities.
 *
 * @throws Refused
 */
export async function readAuthorities(text: string): Promise<Authorities> {
  if (!text.endsWith("\n")) unreadable("it does not end with its last line");
  const [head, origin, third, fourth, ...rest] = text.slice(0, -1).split("\n");
  if (head !== HEAD) unreadable("its first line is not that of a decision");
  if (origin === undefined || !isOrigin(origin)) unreadable("its second line names no log");
  const [epoch, stated] = [number(third, "epoch"), number(fourth, "needed")];
  if (epoch === 0) unreadable("epoch 0 is the founder's");
  const validators: Validator[] = [];
  for (const line of rest) validators.push(await validator(line));
  const found = validators.length;
  if (found !== 1 && (found < VALIDATORS_MIN || found > VALIDATORS_MAX)) refuse("validators_out_of_range", `there is one validator, or there are 4 to 31; the decision has ${found}`);
  validators.forEach(({ party }, i) => {
    const before = validators[i - 1]?.party ?? "";
    if (before === party) refuse("validator_twice", `${party} is named twice`);
    // Parties are written in ASCII: code units order as bytes do.
    if (before > party) unreadable(`${party} stands out of order`);
  });
  const keys = new Set<string>();
  for (const one of validators) {
    for (const [, key] of keysOf(one)) {
      if (keys.has(key)) refuse("key_twice", `a key of ${one.party} stands in the decision twice`);
      keys.add(key);
    }
  }
  const needed = neededOf(found);
  if (stated !== needed) refuse("wrong_threshold", `of so many validators ${needed} are needed, and the decision says ${stated}`);
  return { text, origin, epoch, needed, validators };
}

/** Number of the last epoch that is known, 0 for the founder's. */
export function lastEpoch({ epochs }: Log): number {
  return epochs.at(-1)?.authorities.epoch ?? 0;
}

/** Whether a key of a validator is one that the log knows as somebody else's, or for another purpose. */
function isReused(one: Validator, { keys, epochs }: Log): boolean {
  const known = epochs.flatMap(({ authorities }) => authorities.validators).flatMap((other) => keysOf(other).map(([purpose, key]) => ({ party: other.party, purpose, key })));
  const elsewhere = ([purpose, key]: [string, string]) => known.some((k) => k.key === key && (k.party !== one.party || k.purpose !== purpose));
  return keysOf(one).some((pair) => keys.some(({ key }) => hex(key) === pair[1]) || elsewhere(pair));
}

/**
 * The authorities that a decision makes the next ones of a log.
 *
 * @throws Refused
 */
export async function decided(note: string, log: Log): Promise<Authorities> {
  const length = utf8(note).length;
  if (length > DECISION_BYTES_MAX) unreadable(`it has ${length} bytes, of ${DECISION_BYTES_MAX}`);
  const next = await readAuthorities(await textOf(note));
  const origin = log.keys[0].name;
  if (next.origin !== origin) refuse("decision_of_another_log", `the decision is about the log ${next.origin}, and this one is ${origin}`);
  const expected = lastEpoch(log) + 1;
  if (next.epoch !== expected) refuse("wrong_epoch", `the decision is on epoch ${next.epoch}, and the next one is ${expected}`);
  if (log.epochs.length === EPOCHS_MAX) refuse("too_many_epochs", `a log has at most ${EPOCHS_MAX} epochs`);
  const reused = next.validators.find((one) => isReused(one, log));
  if (reused) refuse("key_reused", `a key of ${reused.party} was somebody else's, or for something else, before`);
  await checkApprovals(note, next, log);
  return next;
}

async function textOf(note: string): Promise<string> {
  try {
    return readNote(note).text;
  } catch (error) {
    if (error instanceof NoteError) unreadable(error.message);
    throw error;
  }
}

/** Enough of those before have signed, each that is new has, and nobody else. */
async function checkApprovals(note: string, next: Authorities, { keys, epochs }: Log): Promise<void> {
  const before = epochs.at(-1)?.authorities;
  const electors = before ? before.validators.map(({ authority }) => authority) : [keys[0]];
  const needed = before?.needed ?? 1;
  const isElector = (key: VerifierKey) => electors.some(({ text }) => text === key.text);
  const known = [...electors, ...next.validators.map(({ authority }) => authority).filter((key) => !isElector(key))];
  let signed: readonly VerifierKey[];
  try {
    ({ signed } = await signersOf(note, known));
  } catch (error) {
    if (error instanceof NoteError) refuse("approval_not_valid", `the decision's signatures: ${error.message}`);
    throw error;
  }
  const found = signed.filter(isElector).length;
  if (found < needed) refuse("not_enough_approvals", `${found} of the ${needed} needed authorities of epoch ${before?.epoch ?? 0} have approved`);
  const isNew = ({ line }: Validator) => !before?.validators.some((other) => other.line === line);
  const silent = next.validators.filter(isNew).find(({ authority }) => !signed.some(({ text }) => text === authority.text));
  if (silent) refuse("validator_not_agreed", `${silent.party} is new, or has new keys, and has not approved with its own`);
}

/** The same log under one more epoch, which a trust file tells. Undefined if it isn't the next one. */
export function withEpoch(log: Log, epoch: Epoch): Log | undefined {
  const { from, authorities } = epoch;
  const isNext = authorities.epoch === lastEpoch(log) + 1 && authorities.origin === log.keys[0].name;
  const isPossible = from > 1n && from > (log.epochs.at(-1)?.from ?? 0n) && log.epochs.length < EPOCHS_MAX;
  return isNext && isPossible ? { ...log, epochs: [...log.epochs, epoch] } : undefined;
}
