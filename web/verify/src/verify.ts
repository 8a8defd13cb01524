// The verifier of proof bundles: everything follows from a trust file, nothing inside the proof is believed. The steps and their names are
// those of docs/protocol, in its order; the first that fails is the verdict.

import { type Epoch } from "./authorities.ts";
import { equal, hex, join, utf8, type Bytes } from "./bytes.ts";
import { FORMAT, formatOf, isWrapped, readBundle, type Attestation, type Bundle, type Member, type Place } from "./bundle.ts";
import { NotCanonical, Reader } from "./cbor.ts";
import { type Contract, type Kind, type PartyRef } from "./deed/contract.ts";
import { isSigned, type Key } from "./keys.ts";
import { SIGNATURES_MAX, SIGNED_TOGETHER_MAX } from "./limits.ts";
import { verifiedCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { NoteError, type LogKeys } from "./note.ts";
import { type Opening } from "./opening.ts";
import { wrapped } from "./parts.ts";
import { tagged } from "./sha256.ts";
import { leafHash, rootAt, rootFromPath, type TreePlace } from "./tree.ts";
import { type Trust } from "./trust.ts";
import { Failed, fail, type NotProven, type Proven, type Step } from "./verdict.ts";
import type { Asked, Wrapped } from "./wrapped.ts";

/** A tag for each level of each tree, so that no hash has two readings. */
const VIEW = 0x20;
const ID = 0x30;
const TERMS = 0x32;
const SIGNER = 0x35;
const SCOPE = 0x38;
const ID_LEAF = 0x52;
const RECORD = 0x61;
const OUTPUTS = 0x22;
const VIEWS = 0x31;
const STROKE = 0x36;
const SCOPES = 0x37;
const IDS = 0x50;
const DIRECTORY = 0x60;
const SIGNED = utf8("pvn signature/2\0");
/** A view in the role of an attestor is `[root, [1, []]]`: what stands before the root, and after it. */
const OF_VIEW = Uint8Array.of(0x82, 0x58, 0x20);
const AS_ATTESTOR = Uint8Array.of(0x82, 0x01, 0x80);
const NOT_A_FACT = "what is shown is not a fact of the contract it names";

async function read(bytes: Bytes): Promise<Wrapped> {
  try {
    const r = new Reader(bytes);
    return isWrapped(bytes) ? (await wrapped()).readWrapped(r) : { bundle: readBundle(r) };
  } catch (error) {
    if (error instanceof NotCanonical) fail("read", error.message);
    throw error;
  }
}

function checkFormat(found: number): void {
  if (found !== FORMAT) fail("where_it_belongs", `the proof is in format ${found}, and this version reads format ${FORMAT}`);
}

function checkWhereItBelongs({ format, place: { terms } }: Bundle, trust: Trust): void {
  const foreign = (what: string) => fail("where_it_belongs", `the proof is for another ${what}`);
  checkFormat(format);
  checkFormat(terms.format);
  if (!equal(terms.network, trust.network)) foreign("network");
  if (!equal(terms.notary, trust.lineage)) foreign("notary");
}

interface Meaning {
  readonly contract: Contract;
  readonly kind: Kind;
}

function meaningOf(fact: Opening, trust: Trust): Meaning {
  const head = fact.head ?? fail("fact", NOT_A_FACT);
  const id = hex(head.contract);
  const contract = trust.contracts.get(id) ?? fail("contract", `${id} is not among the contracts you trust`);
  const kind = contract.kinds[head.kind];
  return kind?.fields.length === head.fields ? { contract, kind } : fail("fact", NOT_A_FACT);
}

/** The view's root and the transaction's id, from the commitment of a fact that stands at this place. */
function resolve({ terms, load, view: inViews, rest, output }: Place, commitment: Bytes): { view: Bytes; id: Bytes } | undefined {
  const outputs = rootAt(output, OUTPUTS, commitment);
  if (!outputs) return undefined;
  const view = tagged(VIEW, rest, outputs);
  const views = rootAt(inViews, VIEWS, view);
  return views && { view, id: tagged(ID, tagged(TERMS, terms.encoded), load, views) };
}

async function checkpoint(note: string, keys: LogKeys, step: Step, epochs: readonly Epoch[] = []): Promise<Checkpoint> {
  try {
    return await verifiedCheckpoint(note, keys, epochs);
  } catch (error) {
    if (error instanceof NoteError) fail(step, error.message, error.isOfOthers && step === "checkpoint");
    throw error;
  }
}

function checkLog({ certificate }: Bundle, id: Bytes, log: Checkpoint): void {
  const ids = rootAt(certificate.id, IDS, tagged(ID_LEAF, id));
  if (!ids || !equal(ids, certificate.idsRoot)) fail("log", "the transaction is not in the notary's batch");
  const root = rootFromPath(leafHash(certificate.entry), certificate.height, log.size, certificate.logPath);
  if (!root || !equal(root, log.root)) fail("log", "the notary's batch is not in the log");
}

function checkTerms({ certificate, place: { terms } }: Bundle): void {
  if (certificate.time < terms.from || certificate.time > terms.until) fail("time", "certified outside the transaction's own time window");
  if (certificate.map.size < terms.mapSize) fail("network_map", "the notary decided under an older directory than the transaction asks for");
}

/** The directory is the last entry of the map's log at the size that the notary pinned, and the members stand in it. */
function checkMap({ map, attestors, certificate }: Bundle, signed: Checkpoint): void {
  const wrong = (reason: string) => fail("network_map", reason);
  const root = signed.size > 0n ? rootFromPath(leafHash(map.entry), signed.size - 1n, signed.size, map.path) : undefined;
  if (!root || !equal(root, signed.root)) wrong("its checkpoint is for another directory");
  const pin = certificate.map;
  if (pin.size !== signed.size || !equal(pin.root, signed.root)) wrong("the notary decided under another directory");
  for (const { member } of attestors) {
    const place: TreePlace = { index: member.index, count: map.members, path: member.path };
    const directory = rootAt(place, DIRECTORY, tagged(RECORD, member.encoded));
    if (!directory || !equal(directory, map.root)) wrong("a member's record is not in the directory");
  }
}

/** Who can vouch for the fact. A field that names one can't be hidden, nor hold anything else: nobody chooses so whose word is needed. */
function named(kind: Kind, fact: Opening): Set<string> {
  const partyOf = (attestor: PartyRef) => {
    if ("party" in attestor) return [attestor.party];
    const value = fact.value(attestor.field);
    return value?.type === "party" ? [value.text] : fail("fact", NOT_A_FACT);
  };
  return new Set(kind.attestors.flatMap(partyOf));
}

interface At {
  readonly view: Bytes;
  readonly id: Bytes;
}

/** Whether a member vouches for the view: what was signed holds the network, the id, the signer with its suite, and a tree over scopes. */
async function isAttested(member: Member, key: Key, { salt, scope, stroke, signature }: Attestation, network: Bytes, at: At): Promise<boolean> {
  const scopes = rootAt(scope, SCOPES, tagged(SCOPE, salt, OF_VIEW, at.view, AS_ATTESTOR));
  if (!scopes || stroke.count > SIGNED_TOGETHER_MAX) return false;
  // `[party, suite]`; the suites that can be verified have numbers of one byte.
  const signer = join([Uint8Array.of(0x82), member.signer, Uint8Array.of(key.suite)]);
  const root = rootAt(stroke, STROKE, tagged(SIGNER, network, at.id, signer, scopes));
  return root !== undefined && isSigned(key, join([SIGNED, root]), signature);
}

async function checkSignatures({ attestors, certificate, fact }: Bundle, trust: Trust, at: At, kind: Kind): Promise<Proven["attestedBy"]> {
  const wrong = (reason: string): never => fail("signatures", reason);
  const allowed = named(kind, fact);
  if (allowed.size === 0 || attestors.length > SIGNATURES_MAX) wrong("nobody attests this kind of fact");
  const attested: { party: string; name: string }[] = [];
  for (const { member, attestation } of attestors) {
    const { party, name } = member;
    if (!allowed.has(party) || attested.some((a) => a.party === party)) wrong(`${party} does not attest this fact`);
    const ended = member.revoked !== undefined && member.revoked <= certificate.time;
    const key = ended ? undefined : member.keys.find(({ suite }) => suite === attestation.suite);
    if (!key) return wrong(`${party} was not a member with this key`);
    if (!(await isAttested(member, key, attestation, trust.network, at))) wrong(`${party} did not sign, or did not vouch for this part of the transaction`);
    attested.push({ party, name });
  }
  const needed = Math.min(kind.needed, allowed.size);
  if (attested.length < needed) wrong(`${attested.length} of the ${needed} needed attestors signed`);
  return attested;
}

async function proven(bytes: Bytes, trust: Trust, asked: Asked): Promise<Proven> {
  checkFormat(formatOf(bytes) ?? FORMAT);
  const whole = await read(bytes);
  const { bundle } = whole;
  const { place, fact, certificate } = bundle;
  checkWhereItBelongs(bundle, trust);
  const { contract, kind } = meaningOf(fact, trust);
  const commitment = fact.commitment() ?? fail("fact", NOT_A_FACT);
  const at = resolve(place, commitment) ?? fail("log", "the fact's place in its transaction is malformed");
  checkLog(bundle, at.id, await checkpoint(certificate.checkpoint, trust.notary, "checkpoint", trust.epochs));
  checkTerms(bundle);
  checkMap(bundle, await checkpoint(bundle.map.checkpoint, trust.registrar, "network_map"));
  const attestedBy = await checkSignatures(bundle, trust, at, kind);
  const { view, output } = place;
  const isMore = isWrapped(bytes) || kind.shownBy || asked.recent;
  const more = isMore ? await (await wrapped()).checkWrapped(whole, kind.shownBy !== undefined, at.id, trust, asked) : {};
  const fields = kind.fields.map((field, i) => ({ field, value: fact.value(i), part: fact.part(i) }));
  return {
    valid: true,
    contract: contract.name,
    kind: kind.name,
    fields: fields.flatMap(({ field, value }) => (value ? { field, value } : [])),
    parts: fields.flatMap(({ field, part }) => (part ? { field, part } : [])),
    hidden: fields.filter(({ value, part }) => !value && !part).map(({ field }) => field.name),
    fact: `${hex(at.id)}-${view.index}-${output.index}`,
    certifiedAtMs: certificate.time,
    logIndex: certificate.height,
    attestedBy,
    ...more,
  };
}

/** Verifies a proof from its bytes, as an answer to what the verifier asked for. */
export async function verify(bytes: Bytes, trust: Trust, asked: Asked = {}): Promise<Proven | NotProven> {
  try {
    return await proven(bytes, trust, asked);
  } catch (error) {
    if (error instanceof Failed) return { valid: false, step: error.step, reason: error.message, ...(error.mayBeNewer && { mayBeNewer: true }) };
    throw error;
  }
}
