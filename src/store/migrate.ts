import { setTimeout as delay } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { isBusy } from "./unavailable";

/** How long a start waits for another process that is migrating the same database. */
const LONGEST_WAIT_MS = 60_000;
const MIGRATION_LOCK = "latchkey migrations";

/**
 * Runs the migrations that have not run yet, each in a transaction of its own; returns how many there were.
 *
 * Safe when several instances start at once: one migrates, the others wait and then find nothing to do.
 */
export async function migrate(dataSource: DataSource): Promise<number> {
  return dataSource.options.type === "mariadb" ? underNamedLock(dataSource) : whileNobodyWrites(dataSource);
}

async function underNamedLock(dataSource: DataSource): Promise<number> {
  const runner = dataSource.createQueryRunner();
  try {
    const [lock] = (await runner.query("SELECT GET_LOCK(?, ?) AS taken", [MIGRATION_LOCK, LONGEST_WAIT_MS / 1000])) as [
      { taken: number | null },
    ];
    if (lock.taken !== 1) throw new Error("another instance has been migrating this database for over a minute");
    return (await dataSource.runMigrations({ transaction: "each" })).length;
  } finally {
    await runner.query("SELECT RELEASE_LOCK(?)", [MIGRATION_LOCK]);
    await runner.release();
  }
}

async function whileNobodyWrites(dataSource: DataSource): Promise<number> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    try {
      return (await dataSource.runMigrations({ transaction: "each" })).length;
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      (dataSource.createQueryRunner() as { isTransactionActive: boolean }).isTransactionActive = false;
      await delay(50);
    }
  }
}
