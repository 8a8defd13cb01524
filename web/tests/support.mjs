// The portal over its fixture in a process of its own, and a browser.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const root = new URL("../../", import.meta.url).pathname;
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const binary = process.env.PORTAL_FIXTURE ?? join(target, "debug/examples/portal_fixture");
const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const results = new URL("../test-results/", import.meta.url).pathname;

export const WIDTHS = [1280, 360, 320];

/** A running portal. `words` are those of the fixture: "empty", "behind". */
export class Server {
  static async start(...words) {
    return new Server(mkdtempSync(join(tmpdir(), "portal-")), words).#run(0);
  }

  constructor(folder, words) {
    this.folder = folder;
    this.words = words;
  }

  async #run(port) {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: cargo build -p node --example portal_fixture`);
    this.process = spawn(binary, [this.folder, String(port), ...this.words], { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
    this.address = (await this.lines.next()).value;
    if (!this.address) throw new Error("the fixture did not start");
    return this;
  }

  /** Publishes one more payment and gives its id. */
  async pay() {
    this.process.stdin.write("\n");
    return (await this.lines.next()).value;
  }

  async kill() {
    const gone = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGKILL");
    await gone;
  }

  /** Starts again at the same address over the same index. */
  async again() {
    return this.#run(new URL(this.address).port);
  }

  async stop() {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async text(path) {
    return (await fetch(this.address + path)).text();
  }
}

export async function openBrowser() {
  if (!existsSync(browserPath)) throw new Error(`${browserPath} is missing: apt-get install chromium, or set CHROMIUM`);
  return chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** A page that remembers what its console complains about. Answers that are refused on purpose aren't complaints. */
export async function openPage(browser, options = {}) {
  const { width = 1280, ...rest } = options;
  const context = await browser.newContext({ viewport: { width, height: width > 600 ? 900 : 740 }, reducedMotion: "reduce", ...rest });
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) page.complaints.push(message.text());
  });
  page.on("pageerror", (error) => page.complaints.push(error.message));
  return page;
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/** What axe finds wrong, one line each, but for the rules in `except`. */
export async function violations(page, except = []) {
  await page.evaluate(axe);
  const rules = Object.fromEntries(except.map((rule) => [rule, { enabled: false }]));
  const { violations } = await page.evaluate((options) => window.axe.run(document, options), { runOnly: TAGS, rules });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`));
}

/** By how much the page is wider than the screen, and what sticks out. */
export function sideways(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const seen = (element) => element.checkVisibility() && !element.closest(".govuk-visually-hidden, thead");
    const out = [...document.querySelectorAll("main *, header *, footer *")].filter(
      (element) => seen(element) && element.getBoundingClientRect().right > width + 1,
    );
    const names = out.map((element) => `${element.tagName}.${element.getAttribute("class")}: ${element.textContent.slice(0, 40)}`);
    return { over: document.documentElement.scrollWidth - width, out: names };
  });
}

export async function shoot(page, name) {
  mkdirSync(results, { recursive: true });
  await page.screenshot({ path: join(results, `${name}.png`), fullPage: true });
}

/** Addresses of all pages, with names for their pictures. */
export async function pages(server) {
  const payments = await server.text("/data/payments.csv");
  const id = (name) => payments.split("\r\n").find((row) => row.includes(name)).split(",")[0];
  const funding = /\/funding\/[^"]+/.exec(await server.text("/spending/GB-LAE-LDS"))[0];
  return {
    home: "/",
    spending: "/spending",
    "spending-of-council": "/spending/GB-LAE-LDS",
    "spending-of-issuer": "/spending/GB-GOR-D15",
    "spending-of-department": "/spending/GB-GOR-D12",
    "spending-on-function": "/spending/10",
    "spending-on-part": "/spending/10.4",
    "spending-unclassified": "/spending/unclassified",
    payments: "/payments",
    "payments-searched": "/payments?q=care&payer=GB-LAE-LDS&min=100&sort=largest&page=1",
    "payments-none-match": "/payments?q=nonesuch&payer=GB-GOR-D2",
    "payments-wrong": "/payments?min=ten&max=x&treatment=stolen&q=care",
    payment: `/payments/${id("HOME OFFICE")}`,
    "payment-long-name": `/payments/${id("Pneumono")}`,
    "payment-hostile-name": `/payments/${id("HYPERLINK")}`,
    funding,
    "front-line": "/front-line",
    organisations: "/organisations",
    organisation: "/organisations/GB-GOR-D2",
    data: "/data",
    "about-the-data": "/about-the-data",
    check: "/check",
    "not-found": "/nowhere",
  };
}
