import type { Logger } from "pino";
import type { RequestOrigin } from "../context";
import type { Clock } from "../kernel/clock";
import type { Store } from "../store/store";
import { ApiKeyUsage } from "./api-key-usage.entity";
import { createUsageTally, type Outcome } from "./usage-tally";
import { writeUsage } from "./write-usage";

/** Records what keys are used for. Nothing of it waits for the database, and no request waits for any of it. */
export interface UsageRecorder {
  /** A request that got in with a key, under the name that its document gives the operation. */
  called(apiKeyId: string, operationName: string, outcome: Outcome, origin: RequestOrigin): void;
  /** A request that came with a key's token and was refused before its operation was looked at; no use of the key. */
  refused(apiKeyId: string): void;
  /** Counters that are not written yet: rows to come. */
  waiting(): number;
  /** Writes what has been counted so far; rejects when it cannot, and keeps it. */
  flush(): Promise<void>;
  /** Writes the rest and stops. What cannot be written even now is told to the log. */
  close(): Promise<void>;
}

/** Names that no document can give: they are not GraphQL names. */
export const ANONYMOUS = "(anonymous)";
/** A document that cannot be read, or does not say which of its operations is meant. */
export const INVALID = "(invalid)";
const REFUSED = "(refused)";

/** Less than the second after which use is promised to be seen, since writing takes its time too. */
const FLUSH_EVERY_MS = 500;
const LONGEST_NAME = 120;
const DAY_MS = 86_400_000;
/** A year and some weeks, so that one year can be compared with the one before as it ends. */
const KEPT_DAYS = 400;
const LAST_ATTEMPTS = 3;

/** Begins to record; what is older than 400 days is removed once a day. */
export function createUsageRecorder(store: Store, clock: Clock, log: Logger): UsageRecorder {
  const tally = createUsageTally(() => clock.now());
  let underWay: Promise<void> | null = null;
  let removedAt = Number.NEGATIVE_INFINITY;

  const write = async (): Promise<void> => {
    const batch = tally.takeBatch();
    if (batch === null) return;
    try {
      await writeUsage(store, batch);
    } catch (error) {
      tally.giveBack(batch);
      throw error;
    }
  };

  /** One at a time: a batch that fails must be back before the next one is taken. */
  const flush = async (): Promise<void> => {
    while (underWay !== null) await underWay.catch(() => undefined);
    underWay = write().finally(() => {
      underWay = null;
    });
    return underWay;
  };

  const removeOld = async (): Promise<void> => {
    const now = clock.now();
    if (now - removedAt < DAY_MS) return;
    removedAt = now;
    await store.transaction((tx) =>
      tx
        .createQueryBuilder()
        .delete()
        .from(ApiKeyUsage)
        .where("hour < :before", { before: new Date(now - KEPT_DAYS * DAY_MS) })
        .execute(),
    );
  };

  let removal: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    if (underWay !== null) return;
    flush().catch((error: unknown) => log.warn({ err: error }, "use of API keys could not be written; it is kept"));
    removal = removeOld().catch((error: unknown) =>
      log.warn({ err: error }, "old use of API keys could not be removed"),
    );
  }, FLUSH_EVERY_MS).unref();

  return {
    called: (apiKeyId, operationName, outcome, origin) =>
      tally.count(apiKeyId, operationName.slice(0, LONGEST_NAME), outcome, origin),
    refused: (apiKeyId) => tally.count(apiKeyId, REFUSED, "DENIED", null),
    waiting: tally.waiting,
    flush,
    async close() {
      clearInterval(timer);
      await removal;
      for (let attempt = 1; attempt <= LAST_ATTEMPTS; attempt++) {
        try {
          return await flush();
        } catch (error) {
          log.error({ err: error, attempt }, "the last use of API keys could not be written");
        }
      }
    },
  };
}
