// Signed notes, keys and checkpoints, and the one rule for Ed25519.
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { isSignedEd25519 } from "../src/ed25519.ts";
import { verifiedCheckpoint } from "../src/checkpoint.ts";
import { NoteError, verifiedText, verifierKey } from "../src/note.ts";
import { isSignedP256 } from "../src/p256.ts";
import { pinned } from "./support/edges.mjs";
import { HybridSigner, otherS } from "./support/hybrid.mjs";
import { notaryToo } from "./support/hybrid-cases.mjs";
import { NoteSigner, bytes, noise, notary, registrar, repository, sha256 } from "./support/town.mjs";

/** What a call gives, or why not. */
async function outcome(call) {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    return error.message;
  }
}

async function judge(key, note) {
  const read = await outcome(() => verifierKey(key));
  if (read === "the key is weak") return "weak";
  return (await outcome(() => verifiedText(note, [read]))) === note.split("\n\n", 1)[0] + "\n" ? "valid" : "refused";
}

test("signatures at the edges of Ed25519 have the verdicts of the one rule", async () => {
  const cases = repository("docs/protocol/vectors/ed25519.txt");
  assert.equal(cases, pinned(), "the cases are pinned");
  for (const line of cases.trim().split("\n")) {
    const [name, expected, key, note] = line.split(" | ");
    assert.equal(await judge(key, Buffer.from(note, "hex").toString()), expected, name);
  }
});

test("what the other implementation signed with P-256 and ML-DSA-65 is valid, and with any bit of some changed it isn't", async () => {
  const cases = repository("docs/protocol/vectors/hybrid.txt").trim().split("\n").map((line) => line.split(" | "));
  for (const [name, expected, key, note] of cases) assert.equal(await judge(key, Buffer.from(note, "hex").toString()), expected, name);
  const [[, , text, hex]] = cases;
  const key = await verifierKey(text);
  const note = Buffer.from(hex, "hex").toString();
  const line = note.trimEnd().split(" ").at(-1);
  const signature = Buffer.from(line, "base64");
  for (let at = 4; at < signature.length; at += 97) {
    signature[at] ^= 1;
    const changed = note.replace(line, signature.toString("base64"));
    assert.equal(await outcome(() => verifiedText(changed, [key])), `the signature of ${key.name} (${key.id}) is not valid`, `byte ${at}`);
    signature[at] ^= 1;
  }
});

test("the 196 vectors of ZIP-215 verify", async () => {
  const order8 = ["26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"];
  const around = ["00", "01"].map((low) => low.padEnd(64, "0")).concat(["ec", "ed", "ee"].map((low) => `${low.padEnd(62, "f")}7f`));
  const points = [...around, ...order8].map(bytes).flatMap((point) => {
    const signed = point.slice();
    signed[31] |= 0x80;
    return [point, signed];
  });
  for (const key of points) {
    for (const r of points) {
      const signature = Uint8Array.from([...r, ...new Uint8Array(32)]);
      assert.equal(await isSignedEd25519(key, Buffer.from("Zcash"), signature), true, Buffer.from([...key, ...r]).toString("hex"));
    }
  }
});

test("Ed25519 signatures of RFC 8032 §7.1 verify, and with any bit changed they don't", async () => {
  const table = [
    ["d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"],
    ["3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72", "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"],
    ["fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82", "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"],
  ];
  for (const [key, message, signature] of table.map((row) => row.map(bytes))) {
    assert.equal(await isSignedEd25519(key, message, signature), true);
    for (let bit = 0; bit < signature.length * 8; bit += 13) {
      const changed = signature.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      assert.equal(await isSignedEd25519(key, message, changed), false, `bit ${bit}`);
    }
  }
});

test("P-256 keys have one form, and signatures one length", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const der = new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
  const key = der.slice(-65);
  const message = new TextEncoder().encode("a message");
  const fixed = (dsaEncoding) => new Uint8Array(sign("sha256", message, { key: privateKey, dsaEncoding }));
  const signature = fixed("ieee-p1363");
  const compressed = Uint8Array.of(2 + (key[64] & 1), ...key.slice(1, 33));
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = BigInt(`0x${Buffer.from(signature.slice(32)).toString("hex")}`);
  const malleated = Uint8Array.of(...signature.slice(0, 32), ...Buffer.from((order - s).toString(16).padStart(64, "0"), "hex"));
  const hybrid = Uint8Array.of(6 + (key[64] & 1), ...key.slice(1));
  const table = [
    ["as it was signed", key, signature, true],
    ["malleated: no signature is an identifier", key, malleated, true],
    ["by a compressed point", compressed, signature, false],
    ["by a hybrid point", hybrid, signature, false],
    ["by a key in DER", der, signature, false],
    ["by a point off the curve", key.with(64, key[64] ^ 1), signature, false],
    ["by no point at all", Uint8Array.of(0), signature, false],
    ["in DER", key, fixed("der"), false],
    ["too short", key, signature.slice(0, 63), false],
    ["of nought", key, new Uint8Array(64), false],
    ["of another message", key, signature.with(0, signature[0] ^ 1), false],
  ];
  for (const [name, by, given, expected] of table) assert.equal(await isSignedP256(by, message, given), expected, name);
});

const KEY = notary.text;
const [, ID, ENCODED] = /^notary\.town\+(.*?)\+(.*)$/.exec(KEY);

test("a key has one text", async () => {
  assert.equal((await verifierKey(KEY)).name, "notary.town");
  const named = (name) => {
    const bytes = Buffer.concat([Buffer.of(1), notary.public]);
    return `${name}+${sha256(`${name}\n`, bytes).subarray(0, 4).toString("hex")}+${ENCODED}`;
  };
  const table = [
    ["", "a verifier key has the form name+id+key"],
    ["notary.town", "a verifier key has the form name+id+key"],
    [named(""), "a key's name is not valid"],
    [named("notary town"), "a key's name is not valid"],
    [named("notary\u00a0town"), "a key's name is not valid"],
    [named("notary\u0085town"), "a key's name is not valid"],
    [named("n".repeat(256)), "a key's name is not valid"],
    [`notary.town+${ID.toUpperCase()}x+${ENCODED}`, "a key id is 8 lower-case hexadecimal digits"],
    [`notary.town+00000000+${ENCODED}`, `the id of this name and key is ${ID}, got 00000000`],
    [`notary.town+${ID}+${ENCODED} `, "the key is not canonical base64"],
    [`notary.town+${ID}+${ENCODED.slice(0, -1)}`, "the key is not canonical base64"],
    [`notary.town+${ID}+`, "the key is of a type that is not supported"],
    [`notary.town+${ID}+AhpcABcUPDhM`, "the key is of a type that is not supported"],
    [`notary.town+${ID}+ARpc2QcUPDhM`, "the key is not in the one form of its type"],
  ];
  for (const [text, expected] of table) assert.equal(await outcome(() => verifierKey(text)), expected, text);
  assert.equal((await verifierKey(named("n".repeat(255)))).name.length, 255);
});

const ROOT = sha256("a root");
const GOOD = notary.checkpoint(5, ROOT);
const [TEXT, LINE] = [GOOD.slice(0, GOOD.indexOf("\n\n") + 1), GOOD.slice(GOOD.indexOf("\n\n") + 2)];

test("a note counts whole: its text, exactly one signature, by exactly the key that is trusted", async () => {
  const key = await verifierKey(KEY);
  const other = registrar.sign(TEXT).slice(TEXT.length + 1);
  const namesake = new NoteSigner("notary.town", noise("another"));
  const table = [
    [GOOD, TEXT],
    ["", "a note has an empty line before its signatures"],
    [TEXT, "a note has an empty line before its signatures"],
    [`${TEXT}\n`, "a note has at least one signature"],
    [`${TEXT}\n${LINE.trimEnd()}`, "a note ends in a newline"],
    [`${TEXT}\n${LINE}${LINE}`, `notary.town (${ID}) signed twice`],
    [`${TEXT}\n${LINE}${other}`, `registrar.town (${registrar.id.toString("hex")}) is not among the trusted keys`],
    [`${TEXT}\n${other}`, "no trusted key signed the note"],
    [namesake.sign(TEXT), "no trusted key signed the note"],
    [`${TEXT}\n${LINE.replace("\u2014", "-")}`, "a signature line has the form '\u2014 name base64'"],
    [`${TEXT}\n${LINE.replace("notary.town ", "notary.town  ")}`, "a signature is not canonical base64"],
    [`${TEXT}\n${LINE.replace("notary.town", "notary.town+")}`, "a key's name is not valid"],
    [`${TEXT}\n\u2014 notary.town AAAAAA==\n`, "a signature line has more than 4 bytes"],
    [`${TEXT}\n\n${LINE}`, `the signature of notary.town (${ID}) is not valid`],
    [GOOD.replace("\n5\n", "\n6\n"), `the signature of notary.town (${ID}) is not valid`],
    [GOOD.replace("5", "\r5"), "the note has a control character"],
    [`${TEXT}\n${LINE.repeat(65)}`, "a note has too many signatures"],
    [`${"a".repeat(512 * 1024)}${GOOD}`, "the note is too long"],
    [notary.sign("any text,\n\nwith empty lines\n"), "any text,\n\nwith empty lines\n"],
  ];
  for (const [note, expected] of table) assert.equal(await outcome(() => verifiedText(note, [key])), expected, note.slice(0, 200));
});

test("a cosigner's signature has a time", async () => {
  const cosigner = new NoteSigner("witness.town", noise("witness"));
  const bytes = Buffer.concat([Buffer.of(4), cosigner.public]);
  cosigner.id = sha256("witness.town\n", bytes).subarray(0, 4);
  const key = await verifierKey(`witness.town+${cosigner.id.toString("hex")}+${bytes.toString("base64")}`);
  const cosigned = (time, said = time) => {
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(time);
    return `${TEXT}\n${cosigner.line(Buffer.concat([stamp, sign(null, Buffer.from(`cosignature/v1\ntime ${said}\n${TEXT}`), cosigner.key)]))}`;
  };
  const invalid = `the signature of witness.town (${key.id}) is not valid`;
  assert.equal(await verifiedText(cosigned(1_795_176_000n), [key]), TEXT);
  assert.equal(await outcome(() => verifiedText(cosigned(1_795_176_000n, 1n), [key])), invalid);
  assert.equal(await outcome(() => verifiedText(cosigned(2n ** 63n), [key])), invalid);
  assert.equal(await outcome(() => verifiedText(cosigner.sign(TEXT), [key])), invalid);
});

test("a log with two keys is believed when both signed, and nobody else", async () => {
  const keys = [await verifierKey(KEY), await verifierKey(notaryToo.text)];
  const both = notaryToo.beside(GOOD);
  const hybridLine = both.slice(GOOD.length);
  const hybridId = notaryToo.id.toString("hex");
  const namesake = new HybridSigner("notary.town", "somebody else's log");
  const invalid = `the signature of notary.town (${hybridId}) is not valid`;
  const beside = (change) => notaryToo.beside(GOOD, change);
  const table = [
    [both, TEXT],
    [`${TEXT}\n${hybridLine}${LINE}`, TEXT],
    [GOOD, `1 of the 2 needed keys signed the note, without notary.town (${hybridId})`],
    [`${TEXT}\n${hybridLine}`, `1 of the 2 needed keys signed the note, without notary.town (${ID})`],
    [`${both}${hybridLine}`, `notary.town (${hybridId}) signed twice`],
    [namesake.beside(GOOD), `notary.town (${namesake.id.toString("hex")}) is not among the trusted keys`],
    [beside((signature) => signature.subarray(1)), invalid],
    [beside((signature) => signature.subarray(0, 64)), invalid],
    [beside((signature) => signature.subarray(0, 1)), invalid],
    [beside(otherS), invalid],
    [both.replace("\n5\n", "\n6\n"), `the signature of notary.town (${ID}) is not valid`],
  ];
  for (const [note, expected] of table) assert.equal(await outcome(() => verifiedText(note, keys)), expected);
  assert.equal(await outcome(() => verifiedText(both, keys.slice(0, 1))), `notary.town (${hybridId}) is not among the trusted keys`);
});

test("a checkpoint is three lines of the log that its key is named after", async () => {
  const key = await verifierKey(KEY);
  const root = Buffer.from(ROOT).toString("base64");
  const empty = sha256().toString("base64");
  const table = [
    [["notary.town", "5", root], 5n],
    [["notary.town", "9223372036854775807", root], 2n ** 63n - 1n],
    [["notary.town", "0", empty], 0n],
    [["notary.town", "0", root], "the root of the empty tree is wrong"],
    [["notary.town", "9223372036854775808", root], "the checkpoint's size is not valid"],
    [["notary.town", "05", root], "the checkpoint's size is not valid"],
    [["notary.town", "", root], "the checkpoint's size is not valid"],
    [["notary.town", "+5", root], "the checkpoint's size is not valid"],
    [["notary.town", "5", root.slice(4)], "the checkpoint's root is not canonical base64 of 32 bytes"],
    [["notary.town", "5", root.replace("=", "")], "the checkpoint's root is not canonical base64 of 32 bytes"],
    [["notary.town", "5"], "a checkpoint has three lines: origin, size and root"],
    [["notary.town", "5", root, "more"], "the checkpoint has a line that is not allowed"],
    [["", "5", root], "the checkpoint's origin is not valid"],
    [["notary\u0080town", "5", root], "the checkpoint's origin is not valid"],
    [["registrar.town", "5", root], "it is of the log registrar.town"],
  ];
  for (const [lines, expected] of table) {
    const read = await outcome(() => verifiedCheckpoint(notary.sign(`${lines.join("\n")}\n`), [key]));
    assert.equal(read.size ?? read, expected, lines.join(", "));
  }
});
