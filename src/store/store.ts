import type { DataSource, EntityManager } from "typeorm";
import type { ReadCounts } from "./coalesced-read";
import type { Unchanged } from "./unchanged";

export type Dialect = "sqlite" | "mariadb";

/**
 * The database, as the rest of the service sees it. One contract, two dialects, one suite of tests for both.
 *
 * Every method rejects with `ServiceError` UNAVAILABLE when the database cannot be asked: a caller never gets a stale answer.
 */
export interface Store {
  readonly dialect: Dialect;
  /** For building SQL and for entity reads; on SQLite a read-only connection, so that a read never sees an open transaction. */
  readonly reader: DataSource;

  /**
   * Runs one SELECT with positional `?` parameters and returns raw rows: objects by column name, or, where `form` is "quick", the
   * form that the driver makes fastest, which may be arrays of the columns in the order of the SELECT.
   */
  select<Row extends object>(sql: string, parameters: readonly unknown[], form?: "quick"): Promise<Row[]>;

  /**
   * Runs `work` in a transaction, alone among writers on SQLite (one FIFO gate, BEGIN IMMEDIATE). Rolls back and rethrows when
   * `work` rejects. Transactions that the database aborts (deadlock, lock wait, certification) are run again, so `work` must
   * not have effects outside of `tx`. Must not be called from inside `work`.
   */
  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T>;

  /**
   * A transaction that changes users, roles, API sets, keys or sessions: moves the epoch as its first statement. That takes the
   * epoch row's lock, so such changes run one after the other on either database and guards see each other's results.
   * Work that finds nothing to change returns `new Unchanged(value)`: the epoch stays, and the change returns the value.
   */
  change<T>(work: (tx: EntityManager) => Promise<T | Unchanged<T>>): Promise<T>;

  /**
   * The epoch, by a read that begins after this call. Calls that arrive while a read is under way share the next one.
   */
  readEpoch(): Promise<number>;
  /** How many reads of the epoch there were since the start, and how many calls of `readEpoch` they served. */
  readonly epochReads: Readonly<ReadCounts>;

  /** Resolves when the database answers and every migration has run. */
  ready(): Promise<void>;

  close(): Promise<void>;
}
