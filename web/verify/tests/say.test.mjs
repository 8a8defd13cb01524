// Verdicts and values as people and programs are told them: the same as `pvn verify` says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { printable, said } from "../src/say.ts";
import { isoDate, moment, words } from "../src/show.ts";

const int = (n) => ({ type: "int", int: n });
const money = (minor, currency = "GBP") => ({ type: "money", currency, minor });
const date = (days) => ({ type: "date", days });
const text = (text) => ({ type: "text", text });
const list = (...items) => ({ type: "list", items, encoded: [] });

test("values read as people write them", () => {
  const rate = { name: "Rate", fields: [{ name: "of", type: { is: "percent" } }, { name: "per", type: { is: "decimal", places: 2 } }] };
  const table = [
    [money(0n), undefined, "£0.00"],
    [money(5n), undefined, "£0.05"],
    [money(-123_456_789n), undefined, "-£1,234,567.89"],
    [money(-(2n ** 63n)), undefined, "-£92,233,720,368,547,758.08"],
    [money(100_000n, "EUR"), undefined, "€1,000.00"],
    [money(1_234n, "JPY"), undefined, "JPY 1,234"],
    [money(1_234_567n, "KWD"), undefined, "KWD 1,234.567"],
    [money(-12n, "USD"), undefined, "-USD 0.12"],
    [date(20_777), undefined, "20 November 2026"],
    [date(-1), undefined, "31 December 1969"],
    [date(-4_371_587), undefined, "1 January -9999"],
    [date(2_932_896), undefined, "31 December 9999"],
    [int(125_000n), { is: "percent" }, "12.5%"],
    [int(1_000_000n), { is: "percent" }, "100%"],
    [int(-1n), { is: "percent" }, "-0.0001%"],
    [int(0n), { is: "percent" }, "0%"],
    [int(1_250n), { is: "decimal", places: 3 }, "1.250"],
    [int(-5n), { is: "decimal", places: 2 }, "-0.05"],
    [int(125_000n), { is: "optional", of: { is: "percent" } }, "12.5%"],
    [{ type: "absent" }, { is: "optional", of: { is: "percent" } }, ""],
    [int(125_000n), { is: "int" }, "125000"],
    [int(2n ** 63n - 1n), undefined, "9223372036854775807"],
    [{ type: "bool", bool: true }, undefined, "yes"],
    [{ type: "choice", text: "held" }, undefined, "held"],
    [{ type: "file", root: new Uint8Array(32).fill(7), bytes: 1n << 40n }, { is: "file" }, `sha256-tree:${"07".repeat(32)}:1099511627776`],
    [list(int(10_000n), int(20_000n)), { is: "list", of: { is: "percent" }, atMost: 9 }, "1%, 2%"],
    [list(int(1n), text("b")), undefined, "1, b"],
    [{ type: "record", items: [int(5_000n), int(150n)] }, { is: "record", record: rate }, "0.5%, 1.50"],
  ];
  for (const [value, type, expected] of table) assert.equal(words(value, type), expected);
});

test("days and moments", () => {
  assert.deepEqual([isoDate(20_777), isoDate(-4_371_587), isoDate(2_932_896)], ["2026-11-20", "-009999-01-01", "9999-12-31"]);
  const table = [
    [0n, "1 January 1970, 00:00:00 UTC"],
    [1_795_176_000_000n, "20 November 2026, 12:00:00 UTC"],
    [1_795_190_257_662n, "20 November 2026, 15:57:37 UTC"],
    [253_402_207_200_999n, "30 December 9999, 22:00:00 UTC"],
    [253_402_207_201_000n, ""],
    [2n ** 64n - 1n, ""],
  ];
  for (const [ms, expected] of table) assert.equal(moment(ms), expected);
});

test("nothing in a text steers a terminal", () => {
  const table = [
    ["HM Treasury", "HM Treasury"],
    [`O'Hara & "Söhne", £5`, `O'Hara & "Söhne", £5`],
    ["a\u001b[2Jb", "a\\u{1b}[2Jb"],
    ["two\nlines\r", "two\\nlines\\r"],
    ["pay\u202eeeb", "pay\\u{202e}eeb"],
    ["zero\u200bwidth", "zero\\u{200b}width"],
    ["no\u00a0break", "no\\u{a0}break"],
    ["\u0301a", "\\u{301}a"],
    ["C:\\new", "C:\\\\new"],
  ];
  for (const [given, shown] of table) assert.equal(printable(given), shown);
});

const field = (name, type = { is: "text" }) => ({ name, type });

/** A payment whose shower hides that it moved no money, attested by somebody with a name that steers terminals. */
const HIDING = {
  valid: true,
  contract: "coins",
  kind: "Payment",
  fields: [
    { field: field("payer"), value: { type: "party", text: "GB-1" } },
    { field: field("payee"), value: text("A \u001b[1mshop") },
    { field: field("amount"), value: money(2n ** 62n) },
    { field: field("note"), value: { type: "absent" } },
    { field: field("rate", { is: "percent" }), value: int(125_000n) },
    { field: field("on"), value: date(0) },
  ],
  parts: [
    { field: field("lines", { is: "list", of: { is: "percent" } }), part: { length: 17n, items: [{ index: 2, value: int(10_000n) }, { index: 9, value: int(1n) }] } },
    { field: field("more"), part: { length: undefined, items: [{ index: 0, value: text("x") }] } },
    { field: field("count"), part: { length: 3n, items: [] } },
  ],
  hidden: ["treatment", "member"],
  fact: `${"07".repeat(32)}-0-1`,
  certifiedAtMs: 1_782_302_400_000n,
  logIndex: 2n ** 60n,
  attestedBy: [{ party: "GB-1", name: "A\nbody" }],
};

test("what is hidden is said as loudly as what is shown", () => {
  assert.equal(
    said(HIDING, "words"),
    [
      "VALID: Payment under the contract coins.",
      "  payer      GB-1",
      "  payee      A \\u{1b}[1mshop",
      "  amount     £46,116,860,184,273,879.04",
      "  rate       12.5%",
      "  on         1 January 1970",
      "  lines      item 3: 1%; item 10: 0.0001% of 17 items",
      "  more       item 1: x of a list of unknown length",
      "  count      of 3 items",
      "  treatment  (hidden by whoever shows this proof)",
      "  member     (hidden by whoever shows this proof)",
      "WARNING: not all of it is shown. What is hidden (treatment, member, the rest of lines, the rest of more, the rest of count) may change what the rest means.",
      "On the authority of A\\nbody (GB-1).",
      "Certified by the notary on 24 June 2026, 12:00:00 UTC, entry 1152921504606846976 of its log.",
    ].join("\n"),
  );
  const plain = { ...HIDING, parts: [], hidden: [] };
  assert.equal(said(plain, "words").split("\n").length, 8);
});

test("programs are told everything whole", () => {
  assert.equal(
    said(HIDING, "json"),
    '{"attested_by":[{"name":"A\\nbody","party":"GB-1"}],"certified_at_ms":1782302400000,"contract":"coins",' +
      `"fact":"${"07".repeat(32)}-0-1",` +
      '"fields":{"amount":{"currency":"GBP","minor":4611686018427387904},"note":null,"on":"1970-01-01","payee":"A \\u001b[1mshop","payer":"GB-1","rate":125000},' +
      '"hidden":["treatment","member"],"kind":"Payment","log_index":1152921504606846976,' +
      '"parts":{"count":{"items":{},"length":3},"lines":{"items":{"10":1,"3":10000},"length":17},"more":{"items":{"1":"x"},"length":null}},"valid":true}',
  );
});

test("what fails is named", () => {
  const failed = { valid: false, step: "log", reason: "the notary's log: the notary's batch is not in the log" };
  assert.equal(said(failed, "words"), "NOT VALID. The step that failed: the notary's log: the notary's batch is not in the log.");
  assert.equal(said(failed, "json"), `{"reason":"the notary's log: the notary's batch is not in the log","step":"log","valid":false}`);
});
