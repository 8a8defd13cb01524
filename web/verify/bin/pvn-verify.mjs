#!/usr/bin/env node
// `pvn-verify PROOF --trust FILE [--history FILE] [--audience WHO --nonce HEX | --current] [--max-age 5m] [--json]`: verifies a proof offline. Exit codes are those of `pvn verify`: 0 valid, 1 not valid or nothing
// to verify, 2 asked wrongly.
import { readFileSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";

const USAGE = "pvn-verify PROOF --trust FILE [--history FILE] [--audience WHO --nonce HEX | --current] [--max-age 5m] [--json]";
const UNITS_MS = { s: 1_000n, m: 60_000n, h: 3_600_000n };
const built = new URL("../dist/pvn-verify.mjs", import.meta.url);

function end(code, text) {
  writeSync(code === 0 ? 1 : 2, `${text}\n`);
  process.exit(code);
}

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        trust: { type: "string" },
        history: { type: "string" },
        audience: { type: "string" },
        nonce: { type: "string" },
        current: { type: "boolean" },
        "max-age": { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) end(0, `Verifies a proof, offline.\n\n  ${USAGE}\n\nThe trust file comes from somebody you trust, not from whoever shows you the proof.`);
    if (positionals.length !== 1 || !values.trust) throw new Error("one proof and one trust file are needed");
    return { proof: positionals[0], ...values, asked: askedFor(values) };
  } catch (error) {
    end(2, `pvn-verify: ${error.message}\n  ${USAGE}`);
  }
}

/** What the verifier asked for: to be shown something, or that it is current. Without a time, for five minutes or for one. */
function askedFor({ audience, nonce, current, "max-age": maxAge = current ? "1m" : "5m" }) {
  if ((audience === undefined) !== (nonce === undefined)) throw new Error("--audience and --nonce belong together");
  if (current && audience !== undefined) throw new Error("--current and --audience exclude each other");
  const [, number, unit] = /^(\d{1,9})([smh])$/.exec(maxAge) ?? [];
  if (!unit) throw new Error(`--max-age is a time like 30s, 5m or 1h, and not ${maxAge}`);
  const times = { nowMs: BigInt(Date.now()), maxAgeMs: BigInt(number) * UNITS_MS[unit] };
  if (current) return { recent: times };
  if (audience === undefined) return {};
  if (!/^([0-9a-f]{2})*$/.test(nonce)) throw new Error("the nonce is written in hexadecimal digits");
  return { expected: { audience, nonce: new Uint8Array(Buffer.from(nonce, "hex")), ...times } };
}

function read(what, path) {
  try {
    return readFileSync(path);
  } catch (error) {
    end(1, `pvn-verify: the ${what} ${path} can't be read: ${error.message}`);
  }
}

const { proof, trust: trustPath, history, json, asked } = options();
const { followed, HistoryError, readTrust, said, TrustError, verify } = await import(built).catch(() => end(1, "pvn-verify is not built yet: make web"));
let trust;
try {
  trust = await readTrust(new Uint8Array(read("trust file", trustPath)));
} catch (error) {
  if (!(error instanceof TrustError)) throw error;
  end(1, `pvn-verify: the trust file ${trustPath}: ${error.message}`);
}
try {
  if (history !== undefined) trust = await followed(trust, new Uint8Array(read("history", history)));
} catch (error) {
  if (!(error instanceof HistoryError)) throw error;
  end(1, `pvn-verify: the history ${history} leads nowhere (${error.code}): ${error.message}`);
}
const verdict = await verify(new Uint8Array(read("proof", proof)), trust, asked);
writeSync(1, `${said(verdict, json ? "json" : "words")}\n`);
process.exitCode = verdict.valid ? 0 : 1;
