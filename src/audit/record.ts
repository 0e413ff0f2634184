import { createHash } from "node:crypto";
import type { Principal, RequestContext, Transaction } from "../context";
import { newId } from "../kernel/id";
import type { AuditAction } from "./audit-actions";
import { AuditEvent } from "./audit-event.entity";
import { type ChainEnd, canonicalTime, hashOf } from "./chain";
import { hashEarlierRows, moveHead, readHead, stateOf, takeHead } from "./chain-head";

/** What a caller tells of a change; actor, time and origin come from the context. */
export interface AuditEntry {
  /** Dotted verb, e.g. `apiKey.revoke`. */
  readonly action: AuditAction;
  readonly severity?: "INFO" | "WARNING" | "HIGH";
  readonly target?: { readonly kind: string; readonly id: string; readonly name?: string | null };
  /** State before and after. The caller leaves out secrets; for protected records it names fields, not their values. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** The part of a request that a row tells of, and the key of the chain. */
export type AuditContext = Pick<RequestContext, "principal" | "origin" | "clock" | "pepper">;

/** Nineteen parameters each, of the 32,766 that SQLite takes. */
const ROWS_PER_STATEMENT = 250;

/** Action of the row that the chain begins with, after whatever was there before it. */
export const CHAIN_BEGUN = "audit.begin";
/** Action of the row that follows when the head was not as the service had left it; verification stops at it. */
export const HEAD_FORGED = "audit.headForged";

/**
 * Writes an audit row in the transaction of the change it describes: both are kept or neither.
 *
 * Rows are chained, so from here to the end of the transaction every other one that records must wait: call it as late as can be,
 * and take no lock after it that another transaction may hold on its way here.
 */
export async function record(tx: Transaction, ctx: AuditContext, entry: AuditEntry): Promise<void> {
  await recordAll(tx, ctx, [entry]);
}

/** As `record`, for a change of many things: one row each, in this order, written some hundreds at a time. */
export async function recordAll(tx: Transaction, ctx: AuditContext, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await moveHead(tx, ctx.pepper, await append(tx, ctx, await soundEnd(tx, ctx), ...entries));
}

/**
 * Begins the chain where a migration has just made it possible, so that rows from before are covered from now on. Does nothing
 * at any later boot.
 */
export async function ensureChain(ctx: AuditContext & Pick<RequestContext, "store">): Promise<void> {
  const head = await readHead(ctx.store.select);
  if (head === null || stateOf(ctx.pepper, head) !== "UNBEGUN") return;
  await ctx.store.transaction(async (tx) => moveHead(tx, ctx.pepper, await soundEnd(tx, ctx)));
}

/** Takes the head's lock and returns what the next row follows, after a row that tells of anything unusual about the head. */
async function soundEnd(tx: Transaction, ctx: AuditContext): Promise<ChainEnd> {
  const { state, end, found } = await takeHead(tx, ctx.pepper);
  switch (state) {
    case "SEALED":
      return end;
    case "UNBEGUN": {
      const earlier = await hashEarlierRows(tx, ctx.pepper);
      return append(tx, ctx, earlier, { action: CHAIN_BEGUN, after: { earlierRows: earlier.sequence } });
    }
    case "FORGED": {
      const before = { sequence: found.sequence, hash: found.hash };
      return append(tx, ctx, end, { action: HEAD_FORGED, severity: "HIGH", before });
    }
  }
}

async function append(
  tx: Transaction,
  ctx: AuditContext,
  end: ChainEnd,
  ...entries: readonly AuditEntry[]
): Promise<ChainEnd> {
  let last = end;
  for (let at = 0; at < entries.length; at += ROWS_PER_STATEMENT) {
    const rows = entries.slice(at, at + ROWS_PER_STATEMENT).map((entry) => {
      const row = chained(ctx, last, entry);
      last = { sequence: row.sequence, hash: row.hash };
      return row;
    });
    await tx.insert(AuditEvent, rows);
  }
  return last;
}

/** The row of an entry that follows `end`. */
function chained(ctx: AuditContext, end: ChainEnd, entry: AuditEntry) {
  const at = new Date(ctx.clock.now());
  const states = { before: fitting(entry.before), after: fitting(entry.after) };
  const row = {
    sequence: end.sequence + 1,
    previousHash: end.hash,
    id: newId(),
    ...actorOf(ctx.principal),
    action: entry.action,
    severity: entry.severity ?? "INFO",
    targetKind: entry.target?.kind ?? null,
    targetId: entry.target?.id ?? null,
    targetName: storable(entry.target?.name, 320),
    ip: storable(ctx.origin.ip, 64),
    client: storable(ctx.origin.client, 120),
    requestId: ctx.origin.requestId,
  } as const;
  const hash = hashOf(ctx.pepper, {
    ...row,
    at: canonicalTime(at),
    before: jsonOf(states.before),
    after: jsonOf(states.after),
  });
  return { ...row, at, before: states.before as object, after: states.after as object, hash };
}

/** A `text` column of MariaDB holds 65,535 bytes. A state beyond that is told by size and digest: the change must not fail. */
const MOST_BYTES = 65_000;

function fitting(state: unknown): unknown {
  if (state == null) return null;
  const text = JSON.stringify(state);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MOST_BYTES) return state;
  return { omitted: `${bytes} bytes`, sha256: createHash("sha256").update(text).digest("hex") };
}

/** As a `simple-json` column stores it. */
function jsonOf(state: unknown): string | null {
  return state === null ? null : JSON.stringify(state);
}

/** Cut to the column, and without halves of surrogate pairs: what is hashed must be what the database returns. */
function storable(text: string | null | undefined, longest: number): string | null {
  return text == null ? null : Buffer.from(text.slice(0, longest)).toString();
}

function actorOf(principal: Principal): Pick<AuditEvent, "actorKind" | "actorId" | "actorName"> {
  switch (principal.kind) {
    case "USER":
      return { actorKind: "USER", actorId: principal.user.id, actorName: storable(principal.user.email, 320) };
    case "API_KEY":
      return { actorKind: "API_KEY", actorId: principal.apiKey.id, actorName: storable(principal.apiKey.name, 320) };
    case "NOBODY":
    case "OPERATOR":
      return { actorKind: principal.kind, actorId: null, actorName: null };
  }
}
