import { createHmac } from "node:crypto";
import type { Pepper } from "../kernel/pepper";

/**
 * Chain   the rows of the audit trail in order of `sequence`, each holding the hash of the one before
 * Hash    HMAC-SHA-256 over a row's canonical text, under a key derived from LATCHKEY_SECRET
 * Head    sequence and hash of the newest row, and their seal: a keyed hash of the two
 *
 * What this protects against and what not: docs/decisions/0013-audit-chain.md.
 */

/** A row as the database has it, but for `hash`: times and JSON as text. Its keys in this order make the canonical text. */
export interface ChainedRow {
  readonly sequence: number;
  readonly previousHash: string;
  readonly id: string;
  /** UTC, `2026-01-31 12:00:00.000000`. */
  readonly at: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly action: string;
  readonly severity: string;
  readonly targetKind: string | null;
  readonly targetId: string | null;
  readonly targetName: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly ip: string | null;
  readonly client: string | null;
  readonly requestId: string;
}

/** Where a chain stands: the newest row, or the beginning. */
export interface ChainEnd {
  readonly sequence: number;
  readonly hash: string;
}

/** What the first row follows. */
export const BEGINNING: ChainEnd = Object.freeze({ sequence: 0, hash: "0".repeat(64) });

/** Columns of a row in canonical order. */
export const CHAINED_COLUMNS = [
  ...(["sequence", "previousHash", "id", "at", "actorKind", "actorId", "actorName", "action", "severity"] as const),
  ...(["targetKind", "targetId", "targetName", "before", "after", "ip", "client", "requestId"] as const),
] satisfies readonly (keyof ChainedRow)[];

/**
 * Hash of a row: over a JSON array of a version and every column in fixed order, so that equal text means equal row, whichever
 * database it was read from.
 */
export function hashOf(pepper: Pepper, row: ChainedRow): string {
  const canonical = JSON.stringify(["latchkey audit 1", ...CHAINED_COLUMNS.map((column) => row[column])]);
  return keyedHash(pepper, "row", canonical);
}

/** Seal of the chain's end, of another domain than rows' hashes, which anyone with the database can read. */
export function sealOf(pepper: Pepper, { sequence, hash }: ChainEnd): string {
  return keyedHash(pepper, "head", `${sequence} ${hash}`);
}

/** Keyed hash as 64 lower-case hex characters. One `domain` says nothing about another. */
export function keyedHash(pepper: Pepper, domain: "row" | "head" | "checkpoint", text: string): string {
  return createHmac("sha256", pepper.deriveKey(`latchkey audit ${domain}`))
    .update(text)
    .digest("hex");
}

/** A time in the one spelling that is hashed, from a Date or from what either database returns as text. */
export function canonicalTime(at: Date | string): string {
  if (at instanceof Date) return `${at.toISOString().slice(0, -1).replace("T", " ")}000`;
  const parts = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/.exec(at);
  return parts ? `${parts[1]}.${(parts[2] ?? "").padEnd(6, "0")}` : at;
}
