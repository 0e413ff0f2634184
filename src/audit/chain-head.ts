import { timingSafeEqual } from "node:crypto";
import type { Transaction } from "../context";
import type { Pepper } from "../kernel/pepper";
import { AuditEvent } from "./audit-event.entity";
import { AuditHead } from "./audit-head.entity";
import { BEGINNING, type ChainEnd, hashOf, sealOf } from "./chain";
import { rowsFrom, type Select } from "./stored-row";

/** The head as it stands in the database. */
export type StoredHead = Pick<AuditHead, "sequence" | "hash" | "seal">;

/**
 * UNBEGUN     nothing is chained yet; rows up to `sequence` wait to be hashed
 * SEALED      as the service left it
 * FORGED      set by somebody who does not know LATCHKEY_SECRET, or under another one, or put back to where it was before
 */
export type HeadState = "UNBEGUN" | "SEALED" | "FORGED";

const READ_HEAD = "SELECT sequence, `hash`, seal FROM audit_head WHERE id = 1";
/** `newest` may be older than the head that has just been waited for, never newer. */
const TAKE_HEAD =
  "SELECT sequence, `hash`, seal, (SELECT MAX(sequence) FROM audit_event) AS newest FROM audit_head WHERE id = 1";

/** The head; null when somebody has deleted it. */
export async function readHead(select: Select): Promise<StoredHead | null> {
  const [head] = await select<StoredHead>(READ_HEAD, []);
  return head ?? null;
}

/** Whether the head is as the service left it. */
export function stateOf(pepper: Pepper, head: StoredHead): HeadState {
  if (head.seal === "") return "UNBEGUN";
  const given = Buffer.from(head.seal);
  const ours = Buffer.from(sealOf(pepper, head));
  return given.length === ours.length && timingSafeEqual(given, ours) ? "SEALED" : "FORGED";
}

/**
 * Takes the head's lock, which others that record wait for until the transaction ends, and tells where to go on.
 *
 * Behind a forged head the chain goes on from the newest row there is, so that the service goes on too; `record` says so in a row.
 */
export async function takeHead(
  tx: Transaction,
  pepper: Pepper,
): Promise<{ readonly state: HeadState; readonly end: ChainEnd; readonly found: ChainEnd }> {
  const lock = tx.connection.options.type === "mariadb" ? " FOR UPDATE" : "";
  const [found] = (await tx.query(TAKE_HEAD + lock)) as (StoredHead & { readonly newest: number | null })[];
  if (!found) throw new Error("The row of audit_head is missing: the audit trail was tampered with");
  const isBehind = (found.newest ?? 0) > found.sequence;
  const state = stateOf(pepper, found);
  if (state === "UNBEGUN" || (state === "SEALED" && !isBehind)) return { state, end: found, found };
  const [newest] = (await tx.query(
    "SELECT sequence, `hash` FROM audit_event ORDER BY sequence DESC LIMIT 1",
  )) as ChainEnd[];
  return { state: "FORGED", end: newest ?? BEGINNING, found };
}

/** Sets the head, under the lock that `takeHead` took. */
export async function moveHead(tx: Transaction, pepper: Pepper, end: ChainEnd): Promise<void> {
  await tx.update(AuditHead, { id: 1 }, { sequence: end.sequence, hash: end.hash, seal: sealOf(pepper, end) });
}

/** Chains the rows from before there was a chain, once, as they are now. */
export async function hashEarlierRows(tx: Transaction, pepper: Pepper): Promise<ChainEnd> {
  let end = BEGINNING;
  for await (const found of rowsFrom((sql, parameters) => tx.query(sql, [...parameters]), 1)) {
    const row = { ...found, previousHash: end.hash };
    end = { sequence: row.sequence, hash: hashOf(pepper, row) };
    await tx.update(AuditEvent, { id: row.id }, { previousHash: row.previousHash, hash: end.hash });
  }
  return end;
}
