// What a log that changes hands adds to the cases: who signs at which size, from a trust file of either end, and with a history.
import { createHash, sign } from "node:crypto";
import { encode } from "./cbor.mjs";
import { CERTIFICATE, ENTRY, changed, merkle, path, proofOf, value } from "./proof.mjs";
import { NoteSigner, noise, notary, sha256 } from "./town.mjs";

/** Cosigns checkpoints (C2SP tlog-cosignature). */
class Cosigner extends NoteSigner {
  constructor(name, seed) {
    super(name, seed);
    this.id = sha256(`${name}\n`, [4], this.public).subarray(0, 4);
  }

  get text() {
    return `${this.name}+${this.id.toString("hex")}+${Buffer.concat([Buffer.of(4), this.public]).toString("base64")}`;
  }

  cosignature(text, time = 7, signed = time) {
    const seconds = Buffer.alloc(8);
    seconds.writeBigUInt64BE(BigInt(time));
    return this.line(Buffer.concat([seconds, sign(null, Buffer.from(`cosignature/v1\ntime ${signed}\n${text}`), this.key)]));
  }
}

const body = (n) => ({
  party: `TOWN-${n}`,
  cosigner: new Cosigner(`${n}.town/log`, noise(`cosigner of ${n}`)),
  authority: new NoteSigner(`${n}.town/authority`, noise(`authority of ${n}`)),
  consensus: new NoteSigner("consensus", noise(`consensus of ${n}`)).public,
  atItsOwn: new NoteSigner("notary.town", noise(`log key of ${n}`)),
});
const [A, B, C, D, E, MALLORY] = ["A", "B", "C", "D", "E", "MALLORY"].map(body);

const authorities = (epoch, ...validators) => {
  const line = ({ party, cosigner, authority, consensus }) => `validator ${party} ${cosigner.text} ${authority.text} ${consensus.toString("base64")}\n`;
  return `pvn authorities/1\nnotary.town\nepoch ${epoch}\nneeded 3\n${validators.map(line).join("")}`;
};
const lineOf = (signer, text) => signer.line(sign(null, Buffer.from(text), signer.key));
const decision = (text, ...signers) => `${text}\n${signers.map((signer) => lineOf(signer, text)).join("")}`;
const leaf = (bytes) => createHash("sha256").update(Buffer.of(0)).update(bytes).digest();

const FOUR = authorities(1, A, B, C, D);
const OTHERS = authorities(2, A, B, C, E);
const FIRST = [8, 1, decision(FOUR, notary, ...[A, B, C, D].map(({ authority }) => authority))];
const SECOND = [9, 2, decision(OTHERS, ...[A, B, C, E].map(({ authority }) => authority))];
/** Four authorities from size 3 on, and one of them replaced from size 5 on. */
const LEAVES = [noise("a batch"), leaf(encode(FIRST)), noise("another batch"), leaf(encode(SECOND)), noise("a third batch")];

const textOf = (leaves) => `notary.town\n${leaves.length}\n${merkle(leaves).toString("base64")}\n`;
const byFounder = (text) => lineOf(notary, text);
const by = (...bodies) => (text) => bodies.map(({ cosigner }) => cosigner.cosignature(text)).join("");
const noted = (leaves, signers) => `${textOf(leaves)}\n${signers(textOf(leaves))}`;

const link = (index, entry, signers) => {
  const leaves = LEAVES.slice(0, index + 1);
  return [index, entry, Buffer.concat(path(leaves, index)), noted(leaves, signers)];
};
const LINKS = [link(1, FIRST, byFounder), link(3, SECOND, by(A, B, D))];
const history = (...links) => encode([2, links]);

/** What lists both changes. */
export const changedHands = {
  pvn_trust: 3,
  notary: { keys: [notary.text], epochs: [{ from: 3, authorities: FOUR }, { from: 5, authorities: OTHERS }] },
};

export function cluster(contract) {
  const bare = proofOf({ contract, fields: [value.int(1)], attestors: ["TOWN-BANK"] });
  /** A proof whose batch has this place in a log of so many entries. */
  const proof = (height, size, signers) =>
    changed((b) => {
      const { certificate } = b;
      certificate[CERTIFICATE.entry][ENTRY.height] = height;
      const leaves = LEAVES.slice(0, size).with(height, leaf(encode(certificate[CERTIFICATE.entry])));
      certificate[CERTIFICATE.logPath] = Buffer.concat(path(leaves, height));
      certificate[CERTIFICATE.checkpoint] = noted(leaves, signers);
    }, bare);
  const flipped = (text) => by(A, B)(text) + C.cosigner.line(Buffer.alloc(72, 1));
  const table = [
    ["of the founder's time", 0, 1, byFounder, "valid"],
    ["the founder's last", 0, 2, byFounder, "valid"],
    ["the founder's beyond its time", 2, 3, byFounder, "checkpoint"],
    ["by four before their time", 0, 2, by(A, B, C, D), "checkpoint"],
    ["by three of four", 2, 3, by(A, B, C), "valid"],
    ["by four in another order", 2, 3, by(D, B, A, C), "valid"],
    ["by two of four", 2, 3, by(A, B), "checkpoint"],
    ["by two of four, one of them twice", 2, 3, by(A, B, B), "checkpoint"],
    ["by three and a stranger", 2, 3, by(A, B, C, MALLORY), "checkpoint"],
    ["by two and a stranger", 2, 3, by(A, B, MALLORY), "checkpoint"],
    ["by three and the founder", 2, 3, (text) => by(A, B, C)(text) + byFounder(text), "checkpoint"],
    ["by three, with a line of one for others", 2, 3, (text) => lineOf(A.atItsOwn, text) + by(A, B, C)(text), "checkpoint"],
    ["by three with their authority keys", 2, 3, (text) => [A, B, C].map(({ authority }) => lineOf(authority, text)).join(""), "checkpoint"],
    ["by two, and one that isn't valid", 2, 3, flipped, "checkpoint"],
    ["by two, and one with another time", 2, 3, (text) => by(A, B)(text) + C.cosigner.cosignature(text, 8, 7), "checkpoint"],
    ["by three at other times", 2, 3, (text) => [A, B, C].map(({ cosigner }, i) => cosigner.cosignature(text, 1_795_132_800 + i)).join(""), "valid"],
    ["the last of the four", 2, 4, by(A, B, D), "valid"],
    ["by those who come before their time", 2, 4, by(A, B, E), "checkpoint"],
    ["by the four beyond their time", 4, 5, by(A, B, D), "checkpoint"],
    ["by those who came", 4, 5, by(A, C, E), "valid"],
  ];
  const from = (trust, more) => (name, height, size, signers, step) => ({ name: `authorities: ${name}`, trust, proof: proof(height, size, signers), step, ...more });
  const listed = table.map((row) => from("changed-hands")(...row));
  const old = (name, ...row) => from("various")(`${name}, from an old trust file`, ...row);
  const followed = (name, ...row) => from("various", { history: history(...LINKS) })(`${name}, from an old trust file with the history`, ...row);
  const half = (name, ...row) => from("various", { history: history(LINKS[0]) })(`${name}, from an old trust file with half the history`, ...row);
  return [
    ...listed,
    old("of the founder's time", 0, 1, byFounder, "valid"),
    old("by those who came", 4, 5, by(A, C, E), "checkpoint"),
    old("the founder's beyond its time", 2, 3, byFounder, "valid"),
    followed("of the founder's time", 0, 1, byFounder, "valid"),
    followed("the founder's beyond its time", 2, 3, byFounder, "checkpoint"),
    followed("by three of four", 2, 3, by(A, B, C), "valid"),
    followed("by those who came", 4, 5, by(A, C, E), "valid"),
    followed("by the four beyond their time", 4, 5, by(A, B, D), "checkpoint"),
    half("by three of four", 2, 3, by(A, B, C), "valid"),
    half("by those who came", 4, 5, by(A, C, E), "checkpoint"),
    half("by the four beyond their time", 4, 5, by(A, B, D), "valid"),
    { ...followed("what is trusted, again", 4, 5, by(A, C, E), "valid"), name: "authorities: by those who came, from a new trust file with the history", trust: "changed-hands" },
  ];
}
