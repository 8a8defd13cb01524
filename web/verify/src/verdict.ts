// What comes of verifying a proof.

import { type Field } from "./deed/contract.ts";
import { type ListPart } from "./list.ts";
import { type Value } from "./value.ts";

/** The step at which a proof fails, as `pvn verify` names it. */
export type Step = "read" | "where_it_belongs" | "contract" | "fact" | "log" | "checkpoint" | "time" | "network_map" | "signatures" | "current" | "holder";

/** How a person is told of a step. */
const SPOKEN: { readonly [step in Step]: string } = {
  read: "reading the file",
  where_it_belongs: "where it belongs",
  contract: "the contract",
  fact: "the fact",
  log: "the notary's log",
  checkpoint: "the notary's checkpoint",
  time: "the time",
  network_map: "the network map",
  signatures: "the signatures",
  current: "whether it is current",
  holder: "the holder",
};

export interface ShownField {
  readonly field: Field;
  readonly value: Value;
}

/** A list of which a part is shown. */
export interface ShownPart {
  readonly field: Field;
  readonly part: ListPart;
}

/** What a proof proves. */
export interface Proven {
  readonly valid: true;
  readonly contract: string;
  readonly kind: string;
  /** Shown fields, in the kind's order. */
  readonly fields: readonly ShownField[];
  /** Lists of which a part is shown, in the kind's order. */
  readonly parts: readonly ShownPart[];
  /** Names of the fields that whoever shows the proof keeps hidden: not the same as absent ones. */
  readonly hidden: readonly string[];
  /** Transaction, view and output: `…-0-1`. */
  readonly fact: string;
  readonly certifiedAtMs: bigint;
  readonly logIndex: bigint;
  readonly attestedBy: readonly { readonly party: string; readonly name: string }[];
  /** When it was unused, and before which entry of the log, where the proof says that it is current. */
  readonly current?: { readonly atMs: bigint; readonly covered: bigint };
  /** To whom its holder showed it, and when, where only the holder can show it. */
  readonly shown?: { readonly audience: string; readonly atMs: bigint };
  /** Either of these in words. */
  readonly besides?: string;
}

export interface NotProven {
  readonly valid: false;
  readonly step: Step;
  /** The step and what is wrong, in words. */
  readonly reason: string;
  /** Whether the notary's log may have other authorities now than those that are trusted. */
  readonly mayBeNewer?: true;
}

/** Ends the verification at a step. */
export class Failed extends Error {
  constructor(
    readonly step: Step,
    reason: string,
    readonly mayBeNewer = false,
  ) {
    super(`${SPOKEN[step]}: ${reason}`);
  }
}

export function fail(step: Step, reason: string, mayBeNewer = false): never {
  throw new Failed(step, reason, mayBeNewer);
}
