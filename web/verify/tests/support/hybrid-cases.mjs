// What suite 3 and logs with two keys add to the cases: each half by itself damaged, exchanged, of another message, or missing.
import { HybridSigner, IDENTIFIER, TAG, firstHalf, hybridKey, hybridKeyBytes, otherS, secondHalf, signsHybrid } from "./hybrid.mjs";
import { CERTIFICATE, changed, p256Key, proofOf, record, signsP256, value } from "./proof.mjs";
import { notary, registrar } from "./town.mjs";

const BANK = "TOWN-BANK";
const HALF = 64;
const HINTS = 55 + 6;
export const notaryToo = new HybridSigner("notary.town");
export const registrarToo = new HybridSigner("registrar.town");

const flipped = (at) => (signature) => {
  const bytes = Buffer.from(signature);
  bytes[at < 0 ? bytes.length + at : at] ^= 1;
  return bytes;
};

/** Hints are written in order, and nothing stands behind the last of them: a byte more would be another way to write the same. */
function hintBehindTheLast(signature) {
  const bytes = Buffer.from(signature);
  const [hints, count] = [bytes.length - HINTS, bytes.at(-1)];
  if (count >= 55) throw new Error("there is no place behind the last hint");
  bytes[hints + 54] = 255;
  return bytes;
}

const withoutTag = (half) => (name, tagged) => half(name, tagged.subarray(TAG.length));
const another = (half) => (name) => half(name, Buffer.from(`${TAG}something else`));
const bySomebodyElse = (half) => (_, message) => half("MALLORY", message);

/** Members' signatures. */
export function members(contract) {
  const word = (how, keys = [hybridKey(BANK)]) => proofOf({ contract, fields: [value.int(1)], attestors: [BANK], records: (party) => record(party, { keys }), sign: () => ({ suite: 3, by: signsHybrid, ...how }) });
  const halves = (how) => ({ by: (party, message) => signsHybrid(party, message, how) });
  const after = (change) => ({ by: (party, message) => change(signsHybrid(party, message)) });
  const cut = (from, to) => (signature) => signature.subarray(from, to);
  const key = (change) => [[3, change(hybridKeyBytes(BANK))]];
  const both = [p256Key(BANK), hybridKey(BANK)];
  const off = (bytes) => flipped(64)(bytes);
  const table = [
    ["both halves", word(), "valid"],
    ["beside a key of suite 1", word({}, both), "valid"],
    ["a key of suite 3 beside, signed with suite 1", word({ suite: 1, by: signsP256 }, both), "valid"],
    ["ECDSA's other s", word(after(otherS)), "valid"],
    ["a bit of r changed", word(after(flipped(0))), "signatures"],
    ["a bit of the challenge changed", word(after(flipped(HALF))), "signatures"],
    ["a bit of the response changed", word(after(flipped(HALF + 1000))), "signatures"],
    ["a bit of the hints changed", word(after(flipped(-HINTS))), "signatures"],
    ["a hint behind the last", word(after(hintBehindTheLast)), "signatures"],
    ["the ECDSA half of another message", word(halves({ first: another(firstHalf) })), "signatures"],
    ["the ML-DSA half of another message", word(halves({ second: another(secondHalf) })), "signatures"],
    ["the ECDSA half by somebody else", word(halves({ first: bySomebodyElse(firstHalf) })), "signatures"],
    ["the ML-DSA half by somebody else", word(halves({ second: bySomebodyElse(secondHalf) })), "signatures"],
    ["the ECDSA half without the hybrid's tag", word(halves({ first: withoutTag(firstHalf) })), "signatures"],
    ["the ML-DSA half without the hybrid's tag", word(halves({ second: withoutTag(secondHalf) })), "signatures"],
    ["the ML-DSA half under a context", word(halves({ second: (name, message) => secondHalf(name, message, { context: new Uint8Array(Buffer.from("pvn")) }) })), "signatures"],
    ["the halves exchanged", word(after((signature) => Buffer.concat([signature.subarray(HALF), signature.subarray(0, HALF)]))), "signatures"],
    ["the ECDSA half alone", word(after(cut(0, HALF))), "signatures"],
    ["the ML-DSA half alone", word(after(cut(HALF))), "signatures"],
    ["a byte short", word(after(cut(0, -1))), "signatures"],
    ["a byte long", word(after((signature) => Buffer.concat([signature, Buffer.of(0)]))), "signatures"],
    ["the ECDSA half that says suite 1", word({ suite: 1, by: (party, message) => firstHalf(party, Buffer.concat([Buffer.from(TAG), message])) }, both), "signatures"],
    ["signed with suite 1, without a key of it", word({ suite: 1, by: signsP256 }), "signatures"],
    ["a key whose point is none", word({}, key(off)), "signatures"],
    ["a key a byte short", word({}, key((bytes) => bytes.subarray(0, -1))), "read"],
    ["a key a byte long", word({}, key((bytes) => Buffer.concat([bytes, Buffer.of(0)]))), "read"],
    ["a key with a hybrid point", word({}, key((bytes) => Buffer.concat([Buffer.of(6 + (bytes[64] & 1)), bytes.subarray(1)]))), "read"],
  ];
  return table.map(([name, proof, step]) => ({ name: `suite 3: ${name}`, trust: "various", proof, step }));
}

/** Checkpoints under one line and under two. */
export function logs(contract) {
  const bare = { contract, fields: [value.int(1)], attestors: [BANK] };
  const both = (change) => ({ checkpoint: (size, root) => notaryToo.beside(notary.checkpoint(size, root), change) });
  const proof = (change) => proofOf({ ...bare, logs: { notary: both(change) } });
  const rewritten = (change, of = proof()) => changed((b) => void (b.certificate[CERTIFICATE.checkpoint] = change(b.certificate[CERTIFICATE.checkpoint])), of);
  const lines = (change) => (note) => {
    const at = note.lastIndexOf("\n\n") + 2;
    const [own, beside] = note.slice(at).trimEnd().split("\n");
    return note.slice(0, at) + change(own, beside).map((line) => `${line}\n`).join("");
  };
  const halves = (how) => proof((_, text) => notaryToo.signature(text, how));
  const untagged = (half) => (name, message) => half(name, message.slice(IDENTIFIER.length + 1));
  const stranger = new HybridSigner("notary.town", "somebody else's log");
  const registrars = (change) => ({ checkpoint: (size, root) => registrarToo.beside(registrar.checkpoint(size, root), change) });
  const all = (change) => proofOf({ ...bare, logs: { notary: both(), registrar: registrars(change) } });
  const two = (name, proof, step, trust = "two-keys-of-the-notary") => ({ name: `two lines: ${name}`, trust, proof, step });
  return [
    two("each by its key", proof(), "valid"),
    two("in the other order", rewritten(lines((own, beside) => [beside, own])), "valid"),
    two("the log's own alone", rewritten(lines((own) => [own])), "checkpoint"),
    two("the hybrid one alone", rewritten(lines((_, beside) => [beside])), "checkpoint"),
    two("of which only one is trusted", proof(), "checkpoint", "various"),
    two("the hybrid one twice", rewritten(lines((own, beside) => [own, beside, beside])), "checkpoint"),
    two("and one of another hybrid key", rewritten((note) => stranger.beside(note)), "checkpoint"),
    two("the hybrid one by another key of this name", rewritten((note) => stranger.beside(lines((own) => [own])(note))), "checkpoint"),
    two("ECDSA's other s", proof(otherS), "checkpoint"),
    two("a bit of r changed", proof(flipped(0)), "checkpoint"),
    two("a bit of the response changed", proof(flipped(HALF + 2000)), "checkpoint"),
    two("the ECDSA half of the bare text", halves({ first: untagged(firstHalf) }), "checkpoint"),
    two("the ML-DSA half of the bare text", halves({ second: untagged(secondHalf) }), "checkpoint"),
    two("the ML-DSA half of another note", halves({ second: (name) => secondHalf(name, `${IDENTIFIER}\nanother note\n`) }), "checkpoint"),
    two("the ECDSA half alone", proof((signature) => signature.subarray(0, HALF)), "checkpoint"),
    two("a few bytes", proof((signature) => signature.subarray(0, 40)), "checkpoint"),
    two("on both logs", all(), "valid", "two-keys-of-each-log"),
    two("on the notary's log alone", proof(), "network_map", "two-keys-of-each-log"),
    two("a bit of the directory's second changed", all(flipped(-1)), "network_map", "two-keys-of-each-log"),
  ];
}

/** The trust files that they name. */
export function twoKeys(contracts) {
  const keys = { notary: [notary.text, notaryToo.text] };
  return {
    "two-keys-of-the-notary": { contracts, ...keys },
    "two-keys-of-each-log": { contracts, ...keys, registrar: [registrar.text, registrarToo.text] },
  };
}
