import { setTimeout as delay } from "node:timers/promises";
import type { RequestContext, Transaction } from "../context";
import { ServiceError } from "../kernel/service-error";
import { type AuditContext, type AuditEntry, record } from "./record";

/** A change that was refused, as it is to be recorded. */
export interface RefusedChange {
  readonly entry: AuditEntry;
  /** Code that the client was answered with. */
  readonly code: string;
  /** Looks up what was to be changed, in the transaction that records; null when there is no such thing. */
  readonly findTarget?: (tx: Transaction) => Promise<AuditEntry["target"] | null>;
}

/**
 * Records refused changes beside the requests that were refused, which do not wait for it and do not fail with it.
 *
 * Whoever keeps trying does not flood the trail: of one principal at most `MOST_PER_MINUTE` rows are written a minute (of all that
 * come without credentials together, since they cannot be told apart), and then one row that sums up the rest.
 */
export interface RefusalTrail {
  note(ctx: AuditContext, refused: RefusedChange): void;
  /** Resolves when everything noted so far is written, or given up because the database is away. */
  close(): Promise<void>;
}

export const MOST_PER_MINUTE = 20;
const WINDOW_MS = 60_000;
/** Waiting rows; what comes while the database is away beyond that is only counted. */
const LONGEST_QUEUE = 1_000;
/** Principals watched at once; beyond that they share one count. */
const MOST_WATCHED = 10_000;
const ROWS_PER_TRANSACTION = 50;
const RETRY_MS = 1_000;
const SWEEP_MS = 10_000;

interface Waiting {
  readonly ctx: AuditContext;
  readonly refused: RefusedChange;
}

interface Watched {
  readonly since: number;
  noted: number;
  /** What was counted only, and the request that it began with. */
  summed: { readonly ctx: AuditContext; count: number; readonly codes: Map<string, number> } | null;
}

/** `close` it before the store. */
export function createRefusalTrail({
  store,
  clock,
  log,
}: Pick<RequestContext, "store" | "clock" | "log">): RefusalTrail {
  const queue: Waiting[] = [];
  const watched = new Map<string, Watched>();
  let draining: Promise<void> | null = null;
  let isClosing = false;

  const watchOf = (key: string): Watched => {
    const shared = watched.has(key) || watched.size < MOST_WATCHED ? key : "";
    const known = watched.get(shared);
    const now = clock.now();
    if (known && now < known.since + WINDOW_MS) return known;
    if (known) sumUp(known);
    const fresh: Watched = { since: now, noted: 0, summed: null };
    watched.set(shared, fresh);
    return fresh;
  };

  const sumUp = ({ since, summed }: Watched): void => {
    if (summed === null) return;
    const after = { count: summed.count, since: new Date(since), codes: Object.fromEntries(summed.codes) };
    const entry = { action: "request.refusedMore", severity: "WARNING", after } as const;
    enqueue({ ctx: stopped(summed.ctx, clock.now()), refused: { entry, code: "" } });
  };

  const enqueue = (row: Waiting): void => {
    queue.push(row);
    draining ??= drain();
  };

  const drain = async (): Promise<void> => {
    let most = ROWS_PER_TRANSACTION;
    while (queue.length > 0) {
      const rows = queue.slice(0, most);
      try {
        await store.transaction(async (tx) => {
          for (const row of rows) await write(tx, row);
        });
        queue.splice(0, rows.length);
      } catch (error) {
        log.error({ err: error, rows: rows.length }, "refused changes could not be recorded");
        const isAway = error instanceof ServiceError && error.code === "UNAVAILABLE";
        if (isAway && isClosing) break;
        if (isAway) await delay(RETRY_MS);
        // One row that cannot be written must not take others with it: from here on each is written by itself.
        else if (rows.length === 1) queue.shift();
        else most = 1;
      }
    }
    draining = null;
  };

  const sweep = setInterval(() => {
    for (const [key, watch] of watched) {
      if (clock.now() < watch.since + WINDOW_MS) continue;
      watched.delete(key);
      sumUp(watch);
    }
  }, SWEEP_MS).unref();

  return {
    note(ctx, refused) {
      const watch = watchOf(keyOf(ctx));
      if (watch.noted < MOST_PER_MINUTE && queue.length < LONGEST_QUEUE) {
        watch.noted += 1;
        enqueue({ ctx: stopped(ctx, clock.now()), refused });
        return;
      }
      watch.summed ??= { ctx, count: 0, codes: new Map() };
      watch.summed.count += 1;
      watch.summed.codes.set(refused.code, (watch.summed.codes.get(refused.code) ?? 0) + 1);
    },
    async close() {
      isClosing = true;
      clearInterval(sweep);
      for (const watch of watched.values()) sumUp(watch);
      watched.clear();
      await draining;
    },
  };
}

/** What recording needs of a request, at the time of the refusal and not at that of writing. */
function stopped({ principal, origin, pepper }: AuditContext, at: number): AuditContext {
  return { principal, origin, pepper, clock: { now: () => at } };
}

async function write(tx: Transaction, { ctx, refused }: Waiting): Promise<void> {
  const target = (await refused.findTarget?.(tx)) ?? undefined;
  await record(tx, ctx, target ? { ...refused.entry, target } : refused.entry);
}

function keyOf({ principal }: AuditContext): string {
  switch (principal.kind) {
    case "USER":
      return `USER ${principal.user.id}`;
    case "API_KEY":
      return `API_KEY ${principal.apiKey.id}`;
    case "NOBODY":
    case "OPERATOR":
      return principal.kind;
  }
}
