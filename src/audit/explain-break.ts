import type { Pepper } from "../kernel/pepper";
import { type ChainEnd, hashOf } from "./chain";
import type { Select, StoredRow } from "./stored-row";

/**
 * CHANGED      the content of the row is not what the service wrote
 * MISSING      the row that belongs here is gone
 * INSERTED     the service never wrote the row
 * ORDER        the row stands in another place than it was written at
 * HEAD         somebody else has set where the chain ends
 * CHECKPOINT   the row is not the one that the checkpoint was taken of
 */
export type BreakKind = "CHANGED" | "MISSING" | "INSERTED" | "ORDER" | "HEAD" | "CHECKPOINT";

/** The first place where the trail is not as the service wrote it. */
export interface ChainBreak {
  readonly kind: BreakKind;
  readonly sequence: number;
  /** Null for a row that is gone, and for the head. */
  readonly id: string | null;
  /** For the operator; nothing of what the row tells is in it. */
  readonly reason: string;
}

/** The row that does not fit, and what lies around it. */
export interface Misfit {
  readonly row: StoredRow;
  /** What it should follow. */
  readonly end: ChainEnd;
  /** The row after it, if any. */
  readonly next: StoredRow | null;
  /** Number of the newest row that the service knows of; Infinity where the head cannot be believed. */
  readonly newest: number;
}

/** Text that may be hashed to find out where a row was before. */
const MOST_BYTES_HASHED = 128_000_000;
const MOST_TRIES = 200_000;

/** Says what was done to the trail where `row` is not the row that belongs there, as far as what is left tells. */
export async function explainBreak(pepper: Pepper, select: Select, misfit: Misfit): Promise<ChainBreak> {
  const { row, end, next, newest } = misfit;
  const expected = end.sequence + 1;
  const at = { sequence: row.sequence, id: row.id };
  if (row.sequence > expected) return missing(expected, row.sequence - 1);
  if (row.sequence < expected) return { ...at, kind: "INSERTED", reason: `there is another row ${row.sequence}` };
  if (hashOf(pepper, row) === row.hash) {
    return { ...at, kind: "ORDER", reason: "it was written after another row than the one before it" };
  }
  const original = originalSequence(pepper, row);
  if (original !== null) {
    if (await existsHash(select, row.previousHash)) {
      return { ...at, kind: "ORDER", reason: `it was written as row ${original}` };
    }
    return { ...missing(expected, expected), reason: `row ${original} (id ${row.id}) was put in its place` };
  }
  const isPushedOn = next !== null && fits(pepper, { ...next, sequence: expected }, end);
  if (isPushedOn) return { ...at, kind: "INSERTED", reason: "the row after it was written with this number" };
  if (row.sequence > newest) return { ...at, kind: "INSERTED", reason: `the newest row written is ${newest}` };
  const orSecret = expected === 1 ? ", or LATCHKEY_SECRET is not the one it was written under" : "";
  return { ...at, kind: "CHANGED", reason: `its content is not what was written${orSecret}` };
}

/** Whether a row is as the service wrote it, and after `end`. */
export function fits(pepper: Pepper, row: StoredRow, end: ChainEnd): boolean {
  return row.sequence === end.sequence + 1 && row.previousHash === end.hash && hashOf(pepper, row) === row.hash;
}

/** Rows `from` to `to` are gone. */
export function missing(from: number, to: number): ChainBreak {
  const reason = from === to ? "the row was removed" : `rows ${from} to ${to} were removed`;
  return { kind: "MISSING", sequence: from, id: null, reason };
}

/** The number that a row was written with, looked for from its present one outwards; null when it is another row altogether. */
function originalSequence(pepper: Pepper, row: StoredRow): number | null {
  const tries = Math.min(MOST_TRIES, MOST_BYTES_HASHED / JSON.stringify(row).length);
  for (let distance = 1; distance <= tries / 2; distance++) {
    for (const sequence of [row.sequence + distance, row.sequence - distance]) {
      if (sequence > 0 && hashOf(pepper, { ...row, sequence }) === row.hash) return sequence;
    }
  }
  return null;
}

async function existsHash(select: Select, hash: string): Promise<boolean> {
  const found = await select<{ id: string }>("SELECT id FROM audit_event WHERE `hash` = ? LIMIT 1", [hash]);
  return found.length > 0;
}
