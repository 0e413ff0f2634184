import { createHash } from "node:crypto";
import type { Principal, RequestContext, Transaction } from "../context";
import { newId } from "../kernel/id";
import { AuditEvent } from "./audit-event.entity";

/** What a caller tells of a change; actor, time and origin come from the context. */
export interface AuditEntry {
  /** Dotted verb, e.g. `apiKey.revoke`. */
  readonly action: string;
  readonly severity?: "INFO" | "WARNING" | "HIGH";
  readonly target?: { readonly kind: string; readonly id: string; readonly name?: string | null };
  /** State before and after. The caller leaves out secrets; for protected records it names fields, not their values. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Writes an audit row in the transaction of the change it describes: both are kept or neither. */
export async function record(tx: Transaction, ctx: RequestContext, entry: AuditEntry): Promise<void> {
  await tx.insert(AuditEvent, {
    id: newId(),
    at: new Date(ctx.clock.now()),
    ...actorOf(ctx.principal),
    action: entry.action,
    severity: entry.severity ?? "INFO",
    targetKind: entry.target?.kind ?? null,
    targetId: entry.target?.id ?? null,
    targetName: entry.target?.name ?? null,
    before: fitting(entry.before) as object,
    after: fitting(entry.after) as object,
    ip: ctx.origin.ip,
    client: ctx.origin.client?.slice(0, 120) ?? null,
    requestId: ctx.origin.requestId,
  });
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

function actorOf(principal: Principal): Pick<AuditEvent, "actorKind" | "actorId" | "actorName"> {
  switch (principal.kind) {
    case "USER":
      return { actorKind: "USER", actorId: principal.user.id, actorName: principal.user.email };
    case "API_KEY":
      return { actorKind: "API_KEY", actorId: principal.apiKey.id, actorName: principal.apiKey.name };
    case "NOBODY":
    case "OPERATOR":
      return { actorKind: principal.kind, actorId: null, actorName: null };
  }
}
