// Signatures of P-256 with ML-DSA-65 as their makers could have made them: half by half, so that a forger can exchange either.
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { p256Key, signsP256 } from "./proof.mjs";
import { noise, sha256 } from "./town.mjs";

export const TAG = "pvn hybrid/1\0";
export const IDENTIFIER = "pvn.p256-mldsa65.v1";
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const number = (bytes) => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);

/** The same signature with the other of its two s. */
export function otherS(signature) {
  const s = (ORDER - number(signature.subarray(32, 64))).toString(16).padStart(64, "0");
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s, "hex"), signature.subarray(64)]);
}

const lattice = (name) => ml_dsa65.keygen(new Uint8Array(noise(`lattice of ${name}`)));

/** Signs the first half. */
export const firstHalf = (name, message) => signsP256(name, Buffer.from(message));

/** Signs the second half, with what is said besides: a context. The same bytes in every run. */
export const secondHalf = (name, message, how) => Buffer.from(ml_dsa65.sign(new Uint8Array(Buffer.from(message)), lattice(name).secretKey, { extraEntropy: false, ...how }));

export function hybridKeyBytes(name) {
  return Buffer.concat([p256Key(name)[1], lattice(name).publicKey]);
}

export const hybridKey = (name) => [3, hybridKeyBytes(name)];

/** A member's signature of suite 3, of halves that may be another's. */
export function signsHybrid(name, message, { first = firstHalf, second = secondHalf } = {}) {
  const tagged = Buffer.concat([Buffer.from(TAG), message]);
  return Buffer.concat([first(name, tagged), second(name, tagged)]);
}

/** A hybrid key that signs notes beside a log's own. */
export class HybridSigner {
  constructor(name, secret = `log of ${name}`, identifier = IDENTIFIER) {
    this.name = name;
    this.identifier = identifier;
    this.secret = secret;
    this.bytes = hybridKeyBytes(secret);
  }

  get typed() {
    return Buffer.concat([Buffer.of(0xff), Buffer.from(this.identifier), this.bytes]);
  }

  get id() {
    return sha256(`${this.name}\n`, this.typed).subarray(0, 4);
  }

  get text() {
    return `${this.name}+${this.id.toString("hex")}+${this.typed.toString("base64")}`;
  }

  /** The signature of a text, of halves that may be of another: the smaller s, as logs write it. */
  signature(text, { first = firstHalf, second = secondHalf } = {}) {
    const message = `${IDENTIFIER}\n${text}`;
    const made = Buffer.concat([first(this.secret, message), second(this.secret, message)]);
    return number(made.subarray(32, 64)) * 2n <= ORDER ? made : otherS(made);
  }

  line(signature) {
    return `\u2014 ${this.name} ${Buffer.concat([this.id, signature]).toString("base64")}\n`;
  }

  /** Signs a note beside whoever signed it. */
  beside(note, change = (signature) => signature) {
    const text = note.slice(0, note.lastIndexOf("\n\n") + 1);
    return note + this.line(change(this.signature(text), text));
  }
}
