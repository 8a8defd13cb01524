// The page that checks proofs: offline once it is there, telling nobody, and with the command's words.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readTrust, said, verify } from "../verify/dist/pvn-verify.mjs";
import { corpus, trustText } from "../verify/tests/support/corpus.mjs";
import { VECTOR } from "../verify/tests/support/proof.mjs";
import { AUDIENCE, NONCE, PRESENTATION, TIME } from "../verify/tests/support/shown.mjs";
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

const words = (text) => new Uint8Array(Buffer.from(text));

/** What the command says. */
async function command(bytes, trust = trustFile(), expected) {
  return said(await verify(new Uint8Array(bytes), await readTrust(trust), { expected }), "words");
}

/** The lines of the command, as the page has them. */
function asShown(name, spoken) {
  const [first, ...rest] = spoken.split("\n").flatMap((line) => line.trim().split(/ {2,}/));
  const of = `The file ${name}:`;
  return spoken.startsWith("VALID") ? [of, first, "What is proven", ...rest] : [of, "NOT VALID", spoken.slice("NOT VALID. ".length)];
}

test("a good proof is checked with the network off, in the words of the command", async () => {
  const page = await openCheck();
  const shown = await lines(page, VECTOR, "good.proof");
  assert.deepEqual(shown, asShown("good.proof", await command(VECTOR)));
  assert.equal(await page.evaluate(() => document.activeElement.id), "verdict");
  assert.equal(await page.getByText("This step failed.").count(), 0);
  assert.deepEqual([page.asked, page.complaints], [[], []]);
  await page.context().close();
});

test("one changed byte names the step that fails", async () => {
  const trust = await readTrust(trustFile());
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

test("what few proofs need is there with the network off: two algorithms, each of which counts, and what is still current", async () => {
  const page = await openCheck();
  await page.getByText("Check against a network.trust of your own").click();
  const names = ["suite 3: both halves", "suite 3: a bit of the response changed", "suite 3: the ECDSA half alone", "two lines: on both logs", "two lines: on the notary's log alone", "current: three others are used", "current: it is used up"];
  const cases = corpus().filter(({ name }) => names.includes(name));
  assert.equal(cases.length, names.length);
  for (const [i, { trust, proof }] of cases.entries()) {
    await believe(page, trustText(trust));
    const name = `${i}.proof`;
    assert.deepEqual(await lines(page, proof, name), asShown(name, await command(proof, words(trustText(trust)))));
  }
  assert.deepEqual([page.asked, page.complaints], [[], []]);
  await page.context().close();
});

test("when a part of the page doesn't arrive it says so, and checks what it can", async () => {
  const page = await openPage(browser);
  await page.route("**/hybrid-*.js", (route) => route.abort());
  await page.goto(`${server.address}/check`);
  await page.getByText("A part of this page didn’t arrive").waitFor();
  assert.deepEqual(await lines(page, VECTOR, "good.proof"), asShown("good.proof", await command(VECTOR)));
  await page.getByText("Check against a network.trust of your own").click();
  await believe(page, trustText("various"));
  const { proof } = corpus().find(({ name }) => name === "suite 3: both halves");
  const missing = "It was not checked: a part of this page is missing. Open it again while you are online.";
  assert.deepEqual(await lines(page, proof, "newer.proof"), ["The file newer.proof:", missing]);
  await page.context().close();
});

const REGISTERS = trustText("registers");
const CODE = Buffer.from(NONCE).toString("hex");
const MINUTE_MS = 60_000;

/** The page at a moment after the vectors' presentation was made, where their contract is believed and that is chosen. */
async function openShown(afterMs, options) {
  const page = await openCheck(options);
  await page.clock.setFixedTime(TIME + afterMs);
  await page.getByText("Check against a network.trust of your own").click();
  await believe(page, REGISTERS);
  await choose(page, PRESENTATION, "age.proof");
  await page.getByRole("heading", { name: "Was it shown to you?" }).waitFor();
  return page;
}

const asking = {
  name: (page) => page.getByLabel("Your name, as you gave it when you asked"),
  code: (page) => page.getByLabel("The code that you gave (the nonce)"),
  minutes: (page) => page.getByLabel("At most how many minutes ago"),
};

async function answer(page, { name = AUDIENCE, code = CODE, minutes } = {}) {
  await asking.name(page).fill(name);
  await asking.code(page).fill(code);
  if (minutes !== undefined) await asking.minutes(page).fill(minutes);
  await page.getByRole("button", { name: "Check" }).click();
}

test("what its holder shows is checked for whoever asked, with the verdict of the command", async () => {
  const table = [
    [{}, 1_000, 5],
    [{}, 5 * MINUTE_MS, 5],
    [{}, 5 * MINUTE_MS + 1, 5],
    [{ minutes: "6" }, 5 * MINUTE_MS + 1, 6],
    [{ minutes: "0" }, 1, 0],
    [{ name: "The Crown, York" }, 1_000, 5],
    [{ code: "00".repeat(16) }, 1_000, 5],
    [{ code: ` ${CODE} ` }, 1_000, 5],
    [{ name: "", code: "" }, 1_000, 5],
  ];
  const verdicts = new Set();
  for (const [said, afterMs, minutes] of table) {
    const page = await openShown(afterMs);
    assert.deepEqual([await verdict(page).isVisible(), await page.locator("#steps").isVisible()], [false, false]);
    assert.equal(await asking.minutes(page).inputValue(), "5");
    await answer(page, said);
    await verdict(page).getByText("The file age.proof:").waitFor();
    const { name = AUDIENCE, code = CODE } = said;
    const expected = { audience: name, nonce: new Uint8Array(Buffer.from(code.trim(), "hex")), nowMs: BigInt(TIME + afterMs), maxAgeMs: BigInt(minutes * MINUTE_MS) };
    const spoken = await command(PRESENTATION, words(REGISTERS), name === "" ? undefined : expected);
    const shown = (await verdict(page).innerText()).split(/\n+|\t/).filter((line) => line.trim());
    assert.deepEqual(shown, asShown("age.proof", spoken));
    verdicts.add(spoken.split("\n", 1)[0]);
    assert.deepEqual([page.asked, page.complaints], [[], []]);
    await page.context().close();
  }
  assert.equal(verdicts.size, 6);
});

test("what is filled in wrongly is named beside its field, and nothing is checked", async () => {
  const page = await openShown(1_000);
  const name = "Enter the name that you gave with the code.";
  const code = "Enter the code just as you gave it";
  const minutes = "Enter a whole number of minutes";
  const table = [
    [{ name: "" }, [name], "audience"],
    [{ code: "" }, [code], "nonce"],
    [{ code: CODE.slice(1) }, [code], "nonce"],
    [{ code: CODE.toUpperCase() }, [code], "nonce"],
    [{ name: "", code: "x", minutes: "" }, [name, code, minutes], "audience"],
    [{ minutes: "5m" }, [minutes], "minutes"],
    [{ minutes: "-1" }, [minutes], "minutes"],
  ];
  for (const [said, wrong, field] of table) {
    await answer(page, said);
    const visible = [];
    for (const message of [name, code, minutes]) if (await page.getByText(message).isVisible()) visible.push(message);
    assert.deepEqual([visible, await page.evaluate(() => document.activeElement.id)], [wrong, field]);
    assert.equal(await verdict(page).isVisible(), false);
  }
  await answer(page, { minutes: "5" });
  await verdict(page).getByText("VALID: Identity").waitFor();
  assert.equal(await page.locator("#asked .govuk-error-message:visible").count(), 0);
  await page.context().close();
});

test("whoever is shown something gets through with the keyboard, and is asked again for the next", async () => {
  const page = await openShown(1_000);
  assert.equal(await page.evaluate(() => document.activeElement.id), "asked-heading");
  await page.keyboard.press("Tab");
  await page.keyboard.type(AUDIENCE);
  await page.keyboard.press("Tab");
  await page.keyboard.type(CODE);
  await page.keyboard.press("Enter");
  await verdict(page).getByText("VALID: Identity").waitFor();
  await choose(page, PRESENTATION, "again.proof");
  await verdict(page).waitFor({ state: "hidden" });
  assert.equal(await page.getByRole("heading", { name: "Was it shown to you?" }).isVisible(), true);
  await choose(page, VECTOR, "payment.proof");
  await verdict(page).getByText("The file payment.proof:").waitFor();
  assert.equal(await page.locator("#asked").isVisible(), false);
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

for (const [time, options, except] of [["day", {}, []], ["night", { forcedColors: "active", colorScheme: "dark" }, ["color-contrast"]]]) {
  for (const width of [1280, 360, 320]) {
    test(`what is asked, by ${time} at ${width}`, async () => {
      const page = await openShown(1_000, { width, ...options });
      const looks = async (name) => {
        await shoot(page, `check-${name}-${time}-${width}`);
        assert.deepEqual(await violations(page, except), [], `${name}: axe`);
        assert.deepEqual(await sideways(page), { over: 0, out: [] }, `${name}: wider than the screen`);
      };
      await looks("asked");
      await answer(page, { name: "", code: "x", minutes: "five" });
      await looks("asked-wrongly");
      await answer(page, { minutes: "5" });
      await verdict(page).getByText("VALID: Identity").waitFor();
      await looks("shown");
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    });
  }
}

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
