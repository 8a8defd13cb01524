// Logs that went over to others: what a trust file says of that, and what a history adds. Most networks' logs are kept by their founder: pages
// load this beside their script.

import { readAuthorities, Refused, withEpoch, type Authorities, type Log } from "./authorities.ts";
import { type Bytes } from "./bytes.ts";
import { follow } from "./history.ts";
import { keys, list, table, text, TrustError, type Table, type Trust } from "./trust.ts";

/** The keys of a log that went over to others, with its epochs, as a trust file names them. */
export async function changed(of: Table): Promise<Log> {
  const notary = table(of.notary, ["keys", "epochs"]);
  let log: Log = { keys: await keys({ notary: notary.keys }, "notary"), epochs: [] };
  for (const json of list(notary, "epochs")) {
    const one = table(json, ["from", "authorities"]);
    const from = one.from;
    if (typeof from !== "number" || !Number.isSafeInteger(from)) throw new TrustError("notary: an epoch is from a size of the log on");
    const next = withEpoch(log, { from: BigInt(from), authorities: await authorities(text(one, "authorities")) });
    if (!next) throw new TrustError(`notary: the epochs of the log ${log.keys[0].name} are not one after the other from 1, each from a larger size on`);
    log = next;
  }
  if (log.epochs.length === 0) throw new TrustError("notary: there is no epoch");
  return log;
}

async function authorities(text: string): Promise<Authorities> {
  try {
    return await readAuthorities(text);
  } catch (error) {
    if (error instanceof Refused) throw new TrustError(`notary: ${error.message}`);
    throw error;
  }
}

/**
 * What is trusted, with the authorities to which a history leads from there.
 *
 * @throws HistoryError
 */
export async function followed(trust: Trust, history: Bytes): Promise<Trust> {
  const { epochs } = await follow({ keys: trust.notary, epochs: trust.epochs }, history);
  return { ...trust, epochs };
}
