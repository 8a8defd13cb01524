// The keyboard reaches everything that a mouse can, in the order of the page, and nothing hidden.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server, openBrowser, openPage, pages } from "./support.mjs";

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

/** Everything that can be used, in the order of the document, by a name that can be compared. */
const usable = () => {
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']")];
  const shown = all.filter((element) => element.checkVisibility({ visibilityProperty: true }));
  window.nameOf = (element) => `${all.indexOf(element)} ${element.tagName.toLowerCase()} ${element.getAttribute("href") ?? element.id}`;
  return shown.map(window.nameOf);
};

async function walk(page) {
  const expected = await page.evaluate(usable);
  const walked = [];
  for (let step = 0; step < expected.length; step += 1) {
    await page.keyboard.press("Tab");
    walked.push(await page.evaluate(() => window.nameOf(document.activeElement)));
  }
  return { expected, walked };
}

test("the keyboard reaches everything in order", async (t) => {
  for (const [name, path] of Object.entries(await pages(server))) {
    for (const width of [1280, 360]) {
      await t.test(`${name} at ${width}`, async () => {
        const page = await openPage(browser, { width });
        await page.goto(server.address + path);
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
        const { expected, walked } = await walk(page);
        assert.deepEqual(walked, expected);
        await page.context().close();
      });
    }
  }
});

test("the first stop leads past the navigation", async () => {
  const page = await openPage(browser);
  await page.goto(server.address);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.context().close();
});

test("a node of the chart opens with the keyboard", async () => {
  const page = await openPage(browser);
  await page.goto(server.address);
  await page.locator("svg.pvn-flow a").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/spending/*");
  await page.context().close();
});
