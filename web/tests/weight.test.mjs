// What a first visit costs over the wire: at most 40 kB with all headers, of which at most 15 kB are scripts. What only some proofs need comes after that, to the
// page that checks them and to no other, and has a limit of its own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server, openBrowser, openPage, pages } from "./support.mjs";

const BYTES_MAX = 40_000;
// The page that checks proofs is above the 15,000 that pages have: web/build/finish.mjs.
const SCRIPT_BYTES_MAX = 15_900;
const PARTS_BYTES_MAX = 15_900;
/** Scripts that pages begin with. */
const BEGINNING = /\/(portal|check-[\w-]{8})\.js$/;

let browser;
let server;
before(async () => {
  browser = await openBrowser();
  server = await Server.start();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Bytes of each file that the page asked for, headers included, by its address; and the bytes of its scripts, and of their parts, by themselves. */
async function weigh(path) {
  const page = await openPage(browser);
  const session = await page.context().newCDPSession(page);
  const asked = new Map();
  const bytes = {};
  let script = 0;
  await session.send("Network.enable");
  session.on("Network.requestWillBeSent", ({ requestId, request }) => asked.set(requestId, new URL(request.url).pathname));
  session.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    if (BEGINNING.test(asked.get(requestId))) script += encodedDataLength;
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => (bytes[asked.get(requestId)] = encodedDataLength));
  await page.goto(server.address + path, { waitUntil: "load" });
  await page.waitForTimeout(200);
  await page.context().close();
  const isPart = (path) => path.endsWith(".js") && !BEGINNING.test(path);
  const parts = Object.entries(bytes).reduce((sum, [path, one]) => sum + (isPart(path) ? one : 0), 0);
  return { bytes, script, parts };
}

test("a first load is light on every page", async () => {
  const table = [];
  for (const [name, path] of Object.entries(await pages(server))) {
    const { bytes, script, parts } = await weigh(path);
    const all = Object.values(bytes).reduce((sum, one) => sum + one, 0);
    const total = all - parts;
    table.push({ page: name, total, html: bytes[new URL(path, server.address).pathname], style: bytes["/assets/portal.css"], script, parts });
    assert.ok(total > 0 && total <= BYTES_MAX, `${name}: ${total} bytes`);
    assert.ok(script > 0 && script <= SCRIPT_BYTES_MAX, `${name}: ${script} bytes of scripts`);
    assert.ok(path === "/check" ? parts > 0 && parts <= PARTS_BYTES_MAX : parts === 0, `${name}: ${parts} bytes of parts`);
  }
  console.table(table);
});
