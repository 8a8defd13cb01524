// Every journey works without JavaScript.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { VECTOR } from "../verify/tests/support/proof.mjs";
import { Server, openBrowser, openPage } from "./support.mjs";

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

for (const width of [1280, 360]) {
  test(`from the first page to a proof at ${width}`, async () => {
    const page = await openPage(browser, { width, javaScriptEnabled: false });
    await page.goto(server.address);
    assert.equal(await page.locator("#live").isVisible(), false);
    await page.getByRole("searchbox").fill("summit");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText("Narrow the search").click();
    await page.getByLabel("What happened to the money").selectOption("Paid to a member");
    await page.getByRole("button", { name: "Show payments" }).click();
    await page.getByRole("link", { name: "HOME OFFICE" }).click();
    assert.equal(await page.locator("h1").innerText(), "£18,749,129.00\nHOME OFFICE");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download the proof" }).click()]);
    assert.equal(download.suggestedFilename(), "payment.proof");
    assert.deepEqual(new Uint8Array(await readFile(await download.path())), VECTOR);
    await page.getByText("Technical details").click();
    assert.equal(await page.getByText("Place in the log").isVisible(), true);
    await page.context().close();
  });

  test(`from an organisation through what it pays for to the file at ${width}`, async () => {
    const page = await openPage(browser, { width, javaScriptEnabled: false });
    await page.goto(server.address);
    const nav = page.getByRole("navigation", { name: "Main" });
    await nav.getByRole("link", { name: "Organisations" }).click();
    await page.getByRole("link", { name: "Leeds City Council" }).click();
    await page.getByRole("link", { name: "See what it received and spent" }).click();
    await page.getByRole("row", { name: "Social protection" }).getByRole("link").click();
    const shown = await page.getByRole("status").innerText();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^Download all/ }).click()]);
    const rows = (await readFile(await download.path(), "utf8")).trim().split("\r\n").length - 1;
    assert.equal(shown.startsWith(`${rows} payments, £`), true, `${shown} and ${rows} rows`);
    await page.context().close();
  });
}

test("the chart has its table without JavaScript", async () => {
  const page = await openPage(browser, { javaScriptEnabled: false });
  await page.goto(server.address);
  const table = page.getByRole("table", { name: "Published payments by payer, purpose and where they ended" });
  assert.equal(await table.isVisible(), false);
  await page.getByText("The same figures as a table").first().click();
  assert.equal(await table.isVisible(), true);
  await page.context().close();
});
