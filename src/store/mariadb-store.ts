import { setTimeout as delay } from "node:timers/promises";
import type { DataSource, EntityManager } from "typeorm";
import { coalesceReads } from "./coalesced-read";
import { moveEpoch, readEpochRow } from "./epoch";
import type { Store } from "./store";
import { isAborted, orUnavailable } from "./unavailable";

/** How often a transaction that the database aborts is run again before the abort is passed on. */
const MOST_ATTEMPTS = 6;

/**
 * Every statement sees what was committed before it. Transactions wait for each other at one row (the epoch, the audit head) and
 * must then see what the one before has left; under MariaDB's default they would see the past, or since 11.6 be aborted.
 */
const ISOLATION = "READ COMMITTED";

/** MySQL and MariaDB: one pool for reads and writes; the database itself keeps transactions apart. */
export function createMariaDbStore(pool: DataSource): Store {
  const transaction = async <T>(work: (tx: EntityManager) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await pool.transaction(ISOLATION, work);
      } catch (error) {
        if (!isAborted(error)) throw orUnavailable(error);
        if (attempt === MOST_ATTEMPTS) throw orUnavailable(error);
        await delay(Math.random() * 20 * attempt);
      }
    }
  };

  const select: Store["select"] = async (sql, parameters) => {
    try {
      return await pool.query(sql, [...parameters]);
    } catch (error) {
      throw orUnavailable(error);
    }
  };

  const readEpoch = coalesceReads(() => readEpochRow(select));

  return {
    dialect: "mariadb",
    reader: pool,
    select,
    transaction,
    change: (work) =>
      transaction(async (tx) => {
        await moveEpoch(tx);
        return work(tx);
      }),
    readEpoch,
    async ready() {
      await readEpoch();
    },
    close: () => pool.destroy(),
  };
}
