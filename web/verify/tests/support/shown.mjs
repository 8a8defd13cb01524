// A proof of somebody's licence, as its holder shows it with a key of any sort.
import { decode, encode } from "./cbor.mjs";
import { NETWORK, opening, proofOf, value } from "./proof.mjs";
import { bytes, repository, sha256, vectors } from "./town.mjs";

export const REGISTERS = repository("crates/ledger/tests/fixtures/registers.deed");
/** The presentation of the vectors, and what its holder was asked. */
export const PRESENTATION = bytes(vectors("signed.hex").presentation);
export const [AUDIENCE, NONCE, TIME] = decode(PRESENTATION)[1];

/** Answers the question of the vectors; the key's leaf may be hidden. */
export function shownWith(holder, signature, hidden) {
  const fact = { contract: REGISTERS, kind: 1, fields: [value.party("ALICE"), value.text("surgeon"), value.absent, value.date(1)], holder };
  const bundle = decode(proofOf({ ...fact, attestors: ["TOWN-BANK"] }));
  const leaf = opening({ ...fact, id: sha256(REGISTERS), shows: hidden ? [] : [4] });
  bundle[2] = leaf.opening;
  const occasion = [AUDIENCE, NONCE, TIME];
  const message = Buffer.concat([Buffer.from("pvn presentation/1\0"), NETWORK, sha256([0x70], encode(bundle)), encode(occasion)]);
  return new Uint8Array(encode([2, occasion, signature(message), bundle]));
}
