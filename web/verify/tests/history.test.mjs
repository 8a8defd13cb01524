// Who keeps a log, and how that changed: the same cases as the other verifier's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readAuthorities } from "../src/authorities.ts";
import { follow, HistoryError } from "../src/history.ts";
import { logKeys } from "../src/note.ts";
import { readTrust, TrustError } from "../src/trust.ts";
import { repository, trustFile } from "./support/town.mjs";

const cases = repository("docs/protocol/vectors/histories.jsonl").trim().split("\n").map((line) => JSON.parse(line));
const [whole] = cases;

async function log({ keys, epochs }) {
  const read = epochs.map(async ({ from, authorities }) => ({ from: BigInt(from), authorities: await readAuthorities(authorities) }));
  return { keys: await logKeys(keys), epochs: await Promise.all(read) };
}

const told = ({ epochs }) => epochs.map(({ from, authorities }) => ({ authorities: authorities.text, from: Number(from) }));

test("histories lead where they lead, or nowhere", async () => {
  for (const one of cases) {
    const verdict = await follow(await log(one), new Uint8Array(Buffer.from(one.history, "base64"))).then(told, (error) => {
      if (!(error instanceof HistoryError)) throw error;
      return error.code;
    });
    assert.deepEqual(verdict, one.then ?? one.verdict, one.name);
  }
});

test("a trust file lists the epochs of a log that went over to others", async () => {
  const changed = (change = {}) => trustFile({ pvn_trust: 3, notary: { keys: whole.keys, epochs: whole.then, ...change } });
  const trust = await readTrust(changed());
  assert.deepEqual(told(trust), whole.then);
  assert.equal(trust.notary[0].text, whole.keys[0]);
  const [first, second] = whole.then;
  const order = "notary: the epochs of the log notary.town are not one after the other from 1, each from a larger size on";
  const table = [
    [{ epochs: [] }, "notary: there is no epoch"],
    [{ epochs: [second] }, order],
    [{ epochs: [{ ...first, from: 1 }] }, order],
    [{ epochs: [first, { ...second, from: 4 }] }, order],
    [{ epochs: [{ ...first, from: 2 ** 53 }] }, "notary: an epoch is from a size of the log on"],
    [{ epochs: [{ ...first, from: "4" }] }, "notary: an epoch is from a size of the log on"],
    [{ epochs: [{ ...first, authorities: "x\n" }] }, "notary: the decision can't be read: its first line is not that of a decision"],
    [{ epochs: [[4, first.authorities]] }, "there is something in the place of an object"],
    [{ witness: "w" }, "witness has no meaning here"],
  ];
  for (const [change, message] of table) await assert.rejects(() => readTrust(changed(change)), (error) => error instanceof TrustError && assert.equal(error.message, message) === undefined, message);
  await assert.rejects(() => readTrust(trustFile({ pvn_trust: 3 })), { message: "there is something in the place of an object" });
});
