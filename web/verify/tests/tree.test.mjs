// Trees and hashes, against published vectors, Node's own, and trees written down as RFC 6962 defines them.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hex } from "../src/bytes.ts";
import { hmac, sha256 } from "../src/sha256.ts";
import { counted, fold, isConsistent, leafHash, nodeHash, rootAt, rootFromPath } from "../src/tree.ts";
import { bytes } from "./support/town.mjs";

test("SHA-256 and HMAC are those of everybody else, at every length around a block's end", () => {
  const message = Uint8Array.from({ length: 260 }, (_, i) => (i * 37) & 0xff);
  for (let length = 0; length <= message.length; length++) {
    const part = message.slice(0, length);
    assert.equal(hex(sha256(part)), createHash("sha256").update(part).digest("hex"), `${length} bytes`);
    const halves = [part.slice(0, length >> 1), part.slice(length >> 1)];
    assert.equal(hex(sha256(...halves)), hex(sha256(part)));
    assert.equal(hex(hmac(message.slice(0, 32), ...halves)), createHmac("sha256", message.slice(0, 32)).update(part).digest("hex"));
  }
});

/** Published vectors for RFC 6962 proofs (transparency-dev/merkle, Apache-2.0), where PVN_DATA says where they are. */
function published(kind) {
  const folder = join(process.env.PVN_DATA ?? "", "vectors/rfc6962-merkle", kind);
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".json"));
  // Sizes of 64 bits are too large for a number.
  return files.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8").replace(/: (\d{15,})/g, ': "$1"')));
}

const without = process.env.PVN_DATA ? false : "PVN_DATA is not set";
const hash = (text) => new Uint8Array(Buffer.from(text ?? "", "base64"));

test("published vectors of paths have their verdicts", { skip: without }, () => {
  const all = published("inclusion");
  assert.equal(all.length, 98);
  for (const { leafHash, leafIdx, treeSize, root, proof, wantErr, desc } of all) {
    const [leaf, expected, ...hashes] = [leafHash, root, ...(proof ?? [])].map(hash);
    // What isn't of 32 bytes isn't read as a digest in the first place.
    const reached = leaf.length === 32 ? rootFromPath(leaf, BigInt(leafIdx), BigInt(treeSize), hashes) : undefined;
    assert.equal(!reached || hex(reached) !== hex(expected), wantErr, desc);
  }
});

test("published vectors of consistency have their verdicts", { skip: without }, () => {
  const all = published("consistency");
  assert.equal(all.length, 98);
  for (const { size1, root1, size2, root2, proof, wantErr, desc } of all) {
    const consistent = isConsistent(BigInt(size1), hash(root1), BigInt(size2), hash(root2), (proof ?? []).map(hash));
    assert.equal(!consistent, wantErr, desc);
  }
});

/** RFC 6962 §2.1, word by word. */
function root(leaves) {
  if (leaves.length < 2) return leaves[0] ?? sha256();
  const half = split(leaves.length);
  return nodeHash(root(leaves.slice(0, half)), root(leaves.slice(half)));
}

/** The largest power of two below a number. */
const split = (n) => 2 ** Math.floor(Math.log2(n - 1));

/** RFC 6962 §2.1.1. */
function path(index, leaves) {
  if (leaves.length < 2) return [];
  const half = split(leaves.length);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return index < half ? [...path(index, left), root(right)] : [...path(index - half, right), root(left)];
}

/** RFC 6962 §2.1.2. */
function proof(older, leaves, whole = true) {
  if (older === leaves.length) return whole ? [] : [root(leaves)];
  const half = split(leaves.length);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return older <= half ? [...proof(older, left, whole), root(right)] : [...proof(older - half, right, false), root(left)];
}

const leaves = Array.from({ length: 40 }, (_, i) => leafHash(Uint8Array.of(i)));

test("the roots of certificate transparency's reference", () => {
  const inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
  const hashes = inputs.map((input) => leafHash(bytes(input)));
  const roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ];
  roots.forEach((expected, size) => assert.equal(hex(root(hashes.slice(0, size))), expected));
});

test("a path leads to the root from its leaf, at its place and size, and nowhere else", () => {
  for (let size = 1; size <= leaves.length; size++) {
    const all = leaves.slice(0, size);
    const expected = hex(root(all));
    for (let index = 0; index < size; index++) {
      const hashes = path(index, all);
      const reached = (at, of, way) => {
        const found = rootFromPath(leaves[index], BigInt(at), BigInt(of), way);
        return found && hex(found);
      };
      assert.equal(reached(index, size, hashes), expected, `${index} of ${size}`);
      assert.equal(reached(index, size, [...hashes, sha256()]), undefined);
      assert.equal(reached(size, size, hashes), undefined);
      if (hashes.length > 0) {
        assert.equal(reached(index, size, hashes.slice(1)), undefined);
        assert.notEqual(reached(index, size, hashes.with(0, sha256())), expected);
        assert.notEqual(reached(index ^ 1, size, hashes), expected);
      }
    }
  }
  const far = rootFromPath(leaves[0], 2n ** 40n, 2n ** 40n + 1n, [leaves[1]]);
  assert.equal(hex(far), hex(nodeHash(leaves[1], leaves[0])), "a lone last leaf is high up");
});

test("a proof shows that the newer tree begins with the older one, and no other does", () => {
  const rootOf = (size) => root(leaves.slice(0, size));
  for (let size = 1; size <= 20; size++) {
    for (let older = 1; older <= size; older++) {
      const hashes = proof(older, leaves.slice(0, size));
      const check = (from = older, fromRoot = rootOf(older), to = size, toRoot = rootOf(size), way = hashes) =>
        isConsistent(BigInt(from), fromRoot, BigInt(to), toRoot, way);
      const where = `${older} to ${size}`;
      assert.equal(check(), true, where);
      assert.equal(check(older, sha256()), false, where);
      assert.equal(check(older, rootOf(older), size, sha256()), false, where);
      assert.equal(check(older, rootOf(older), size, rootOf(size), [...hashes, sha256()]), false, where);
      if (hashes.length > 0) assert.equal(check(older, rootOf(older), size, rootOf(size), hashes.slice(1)), false, where);
      hashes.forEach((_, i) => assert.equal(check(older, rootOf(older), size, rootOf(size), hashes.with(i, sha256(hashes[i]))), false, where));
    }
  }
  assert.equal(isConsistent(0n, sha256(), 3n, rootOf(3), []), false);
  assert.equal(isConsistent(3n, rootOf(3), 2n, rootOf(2), []), false);
});

test("tag and count bind the reading of a root", () => {
  const three = leaves.slice(0, 3);
  const whole = hex(counted(0x22, 3, root(three)));
  const place = { index: 2, count: 3, path: path(2, three) };
  assert.equal(hex(rootAt(place, 0x22, leaves[2])), whole);
  assert.notEqual(hex(rootAt(place, 0x23, leaves[2])), whole);
  // Of two leaves, the second has the same path as the lone third of three: only the count tells them apart.
  assert.notEqual(hex(rootAt({ ...place, index: 1, count: 2 }, 0x22, leaves[2])), whole);
});

/** The roots of the largest subtrees without a chosen leaf, left to right. */
function rest(all, chosen, from = 0) {
  if (!all.some((_, i) => chosen(from + i))) return [root(all)];
  if (all.length === 1) return [];
  const half = split(all.length);
  return [...rest(all.slice(0, half), chosen, from), ...rest(all.slice(half), chosen, from + half)];
}

test("any leaves with the fewest hashes for the others give the root, and none but those", () => {
  for (let size = 1; size <= 9; size++) {
    const all = leaves.slice(0, size);
    for (let subset = 1; subset < 2 ** size; subset++) {
      const chosen = (i) => ((subset >> i) & 1) === 1;
      const known = all.map((hash, position) => ({ position, hash })).filter(({ position }) => chosen(position));
      const folded = (leaves, given) => {
        const left = [...given];
        const found = fold(leaves, 0, size, () => left.shift());
        return found && left.length === 0 ? hex(found) : undefined;
      };
      const given = rest(all, chosen);
      const where = `${subset} of ${size}`;
      assert.equal(folded(known, given), hex(root(all)), where);
      assert.equal(folded(known, [...given, leaves[0]]), undefined, where);
      if (given.length > 0) assert.equal(folded(known, given.slice(1)), undefined, where);
      assert.equal(folded([...known, { position: size, hash: leaves[0] }], given), undefined, where);
      assert.equal(folded([...known, known.at(-1)], given), undefined, where);
    }
  }
});
