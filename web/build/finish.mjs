// After Vite: third-party notices, compressed copies, and the weights that a page may have.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url).pathname;
const modules = new URL("../node_modules/", import.meta.url).pathname;

// A first load is at most 40 kB, of which at most 15 kB are the script that it begins with: each page has one. What only some proofs need, the page that
// checks them loads once it is there. Styles and scripts leave the rest to the page itself, which the browser tests weigh over the wire. What counts is what
// browsers are sent, brotli.
const BYTES_MAX = {
  "portal.js": 15_000,
  // Above the 15,000 by what ZIP-215 and the strict reading of trust files take; to be won back.
  "check.js": 15_400,
  "hybrid.js": 8_500,
  "wrapped.js": 1_800,
  "epochs.js": 2_700,
  "later.js": 900,
  "portal.css": 18_000,
  "icon.svg": 1_000,
};

/** A file's name without the hash that scripts have in it which load each other. */
const plain = (name) => name.replace(/-[\w-]{8}\.js$/, ".js");

function notices() {
  const used = ["../package.json", "../verify/package.json"].map((path) => JSON.parse(readFileSync(new URL(path, import.meta.url))).dependencies);
  const names = new Set(used.flatMap(Object.keys));
  const manifest = (name) => JSON.parse(readFileSync(join(modules, name, "package.json")));
  // What is added is gone through as well.
  for (const name of names) for (const other of Object.keys(manifest(name).dependencies ?? {})) names.add(other);
  const parts = [...names].map((name) => {
    const { version, license } = manifest(name);
    return `${name} ${version} (${license})\n\n${licence(name, join(modules, name)).trim()}\n`;
  });
  return `Parts of these pages' styles, and of the verifier of proofs, come from the following packages.\n\n${parts.join("\n----\n\n")}`;
}

// Not every package carries the text of its licence; those texts are in web/licences/.
function licence(name, folder) {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const own = new URL(`../licences/${name}.txt`, import.meta.url);
  if (!file && !existsSync(own)) throw new Error(`${name} has no licence text: add it as web/licences/${name}.txt`);
  return readFileSync(file ? join(folder, file) : own, "utf8");
}

function compress(name) {
  const bytes = readFileSync(join(dist, name));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  const br = brotliCompressSync(bytes, { params });
  const gz = gzipSync(bytes, { level: 9 });
  writeFileSync(join(dist, `${name}.br`), br);
  writeFileSync(join(dist, `${name}.gz`), gz);
  return { name, raw: bytes.length, br: br.length, gz: gz.length };
}

writeFileSync(join(dist, "third-party-notices.txt"), notices());
const weighed = readdirSync(dist).filter((name) => /\.(js|css|svg|txt)$/.test(name)).map(compress);
console.table(weighed);
const most = ({ name }) => BYTES_MAX[plain(name)] ?? Infinity;
const heavy = weighed.filter((file) => file.br > most(file));
for (const file of heavy) console.error(`${file.name}: ${file.br} bytes compressed, at most ${most(file)} are allowed`);
for (const name of Object.keys(BYTES_MAX).filter((name) => !weighed.some((file) => plain(file.name) === name))) {
  console.error(`${name} was not built`);
  heavy.push(name);
}
process.exit(heavy.length ? 1 : 0);
