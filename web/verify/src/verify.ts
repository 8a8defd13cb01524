// The verifier of proof bundles: everything follows from a trust file, nothing inside the proof is believed. The steps and their names are
// those of docs/protocol, in its order; the first that fails is the verdict.

import { equal, hex, join, u32, utf8, type Bytes } from "./bytes.ts";
import { FORMAT, readBundle, type Bundle, type Place, type Signature } from "./bundle.ts";
import { NotCanonical } from "./cbor.ts";
import { type Attestor, type Contract, type Field, type Kind } from "./deed/contract.ts";
import { PATH_MAX, SIGNATURES_MAX, SIGNED_TOGETHER_MAX } from "./limits.ts";
import { NoteError, verifiedCheckpoint, type Checkpoint, type VerifierKey } from "./note.ts";
import { type Opening } from "./opening.ts";
import { isSignedP256 } from "./p256.ts";
import { sha256 } from "./sha256.ts";
import { leafHash, rootFromPath, taggedRootFromPath, type TreePlace } from "./tree.ts";
import { type Trust } from "./trust.ts";
import { type Value } from "./value.ts";

/** The step at which a proof fails, as `pvn verify` names it. */
export type Step = "read" | "where_it_belongs" | "contract" | "fact" | "log" | "checkpoint" | "time" | "network_map" | "signatures";

/** How a person is told of a step. */
const SPOKEN: { readonly [step in Step]: string } = {
  read: "reading the file",
  where_it_belongs: "where it belongs",
  contract: "the contract",
  fact: "the fact",
  log: "the notary's log",
  checkpoint: "the notary's checkpoint",
  time: "the time",
  network_map: "the network map",
  signatures: "the signatures",
};

export interface ShownField {
  readonly field: Field;
  readonly value: Value;
}

/** What a proof proves. */
export interface Proven {
  readonly valid: true;
  readonly contract: string;
  readonly kind: string;
  /** Shown fields, in the kind's order. */
  readonly fields: readonly ShownField[];
  /** Names of the fields that whoever shows the proof keeps hidden: not the same as absent ones. */
  readonly hidden: readonly string[];
  /** Transaction, view and output: `…-0-1`. */
  readonly fact: string;
  readonly certifiedAtMs: bigint;
  readonly logIndex: bigint;
  readonly attestedBy: readonly { readonly party: string; readonly name: string }[];
}

export interface NotProven {
  readonly valid: false;
  readonly step: Step;
  /** The step and what is wrong, in words. */
  readonly reason: string;
}

class Failed extends Error {
  constructor(
    readonly step: Step,
    reason: string,
  ) {
    super(`${SPOKEN[step]}: ${reason}`);
  }
}

function fail(step: Step, reason: string): never {
  throw new Failed(step, reason);
}

const [TERMS, ID, HEAD, VIEW, STROKE_LEAF, ID_LEAF, RECORD] = [0x32, 0x30, 0x23, 0x20, 0x35, 0x52, 0x61].map((tag) => Uint8Array.of(tag)) as [Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes];
const OUTPUTS = 0x22;
const VIEWS = 0x31;
const STROKE = 0x36;
const IDS = 0x50;
const DIRECTORY = 0x60;
const SUITE_P256 = 1;
const SIGNED = utf8("pvn signature/1\0");
const NOT_A_FACT = "what is shown is not a fact of the contract it names";

function read(bytes: Bytes): Bundle {
  try {
    return readBundle(bytes);
  } catch (error) {
    if (error instanceof NotCanonical) fail("read", error.message);
    throw error;
  }
}

function checkWhereItBelongs({ format, place: { terms } }: Bundle, trust: Trust): void {
  const foreign = (what: string) => fail("where_it_belongs", `the proof is for another ${what}`);
  if (format !== FORMAT || terms.format !== FORMAT) foreign("format");
  if (!equal(terms.network, trust.network)) foreign("network");
  if (!equal(terms.notary, trust.lineage)) foreign("notary");
}

interface Meaning {
  readonly id: Bytes;
  readonly contract: Contract;
  readonly kind: Kind;
}

function meaningOf(fact: Opening, trust: Trust): Meaning {
  const head = fact.head ?? fail("fact", NOT_A_FACT);
  const id = hex(head.contract);
  const contract = trust.contracts.get(id) ?? fail("contract", `${id} is not among the contracts you trust`);
  const kind = contract.kinds[head.kind];
  if (!kind || !fact.wellFormed || fact.fields.length !== kind.fields.length) fail("fact", NOT_A_FACT);
  return { id: head.contract, contract, kind };
}

function isPath(place: { readonly path: readonly Bytes[] }): boolean {
  return place.path.length <= PATH_MAX;
}

/** The view's root and the transaction's id, from the commitment of a fact that stands at this place. */
function resolve(place: Place, contract: Bytes, commitment: Bytes): { view: Bytes; id: Bytes } | undefined {
  const { terms, view: index, viewPath: path } = place;
  const inViews: TreePlace = { index, count: terms.views, path };
  if (!isPath(inViews) || !isPath(place.output)) return undefined;
  const outputs = taggedRootFromPath(OUTPUTS, commitment, place.output);
  if (!outputs) return undefined;
  const head = sha256(HEAD, place.headSalt, u32(index), contract);
  const view = sha256(VIEW, head, place.command, place.inputs, outputs);
  const views = taggedRootFromPath(VIEWS, view, inViews);
  return views && { view, id: sha256(ID, sha256(TERMS, terms.encoded), place.load, views) };
}

async function checkpoint(note: string, key: VerifierKey, step: Step): Promise<Checkpoint> {
  try {
    return await verifiedCheckpoint(note, key);
  } catch (error) {
    if (error instanceof NoteError) fail(step, error.message);
    throw error;
  }
}

function checkLog({ certificate }: Bundle, id: Bytes, log: Checkpoint): void {
  const ids = taggedRootFromPath(IDS, sha256(ID_LEAF, id), certificate.id);
  if (!ids || !equal(ids, certificate.idsRoot)) fail("log", "the transaction is not in the notary's batch");
  if (certificate.height !== certificate.logIndex) fail("log", "the notary's batch's height is not its place in the log");
  const root = rootFromPath(leafHash(certificate.entry), certificate.logIndex, log.size, certificate.logPath);
  if (!root || !equal(root, log.root)) fail("log", "the notary's batch is not in the log");
}

function checkTerms({ certificate, place: { terms } }: Bundle): void {
  if (certificate.time < terms.from || certificate.time > terms.until) fail("time", "certified outside the transaction's own time window");
  if (certificate.map.size < terms.mapSize) fail("network_map", "the notary decided under an older directory than the transaction asks for");
}

/** The directory is the last entry of the map's log at the size that the notary pinned, and the members stand in it. */
function checkMap({ map, members, certificate }: Bundle, signed: Checkpoint): void {
  const wrong = (reason: string) => fail("network_map", reason);
  const root = rootFromPath(leafHash(map.entry), map.size - 1n, map.size, map.path);
  if (map.size === 0n || map.size !== signed.size || !root || !equal(root, signed.root)) wrong("its checkpoint is for another directory");
  const pin = certificate.map;
  if (pin.size !== signed.size || !equal(pin.root, signed.root)) wrong("the notary decided under another directory");
  for (const member of members) {
    const place: TreePlace = { index: member.index, count: map.members, path: member.path };
    const directory = isPath(place) ? taggedRootFromPath(DIRECTORY, sha256(RECORD, member.encoded), place) : undefined;
    if (!directory || !equal(directory, map.root)) wrong("a member's record is not in the directory");
  }
}

/** Who can vouch for the fact. A field that names one can't be hidden: whoever shows a proof must not choose whose word is needed. */
function attestors(kind: Kind, fact: Opening): Set<string> {
  const named = (attestor: Attestor) => {
    if ("party" in attestor) return [attestor.party];
    const value = fact.fields[attestor.field] ?? fail("fact", NOT_A_FACT);
    return value.type === "party" ? [value.text] : [];
  };
  return new Set(kind.attestors.flatMap(named));
}

async function isSigned(signature: Signature, key: Bytes, network: Bytes, id: Bytes): Promise<boolean> {
  const { suite, ordered, stroke, signed } = signature;
  if (suite !== SUITE_P256 || !ordered || stroke.count > SIGNED_TOGETHER_MAX) return false;
  const root = taggedRootFromPath(STROKE, sha256(STROKE_LEAF, network, id, signed), stroke);
  return root !== undefined && isSignedP256(key, join([SIGNED, root]), signature.signature);
}

async function checkSignatures(bundle: Bundle, trust: Trust, at: { view: Bytes; id: Bytes }, kind: Kind): Promise<Proven["attestedBy"]> {
  const wrong = (reason: string) => fail("signatures", reason);
  const { signatures, members, certificate } = bundle;
  const allowed = attestors(kind, bundle.fact);
  if (allowed.size === 0 || signatures.length > SIGNATURES_MAX) wrong("nobody attests this kind of fact");
  if (members.length !== signatures.length) wrong("signatures and keys do not pair up");
  const attested: { party: string; name: string }[] = [];
  for (const [i, signature] of signatures.entries()) {
    const [{ party }, member] = [signature, members[i]!];
    const ended = member.revoked !== undefined && member.revoked <= certificate.time;
    if (member.party !== party || ended) wrong(`${party} was not a member with this key`);
    if (!allowed.has(party) || attested.some((a) => a.party === party)) wrong(`${party} does not attest this fact`);
    if (!(await isSigned(signature, member.key, trust.network, at.id))) wrong(`the signature of ${party} does not verify`);
    if (!signature.attested.some((view) => equal(view, at.view))) wrong(`${party} did not vouch for this part of the transaction`);
    attested.push({ party, name: member.name });
  }
  const needed = Math.min(kind.needed, allowed.size);
  if (attested.length < needed) wrong(`${attested.length} of the ${needed} needed attestors signed`);
  return attested;
}

async function proven(bytes: Bytes, trust: Trust): Promise<Proven> {
  const bundle = read(bytes);
  const { place, fact, certificate } = bundle;
  checkWhereItBelongs(bundle, trust);
  const meaning = meaningOf(fact, trust);
  const at = resolve(place, meaning.id, fact.commitment()) ?? fail("log", "the fact's place in its transaction is malformed");
  checkLog(bundle, at.id, await checkpoint(certificate.checkpoint, trust.notary, "checkpoint"));
  checkTerms(bundle);
  checkMap(bundle, await checkpoint(bundle.map.checkpoint, trust.registrar, "network_map"));
  const attestedBy = await checkSignatures(bundle, trust, at, meaning.kind);
  const fields = meaning.kind.fields.map((field, i) => ({ field, value: fact.fields[i] }));
  return {
    valid: true,
    contract: meaning.contract.name,
    kind: meaning.kind.name,
    fields: fields.filter((shown): shown is ShownField => shown.value !== undefined),
    hidden: fields.filter((shown) => shown.value === undefined).map((shown) => shown.field.name),
    fact: `${hex(at.id)}-${place.view}-${place.output.index}`,
    certifiedAtMs: certificate.time,
    logIndex: certificate.logIndex,
    attestedBy,
  };
}

/** Verifies a proof from its bytes. */
export async function verify(bytes: Bytes, trust: Trust): Promise<Proven | NotProven> {
  try {
    return await proven(bytes, trust);
  } catch (error) {
    if (error instanceof Failed) return { valid: false, step: error.step, reason: error.message };
    throw error;
  }
}
