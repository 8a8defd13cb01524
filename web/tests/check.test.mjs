// The page that checks proofs: offline once it is there, telling nobody, and with the command's words.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readTrust, said, verify } from "../verify/dist/pvn-verify.mjs";
import { VECTOR } from "../verify/tests/support/proof.mjs";
import { NoteSigner, noise, trustFile } from "../verify/tests/support/town.mjs";
import { Server, openBrowser, openPage, shoot, sideways, violations } from "./support.mjs";

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

const SITE = "Checked against what this website says (its network.trust).";
const file = (name, bytes) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) });

/** The page, there and offline, with whatever it asks for from then on. */
async function openCheck(options = {}) {
  const page = await openPage(browser, options);
  await page.goto(`${server.address}/check`);
  await page.getByText(SITE).waitFor();
  await page.context().setOffline(true);
  page.asked = [];
  page.on("request", (request) => page.asked.push(request.url()));
  return page;
}

const choose = (page, bytes, name = "payment.proof") => page.getByLabel("The proof", { exact: true }).setInputFiles(file(name, bytes));
const believe = (page, bytes) => page.getByLabel("Your network.trust").setInputFiles(file("my.trust", bytes));
const verdict = (page) => page.getByRole("region", { name: "Result" });

/** What the page says of a file, line by line. */
async function lines(page, bytes, name) {
  await choose(page, bytes, name);
  await verdict(page).getByText(name, { exact: false }).waitFor();
  return (await verdict(page).innerText()).split(/\n+|\t/).filter((line) => line.trim());
}

/** What the command says. */
async function command(bytes) {
  return said(await verify(new Uint8Array(bytes), readTrust(trustFile())), "words");
}

test("a good proof is checked with the network off, in the words of the command", async () => {
  const page = await openCheck();
  const shown = await lines(page, VECTOR, "good.proof");
  const spoken = (await command(VECTOR)).split("\n").flatMap((line) => line.trim().split(/ {2,}/));
  const [first, ...rest] = spoken;
  assert.deepEqual(shown, ["The file good.proof:", first, "What is proven", ...rest]);
  assert.equal(await page.evaluate(() => document.activeElement.id), "verdict");
  assert.equal(await page.getByText("This step failed.").count(), 0);
  assert.deepEqual([page.asked, page.complaints], [[], []]);
  await page.context().close();
});

test("one changed byte names the step that fails", async () => {
  const trust = readTrust(trustFile());
  const places = new Map();
  for (let byte = 0; byte < VECTOR.length; byte++) {
    const { step } = await verify(VECTOR.with(byte, VECTOR[byte] ^ 1), trust);
    if (!places.has(step)) places.set(step, byte);
  }
  assert.deepEqual([...places.keys()].sort(), ["checkpoint", "contract", "fact", "log", "network_map", "read", "signatures", "where_it_belongs"]);
  const page = await openCheck();
  for (const [step, byte] of places) {
    const changed = VECTOR.with(byte, VECTOR[byte] ^ 1);
    const name = `${step}.proof`;
    const [of, invalid, reason] = await lines(page, changed, name);
    assert.deepEqual([of, `${invalid}. ${reason}`], [`The file ${name}:`, await command(changed)]);
    assert.deepEqual(await page.locator("#steps li:has(strong)").evaluateAll((all) => all.map((one) => one.dataset.step)), [step]);
  }
  assert.deepEqual([page.asked, page.complaints], [[], []]);
  await page.context().close();
});

test("a file can be dropped, and one that misses its place opens nothing", async () => {
  const page = await openCheck();
  const drop = (selector) =>
    page.evaluate(
      ([selector, bytes]) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([new Uint8Array(bytes)], "dropped.proof"));
        const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
        return document.querySelector(selector).dispatchEvent(event);
      },
      [selector, [...VECTOR]],
    );
  assert.equal(await drop("h1"), false, "taken from the browser");
  assert.equal(await verdict(page).isVisible(), false);
  assert.equal(await drop("#proof-hint"), false);
  await verdict(page).getByText("dropped.proof").waitFor();
  assert.equal(await verdict(page).getAttribute("data-valid"), "true");
  await page.context().close();
});

test("a trust file of one's own decides, and one that can't be used is named", async () => {
  const page = await openCheck();
  await page.getByText("Check against a network.trust of your own").click();
  await choose(page, VECTOR);
  await verdict(page).getByText("VALID: Receipt").waitFor();
  await believe(page, trustFile({ notary: [new NoteSigner("notary.town", noise("x")).text] }));
  await page.getByText("Checked against your own file, my.trust.").waitFor();
  await page.getByText("The step that failed: the notary's checkpoint").waitFor();
  await believe(page, "nothing");
  await page.getByText("This file can’t be used: it is not JSON.").waitFor();
  await page.getByText(SITE).waitFor();
  await verdict(page).getByText("VALID: Receipt").waitFor();
  await believe(page, trustFile());
  await page.getByText("Checked against your own file, my.trust.").waitFor();
  assert.equal(await page.locator("#trust-error").isVisible(), false);
  assert.deepEqual([page.asked, page.complaints], [[], []]);
  await page.context().close();
});

test("the keyboard chooses files, opens the steps and reads the result", async () => {
  const page = await openCheck();
  await page.getByLabel("The proof", { exact: true }).focus();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Space")]);
  await chooser.setFiles(file("payment.proof", VECTOR));
  await verdict(page).getByText("VALID: Receipt").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#steps").evaluate((one) => one.open), true);
  await page.context().close();
});

test("without JavaScript the page says what to do instead", async () => {
  const page = await openPage(browser, { javaScriptEnabled: false });
  await page.goto(`${server.address}/check`);
  assert.equal(await page.getByText("The command below does the same without a browser.").isVisible(), true);
  assert.equal(await page.getByLabel("The proof", { exact: true }).isVisible(), false);
  await page.context().close();
});

const DAMAGED = VECTOR.with(400, VECTOR[400] ^ 1);
const NIGHT = { forcedColors: "active", colorScheme: "dark" };

for (const [time, options, except] of [["day", {}, []], ["night", NIGHT, ["color-contrast"]]]) {
  for (const width of [1280, 360, 320]) {
    test(`verdicts by ${time} at ${width}`, async () => {
      const page = await openCheck({ width, ...options });
      for (const [name, bytes] of [["valid", VECTOR], ["not-valid", DAMAGED]]) {
        await lines(page, bytes, `${name}.proof`);
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
        await shoot(page, `check-${name}-${time}-${width}`);
        assert.deepEqual(await violations(page, except), [], `${name}: axe`);
        assert.deepEqual(await sideways(page), { over: 0, out: [] }, `${name}: wider than the screen`);
      }
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    });
  }
}
