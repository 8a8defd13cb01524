// Proofs that a fact is still current: what the notary says of the used marks, and what somebody may try with it.
import { encode } from "./cbor.mjs";
import { LINEAGE, NOON_MS, FACT_SALT, hmac, leafHash, node, proofOf, u32, value } from "./proof.mjs";
import { REGISTERS } from "./shown.mjs";
import { NoteSigner, noise, notary, sha256 } from "./town.mjs";

const BANK = "TOWN-BANK";
const KEY = hmac(FACT_SALT, "token key/v1");
const CONTROL = sha256("pvn control/1\0", encode([[0, []]]));
const [WORD_KEY, WORD] = [0, 1];
const [ABSENCE, ENTRY, LOG_PATH, CHECKPOINT] = [0, 1, 2, 3];
const [TIME, COVERED, , ROOT] = [0, 1, 2, 3];
const MINUTE_MS = 60_000;

const stem = (label) => noise(label).subarray(0, 16);
const token = (id) => sha256("null/v1", CONTROL, hmac(KEY, "rho/v1", LINEAGE, id, u32(0), u32(0)));
const bit = (bytes, at) => (bytes[at >> 3] >> (7 - (at & 7))) & 1;

/** Stems that share so many first bits with the token. */
function near(mark, depth, many) {
  const found = [];
  for (let i = 0; found.length < many; i++) {
    const one = stem(`used ${i}`);
    if (Array.from({ length: depth }, (_, at) => bit(one, at) === bit(mark, at)).every(Boolean)) found.push(one);
  }
  return found;
}

/** The root of a set with this bucket, and this beside each fork on the way to it. */
function rootOf(mark, stems, path) {
  const bucket = stems.reduce((all, one) => sha256([0x54], all, one), Buffer.alloc(32));
  return path.reduce((below, beside, i) => (bit(mark, path.length - 1 - i) ? sha256([0x55], beside, below) : sha256([0x55], below, beside)), bucket);
}

/** The entry in a log of two, after another. */
function entered(entry, by = notary) {
  const before = noise("an entry before");
  return [entry, before, by.checkpoint(2, node(before, leafHash(encode(entry))))];
}

/** The notary's word on a token. */
function wordOn(mark, { stems = [], path = [], count = stems.length, by } = {}) {
  return [[Buffer.concat(stems), Buffer.concat(path)], ...entered([NOON_MS + MINUTE_MS, 1, count, rootOf(mark, stems, path)], by)];
}

export function currents(contract) {
  const proof = ({ set = () => ({}), change = () => {}, ...how } = {}) =>
    proofOf({
      contract,
      fields: [value.int(1)],
      attestors: [BANK],
      shows: [1, 2],
      ...how,
      wrap: (bundle, id) => {
        const all = [2, [KEY, wordOn(token(id), set(token(id)))], bundle];
        change(all[1], all);
        return all;
      },
    });
  const three = (mark) => ({ stems: near(mark, 0, 3) });
  const divided = (mark) => ({ stems: near(mark, 2, 4), path: ["one half", "the other"].map(noise), count: 40 });
  const stranger = new NoteSigner("notary.town", noise("his own"));
  /** What stands in the word, signed again. */
  const entry = (of) => ([, word]) => {
    of(word[ENTRY]);
    word.splice(ENTRY, 3, ...entered(word[ENTRY]));
  };
  const asked = (nowMs) => ({ now_ms: nowMs, max_age_ms: MINUTE_MS });
  const at = NOON_MS + MINUTE_MS;
  const bare = proofOf({ contract, fields: [value.int(1)], attestors: [BANK] });
  const table = [
    ["nothing is used", proof(), "valid"],
    ["three others are used", proof({ set: three }), "valid"],
    ["in a set that is divided", proof({ set: divided }), "valid"],
    ["it is used up", proof({ set: (mark) => ({ stems: [...near(mark, 0, 2), mark.subarray(0, 16)] }) }), "current"],
    ["beside a mark that would be elsewhere", proof({ set: (mark) => ({ ...divided(mark), stems: [stem("used 0"), stem("used 1"), stem("used 2"), stem("used 3")] }) }), "current"],
    ["with fewer marks than there are", proof({ set: (mark) => ({ ...three(mark), count: 4 }) }), "current"],
    ["with a mark left out", proof({ set: three, change: ([, word]) => (word[ABSENCE][0] = word[ABSENCE][0].subarray(16)) }), "current"],
    ["with another half beside", proof({ set: divided, change: ([, word]) => (word[ABSENCE][1] = Buffer.concat([noise("x"), word[ABSENCE][1].subarray(32)])) }), "current"],
    ["under another root", proof({ change: entry((e) => (e[ROOT] = noise("x"))) }), "current"],
    ["with another time", proof({ change: ([, word]) => word[ENTRY][TIME]++ }), "current"],
    ["with another place in the log", proof({ change: ([, word]) => (word[ENTRY][COVERED] = 0) }), "current"],
    ["beyond the log", proof({ change: entry((e) => (e[COVERED] = 2)) }), "current"],
    ["on another way into the log", proof({ change: ([, word]) => (word[LOG_PATH] = noise("x")) }), "current"],
    ["under a checkpoint of another's", proof({ set: () => ({ by: stranger }) }), "current"],
    ["with another token key", proof({ change: (standing) => (standing[WORD_KEY] = noise("x")) }), "current"],
    ["without its control", proof({ shows: [2] }), "current"],
    ["without its token key", proof({ shows: [1] }), "current"],
    ["of a transaction that was changed", proof({ change: (_, all) => all[2][1][0][3][1]++ }), "log"],
    ["of what only its holder can show", proof({ contract: REGISTERS, kind: 1, fields: [value.party("ALICE"), value.text("surgeon"), value.absent, value.date(1)], holder: [2, noise("a key")] }), "holder", "registers"],
    ["with half a mark", proof({ change: ([, word]) => (word[ABSENCE][0] = Buffer.alloc(15)) }), "read"],
    ["with seventeen marks", proof({ change: ([, word]) => (word[ABSENCE][0] = Buffer.alloc(17 * 16)) }), "read"],
    ["in a checkpoint that isn't composed", proof({ change: ([, word]) => (word[CHECKPOINT] += "e\u0301") }), "read"],
    ["in another format", proof({ change: (_, all) => (all[0] = 3) }), "where_it_belongs"],
    ["asked in time", proof(), "valid", "various", asked(at + MINUTE_MS)],
    ["asked too late", proof(), "current", "various", asked(at + MINUTE_MS + 1)],
    ["asked by a clock that is behind", proof(), "valid", "various", asked(at - MINUTE_MS)],
    ["asked before", proof(), "current", "various", asked(at - MINUTE_MS - 1)],
    ["asked, and nothing says so", bare, "current", "various", asked(at)],
  ];
  return table.map(([name, proof, step, trust = "various", expected]) => ({ name: `current: ${name}`, trust, proof, ...(expected && { expected }), step }));
}
