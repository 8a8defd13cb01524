// Signatures at the edges of Ed25519, on which implementations differ ("Taming the many EdDSAs", Chalkias, Garillot, Nikolaenko, 2020), as
// notes: made here, pinned in docs/protocol/vectors, judged by both implementations.
import { Point } from "@noble/ed25519";
import { createHash } from "node:crypto";
import { noise, sha256 } from "./town.mjs";

const ORDER = Point.CURVE().n;
const PRIME = Point.CURVE().p;
const NAME = "edges.example";

const number = (bytes) => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
const encoded = (value) => Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse();
const secret = number(noise("a secret")) % ORDER;
const nonce = number(noise("a nonce")) % ORDER;
const KEY = Point.BASE.multiply(secret);
const R = Point.BASE.multiply(nonce);
/** A point of order eight. */
const EIGHTH = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const torsion = (times) => Array.from({ length: times }, () => EIGHTH).reduce((sum, point) => sum.add(point), Point.ZERO);

const message = (i) => `a note at the edge\n${i}\n`;

function challenge(r, key, text) {
  return number(createHash("sha512").update(Buffer.concat([r, key, Buffer.from(text)])).digest()) % ORDER;
}

function keyText(key) {
  const bytes = Buffer.concat([Buffer.of(1), key]);
  const id = sha256(`${NAME}\n`, bytes).subarray(0, 4);
  return { id, text: `${NAME}+${id.toString("hex")}+${bytes.toString("base64")}` };
}

function note(key, text, ...signature) {
  const line = Buffer.concat([keyText(key).id, ...signature]).toString("base64");
  return `${text}\n\u2014 ${NAME} ${line}\n`;
}

/** A note whose signature is `make(k)` over the first message for which `suits(k)`. */
function signed(key, r, suits = () => true, make = (k) => nonce + k * secret) {
  for (let i = 0; ; i++) {
    const k = challenge(r, key, message(i));
    if (suits(k)) return note(key, message(i), r, encoded(make(k) % ORDER));
  }
}

/** `[name, verdict, key, note]` of each case. */
export function edges() {
  const [key, r] = [Buffer.from(KEY.toBytes()), Buffer.from(R.toBytes())];
  const mixed = Buffer.from(KEY.add(EIGHTH).toBytes());
  const identity = Buffer.from(Point.ZERO.toBytes());
  const isEighth = (k) => k % 8n === 0n;
  const only = (k) => k * secret;
  const s = (nonce + challenge(r, key, message(0)) * secret) % ORDER;
  const altered = (change, at) => Buffer.from(r).fill(change(r[at]), at, at + 1);
  const case_ = (name, verdict, by, text) => [name, verdict, keyText(by).text, text];
  // The nonce's point moved by as much of the small group as the key's part of it moves the other side.
  const cancelling = () => {
    for (let i = 0; ; i++) {
      const times = i % 8;
      const moved = Buffer.from(R.subtract(torsion(times)).toBytes());
      const k = challenge(moved, mixed, message(i));
      if (times > 0 && k % 8n === BigInt(times)) return note(mixed, message(i), moved, encoded((nonce + k * secret) % ORDER));
    }
  };
  const weak = Array.from({ length: 8 }, (_, i) => Buffer.from(torsion(i).toBytes()));
  const withSign = (bytes) => Buffer.from(bytes).fill(bytes[31] | 0x80, 31);
  const longer = [PRIME - 1n, PRIME, PRIME + 1n].map(encoded);
  const weakKeys = new Set([...weak, ...weak.map(withSign), ...longer, ...longer.map(withSign)].map((bytes) => bytes.toString("hex")));
  return [
    case_("an honest signature", "valid", key, note(key, message(0), r, encoded(s))),
    case_("another message", "refused", key, note(key, message(1), r, encoded(s))),
    case_("a bit of R changed", "refused", key, note(key, message(0), altered((byte) => byte ^ 1, 0), encoded(s))),
    case_("S and the order of the group", "refused", key, note(key, message(0), r, encoded(s + ORDER))),
    case_("S and many times the order of the group", "refused", key, note(key, message(0), r, encoded(s + 14n * ORDER))),
    case_("a byte short", "refused", key, note(key, message(0), r, encoded(s).subarray(0, 31))),
    case_("a byte long", "refused", key, note(key, message(0), r, encoded(s), Buffer.of(0))),
    case_("R has a part of small order", "valid", key, signed(key, Buffer.from(R.add(EIGHTH).toBytes()))),
    case_("the key has a part of small order that falls away", "valid", mixed, signed(mixed, r, isEighth)),
    case_("the key has a part of small order that stays", "valid", mixed, signed(mixed, r, (k) => !isEighth(k))),
    case_("parts of small order of R and of the key cancel", "valid", mixed, cancelling()),
    case_("R is nought", "valid", key, signed(key, identity, undefined, only)),
    case_("R is nought, with a sign", "valid", key, signed(key, withSign(identity), undefined, only)),
    case_("R is nought, in its longer form", "valid", key, signed(key, encoded(PRIME + 1n), undefined, only)),
    case_("R is no point", "refused", key, signed(key, encoded(2n))),
    case_("the key is no point", "refused", encoded(2n), note(encoded(2n), message(0), r, encoded(s))),
    ...[...weakKeys].map((hex) => Buffer.from(hex, "hex")).map((bytes, i) => case_(`a weak key, ${i + 1}`, "weak", bytes, note(bytes, message(0), identity, encoded(0n)))),
  ];
}

/** The cases as they are pinned, one a line. */
export function pinned() {
  return edges().map(([name, verdict, key, text]) => `${name} | ${verdict} | ${key} | ${Buffer.from(text).toString("hex")}\n`).join("");
}
