// The network of the ledger's test vectors: its keys follow from their names.
import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";

const root = new URL("../../../../", import.meta.url);

export function repository(path) {
  return readFileSync(new URL(path, root), "utf8");
}

export const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();

/** Bytes that look random and are the same in every run. */
export const noise = (label) => createHmac("sha256", "test noise").update(label).digest();

/** An Ed25519 key that signs notes, with the text of its public half. */
export class NoteSigner {
  constructor(name, seed) {
    this.name = name;
    this.key = createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]), format: "der", type: "pkcs8" });
    this.public = createPublicKey(this.key).export({ format: "der", type: "spki" }).subarray(-32);
    this.id = sha256(`${name}\n`, [1], this.public).subarray(0, 4);
  }

  get text() {
    return `${this.name}+${this.id.toString("hex")}+${Buffer.concat([Buffer.of(1), this.public]).toString("base64")}`;
  }

  /** The line of a signature. */
  line(signature) {
    return `\u2014 ${this.name} ${Buffer.concat([this.id, signature]).toString("base64")}\n`;
  }

  sign(text) {
    return `${text}\n${this.line(sign(null, Buffer.from(text), this.key))}`;
  }

  checkpoint(size, hash) {
    return this.sign(`${this.name}\n${size}\n${Buffer.from(hash).toString("base64")}\n`);
  }
}

export const registrar = new NoteSigner("registrar.town", noise("registrar"));
export const notary = new NoteSigner("notary.town", noise("notary"));
export const COINS = repository("crates/ledger/tests/fixtures/coins.deed");

/** A trust file as the network writes it, with changes. */
export function trustJson({ contracts = [["coins", COINS]], ...changes } = {}) {
  const entries = contracts.map(([name, text]) => ({ name, sha256: sha256(text).toString("hex"), text }));
  return { pvn_trust: 2, network: "town", founded_by: registrar.text, registrar: [registrar.text], notary: [notary.text], contracts: entries, ...changes };
}

export const utf8 = (text) => new Uint8Array(Buffer.from(text));

export function trustFile(changes) {
  return utf8(`${JSON.stringify(trustJson(changes), null, 2)}\n`);
}

/** The vectors of a file, by name. */
export function vectors(file) {
  const lines = repository(`crates/ledger/tests/vectors/${file}`).trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split(": ")));
}

export const bytes = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
