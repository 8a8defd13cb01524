#!/usr/bin/env node
// `pvn-verify PROOF --trust FILE [--json]`: verifies a proof offline. Exit codes are those of `pvn verify`: 0 valid, 1 not valid or nothing
// to verify, 2 asked wrongly.
import { readFileSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";

const USAGE = "pvn-verify PROOF --trust FILE [--json]";
const built = new URL("../dist/pvn-verify.mjs", import.meta.url);

function end(code, text) {
  writeSync(code === 0 ? 1 : 2, `${text}\n`);
  process.exit(code);
}

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { trust: { type: "string" }, json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    });
    if (values.help) end(0, `Verifies a proof, offline.\n\n  ${USAGE}\n\nThe trust file comes from somebody you trust, not from whoever shows you the proof.`);
    if (positionals.length !== 1 || !values.trust) throw new Error("one proof and one trust file are needed");
    return { proof: positionals[0], ...values };
  } catch (error) {
    end(2, `pvn-verify: ${error.message}\n  ${USAGE}`);
  }
}

function read(what, path) {
  try {
    return readFileSync(path);
  } catch (error) {
    end(1, `pvn-verify: the ${what} ${path} can't be read: ${error.message}`);
  }
}

const { proof, trust: trustPath, json } = options();
const { readTrust, said, TrustError, verify } = await import(built).catch(() => end(1, "pvn-verify is not built yet: make web"));
let trust;
try {
  trust = readTrust(new Uint8Array(read("trust file", trustPath)));
} catch (error) {
  if (!(error instanceof TrustError)) throw error;
  end(1, `pvn-verify: the trust file ${trustPath}: ${error.message}`);
}
const verdict = await verify(new Uint8Array(read("proof", proof)), trust);
writeSync(1, `${said(verdict, json ? "json" : "words")}\n`);
process.exitCode = verdict.valid ? 0 : 1;
