import { setTimeout as delay } from "node:timers/promises";
import type { DataSource, EntityManager, QueryRunner } from "typeorm";
import { changeIn } from "./change";
import { gatherReads } from "./coalesced-read";
import { readEpochRow } from "./epoch";
import { sqliteSelect } from "./sqlite-select";
import type { Store } from "./store";
import { isBusy, orUnavailable } from "./unavailable";
import { createGate } from "./write-gate";

/** How long a write waits for another process (an import, say) before it is answered UNAVAILABLE. */
const LONGEST_WAIT_MS = 15_000;
const RETRY_MS = 15;

/**
 * The embedded database: one writing connection behind a FIFO gate, one read-only connection beside it (WAL).
 *
 * The driver is synchronous, so a lock held by another process is waited for by asking again, never by blocking the loop.
 */
export function createSqliteStore(writer: DataSource, reader: DataSource): Store {
  const gate = createGate();

  const transaction = <T>(work: (tx: EntityManager) => Promise<T>): Promise<T> =>
    gate(async () => {
      // The driver has one query runner for all; releasing it does nothing.
      const runner = writer.createQueryRunner();
      try {
        await beginImmediate(runner);
      } catch (error) {
        throw orUnavailable(error);
      }
      try {
        const result = await work(runner.manager);
        await runner.commitTransaction();
        return result;
      } catch (error) {
        if (runner.isTransactionActive) await runner.rollbackTransaction();
        throw orUnavailable(error);
      }
    });

  const run = sqliteSelect(reader);
  const select = async <Row extends object>(
    sql: string,
    parameters: readonly unknown[],
    form?: "quick",
  ): Promise<Row[]> => {
    try {
      return run(sql, parameters, form === "quick") as Row[];
    } catch (error) {
      throw orUnavailable(error);
    }
  };

  const readEpoch = gatherReads(() => readEpochRow(select));

  return {
    dialect: "sqlite",
    reader,
    select,
    transaction,
    change: (work) => changeIn(transaction, work),
    readEpoch,
    epochReads: readEpoch.counts,
    async ready() {
      await readEpoch();
    },
    async close() {
      await gate(async () => undefined);
      await reader.destroy();
      // libsql leaves the log where it is; whoever copies the file after a clean stop should copy everything.
      await writer.query("PRAGMA wal_checkpoint(TRUNCATE)");
      await writer.destroy();
    },
  };
}

/**
 * BEGIN IMMEDIATE, so that the write lock is taken now or not at all: a deferred BEGIN fails later, with work half done.
 * TypeORM knows only the deferred form; libsql-connection.ts replaces it.
 */
async function beginImmediate(runner: QueryRunner): Promise<void> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    try {
      await runner.startTransaction();
      return;
    } catch (error) {
      // TypeORM marks the transaction active before BEGIN has succeeded; left so, the next one would nest into nothing.
      (runner as { isTransactionActive: boolean }).isTransactionActive = false;
      if (!isBusy(error) || Date.now() > deadline) throw error;
      await delay(RETRY_MS);
    }
  }
}
