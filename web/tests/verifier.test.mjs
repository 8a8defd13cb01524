// The verifier in a browser: under the pages' content security policy, with the network off.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { VECTOR } from "../verify/tests/support/proof.mjs";
import { trustFile } from "../verify/tests/support/town.mjs";
import { openBrowser, openPage } from "./support.mjs";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const PAGE = '<!doctype html><html lang="en-GB"><title>A page</title><script type="module" src="/page.js"></script></html>';

let browser;
let server;
let address;
before(async () => {
  const root = fileURLToPath(new URL("../verify", import.meta.url));
  const [{ output }] = await build({ root, logLevel: "error", build: { write: false, minify: true } });
  const files = {
    "/": ["text/html", PAGE],
    "/page.js": ["text/javascript", 'import * as verifier from "/verifier.js"; document.verifier = verifier;'],
    "/verifier.js": ["text/javascript", output[0].code],
  };
  server = createServer(({ url }, response) => {
    const [type, body] = files[url] ?? ["text/plain", ""];
    response.writeHead(files[url] ? 200 : 404, { "content-type": type, "content-security-policy": POLICY }).end(body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  address = `http://127.0.0.1:${server.address().port}/`;
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  server?.close();
});

test("a browser gives the verdicts of the command, under the strict policy and with the network off", async () => {
  const page = await openPage(browser);
  await page.goto(address);
  await page.waitForFunction(() => document.verifier);
  await page.context().setOffline(true);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  const verdict = (proof) =>
    page.evaluate(
      async ([bytes, trust]) => {
        const { readTrust, said, verify } = document.verifier;
        return JSON.parse(said(await verify(new Uint8Array(bytes), await readTrust(new Uint8Array(trust))), "json"));
      },
      [[...proof], [...trustFile()]],
    );
  const good = await verdict(VECTOR);
  assert.deepEqual([good.valid, good.kind, good.hidden], [true, "Receipt", ["note"]]);
  const steps = new Set();
  for (let byte = 0; byte < VECTOR.length; byte += 17) {
    const { valid, step } = await verdict(VECTOR.with(byte, VECTOR[byte] ^ 1));
    assert.equal(valid, false, `byte ${byte}`);
    steps.add(step);
  }
  assert.deepEqual([...steps].sort(), ["checkpoint", "contract", "fact", "log", "network_map", "read", "signatures", "where_it_belongs"]);
  assert.deepEqual([asked, page.complaints], [[], []]);
});
