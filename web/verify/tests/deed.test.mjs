// The reader of contracts, held to what the contract language's own implementation says of every contract in the repository.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ContractError, readContract } from "../src/deed/contract.ts";
import { HEAD, refusedContracts } from "./support/refused-contracts.mjs";
import { sha256 } from "./support/town.mjs";

const root = new URL("../../../", import.meta.url);
const CORPUS = "crates/deed/tests/corpus/";
const SNAPSHOT = "crates/deed/tests/deed/snapshots/deed__outlines__what_every_contract_declares_is_as_it_was.snap";
/** Stands for the hash of another contract where a text leaves it open. */
const OPEN = ["COINS", "0".repeat(64)];

const text = (path) => readFileSync(new URL(path, root), "utf8");

/** The sections of a case of the corpus, by name. */
function sections(path) {
  return Object.fromEntries(text(path).split("=== ").slice(1).map((part) => [part.split("\n", 1)[0], part.slice(part.indexOf("\n") + 1)]));
}

function described(type) {
  switch (type.is) {
    case "record":
      return `(${type.record.fields.map(field).join(", ")})`;
    case "optional":
      return `${described(type.of)} or none`;
    case "list":
      return `list of ${described(type.of)} at most ${type.atMost}`;
    case "choice":
      return type.names.join(" or ");
    case "money":
      return `money ${type.currency}`;
    case "decimal":
      return `decimal ${type.places}`;
    default:
      return type.is;
  }
}

function field({ name, type }) {
  return `${name}: ${described(type)}`;
}

function outline(contract) {
  const party = (kind, a) => ("party" in a ? `"${a.party}"` : kind.fields[a.field].name);
  const named = (kind) => kind.attestors.map((a) => party(kind, a)).join(", ");
  const shown = (kind) => (kind.shownBy ? [`  shown by ${party(kind, kind.shownBy)}`] : []);
  const until = (kind, at) => (at === undefined ? "" : ` until ${kind.fields[at].name}`);
  const taken = (kind) => (kind.credential ? [`  credential "${kind.credential.vct}"${until(kind, kind.credential.until)}`] : []);
  const attested = (kind) => (kind.attestors.length > 0 ? `${kind.needed} of ${named(kind)}` : "nobody");
  const kinds = contract.kinds.map((kind) =>
    [`fact ${kind.name}`, ...kind.fields.map((f) => `  ${field(f)}`), `  attested by ${attested(kind)}`, ...shown(kind), ...taken(kind)].join("\n"),
  );
  return [`contract ${contract.name}`, ...kinds].join("\n");
}

/** What the other implementation says, by the contract's name in the list. */
function outlines() {
  const [, , body] = text(SNAPSHOT).split(/^---$/m);
  const parts = body.split(/^## /m).slice(1);
  return new Map(parts.map((part) => [part.split("\n", 1)[0], part.slice(part.indexOf("\n") + 1).trimEnd()]));
}

/** A contract of the list, read here. */
function read(name) {
  if (name.endsWith(".deed")) {
    const coins = text("crates/ledger/tests/fixtures/coins.deed");
    const cash = text("docs/deed/examples/cash.deed");
    const used = new Map([[OPEN[1], coins], [sha256(cash).toString("hex"), cash]]);
    return readContract(text(name).replace(...OPEN), (hash) => used.has(hash) ? readContract(used.get(hash)) : undefined);
  }
  const parts = sections(CORPUS + name);
  const others = (hash) => {
    const other = parts[`given ${hash}`];
    return other && readContract(other, others);
  };
  return readContract(parts.contract, others);
}

test("both implementations read the same from every contract of the repository", () => {
  const expected = outlines();
  assert.ok(expected.size > 140, `${expected.size} contracts`);
  for (const [name, outlined] of expected) assert.equal(outline(read(name)), outlined, name);
});

test("every contract's file is in the list", () => {
  const folders = ["crates/", "docs/", "services/"];
  const files = folders.flatMap((folder) => readdirSync(new URL(folder, root), { recursive: true }).map((path) => folder + path));
  const deeds = files.filter((path) => path.endsWith(".deed"));
  const expected = outlines();
  assert.deepEqual(deeds.filter((path) => !expected.has(path)), []);
});

test("a text that is refused as a contract is refused here too, or read without guessing", () => {
  let [refused, all] = [0, 0];
  for (const file of readdirSync(new URL(CORPUS, root))) {
    const { "refused at load": reason, contract } = sections(CORPUS + file);
    if (!reason) continue;
    all++;
    try {
      readContract(contract);
    } catch (error) {
      assert.ok(error instanceof ContractError, `${file}: ${error.stack}`);
      refused++;
    }
  }
  assert.ok(refused > 40 && all > 350, `${refused} of ${all} refused`);
});

test("what could be read in two ways, or changes what a proof means, is refused", () => {
  for (const [source, message] of refusedContracts()) assert.throws(() => readContract(source), { message }, source);
});

test("comments, breaks and quotes mean what they mean", () => {
  const contract = readContract(
    `${HEAD}# party bank = "ANOTHER"\nfact Coin is money # attested by nobody\n  "A # in a text: attested by nobody"\n  amount: money GBP\n    "in two"\n    "lines"\n  holder: party\n  attested by bank,\n    holder\n`,
  );
  assert.equal(outline(contract), 'contract town\nfact Coin\n  amount: money GBP\n  holder: party\n  attested by 2 of "TOWN-BANK", holder');
});

test("a contract is known by the hash of its text, and others by theirs", () => {
  const cash = `${HEAD.replace("town", "cash")}record Purse\n  coins: int\nfact Coin\n  in: Purse\n`;
  const hash = sha256(cash).toString("hex");
  const market = `${HEAD}uses cash sha256 "${hash}"\nfact Stall\n  purse: cash.Purse\n`;
  assert.equal(outline(readContract(market, (of) => (of === hash ? readContract(cash) : undefined))), "contract town\nfact Stall\n  purse: (coins: int)\n  attested by nobody");
});
