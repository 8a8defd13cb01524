// Payments show as they are published; when they can't, the page says so, and catches up afterwards.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server, openBrowser, openPage, shoot, violations } from "./support.mjs";

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

const latest = (page) => page.locator("#latest ~ table a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
const state = (page, name) => page.locator(`#live[data-state=${name}]`).waitFor({ timeout: 15_000 });

/** What a page fetched now would show in its live parts. */
async function asServed(page) {
  return page.evaluate(async () => {
    const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const parts = (from) => [...from.querySelectorAll("[data-live]")].map((part) => part.textContent.replace(/\s+/g, " "));
    return JSON.stringify(parts(fresh)) === JSON.stringify(parts(document));
  });
}

test("a payment shows within two seconds, and every figure with it", async () => {
  const page = await openPage(browser);
  await page.goto(server.address);
  await state(page, "live");
  for (let payment = 0; payment < 3; payment += 1) {
    const id = await server.pay();
    await page.locator(`a[href="/payments/${id}"]`).waitFor({ timeout: 2_000 });
  }
  assert.equal(await asServed(page), true);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("when the stream dies the page says so, and then catches up without gaps or doubles", async () => {
  const page = await openPage(browser);
  await page.goto(server.address);
  await state(page, "live");
  const first = await server.pay();
  await page.locator(`a[href="/payments/${first}"]`).waitFor({ timeout: 2_000 });
  await server.kill();
  await state(page, "lost");
  const words = /^Live updates have stopped\. (?:[A-Z][a-z ]+: \d+:\d\d[ap]m on 20 November 2026\. ){2}Trying again…$/;
  assert.match(await page.locator("#live [data-part=text]").innerText(), words);
  assert.match(await page.locator("#live [role=status]").textContent(), words);
  assert.deepEqual(await violations(page), []);
  await shoot(page, "live-lost-1280");
  await server.again();
  const missed = [await server.pay(), await server.pay(), await server.pay()];
  await state(page, "live");
  await page.locator(`a[href="/payments/${missed[2]}"]`).waitFor({ timeout: 5_000 });
  const shown = await latest(page);
  assert.deepEqual(shown.slice(0, 4), [...missed.reverse(), first].map((id) => `/payments/${id}`));
  assert.equal(new Set(shown).size, shown.length);
  assert.equal(await asServed(page), true);
  await page.context().close();
});

test("updates can be paused and resumed", async () => {
  const page = await openPage(browser);
  await page.goto(server.address);
  await state(page, "live");
  await page.getByRole("button", { name: "Pause" }).click();
  await state(page, "paused");
  const before = await latest(page);
  const id = await server.pay();
  await page.waitForTimeout(1_500);
  assert.deepEqual(await latest(page), before);
  await page.getByRole("button", { name: "Resume" }).click();
  await page.locator(`a[href="/payments/${id}"]`).waitFor({ timeout: 2_000 });
  await page.context().close();
});

test("an update leaves the reader where they are", async () => {
  const page = await openPage(browser);
  await page.goto(server.address);
  await state(page, "live");
  await page.locator("#paid-table summary").click();
  const link = page.locator("#functions ~ table a").nth(2);
  const name = await link.innerText();
  await link.focus();
  const id = await server.pay();
  await page.locator(`a[href="/payments/${id}"]`).waitFor({ timeout: 2_000 });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), name);
  assert.equal(await page.locator("#paid-table").evaluate((details) => details.open), true);
  await page.context().close();
});
