// Trust files that every verifier must refuse, with the reason.
import { changedHands } from "./cluster-cases.mjs";
import { HybridSigner } from "./hybrid.mjs";
import { notaryToo, registrarToo } from "./hybrid-cases.mjs";
import { NoteSigner, noise, notary, registrar, sha256, trustJson } from "./town.mjs";

/** The word's trust file, with changes. */
function file(changes) {
  return `${JSON.stringify(trustJson({ contracts: [["word", WORD]], ...changes }), null, 2)}\n`;
}

const WORD = 'contract word version 1 "A word."\nparty bank = "TOWN-BANK"\nfact Word\n  number: int\n  controlled by nobody\n  attested by bank\n';

export function refused() {
  const weak = new NoteSigner("n", noise("x"));
  weak.public = Buffer.alloc(32);
  weak.id = sha256("n\n", [1], weak.public).subarray(0, 4);
  const text = file();
  const json = JSON.parse(text);
  const { notary: _, ...without } = json;
  const entry = (changes) => JSON.stringify({ ...json, contracts: [{ ...json.contracts[0], ...changes }] });
  // With the id that is theirs.
  const withKey = (change, identifier) => {
    const signer = new HybridSigner("notary.town", undefined, identifier);
    signer.bytes = change(signer.bytes);
    return file({ notary: [notary.text, signer.text] });
  };
  const cases = [
    ["nothing", ""],
    ["not JSON", 'network = "town"\n'],
    ["a byte order mark", `\ufeff${text}`],
    ["something behind the end", `${text}{}`],
    ["a comma too many", text.replace(/\]\n\}\n$/, "],\n}\n")],
    ["not an object", "[]"],
    ["an empty object", "{}"],
    ["no notary", JSON.stringify(without)],
    ["a name twice", text.replace('"network"', '"network": "a", "network"')],
    ["a name twice, once with an escape", text.replace('"name"', '"n\\u0061me": "a", "name"')],
    ["a name without meaning", file({ witness: "w" })],
    ["another form", file({ pvn_trust: 1 })],
    ["a form that is a text", file({ pvn_trust: "2" })],
    ["a form with a point", text.replace('"pvn_trust": 2', '"pvn_trust": 2.0')],
    ["a form with an exponent", text.replace('"pvn_trust": 2', '"pvn_trust": 2e0')],
    ["a network that is a number", file({ network: 7 })],
    ["half a character", text.replace('"town"', '"\\ud800"')],
    ["a key that is not in a list", file({ notary: notary.text })],
    ["no key", file({ notary: [] })],
    ["two keys", file({ registrar: [registrar.text, registrar.text] })],
    ["three keys", file({ notary: [notary.text, notaryToo.text, notaryToo.text] })],
    ["a hybrid key alone", file({ notary: [notaryToo.text] })],
    ["a hybrid key first", file({ notary: [notaryToo.text, notary.text] })],
    ["a hybrid key of another log", file({ notary: [notary.text, registrarToo.text] })],
    ["a hybrid key a byte short", withKey((bytes) => bytes.subarray(0, -1))],
    ["a hybrid key a byte long", withKey((bytes) => Buffer.concat([bytes, Buffer.of(0)]))],
    ["a hybrid key with a hybrid point", withKey((bytes) => Buffer.concat([Buffer.of(6 + (bytes[64] & 1)), bytes.subarray(1)]))],
    ["a hybrid key whose point is none", withKey((bytes) => Buffer.concat([bytes.subarray(0, 64), Buffer.of(bytes[64] ^ 1), bytes.subarray(65)]))],
    ["a key of another named type", withKey((bytes) => bytes, "pvn.p256-mldsa65.v2")],
    ["no verifier key", file({ notary: ["notary.town"] })],
    ["a key of small order", file({ registrar: [weak.text] })],
    ["a contract with a name without meaning", entry({ version: "1" })],
    ["a contract with another hash", entry({ sha256: "0".repeat(64) })],
    ["a hash in capitals", entry({ sha256: sha256(WORD).toString("hex").toUpperCase() })],
    ["another text than the hash's", text.replace("A word.", "A verb.")],
    ["no contract", file({ contracts: [["coins", "nothing\n"]] })],
    ["a contract that is a text", file({ contracts: [] }).replace('"contracts": []', '"contracts": ["coins"]')],
  ];
  const epochs = (...epochs) => file({ ...changedHands, notary: { ...changedHands.notary, epochs } });
  const [first, second] = changedHands.notary.epochs;
  cases.push(
    ["epochs in form 2", file({ ...changedHands, pvn_trust: 2 })],
    ["form 3 without epochs", file({ pvn_trust: 3 })],
    ["an empty list of epochs", epochs()],
    ["an epoch left out", epochs(second)],
    ["epochs that begin at one size", epochs(first, { ...second, from: first.from })],
    ["an epoch before one could be decided", epochs({ ...first, from: 1 })],
    ["an epoch from beyond exact numbers", epochs({ ...first, from: 2 ** 53 })],
    ["an epoch from a text", epochs({ ...first, from: "3" })],
    ["an epoch from half a size", epochs({ ...first, from: 3.5 })],
    ["an epoch with a name without meaning", epochs({ ...first, needed: 3 })],
    ["an epoch of another log", epochs({ ...first, authorities: first.authorities.replace("notary.town", "other.town") })],
    ["an epoch with another threshold", epochs({ ...first, authorities: first.authorities.replace("needed 3", "needed 2") })],
    ["a list in the place of an epoch", epochs([3, first.authorities])],
    ["a list in the place of the notary", file({ pvn_trust: 3, notary: [changedHands.notary.keys, changedHands.notary.epochs] })],
    ["the notary's keys twice", epochs(first).replace('"keys"', '"keys": [], "keys"')],
  );
  return cases.map(([why, file]) => ({ why, file }));
}
