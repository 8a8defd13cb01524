// Every page, at every width: nothing that axe objects to, nothing to scroll sideways for, no complaint
// in the console. Pictures of all of them are in test-results/, to be looked at.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server, WIDTHS, openBrowser, openPage, pages, shoot, sideways, violations } from "./support.mjs";

let browser;
const servers = {};
before(async () => {
  browser = await openBrowser();
  servers.full = await Server.start();
  servers.empty = await Server.start("empty");
  servers.behind = await Server.start("behind");
});
after(async () => {
  await browser?.close();
  for (const server of Object.values(servers)) await server.stop();
});

// Two at a time: most of the time goes into one page's layout and rules.
const pairs = { concurrency: 2 };

async function look(server, name, path, width, options = {}, except = []) {
  const page = await openPage(browser, { width, ...options });
  await page.goto(server.address + path);
  // Everything that can be opened is looked at open.
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  await shoot(page, `${name}-${width}`);
  assert.deepEqual(await violations(page, except), [], `${name} at ${width}: axe`);
  assert.deepEqual(await sideways(page), { over: 0, out: [] }, `${name} at ${width}: wider than the screen`);
  assert.deepEqual(page.complaints, [], `${name} at ${width}: console`);
  await page.context().close();
}

test("pages with figures", pairs, async (t) => {
  const looks = [];
  for (const [name, path] of Object.entries(await pages(servers.full))) {
    for (const width of WIDTHS) looks.push(t.test(`${name} at ${width}`, () => look(servers.full, name, path, width)));
  }
  await Promise.all(looks);
});

test("pages before anything is published", pairs, async (t) => {
  const looks = [];
  for (const path of ["/", "/spending", "/payments", "/front-line", "/organisations", "/data", "/about-the-data", "/check"]) {
    const name = `empty-${path.slice(1) || "home"}`;
    for (const width of [1280, 320]) looks.push(t.test(`${name} at ${width}`, () => look(servers.empty, name, path, width)));
  }
  await Promise.all(looks);
});

test("pages while the log can't be reached", async (t) => {
  for (const width of WIDTHS) await t.test(`at ${width}`, () => look(servers.behind, "behind-home", "/", width));
});

test("pages in the reader's own colours", async (t) => {
  const chosen = { forcedColors: "active", colorScheme: "dark" };
  const all = await pages(servers.full);
  for (const [name, width] of [["home", 1280], ["home", 360], ["spending-of-council", 1280], ["payments-wrong", 1280], ["payment", 360], ["front-line", 1280]]) {
    // axe compares the site's colours with the reader's background: neither is what is drawn.
    await t.test(`${name} at ${width}`, () => look(servers.full, `forced-${name}`, all[name], width, chosen, ["color-contrast"]));
  }
});

test("labels of the drawings stay inside their cards, and cards inside the drawing", async () => {
  const page = await openPage(browser);
  for (const path of ["/", "/spending", "/spending/GB-LAE-LDS"]) {
    await page.goto(servers.full.address + path);
    const clipped = await page.evaluate(() => {
      const inside = (small, large) =>
        small.left >= large.left - 0.5 && small.right <= large.right + 0.5 && small.top >= large.top - 0.5 && small.bottom <= large.bottom + 0.5;
      const box = (element) => element.getBoundingClientRect();
      return [...document.querySelectorAll("svg.pvn-flow a")].flatMap((link) => {
        const card = box(link.querySelector(".card"));
        const [left, right] = [...link.querySelectorAll(".edge")].map(box);
        const room = { left: left.right, right: right.left, top: card.top, bottom: card.bottom };
        const texts = [...link.querySelectorAll("text")].filter((text) => !inside(box(text), room));
        const out = inside(card, box(link.ownerSVGElement)) ? [] : ["card"];
        return [...texts.map((text) => text.textContent), ...out];
      });
    });
    assert.deepEqual(clipped, [], path);
  }
  await page.context().close();
});

test("at each width there is exactly one of the two drawings, and all of it leads somewhere", async () => {
  for (const width of WIDTHS) {
    const page = await openPage(browser, { width });
    await page.goto(servers.full.address);
    const shown = await page.evaluate(() =>
      [".pvn-flow", ".pvn-stacks"].map((name) => [...document.querySelectorAll(name)].filter((one) => one.checkVisibility()).length),
    );
    assert.deepEqual(shown, width > 1000 ? [2, 0] : [0, 2], `at ${width}`);
    const nodes = await page.evaluate(() => [
      document.querySelectorAll(".pvn-flow rect.card").length,
      document.querySelectorAll(".pvn-flow a[href] rect.card").length,
    ]);
    assert.equal(nodes[0], nodes[1]);
    await page.context().close();
  }
});

test("a picture of the focus on a node of a chart", async () => {
  const page = await openPage(browser);
  await page.goto(servers.full.address);
  await page.locator("svg.pvn-flow a").first().focus();
  const stroke = await page.evaluate(() => getComputedStyle(document.activeElement.querySelector(".card")).strokeWidth);
  assert.equal(stroke, "3px");
  await shoot(page, "home-focus-1280");
  await page.context().close();
});
