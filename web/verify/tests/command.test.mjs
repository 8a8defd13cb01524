// The command as people run it, without a network.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { VECTOR } from "./support/proof.mjs";
import { trustFile } from "./support/town.mjs";

const folder = mkdtempSync(join(tmpdir(), "pvn-verify-"));
const web = fileURLToPath(new URL("../../", import.meta.url));
const file = (name) => join(folder, name);

before(async () => {
  await build({ root: fileURLToPath(new URL("..", import.meta.url)), logLevel: "error" });
  writeFileSync(file("payment.proof"), VECTOR);
  writeFileSync(file("cut.proof"), VECTOR.slice(0, 100));
  writeFileSync(file("network.trust"), trustFile());
  writeFileSync(file("broken.trust"), "nothing\n");
});
after(() => rmSync(folder, { recursive: true }));

const offline = fileURLToPath(new URL("./support/offline.mjs", import.meta.url));

/** Runs the command where no connection can be opened. */
function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", offline, join(web, "node_modules/.bin/pvn-verify"), ...args], { encoding: "utf8" });
  return [status, stdout, stderr];
}

test("npx finds it, wherever the files are", () => {
  const { status, stdout } = spawnSync("npx", ["--offline", "--prefix", web, "pvn-verify", "payment.proof", "--trust", "network.trust"], { cwd: folder, encoding: "utf8" });
  assert.deepEqual([status, stdout], [0, run(file("payment.proof"), "--trust", file("network.trust"))[1]]);
});

test("a proof is verified offline, and the exit code is the verdict", () => {
  const [status, out, err] = run(file("payment.proof"), "--trust", file("network.trust"));
  assert.deepEqual([status, err], [0, ""]);
  assert.equal(out.split("\n", 1)[0], "VALID: Receipt under the contract coins.");
  const [, json] = run("--json", file("payment.proof"), "--trust", file("network.trust"));
  assert.equal(JSON.parse(json).valid, true);
});

test("what isn't valid, or can't be asked, is said", () => {
  const trust = ["--trust", file("network.trust")];
  const usage = "\n  pvn-verify PROOF --trust FILE [--history FILE] [--audience WHO --nonce HEX | --current] [--max-age 5m] [--json]\n";
  const table = [
    [[file("cut.proof"), ...trust], 1, "NOT VALID. The step that failed: reading the file: cut short, at byte 100.\n", ""],
    [[file("cut.proof"), "--json", ...trust], 1, '{"reason":"reading the file: cut short, at byte 100","step":"read","valid":false}\n', ""],
    [[file("payment.proof"), "--trust", file("broken.trust")], 1, "", `pvn-verify: the trust file ${file("broken.trust")}: it is not JSON\n`],
    [[file("no.proof"), ...trust], 1, "", `pvn-verify: the proof ${file("no.proof")} can't be read: ENOENT: no such file or directory, open '${file("no.proof")}'\n`],
    [[file("payment.proof")], 2, "", `pvn-verify: one proof and one trust file are needed${usage}`],
    [[...trust], 2, "", `pvn-verify: one proof and one trust file are needed${usage}`],
    [[file("payment.proof"), ...trust, "--audience", "The Bell"], 2, "", `pvn-verify: --audience and --nonce belong together${usage}`],
    [[file("payment.proof"), ...trust, "--audience", "The Bell", "--nonce", "50", "--current"], 2, "", `pvn-verify: --current and --audience exclude each other${usage}`],
    [[file("payment.proof"), ...trust, "--current"], 1, "NOT VALID. The step that failed: whether it is current: nothing says that it is still current.\n", ""],
    [[file("payment.proof"), ...trust, "--audience", "The Bell", "--nonce", "5"], 2, "", `pvn-verify: the nonce is written in hexadecimal digits${usage}`],
    [
      [file("payment.proof"), ...trust, "--audience", "The Bell", "--nonce", "50", "--max-age", "5"],
      2,
      "",
      `pvn-verify: --max-age is a time like 30s, 5m or 1h, and not 5${usage}`,
    ],
  ];
  for (const [args, ...expected] of table) assert.deepEqual(run(...args), expected);
  assert.equal(run("--help")[0], 0);
});

test("what is run needs neither eval nor WebAssembly, and asks nobody for anything", () => {
  const code = readFileSync(join(web, "verify/dist/pvn-verify.mjs"), "utf8");
  assert.doesNotMatch(code, /\beval\b|\bFunction\(|WebAssembly|\bfetch\b|XMLHttpRequest|\bimport\(|\bimport\b.*["'`]/);
});
