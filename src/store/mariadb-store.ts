import { setTimeout as delay } from "node:timers/promises";
import type { DataSource, EntityManager } from "typeorm";
import { ServiceError } from "../kernel/service-error";
import { changeIn } from "./change";
import { coalesceReads } from "./coalesced-read";
import { readEpochRow } from "./epoch";
import type { Store } from "./store";
import { isAborted, isConnectionLost, orUnavailable } from "./unavailable";

/**
 * How long a transaction that the database aborts is run again before it is answered UNAVAILABLE, as long as on the embedded
 * database. On a cluster, writers on several nodes that come to the same row (the epoch, the audit head) at the same moment are
 * aborted but for one, so with many of them one may lose often: 150 at once on three nodes are done in 10 s.
 */
const LONGEST_WAIT_MS = 15_000;
const LONGEST_PAUSE_MS = 200;

/** A read whose connection was lost is sent again on another: a server that was restarted is no error for whoever reads. */
const MOST_SENDS = 3;
const RESEND_MS = 25;

/**
 * Every statement sees what was committed before it. Transactions wait for each other at one row (the epoch, the audit head) and
 * must then see what the one before has left; under MariaDB's default they would see the past, or since 11.6 be aborted.
 */
const ISOLATION = "READ COMMITTED";

/** MySQL and MariaDB: one pool for reads and writes; the database itself keeps transactions apart. */
export function createMariaDbStore(pool: DataSource): Store {
  const transaction = async <T>(work: (tx: EntityManager) => Promise<T>): Promise<T> => {
    const deadline = Date.now() + LONGEST_WAIT_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await pool.transaction(ISOLATION, work);
      } catch (error) {
        if (!isAborted(error)) throw orUnavailable(error);
        if (Date.now() > deadline) {
          throw new ServiceError("UNAVAILABLE", "Too many changes at this moment. Try again shortly.", {}, error);
        }
        await delay(Math.random() * Math.min(20 * attempt, LONGEST_PAUSE_MS));
      }
    }
  };

  const select: Store["select"] = async (sql, parameters) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await pool.query(sql, [...parameters]);
      } catch (error) {
        if (!isConnectionLost(error) || attempt === MOST_SENDS) throw orUnavailable(error);
        // Gives the pool the time to notice which of its other connections are gone too.
        await delay(RESEND_MS);
      }
    }
  };

  const readEpoch = coalesceReads(() => readEpochRow(select));

  return {
    dialect: "mariadb",
    reader: pool,
    select,
    transaction,
    change: (work) => changeIn(transaction, work),
    readEpoch,
    epochReads: readEpoch.counts,
    async ready() {
      await readEpoch();
    },
    close: () => pool.destroy(),
  };
}
